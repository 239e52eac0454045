"""Rules about carousels: how many cards, all alike, and what a card holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasync.checks.registry import Rule, listed, on_kind
from wasync.checks.view import View, button_path
from wasync.model.template import Problem, Severity

MIN_CARDS = 2
MAX_CARDS = 10
MAX_CARD_BODY = 160
MAX_CARD_BUTTONS = 2

_CARD_PARTS = ("header", "body", "buttons")
_MEDIA_BUTTONS = ("quick_reply", "url", "phone_number")
_PRODUCT_BUTTONS = ("spm", "url")

_GOOD = """\
category: marketing
languages:
  en_US:
    body: Two chairs our customers love most.
    carousel:
      - header: {format: image, handle: "4::aW"}
        body: The Oslo, now in oak.
        buttons: [{type: quick_reply, text: More like Oslo}]
      - header: {format: image, handle: "4::aW"}
        body: The Turin, now in beech.
        buttons: [{type: quick_reply, text: More like Turin}]
"""


@on_kind(
    Rule(
        "WA701",
        "a carousel has 2 to 10 cards, in a marketing template with a body",
        """\
The body stands above the cards, with up to 1,024 characters. Of products Meta's documents define two cards,
which stand for as many as are sent (up to 10), and beside the cards they show nothing but the body: from
that on wasync warns.""",
        good=_GOOD,
        bad="""\
category: marketing
languages:
  en_US:
    body: You looked at this last week.
    carousel:
      - header: {format: product}
        buttons: [{type: spm, text: View}]
""",
    )
)
def carousel(view: View) -> Sequence[Problem]:
    """As many cards as Meta allows, where it allows them."""
    if "carousel" not in view.spec:
        return ()
    problems: list[Problem] = []
    count = len(view.cards)
    if not MIN_CARDS <= count <= MAX_CARDS:
        message = f"the carousel has {count} card{'s'[: count != 1]}; Meta allows {MIN_CARDS} to {MAX_CARDS}"
        fix = "Add one." if count < MIN_CARDS else f"Remove {count - MAX_CARDS}."
        path = ("carousel", MAX_CARDS) if count > MAX_CARDS else ("carousel",)
        problems.append(view.problem("WA701", message, fix, path))
    elif count > MIN_CARDS and all(card.header_format == "product" for card in view.cards):
        message = f"the carousel has {count} cards of products; Meta's documents define {MIN_CARDS}"
        fix = f"Leave {MIN_CARDS}: they stand for as many products as are sent."
        path = ("carousel", MIN_CARDS)
        problems.append(view.problem("WA701", message, fix, path, severity=Severity.WARNING))
    if view.category != "marketing":
        message = f"a carousel in category {view.category}; Meta allows it in marketing only"
        fix = "Make the category marketing, or remove the carousel."
        problems.append(view.problem("WA701", message, fix, ("carousel",)))
    beside = [part for part in ("header", "footer", "buttons", "limited_time_offer") if part in view.spec]
    if beside:
        message = f"{listed(beside)} beside the carousel; Meta's documents show only a body"
        fix = "Put them into the cards, or remove them."
        problems.append(view.problem("WA701", message, fix, (beside[0],), severity=Severity.WARNING))
    return problems


@on_kind(
    Rule(
        "WA702",
        "all cards of a carousel have the same header and buttons",
        "The same format of header, and the same types of buttons in the same order, on every card.",
        good=_GOOD,
        bad="""\
