"""A template as a message: what a phone shows, for every kind, and for specs that nobody foresaw."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.strategies import json_values
from wasync.model.live import Written
from wasync.model.template import JSON, Spec
from wasync.render.message import (
    Action,
    Bubble,
    Filled,
    Message,
    Offer,
    Picture,
    Sample,
    fill,
    message_of,
    stand_in_note,
)

CODE: Spec = {
    "authentication": {"add_security_recommendation": True, "code_expiration_minutes": 5, "otp": {}}
}


def test_a_message_from_top_to_bottom() -> None:
    spec: Spec = {
        "header": {"format": "image"},
        "limited_time_offer": {"text": "Ends soon!", "has_expiration": True},
        "body": "\nHi {{name}}\n",
        "footer": "Acme",
        "buttons": [
            {"type": "copy_code"},
            {"type": "url", "text": "Shop", "url": "https://a.example/{{1}}"},
            {"type": "phone_number", "text": "Call", "phone_number": "1631"},
        ],
        "examples": {
            "header": {"path": "media/a.png", "sha256": "ab"},
            "body": {"name": "Ana"},
            "buttons": {"0": "SAVE20", "1": "x"},
        },
    }
    assert message_of(spec) == Message(
        Bubble(
            Picture("image", "a.png", "media/a.png"),
            Offer("Ends soon!", True, "SAVE20"),
            Filled("Hi Ana", (Sample(3, 6, "name"),)),
            "Acme",
            (
                Action("copy_code", "Copy offer code", "SAVE20"),
                Action("url", "Shop", "https://a.example/x"),
                Action("phone_number", "Call", "+1631"),
            ),
        )
    )


@pytest.mark.parametrize(
    ("text", "samples", "filled"),
    [
        ("{{1}} and {{2}}", ["a", "b"], Filled("a and b", (Sample(0, 1, "1"), Sample(6, 7, "2")))),
        ("{{a}}", {}, Filled("{{a}}", (Sample(0, 5, "a", given=False),))),
        ("{{a}}", {"a": ""}, Filled("{{a}}", (Sample(0, 5, "a", given=False),))),
        ("{{a}}", {"a": "{{a}}"}, Filled("{{a}}", (Sample(0, 5, "a"),))),
        ("{{ a }}", None, Filled("{{ a }}", (Sample(0, 7, "a", given=False),))),
        ("{{a b}} {", ["x"], Filled("{{a b}} {")),
    ],
)
def test_examples_in_place_of_variables(text: str, samples: JSON, filled: Filled) -> None:
    assert fill(text, samples) == filled


def test_what_meta_writes_stands_in_english_until_it_is_known() -> None:
    message = message_of(CODE)
    assert message.stand_in
    assert message.bubble.body == Filled(
        "*123456* is your verification code. For your security, do not share this code.",
        (Sample(1, 7, "1"),),
    )
    assert message.bubble.footer == "This code expires in 5 minutes."
    known = message_of(CODE, Written("*{{1}}* es tu código.", "Vence en 5 minutos.", "Copiar código"))
    assert not known.stand_in
    assert known.bubble.body == Filled("*123456* es tu código.", (Sample(1, 7, "1"),))
    assert known.bubble.footer == "Vence en 5 minutos."
    assert known.bubble.actions == (Action("otp", "Copiar código"),)


def test_what_stands_in_is_said() -> None:
    assert stand_in_note("es_MX") == "Meta writes this in es_MX; its English stands in."
    assert stand_in_note("en_GB") == "Meta writes this text."


def test_what_nobody_knows_how_to_draw_is_named() -> None:
    spec: Spec = {
        "body": "Hi.",
        "greeting": {"text": "x"},
        "more": {"body": {"tone": 1}},
        "components": [{"type": "HOLOGRAM"}, 7],
        "message_send_ttl_seconds": 60,
        "carousel": [{"body": "One."}, {"components": [{"type": "SOUND"}]}, 7],
    }
    assert message_of(spec).left_out == (
        "greeting",
        "what is new in body",
        "component HOLOGRAM",
        "component of no type",
        "component SOUND of card 2",
    )


@pytest.mark.parametrize(
    ("url", "sample", "opens"),
    [
        ("https://a.example", None, "https://a.example"),
        ("https://a.example/{{1}}", "https://a.example/whole", "https://a.example/whole"),
        ("https://a.example/{{1}}", r"\1", r"https://a.example/\1"),
        ("https://a.example/{{1}}", 7, "https://a.example/{{1}}"),
        ("https://a.example", "https://elsewhere.example", "https://a.example"),
    ],
)
def test_where_a_button_leads(url: str, sample: JSON, opens: str) -> None:
    buttons: Spec = {
        "buttons": [{"type": "url", "text": "Go", "url": url}],
        "examples": {"buttons": {"0": sample}},
    }
    assert message_of(buttons).bubble.actions == (Action("url", "Go", opens),)


@given(json_values, json_values, json_values)
def test_any_spec_is_a_message(header: JSON, parts: JSON, samples: JSON) -> None:
    spec: Spec = {
        "header": header,
        "body": parts,
        "buttons": parts,
        "carousel": parts,
        "limited_time_offer": parts,
        "authentication": header,
        "library_template_name": header,
        "components": parts,
        "more": parts,
        "examples": samples,
    }
    message_of(spec)
    message_of({"carousel": [spec], "buttons": [header], "examples": {"carousel": {"0": samples}}})
