"""Meta's own Python SDK drives the emulator; wasync reads what it sends and the SDK what wasync sends.

Where the SDK and our reading of Meta's documents disagree is written in docs/emulator.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any  # the SDK has no types; payloads are JSON of many shapes

import pytest
from facebook_business.adobjects.whatsappbusinessaccount import WhatsAppBusinessAccount
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from tests.clients import (
    MP4,
    OTHER_WABA,
    PDF,
    PNG,
    create_as_wasync,
    listed,
    project,
    sent,
    taken_over,
    two_accounts,
)
from tests.shell import APP_ID, TOKEN, WABA_ID, Account
from wasync.canonical import from_graph

# The SDK has no class for templates, and so warns of every field asked for, those it documents too.
pytestmark = pytest.mark.filterwarnings("ignore:/?message_templates does not allow field:UserWarning")

Payload = dict[str, Any]
TEXT = {"type": "BODY", "text": "Your order has left our warehouse today."}
APPS = [{"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"}]
FIELDS = [
    "name",
    "language",
    "category",
    "status",
    "components",
    "parameter_format",
    "quality_score",
    "rejected_reason",
    "sub_category",
    "display_format",
    "message_send_ttl_seconds",
    "library_template_name",
]


def made(category: str, *components: Payload, **options: Any) -> Payload:
    return {"language": "en_US", "category": category, "components": list(components), **options}


def buttons(*given: Payload) -> Payload:
    return {"type": "BUTTONS", "buttons": list(given)}


def media(kind: str) -> Payload:
    """A header whose sample the fixture uploads."""
    return {"type": "HEADER", "format": kind, "example": {"header_handle": [kind]}}


def url(text: str = "Track parcel", **more: Any) -> Payload:
    address = "https://example.com/t/"
    return {"type": "URL", "text": text, "url": address + "{{1}}", "example": [address + "A-1"], **more}


def card(*components: Payload) -> Payload:
    return {"components": list(components)}


def product_card() -> Payload:
    return card({"type": "HEADER", "format": "PRODUCT"}, buttons({"type": "SPM", "text": "View"}))


def media_card(thing: str) -> Payload:
    text = "Our {{1}} is what everybody wears in the rain now."
    shown = {"type": "BODY", "text": text, "example": {"body_text": [[thing]]}}
    return card(media("IMAGE"), shown, buttons({"type": "QUICK_REPLY", "text": "More like this"}, url()))


def one_time(button: Payload, **options: Any) -> Payload:
    text = {"type": "BODY", "add_security_recommendation": True}
    footer = {"type": "FOOTER", "code_expiration_minutes": 5}
    return made("AUTHENTICATION", text, footer, buttons({"type": "OTP", **button}), **options)


def one_button(kind: str, category: str = "UTILITY", **more: Any) -> Payload:
    return made(category, TEXT, buttons({"type": kind, **more}))


OFFER = {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Ends tonight", "has_expiration": True}}
FEATURES = {"image_touchups": {"enroll_status": "OPT_IN"}, "image_animation": {"enroll_status": "OPT_OUT"}}
DEEP_LINK = {
    "meta_app_id": "2790000000000001",
    "android_deep_link": "acme://order/1",
    "android_fallback_playstore_url": "https://play.google.com/store/apps/details?id=com.example.app",
}
KINDS: dict[str, Payload] = {
    "positional": made(
        "UTILITY",
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["A-1"]}},
        {
            "type": "BODY",
            "text": "Hi {{1}}, your order {{2}} left our warehouse today.",
            "example": {"body_text": [["Ana", "A-1"]]},
        },
        {"type": "FOOTER", "text": "Acme Store"},
        parameter_format="POSITIONAL",
        message_send_ttl_seconds=3600,
        is_primary_device_delivery_only=True,
    ),
    "named": made(
        "MARKETING",
        {
            "type": "BODY",
            "text": "Shop until {{end}} and get a good part off of all that we have.",
            "example": {"body_text_named_params": [{"param_name": "end", "example": "May"}]},
        },
        parameter_format="NAMED",
        cta_url_link_tracking_opted_out=True,
    ),
    "image": made("MARKETING", media("IMAGE"), TEXT),
    "video": made("MARKETING", media("VIDEO"), TEXT),
    "gif": made("MARKETING", media("GIF"), TEXT),
    "document": made("UTILITY", media("DOCUMENT"), TEXT),
    "location": made("UTILITY", {"type": "HEADER", "format": "LOCATION"}, TEXT),
    "buttons": made(
        "MARKETING",
        TEXT,
        buttons(
            {"type": "QUICK_REPLY", "text": "Stop"},
            url(app_deep_link=DEEP_LINK),
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550051310"},
            {"type": "COPY_CODE", "example": "SUMMER20"},
        ),
    ),
    "flow": one_button(
        "FLOW", text="Survey", flow_id="1234567890123", flow_action="navigate", navigate_screen="FIRST"
    ),
    "catalog": one_button("CATALOG", "MARKETING", text="View catalog"),
    "mpm": one_button("MPM", "MARKETING", text="View items"),
    "spm": made(
        "MARKETING", {"type": "HEADER", "format": "PRODUCT"}, TEXT, buttons({"type": "SPM", "text": "View"})
    ),
    "order_details": made(
        "UTILITY",
        TEXT,
        buttons({"type": "ORDER_DETAILS", "text": "Review and Pay"}),
        sub_category="ORDER_DETAILS",
    ),
    "order_details_shown": made(
        "MARKETING",
        TEXT,
        buttons({"type": "ORDER_DETAILS", "text": "Review and Pay"}),
        display_format="ORDER_DETAILS",
    ),
    "order_status": made("UTILITY", TEXT, sub_category="ORDER_STATUS"),
    "voice_call": one_button("VOICE_CALL", text="Call Now", ttl_minutes=1440),
    "contact_info": one_button("REQUEST_CONTACT_INFO"),
    "call_permission": made("UTILITY", TEXT, {"type": "call_permission_request"}),
    "limited_time_offer": made(
        "MARKETING", media("IMAGE"), OFFER, TEXT, buttons({"type": "COPY_CODE", "example": "SUMMER20"}, url())
    ),
    "media_carousel": made(
        "MARKETING", TEXT, {"type": "CAROUSEL", "cards": [media_card("yellow coat"), media_card("red hat")]}
    ),
    "product_carousel": made(
        "MARKETING", TEXT, {"type": "CAROUSEL", "cards": [product_card(), product_card()]}
    ),
    "otp_copy_code": one_time({"otp_type": "COPY_CODE"}, message_send_ttl_seconds=60),
    "otp_one_tap": one_time({"otp_type": "ONE_TAP", "supported_apps": APPS, "autofill_text": "Fill it in"}),
    "otp_zero_tap": one_time(
        {"otp_type": "ZERO_TAP", "supported_apps": APPS, "zero_tap_terms_accepted": True}
    ),
    "creative": made(
        "MARKETING", media("IMAGE"), TEXT, degrees_of_freedom_spec={"creative_features_spec": FEATURES}
    ),
    "library": {
        "language": "en_US",
        "category": "UTILITY",
        "library_template_name": "delivery_update_1",
        "library_template_body_inputs": {"add_contact_number": True},
        "library_template_button_inputs": [
            {
                "type": "URL",
                "url": {
                    "base_url": "https://example.com/t/{{1}}",
                    "url_suffix_example": "https://example.com/t/A-1",
                },
            }
        ],
    },
}


def sdk(account: Account) -> FacebookAdsApi:
    """The SDK's way to the emulator: its address of Graph is replaced, nothing else."""
    session = FacebookSession(access_token=TOKEN)
    session.GRAPH = account.url
    return FacebookAdsApi(session)


