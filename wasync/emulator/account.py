"""The account node, its phone numbers and subscribed apps, and `me` (docs/meta-api.md, sections A3 to A5)."""

from __future__ import annotations

import base64

from wasync.emulator import listing
from wasync.emulator.call import Answer, Call
from wasync.emulator.fields import Field, parse, pick
from wasync.emulator.refusals import RefusalError, parameter, unknown_field
from wasync.emulator.shapes import JSON, Row, row, rows, text, texts
from wasync.emulator.tokens import TASKS, access

WABA_NODE = "WhatsAppBusinessAccount"
PHONE_NODE = "WhatsAppBusinessPhoneNumber"
_WABA_DEFAULT = ("id", "name", "currency", "timezone_id", "message_template_namespace")
_WABA_FIELDS = frozenset(_WABA_DEFAULT) | {
    "account_review_status", "analytics", "auth_international_rate_eligibility",
    "business_verification_status", "country", "creation_time", "disable_marketing_messages_on_cloud_api",
    "health_status", "is_enabled_for_insights", "is_shared_with_partners", "linked_commerce_account",
    "marketing_messages_ad_account", "marketing_messages_lite_api_status",
    "marketing_messages_onboarding_status", "on_behalf_of_business_info", "owner_business",
    "owner_business_info", "ownership_type", "primary_business_location", "primary_funding_id",
    "purchase_order_number", "status", "template_auto_archival_enabled",
    "whatsapp_business_manager_messaging_limit",
}  # fmt: skip
_SINCE_V24 = {"whatsapp_business_manager_messaging_limit"}
_WABA_SETTABLE = (
    "name", "timezone_id", "is_enabled_for_insights", "disable_marketing_messages_on_cloud_api",
    "template_auto_archival_enabled", "degrees_of_freedom_spec",
)  # fmt: skip
_PHONE_DEFAULT = (
    "verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type",
    "throughput", "webhook_configuration", "id",
)  # fmt: skip
_PHONE_FIELDS = frozenset(_PHONE_DEFAULT) | {
    "status", "name_status", "account_mode", "messaging_limit_tier", "is_official_business_account",
    "host_platform", "country_code", "country_dial_code", "unified_cert_status", "username",
    "last_onboarded_time", "health_status",
}  # fmt: skip


def node(call: Call, waba_id: str) -> Answer:
    """`GET /{WABA}?fields=`, edges nested in the fields too."""
    account = call.world.accounts[waba_id]
    found: Row = {}
    for one in parse(call.word("fields")) or [Field(name) for name in _WABA_DEFAULT]:
        if one.name in {"message_templates", "phone_numbers"}:
            found[one.name] = _nested(call, waba_id, one)
        elif one.name not in _WABA_FIELDS or (one.name in _SINCE_V24 and call.graph_version < (24, 0)):
            raise unknown_field(one.name, WABA_NODE)
        elif account.get(one.name) is not None:
            found[one.name] = pick(account[one.name], one.inside)
    return Answer(found | {"id": waba_id})


def _nested(call: Call, waba_id: str, one: Field) -> Row:
    """An edge asked for inside `fields`, with its own limit, summary and fields."""
    query = dict(one.modifiers) | {"fields": _written(one.inside)}
    inner = Call(
        call.world, "GET", call.version, waba_id, one.name, query, dict[str, JSON](query), call.base_url,
        call.now, token=call.token,
    )  # fmt: skip
    if one.name == "phone_numbers":
        return row(phone_numbers(inner, waba_id).data)
    return listing.as_row(listing.templates_page(inner, waba_id))


def _written(fields: list[Field]) -> str:
    return ",".join(one.name + (f"{{{_written(one.inside)}}}" if one.inside else "") for one in fields)


def change(call: Call, waba_id: str) -> Answer:
    """`POST /{WABA}`."""
    changes: Row = {name: call.params[name] for name in _WABA_SETTABLE if name in call.params}
    if not changes:
        raise parameter(f"One of the parameters {', '.join(_WABA_SETTABLE)} is required.")
    call.world.accounts[waba_id] = call.world.accounts[waba_id] | changes
    return Answer({"id": waba_id})


