"""How wide a text is in a phone's font, near enough to break lines by: in parts of the font's size."""

from __future__ import annotations

from functools import lru_cache

from wasync.render.safe_text import width

# Advance widths of a common sans serif, in hundredths of the size: printable ASCII from the space on.
_ASCII = (
    28, 28, 36, 56, 56, 89, 67, 19, 33, 33, 39, 58, 28, 33, 28, 28, 56, 56, 56,
    56, 56, 56, 56, 56, 56, 56, 28, 28, 58, 58, 58, 56, 102, 67, 67, 72, 72, 67,
    61, 78, 72, 28, 50, 67, 56, 83, 72, 78, 67, 78, 72, 67, 61, 72, 67, 94, 67,
    67, 61, 28, 28, 28, 47, 56, 33, 56, 56, 50, 56, 56, 28, 56, 56, 22, 22, 50,
    22, 83, 56, 56, 56, 56, 33, 50, 28, 56, 50, 72, 50, 50, 50, 33, 26, 33, 58,
)  # fmt: skip
_OTHER, _WIDE, _BOLD = 58, 105, 1.07
_ROOM = 1.06
"""Readers have other fonts, some wider."""


@lru_cache(maxsize=4096)
def _advance(char: str) -> int:
    code = ord(char)
    if 32 <= code < 127:
        return _ASCII[code - 32]
    return {0: 0, 1: _OTHER}.get(width(char), _WIDE)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a safe text, in the unit of `size`."""
    return sum(map(_advance, text)) * size * _ROOM * (_BOLD if bold else 1) / 100
