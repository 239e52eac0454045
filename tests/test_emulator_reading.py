"""Reads differ from writes: one test per row of docs/meta-api.md, section B2."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator_client import Answer, Client, authentication, body, buttons, payload
from wasync.emulator.world import WABA_ID

OTP = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE"


@pytest.fixture
def client() -> Client:
    return Client()


def read(client: Client, given: Answer, fields: str = "") -> Answer:
    template_id = client.create(given)["id"]
    return client.get(template_id, **({"fields": fields} if fields else {}))


def part(found: Answer, kind: str) -> Any:
    return next(one for one in found["components"] if one["type"] == kind)


def button(client: Client, given: Answer, **more: Any) -> Any:
    return part(read(client, payload(body(), buttons(given), **more)), "BUTTONS")["buttons"][0]


def test_default_keys_in_the_order_of_captures(client: Client) -> None:
    found = read(client, payload())
    assert list(found) == [
        "name", "parameter_format", "components", "language", "status", "category", "sub_category",
        "disable_ios_autofill", "is_primary_device_delivery_only", "id",
    ]  # fmt: skip
    assert (found["disable_ios_autofill"], found["is_primary_device_delivery_only"]) == (False, False)


def test_enums_come_back_in_upper_case(client: Client) -> None:
    header = {"type": "header", "format": "image", "example": {"header_handle": [client.upload()]}}
    given = payload(header, body() | {"type": "body"}, category="marketing")
    found = read(client, given)
    assert (found["category"], found["components"][0]["type"], found["components"][0]["format"]) == (
        "MARKETING", "HEADER", "IMAGE",
    )  # fmt: skip


def test_a_media_handle_comes_back_as_a_signed_address_that_changes(client: Client) -> None:
    handle = client.upload()
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}
    template_id = client.create(payload(header, body()))["id"]
    addresses = [client.get(template_id)["components"][0]["example"]["header_handle"][0] for _ in range(2)]
    assert addresses[0] != addresses[1]
    assert addresses[0].split("?")[0] == addresses[1].split("?")[0]
    assert addresses[0].startswith("https://graph.facebook.com/_media/v/t61.29466-34/")
    assert "&oh=" in addresses[0]
    assert "&oe=" in addresses[0]
    listed = client.listed()["data"][-1]["components"][0]["example"]["header_handle"][0]
    assert listed.split("?")[0] == addresses[0].split("?")[0]
    assert handle not in listed


@pytest.mark.parametrize("sent", ["Ana", ["Ana"], [["Ana"]]])
def test_body_examples_come_back_nested(client: Client, sent: Any) -> None:
    given = payload({"type": "BODY", "text": "Hi {{1}}, your order is here.", "example": {"body_text": sent}})
    assert part(read(client, given), "BODY")["example"] == {"body_text": [["Ana"]]}


def test_named_examples_keep_their_shape(client: Client) -> None:
    samples = [{"param_name": "first_name", "example": "Ana"}]
    text = {"type": "BODY", "text": "Hi {{first_name}}, your order is here."}
    given = payload(text | {"example": {"body_text_named_params": samples}}, parameter_format="named")
    found = read(client, given)
    assert part(found, "BODY")["example"] == {"body_text_named_params": samples}
    assert found["parameter_format"] == "NAMED"


def test_header_text_example_is_a_list(client: Client) -> None:
    header = {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": "A-1"}}
    assert read(client, payload(header, body()))["components"][0]["example"] == {"header_text": ["A-1"]}


def test_missing_examples_stay_missing() -> None:
    old = payload({"type": "BODY", "text": "Hi {{1}}, an old one."}, name="old", status="REJECTED")
    assert "example" not in Client({"templates": [old]}).listed(name="old")["data"][0]["components"][0]


@pytest.mark.parametrize("sent", ["A-1", ["A-1"], "https://acme.example/t/A-1"])
def test_url_example_is_a_list_and_not_rewritten(client: Client, sent: Any) -> None:
    given = {"type": "URL", "text": "Track", "url": "https://acme.example/t/{{1}}", "example": sent}
    assert button(client, given)["example"] == (sent if isinstance(sent, list) else [sent])


def test_phone_number_gets_a_plus(client: Client) -> None:
    given = {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550051310"}
    assert button(client, given)["phone_number"] == "+15550051310"


def test_copy_code_gets_a_text_and_a_list(client: Client) -> None:
    given = {"type": "COPY_CODE", "example": "SAVE20"}
    assert button(client, given, category="MARKETING") == {
        "type": "COPY_CODE", "example": ["SAVE20"], "text": "Copy offer code",
    }  # fmt: skip


def test_authentication_comes_back_with_meta_s_text_and_a_url_button(client: Client) -> None:
    found = read(client, authentication())
    assert found["components"] == [
        {
            "type": "BODY",
            "add_security_recommendation": True,
            "text": "*{{1}}* is your verification code. For your security, do not share this code.",
            "example": {"body_text": [["123456"]]},
        },
        {"type": "FOOTER", "code_expiration_minutes": 5, "text": "This code expires in 5 minutes."},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Copy code",
                    "url": OTP + "&code_expiration_minutes=5&code=otp{{1}}",
                    "example": [OTP + "&code_expiration_minutes=5&code=otp123456"],
                }
            ],
        },
    ]
    assert found["message_send_ttl_seconds"] == 600
    assert "sub_category" not in found


def test_authentication_without_footer_or_recommendation(client: Client) -> None:
    parts = [
        {"type": "BODY", "add_security_recommendation": False},
        buttons({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy it"}),
    ]
    found = read(client, authentication(components=parts))
    assert found["components"][0]["text"] == "*{{1}}* is your verification code."
    shown = found["components"][1]["buttons"][0]
    assert (shown["text"], shown["url"]) == ("Copy it", OTP + "&code=otp{{1}}")


def test_app_pairs_of_one_tap_are_not_readable(client: Client) -> None:
    pair = {"package_name": "com.acme.app", "signature_hash": "K8a/AINcGX7"}
    given = {"type": "OTP", "otp_type": "ONE_TAP", "supported_apps": [pair], "autofill_text": "Fill"}
    found = read(client, authentication(components=[{"type": "BODY"}, buttons(given)]))
    shown = found["components"][1]["buttons"][0]
    assert sorted(shown) == ["example", "text", "type", "url"]
    assert "otp_type=ONE_TAP" in shown["url"]


@pytest.mark.parametrize("source", [{"flow_id": "12345678"}, {"flow_name": "survey"}, {"flow_json": "{}"}])
def test_a_flow_comes_back_with_a_numeric_id(client: Client, source: Answer) -> None:
    given = {"type": "FLOW", "text": "Open", "flow_action": "navigate", "navigate_screen": "ONE"} | source
    found = read(client, payload(body(), buttons(given)))
    shown = found["components"][1]["buttons"][0]
    assert isinstance(shown["flow_id"], int)
    assert (shown["flow_action"], shown["navigate_screen"]) == ("NAVIGATE", "ONE")
    assert not {"flow_name", "flow_json"} & set(shown)
    assert found["sub_category"] == "FORM"


def test_creative_features_become_a_list(client: Client) -> None:
    sent = {"creative_features_spec": {"image_touchups": {"enroll_status": "OPT_IN"}}}
    found = read(client, payload(degrees_of_freedom_spec=sent), "degrees_of_freedom_spec")
    assert found["degrees_of_freedom_spec"] == {
        "creative_features_spec": [{"key": "IMAGE_TOUCHUPS", "value": {"enroll_status": "OPT_IN"}}]
    }


def test_parameter_format_is_filled_in(client: Client) -> None:
    assert read(client, payload())["parameter_format"] == "POSITIONAL"


def test_sub_category_is_filled_in_or_kept(client: Client) -> None:
    assert read(client, payload())["sub_category"] == "CUSTOM"
    assert read(client, payload(name="b", sub_category="order_status"))["sub_category"] == "ORDER_STATUS"


def test_components_come_back_in_the_usual_order_and_text_as_sent(client: Client) -> None:
    wording = "  Two lines,\nspaces kept  "
    footer = {"type": "FOOTER", "text": "Acme"}
    found = read(client, payload(footer, body(wording)))
    assert [one["type"] for one in found["components"]] == ["BODY", "FOOTER"]
    assert found["components"][0]["text"] == wording


def test_carousel_cards_are_read_back_the_same_way(client: Client) -> None:
    def card() -> Answer:
        header = {"type": "header", "format": "image", "example": {"header_handle": [client.upload()]}}
        return {"components": [header, buttons({"type": "quick_reply", "text": "Yes"})]}

    carousel = {"type": "carousel", "cards": [card(), card()]}
    found = read(client, payload(body(), carousel, category="MARKETING"))
    first = found["components"][1]["cards"][0]["components"]
    assert (first[0]["format"], first[1]["buttons"][0]["type"]) == ("IMAGE", "QUICK_REPLY")
    assert first[0]["example"]["header_handle"][0].startswith("https://")


@pytest.mark.parametrize(
    "field", ["quality_score", "rejected_reason", "source", "last_updated_time", "health_status"]
)
def test_some_fields_come_only_when_named(client: Client, field: str) -> None:
    template_id = client.create(payload())["id"]
    assert field not in client.get(template_id)
    named = client.get(template_id, fields=field)
    assert list(named) == [field, "id"]


def test_fields_without_a_value_are_left_out(client: Client) -> None:
    template_id = client.create(payload())["id"]
    assert list(client.get(template_id, fields="correct_category,previous_category,ad_id,name")) == [
        "name",
        "id",
    ]


def test_nested_selection(client: Client) -> None:
    client.emulator.control("set", name="hello_world", quality="green")
    found = client.listed(fields="name,quality_score{score}")["data"][0]
    assert (found["name"], found["quality_score"]) == ("hello_world", {"score": "GREEN"})
    account = client.get(WABA_ID, fields="name,message_templates.limit(1){name,status},phone_numbers{id}")
    assert account["message_templates"]["data"][0]["status"] == "APPROVED"
    assert account["phone_numbers"]["data"] == [{"id": "106540352242922"}]


def test_every_button_and_component_of_section_c_is_taken(client: Client) -> None:
    kinds: list[Answer] = [
        {"type": "CATALOG", "text": "View catalog"},
        {"type": "MPM", "text": "View items"},
        {"type": "SPM", "text": "View"},
        {"type": "ORDER_DETAILS", "text": "Review and Pay"},
        {"type": "VOICE_CALL", "text": "Call Now", "ttl_minutes": 1440},
        {"type": "REQUEST_CONTACT_INFO"},
    ]
    for number, kind in enumerate(kinds):
        client.create(payload(body(), buttons(kind), name=f"kind_{number}", category="MARKETING"))
    client.create(payload(body(), {"type": "call_permission_request"}, name="call"))
    client.create(payload({"type": "HEADER", "format": "LOCATION"}, body(), name="place"))
    offer = {
        "type": "LIMITED_TIME_OFFER",
        "limited_time_offer": {"text": "Ends soon", "has_expiration": True},
    }
    client.create(payload(offer, body(), name="offer", category="MARKETING"))
    gif = {
        "type": "HEADER",
        "format": "GIF",
        "example": {"header_handle": [client.upload(b"mp4", "video/mp4")]},
    }
    client.create(payload(gif, body(), name="gif", category="MARKETING"))
