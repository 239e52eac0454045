"""Rules about limited-time offers and call permission requests: what stands beside them, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasync.checks.registry import Rule, listed, on_kind
from wasync.checks.view import View, button_path
from wasync.model.template import Problem, Severity

MAX_OFFER = 16
MAX_OFFER_BODY = 600

_OFFER = "limited_time_offer"
_REQUEST = "call_permission_request"


@on_kind(
    Rule(
        "WA711",
        "a limited-time offer is short marketing: text of 16, body of 600 characters, no footer",
        """\
Above it may stand an image or a video, below it a copy_code button, if any as the first, and one with a URL.
Characters are counted as Unicode code points; Meta does not say how it counts, so this is inferred. An
offer without a URL button is in none of Meta's documents: a warning.""",
        good="""\
category: marketing
languages:
  en_US:
    limited_time_offer: {text: Ends soon!, has_expiration: true}
    body: Everything in the shop is 20 percent off with this code.
    buttons:
      - {type: copy_code, example: SPRING20}
      - {type: url, text: Shop now, url: https://shop.example/}
""",
        bad="""\
category: marketing
languages:
  en_US:
    limited_time_offer: {text: Ends on Sunday evening}
    body: Everything in the shop is 20 percent off with this code.
    buttons:
      - {type: copy_code, example: SPRING20}
      - {type: url, text: Shop now, url: https://shop.example/}
""",
        subcode=2388040,
    )
)
def limited_time_offer(view: View) -> Sequence[Problem]:
    """An offer with what Meta allows beside it."""
    return list(_offer(view)) if _OFFER in view.spec else ()


def _offer(view: View) -> Iterator[Problem]:
    offer = view.spec[_OFFER]
    text = offer.get("text") if isinstance(offer, dict) else None
    if not isinstance(text, str) or not text.strip():
        yield view.problem("WA711", "the offer has no text", "Write one, as Ends soon!", (_OFFER,))
    elif (over := len(text) - MAX_OFFER) > 0:
        message = f"the offer is {len(text)} characters; Meta allows {MAX_OFFER}"
        yield view.problem("WA711", message, f"Remove {over}.", (_OFFER, "text"))
    if view.category != "marketing":
        message = f"a limited-time offer in category {view.category}; Meta allows it in marketing only"
        yield view.problem("WA711", message, "Make the category marketing, or remove the offer.", (_OFFER,))
    if view.header_format not in ("", "image", "video"):
        message = f"a header of format {view.header_format} above a limited-time offer"
        yield view.problem("WA711", message, "Use an image, a video or none.", ("header",))
    if (over := len(view.body) - MAX_OFFER_BODY) > 0:
        message = f"body is {len(view.body):,} characters; beside an offer Meta allows {MAX_OFFER_BODY}"
        yield view.problem("WA711", message, f"Remove {over:,}.", ("body",))
    if "footer" in view.spec:
        message = "a footer below a limited-time offer; Meta allows none"
        yield view.problem("WA711", message, "Remove it, or say it in the body.", ("footer",))
    yield from _offer_buttons(view)


def _offer_buttons(view: View) -> Iterator[Problem]:
    kinds = [button.get("type") for button in view.buttons]
    for number, kind in enumerate(kinds):
        if kind not in ("copy_code", "url"):
            message = f"a button of type {kind} below a limited-time offer; Meta allows copy_code and url"
            yield view.problem("WA711", message, "Remove it.", button_path(number))
    if "copy_code" in kinds[1:]:
        number = kinds.index("copy_code", 1)
        message = f"the copy_code button of an offer is button {number + 1}"
        yield view.problem("WA711", message, "Put it first.", button_path(number))
    if "url" not in kinds:
        message = "a limited-time offer without a url button; all of Meta's have one"
        fix = "Add a button of type url."
        yield view.problem("WA711", message, fix, (_OFFER,), severity=Severity.WARNING)


@on_kind(
    Rule(
        "WA721",
        "a call permission request stands alone with its texts, in utility or marketing",
        "WhatsApp shows its own buttons for the answer; buttons, cards or an offer have no room beside it.",
        good="""\
category: utility
languages:
  en_US:
    body: May we call you about your claim? It is faster than writing.
    call_permission_request: true
""",
        bad="""\
category: utility
languages:
  en_US:
    body: May we call you about your claim? It is faster than writing.
    call_permission_request: true
    buttons:
      - {type: quick_reply, text: Not now}
""",
    )
)
def call_permission(view: View) -> Sequence[Problem]:
    """A request with nothing beside it that asks for an answer too."""
    if _REQUEST not in view.spec:
        return ()
    problems: list[Problem] = []
    if beside := [part for part in ("buttons", "carousel", _OFFER) if part in view.spec]:
        message = f"{listed(beside)} beside a call permission request; Meta allows none"
        problems.append(view.problem("WA721", message, f"Remove {listed(beside)}.", (beside[0],)))
    if view.category not in ("utility", "marketing"):
        message = f"a call permission request in category {view.category}"
        problems.append(view.problem("WA721", message, "Use utility or marketing.", (_REQUEST,)))
    return problems
