"""render.words: which words differ, shown so that no change can be overlooked."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wasync.render.colour import finish
from wasync.render.words import compare_words, word_change

LONG = (
    "Hi {{first_name}}, your order {{no}} left our warehouse today. It will arrive at your door in"
    " three to five days, and we tell you when it is near."
)


def shown(before: str, after: str) -> str:
    return finish(word_change(before, after), color=False)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (
            "Hi {{first_name}}, your order left our warehouse today.",
            "Hi {{first_name}}, your order left our depot today.",
            "Hi {{first_name}}, your order left our [warehouse -> depot] today.",
        ),
        ("Talk to us", "Talk to a person", "Talk to us -> Talk to a person"),
        (
            LONG,
            LONG.replace("warehouse", "depot"),
            "Hi {{first_name}}, your order {{no}} left our [warehouse -> depot] today. It will arrive at …",
        ),
        (LONG, LONG.replace("near", "close"), "… and we tell you when it is [near. -> close.]"),
        (LONG, LONG.replace("Hi", "Hello"), "[Hi -> Hello] {{first_name}}, your order …"),
        (LONG, LONG + " Thanks!", "… we tell you when it is near. [+ Thanks!]"),
        (
            LONG,
            LONG.replace(" three to", ""),
            "… will arrive at your door in [- three to] five days, and we tell you when it is near.",
        ),
        (
            LONG,
            LONG.replace("arrive", "be").replace("three", "four"),
            (
                "Hi {{first_name}}, your order {{no}} left our warehouse today. It will [arrive -> be] at"
                " your door in [three -> four] to five days, and we tell you when it is near."
            ),
        ),
        (
            "One line of text here. And another sentence there.",
            "One line of text here.\n\nAnd another sentence there.",
            "One line of text here.[␣ -> ⏎⏎]And another sentence there.",
        ),
        (
            "Your code is ready now, please use it soon.",
            "Your code is  ready now, please use it soon.",
            "Your code is[␣ -> ␣␣]ready now, please use it soon.",
        ),
        (
            "Your parcel is ready at the shop, come by today",
            "Your parcel is ready at the shop, come by today ",
            "Your parcel is ready at the shop, come by today[+ ␣]",
        ),
        (
            "您的订单已从我们的仓库发出，感谢您的耐心等待与支持",
            "您的订单已从我们的工厂发出，感谢您的耐心等待与支持",
            "您的订单已从我们的[仓库 -> 工厂]发出，感谢您的耐心等待与支持",
        ),
    ],
)
def test_changes_are_shown_in_their_context(before: str, after: str, text: str) -> None:
    assert shown(before, after) == text


def test_texts_with_little_in_common_are_shown_whole() -> None:
    before, after = (
        "Your order is on its way to you today.",
        "We are closed on Monday, see you on Tuesday then.",
    )
    assert shown(before, after) == f"- {before}\n+ {after}"


def test_content_that_looks_like_a_change_is_shown_whole() -> None:
    before = "Choose one of the two: [left -> right] and then answer us soon."
    after = "Choose one of the two: [left -> right] and then call us soon."
    assert shown(before, after) == f"- {before}\n+ {after}"


def test_what_steers_a_terminal_is_made_visible_in_changes() -> None:
    assert shown("Pay to Ana", "Pay to \x1b[2JAna") == "- Pay to Ana\n+ Pay to <U+001B>[2JAna"
    assert shown("Call us", "Call \u202eus") == "Call us -> Call <U+202E>us"


words = st.lists(st.sampled_from(["a", "b", " ", "  ", "\n", "{{1}}", "店", "é", "x"]), max_size=40).map(
    "".join
)


@given(words, words)
@example(" ", "\n")
@example("", "a")
def test_the_stretches_give_both_texts_back(before: str, after: str) -> None:
    spans = compare_words(before, after)
    assert "".join(span.before for span in spans) == before
    assert "".join(span.after for span in spans) == after
    if before != after:
        assert any(span.before != span.after for span in spans)


@given(words, words)
def test_a_change_never_looks_like_none(before: str, after: str) -> None:
    if before != after:
        assert shown(before, after) not in {shown(before, before), shown(after, after)}


def test_texts_that_repeat_themselves_stay_cheap() -> None:
    # Thousands of equal pairs are difflib's worst case: such a middle counts as one change.
    before, after = "a b " * 250 + "end", "b a " * 200 + "end"
    changed = [span for span in compare_words(before, after) if span.before != span.after]
    assert len(changed) == 1
