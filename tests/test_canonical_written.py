"""Templates written as documents: what is shared, what stands apart, what needs `components:`."""

from __future__ import annotations

from typing import cast

import pytest

from wasync.canonical import from_yaml, to_yaml
from wasync.model.template import JSON, Document, Key, Spec, Template


def test_written_documents_share_what_languages_share() -> None:
    templates = [
        Template(
            Key("order", code),
            "utility",
            {
                "header": {"format": "text", "text": "{{id}} ok"},
                "body": f"{code} {{{{name}}}} x {{{{id}}}} x",
                "message_send_ttl_seconds": 60,
                "examples": {"header": {"id": "7"}, "body": {"name": name, "id": "7"}},
            },
            ignore={"WA104": "old"},
        )
        for code, name in (("es", "Lucía"), ("en", "Ana"), ("de", "Ana"))
    ]
    data = to_yaml(templates)
    assert data == {
        "category": "utility",
        "message_send_ttl_seconds": 60,
        "ignore": {"WA104": "old"},
        "variables": {"name": {"example": "Ana"}, "id": {"example": "7"}},
        "languages": {
            "de": {"header": "{{id}} ok", "body": "de {{name}} x {{id}} x"},
            "en": {"header": "{{id}} ok", "body": "en {{name}} x {{id}} x"},
            "es": {"header": "{{id}} ok", "body": "es {{name}} x {{id}} x", "examples": {"name": "Lucía"}},
        },
    }
    assert [*data] == ["category", "message_send_ttl_seconds", "ignore", "variables", "languages"]


def test_a_sample_that_one_language_lacks_is_not_shared() -> None:
    with_sample: Spec = {"body": "x {{a}} x", "examples": {"body": {"a": "1"}}}
    templates = [
        Template(Key("n", "de"), "utility", {"body": "x {{a}} x"}),
        Template(Key("n", "en"), "utility", with_sample),
    ]
    assert to_yaml(templates) == {
        "category": "utility",
        "variables": {"a": {}},
        "languages": {"de": {"body": "x {{a}} x"}, "en": {"body": "x {{a}} x", "examples": {"a": "1"}}},
    }


def test_authentication_is_written_once_with_the_labels_apart() -> None:
    def template(code: str, label: str | None) -> Template:
        otp: JSON = {"type": "copy_code"} if label is None else {"type": "copy_code", "text": label}
        authentication: JSON = {"add_security_recommendation": True, "otp": otp}
        return Template(Key("code", code), "authentication", {"authentication": authentication})

    shared: JSON = {"add_security_recommendation": True, "otp": {"type": "copy_code"}}
    assert to_yaml([template("en", None), template("de", None)]) == {
        "category": "authentication",
        "authentication": shared,
        "languages": ["de", "en"],
    }
    assert to_yaml([template("en", None), template("de", "Kopieren")]) == {
        "category": "authentication",
        "authentication": shared,
        "languages": {"de": {"authentication": {"otp": {"text": "Kopieren"}}}, "en": {}},
    }


@pytest.mark.parametrize(
    "given_spec",
    [
        {"body": "x", "limited_time_offer": {"text": "Soon", "has_expiration": True, "new_key": 1}},
        {"body": "x", "limited_time_offer": {"limited_time_offer": "Soon"}},
        {"body": "x", "buttons": [{"type": "catalog", "text": "View catalog", "new_key": 1}]},
        {"body": "x", "buttons": [{"type": "reminder", "text": "Later"}]},
        {"body": "x", "buttons": [{"type": "flow", "text": "Book", "flow_id": "1", "flow_name": "b"}]},
        {"body": "x", "buttons": [{"type": "voice_call", "ttl_minutes": "soon"}]},
        {"body": "x", "header": {"format": "hologram"}},
        {"body": "x", "more": {"body": {"new_key": 1}}},
        {"body": "x", "call_permission_request": {"new_key": 1}},
        {
            "body": "x",
            "carousel": [{"body": "card {{1}} x", "footer": "f"}],
            "examples": {"carousel": {"0": {"body": ["a"]}}},
        },
        {"header": {"format": "text", "text": "no body"}},
        {
            "authentication": {
                "add_security_recommendation": True,
                "otp": {"type": "one_tap", "supported_apps": [{"package_name": "a.b"}]},
            }
        },
    ],
)
def test_what_the_keyed_form_cannot_say_is_written_as_components(given_spec: Spec) -> None:
    template = Template(Key("n", "en"), "marketing", given_spec)
    data = to_yaml([template, Template(Key("n", "de"), "marketing", {"body": "y"})])
    languages = data["languages"]
    assert isinstance(languages, dict)
    assert [*cast("dict[str, JSON]", languages["en"])] == ["components"]
    assert languages["de"] == {"body": "y"}
    _, again = from_yaml(Document("n.yaml", 0, "n", data, {"": 1})).templates
    assert again.spec == given_spec


