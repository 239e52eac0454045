"""Who may do what: tokens of three kinds, their expiry, scopes, and access to each account (section H)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

from wasync.emulator.call import Call
from wasync.emulator.refusals import RefusalError, bad_token, no_access, parameter, unknown_object
from wasync.emulator.shapes import Row, text
from wasync.emulator.store import Token

MANAGE_SCOPE = "whatsapp_business_management"
TASKS = {
    "full": (
        "MANAGE",
        "DEVELOP",
        "MANAGE_TEMPLATES",
        "MANAGE_PHONE",
        "VIEW_TEMPLATES",
        "VIEW_COST",
        "MESSAGING",
    ),
    "partial": ("MANAGE_TEMPLATES", "VIEW_TEMPLATES"),
    "view": ("VIEW_TEMPLATES",),
}
"""Which tasks each level of access holds (task names: docs/meta-api.md, H; the grouping is ours)."""
_SUBCODE_WORDS = {
    458: "The user has not authorized application {app}.",
    460: "The session has been invalidated because the user changed the password.",
    464: "The session belongs to an unconfirmed user.",
    467: "The session is invalid because the user logged out.",
    492: "The user no longer has a role on the application.",
}


def authenticate(call: Call) -> Token:
    """The token of a call, or Graph's refusal of it."""
    given = call.bearer or call.word("access_token")
    if not given:
        if call.method == "GET" and call.node != "me":
            raise no_access("Provide valid app ID")
        raise bad_token("An access token is required to request this resource.")
    token = call.world.tokens.get(given)
    app_id, _, secret = given.partition("|")
    if call.node == "debug_token" and app_id in call.world.apps and secret:
        if secret != call.world.settings.app_secret:
            raise RefusalError(1, "Invalid application secret")
        return Token(given, app_id=app_id)
    if token is None:
        raise bad_token("Invalid OAuth access token - Cannot parse access token")
    check_alive(token, call.now)
    _check_proof(call, given)
    return token


def check_alive(token: Token, now: float) -> None:
    """Refuse a token that expired or was made invalid."""
    if token.subcode:
        reason = _SUBCODE_WORDS.get(token.subcode, "The session is invalid.").format(app=token.app_id)
        raise bad_token(f"Error validating access token: {reason}", token.subcode)
    if token.expires_at and token.expires_at <= now:
        ended = datetime.fromtimestamp(token.expires_at, UTC).strftime("%A, %d-%b-%y %H:%M:%S UTC")
        raise bad_token(f"Error validating access token: Session has expired on {ended}.", 463)


def _check_proof(call: Call, given: str) -> None:
    secret, proof = call.world.settings.app_secret, call.word("appsecret_proof")
    if proof and secret:
        if proof != hmac.new(secret.encode(), given.encode(), hashlib.sha256).hexdigest():
            raise RefusalError(
                100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException"
            )
    elif call.world.settings.require_appsecret_proof:
        raise parameter("API calls from the server require an appsecret_proof argument")


def access(token: Token, waba_id: str) -> str:
    """The level of access to one account: full, partial, view, hidden, or nothing at all."""
    return token.access.get(waba_id, token.access.get("*", ""))


def require(call: Call, waba_id: str, task: str) -> None:
    """Refuse unless the token's scopes and asset tasks allow this on this account."""
    token = call.token
    if token is None:
        raise bad_token("An access token is required to request this resource.")
    level = access(token, waba_id)
    if level == "hidden":
        raise unknown_object(call.method, call.node)
    if MANAGE_SCOPE not in token.scopes:
        raise no_access(f"Requires {MANAGE_SCOPE} permission to manage the object")
    if task not in TASKS.get(level, ()):
        raise no_access()


def debug(call: Call) -> Row:
    """`/debug_token`: what Graph tells about a token, dead ones too."""
    asked = call.world.tokens.get(call.word("input_token"))
    if asked is None:
        if not call.word("input_token"):
            raise parameter("The parameter input_token is required")
        return {"data": {"error": {"code": 190, "message": "Invalid OAuth access token."}, "is_valid": False,
                         "scopes": []}}  # fmt: skip
    data: Row = {
        "app_id": asked.app_id,
        "type": "USER" if asked.kind == "USER" else "SYSTEM_USER",
        "application": text(call.world.apps.get(asked.app_id, {}).get("name")),
        "data_access_expires_at": 0,
        "expires_at": asked.expires_at,
        "is_valid": True,
        "issued_at": asked.issued_at,
        "scopes": list(asked.scopes),
        "granular_scopes": [_granular(scope, asked) for scope in asked.scopes],
        "user_id": asked.user_id,
    }
    try:
        check_alive(asked, call.now)
    except RefusalError as dead:
        data["is_valid"] = False
        data["error"] = {"code": dead.code, "message": dead.message, "subcode": dead.subcode}
    return {"data": data}


def _granular(scope: str, token: Token) -> Row:
    """Missing target_ids mean all assets (A5)."""
    named = [name for name in token.access if name != "*"]
    whole_portfolio = "*" in token.access and token.kind != "BUSINESS_INTEGRATION"
    if whole_portfolio or not scope.startswith("whatsapp"):
        return {"scope": scope}
    return {"scope": scope, "target_ids": list(named)}
