"""A text cut into stretches of one look, and folded into rows: what HTML, SVG and comments are made of."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from wasync.render.compare import Stretches
from wasync.render.markup import PLAIN, Kind, Line, Span, Style
from wasync.render.message import Filled, Sample
from wasync.render.safe_text import pieces_of, safe

T = TypeVar("T", Sample, tuple[int, int])
Measure = Callable[[str, frozenset[Style]], float]
"""How wide a safe text is in some styles."""


class Run(NamedTuple):
    """A stretch of one line: all in the same styles, of one variable or none, marked or not."""

    text: str
    styles: frozenset[Style] = PLAIN
    sample: Sample | None = None
    marked: bool = False


def plain_line(text: str) -> Line:
    """A text in which nothing is markup, as a line."""
    return Line(Kind.TEXT, (Span(0, len(text), PLAIN),))


def runs_of(filled: Filled, line: Line, marked: Stretches = ()) -> list[Run]:
    """The runs of one line, in order; their texts joined are the line without the marks of its markup."""
    text, samples = filled.text, filled.samples
    if not samples and not marked:
        return [Run(text[start:end], styles) for start, end, styles in line.spans]
    runs: list[Run] = []
    for start, end, styles in line.spans:
        inside, changed = _within(samples, start, end), _within(marked, start, end)
        at = start
        # Most stretches hold no mark: their variables are simply cut out.
        parts = _parts(start, end, inside, changed) if changed else ((*one[:2], one, False) for one in inside)
        for first, last, sample, is_marked in parts:
            if first > at:
                runs.append(Run(text[at:first], styles))
            at = min(last, end)
            runs.append(Run(text[max(first, start) : at], styles, sample, is_marked))
        if at < end:
            runs.append(Run(text[at:end], styles))
    return runs


def _within(stretches: Sequence[T], start: int, end: int) -> Sequence[T]:
    """Those of some stretches, in order, that lie in part between two places; looks at few others."""
    if not stretches:
        return stretches
    return stretches[bisect_right(stretches, start, key=_ends) : bisect_left(stretches, end, key=_begins)]


def _begins(stretch: tuple[int, *tuple[object, ...]]) -> int:
    return stretch[0]


def _ends(stretch: tuple[int, int, *tuple[object, ...]]) -> int:
    return stretch[1]


def _parts(
    start: int, end: int, samples: Sequence[Sample], marked: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, Sample | None, bool]]:
    """The parts of a stretch that stand for a variable, or are marked, or both, in order."""
    edges = {start, end}
    for edge in (*(one[:2] for one in samples), *marked):
        edges.update(edge)
    within = sorted(edge for edge in edges if start <= edge <= end)
    at = to = 0
    for first, last in pairwise(within):
        while at < len(samples) and samples[at][1] <= first:
            at += 1
        while to < len(marked) and marked[to][1] <= first:
            to += 1
        inside = samples[at] if at < len(samples) and samples[at][0] <= first else None
        is_marked = to < len(marked) and marked[to][0] <= first
        if inside is not None or is_marked:
            yield first, last, inside, is_marked


def fold_runs(runs: Sequence[Run], room: float, measure: Measure, columns: int) -> list[list[Run]]:
    """The runs, made safe, in rows at most `room` wide; a word that is wider is cut after `columns`."""
    runs = [run._replace(text=safe(run.text)) for run in runs]
    if sum(measure(run.text, run.styles) for run in runs) <= room:
        return [_joined(runs)]
    rows: list[list[Run]] = [[]]
    used = 0.0
    for word in _words(runs):
        if used and used + sum(measure(part.text, part.styles) for part in word) > room:
            rows.append([])
            word[0] = word[0]._replace(text=word[0].text.lstrip(" "))
            used = 0.0
        for part in word:
            text, long = part.text, measure(part.text, part.styles)
            pieces = pieces_of(text, columns) if used + long > room else [text]
            if used and used + measure(pieces[0], part.styles) > room:
                rows.append([])
                used = 0.0
            cut = 0
            for piece in pieces[:-1]:
                if used + long <= room:
                    break
                rows[-1].append(part._replace(text=piece))
                rows.append([])
                cut, used = cut + len(piece), 0.0
                long -= measure(piece, part.styles)
            rows[-1].append(part._replace(text=text[cut:]))
            used += long
    return [_joined(row) for row in rows]


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one look made one."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1][1:] == run[1:]:
            joined[-1] = run._replace(text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined


def _words(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """The words, each with the spaces before it; one that begins in a run may end in another."""
    word: list[Run] = []
    for run in runs:
        for found in _WORD.finditer(run.text):
            if word and (found[0][0] == " " or word[-1].text[-1] == " "):
                yield word
                word = []
            word.append(run._replace(text=found[0]))
    if word:
        yield word


_WORD = re.compile(" *[^ ]+| +")
