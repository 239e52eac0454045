"""render.safe_text, layout and colour: nothing hides, nothing steers the terminal, columns are true."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasync.render.colour import Style, finish, styled
from wasync.render.layout import columns, fold, labelled
from wasync.render.safe_text import pieces_of, safe, safe_lines, width

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tu pedido salió hoy 🚚", "Tu pedido salió hoy 🚚"),
        ("two\nlines\tand a tab", "two⏎lines<TAB>and a tab"),
        ("\x1b[31mred\x07", "<U+001B>[31mred<U+0007>"),
        ("\u009b31m", "<U+009B>31m"),
        ("abc\u202edcba", "abc<U+202E>dcba"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("no\xa0break", "no<NBSP>break"),
        ("half \ud83d pair", "half <U+D83D> pair"),
        ("mark \U000f0001 of ours", "mark <U+F0001> of ours"),
        ("filler\u3164here", "filler<U+3164>here"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200db", "a<U+200D>b"),
    ],
)
def test_what_hides_or_acts_becomes_visible(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text())
def test_safe_text_holds_nothing_that_acts(text: str) -> None:
    shown = safe(text)
    for char in shown:
        assert unicodedata.category(char) not in {"Cc", "Cs", "Co", "Zl", "Zp"}
        assert unicodedata.category(char) != "Cf" or char in "\u200c\u200d"
    assert safe(shown) == shown
    assert "\n".join(safe_lines(text)) == "\n".join(map(safe, text.split("\n")))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("店", 2),
        ("한글", 4),
        ("🚚", 2),
        ("❤\ufe0f", 2),
        ("👩\u200d👧", 2),
        ("สวัสดี", 4),
        ("हिन्दी", 5),
    ],
)
def test_width_is_what_a_terminal_draws(text: str, size: int) -> None:
    assert width(text) == size


@given(st.text(alphabet="ab店é🚚e\u0301", min_size=1), st.integers(4, 30))
def test_pieces_fit_and_lose_nothing(word: str, room: int) -> None:
    pieces = pieces_of(word, room)
    assert "".join(pieces) == word
    assert all(width(piece) <= room for piece in pieces)
    assert not any(piece.startswith("\u0301") for piece in pieces[1:])


@given(
    st.lists(st.sampled_from(["Hi", "{{1}}", "order", "店店店店", "", "warehouse"]), max_size=40).map(
        " ".join
    )
)
def test_folding_fits_and_loses_nothing(text: str) -> None:
    folded = fold(text, 10, 6, 40)
    first, *rest = folded.split("\n")
    assert columns(first) <= 30
    assert all(columns(line) <= 40 for line in rest)
    assert " ".join([first, *(line[6:] for line in rest)]) == text


def test_addresses_stay_whole_and_unspaced_scripts_are_cut() -> None:
    assert fold("see https://shop.example/a/very/long/path?x=1 now", 2, 2, 20) == (
        "see\n  https://shop.example/a/very/long/path?x=1\n  now"
    )
    assert fold("您的订单已发出感谢", 2, 2, 12) == "您的订单已\n  发出感谢"


def test_a_label_too_long_for_its_column_stands_alone() -> None:
    assert labelled([("body", "Hi\nthere"), ("message_send_ttl_seconds", "60")], 2, 40) == [
        "  body                Hi",
        "                      there",
        "  message_send_ttl_seconds",
        "                      60",
    ]


def test_colours_begin_again_on_every_line() -> None:
    text = f"a {styled('b' + chr(10) + 'c', Style.ADDED)} d"
    assert finish(text, color=False) == "a b\nc d"
    assert finish(text, color=True) == "a \x1b[32mb\x1b[0m\n\x1b[32mc\x1b[0m d"


@given(st.lists(st.tuples(st.text("ab \n"), st.none() | st.sampled_from(Style)), max_size=6))
def test_colour_changes_no_letter(parts: list[tuple[str, Style | None]]) -> None:
    text = "".join(styled(part, style) if style else part for part, style in parts)
    assert ANSI.sub("", finish(text, color=True)) == finish(text, color=False)
