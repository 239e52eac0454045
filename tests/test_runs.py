"""Texts cut into runs and folded into rows: nothing is lost or too wide, and huge texts take no time."""

from __future__ import annotations

from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from wasync.render.markup import Style, lines_of
from wasync.render.message import fill
from wasync.render.runs import Run, fold_runs, plain_line, runs_of
from wasync.render.safe_text import safe, width

ROOM = 12
BOLD = frozenset({Style.BOLD})
texts = st.text("ab *_{}1 \u4e2d\U0001f600", max_size=40)


def columns_of(text: str, _: frozenset[Style]) -> int:
    return width(text)


@given(st.lists(texts.filter(bool), max_size=5))
def test_no_row_is_too_wide_and_only_spaces_are_lost(parts: list[str]) -> None:
    runs = [Run(text, BOLD if at % 2 else frozenset()) for at, text in enumerate(parts)]
    rows = fold_runs(runs, ROOM, columns_of, ROOM)
    lines = ["".join(run.text for run in row) for row in rows]
    assert "".join(lines).replace(" ", "") == "".join(map(safe, parts)).replace(" ", "")
    assert max(width(line.strip(" ")) for line in lines) <= ROOM


@given(texts, st.lists(st.integers(0, 60), max_size=8))
def test_each_letter_is_marked_and_of_a_variable_as_said(text: str, edges: list[int]) -> None:
    filled = fill(f"{{{{1}}}}{text}{{{{2}}}} {text}", ["x y", "*z*"])
    places = sorted(set(edges))
    marked = tuple(zip(places[::2], places[1::2], strict=False))
    runs = runs_of(filled, plain_line(filled.text), marked)
    assert "".join(run.text for run in runs) == filled.text
    at = 0
    for run in runs:
        for place in range(at, at + len(run.text)):
            assert run.marked == any(start <= place < end for start, end in marked)
            within = [one for one in filled.samples if one.start <= place < one.end]
            assert within == ([] if run.sample is None else [run.sample])
        at += len(run.text)


def test_a_huge_text_takes_no_time() -> None:
    """What is too long for Meta is drawn all the same, and a stranger's pull request may hold anything."""
    filled = fill("*a* {{1}} " * 20_000, ["x"])
    (line,) = lines_of(filled.text)
    marked = tuple((at, at + 1) for at in range(0, len(filled.text), 6))
    before = perf_counter()
    assert len(runs_of(filled, line, marked)) > 20_000
    assert len(fold_runs([Run("x" * 300_000)], ROOM, columns_of, ROOM)) == 25_000
    assert perf_counter() - before < 3
