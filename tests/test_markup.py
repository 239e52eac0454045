"""WhatsApp's markup: which marks work, which stay letters, and that nothing is ever lost but marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasync.render.markup import Kind, Line, lines_of


def told(text: str) -> list[str]:
    """Each line as its kind and its stretches: `b:` bold, `i:` italic, `s:` strike, `c:` code."""
    return [f"{line.kind}{line.number or ''} " + "|".join(_stretches(text, line)) for line in lines_of(text)]


def _stretches(text: str, line: Line) -> list[str]:
    return [
        "".join(sorted(style[0] for style in span.styles)) + ":" + text[span.start : span.end]
        for span in line.spans
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", ["text :plain"]),
        ("", ["text "]),
        ("Hi *Ana*, _now_ ~not~ `x*y*`", ["text :Hi |b:Ana|:, |i:now|: |s:not|: |c:x*y*"]),
        ("_both *at once* here_", ["text i:both |bi:at once|i: here"]),
        ("2*3*4 and snake_case_name", ["text :2*3*4 and snake_case_name"]),
        ("* not bold*", ["bullet :not bold*"]),
        ("a * b * c", ["text :a * b * c"]),
        ("**", ["text :**"]),
        ("*open", ["text :*open"]),
        ("*a\nb*", ["text :*a", "text :b*"]),
        ("*a _b* c_", ["text b:a _b|: c_"]),
        ("(*a*).", ["text :(|b:a|:)."]),
        ("- one\n* two\n12. three\n> four", ["bullet :one", "bullet :two", "number12 :three", "quote :four"]),
        ("-one\n1.two\n>three", ["text :-one", "text :1.two", "text :>three"]),
        ("* \n> ", ["text :* ", "text :> "]),
        ("```a\n*b*```\nc", ["block :a\n*b*", "text :c"]),
        ("x ```a*b*``` y", ["text :x |c:a*b*|: y"]),
        ("```never closed *a*", ["text :```never closed |b:a"]),
        ("``", ["text :``"]),
        ("*{{name}}*", ["text b:{{name}}"]),
    ],
)
def test_marks(text: str, found: list[str]) -> None:
    assert told(text) == found


@given(st.text("*_~`-1.> \na{é", max_size=60))
def test_stretches_are_in_order_and_only_marks_are_lost(text: str) -> None:
    at = 0
    for line in lines_of(text):
        for span in line.spans:
            assert at <= span.start < span.end <= len(text)
            assert set(text[at : span.start]) <= set("*_~`-1.> \n")
            assert line.kind is Kind.BLOCK or "\n" not in text[span.start : span.end]
            at = span.end
    assert set(text[at:]) <= set("*_~`-1.> \n")


def test_a_long_text_of_marks_takes_time_in_proportion() -> None:
    # 200,000 characters: with anything quadratic this would not end.
    for piece in ("*a _b* ~", "` ", "```x\n", "*a _a ~a `a ", "_*"):
        assert lines_of(piece * (200_000 // len(piece)))
