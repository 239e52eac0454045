"""Tokens, proofs and signatures taken out of any text that a person or a log may see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from urllib.parse import quote, quote_plus

GONE = "***"
_SHORTEST = 6
"""A shorter secret is none; replacing it everywhere would only garble the text."""


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with every secret replaced by `***`: by value, by Meta's token prefix, by parameter name."""
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
                text = text.replace(form, GONE)
    prefix, parameter = _patterns()
    return parameter.sub(rf"\1\2{GONE}", prefix.sub(GONE, text))


def one_line(text: str, longest: int = 600) -> str:
    """The text as one printable line: what a server says must not steer the terminal, nor fill it."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # Tokens start with EAA (docs/meta-api.md, section H). `sig` signs an upload session's id.
    prefix = re.compile(r"EAA[A-Za-z0-9_-]{4,}")
    names = "access_token|input_token|appsecret_proof|client_secret|fb_exchange_token|sig"
    return prefix, re.compile(rf"\b({names})(=|%3D|\"\s*:\s*\")[^&\s\"]+", re.IGNORECASE)
