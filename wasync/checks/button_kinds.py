"""Rules about the buttons that open something of Meta's: flows, catalogs, payments, calls, apps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from wasync.checks.registry import Rule, listed, on_kind
from wasync.checks.view import View, button_path
from wasync.model.template import JSON, Problem, Severity

MIN_CALL_MINUTES = 1440
MAX_CALL_MINUTES = 43200

_FLOW_SOURCES = ("flow_id", "flow_name", "flow_json")
_FLOW_WORDS = {"flow_action": ("navigate", "data_exchange"), "icon": ("document", "promotion", "review")}
_ONE_OF_EACH = ("catalog", "mpm", "spm", "order_details", "voice_call", "request_contact_info")
_MARKETING_ONLY = ("catalog", "mpm", "spm")
_ALONE = ("catalog", "mpm", "spm", "order_details")
"""Kinds that Meta's documents show without another button."""
_FIXED_LABELS: Mapping[str, tuple[str, ...]] = {
    "catalog": ("View catalog",),
    "mpm": ("View items",),
    "spm": ("View",),
    "order_details": ("Review and Pay", "Copy Pix code"),
    "request_contact_info": ("Share Contact Info",),
}


def _of_kind(view: View, kind: str) -> list[tuple[int, dict[str, JSON]]]:
    return [(number, button) for number, button in enumerate(view.buttons) if button.get("type") == kind]


@on_kind(
    Rule(
        "WA310",
        "a flow button opens one flow, by flow_id, flow_name or flow_json",
        """\
One of the three says which flow opens; the flow must be published when the template is created. A template
has one such button. `flow_id` is a number as WhatsApp Manager shows it, `flow_json` the flow itself.""",
        good="""\
category: utility
languages:
  en_US:
    body: Would you like to change your appointment?
    buttons:
      - {type: flow, text: Change it, flow_id: "594425479261596", navigate_screen: APPOINTMENT}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Would you like to change your appointment?
    buttons:
      - {type: flow, text: Change it, navigate_screen: APPOINTMENT}
""",
    )
)
def flow_button(view: View) -> Sequence[Problem]:
    """One flow button, which says in one way what it opens."""
    flows = _of_kind(view, "flow")
    problems: list[Problem] = []
    if len(flows) > 1:
        message = f"the template has {len(flows)} flow buttons; Meta allows 1"
        problems.append(view.problem("WA310", message, f"Remove {len(flows) - 1}.", button_path(flows[1][0])))
    for number, button in flows:
        problems += _flow(view, number, button)
    return problems


def _flow(view: View, number: int, button: dict[str, JSON]) -> Iterator[Problem]:
    sources = [name for name in _FLOW_SOURCES if button.get(name)]
    if not sources:
        fix = "Add flow_id:, flow_name: or flow_json:."
        yield view.problem("WA310", "the flow button names no flow", fix, button_path(number))
    elif len(sources) > 1:
        message = f"the flow button has {listed(sources)}; Meta takes one of them"
        yield view.problem("WA310", message, "Keep one.", button_path(number, sources[1]))
    if not isinstance(button.get("text"), str):
        fix = "Add text: with what people are to press."
        yield view.problem("WA310", "the flow button has no label", fix, button_path(number))
    flow_id, flow = button.get("flow_id"), button.get("flow_json")
    if isinstance(flow_id, str) and flow_id and not (flow_id.isascii() and flow_id.isdigit()):
        fix = "Write the number WhatsApp Manager shows, or use flow_name:."
        yield view.problem(
            "WA310", f'flow_id "{flow_id}" is not a number', fix, button_path(number, "flow_id")
        )
    if isinstance(flow, str) and flow:
        import json  # few templates have a flow, fewer carry it whole

        try:
            json.loads(flow)
        except ValueError as error:
            message = f"flow_json is not JSON: {error}"
            fix = "Copy the flow's JSON whole, as a text after |."
            yield view.problem("WA310", message, fix, button_path(number, "flow_json"))
    for name, words in _FLOW_WORDS.items():
        value = button.get(name)
        if value is not None and value not in words:
            message = f'{name} "{value}" is none that Meta documents'
            fix = f"Write {listed(words, 'or')}."
            yield view.problem("WA310", message, fix, button_path(number, name))


