"""How many characters each part of a template has, and how many Meta allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wasync.checks.buttons import MAX_CALL_LABEL, MAX_LABEL
from wasync.checks.carousels import MAX_CARD_BODY
from wasync.checks.headers import MAX_PRODUCT_BODY
from wasync.checks.offers import MAX_OFFER, MAX_OFFER_BODY
from wasync.checks.texts import MAX_BODY, MAX_FOOTER, MAX_HEADER
from wasync.model.template import JSON, Spec


class Counter(NamedTuple):
    """One part: its name, its characters with placeholders as written, and the most Meta takes."""

    part: str
    used: int
    limit: int


def counters(spec: Spec) -> list[Counter]:
    """The parts of a template that have a limit, from top to bottom; of buttons the longest label."""
    found = list(_parts(spec, MAX_BODY))
    cards = spec.get("carousel")
    if isinstance(cards, list):
        for at, card in enumerate(cards, 1):
            if isinstance(card, dict):
                found += (one._replace(part=f"card {at} {one.part}") for one in _parts(card, MAX_CARD_BODY))
    return found


def _parts(spec: Spec, most: int) -> Iterator[Counter]:
    match spec.get("header"):
        case {"text": str(text)}:
            yield Counter("header", len(text), MAX_HEADER)
        case {"format": "product"} if most == MAX_BODY:
            most = MAX_PRODUCT_BODY
    match spec.get("limited_time_offer"):
        case {"text": str(text)}:
            yield Counter("offer", len(text), MAX_OFFER)
            most = MAX_OFFER_BODY
    if isinstance(body := spec.get("body"), str):
        yield Counter("body", len(body), most)
    if isinstance(footer := spec.get("footer"), str):
        yield Counter("footer", len(footer), MAX_FOOTER)
    buttons = spec.get("buttons")
    labels = [label for label in map(_label, buttons if isinstance(buttons, list) else []) if label]
    if labels:
        # The one nearest to its limit tells of all.
        yield max(labels, key=lambda label: label.used / label.limit)


def _label(button: JSON) -> Counter | None:
    match button:
        case {"type": kind, "text": str(text)}:
            return Counter("button", len(text), MAX_CALL_LABEL if kind == "voice_call" else MAX_LABEL)
        case _:
            return None
