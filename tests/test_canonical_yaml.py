"""Documents to templates and back: whose example wins, what overrides what, what `components:` equals."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given

from tests.strategies import documents, json_values
from wasync.canonical import (
    from_yaml,
    parameter_format,
    placeholders,
    read_components,
    to_components,
    to_yaml,
)
from wasync.canonical.options import OPTION_SET
from wasync.checks.schema import check_schema
from wasync.model.template import JSON, Document, Key, Place, Spec, Template


def document(languages: JSON, **top: JSON) -> Document:
    codes = languages if isinstance(languages, dict) else {}
    lines = {code: 10 + index for index, code in enumerate(codes)}
    data: dict[str, JSON] = {"category": "utility", **top, "languages": languages}
    return Document("templates/order.yaml", 0, "order", data, {"": 1, **lines})


def spec(language: dict[str, JSON], **top: JSON) -> Spec:
    (template,) = from_yaml(document({"en_US": language}, **top)).templates
    return template.spec


def test_the_file_of_the_design() -> None:
    declaration = from_yaml(
        document(
            {
                "en_US": {
                    "header": "Order {{order_id}} shipped",
                    "body": "Hi {{first_name}}, your order {{order_id}} left our warehouse today.",
                    "footer": "Acme Store",
                    "buttons": [
                        {"type": "url", "text": "Track", "url": "https://a.b/t/{{1}}", "example": "A-10293"},
                        {"type": "quick_reply", "text": "Talk to us"},
                    ],
                },
                "es_MX": {
                    "body": "Hola {{first_name}}, tu pedido {{order_id}} salió hoy.",
                    "examples": {"first_name": "Lucía"},
                },
            },
            variables={
                "first_name": {"example": "Ana"},
                "order_id": {"example": "A-10293", "description": "public"},
                "unused": {},
            },
        )
    )
    assert declaration.name == "order"
    assert declaration.variables == {"first_name": "Ana", "order_id": "A-10293", "unused": None}
    english, spanish = declaration.templates
    assert english == Template(
        Key("order", "en_US"),
        "utility",
        {
            "header": {"format": "text", "text": "Order {{order_id}} shipped"},
            "body": "Hi {{first_name}}, your order {{order_id}} left our warehouse today.",
            "footer": "Acme Store",
            "buttons": [
                {"type": "url", "text": "Track", "url": "https://a.b/t/{{1}}"},
                {"type": "quick_reply", "text": "Talk to us"},
            ],
            "examples": {
                "header": {"order_id": "A-10293"},
                "body": {"first_name": "Ana", "order_id": "A-10293"},
                "buttons": {"0": "A-10293"},
            },
        },
        Place("templates/order.yaml", 10),
    )
    assert spanish.spec["examples"] == {"body": {"first_name": "Lucía", "order_id": "A-10293"}}
    assert spanish.place == Place("templates/order.yaml", 11)


def test_the_nearest_example_wins() -> None:
    top: dict[str, JSON] = {
        "variables": {name: {"example": "v"} for name in "abcd"},
        "examples": {"b": "t", "c": "t"},
    }
    language: dict[str, JSON] = {
        "body": {"text": "x {{a}} x {{b}} x {{c}} x {{d}} x", "examples": {"d": "own"}},
        "examples": {"c": "l", "d": "l"},
    }
    assert spec(language, **top)["examples"] == {"body": {"a": "v", "b": "t", "c": "l", "d": "own"}}


def test_numbers_around_a_text_mean_the_body() -> None:
    language: dict[str, JSON] = {
        "header": {"text": "To {{1}}", "examples": ["header's"]},
        "body": "x {{2}} x {{1}} x",
        "examples": {"2": "second"},
    }
    assert spec(language, variables={"1": {"example": "first"}})["examples"] == {
        "header": ["header's"],
        "body": ["first", "second"],
    }
    language["header"] = "To {{1}}"
    assert spec(language, variables={"1": {"example": "first"}})["examples"] == {"body": ["first", "second"]}


@pytest.mark.parametrize("own", [["a", "b"], {"1": "a", "2": "b"}])
def test_positional_examples_are_a_list_or_a_map(own: JSON) -> None:
    assert spec({"body": {"text": "x {{1}} x {{2}} x", "examples": own}})["examples"] == {"body": ["a", "b"]}
    assert spec({"body": "x {{1}} x {{2}} x", "examples": own})["examples"] == {"body": ["a", "b"]}


def test_missing_examples_leave_room() -> None:
    assert spec({"body": "x {{1}} x {{2}} x", "examples": {"2": "b"}})["examples"] == {"body": [None, "b"]}
    assert spec({"body": "x {{1}} x {{2}} x", "examples": {"1": "a"}})["examples"] == {"body": ["a"]}
    assert "examples" not in spec({"body": "x {{1}} x {{name}} x"})


@pytest.mark.parametrize(
    ("header", "sample"),
    [
        ({"format": "image", "media": "a.png"}, {"path": "a.png", "sha256": ""}),
        ({"format": "IMAGE", "handle": "4::a"}, {"handle": "4::a"}),
        ({"format": "image"}, None),
    ],
)
def test_media_headers(header: JSON, sample: JSON) -> None:
    found = spec({"header": header, "body": "x"})
    assert found["header"] == {"format": "image"}
    assert found.get("examples") == (None if sample is None else {"header": sample})


def test_authentication_in_a_list_of_languages() -> None:
    declaration = from_yaml(
        document(["en_US", "es_MX"], category="authentication", authentication={"otp": {"type": "copy_code"}})
    )
    assert [template.key.language for template in declaration.templates] == ["en_US", "es_MX"]
    for template in declaration.templates:
        assert template.spec == {
            "authentication": {"add_security_recommendation": False, "otp": {"type": "copy_code"}}
        }


def test_a_language_overrides_parts_of_authentication() -> None:
    top: JSON = {
        "add_security_recommendation": True,
        "code_expiration_minutes": 5,
        "otp": {"type": "copy_code"},
    }
    found = spec({"authentication": {"otp": {"text": "Copiar"}}}, authentication=top)
    assert found["authentication"] == {
        "add_security_recommendation": True,
        "code_expiration_minutes": 5,
        "otp": {"type": "copy_code", "text": "Copiar"},
    }


def test_a_language_overrides_what_stands_at_the_top() -> None:
    declaration = from_yaml(
        document(
            {
                "en": {},
                "de": {"category": "marketing", "footer": "Fuß", "ignore": {"WA111": "meant"}},
                "fr": None,
            },
            body="x",
            footer="f",
            message_send_ttl_seconds=60,
            ignore={"WA104": "old"},
        )
    )
    english, german, french = declaration.templates
    assert english.spec == {"body": "x", "footer": "f", "message_send_ttl_seconds": 60} == french.spec
    assert (german.category, german.spec["footer"]) == ("marketing", "Fuß")
    assert german.ignore == {"WA104": "old", "WA111": "meant"}
    assert english.ignore == {"WA104": "old"}


def test_deletions_are_declared_by_language_or_for_all() -> None:
    one = from_yaml(document({"en": {"body": "x"}, "fr": "absent"}))
    assert [template.key.language for template in one.templates] == ["en"]
    assert one.absent == {"fr": Place("templates/order.yaml", 11)}
    all_of_them = from_yaml(Document("a.yaml", 0, "order", {"absent": True}, {"": 4}))
    assert (all_of_them.templates, all_of_them.absent) == ((), {"*": Place("a.yaml", 4)})


@pytest.mark.parametrize(
    ("revision", "name"), [(None, "order"), (1, "order"), (2, "order_v2"), ("2", "order")]
)
def test_a_revision_makes_another_name(revision: JSON, name: str) -> None:
    declaration = from_yaml(document({"en": {"body": "x"}}, revision=revision))
    assert (declaration.name, declaration.templates[0].key.name) == (name, name)


def test_line_ends_are_normalised() -> None:
    assert spec({"body": "a\r\nb\rc", "footer": "d\r\n"}) == {"body": "a\nb\nc", "footer": "d\n"}


def test_a_language_may_leave_shared_components() -> None:
    shared: JSON = [{"type": "BODY", "text": "shared"}]
    assert spec({}, components=shared) == {"body": "shared"}
    assert spec({"body": "own"}, components=shared) == {"body": "own"}
    assert spec({"components": [{"type": "BODY", "text": "raw"}]}, body="keyed") == {"body": "raw"}


def test_scalars_of_components_become_text() -> None:
    found = spec(
        {
            "components": [
                {"type": "BODY", "text": "x {{1}} x {{2}} x", "example": {"body_text": [[10293, True]]}},
                {
                    "type": "BUTTONS",
                    "buttons": [{"type": "PHONE_NUMBER", "text": 7, "phone_number": 15550051310}],
                },
            ]
        }
    )
    assert found == {
        "body": "x {{1}} x {{2}} x",
        "buttons": [{"type": "phone_number", "text": "7", "phone_number": "15550051310"}],
        "examples": {"body": ["10293", "true"]},
    }


@pytest.mark.parametrize(
    ("handle", "sample"), [("4::a", {"handle": "4::a"}), ("https://cdn/x.jpg?oe=1", None)]
)
def test_a_signed_address_in_components_is_no_sample(handle: str, sample: JSON) -> None:
    header: JSON = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}
    found = spec({"components": [header, {"type": "BODY", "text": "x"}]})
    assert found.get("examples") == (None if sample is None else {"header": sample})


def test_a_phone_number_with_letters_stays_for_the_rules_to_refuse() -> None:
    found = spec(
        {"body": "x", "buttons": [{"type": "phone_number", "text": "Call", "phone_number": "1-800-CALL"}]}
    )
    assert found["buttons"] == [{"type": "phone_number", "text": "Call", "phone_number": "1-800-CALL"}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no braces", []),
        ("{{1}} and {{2}} and {{1}}", ["1", "2"]),
        ("{{ x }}{{First}}", [" x ", "First"]),
        ("{{{1}}} {name} {{1} {{}}", ["1", ""]),
    ],
)
def test_placeholders(text: str, found: list[str]) -> None:
    assert placeholders(text) == found


@pytest.mark.parametrize(
    ("given_spec", "style"),
    [
        ({"body": "x"}, None),
        ({"body": "x {{1}} x"}, "positional"),
        ({"body": "x {{a}} x", "buttons": [{"type": "url", "text": "t", "url": "https://a/{{1}}"}]}, "named"),
        ({"body": "x", "buttons": [{"type": "url", "text": "t", "url": "https://a/{{1}}"}]}, "positional"),
        ({"header": {"format": "text", "text": "{{a}}"}, "body": "x"}, "named"),
        ({"body": "x", "carousel": [{"body": "y {{a}} y"}]}, "named"),
        ({"authentication": {"otp": {"type": "copy_code"}}}, None),
    ],
)
def test_the_parameter_format_comes_from_the_placeholders(given_spec: Spec, style: str | None) -> None:
    assert parameter_format(given_spec) == style


@given(documents())
def test_components_equal_the_keyed_form(document: Document) -> None:
    for template in from_yaml(document).templates:
        spec = {key: value for key, value in with_handles(template.spec).items() if key not in OPTION_SET}
        if "library_template_name" not in template.spec:
            assert read_components(to_components(spec, {})) == spec


def with_handles(spec: Spec) -> Spec:
    """The spec with media by handle, as `components:` names them."""
    examples = spec.get("examples")
    if not isinstance(examples, dict):
        return spec
    if "path" in cast("dict[str, JSON]", examples.get("header") or {}):
        examples = {**examples, "header": {"handle": "4::h"}}
    if isinstance(cards := examples.get("carousel"), dict):
        of_cards = {index: with_handles({"examples": card})["examples"] for index, card in cards.items()}
        examples = {**examples, "carousel": of_cards}
    return {**spec, "examples": examples}


@given(documents())
def test_documents_of_the_strategies_pass_the_schema(document: Document) -> None:
    assert check_schema(document) == []


@given(documents())
def test_what_is_written_reads_as_the_same(document: Document) -> None:
    declaration = from_yaml(document)
    data = to_yaml(declaration.templates)
    written = Document(document.file, 0, declaration.name, data, document.lines)
    assert check_schema(written) == []
    again = {template.key: template for template in from_yaml(written).templates}
    assert again == {template.key: template for template in declaration.templates}
    assert "components" not in str(data)
    assert to_yaml(tuple(again.values())) == data


@given(json_values, json_values)
def test_from_yaml_takes_what_it_understands(language: JSON, top: JSON) -> None:
    data: dict[str, JSON] = {
        **(top if isinstance(top, dict) else {"body": top}),
        "languages": {"en": language},
    }
    from_yaml(Document("a.yaml", 0, "n", data, {"": 1}))
