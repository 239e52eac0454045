"""Whether the keyed form of files can say a spec; what it cannot is written as `components:`."""

from __future__ import annotations

from collections.abc import Mapping

from wasync.canonical.options import LIBRARY, OPTION_SET
from wasync.model.template import JSON, Spec

_PARTS = frozenset(
    {
        "header",
        "body",
        "footer",
        "buttons",
        "authentication",
        "carousel",
        "limited_time_offer",
        "call_permission_request",
        "examples",
        *OPTION_SET,
    }
)
_CARD_PARTS = frozenset({"header", "body", "buttons"})
_FORMATS = frozenset({"image", "video", "document", "gif", "location", "product"})
# Keys a button must have beside its type, and keys it may have.
_BUTTONS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "quick_reply": (frozenset({"text"}), frozenset()),
    "url": (frozenset({"text", "url"}), frozenset({"app_deep_link"})),
    "phone_number": (frozenset({"text", "phone_number"}), frozenset()),
    "copy_code": (frozenset(), frozenset()),
    "flow": (
        frozenset({"text"}),
        frozenset({"flow_id", "flow_name", "flow_json", "flow_action", "navigate_screen", "icon"}),
    ),
    "catalog": (frozenset(), frozenset({"text"})),
    "mpm": (frozenset(), frozenset({"text"})),
    "spm": (frozenset(), frozenset({"text"})),
    "order_details": (frozenset(), frozenset({"text"})),
    "voice_call": (frozenset(), frozenset({"text", "ttl_minutes"})),
    "request_contact_info": (frozenset(), frozenset({"text"})),
}
_ENUMS: Mapping[str, frozenset[str]] = {
    "flow_action": frozenset({"navigate", "data_exchange"}),
    "icon": frozenset({"document", "promotion", "review"}),
}
_FLOWS = frozenset({"flow_id", "flow_name", "flow_json"})
_LINKS = frozenset({"meta_app_id", "android_deep_link", "android_fallback_playstore_url"})
_OTP_KEYS: Mapping[str, frozenset[str]] = {
    "copy_code": frozenset({"type", "text"}),
    "one_tap": frozenset({"type", "text", "autofill_text", "supported_apps"}),
    "zero_tap": frozenset({"type", "text", "autofill_text", "supported_apps", "zero_tap_terms_accepted"}),
}
_APP = frozenset({"package_name", "signature_hash"})


def can_be_keyed(spec: Spec) -> bool:
    """Whether each key of the spec has a place in the keyed form, and its value the form of that place."""
    if not spec.keys() <= _PARTS:
        return False
    match spec.get("authentication"):
        case None:
            pass
        case {"otp": dict(otp)}:
            return _is_otp(otp)
        case _:
            return False
    body = spec.get("body")
    if not (isinstance(body, str) and body) and not (body is None and LIBRARY in spec):
        return False
    return (
        _is_header(spec.get("header"))
        and _are_buttons(spec.get("buttons"))
        and _is_offer(spec.get("limited_time_offer"))
        and spec.get("call_permission_request", {}) == {}
        and _are_cards(spec.get("carousel"))
    )


def _is_header(header: JSON) -> bool:
    match header:
        case None:
            return True
        case {"format": "text", "text": str(text), **rest}:
            return bool(text) and not rest
        case {"format": str(shape), **rest}:
            return shape in _FORMATS and not rest
        case _:
            return False


def _is_offer(offer: JSON) -> bool:
    match offer:
        case None:
            return True
        case {"text": str(text), "has_expiration": bool(), **rest}:
            return bool(text) and not rest
        case _:
            return False


def _are_cards(cards: JSON) -> bool:
    if not isinstance(cards, list):
        return cards is None
    return bool(cards) and all(isinstance(card, dict) and _is_card(card) for card in cards)


def _is_card(card: dict[str, JSON]) -> bool:
    body = card.get("body", "none")
    return (
        bool(card)
        and card.keys() <= _CARD_PARTS
        and isinstance(body, str)
        and bool(body)
        and _is_header(card.get("header"))
        and _are_buttons(card.get("buttons"))
    )


def _are_buttons(buttons: JSON) -> bool:
    if not isinstance(buttons, list):
        return buttons is None
    return bool(buttons) and all(isinstance(button, dict) and _is_button(button) for button in buttons)


def _is_button(button: dict[str, JSON]) -> bool:
    kind = button.get("type")
    keys = _BUTTONS.get(kind) if isinstance(kind, str) else None
    if keys is None:
        return False
    needed, allowed = keys
    given = button.keys() - {"type"}
    if not needed <= given or not given <= needed | allowed:
        return False
    if kind == "flow" and len(given & _FLOWS) != 1:
        return False
    return all(_is_value(key, button[key]) for key in given)


def _is_value(key: str, value: JSON) -> bool:
    """Whether a key of a button holds what files hold there."""
    match key, value:
        case "ttl_minutes", int():
            return not isinstance(value, bool)
        case "app_deep_link", dict():
            return value.keys() <= _LINKS and all(isinstance(one, str) and one for one in value.values())
        case (("ttl_minutes" | "app_deep_link"), _):
            return False
        case _, str():
            return bool(value) and value in _ENUMS.get(key, (value,))
        case _:
            return False


def _is_otp(otp: dict[str, JSON]) -> bool:
    if not otp.keys() <= _OTP_KEYS.get(str(otp.get("type")), frozenset()):
        return False
    apps = otp.get("supported_apps", [])
    return (
        isinstance(apps, list)
        and all(isinstance(app, dict) and app.keys() == _APP for app in apps)
        and isinstance(otp.get("zero_tap_terms_accepted", True), bool)
    )