def test_samples_beyond_the_variables_are_left_out() -> None:
    surplus: Spec = {"body": "x {{1}} x", "examples": {"body": ["a", "b"]}}
    assert to_yaml([Template(Key("n", "en"), "utility", surplus)]) == {
        "category": "utility",
        "variables": {"1": {"example": "a"}},
        "languages": {"en": {"body": "x {{1}} x"}},
    }


def test_of_two_categories_the_commonest_stands_at_the_top() -> None:
    templates = [Template(Key("n", code), category, {"body": "x"}) for code, category in
                 (("a", "marketing"), ("b", "utility"), ("c", "utility"))]  # fmt: skip
    assert to_yaml(templates) == {
        "category": "utility",
        "languages": {"a": {"category": "marketing", "body": "x"}, "b": {"body": "x"}, "c": {"body": "x"}},
    }


KINDS: list[tuple[dict[str, JSON], Spec]] = [
    ({"header": {"format": "location"}, "body": "x"}, {"header": {"format": "location"}, "body": "x"}),
    (
        {"header": {"format": "gif", "media": "a.mp4"}, "body": "x"},
        {
            "header": {"format": "gif"},
            "body": "x",
            "examples": {"header": {"path": "a.mp4", "sha256": ""}},
        },
    ),
    (
        {"limited_time_offer": {"text": "Soon", "has_expiration": True}, "body": "x"},
        {"limited_time_offer": {"text": "Soon", "has_expiration": True}, "body": "x"},
    ),
    (
        {"limited_time_offer": {"text": "Soon"}, "body": "x"},
        {"limited_time_offer": {"text": "Soon", "has_expiration": False}, "body": "x"},
    ),
    ({"body": "x", "call_permission_request": True}, {"body": "x", "call_permission_request": {}}),
    (
        {
            "body": "x {{city}} x",
            "examples": {"city": "Rome"},
            "carousel": [
                {
                    "header": {"format": "video", "media": "a.mp4"},
                    "body": {"text": "y {{1}} y", "examples": ["b"]},
                    "buttons": [{"type": "url", "text": "Go", "url": "https://a.b/{{1}}", "example": "c"}],
                },
                {"header": {"format": "product"}, "body": "y {{city}} y", "buttons": [{"type": "spm"}]},
            ],
        },
        {
            "body": "x {{city}} x",
            "carousel": [
                {
                    "header": {"format": "video"},
                    "body": "y {{1}} y",
                    "buttons": [{"type": "url", "text": "Go", "url": "https://a.b/{{1}}"}],
                },
                {"header": {"format": "product"}, "body": "y {{city}} y", "buttons": [{"type": "spm"}]},
            ],
            "examples": {
                "body": {"city": "Rome"},
                "carousel": {
                    "0": {
                        "header": {"path": "a.mp4", "sha256": ""},
                        "body": ["b"],
                        "buttons": {"0": "c"},
                    },
                    "1": {"body": {"city": "Rome"}},
                },
            },
        },
    ),
    (
        {
            "body": "x",
            "buttons": [
                {"type": "flow", "text": "A", "flow_name": "n", "icon": "review"},
                {"type": "voice_call", "ttl_minutes": 1440},
                {"type": "url", "text": "B", "url": "https://a.b/", "app_deep_link": {"meta_app_id": "1"}},
            ],
        },
        {
            "body": "x",
            "buttons": [
                {"type": "flow", "text": "A", "flow_name": "n", "icon": "review"},
                {"type": "voice_call", "ttl_minutes": 1440},
                {"type": "url", "text": "B", "url": "https://a.b/", "app_deep_link": {"meta_app_id": "1"}},
            ],
        },
    ),
    (
        {
            "library_template_name": "l",
            "library_template_button_inputs": [{"type": "OTP", "otp_type": "COPY_CODE"}],
            "library_template_body_inputs": {"add_contact_number": True},
        },
        {
            "library_template_name": "l",
            "examples": {
                "library": {
                    "button_inputs": [{"type": "otp", "otp_type": "copy_code"}],
                    "body_inputs": {"add_contact_number": True},
                }
            },
        },
    ),
]


@pytest.mark.parametrize(("language", "spec"), KINDS)
def test_each_kind_has_a_keyed_form(language: dict[str, JSON], spec: Spec) -> None:
    other: dict[str, JSON] = {"body": "other"}
    data: dict[str, JSON] = {"category": "marketing", "languages": {"de": other, "en": language}}
    _, template = from_yaml(Document("n.yaml", 0, "n", data, {})).templates
    assert template.spec == spec
    written = to_yaml([Template(Key("n", "de"), "marketing", {"body": "other"}), template])
    assert "components" not in str(written)
    _, again = from_yaml(Document("n.yaml", 0, "n", written, {})).templates
    assert again.spec == spec