def waba(account: Account, waba_id: str = WABA_ID) -> WhatsAppBusinessAccount:
    return WhatsAppBusinessAccount(waba_id, api=sdk(account))


def uploaded(account: Account, kind: str) -> str:
    """The handle of a sample: the SDK has no method for it, its generic call does."""
    api = sdk(account)
    content, mime = {
        "IMAGE": (PNG, "image/png"),
        "VIDEO": (MP4, "video/mp4"),
        "GIF": (MP4, "video/mp4"),
        "DOCUMENT": (PDF, "application/pdf"),
    }[kind]
    announced = {"file_name": "sample", "file_length": len(content), "file_type": mime}
    session = api.call("POST", (APP_ID, "uploads"), announced).json()["id"]
    headers = {"Authorization": f"OAuth {TOKEN}", "file_offset": "0"}
    answer = api._session.requests.post(f"{account.url}/v26.0/{session}", data=content, headers=headers)
    handle: str = answer.json()["h"]
    return handle


def with_handles(given: Any, handles: dict[str, str]) -> Any:
    """The payload with each sample's kind replaced by the handle of an upload."""
    match given:
        case {"header_handle": [kind]}:
            return {"header_handle": [handles[kind]]}
        case dict():
            return {key: with_handles(value, handles) for key, value in given.items()}
        case list():
            return [with_handles(one, handles) for one in given]
        case _:
            return given


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """The account in which the SDK has created one template of every kind Meta documents."""
    with two_accounts() as made_here:
        handles = {kind: uploaded(made_here, kind) for kind in ("IMAGE", "VIDEO", "GIF", "DOCUMENT")}
        node = waba(made_here)
        for name, payload in KINDS.items():
            created = node.create_message_template(params={"name": name, **with_handles(payload, handles)})
            assert (created["status"], created["category"]) == ("APPROVED", payload["category"])
        yield made_here


