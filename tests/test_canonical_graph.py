"""What Meta reads back against what was sent: each row of docs/meta-api.md, section B2, and all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import json_values, templates
from wasync.canonical import (
    as_declared,
    fingerprint,
    from_graph,
    read_components,
    to_components,
    to_edit,
    to_graph,
)
from wasync.diff import compare
from wasync.emulator.reading import filled_options
from wasync.emulator.reading import read_components as emulated
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


@given(json_values)
def test_no_row_makes_it_raise(row: JSON) -> None:
    live = from_graph(row)
    assert as_declared(live.template.spec, live.template.spec) == live.template.spec


KEYS = [
    "name",
    "language",
    "id",
    "status",
    "category",
    "quality_score",
    "rejected_reason",
    "components",
    "sub_category",
    "degrees_of_freedom_spec",
    "message_send_ttl_seconds",
    "source",
]
PART_KEYS = [
    "type",
    "text",
    "format",
    "example",
    "buttons",
    "cards",
    "components",
    "body_text",
    "header_text",
    "header_handle",
    "url",
    "phone_number",
    "otp_type",
    "add_security_recommendation",
    "body_text_named_params",
    "param_name",
    "code_expiration_minutes",
    "flow_id",
    "flow_action",
    "creative_features_spec",
    "key",
    "value",
]
PART_VALUES = [
    "BODY",
    "header",
    "FOOTER",
    "BUTTONS",
    "CAROUSEL",
    "TEXT",
    "IMAGE",
    "URL",
    "OTP",
    "PHONE_NUMBER",
    "COPY_CODE",
    "FLOW",
    "examples",
    "components",
    "more",
    "authentication",
    "{{1}}",
    "{{99999999999999999999}}",
    "https://x/otp/code/?otp_type=COPY_CODE",
]
part_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(PART_VALUES) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(PART_KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), part_values), part_values)
def test_no_row_of_familiar_keys_makes_anything_raise(row: dict[str, JSON], other: JSON) -> None:
    live, desired = from_graph(row).template, read_components(other)
    seen = as_declared(live.spec, desired)
    assert as_declared(seen, desired) == seen
    compare(desired, live.spec, read_components(other))
    compare(desired, live.spec, live.spec)
    assert fingerprint(cast(JSON, to_graph(live, {})))
    assert to_edit(live, live, {})["components"] == to_graph(live, {})["components"]


@settings(max_examples=300)
@given(part_values)
def test_components_go_back_without_loss(components: JSON) -> None:
    spec = read_components(components)
    if isinstance(components, list):
        assert read_components(to_components(spec, {})) == spec


@given(templates(), st.sampled_from(["fresh", "filled"]))
def test_reading_back_gives_the_template_that_was_sent(template: Template, kind: str) -> None:
    payload = to_graph(template, {"": "4::c2FtcGxl"})
    sent = payload.pop("components")
    assert isinstance(sent, list)
    row: dict[str, JSON] = {**payload, "components": emulated(sent, str(payload["category"]))}
    if kind == "filled":
        options = {key: value for key, value in payload.items() if key.endswith("_seconds")}
        row |= filled_options(str(payload["category"]), sent, options)
        row |= {"is_primary_device_delivery_only": False, "disable_ios_autofill": False}
    live = from_graph(row).template
    assert (live.key, live.category) == (template.key, template.category)
    assert as_declared(live.spec, template.spec) == template.spec


# -- payloads ------------------------------------------------------------------------------------------

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
