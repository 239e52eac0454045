"""Placeholders `{{...}}` in message texts: which there are, and which style of parameters they make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from wasync.model.template import Spec

_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")


def placeholders(text: str) -> list[str]:
    """The distinct names between `{{` and `}}`, in order of first use; malformed ones as written."""
    if "{{" not in text:
        return []
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def is_positional(name: str) -> bool:
    """Whether a placeholder is a number. Ten digits and more are a slip, not a position."""
    return name.isascii() and name.isdigit() and len(name) < 10


def sample_names(text: str) -> list[str]:
    """The placeholders as their samples are listed: positions in numeric order, names as they come."""
    names = placeholders(text)
    numbered = bool(names) and is_positional(names[0]) and all(map(is_positional, names))
    return sorted(names, key=int) if numbered else names


def parameter_format(spec: Spec) -> Literal["named", "positional"] | None:
    """The style of the template's placeholders; None when it has none (then it is neither sent nor compared).

    Header, body and cards decide; a URL only where they have none, since named templates keep
    `{{1}}` in URLs (docs/meta-api.md, section C2).
    """
    names = [name for text in _texts(spec) for name in placeholders(text)]
    if not names:
        names = [name for text in _urls(spec) for name in placeholders(text)]
    if not names:
        return None
    return "positional" if all(map(is_positional, names)) else "named"


def _texts(spec: Spec) -> Iterator[str]:
    match spec.get("header"):
        case {"text": str(text)}:
            yield text
    match spec.get("body"):
        case str(text):
            yield text
    match spec.get("carousel"):
        case list(cards):
            for card in cards:
                match card:
                    case {"body": str(text)}:
                        yield text


def _urls(spec: Spec) -> Iterator[str]:
    match spec.get("buttons"):
        case list(buttons):
            for button in buttons:
                match button:
                    case {"url": str(url)}:
                        yield url
    match spec.get("carousel"):
        case list(cards):
            for card in cards:
                if isinstance(card, dict):
                    yield from _urls(card)
