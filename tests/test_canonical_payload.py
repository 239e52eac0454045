"""The payloads of create and edit, compared whole."""

from __future__ import annotations

from wasync.canonical import fingerprint, to_components, to_edit, to_graph
from wasync.model.template import JSON, Key, Spec, Template

SPEC: Spec = {
    "header": {"format": "image"},
    "body": "Hi {{name}}, your order {{id}} left.",
    "footer": "Acme",
    "buttons": [
        {"type": "url", "text": "Go", "url": "https://a.b/{{1}}"},
        {"type": "phone_number", "text": "Call", "phone_number": "15550051310"},
        {"type": "copy_code"},
        {"type": "quick_reply", "text": "Stop"},
    ],
    "examples": {
        "header": {"path": "a.png", "sha256": "abc"},
        "body": {"name": "Ana", "id": "7"},
        "buttons": {"0": "x", "2": "SAVE"},
    },
    "message_send_ttl_seconds": 60,
    "sub_category": "order_status",
}
COMPONENTS: JSON = [
    {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::h"]}},
    {
        "type": "BODY",
        "text": "Hi {{name}}, your order {{id}} left.",
        "example": {
            "body_text_named_params": [
                {"param_name": "name", "example": "Ana"},
                {"param_name": "id", "example": "7"},
            ]
        },
    },
    {"type": "FOOTER", "text": "Acme"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "URL", "text": "Go", "url": "https://a.b/{{1}}", "example": ["x"]},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550051310"},
            {"type": "COPY_CODE", "example": "SAVE"},
            {"type": "QUICK_REPLY", "text": "Stop"},
        ],
    },
]


def test_the_payload_of_a_create() -> None:
    assert to_graph(Template(Key("n", "en_US"), "utility", SPEC), {"abc": "4::h"}) == {
        "name": "n",
        "language": "en_US",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": COMPONENTS,
        "message_send_ttl_seconds": 60,
        "sub_category": "ORDER_STATUS",
    }


def test_the_payload_of_a_create_of_authentication() -> None:
    spec: Spec = {
        "authentication": {
            "add_security_recommendation": True,
            "code_expiration_minutes": 5,
            "otp": {"type": "copy_code", "text": "Copy"},
        }
    }
    assert to_graph(Template(Key("n", "en_US"), "authentication", spec), {}) == {
        "name": "n",
        "language": "en_US",
        "category": "AUTHENTICATION",
        "components": [
            {"type": "BODY", "add_security_recommendation": True},
            {"type": "FOOTER", "code_expiration_minutes": 5},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]},
        ],
    }


def test_positional_samples_are_nested_in_a_body_and_flat_in_a_header() -> None:
    spec: Spec = {
        "header": {"format": "text", "text": "To {{1}}"},
        "body": "Hi {{1}} and {{2}}.",
        "examples": {"header": ["x"], "body": ["a", "b"]},
    }
    assert to_components(spec, {}) == [
        {"type": "HEADER", "format": "TEXT", "text": "To {{1}}", "example": {"header_text": ["x"]}},
        {"type": "BODY", "text": "Hi {{1}} and {{2}}.", "example": {"body_text": [["a", "b"]]}},
    ]


def test_an_edit_sends_all_components_and_what_changed_of_the_rest() -> None:
    before = Template(
        Key("n", "en_US"), "utility", {**SPEC, "body": "old {{1}} x", "message_send_ttl_seconds": 60}
    )
    after = Template(Key("n", "en_US"), "utility", SPEC)
    assert to_edit(before, after, {"abc": "4::h"}) == {"components": COMPONENTS, "parameter_format": "NAMED"}
    assert to_edit(after, after, {"abc": "4::h"}) == {"components": COMPONENTS}
    moved = Template(after.key, "marketing", {**SPEC, "message_send_ttl_seconds": 90})
    assert to_edit(after, moved, {"abc": "4::h"}) == {
        "components": COMPONENTS,
        "category": "MARKETING",
        "message_send_ttl_seconds": 90,
    }


def test_a_sample_without_a_handle_is_left_out() -> None:
    header = to_components(SPEC, {})[0]
    assert header == {"type": "HEADER", "format": "IMAGE"}


def test_fingerprints_depend_on_content_alone() -> None:
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": "\ud83d"}) != fingerprint({"a": "\ude00"})
    assert len(fingerprint(None)) == 64


def test_labels_that_meta_fixes_are_sent_along() -> None:
    card: JSON = {"header": {"format": "product"}, "buttons": [{"type": "spm"}]}
    spec: Spec = {"body": "x", "buttons": [{"type": "catalog"}, {"type": "voice_call"}], "carousel": [card]}
    assert to_graph(Template(Key("n", "en"), "marketing", spec), {})["components"] == [
        {"type": "BODY", "text": "x"},
        {"type": "BUTTONS", "buttons": [{"type": "CATALOG", "text": "View catalog"}, {"type": "VOICE_CALL"}]},
        {
            "type": "CAROUSEL",
            "cards": [
                {
                    "components": [
                        {"type": "HEADER", "format": "PRODUCT"},
                        {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]},
                    ]
                }
            ],
        },
    ]


def test_an_offer_stands_one_level_down_and_a_request_in_lower_case() -> None:
    spec: Spec = {
        "limited_time_offer": {"text": "Soon", "has_expiration": True},
        "call_permission_request": {},
        "body": "x",
    }
    assert to_components(spec, {}) == [
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon", "has_expiration": True}},
        {"type": "BODY", "text": "x"},
        {"type": "call_permission_request"},
    ]
