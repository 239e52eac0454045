"""What a token is and what it reaches, from Meta's debug_token, and the same in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from wasync.model.template import JSON

NEEDED_SCOPE = "whatsapp_business_management"
"""Without it template calls get code 200 (docs/meta-api.md, section H)."""
ACCESS_STEPS = (
    "in Meta's business settings, under System users, assign the WhatsApp account to the token's system user "
    "with full control, or at least with the task Manage templates, and make the token with the permission "
    "whatsapp_business_management"
)


class TokenKind(StrEnum):
    """Whose token it is."""

    SYSTEM_USER = "system_user"
    BUSINESS_INTEGRATION_SYSTEM_USER = "business_integration_system_user"
    USER = "user"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What Meta says of a token. No expiry: it does not expire. `targets` None: all accounts of its owner."""

    kind: TokenKind
    valid: bool
    app_id: str
    application: str
    user_id: str
    issued: datetime | None
    expires: datetime | None
    data_access_expires: datetime | None
    scopes: tuple[str, ...]
    targets: tuple[str, ...] | None


def read_token_info(data: Mapping[str, JSON]) -> TokenInfo:
    """The `data` of a debug_token answer as a value; what is missing or odd reads as not said."""
    scopes = tuple(scope for scope in _list(data.get("scopes")) if isinstance(scope, str))
    targets = _targets(data)
    return TokenInfo(
        kind=_kind(_text(data.get("type")).upper(), targets),
        valid=data.get("is_valid") is True,
        app_id=_text(data.get("app_id")),
        application=_text(data.get("application")),
        user_id=_text(data.get("user_id")),
        issued=_moment(data.get("issued_at")),
        expires=_moment(data.get("expires_at")),
        data_access_expires=_moment(data.get("data_access_expires_at")),
        scopes=scopes,
        targets=targets,
    )


def describe_kind(info: TokenInfo) -> str:
    """The kind in words, and how sure it is."""
    match info.kind:
        case TokenKind.USER:
            return "user"
        case TokenKind.SYSTEM_USER:
            return "system user"
        case TokenKind.BUSINESS_INTEGRATION_SYSTEM_USER:
            # Meta gives both the type SYSTEM_USER; that the token names its accounts is the only sign.
            return "business integration system user, or a system user that is assigned to single accounts"
        case TokenKind.UNKNOWN:
            return "unknown to wasync"


def describe_expiry(info: TokenInfo, now: datetime) -> str:
    """When the token ends, in words."""
    if info.expires is None:
        return "never"
    moment = f"{info.expires:%Y-%m-%d %H:%M} UTC"
    return f"{moment} ({_span(info.expires, now)})"


def token_warnings(info: TokenInfo, waba_id: str, now: datetime) -> tuple[str, ...]:
    """What stands in the way of using this token for this account, each with what cures it."""
    return tuple(_warnings(info, waba_id, now))


def _warnings(info: TokenInfo, waba_id: str, now: datetime) -> Iterator[str]:
    system_user = "Make a token of a system user in Meta's business settings"
    if not info.valid:
        yield f"The token is not valid any more; every call gets code 190. {system_user}."
        return
    if info.kind is TokenKind.USER:
        yield (
            "This is a person's token: such tokens end within hours, and with the person's access. "
            f"{system_user}; it can be made without expiry."
        )
    elif info.expires is not None and (info.expires - now).days < 7:
        yield f"The token ends {_span(info.expires, now)}. Make a new one before then."
    if NEEDED_SCOPE not in info.scopes:
        yield (
            f"The token lacks the permission {NEEDED_SCOPE}: calls for templates get code 200. "
            "Make a new token with it; whatsapp_business_messaging alone only sends."
        )
    elif info.targets is not None and waba_id not in info.targets:
        reached = ", ".join(info.targets) or "none"
        yield (
            f"The token does not reach account {waba_id}: calls get code 200, or 100 with subcode 33. "
            f"It reaches: {reached}. Check waba_id, or {ACCESS_STEPS}."
        )


def explain_access(*, readable: bool) -> str:
    """What code 200 and limited access mean, which debug_token does not show, and the steps that cure it."""
    cure = f"To cure it, {ACCESS_STEPS}."
    if not readable:
        return (
            "Code 200 means: the token is good, but has no access to this account. "
            f"{cure} An account of another business also needs Advanced Access for your app."
        )
    return (
        "Meta does not tell how far access to an account goes. With view-only access, plan works and every "
        "create, edit and delete gets code 200; with partial access it depends on the tasks given: "
        f"templates need Manage templates (MANAGE_TEMPLATES) or full control (MANAGE). {cure}"
    )


def _kind(told: str, targets: tuple[str, ...] | None) -> TokenKind:
    match told:
        case "USER":
            return TokenKind.USER
        case "SYSTEM_USER":
            return TokenKind.SYSTEM_USER if targets is None else TokenKind.BUSINESS_INTEGRATION_SYSTEM_USER
        case _:
            return TokenKind.UNKNOWN


def _targets(data: Mapping[str, JSON]) -> tuple[str, ...] | None:
    """The accounts the needed scope is limited to; a scope without target_ids reaches all."""
    for granular in _list(data.get("granular_scopes")):
        if isinstance(granular, dict) and granular.get("scope") == NEEDED_SCOPE and "target_ids" in granular:
            return tuple(str(target) for target in _list(granular["target_ids"]))
    return None


def _span(moment: datetime, now: datetime) -> str:
    seconds = (moment - now).total_seconds()
    hours = abs(seconds) / 3600
    size = f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 2 else "minutes"
    return f"in {size}" if seconds > 0 else f"{size} ago"


def _moment(value: JSON) -> datetime | None:
    # 0 means never.
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 253_402_300_800:
        return None
    return datetime.fromtimestamp(value, UTC)


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _text(value: JSON) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
