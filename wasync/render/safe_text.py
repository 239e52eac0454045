"""Text from templates and from Meta, made fit for a terminal: nothing invisible, nothing that steers it.

Whoever writes a template controls its text. Control characters, escape sequences, bidi overrides and
invisible letters are shown as their code point; a line break is shown as ⏎.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter

# Letters that Unicode counts as printable and every font draws as nothing.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_NAMED = {"\n": "⏎", "\t": "<TAB>", "\r": "<CR>", "\xa0": "<NBSP>", "\u202f": "<NBSP>"}
_JOINERS = "\u200c\u200d"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"})


def safe(text: str) -> str:
    """One line of text in which everything that would act or hide is visible; other text is unchanged."""
    if text.isascii():
        return text if text.isprintable() else "".join(map(_visible, text))
    if text.isprintable() and _BLANK.isdisjoint(text):
        return text
    return "".join(
        char if char in _JOINERS and _joins(text, index) else _visible(char)
        for index, char in enumerate(text)
    )


def safe_lines(text: str) -> list[str]:
    """The lines of a text, each one safe."""
    return [safe(line) for line in text.split("\n")]


def width(text: str) -> int:
    """How many columns a safe text takes in a terminal: 2 for wide characters, 0 for combining marks."""
    if text.isascii():
        return len(text)
    # What prints of Latin-1, and our own signs, take one column each; no need to look at every letter.
    known = text.replace("…", ".").replace("⏎", ".")
    if known.isprintable() and len(known.encode("latin-1", "ignore")) == len(text):
        return len(text)
    return sum(map(itemgetter(1), _advances(text)))


def pieces_of(word: str, columns: int) -> list[str]:
    """A word too wide for a line, cut into pieces of at most `columns`; marks stay with their letter."""
    pieces, start, used = [], 0, 0
    for index, (_, advance) in enumerate(_advances(word)):
        if used + advance > columns and index > start:
            pieces.append(word[start:index])
            start, used = index, 0
        used += advance
    return [*pieces, word[start:]]


def _advances(text: str) -> Iterator[tuple[str, int]]:
    """Each character with the columns it adds."""
    previous = ""
    for char in text:
        if previous == "\u200d":
            yield char, 0  # the second half of a joined emoji is drawn into the first one's cells
        elif char == "\ufe0f":
            yield char, int(_columns(previous) == 1)  # asks for the emoji's wide form
        else:
            yield char, _columns(char)
        previous = char


@lru_cache(maxsize=4096)
def _visible(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if char == " " or (unicodedata.category(char) not in _HIDDEN and char not in _BLANK):
        return char
    return f"<U+{ord(char):04X}>"


def _joins(text: str, index: int) -> bool:
    """Whether the joiner here does its work between two characters that need it (emoji, Persian, Hindi)."""
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    return all(side and not side.isascii() and side not in _JOINERS for side in (before, after))


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if not char or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
