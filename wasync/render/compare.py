"""What differs between two messages, part by part: texts word by word, everything else as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from wasync.render.message import Bubble, Filled, Message, Picture
from wasync.render.words import compare_words

Stretches = tuple[tuple[int, int], ...]
"""Parts of a text by their places, in order, none overlapping."""


class Marks(NamedTuple):
    """What of a bubble is marked as changed: stretches of its texts, and whole parts."""

    header: Stretches = ()
    body: Stretches = ()
    footer: Stretches = ()
    actions: frozenset[int] = frozenset()
    picture: bool = False
    offer: bool = False


_EMPTY = Filled("")
_NO_BUBBLE = Bubble()


def compare_messages(before: Message, after: Message) -> tuple[list[Marks], list[Marks]]:
    """The marks of each side: of the bubble, then of each card, as message_html takes them."""
    old, new = (before.bubble, *before.cards), (after.bubble, *after.cards)
    pairs = [_compare(*pair) for pair in zip_longest(old, new, fillvalue=_NO_BUBBLE)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def _compare(before: Bubble, after: Bubble) -> tuple[Marks, Marks]:
    header = _stretches(_text(before.header), _text(after.header))
    body = _stretches(before.body, after.body)
    footer = _stretches(Filled(before.footer or ""), Filled(after.footer or ""))
    actions = _actions(before, after)
    picture = before.header != after.header
    offer = before.offer != after.offer
    return (
        Marks(header[0], body[0], footer[0], actions[0], picture, offer),
        Marks(header[1], body[1], footer[1], actions[1], picture, offer),
    )


def _text(header: Filled | Picture | None) -> Filled | None:
    return header if isinstance(header, Filled) else None


def _stretches(before: Filled | None, after: Filled | None) -> tuple[Stretches, Stretches]:
    """The places of what was removed, and of what was added."""
    old, new = (before or _EMPTY).text, (after or _EMPTY).text
    if old == new:
        return (), ()
    removed: list[tuple[int, int]] = []
    added: list[tuple[int, int]] = []
    left = right = 0
    for span in compare_words(old, new):
        if span.before != span.after:
            if span.before:
                removed.append((left, left + len(span.before)))
            if span.after:
                added.append((right, right + len(span.after)))
        left, right = left + len(span.before), right + len(span.after)
    return tuple(removed), tuple(added)


def _actions(before: Bubble, after: Bubble) -> tuple[frozenset[int], frozenset[int]]:
    """The buttons of each side that the other has not; a row that only moved is none."""
    return (
        _missing_in(before.actions, after.actions),
        _missing_in(after.actions, before.actions),
    )


def _missing_in(ours: Sequence[object], theirs: Sequence[object]) -> frozenset[int]:
    return frozenset(at for at, one in enumerate(ours) if one not in theirs)