category: marketing
languages:
  en_US:
    body: You looked at these last week.
    carousel:
      - header: {format: product}
        buttons: [{type: spm, text: View}]
      - header: {format: product}
        buttons: [{type: url, text: See it, url: https://shop.example/}]
""",
    )
)
def cards_alike(view: View) -> Sequence[Problem]:
    """Each card is built as the first."""
    if len(view.cards) < MIN_CARDS:
        return ()
    problems: list[Problem] = []
    first = _layout(view.cards[0])
    for card in view.cards[1:]:
        here = _layout(card)
        for part, mine, other in zip(("header", "buttons"), here, first, strict=True):
            if mine != other:
                message = f"it has {mine}, card 1 has {other}; Meta wants all cards alike"
                path = (part,) if part in card.spec else ()
                problems.append(card.problem("WA702", message, "Build all cards as the first.", path))
    return problems


def _layout(card: View) -> tuple[str, str]:
    kinds = [str(button.get("type")) for button in card.buttons]
    many = "button" if len(kinds) == 1 else "buttons"
    header = f"the header format {card.header_format}" if card.header_format else "no header"
    return header, f"the {many} {listed(kinds)}" if kinds else "no buttons"


@on_kind(
    Rule(
        "WA703",
        "a card has an image, video or product, at most 160 characters of body, and at most 2 buttons",
        """\
A card of media has an image or a video, and up to two of quick_reply, url and phone_number. A card of a
product has one button, spm or url. Either every card has a body or none. Characters are counted as Unicode
code points; Meta does not say how it counts, so this is inferred.""",
        good=_GOOD,
        bad="""\
category: marketing
languages:
  en_US:
    body: You looked at these last week.
    carousel:
      - header: {format: product}
        body: It is made of oak from forests nearby, and our carpenters need three days for one piece.
        buttons: [{type: spm, text: View}]
      - header: {format: product}
        body: >-
          It is made of beech from forests nearby, our carpenters need three days for one piece, and another
          one until it is dry; you will want to keep it for the rest of your life.
        buttons: [{type: spm, text: View}]
""",
        subcode=2388040,
    )
)
def card_content(view: View) -> Sequence[Problem]:
    """Each card holds what Meta allows on it."""
    problems: list[Problem] = []
    with_body = [card for card in view.cards if "body" in card.spec]
    for card in view.cards:
        problems += _card_texts(card)
        problems += _card_buttons(card)
        if with_body and "body" not in card.spec:
            message = f"it has no body, card {with_body[0].card} has one"
            problems.append(card.problem("WA703", message, "Give every card a body, or none."))
    return problems


def _card_texts(card: View) -> Iterator[Problem]:
    kind = card.header_format
    if kind not in ("image", "video", "product"):
        message = f"it has a header of format {kind}" if kind else "it has no header"
        fix = "Give it header: with an image, a video or {format: product}."
        yield card.problem("WA703", message, fix, ("header",) if kind else ())
    if "body" in card.spec:
        if (over := len(card.body) - MAX_CARD_BODY) > 0:
            message = f"body is {len(card.body):,} characters; Meta allows {MAX_CARD_BODY}"
            yield card.problem("WA703", message, f"Remove {over:,}.", ("body",))
        elif not card.body.strip():
            yield card.problem("WA703", "body has no text", "Write one, or remove the key.", ("body",))
    if others := [part for part in card.spec if part not in _CARD_PARTS and part != "examples"]:
        message = f"it has {listed(others)}; Meta allows header, body and buttons"
        yield card.problem("WA703", message, f"Remove {listed(others)}.", (others[0],))


def _card_buttons(card: View) -> Iterator[Problem]:
    product = card.header_format == "product"
    most, kinds = (1, _PRODUCT_BUTTONS) if product else (MAX_CARD_BUTTONS, _MEDIA_BUTTONS)
    count = len(card.buttons)
    if count > most:
        message = f"it has {count} buttons; Meta allows {most}{' on the card of a product' * product}"
        yield card.problem("WA703", message, f"Remove {count - most}.", button_path(most))
    elif product and not count:
        yield card.problem(
            "WA703", "the card of a product has no button", "Add {type: spm} or one of type url."
        )
    for number, button in enumerate(card.buttons):
        if (kind := button.get("type")) not in kinds:
            message = f"it has a button of type {kind}; Meta allows {listed(kinds)}"
            yield card.problem("WA703", message, "Use one of these.", button_path(number))
