"""Authentication templates: one-time passcode buttons, which Meta reads back as web links."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wasync.canonical.scalars import text_of, whole_number
from wasync.model.template import JSON

_OTP_PATH = "/otp/code/?"
# Compiled at first use, by re's own cache: most accounts have few authentication templates or none.
_OTP_TYPE = r"[?&]otp_type=(\w+)"
_MINUTES = r"[?&]code_expiration_minutes=([0-9]{1,4})(?![0-9])"
_FIRST_NUMBER = r"\d{1,4}"
_OTP_KEYS = ("text", "autofill_text", "supported_apps", "zero_tap_terms_accepted")
_APP_KEYS = ("package_name", "signature_hash")


def otp_of(parts: Mapping[str, dict[str, JSON]]) -> dict[str, JSON] | None:
    """The passcode button of an authentication template, its type in lower case; None for other templates.

    `parts` are Meta's components by type in lower case. A template whose body carries
    add_security_recommendation is one even when its button is missing.
    """
    buttons = parts["buttons"].get("buttons") if "buttons" in parts else None
    if isinstance(buttons, list) and len(buttons) == 1:
        button = buttons[0]
        if isinstance(button, dict):
            otp = _read_otp(button)
            if otp is not None:
                return otp
    if "body" in parts and "add_security_recommendation" in parts["body"] and not buttons:
        return {"type": "copy_code"}
    return None


def _read_otp(button: dict[str, JSON]) -> dict[str, JSON] | None:
    kind, url = button.get("type"), button.get("url")
    if not isinstance(kind, str):
        return None
    if kind.lower() == "otp":
        given = button.get("otp_type")
    elif isinstance(url, str) and _OTP_PATH in url and (found := re.search(_OTP_TYPE, url)):
        # Sent as OTP, read back as URL https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&...&code=otp{{1}}.
        # Seen 2025-11: docs/meta-api.md, section B2.
        given = found.group(1)
    else:
        return None
    otp: dict[str, JSON] = {"type": given.lower() if isinstance(given, str) else "copy_code"}
    for key in _OTP_KEYS:
        if button.get(key) is not None:
            otp[key] = button[key]
    if "supported_apps" not in otp and button.get("package_name") is not None:
        # Until v20.0 the one app stood on the button itself (docs/meta-api.md, section C4).
        otp["supported_apps"] = [{key: button[key] for key in _APP_KEYS if button.get(key) is not None}]
    return otp


def read_authentication(parts: Mapping[str, dict[str, JSON]], otp: dict[str, JSON]) -> dict[str, JSON]:
    """The `authentication` entry of the spec, without the texts and the sample that Meta wrote."""
    flag = parts["body"].get("add_security_recommendation") if "body" in parts else None
    read: dict[str, JSON] = {"add_security_recommendation": flag is True or flag in ("true", "True")}
    minutes = _minutes(parts)
    if minutes is not None:
        read["code_expiration_minutes"] = minutes
    read["otp"] = otp
    return read


def _minutes(parts: Mapping[str, dict[str, JSON]]) -> JSON:
    footer = parts.get("footer")
    if footer is None:
        return None
    given = footer.get("code_expiration_minutes")
    if given is not None:
        return whole_number(given)
    buttons = parts["buttons"].get("buttons") if "buttons" in parts else None
    button = buttons[0] if isinstance(buttons, list) and buttons else None
    url = button.get("url") if isinstance(button, dict) else None
    if isinstance(url, str) and (found := re.search(_MINUTES, url)):
        return int(found.group(1))
    # Templates from before 2024 come without the numeric key; their text still says the number, in the digits
    # of its language. Seen 2025-11: docs/meta-api.md, section B2, AUTH FOOTER.
    found = re.search(_FIRST_NUMBER, text_of(footer.get("text")) or "")
    return int(found.group()) if found else None
