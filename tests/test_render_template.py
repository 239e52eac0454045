"""render.template_text: every kind of template in words, and whatever else may stand in a spec."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from tests.strategies import json_values
from wasync.diff import compare
from wasync.model.template import JSON, Spec
from wasync.render.safe_text import safe
from wasync.render.template_text import template_rows, value_text

IMAGE: JSON = {"path": "media/a.png", "sha256": "6de15a0625a2" + "0" * 52}
CARDS: list[JSON] = [
    {
        "header": {"format": "image"},
        "body": "The *Oslo*\nfrom {{1}}",
        "buttons": [
            {"type": "url", "text": "See it", "url": "https://acme.example/p/{{1}}"},
            {"type": "quick_reply", "text": "More"},
        ],
    },
    {"header": {"format": "product"}, "buttons": [{"type": "spm"}]},
]
APPS: JSON = [
    {"package_name": "com.acme.shop", "signature_hash": "K8a/AINcGX7"},
    {"package_name": "com.acme.beta", "signature_hash": "hX5s2+aB/c1"},
]
KINDS: dict[str, tuple[Spec, str]] = {
    "a carousel": (
        {
            "body": "Look at these.",
            "carousel": CARDS,
            "examples": {"carousel": {"0": {"header": IMAGE, "body": ["$89"], "buttons": {"0": "oslo"}}}},
        },
        """\
body: Look at these.
carousel[0]: header: image
  body: The *Oslo*⏎from {{1}}
  url "See it" https://acme.example/p/{{1}}
  quick reply "More"
carousel[1]: header: product
  spm (one product)
examples.carousel: card 1: header: media/a.png (sha256 6de15a0625a2); body: $89; buttons: 0 = oslo
""",
    ),
    "a limited-time offer": (
        {
            "buttons": [{"type": "copy_code"}],
            "body": "Take 20 percent off.",
            "limited_time_offer": {"text": "Ends soon!", "has_expiration": True},
            "header": {"format": "gif"},
        },
        """\
header: gif
limited_time_offer: "Ends soon!" with a countdown
body: Take 20 percent off.
buttons[0]: copy code
""",
    ),
    "flows": (
        {
            "buttons": [
                {"type": "flow", "text": "A", "flow_id": "9", "flow_action": "navigate", "icon": "review"},
                {"type": "flow", "text": "B", "flow_name": "book", "flow_action": "data_exchange"},
                {"type": "flow", "text": "C", "flow_json": '{"a":1}', "navigate_screen": "S"},
                {"type": "flow", "text": "D", "flow_action": "navigate", "navigate_screen": "S", "new": 1},
                {"type": "flow", "flow_action": "later"},
            ]
        },
        """\
buttons[0]: flow "A", opens flow 9, navigates to its first screen, icon review
buttons[1]: flow "B", opens the flow named book, asks your endpoint for the first screen
buttons[2]: flow "C", opens {"a":1}, screen S
buttons[3]: flow "D" {"new": 1}, navigates to screen S
buttons[4]: flow {"flow_action": "later"}
""",
    ),
    "other buttons": (
        {
            "buttons": [
                {"type": "catalog", "text": "View catalog"},
                {"type": "mpm", "text": "View items"},
                {"type": "spm", "text": "View"},
                {"type": "order_details", "text": "Review and Pay"},
                {"type": "voice_call", "text": "Call us", "ttl_minutes": 10080},
                {"type": "voice_call", "ttl_minutes": 1501},
                {"type": "request_contact_info"},
                {
                    "type": "url",
                    "text": "Open",
                    "url": "https://acme.example",
                    "app_deep_link": {
                        "meta_app_id": "27",
                        "android_deep_link": "acme://a",
                        "android_fallback_playstore_url": "https://play.example",
                    },
                },
                {"type": "reminder", "text": "Later", "minutes": 5},
                "none",
            ]
        },
        """\
