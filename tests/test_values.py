"""`${name}`: where values are put in, what stays literal, and who wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasync.model.config import Account
from wasync.model.template import JSON, Document
from wasync.project.values import account_values, with_values

VALUES = {"shop": "Acme", "url": "https://acme.example"}


def fill(data: dict[str, JSON], values: dict[str, str] = VALUES) -> tuple[dict[str, JSON], list[str]]:
    document, problems = with_values(Document("t/a.yaml", 0, "a", data, {"": 1}), values)
    return document.data, [
        f"{'.'.join(map(str, one.path))} {one.needle} {one.rule} {one.message}" for one in problems
    ]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${shop} and ${shop}!", "Acme and Acme!"),
        ("${url}/t/{{1}}", "https://acme.example/t/{{1}}"),
        ("costs ${{1}}", "costs ${{1}}"),
        ("costs $${{1}}", "costs $${{1}}"),
        ("write $${shop}", "write ${shop}"),
        ("US$ 5, $shop, {shop}, $", "US$ 5, $shop, {shop}, $"),
        ("$$${shop}", "$${shop}"),
    ],
)
def test_texts(text: str, result: str) -> None:
    assert fill({"footer": text}) == ({"footer": result}, [])


def test_values_are_not_replaced_in_values() -> None:
    assert fill({"body": "${a}"}, {"a": "${b}", "b": "x"}) == ({"body": "${b}"}, [])


def test_where_values_go_and_where_not() -> None:
    everywhere: dict[str, JSON] = {
        "category": "${shop}",
        "description": "${shop}",
        "name": "${shop}",
        "${shop}": "x",
        "variables": {"a": {"example": "${shop}", "description": "${shop}"}},
        "languages": {
            "en": {
                "header": {"format": "image", "media": "${shop}.png"},
                "body": {"text": "${shop}", "examples": {"a": "${shop}", "b": ["${shop}"]}},
                "examples": ["${shop}"],
                "buttons": [
                    {"type": "url", "text": "${shop}", "url": "${url}", "example": "${shop}"},
                    {"type": "phone_number", "text": "x", "phone_number": "${shop}"},
                ],
                "ignore": {"WA104": "${shop}"},
                "message_send_ttl_seconds": 60,
            },
            "fr": {"components": [{"type": "BODY", "anything": [["${shop}"]], "n": 1}]},
        },
    }
    assert fill(everywhere) == (
        {
            "category": "${shop}",
            "description": "${shop}",
            "name": "${shop}",
            "${shop}": "x",
            "variables": {"a": {"example": "Acme", "description": "${shop}"}},
            "languages": {
                "en": {
                    "header": {"format": "image", "media": "Acme.png"},
                    "body": {"text": "Acme", "examples": {"a": "Acme", "b": ["Acme"]}},
                    "examples": ["Acme"],
                    "buttons": [
                        {"type": "url", "text": "Acme", "url": "https://acme.example", "example": "Acme"},
                        {"type": "phone_number", "text": "x", "phone_number": "Acme"},
                    ],
                    "ignore": {"WA104": "${shop}"},
                    "message_send_ttl_seconds": 60,
                },
                "fr": {"components": [{"type": "BODY", "anything": [["Acme"]], "n": 1}]},
            },
        },
        [],
    )


def test_where_values_go_in_the_kinds_that_not_every_template_has() -> None:
    app: JSON = {"meta_app_id": "${shop}", "android_deep_link": "${shop}"}
    own: JSON = {"package_name": "${shop}", "signature_hash": "${shop}"}
    data: dict[str, JSON] = {
        "authentication": {"otp": {"type": "${shop}", "autofill_text": "${shop}", "supported_apps": [own]}},
        "carousel": [{"body": {"text": "${shop}", "examples": ["${shop}"]}}],
        "limited_time_offer": {"text": "${shop}"},
        "buttons": [
            {"type": "flow", "flow_id": "${shop}", "flow_json": "${data.name}", "navigate_screen": "${shop}"},
            {"type": "url", "app_deep_link": app},
        ],
        "library_template_name": "${shop}",
        "library_template_button_inputs": [
            {"url": {"base_url": "${shop}", "url_suffix_example": "${shop}"}, "phone_number": "${shop}"}
        ],
    }
    filled, problems = fill(data)
    assert problems == []
    assert filled == {
        "authentication": {
            "otp": {
                "type": "${shop}",
                "autofill_text": "Acme",
                "supported_apps": [{"package_name": "Acme", "signature_hash": "Acme"}],
            }
        },
        "carousel": [{"body": {"text": "Acme", "examples": ["Acme"]}}],
        "limited_time_offer": {"text": "Acme"},
        "buttons": [
            {"type": "flow", "flow_id": "Acme", "flow_json": "${data.name}", "navigate_screen": "${shop}"},
            {"type": "url", "app_deep_link": {"meta_app_id": "Acme", "android_deep_link": "Acme"}},
        ],
        "library_template_name": "${shop}",
        "library_template_button_inputs": [
            {"url": {"base_url": "Acme", "url_suffix_example": "Acme"}, "phone_number": "Acme"}
        ],
    }


def test_undefined_and_malformed_values_are_named_at_their_place() -> None:
    data: dict[str, JSON] = {
        "languages": {"en": {"body": "a ${shpo} b ${ shop } c ${shop", "footer": "${x}"}}
    }
    assert fill(data) == (
        data,
        [
            "languages.en.body ${shpo} WA011 the value ${shpo} is not defined for this account",
            "languages.en.body ${ shop } WA011 `${ shop }` is no value: a value is written ${name}",
            "languages.en.body ${shop WA011 `${shop` is no value: a value is written ${name}",
            "languages.en.footer ${x} WA011 the value ${x} is not defined for this account",
        ],
    )
    _, problems = with_values(Document("a", 0, "a", {"body": "${shpo}"}, {}), VALUES)
    assert problems[0].fix == (
        "Write ${shop}. Or define shpo under the account's vars: in wasync.yaml, by --var shpo=..., "
        "or in WASYNC_VAR_shpo; for a literal ${ write $${."
    )


def test_flag_beats_environment_beats_file() -> None:
    account = Account("p", "1", values={"a": "file", "b": "file", "c": "file"})
    environ = {"WASYNC_VAR_b": "env", "WASYNC_VAR_c": "env", "b": "other", "HOME": "x"}
    assert account_values(account, environ, {"c": "flag"}) == {"a": "file", "b": "env", "c": "flag"}


@given(st.dictionaries(st.text(), st.text("abc {}", max_size=20)))
def test_text_without_dollars_is_left_alone(data: dict[str, JSON]) -> None:
    assert fill({"body": data}) == ({"body": data}, [])