def phone_numbers(call: Call, waba_id: str) -> Answer:
    """`GET /{WABA}/phone_numbers`; pages hold at most 100."""
    chosen = parse(call.word("fields")) or [Field(name) for name in _PHONE_DEFAULT]
    numbers = rows(call.world.accounts[waba_id].get("phone_numbers"))
    size = listing.page_size(call.params.get("limit"), 100)
    start = _offset(call.word("after"))
    data: list[JSON] = [_phone(one, chosen) for one in numbers[start : start + size]]
    if not data:
        return Answer({"data": []})
    paging: Row = {"cursors": {"before": _opaque(start), "after": _opaque(start + len(data))}}
    if start + size < len(numbers):
        address = f"{call.base_url}/{call.version}/{waba_id}/phone_numbers"
        paging["next"] = f"{address}?limit={size}&after={_opaque(start + size)}"
    return Answer({"data": data, "paging": paging})


def _opaque(position: int) -> str:
    return base64.urlsafe_b64encode(f"phone:{position}".encode()).decode().rstrip("=")


def _offset(given: str) -> int:
    try:
        kind, _, position = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode().partition(":")
        return int(position) if kind == "phone" else 0
    except ValueError:
        raise RefusalError(
            131059, "(#131059) Invalid pagination cursor. Restart from the first page."
        ) from None


def phone_node(call: Call, phone: Row) -> Answer:
    """`GET /{PHONE_NUMBER_ID}?fields=`."""
    return Answer(_phone(phone, parse(call.word("fields")) or [Field(name) for name in _PHONE_DEFAULT]))


def _phone(phone: Row, chosen: list[Field]) -> Row:
    found: Row = {}
    for one in chosen:
        if one.name not in _PHONE_FIELDS:
            raise unknown_field(one.name, PHONE_NODE)
        if phone.get(one.name) is not None:
            found[one.name] = pick(phone[one.name], one.inside)
    return found | {"id": phone.get("id")}


def find_phone(call: Call, node_id: str) -> tuple[str, Row] | None:
    """The account and phone number behind an id."""
    for waba_id, account in call.world.accounts.items():
        for phone in rows(account.get("phone_numbers")):
            if text(phone.get("id")) == node_id:
                return waba_id, phone
    return None


def subscribed_apps(call: Call, waba_id: str) -> Answer:
    """`/{WABA}/subscribed_apps`: GET lists, POST adds the token's app, DELETE removes it."""
    account = call.world.accounts[waba_id]
    ids = texts(account.get("subscribed_app_ids"))
    own = call.token.app_id if call.token else ""
    if call.method == "GET":
        shown: list[JSON] = [
            {
                "whatsapp_business_api_data": pick(
                    call.world.apps.get(one, {"id": one}), [Field("id"), Field("name"), Field("link")]
                )
            }
            for one in ids
        ]
        return Answer({"data": shown})
    kept = [one for one in ids if one != own]
    account["subscribed_app_ids"] = list[JSON]([*kept, own] if call.method == "POST" else kept)
    return Answer({"success": True})


def assigned_users(call: Call, waba_id: str) -> Answer:
    """`GET /{WABA}/assigned_users`: who holds which tasks on the account."""
    if not call.word("business"):
        raise parameter("The parameter business is required.")
    users: dict[str, Row] = {}
    for token in call.world.tokens.values():
        tasks = TASKS.get(access(token, waba_id), ())
        if tasks:
            users[token.user_id] = {"id": token.user_id, "name": token.name, "tasks": list(tasks)}
    return Answer({"data": list(users.values())})


def me(call: Call) -> Answer:
    """`GET /me`: the user or system user behind the token."""
    token = call.token
    return Answer({"name": token.name, "id": token.user_id} if token else {})


def app_node(app: Row) -> Answer:
    """`GET /{APP_ID}`."""
    return Answer({name: app[name] for name in ("link", "name", "id") if name in app})