@on_kind(
    Rule(
        "WA311",
        "catalog, mpm, spm, order_details, voice_call and request_contact_info stand once, as documented",
        """\
Of each of these Meta takes one. Buttons to products (catalog, mpm, spm) need category marketing. Beside
a catalog, mpm, spm or order_details button Meta's documents show no other button, above an mpm button a
text header, above a catalog button none; no source says what Meta does otherwise, so there wasync only
warns.""",
        good="""\
category: marketing
languages:
  en_US:
    body: Everything for your garden is in our catalog now.
    buttons:
      - {type: catalog, text: View catalog}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Everything for your garden is in our catalog now.
    buttons:
      - {type: catalog, text: View catalog}
""",
    )
)
def one_of_its_kind(view: View) -> Sequence[Problem]:
    """Not two of a kind, products in marketing only, alone where the documents show them alone."""
    problems: list[Problem] = []
    for kind in _ONE_OF_EACH:
        found = _of_kind(view, kind)
        if not found:
            continue
        number = found[0][0]
        if len(found) > 1:
            message = f"the template has {len(found)} {kind} buttons; Meta allows 1"
            problems.append(
                view.problem("WA311", message, f"Remove {len(found) - 1}.", button_path(found[1][0]))
            )
        if kind in _MARKETING_ONLY and view.category != "marketing":
            message = f"a button of type {kind} in category {view.category}; Meta allows it in marketing only"
            fix = "Make the category marketing, or remove the button."
            problems.append(view.problem("WA311", message, fix, button_path(number)))
        if kind in _ALONE and len(view.buttons) > len(found):
            message = f"other buttons beside the one of type {kind}, which Meta's documents show alone"
            fix = "Remove the others, or see whether Meta takes them."
            problems.append(
                view.problem("WA311", message, fix, button_path(number), severity=Severity.WARNING)
            )
        if (kind == "mpm" and view.header_format != "text") or (kind == "catalog" and view.header_format):
            shown = "a text header" if kind == "mpm" else "no header"
            message = f"Meta's documents show {shown} above a button of type {kind}"
            fix = "Add header: with a short text." if kind == "mpm" else "Remove the header."
            path = ("header",) if view.header_format else button_path(number)
            problems.append(view.problem("WA311", message, fix, path, severity=Severity.WARNING))
    return problems


@on_kind(
    Rule(
        "WA312",
        "a button whose label Meta fixes has that label or none",
        """\
`request_contact_info` is labelled "Share Contact Info", and Meta refuses any other label. For the others
its documents show one label and do not say that another is refused, so there wasync warns: catalog "View
catalog", mpm "View items", spm "View", order_details "Review and Pay" (in Brazil "Copy Pix code"). Leave
`text:` out and wasync sends the right one.""",
        good="""\
category: utility
languages:
  en_US:
    body: To book your visit, we need your phone number.
    buttons:
      - {type: request_contact_info}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: To book your visit, we need your phone number.
    buttons:
      - {type: request_contact_info, text: Share my number}
""",
    )
)
def fixed_label(view: View) -> Sequence[Problem]:
    """No label of one's own where Meta has one."""
    problems: list[Problem] = []
    for part in (view, *view.cards):
        for number, label in part.labels:
            kind = part.buttons[number].get("type")
            fixed = _FIXED_LABELS.get(kind) if isinstance(kind, str) else None
            if fixed is None or label in fixed or not label.strip():
                continue
            only = listed([f'"{one}"' for one in fixed], "or")
            says = "Meta allows only" if kind == "request_contact_info" else "Meta's documents show only"
            severity = None if kind == "request_contact_info" else Severity.WARNING
            message = f'the label of the {kind} button is "{label}"; {says} {only}'
            path = button_path(number, "text")
            problems.append(part.problem("WA312", message, "Remove text:.", path, label, severity))
    return problems


