"""Tokens, versions, and the nodes beside templates (docs/meta-api.md, sections A3 to A5, G, H)."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from tests.emulator_client import HOST, START, Client, payload
from wasync.emulator.shapes import JSON
from wasync.emulator.world import APP_ID, PHONE_NUMBER_ID, TOKEN, USER_ID, WABA_ID

PATH = f"{WABA_ID}/message_templates"


@pytest.fixture
def client() -> Client:
    return Client()


def caller(client: Client, **token: JSON) -> Client:
    """The same emulator with another token."""
    client.emulator.control("token", token="EAAother", **token)
    return Client(emulator=client.emulator, token="EAAother")


def test_no_token(client: Client) -> None:
    answer = client.session.get(f"{HOST}/v26.0/{PATH}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, 200)
    assert "Provide valid app ID" in answer.json()["error"]["message"]
    answer = client.session.post(f"{HOST}/v26.0/{PATH}", json=payload())
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, 190)


@pytest.mark.parametrize("how", ["bearer", "oauth", "query", "form"])
def test_where_a_token_may_stand(client: Client, how: str) -> None:
    url = f"{HOST}/v26.0/{WABA_ID}"
    match how:
        case "query":
            answer = client.session.get(url, params={"access_token": TOKEN})
        case "form":
            answer = client.session.post(url, data={"access_token": TOKEN, "name": "Acme"})
        case _:
            answer = client.session.get(url, headers={"Authorization": f"{how.title()} {TOKEN}"})
    assert answer.status_code == 200


def test_an_unknown_token(client: Client) -> None:
    error = Client(emulator=client.emulator, token="EAAnobody").refused("GET", PATH)
    assert (error["status"], error["code"]) == (401, 190)
    assert "error_subcode" not in error


def test_a_token_that_expires(client: Client) -> None:
    other = caller(client, kind="USER", expires_in="+1h")
    assert other.names() == ["hello_world"]
    client.clock.move(hours=1)
    error = other.refused("GET", PATH)
    assert (error["code"], error["error_subcode"]) == (190, 463)
    assert "Session has expired on Monday, 23-Nov-26 10:00:00 UTC" in error["message"]


@pytest.mark.parametrize("subcode", [458, 460, 464, 467, 492])
def test_tokens_made_invalid(client: Client, subcode: int) -> None:
    error = caller(client, subcode=subcode).refused("GET", PATH)
    assert (error["status"], error["code"], error["error_subcode"]) == (401, 190, subcode)


def test_a_token_without_the_scope(client: Client) -> None:
    error = caller(client, scopes=["whatsapp_business_messaging"]).refused("GET", PATH)
    assert (error["status"], error["code"]) == (403, 200)


def test_access_levels(client: Client) -> None:
    template_id = client.approved(payload())
    view = caller(client, access={WABA_ID: "view"})
    assert len(view.names()) == 2
    for method, path in (("POST", PATH), ("DELETE", f"{PATH}?name=order_shipped"), ("POST", template_id)):
        error = view.refused(method, path, json=payload(name="new"))
        assert (error["status"], error["code"]) == (403, 200)
    partial = caller(client, access={WABA_ID: "partial"})
    partial.create(payload(name="new"))
    assert partial.refused("POST", WABA_ID, json={"name": "New"})["code"] == 200
    hidden = caller(client, access={WABA_ID: "hidden"})
    assert hidden.refused("GET", PATH)["error_subcode"] == 33
    nothing = caller(client, access={})
    assert nothing.refused("GET", PATH)["code"] == 200
    assert nothing.refused("GET", template_id)["error_subcode"] == 33
    assert len(client.names()) == 3


def test_an_object_that_does_not_exist(client: Client) -> None:
    for method, path in (("GET", "1234"), ("GET", "1234/message_templates"), ("POST", "1234")):
        error = client.refused(method, path)
        assert (error["status"], error["code"], error["error_subcode"]) == (400, 100, 33)
        assert error["type"] == "GraphMethodException"
        assert error["message"].startswith(
            f"Unsupported {method.lower()} request. Object with ID '1234' does not"
        )


def test_edges_a_node_does_not_have(client: Client) -> None:
    for path, node in (
        (f"{WABA_ID}/cats", "WhatsAppBusinessAccount"),
        (f"{APP_ID}/message_templates", "Application"),
    ):
        assert node in client.refused("GET", path)["message"]


def test_versions(client: Client) -> None:
    def served(path: str) -> str:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = client.session.get(f"{HOST}/{path}me", headers=headers)
        return answer.headers["facebook-api-version"]

    assert [served(path) for path in ("v26.0/", "v24.0/", "v19.0/", "")] == [
        "v26.0",
        "v24.0",
        "v21.0",
        "v21.0",
    ]
    client.version = "v27.0"
    error = client.refused("GET", "me")
    assert (error["status"], error["code"]) == (400, 2500)


def test_headers_of_every_answer(client: Client) -> None:
    answer = client.call("GET", "1234")
    assert answer.headers["x-app-usage"] == '{"call_count":0,"total_cputime":0,"total_time":0}'
    assert answer.headers["x-fb-trace-id"] == answer.json()["error"]["fbtrace_id"]
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert {"x-fb-request-id", "x-fb-rev", "facebook-api-version"} <= set(answer.headers.keys())


def test_me(client: Client) -> None:
    assert client.get("me") == {"name": "acme-ci", "id": USER_ID}


def test_debug_token(client: Client) -> None:
    assert client.get("debug_token", input_token=TOKEN)["data"] == {
        "app_id": APP_ID,
        "type": "SYSTEM_USER",
        "application": "Acme Templates",
        "data_access_expires_at": 0,
        "expires_at": 0,
        "is_valid": True,
        "issued_at": 0,
        "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"],
        "granular_scopes": [
            {"scope": "whatsapp_business_management"},
            {"scope": "whatsapp_business_messaging"},
        ],
        "user_id": USER_ID,
    }


def test_debug_token_of_other_kinds(client: Client) -> None:
    caller(client, kind="BUSINESS_INTEGRATION", access={WABA_ID: "full"})
    data = client.get("debug_token", input_token="EAAother")["data"]
    assert data["type"] == "SYSTEM_USER"
    assert data["granular_scopes"][0]["target_ids"] == [WABA_ID]
    caller(client, kind="USER", expires_at=int(START.timestamp()) - 1)
    data = client.get("debug_token", input_token="EAAother")["data"]
    assert (data["type"], data["is_valid"], data["error"]["subcode"]) == ("USER", False, 463)
    assert client.get("debug_token", input_token="EAAnobody")["data"]["is_valid"] is False
    assert client.refused("GET", "debug_token")["code"] == 100


def test_debug_token_with_the_app_s_own_token(client: Client) -> None:
    client.emulator.control("settings", app_secret="shh")
    app = Client(emulator=client.emulator, token=f"{APP_ID}|shh")
    assert app.get("debug_token", input_token=TOKEN)["data"]["is_valid"] is True
    assert app.refused("GET", PATH)["code"] == 190


def test_appsecret_proof(client: Client) -> None:
    client.emulator.control("settings", app_secret="shh", require_appsecret_proof=True)
    assert client.refused("GET", PATH)["code"] == 100
    error = client.refused("GET", PATH, params={"appsecret_proof": "00"})
    assert error["message"] == "Invalid appsecret_proof provided in the API argument"
    proof = hmac.new(b"shh", TOKEN.encode(), hashlib.sha256).hexdigest()
    assert client.names(appsecret_proof=proof) == ["hello_world"]


def test_the_account_node(client: Client) -> None:
    assert client.get(WABA_ID) == {
        "id": WABA_ID,
        "name": "Acme Store",
        "currency": "USD",
        "timezone_id": "1",
        "message_template_namespace": "ba30dd89_2ebd_41e4_b805_f2c05ae04cc9",
    }
    found = client.get(
        WABA_ID, fields="business_verification_status,account_review_status,owner_business_info{name}"
    )
    assert found["owner_business_info"]["name"] == "Acme"
    assert (found["business_verification_status"], found["account_review_status"]) == ("verified", "APPROVED")
    assert client.refused("GET", f"{WABA_ID}?fields=template_limit")["code"] == 100
    limit = "whatsapp_business_manager_messaging_limit"
    assert client.get(WABA_ID, fields=limit)[limit] == "TIER_10K"
    client.version = "v23.0"
    assert client.refused("GET", f"{WABA_ID}?fields={limit}")["code"] == 100


def test_changing_the_account(client: Client) -> None:
    assert client.call("POST", WABA_ID, json={"name": "Acme Two"}).json() == {"id": WABA_ID}
    assert client.get(WABA_ID)["name"] == "Acme Two"
    assert client.refused("POST", WABA_ID, json={"colour": "red"})["code"] == 100


def test_phone_numbers(client: Client) -> None:
    page = client.get(f"{WABA_ID}/phone_numbers")
    assert page["data"] == [
        {
            "verified_name": "Acme Store",
            "code_verification_status": "VERIFIED",
            "display_phone_number": "+1 631-555-5555",
            "quality_rating": "GREEN",
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "id": PHONE_NUMBER_ID,
        }
    ]
    assert client.get(f"{WABA_ID}/phone_numbers", fields="status")["data"] == [
        {"status": "CONNECTED", "id": PHONE_NUMBER_ID}
    ]
    assert client.get(PHONE_NUMBER_ID)["display_phone_number"] == "+1 631-555-5555"
    client.emulator.control("account", phone_numbers=[{"id": str(n)} for n in range(3)])
    first = client.get(f"{WABA_ID}/phone_numbers", limit=2)
    assert "next" in first["paging"]
    rest = client.get(f"{WABA_ID}/phone_numbers", limit=2, after=first["paging"]["cursors"]["after"])
    assert [one["id"] for one in rest["data"]] == ["2"]
    assert "next" not in rest["paging"]


def test_subscribed_apps_and_assigned_users(client: Client) -> None:
    path = f"{WABA_ID}/subscribed_apps"
    assert client.get(path) == {"data": []}
    assert client.call("POST", path).json() == {"success": True}
    assert client.get(path)["data"][0]["whatsapp_business_api_data"]["id"] == APP_ID
    assert client.call("DELETE", path).json() == {"success": True}
    assert client.get(path) == {"data": []}
    caller(client, access={WABA_ID: "view"}, user_id="7", name="eve")
    users = client.get(f"{WABA_ID}/assigned_users", business="1")["data"]
    assert users[1] == {"id": "7", "name": "eve", "tasks": ["VIEW_TEMPLATES"]}
    assert "MANAGE_TEMPLATES" in users[0]["tasks"]
