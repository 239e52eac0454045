"""What a language code of Meta's says about how its text is set."""

from __future__ import annotations

import re

_CODE = re.compile("[a-z]{2,3}(_[A-Za-z]{2,4})?")
# Of Meta's languages those written from right to left: docs/meta-api.md, section D.
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "prs", "ps", "ur"})


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML says it."""
    return "rtl" if language.partition("_")[0] in _RIGHT_TO_LEFT else "ltr"


def tag(language: str) -> str:
    """The code as HTML's `lang` has it: es-MX; "", which means unknown, for what is no code."""
    return language.replace("_", "-") if _CODE.fullmatch(language) else ""
