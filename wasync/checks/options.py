"""Rules about options and what they decide: time to live, sub-category, order messages, library templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from wasync.checks.registry import Rule, listed, on_kind
from wasync.checks.view import View, button_path
from wasync.model.template import Problem, Severity

TTL: Mapping[str, tuple[int, int]] = {
    "authentication": (30, 900),
    "utility": (30, 43_200),
    "marketing": (43_200, 2_592_000),
}
"""Seconds to live, least and most, by category (docs/meta-api.md, section C5, TTL)."""
THIRTY_DAYS = -1
KNOWN_SUB_CATEGORIES = (
    "booking_status", "call_permissions_request", "custom", "flight_delay_and_gate_change_alert", "form",
    "fraud_alert", "order_details", "order_status", "rich_order_status",
)  # fmt: skip
"""Those of Meta's reference, and what it fills in by itself."""

_LIBRARY_HAS = (
    "header", "body", "footer", "buttons", "authentication", "carousel", "limited_time_offer",
    "call_permission_request",
)  # fmt: skip
_ORDER_HEADERS = ("", "text", "image", "document")


@on_kind(
    Rule(
        "WA741",
        "message_send_ttl_seconds is within the bounds of the category",
        """\
How long Meta tries to deliver: authentication 30 to 900 seconds, utility 30 to 43,200 (12 hours), marketing
43,200 to 2,592,000 (30 days); -1 means 30 days, though not in marketing. A sample on Meta's own page has
120 in marketing, against the page's table: less than 43,200 is there a warning.""",
        good="""\
category: utility
message_send_ttl_seconds: 3600
languages:
  en_US:
    body: Your table is ready, we keep it for an hour.
""",
        bad="""\
category: utility
message_send_ttl_seconds: 86400
languages:
  en_US:
    body: Your table is ready, we keep it for a day.
""",
    )
)
def time_to_live(view: View) -> Sequence[Problem]:
    """A time that the category allows."""
    seconds = view.spec.get("message_send_ttl_seconds")
    bounds = TTL.get(view.category)
    if not isinstance(seconds, int) or bounds is None:
        return ()
    least, most = bounds
    if least <= seconds <= most or (seconds == THIRTY_DAYS and view.category != "marketing"):
        return ()
    allowed = f"in category {view.category} Meta allows {least:,} to {most:,}"
    message = f"message_send_ttl_seconds is {seconds:,}; {allowed}"
    severity = None
    if view.category == "marketing" and 0 < seconds < least:
        message, severity = f"{message}, though a sample on its own page has 120", Severity.WARNING
    fix = f"Write {most if seconds > most else least}, or remove it for Meta's default."
    path = ("message_send_ttl_seconds",)
    return [view.problem("WA741", message, fix, path, severity=severity)]


@on_kind(
    Rule(
        "WA751",
        "order_details and order_status have their category and their parts",
        """\
A template with an order_details button is utility, or marketing with `display_format: order_details`; above
it stand a text, an image, a document or nothing. One of sub_category order_status is utility and has no
buttons; Meta's documents show it without a header too. An option of one kind without its button does nothing
that is documented: a warning.""",
        good="""\
category: utility
sub_category: order_status
languages:
  en_US:
    body: Your order is packed and leaves today.
    footer: Acme Store
""",
        bad="""\
category: utility
sub_category: order_status
languages:
  en_US:
    body: Your order is packed and leaves today.
    buttons:
      - {type: quick_reply, text: Talk to us}
""",
    )
)
def orders(view: View) -> Sequence[Problem]:
    """Order messages as Meta's documents on payments show them."""
    return [*_order_details(view), *_order_status(view)]