def test_the_sdk_pages_through_the_listing_by_cursor(account: Account) -> None:
    before = len(account.do("calls")["calls"])
    found = waba(account).get_message_templates(fields=["name", "status"], params={"limit": 4})
    rows = [(row["name"], row["status"]) for row in found]
    assert rows == [("hello_world", "APPROVED"), *((name, "APPROVED") for name in KINDS)]
    assert found.total() == len(KINDS) + 1
    assert len(account.do("calls")["calls"]) - before == -(-(len(KINDS) + 1) // 4)


def test_the_sdk_filters_with_lists(account: Account) -> None:
    node = waba(account)
    codes = node.get_message_templates(fields=["name"], params={"category": ["AUTHENTICATION"]})
    assert {row["name"] for row in codes} == {name for name in KINDS if name.startswith("otp_")}
    none = {"status": ["REJECTED", "PAUSED"], "quality_score": ["RED"], "language": ["en_US"]}
    assert list(node.get_message_templates(fields=["name"], params=none)) == []
    by_text = node.get_message_templates(fields=["name"], params={"name_or_content": "order_details"})
    assert {row["name"] for row in by_text} == {"order_details", "order_details_shown"}


@pytest.mark.parametrize("name", KINDS)
def test_the_sdk_reads_what_wasync_creates(name: str, account: Account) -> None:
    create_as_wasync(account, sent(account)[name])
    ours, theirs = (listed(account, waba_id)[name] for waba_id in (OTHER_WABA, WABA_ID))
    assert ours == theirs
    found = waba(account, OTHER_WABA).get_message_templates(fields=FIELDS, params={"name": name})
    row = next(one.export_all_data() for one in found if one["name"] == name)
    assert row["status"] == "APPROVED"
    assert [part["type"] for part in row["components"]] == [part["type"] for part in ours["components"]]


def test_wasync_takes_over_what_the_sdk_created(account: Account, tmp_path: Path) -> None:
    plan = taken_over(project(tmp_path, account))
    assert {step["key"]: step["difference"] for step in plan["steps"]} == {}
    assert plan["summary"]["in_sync"] == len(KINDS) + 1


def test_the_sdk_previews_the_text_that_meta_writes(account: Account) -> None:
    asked = {
        "category": "AUTHENTICATION",
        "languages": ["en_US"],
        "add_security_recommendation": True,
        "code_expiration_minutes": 5,
        "button_types": ["OTP"],
    }
    [preview] = waba(account).get_message_template_previews(params=asked)
    body, footer, _ = listed(account)["otp_copy_code"]["components"]
    assert (preview["body"], preview["footer"]) == (body["text"], footer["text"])


def test_the_sdk_waits_edits_and_deletes() -> None:
    with two_accounts(review_seconds=60) as account:
        node, api = waba(account), sdk(account)
        created = node.create_message_template(params={"name": "order", **made("UTILITY", TEXT)})
        assert created["status"] == "PENDING"
        account.do("clock", by="61s")
        [row] = node.get_message_templates(fields=FIELDS, params={"name": "order"})
        assert (row["status"], row["quality_score"]["score"]) == ("APPROVED", "UNKNOWN")

        text = {"type": "BODY", "text": "Your order waits in our shop now."}
        assert api.call("POST", (created["id"],), {"components": [text]}).is_success()
        account.do("clock", by="61s")
        again = api.call("GET", (created["id"],), {"fields": "components,status"}).json()
        assert (again["components"], again["status"]) == ([text], "APPROVED")
        with pytest.raises(FacebookRequestError) as refused:
            api.call("POST", (created["id"],), {"components": [TEXT]})
        error = refused.value
        assert (error.http_status(), error.api_error_code(), error.api_error_subcode()) == (400, 100, 2388039)

        node.delete_message_templates(params={"name": "order", "hsm_id": created["id"]})
        assert account.live() == {}


def test_the_sdk_deletes_in_bulk() -> None:
    with two_accounts() as account:
        node = waba(account)
        ids = [
            node.create_message_template(params={"name": name, **made("UTILITY", TEXT)})["id"]
            for name in ("one", "two", "three")
        ]
        node.delete_message_templates(params={"hsm_ids": ids[:2]})
        assert account.live() == {"three/en_US": "APPROVED"}
        node.delete_message_templates(params={"name": "three"})
        assert account.live() == {}


@pytest.mark.parametrize("name", [name for name in KINDS if name.startswith("otp_")])
def test_the_sdk_upserts(name: str) -> None:
    with two_accounts() as account:
        node, payload = waba(account), KINDS[name]
        [button] = payload["components"][2]["buttons"]
        plain = {key: value for key, value in button.items() if key != "autofill_text"}
        for minutes in (5, 10):
            footer = {"type": "FOOTER", "code_expiration_minutes": minutes}
            components = [payload["components"][0], footer, buttons(plain)]
            answer = node.create_upsert_message_template(
                params={
                    "name": "login_code",
                    "category": "AUTHENTICATION",
                    "languages": ["en_US", "de", "pt_BR"],
                    "components": components,
                }
            )
            assert answer is not None
        keys = {f"login_code/{language}": "APPROVED" for language in ("de", "en_US", "pt_BR")}
        assert account.live() == keys
        spec = from_graph(listed(account)["login_code"]).template.spec
        assert spec["authentication"] == {
            "add_security_recommendation": True,
            "code_expiration_minutes": 10,
            "otp": {"type": button["otp_type"].lower(), "text": "Copy code"},
        }
