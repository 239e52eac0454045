"""Meta's refusals of buttons (docs/meta-api.md, section C3); most have code 100 and no subcode."""

from __future__ import annotations

import re
from itertools import pairwise

from wasync.emulator.refusals import invalid, parameter
from wasync.emulator.shapes import Row, listed, rows, text, texts, upper, whole
from wasync.emulator.texts import emoji_count, variables

# type -> how many a template may have
_COUNTS = {
    "QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "OTP": 1, "FLOW": 1, "CATALOG": 1,
    "MPM": 1, "SPM": 1, "ORDER_DETAILS": 1, "VOICE_CALL": 1, "REQUEST_CONTACT_INFO": 1, "APP": 10,
    "REMINDER": 1, "SEND_LOCATION": 1, "POSTBACK": 10, "EXTENSION": 1,
}  # fmt: skip
_MARKETING_ONLY = {"COPY_CODE", "CATALOG", "MPM"}
_LABEL_NEEDED = {"QUICK_REPLY", "URL", "PHONE_NUMBER", "FLOW"}
_LABEL_LIMITS = {"VOICE_CALL": 20}


def check_buttons(buttons: list[Row], category: str, *, most: int = 10) -> None:
    """Refuse what Meta would of one BUTTONS component."""
    if not 1 <= len(buttons) <= most:
        raise parameter(f"Param buttons must have between 1 and {most} elements, {len(buttons)} given")
    kinds = [upper(one.get("type")) for one in buttons]
    for kind in dict.fromkeys(kinds):
        if kind not in _COUNTS:
            raise parameter(
                f"Param buttons[{kinds.index(kind)}]['type'] must be one of {{{', '.join(_COUNTS)}}}"
            )
        if kinds.count(kind) > _COUNTS[kind]:
            raise parameter(f"A template can have at most {_COUNTS[kind]} buttons of type {kind}")
        if kind in _MARKETING_ONLY and category != "MARKETING":
            raise parameter(f"Buttons of type {kind} need a template of category MARKETING")
        if (kind == "OTP") != (category == "AUTHENTICATION"):
            raise parameter(f"Buttons of type {kind} can't be used in templates of category {category}")
    _check_grouping(kinds)
    labels = [text(one.get("text")) for one in buttons if text(one.get("text"))]
    if len(set(labels)) < len(labels):
        raise parameter("Two buttons have the same text")
    for kind, button in zip(kinds, buttons, strict=True):
        _check_button(kind, button)


def _check_grouping(kinds: list[str]) -> None:
    """Quick replies stand together: at most one switch between them and the others."""
    quick = [kind == "QUICK_REPLY" for kind in kinds]
    if sum(before != after for before, after in pairwise(quick)) > 1:
        raise parameter("Quick reply buttons must stand together, before or after the other buttons")


def _check_button(kind: str, button: Row) -> None:
    label = text(button.get("text"))
    limit = _LABEL_LIMITS.get(kind, 25)
    if len(label) > limit:
        raise invalid(2388040, field="button text", limit=limit)
    if kind in _LABEL_NEEDED and not label.strip():
        raise parameter(f"The parameter text is required for buttons of type {kind}")
    if variables(label).names or emoji_count(label) or "\n" in label:
        raise parameter("Button text can't have variables, newlines or emoji")
    _check_inputs(kind, button, label)


def _check_inputs(kind: str, button: Row, label: str) -> None:
    match kind:
        case "URL":
            _check_url(button)
        case "PHONE_NUMBER":
            _check_phone(text(button.get("phone_number")))
        case "COPY_CODE":
            _check_coupon("".join(texts(button.get("example"))[:1]))
        case "OTP":
            check_otp(button)
        case "FLOW":
            if not any(button.get(name) for name in ("flow_id", "flow_name", "flow_json")):
                raise parameter("A button of type FLOW needs one of flow_id, flow_name and flow_json")
        case "VOICE_CALL":
            if "ttl_minutes" in button and not 1440 <= whole(button["ttl_minutes"]) <= 43200:
                raise parameter("Param ttl_minutes must be between 1440 and 43200")
        case "REQUEST_CONTACT_INFO":
            if label not in {"", "Share Contact Info"}:
                raise parameter("The text of a REQUEST_CONTACT_INFO button can't be changed")
        case _:
            pass


def _check_phone(number: str) -> None:
    if len(number) > 20:
        raise invalid(2388040, field="phone_number", limit=20)
    if not re.fullmatch(r"\+?[\d\s()-]*\d[\d\s()-]*", number):
        raise parameter("Param phone_number is not a valid phone number")


def _check_coupon(example: str) -> None:
    if not example:
        raise invalid(2388043, field="copy code")
    if len(example) > 20:
        raise invalid(2388040, field="copy code example", limit=20)


def _check_url(button: Row) -> None:
    url = text(button.get("url"))
    if len(url) > 2000:
        raise invalid(2388040, field="url", limit=2000)
    if not re.match(r"https?://[^\s/{}]+", url) or re.search(r"\s", url):
        raise parameter("Param url must be a valid URL that starts with http:// or https://")
    found = variables(url)
    if found.malformed or len(found.names) > 1 or (found.names and not url.endswith("}}")):
        raise parameter("A button URL can have one variable, at its very end")
    if found.names and found.positional and found.names != ["1"]:
        raise parameter("The variable of a button URL must be {{1}}")
    if found.names and not any(texts(button.get("example"))):
        raise invalid(2388043, field="button url")


def check_otp(button: Row, *, bulk: bool = False) -> None:
    """Refuse what Meta would of a one-time password button (C4)."""
    kind = upper(button.get("otp_type"))
    if kind not in {"COPY_CODE", "ONE_TAP", "ZERO_TAP"}:
        raise parameter("Param otp_type must be one of {COPY_CODE, ONE_TAP, ZERO_TAP}")
    if bulk and ("text" in button or "autofill_text" in button):
        raise parameter("Params text and autofill_text can't be given when templates are upserted")
    if len(text(button.get("autofill_text"))) > 25:
        raise invalid(2388040, field="autofill_text", limit=25)
    if kind == "COPY_CODE":
        return
    apps = rows(button.get("supported_apps"))
    if not 1 <= len(apps) <= 5 or len(apps) != len(listed(button.get("supported_apps"))):
        raise parameter(f"Buttons of type {kind} need between 1 and 5 supported_apps")
    for app in apps:
        package, signature = text(app.get("package_name")), text(app.get("signature_hash"))
        if len(package) > 224 or not re.fullmatch(r"([A-Za-z]\w*\.)+[A-Za-z]\w*", package):
            raise parameter("Param package_name must be a valid Android package name")
        if not re.fullmatch(r"[A-Za-z0-9+/=]{11}", signature):
            raise parameter("Param signature_hash must have exactly 11 characters")
    if kind == "ZERO_TAP" and button.get("zero_tap_terms_accepted") is not True:
        raise parameter("Zero-tap templates need zero_tap_terms_accepted to be true")