def _order_details(view: View) -> Iterator[Problem]:
    kinds = [button.get("type") for button in view.buttons]
    shown = view.spec.get("display_format")
    if "order_details" not in kinds:
        for name in ("display_format", "sub_category"):
            if view.spec.get(name) == "order_details":
                message = f"{name} is order_details, but there is no order_details button"
                fix = "Add a button {type: order_details}, or remove the option."
                yield view.problem("WA751", message, fix, (name,), severity=Severity.WARNING)
        return
    path = button_path(kinds.index("order_details"))
    if view.category == "marketing" and shown != "order_details":
        message = "an order_details button in category marketing without display_format"
        fix = "Add display_format: order_details, or make the category utility."
        yield view.problem("WA751", message, fix, path)
    elif view.category not in ("utility", "marketing"):
        message = f"an order_details button in category {view.category}"
        yield view.problem("WA751", message, "Make the category utility.", path)
    if view.header_format not in _ORDER_HEADERS:
        message = f"a header of format {view.header_format} above an order_details button"
        yield view.problem("WA751", message, "Use a text, an image, a document or none.", ("header",))


def _order_status(view: View) -> Iterator[Problem]:
    if view.spec.get("sub_category") != "order_status":
        return
    path = ("sub_category",)
    if view.category != "utility":
        message = f"sub_category order_status in category {view.category}; Meta allows it in utility only"
        yield view.problem("WA751", message, "Make the category utility, or remove it.", path)
    if view.buttons:
        message = "an order_status template has buttons; Meta allows none"
        yield view.problem("WA751", message, "Remove them.", ("buttons",))
    if view.header_format:
        message = "an order_status template has a header; Meta's documents show none"
        yield view.problem("WA751", message, "Remove it.", ("header",), severity=Severity.WARNING)


@on_kind(
    Rule(
        "WA761",
        "a template of Meta's library has no parts of its own, and category utility or authentication",
        """\
Its text is Meta's, in every language, and cannot be changed later; a file gives only the inputs. What Meta
makes of parts beside them, and of another category, is not documented: a warning.""",
        good="""\
category: utility
library_template_name: delivery_update_1
library_template_body_inputs: {add_track_package_link: true}
languages: [en_US, es_MX]
""",
        bad="""\
category: utility
library_template_name: delivery_update_1
languages:
  en_US:
    body: Your parcel is on its way.
""",
        severity=Severity.WARNING,
    )
)
def library_template(view: View) -> Sequence[Problem]:
    """The library's text alone, in a category that the library has."""
    if "library_template_name" not in view.spec:
        return ()
    problems: list[Problem] = []
    if own := [part for part in _LIBRARY_HAS if part in view.spec]:
        message = f"{listed(own)} beside library_template_name, whose text is Meta's"
        fix = f"Remove {listed(own)}, or library_template_name."
        problems.append(view.problem("WA761", message, fix, (own[0],)))
    if view.category not in ("utility", "authentication"):
        message = f"library_template_name in category {view.category}; the library has none such"
        fix = "Make the category utility or authentication, as the library lists it."
        problems.append(view.problem("WA761", message, fix, ("library_template_name",)))
    return problems


@on_kind(
    Rule(
        "WA771",
        "sub_category and display_format are ones that Meta documents",
        f"""\
For sub_category its reference and its answers know {listed(KNOWN_SUB_CATEGORIES)}; for display_format
order_details. The lists may grow: a warning.""",
        good="""\
category: utility
sub_category: booking_status
languages:
  en_US:
    body: Your room is ready, we look forward to seeing you.
""",
        bad="""\
category: utility
sub_category: order_state
languages:
  en_US:
    body: Your order is packed and leaves today.
""",
        severity=Severity.WARNING,
    )
)
def known_words(view: View) -> Sequence[Problem]:
    """Words of Meta's lists, as far as they are known."""
    problems: list[Problem] = []
    lists = {"sub_category": KNOWN_SUB_CATEGORIES, "display_format": ("order_details",)}
    for name, known in lists.items():
        word = view.spec.get(name)
        if not isinstance(word, str) or word in known:
            continue
        close = get_close_matches(word, known, 1)
        fix = (
            f"Did you mean {close[0]}?" if close else f"Write {listed(known, 'or')}, or see Meta's documents."
        )
        problems.append(view.problem("WA771", f'{name} "{word}" is none that Meta documents', fix, (name,)))
    return problems
