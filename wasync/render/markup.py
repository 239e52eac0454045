"""WhatsApp's markup in a text: *bold* _italic_ ~strike~ `code` ```block```, lists and quotes.

WhatsApp documents the marks (https://faq.whatsapp.com/539178204879377) and not what ends a word. Here, as in
its clients, a mark opens after a character that is no letter or digit and before no space, and closes the
other way round, on the same line. Nothing is markup inside code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class Style(StrEnum):
    """How a stretch of text is set."""

    BOLD = "bold"
    ITALIC = "italic"
    STRIKE = "strike"
    CODE = "code"


class Span(NamedTuple):
    """A stretch of the text, by its place in the text as written, set in some styles."""

    start: int
    end: int
    styles: frozenset[Style]


class Kind(StrEnum):
    """What a line of a message is."""

    TEXT = "text"
    BULLET = "bullet"
    NUMBER = "number"
    QUOTE = "quote"
    BLOCK = "block"


class Line(NamedTuple):
    """One line without its marks; `number` is that of a numbered item. A BLOCK has several lines' text."""

    kind: Kind
    spans: tuple[Span, ...]
    number: int = 0


PLAIN: frozenset[Style] = frozenset()
_STYLES = {"*": Style.BOLD, "_": Style.ITALIC, "~": Style.STRIKE}
_BEGINS = re.compile(r"(?:([*-])|(\d{1,4})\.|(>)) ")
_ANY_MARK = re.compile(r"[*_~`]")
_FENCE = "```"


def lines_of(text: str) -> list[Line]:
    """The lines of a text, each with its spans in order; marks that do their work belong to none."""
    lines: list[Line] = []
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text.startswith(_FENCE, start) and (close := text.find(_FENCE, start + 3)) > start + 3:
            after = close + 3
            if after == len(text) or text[after] == "\n":
                lines.append(Line(Kind.BLOCK, (Span(start + 3, close, PLAIN),)))
                start = after + 1
                continue
        lines.append(_line(text, start, end))
        start = end + 1
    return lines


def _line(text: str, start: int, end: int) -> Line:
    begins = _BEGINS.match(text, start, end)
    if begins is None or begins.end() == end:
        return Line(Kind.TEXT, _spans(text, start, end))
    spans = _spans(text, begins.end(), end)
    if begins[1]:
        return Line(Kind.BULLET, spans)
    return Line(Kind.QUOTE, spans) if begins[3] else Line(Kind.NUMBER, spans, int(begins[2]))


def _spans(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The stretches of one line between its marks."""
    if start == end:
        return ()
    if _ANY_MARK.search(text, start, end) is None:
        return (Span(start, end, PLAIN),)
    return tuple(_marked(text, start, end))


def _marked(text: str, start: int, end: int) -> Iterator[Span]:
    # Where a mark begins and ends, and which style begins (True) or ends there.
    marks = [
        mark
        for opens, opened, closes, closed, style in _pairs(text, start, end)
        for mark in ((opens, opened, True, style), (closes, closed, False, style))
    ]
    at, styles = start, PLAIN
    for begins, ends, opening, style in sorted(marks):
        if begins > at:
            yield Span(at, begins, styles)
        styles = styles | {style} if opening else styles - {style}
        at = ends
    if at < end:
        yield Span(at, end, styles)


def _pairs(text: str, start: int, end: int) -> list[tuple[int, int, int, int, Style]]:
    """Each pair of marks: where the first begins and ends, the second begins and ends, and its style."""
    pairs: list[tuple[int, int, int, int, Style]] = []
    opened: list[tuple[str, int]] = []
    at = start
    while (found := _ANY_MARK.search(text, at, end)) is not None:
        at, mark = found.start(), found[0]
        if mark == "`":
            fence = _FENCE if text.startswith(_FENCE, at, end) else "`"
            close = text.find(fence, at + len(fence), end)
            if close > at + len(fence):
                pairs.append((at, at + len(fence), close, close + len(fence), Style.CODE))
                at = close
            at += len(fence)
            continue
        waiting = next((index for index, (one, _) in enumerate(opened) if one == mark), None)
        if waiting is not None and opened[waiting][1] + 1 < at and _closes(text, at, start, end):
            opens = opened[waiting][1]
            pairs.append((opens, opens + 1, at, at + 1, _STYLES[mark]))
            del opened[waiting:]
        elif waiting is None and _opens(text, at, start, end):
            opened.append((mark, at))
        at += 1
    return pairs


def _opens(text: str, at: int, start: int, end: int) -> bool:
    return (
        (at == start or not text[at - 1].isalnum())
        and at + 1 < end
        and not text[at + 1].isspace()
        and text[at + 1] != text[at]
    )


def _closes(text: str, at: int, start: int, end: int) -> bool:
    return at > start and not text[at - 1].isspace() and (at + 1 == end or not text[at + 1].isalnum())