buttons[0]: catalog "View catalog"
buttons[1]: mpm "View items" (several products)
buttons[2]: spm "View" (one product)
buttons[3]: order details "Review and Pay"
buttons[4]: voice call "Call us", for 10080 minutes (7 days)
buttons[5]: voice call, for 1501 minutes
buttons[6]: request contact info
buttons[7]: url "Open" https://acme.example, in app 27 at acme://a without the app https://play.example
buttons[8]: reminder "Later" {"minutes": 5}
buttons[9]: none
""",
    ),
    "a call permission request": (
        {"body": "May we call?", "call_permission_request": {}, "header": {"format": "location"}},
        """\
header: location
body: May we call?
call_permission_request: asks whether the business may call
""",
    ),
    "one tap": (
        {
            "authentication": {
                "add_security_recommendation": True,
                "code_expiration_minutes": 5,
                "otp": {"type": "one_tap", "text": "Copy", "autofill_text": "Fill", "supported_apps": APPS},
            },
            "message_send_ttl_seconds": 300,
        },
        """\
authentication: one tap button "Copy", autofill "Fill"; apps com.acme.shop (K8a/AINcGX7), com.acme.beta \
(hX5s2+aB/c1); with security recommendation; the code expires in 5 minutes
message_send_ttl_seconds: 300 seconds (5 minutes)
""",
    ),
    "zero tap": (
        {
            "authentication": {
                "add_security_recommendation": False,
                "otp": {"type": "zero_tap", "supported_apps": ["x"], "zero_tap_terms_accepted": True},
            }
        },
        """\
authentication: zero tap button; apps "x"; zero-tap terms accepted; without security recommendation
""",
    ),
    "a library template": (
        {
            "library_template_name": "delivery_update_1",
            "examples": {
                "library": {
                    "button_inputs": [
                        {
                            "type": "url",
                            "url": {"base_url": "https://a.example/{{1}}", "url_suffix_example": "x"},
                        },
                        {"type": "url", "url": {"base_url": "https://a.example"}},
                        {"type": "phone_number", "phone_number": "15550051310"},
                        {"type": "otp", "otp_type": "one_tap", "supported_apps": APPS},
                        {"type": "flow", "flow_id": "1"},
                    ],
                    "body_inputs": {"add_contact_number": True, "code_expiration_minutes": 5},
                }
            },
        },
        """\
library_template_name: delivery_update_1
examples.library: button url https://a.example/{{1}}, for example x
  button url https://a.example
  button phone number 15550051310
  one tap button; apps com.acme.shop (K8a/AINcGX7), com.acme.beta (hX5s2+aB/c1)
  button {"type": "flow", "flow_id": "1"}
  body: add_contact_number = true, code_expiration_minutes = 5
""",
    ),
    "options": (
        {
            "body": "Hi",
            "message_send_ttl_seconds": -1,
            "sub_category": "order_status",
            "display_format": "order_details",
            "cta_url_link_tracking_opted_out": True,
            "is_primary_device_delivery_only": True,
            "degrees_of_freedom_spec": {
                "creative_features_spec": {
                    "image_touchups": {"enroll_status": "opt_out"},
                    "add_text_overlay": {"enroll_status": "opt_in"},
                }
            },
        },
        """\
body: Hi
message_send_ttl_seconds: -1 (30 days)
sub_category: order_status
display_format: order_details
cta_url_link_tracking_opted_out: true (clicks on links are not counted)
is_primary_device_delivery_only: true (on the phone only, not on linked devices)
degrees_of_freedom_spec: image_touchups opt_out; add_text_overlay opt_in
""",
    ),
    "what nobody documents": (
        {
            "carousel": [{"footer": "x", "buttons": "no list"}, {}, 5],
            "limited_time_offer": {"text": "Soon", "colour": "red"},
            "call_permission_request": {"why": "x"},
            "degrees_of_freedom_spec": {"creative_features_spec": [1]},
            "buttons": {"type": "url"},
            "cta_url_link_tracking_opted_out": False,
            "message_send_ttl_seconds": None,
            "greeting": {"text": "Hi"},
            "authentication": {"otp": {"type": "one_tap", "zero_tap_terms_accepted": False, "a": 1}},
        },
        """\
limited_time_offer: "Soon" without a countdown {"colour": "red"}
authentication: one tap button {"zero_tap_terms_accepted": false, "a": 1}
buttons: {"type": "url"}
call_permission_request: {"why": "x"}
carousel[0]: footer: x
  buttons: no list