@on_kind(
    Rule(
        "WA313",
        "ttl_minutes of a voice_call button is 1,440 to 43,200",
        "So long the button works after it was sent: from one day to 30 days.",
        good="""\
category: utility
languages:
  en_US:
    body: Do you have questions about your contract? Call us here.
    buttons:
      - {type: voice_call, text: Call now, ttl_minutes: 10080}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Do you have questions about your contract? Call us here.
    buttons:
      - {type: voice_call, text: Call now, ttl_minutes: 60}
""",
    )
)
def call_minutes(view: View) -> Sequence[Problem]:
    """The button works for a time that Meta allows."""
    problems: list[Problem] = []
    for number, button in _of_kind(view, "voice_call"):
        minutes = button.get("ttl_minutes")
        if minutes is None or (isinstance(minutes, int) and MIN_CALL_MINUTES <= minutes <= MAX_CALL_MINUTES):
            continue
        message = f"ttl_minutes is {minutes}; Meta allows {MIN_CALL_MINUTES:,} to {MAX_CALL_MINUTES:,}"
        fix = "Write a whole number of minutes, for example 10080, which is a week."
        problems.append(view.problem("WA313", message, fix, button_path(number, "ttl_minutes")))
    return problems


@on_kind(
    Rule(
        "WA314",
        "an app_deep_link is whole, and in a marketing template",
        """\
The link opens your app instead of the page. Only the Marketing Messages API follows it. It needs the app's
id at Meta, which is a number, and an address the app answers to; where the app is missing, people land in
the Play Store, at a web address. Meta does not document what it refuses here: a warning.""",
        good="""\
category: marketing
languages:
  en_US:
    body: New in the app, see your orders on a map.
    buttons:
      - type: url
        text: Open the app
        url: https://shop.example/app
        app_deep_link: {meta_app_id: "2790000000000001", android_deep_link: "acme://orders"}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: New in the app, see your orders on a map.
    buttons:
      - type: url
        text: Open the app
        url: https://shop.example/app
        app_deep_link: {meta_app_id: "2790000000000001", android_deep_link: "acme://orders"}
""",
        severity=Severity.WARNING,
    )
)
def app_deep_link(view: View) -> Sequence[Problem]:
    """The link can open an app, and is sent by the one API that follows it."""
    problems: list[Problem] = []
    for part in (view, *view.cards):
        for number, button in enumerate(part.buttons):
            if isinstance(link := button.get("app_deep_link"), dict):
                problems += _deep_link(part, number, link)
    return problems


def _deep_link(view: View, number: int, link: dict[str, JSON]) -> Iterator[Problem]:
    path = button_path(number, "app_deep_link")
    if view.category != "marketing":
        message = f"app_deep_link in category {view.category}; only the Marketing Messages API follows it"
        yield view.problem("WA314", message, "Remove it, or make the category marketing.", path)
    if lacking := [name for name in ("meta_app_id", "android_deep_link") if not link.get(name)]:
        message = f"app_deep_link has no {listed(lacking)}"
        yield view.problem("WA314", message, f"Add {listed(f'{name}:' for name in lacking)}.", path)
    app, deep, shop = (
        link.get(name) for name in ("meta_app_id", "android_deep_link", "android_fallback_playstore_url")
    )
    if isinstance(app, str) and app and not (app.isascii() and app.isdigit()):
        fix = "Write the app's number from Meta's App Dashboard."
        yield view.problem("WA314", f'meta_app_id "{app}" is not a number', fix, (*path, "meta_app_id"))
    if isinstance(deep, str) and deep and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", deep):
        message = f'android_deep_link "{deep}" has no scheme'
        fix = "Begin it with the scheme your app answers to, as acme://."
        yield view.problem("WA314", message, fix, (*path, "android_deep_link"))
    if isinstance(shop, str) and shop and not re.match(r"https?://", shop):
        message = f'android_fallback_playstore_url "{shop}" is no web address'
        fix = "Begin it with https://play.google.com/."
        yield view.problem("WA314", message, fix, (*path, "android_fallback_playstore_url"))
