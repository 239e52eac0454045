"""What Meta refuses, with its codes and subcodes (docs/meta-api.md, sections C, D, G)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator_client import Answer, Client, authentication, body, buttons, payload
from wasync.emulator.world import WABA_ID

IMAGE = {"type": "HEADER", "format": "IMAGE"}
QR = {"type": "QUICK_REPLY", "text": "Yes"}
OTP = {"type": "OTP", "otp_type": "COPY_CODE"}
PAIR = {"package_name": "com.acme.app", "signature_hash": "K8a/AINcGX7"}
ZERO_TAP = OTP | {"otp_type": "ZERO_TAP", "supported_apps": [PAIR]}
URL = {"type": "URL", "text": "Open", "url": "https://acme.example"}
PHONE = {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550051310"}


@pytest.fixture
def client() -> Client:
    return Client()


def header(text: str, *samples: str) -> Answer:
    found: Answer = {"type": "HEADER", "format": "TEXT", "text": text}
    return found | ({"example": {"header_text": list(samples)}} if samples else {})


SUBCODES: list[tuple[int, Answer]] = [
    (2388046, payload(name="Order Shipped")),
    (2388046, payload(name="")),
    (2388046, payload(name="a" * 513)),
    (2388155, payload(name="hello_world")),
    (2388040, payload(body("a" * 1025))),
    (2388040, payload(header("a" * 61), body())),
    (2388040, payload(body(), {"type": "FOOTER", "text": "a" * 61})),
    (2388040, payload(body(), buttons(QR | {"text": "a" * 26}))),
    (2388040, payload(body(), buttons(URL | {"url": "https://acme.example/" + "a" * 2000}))),
    (2388040, payload(body(), buttons(PHONE | {"phone_number": "1" * 21}))),
    (2388040, payload(body(), buttons({"type": "COPY_CODE", "example": "A" * 21}), category="MARKETING")),
    (2388047, payload(header("Two\nlines"), body())),
    (2388047, payload(header("Hi \U0001f600"), body())),
    (2388047, payload(header("*Bold*"), body())),
    (2388047, payload(header("{{1}} and {{2}}", "a", "b"), body())),
    (2388072, payload(body("Hi {{ 1 }}, your order is on its way.", "Ana"))),
    (2388072, payload(body("Hi {{First}}, your order is on its way.", "Ana"))),
    (2388072, payload(body("Hi {{1}, your order is on its way to you.{{2}} ok", "Ana"))),
    (2388072, payload(body("Hi {{1}}, your order {{3}} is on its way to you today.", "Ana", "A-1"))),
    (2388072, payload(body("Hi {{1}}, your order {{id}} is on its way to you today.", "Ana", "A-1"))),
    (2388072, payload(body("Hi {{name}}, your order is on its way.", "Ana"))),
    (2388072, payload(body("Hi {{1}} {{2}}, your order is on its way to you today.", "Ana", "B"))),
    (2388072, payload(body("One\n\n\nTwo"))),
    (2388072, payload(body("Hi " + "\U0001f600" * 11))),
    (2388072, payload(body("{{1}}", "Ana"))),
    (2388073, payload(body(), {"type": "FOOTER", "text": "Acme {{1}}"})),
    (2388073, payload(body(), {"type": "FOOTER", "text": "Acme\nStore"})),
    (2388073, payload(body(), {"type": "FOOTER", "text": "Acme \U0001f600"})),
    (2388043, payload(body("Hi {{1}}, your order is on its way."))),
    (2388043, payload(header("Order {{1}}"), body())),
    (2388043, payload(body(), buttons(URL | {"url": "https://acme.example/{{1}}"}))),
    (2388293, payload(body("Hi {{1}} and {{2}} or {{3}} ok", "a", "b", "c"))),
    (2388299, payload(body("{{1}}, your order is on its way.", "Ana"))),
    (2388299, payload(body("Your order is on its way, {{1}}!", "Ana"))),
    (2388273, payload(IMAGE, body())),
    (2388273, payload(IMAGE | {"example": {"header_handle": ["4::aW"]}}, body())),
    (2388273, payload(IMAGE | {"example": {
        "header_handle": ["https://scontent.whatsapp.net/v/a.jpg?oh=1&oe=2"]}}, body())),
]  # fmt: skip


@pytest.mark.parametrize(("subcode", "given"), SUBCODES)
def test_subcodes(client: Client, subcode: int, given: Answer) -> None:
    error = client.refused_create(given)
    assert (error["status"], error["code"], error["error_subcode"]) == (400, 100, subcode)
    assert error["error_user_title"]
    assert error["error_user_msg"]
    assert client.names() == ["hello_world"], "a refused create must leave nothing"


WITHOUT_SUBCODE: list[Answer] = [
    payload(language="en-US"),
    payload(language=""),
    payload(category="TRANSACTIONAL"),
    payload(category=""),
    payload(components=[]),
    payload({"type": "FOOTER", "text": "no body"}),
    payload(body(), body("Another one, longer.")),
    payload(body(), {"type": "BANNER"}),
    payload(body(" ")),
    payload(parameter_format="INDEXED"),
    payload(message_send_ttl_seconds=10),
    payload(body(), buttons(QR), sub_category="ORDER_STATUS"),
    payload(category="MARKETING", sub_category="ORDER_STATUS"),
    payload(category="MARKETING", message_send_ttl_seconds=120),
    payload(body(), buttons()),
    payload(body(), buttons(*[QR | {"text": f"r{n}"} for n in range(11)])),
    payload(body(), buttons(URL, URL | {"text": "b"}, URL | {"text": "c"})),
    payload(body(), buttons(PHONE, PHONE | {"text": "b"})),
    payload(body(), buttons(QR, URL, QR | {"text": "No"})),
    payload(body(), buttons(QR, QR)),
    payload(body(), buttons(QR | {"text": "Hi {{1}}"})),
    payload(body(), buttons(QR | {"text": ""})),
    payload(body(), buttons(URL | {"url": "https://acme.example/{{1}}/x", "example": ["a"]})),
    payload(body(), buttons(URL | {"url": "acme.example"})),
    payload(body(), buttons(PHONE | {"phone_number": "call me"})),
    payload(body(), buttons({"type": "COPY_CODE", "example": "SAVE20"})),
    payload(body(), buttons(OTP)),
    payload(body(), buttons({"type": "WAVE", "text": "x"})),
    authentication(components=[body(), buttons(OTP)]),
    authentication(components=[{"type": "BODY"}]),
    authentication(components=[{"type": "BODY"}, header("Hi"), buttons(OTP)]),
    authentication(components=[{"type": "BODY"}, {"type": "FOOTER", "code_expiration_minutes": 91},
                               buttons(OTP)]),
    authentication(components=[{"type": "BODY"}, buttons(OTP | {"otp_type": "ONE_TAP"})]),
    authentication(components=[{"type": "BODY"}, buttons(ZERO_TAP)]),
    payload(body(), {"type": "CAROUSEL", "cards": [{"components": []}]}, category="MARKETING"),
]  # fmt: skip


@pytest.mark.parametrize("given", WITHOUT_SUBCODE)
def test_refusals_without_a_subcode(client: Client, given: Answer) -> None:
    error = client.refused_create(given)
    assert (error["status"], error["code"]) == (400, 100)
    assert "error_subcode" not in error
    assert client.names() == ["hello_world"]


GOOD: list[Answer] = [
    payload(body("Hi {{1}}, your order {{2}} left our warehouse today.", "Ana", "A-1")),
    payload(body(), buttons(QR, QR | {"text": "No"}, URL, PHONE)),
    payload(body(), buttons(URL | {"url": "https://acme.example/t/{{1}}", "example": "A-1"})),
    payload(header("Order {{1}}", "A-1"), body(), {"type": "FOOTER", "text": "Acme Store"}),
    payload(body("a" * 1024)),
    payload(body("你好 {{1}} 您的订单今天已经从我们的仓库发出。", "安娜"), language="zh_CN"),
    payload(body("One\n\nTwo"), message_send_ttl_seconds=-1),
    authentication(message_send_ttl_seconds=900),
]


@pytest.mark.parametrize("given", GOOD)
def test_what_is_good_is_taken(client: Client, given: Answer) -> None:
    assert client.create(given)["status"] == "PENDING"


def test_the_envelope_is_meta_s(client: Client) -> None:
    error = client.refused_create(payload(name="No"))
    trace = error.pop("fbtrace_id")
    assert trace.startswith("A")
    assert error == {
        "message": "Invalid parameter",
        "type": "OAuthException",
        "code": 100,
        "error_data": {"blame_field_specs": [["name"]]},
        "error_subcode": 2388046,
        "is_transient": False,
        "error_user_title": "Invalid Message Template Name",
        "error_user_msg": "The template name may only contain lowercase letters, numbers and underscores.",
        "status": 400,
    }


def test_the_same_name_and_language_twice(client: Client) -> None:
    client.create(payload())
    assert client.refused_create(payload())["error_subcode"] == 2388024
    client.create(payload(language="en"))


def test_all_languages_of_a_name_share_the_category(client: Client) -> None:
    client.create(payload())
    error = client.refused_create(payload(language="es", category="MARKETING"))
    assert error["code"] == 100
    assert "error_subcode" not in error
    assert "The category MARKETING doesn't match the one that's already" in error["error_user_msg"]


def test_an_unverified_business_cannot_authenticate(client: Client) -> None:
    client.emulator.control("account", business_verification_status="not_verified")
    error = client.refused_create(authentication())
    assert (error["code"], error["error_subcode"]) == (10, 2388185)
    client.create(payload())


@pytest.mark.parametrize("broken", ["{", "[1]"])
def test_a_body_that_is_no_json_object(client: Client, broken: str) -> None:
    json = {"Content-Type": "application/json"}
    assert client.refused("POST", f"{WABA_ID}/message_templates", data=broken, headers=json)["code"] == 100


def test_bodies_may_be_forms(client: Client) -> None:
    import json

    given: dict[str, Any] = payload() | {"components": json.dumps([body()])}
    assert client.call("POST", f"{WABA_ID}/message_templates", data=given).json()["status"] == "PENDING"


def test_an_edit_is_checked_like_a_create(client: Client) -> None:
    template_id = client.approved(payload())
    error = client.refused("POST", template_id, json={"components": [body("{{1}} first", "Ana")]})
    assert error["error_subcode"] == 2388299
    assert client.get(template_id)["status"] == "APPROVED", "a refused edit must not reach review"