carousel[1]: empty
carousel[2]: 5
degrees_of_freedom_spec: {"creative_features_spec": [1]}
cta_url_link_tracking_opted_out: false
message_send_ttl_seconds: null
greeting: {"text": "Hi"}
""",
    ),
}


def told(spec: Spec) -> str:
    return "".join(f"{label}: " + text.replace("\n", "\n  ") + "\n" for label, text in template_rows(spec))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_in_words(kind: str) -> None:
    spec, words = KINDS[kind]
    assert told(spec) == words


def test_what_differs_inside_a_kind_is_told_in_the_same_words() -> None:
    live: Spec = {"body": "Hi", "carousel": CARDS[:1], "limited_time_offer": {"text": "Soon"}}
    first = json.loads(json.dumps(CARDS[0]))
    first["buttons"][1] = {"type": "catalog"}
    first["header"]["format"] = "video"
    first["body"] = "The *Oslo*"
    desired: Spec = {"body": "Hi", "carousel": [first, CARDS[1]], "call_permission_request": {}}
    changes = compare(desired, live, None).content
    assert {
        change.path: [
            None if side is None else value_text(side, change.path) for side in (change.before, change.after)
        ]
        for change in changes
    } == {
        "carousel[0].header.format": ["image", "video"],
        "carousel[0].body": ["The *Oslo*\nfrom {{1}}", "The *Oslo*"],
        "carousel[0].buttons[1]": ['quick reply "More"', "catalog"],
        "carousel[1]": [None, "header: product\nspm (one product)"],
        "call_permission_request": [None, "asks whether the business may call"],
        "limited_time_offer": ['"Soon" without a countdown', None],
    }


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        (CARDS, "carousel", "card 1: header: image; body: The *Oslo*⏎from {{1}}; url"),
        (1440, "buttons[0].ttl_minutes", "1440 minutes (1 day)"),
        (1440, "carousel[0].buttons[1].ttl_minutes", "1440 minutes (1 day)"),
        (APPS, "authentication.otp.supported_apps", "com.acme.shop (K8a/AINcGX7), com.acme.beta"),
        ({"package_name": "com.a"}, "authentication.otp.supported_apps[1]", "com.a"),
        ({"type": "mpm"}, "carousel[0].buttons[0]", "mpm (several products)"),
        ([{"type": "mpm"}, {"type": "spm"}], "carousel[0].buttons", "mpm (several products)\nspm"),
        (IMAGE, "examples.carousel[0].header", "media/a.png (sha256 6de15a0625a2)"),
        ("", "carousel[0].body", '""'),
        (True, "limited_time_offer.has_expiration", "true"),
    ],
)
def test_a_part_by_its_path(value: JSON, path: str, words: str) -> None:
    assert value_text(value, path).startswith(words)


@given(json_values)
@settings(max_examples=150, deadline=None)
def test_anything_can_stand_anywhere(value: JSON) -> None:
    parts = ("header", "body", "footer", "buttons", "authentication", "carousel", "limited_time_offer")
    options = ("call_permission_request", "message_send_ttl_seconds", "degrees_of_freedom_spec", "library")
    otp: JSON = {"type": value, "text": value, "autofill_text": value, "supported_apps": [value, value]}
    specs: list[Spec] = [
        dict.fromkeys((*parts, *options), value),
        {"buttons": [value, {"type": "flow", "flow_id": value, "flow_action": value, "icon": value}]},
        {"buttons": [{"type": "url", "text": value, "url": value, "app_deep_link": {"meta_app_id": value}}]},
        {"buttons": [{"type": "voice_call", "ttl_minutes": value, "phone_number": value}]},
        {"carousel": [value, {"header": value, "body": value, "buttons": [value]}]},
        {"authentication": {"otp": otp, "code_expiration_minutes": value}},
        {"limited_time_offer": {"text": value}, "header": {"format": value}},
        {"examples": {"library": {"button_inputs": [value], "body_inputs": value}, "carousel": value}},
        {"examples": {"library": {"button_inputs": [{"type": "url", "url": {"base_url": value}}]}}},
    ]
    for spec in specs:
        for label, text in template_rows(spec):
            assert all(safe(line) == line for line in (label, *text.split("\n")))
