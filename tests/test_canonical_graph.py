"""What Meta reads back against what was sent: each row of docs/meta-api.md, section B2, and all at once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wasync.canonical import (
    as_declared,
    from_graph,
    read_components,
    to_edit,
    to_graph,
    without_defaults,
)
from wasync.diff import compare
from wasync.model.template import JSON, Key, Spec, Template

AUTH_URL = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=5&code=otp"
CDN = "https://scontent.whatsapp.net/v/t61.29466-34/1_n.jpg?ccb=1-7&oh=01_Q5&oe=6901F1A0"


@dataclass(frozen=True)
class Row:
    """One row of B2: components as sent and as read back, which must be equal once as_declared."""

    name: str
    sent: JSON
    returned: JSON
    spec: Spec | None = None


def button(**keys: JSON) -> list[JSON]:
    return [{"type": "BUTTONS", "buttons": [{**keys}]}]


# Every row as the sheet of facts had it, seen 2025-11 to 2026-10: docs/meta-api.md, section B2.
ROWS = [
    Row(
        "enum case",
        [{"type": "body", "text": "x"}, {"type": "header", "format": "image"}],
        [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "x"}],
        {"header": {"format": "image"}, "body": "x"},
    ),
    Row(
        "otp_type case",
        [{"type": "body"}, *button(type="otp", otp_type="one_tap")],
        button(type="OTP", otp_type="ONE_TAP"),
        {"authentication": {"add_security_recommendation": False, "otp": {"type": "one_tap"}}},
    ),
    Row(
        "header_handle comes back as a signed address",
        [{"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW"]}}],
        [{"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [CDN]}}],
        {"header": {"format": "image"}, "examples": {"header": {"handle": "4::aW"}}},
    ),
    Row(
        "body example: a string",
        [{"type": "BODY", "text": "Hi {{1}}!", "example": {"body_text": "Pablo"}}],
        [{"type": "BODY", "text": "Hi {{1}}!", "example": {"body_text": [["Pablo"]]}}],
        {"body": "Hi {{1}}!", "examples": {"body": ["Pablo"]}},
    ),
    Row(
        "body example: a list",
        [{"type": "BODY", "text": "{{1}} {{2}}", "example": {"body_text": ["a", "b"]}}],
        [{"type": "BODY", "text": "{{1}} {{2}}", "example": {"body_text": [["a", "b"]]}}],
    ),
    Row(
        "named examples, in any order",
        [
            {
                "type": "BODY",
                "text": "{{a}} {{b}}",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "a", "example": "1"},
                        {"param_name": "b", "example": "2"},
                    ]
                },
            }
        ],
        [
            {
                "type": "BODY",
                "text": "{{a}} {{b}}",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "b", "example": "2"},
                        {"param_name": "a", "example": "1"},
                    ]
                },
            }
        ],
        {"body": "{{a}} {{b}}", "examples": {"body": {"a": "1", "b": "2"}}},
    ),
    Row(
        "text header example",
        [{"type": "HEADER", "format": "TEXT", "text": "A {{1}}", "example": {"header_text": ["x"]}}],
        [{"type": "HEADER", "format": "TEXT", "text": "A {{1}}", "example": {"header_text": "x"}}],
        {"header": {"format": "text", "text": "A {{1}}"}, "examples": {"header": ["x"]}},
    ),
    Row(
        "URL button example: a string",
        button(type="URL", text="Go", url="https://a.b/{{1}}", example="x"),
        button(type="URL", text="Go", url="https://a.b/{{1}}", example=["x"]),
        {
            "buttons": [{"type": "url", "text": "Go", "url": "https://a.b/{{1}}"}],
            "examples": {"buttons": {"0": "x"}},
        },
    ),
    Row(
        "phone number gets a plus",
        button(type="PHONE_NUMBER", text="Call", phone_number="15550051310"),
        button(type="PHONE_NUMBER", text="Call", phone_number="+15550051310"),
        {"buttons": [{"type": "phone_number", "text": "Call", "phone_number": "15550051310"}]},
    ),
    Row(
        "phone number loses the 0 after the country code",
        button(type="PHONE_NUMBER", text="Call", phone_number="+49 (0) 30 123456"),
        button(type="PHONE_NUMBER", text="Call", phone_number="+4930123456"),
    ),
    Row(
        "copy code gets a label, its example becomes a list",
        button(type="COPY_CODE", example="SAVE25"),
        button(type="COPY_CODE", example=["SAVE25"], text="Angebotscode kopieren"),
        {"buttons": [{"type": "copy_code"}], "examples": {"buttons": {"0": "SAVE25"}}},
    ),
    Row(
        "OTP comes back as URL, with Meta's body, footer and samples",
        [
            {"type": "BODY", "add_security_recommendation": True},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            *button(type="OTP", otp_type="COPY_CODE"),
        ],
        [
            {
                "type": "BODY",
                "text": "*{{1}}* is your verification code. For your security, do not share this code.",
                "add_security_recommendation": True,
                "example": {"body_text": [["123456"]]},
            },
            {"type": "FOOTER", "text": "This code expires in 5 minutes.", "code_expiration_minutes": 5},
            *button(type="URL", text="Copy code", url=AUTH_URL + "{{1}}", example=[AUTH_URL + "123456"]),
        ],
        {
            "authentication": {
                "add_security_recommendation": True,
                "code_expiration_minutes": 5,
                "otp": {"type": "copy_code"},
            }
        },
    ),
    Row(
        "recommendation false: flag absent",
        [{"type": "BODY", "add_security_recommendation": False}, *button(type="OTP", otp_type="COPY_CODE")],
        [
            {"type": "BODY", "text": "*{{1}}* is your verification code."},
            *button(
                type="URL",
                text="Copy code",
                url="https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
            ),
        ],
        {"authentication": {"add_security_recommendation": False, "otp": {"type": "copy_code"}}},
    ),
    Row(
        "older footer: the minutes in the text only, in the digits of its language",
        [
            {"type": "BODY"},
            {"type": "FOOTER", "code_expiration_minutes": 15},
            *button(type="OTP", otp_type="COPY_CODE"),
        ],
        [
            {"type": "BODY", "text": "*{{1}}*"},
            {"type": "FOOTER", "text": "تنتهي صلاحية هذا الرمز خلال ١٥ دقيقة."},
            *button(
                type="URL",
                text="نسخ",
                url="https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
            ),
        ],
    ),
    Row(
        "older footer: the minutes in the address",
        [
            {"type": "BODY"},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            *button(type="OTP", otp_type="COPY_CODE"),
        ],
        [
            {"type": "BODY", "text": "*{{1}}*"},
            {"type": "FOOTER", "text": "läuft bald ab"},
            *button(type="URL", text="Code kopieren", url=AUTH_URL + "{{1}}"),
        ],
    ),
    Row(
        "flow by name comes back by id, a number",
        button(type="FLOW", text="Book", flow_name="booking", flow_action="navigate"),
        button(type="FLOW", text="Book", flow_id=123, flow_action="NAVIGATE", navigate_screen="FIRST"),
        {"buttons": [{"type": "flow", "text": "Book", "flow_name": "booking", "flow_action": "navigate"}]},
    ),
    Row(
        "flow ids compare as text",
        button(type="FLOW", text="Book", flow_id="123"),
        button(type="FLOW", text="Book", flow_id=123, flow_action="NAVIGATE"),
    ),
    Row(
        "keys that appear over time",
        [{"type": "BODY", "text": "x"}, *button(type="QUICK_REPLY", text="A")],
        [
            {"type": "BODY", "text": "x", "new_key": False},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "A", "id": 7}], "layout": "WIDE"},
        ],
    ),
    Row(
        "order of components, line ends",
        [{"type": "FOOTER", "text": "f"}, {"type": "BODY", "text": "a\r\nb"}],
        [{"type": "BODY", "text": "a\nb"}, {"type": "FOOTER", "text": "f"}],
        {"body": "a\nb", "footer": "f"},
    ),
    Row(
        "a link to an app that is not shown",
        button(type="URL", text="Go", url="https://a.b/", app_deep_link={"meta_app_id": 12}),
        button(type="URL", text="Go", url="https://a.b/"),
        {
            "buttons": [
                {"type": "url", "text": "Go", "url": "https://a.b/", "app_deep_link": {"meta_app_id": "12"}}
            ]
        },
    ),
    Row(
        "flow_action navigate is what Meta takes where nothing is said",
        button(type="FLOW", text="Book", flow_id="1", flow_action="NAVIGATE"),
        button(type="FLOW", text="Book", flow_id=1),
    ),
    Row(
        "limited-time offer before or after the body; has_expiration absent is false",
        [
            {"type": "limited_time_offer", "limited_time_offer": {"text": "Soon"}},
            {"type": "body", "text": "b"},
        ],
        [
            {"type": "BODY", "text": "b"},
            {
                "type": "LIMITED_TIME_OFFER",
                "limited_time_offer": {"text": "Soon", "has_expiration": False, "new_key": 1},
            },
        ],
        {"body": "b", "limited_time_offer": {"text": "Soon", "has_expiration": False}},
    ),
    Row(
        "call permission request in either case",
        [{"type": "BODY", "text": "b"}, {"type": "call_permission_request"}],
        [{"type": "BODY", "text": "b"}, {"type": "CALL_PERMISSION_REQUEST", "new_key": 1}],
        {"body": "b", "call_permission_request": {}},
    ),
    Row(
        "labels that Meta fixes, nobody declared",
        button(type="CATALOG"),
        button(type="CATALOG", text="Ver catálogo"),
        {"buttons": [{"type": "catalog"}]},
    ),
    Row(
        "minutes of a call come as text",
        button(type="VOICE_CALL", text="Call", ttl_minutes=1440),
        button(type="VOICE_CALL", text="Call", ttl_minutes="1440"),
    ),
    Row(
        "apps of a one-tap code are not shown; the one of old stood on the button",
        [{"type": "BODY"}, *button(type="OTP", otp_type="ONE_TAP", package_name="a.b", signature_hash="h")],
        [
            {"type": "BODY", "text": "*{{1}}*"},
            *button(
                type="URL",
                text="Autofill",
                url="https://www.whatsapp.com/otp/code/?otp_type=ONE_TAP&code=otp{{1}}",
            ),
        ],
        {
            "authentication": {
                "add_security_recommendation": False,
                "otp": {
                    "type": "one_tap",
                    "supported_apps": [{"package_name": "a.b", "signature_hash": "h"}],
                },
            }
        },
    ),
    Row(
        "cards, with their media",
        [
            {"type": "BODY", "text": "b"},
            {
                "type": "carousel",
                "cards": [
                    {
                        "components": [
                            {"type": "header", "format": "image", "example": {"header_handle": ["4::a"]}},
                            *button(type="url", text="T", url="https://a.b/{{1}}", example=["1"]),
                        ]
                    }
                ],
            },
        ],
        [
            {"type": "BODY", "text": "b"},
            {
                "type": "CAROUSEL",
                "cards": [
                    {
                        "components": [
                            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [CDN]}},
                            *button(type="URL", text="T", url="https://a.b/{{1}}", example=["1"]),
                        ]
                    }
                ],
            },
        ],
        {
            "body": "b",
            "carousel": [
                {
                    "header": {"format": "image"},
                    "buttons": [{"type": "url", "text": "T", "url": "https://a.b/{{1}}"}],
                }
            ],
            "examples": {"carousel": {"0": {"header": {"handle": "4::a"}, "buttons": {"0": "1"}}}},
        },
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_read_back_equals_what_was_sent(row: Row) -> None:
    desired = read_components(row.sent)
    live = from_graph({"components": row.returned}).template.spec
    assert as_declared(live, desired) == desired
    assert compare(desired, live, None) == compare(desired, desired, None)
    if row.spec is not None:
        assert desired == row.spec


def test_missing_samples_are_a_difference_in_samples_only() -> None:
    # Old and rejected templates come without examples. Seen 2025-11: docs/meta-api.md, section B2.
    desired = read_components([{"type": "BODY", "text": "Hi {{1}}!", "example": {"body_text": [["a"]]}}])
    live = from_graph({"components": [{"type": "BODY", "text": "Hi {{1}}!"}]}).template.spec
    difference = compare(desired, live, None)
    assert difference.content == ()
    assert [change.path for change in difference.samples] == ["examples.body"]


def test_features_come_back_as_a_list() -> None:
    # Seen 2026-06: docs/meta-api.md, section B2. Features not listed are opted in.
    spec: Spec = {
        "body": "x",
        "degrees_of_freedom_spec": {
            "creative_features_spec": {
                "image_touchups": {"enroll_status": "opt_out"},
                "add_text_overlay": {"enroll_status": "opt_in"},
            }
        },
    }
    sent = to_graph(Template(Key("n", "en"), "marketing", spec), {})["degrees_of_freedom_spec"]
    assert sent == {
        "creative_features_spec": {
            "image_touchups": {"enroll_status": "OPT_OUT"},
            "add_text_overlay": {"enroll_status": "OPT_IN"},
        }
    }
    returned: JSON = {
        "creative_features_spec": [
            {"key": "IMAGE_TOUCHUPS", "value": {"enroll_status": "OPT_OUT"}},
            {"key": "IMAGE_BANNER", "value": {"enroll_status": "OPT_OUT"}},
        ]
    }
    row: dict[str, JSON] = {
        "components": [{"type": "BODY", "text": "x"}],
        "degrees_of_freedom_spec": returned,
    }
    assert as_declared(from_graph(row).template.spec, spec) == spec


def test_a_row_of_2026() -> None:
    live = from_graph(
        {
            "name": "order_update",
            "parameter_format": "POSITIONAL",
            "components": [{"type": "BODY", "text": "x"}],
            "language": "en-US",
            "status": "approved",
            "category": "MARKETING",
            "previous_category": "UTILITY",
            "correct_category": "MARKETING",
            "sub_category": "CUSTOM",
            "message_send_ttl_seconds": 600,
            "disable_ios_autofill": False,
            "is_primary_device_delivery_only": False,
            "quality_score": {"score": "GREEN", "date": 1758754645},
            "rejected_reason": "NONE",
            "source": "manual",
            "id": 1387372356726668,
        }
    )
    assert live.template == Template(
        Key("order_update", "en_US"),
        "marketing",
        {
            "body": "x",
            "sub_category": "custom",
            "message_send_ttl_seconds": 600,
            "is_primary_device_delivery_only": False,
        },
    )
    assert (live.id, live.status, live.quality) == ("1387372356726668", "APPROVED", "GREEN")
    assert (live.rejected_reason, live.previous_category) == (None, "utility")
    assert (live.correct_category, live.source) == ("marketing", "manual")
    assert as_declared(live.template.spec, {"body": "x"}) == {"body": "x"}


def test_the_text_of_a_library_template_is_meta_s() -> None:
    spec: Spec = {
        "library_template_name": "order_delivered_1",
        "examples": {"library": {"button_inputs": [{"type": "url", "url": {"base_url": "https://a.b/"}}]}},
    }
    template = Template(Key("n", "en"), "utility", spec)
    assert to_graph(template, {}) == {
        "name": "n",
        "language": "en",
        "category": "UTILITY",
        "library_template_name": "order_delivered_1",
        "library_template_button_inputs": [{"type": "URL", "url": {"base_url": "https://a.b/"}}],
    }
    assert to_edit(template, template, {}) == {}
    row: JSON = {
        "library_template_name": "order_delivered_1",
        "components": [
            {"type": "BODY", "text": "Delivered."},
            *button(type="URL", text="See", url="https://a.b/"),
        ],
    }
    live = from_graph(row).template.spec
    assert as_declared(live, spec) == spec
    assert without_defaults(live) == {"library_template_name": "order_delivered_1"}


@pytest.mark.parametrize(
    "components",
    [
        "a text",
        {"data": []},
        [None, 3, "BODY"],
        [{"no": "type"}],
        [{"type": "BODY", "text": "a"}, {"type": "body", "text": "b"}],
        [{"type": "BODY", "text": {"a": 1}}],
        [{"type": "BUTTONS", "buttons": "none"}],
        [{"type": "BUTTONS", "buttons": [{"type": 3}]}],
        [{"type": "CAROUSEL", "cards": [3]}],
    ],
)
def test_what_is_no_component_is_kept_and_differs(components: JSON) -> None:
    spec = from_graph({"components": components}).template.spec
    assert "components" in spec
    assert compare({"body": "a"}, spec, None).content
