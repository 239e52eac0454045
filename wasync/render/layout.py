"""Laying out text in columns: folding at words, hanging indents, a column of labels."""

from __future__ import annotations

from wasync.render.colour import plain
from wasync.render.safe_text import pieces_of, width

WIDTH = 80
"""Columns to fold at when nobody says otherwise."""

_LABEL = 18
"""Columns a label may take beside its text; a longer one stands on a line of its own."""


def columns(text: str) -> int:
    """How many columns a text takes, marks of style not counted."""
    return len(text) if text.isascii() else width(plain(text))


def fold(text: str, first: int, indent: int, limit: int = WIDTH) -> str:
    """The text folded at its spaces; `first` columns of its first line are taken, later lines are indented.

    Nothing is lost. Plain words too long for a line, such as addresses, stay whole so that they can be
    copied; only scripts written without spaces are cut.
    """
    if first + len(text) <= limit and (text.isascii() or max(first, indent) + columns(text) <= limit):
        return text
    words = _words(text, limit - max(first, indent))
    lines, line, used, room = [], words[0], columns(words[0]), limit - first
    for word in words[1:]:
        size = len(word) if word.isascii() else columns(word)
        if used + 1 + size <= room:
            line += " " + word
            used += 1 + size
        else:
            lines.append(line)
            line, used, room = word, size, limit - indent
    return ("\n" + " " * indent).join([*lines, line])


def paragraph(text: str, indent: int, limit: int = WIDTH) -> str:
    """The text folded, every line indented."""
    return " " * indent + fold(text, indent, indent, limit)


def labelled(rows: list[tuple[str, str]], indent: int, limit: int = WIDTH) -> list[str]:
    """Rows of safe label and text, the texts in one column. A text may have several lines."""
    if not rows:
        return []
    column = indent + 2 + min(_LABEL, max(columns(label) for label, _ in rows))
    out = []
    for label, text in rows:
        start = " " * indent + label
        gap = column - indent - columns(label)
        if gap < 2:
            out.append(start)
            start = " " * column
        else:
            start += " " * gap
        for line in text.split("\n"):
            out.append((start + fold(line, column, column, limit)).rstrip())
            start = " " * column
    return out


def both_ends(left: str, right: str, limit: int = WIDTH) -> str:
    """Left and right text on one line when it has room, else the right one indented below."""
    if not right:
        return left
    gap = limit - columns(left) - columns(right)
    return f"{left}{' ' * gap}{right}" if gap >= 2 else f"{left}\n      {right}"


def _words(text: str, room: int) -> list[str]:
    words = text.split(" ")
    if text.isascii():
        return words
    fitting: list[str] = []
    for word in words:
        # No character takes more than two columns: most words need no measuring.
        cut = 2 * len(word) > room and columns(word) > room and not plain(word).isascii()
        fitting.extend(pieces_of(word, room) if cut else [word])
    return fitting
