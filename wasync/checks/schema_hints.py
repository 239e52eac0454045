"""What people write where the schema does not allow it, and what they should write instead."""

from __future__ import annotations

import re
from typing import NamedTuple

from wasync.model.template import JSON, SpecPath

_RAW = "Write the whole template under `components:`, exactly as Meta's documents list it."
_LATER_KEYS = frozenset({"carousel", "limited_time_offer", "call_permission_request"})
_LATER_INPUTS = frozenset({"library_template_button_inputs", "library_template_body_inputs", "bid_spec"})
_LATER_FORMATS = frozenset({"location", "gif", "product"})
_LATER_BUTTONS = frozenset(
    {"flow", "catalog", "mpm", "spm", "order_details", "voice_call", "request_contact_info", "app"}
)
_LATER_OTP = frozenset({"one_tap", "zero_tap"})
_LATER_OTP_KEYS = frozenset({"supported_apps", "autofill_text", "zero_tap_terms_accepted", "package_name"})
_TOP_ONLY = frozenset({"name", "revision", "variables", "languages"})
_SECRETS = {"token": "token", "access_token": "token", "app_secret": "app_secret", "secret": "app_secret"}
_SYNONYMS = {"values": "vars", "variables": "vars", "id": "waba_id", "secret_env": "app_secret_env"}


class Hint(NamedTuple):
    """A sentence and the way out."""

    message: str
    fix: str


def hint_for_key(key: str, title: str, label: str) -> Hint | None:
    """The hint for an unknown key in the object whose schema has this title; None if there is none."""
    match title:
        case "WhatsApp message template" | "Language":
            return _in_content(key, title == "Language", label)
        case "Account" | "wasync project":
            return _in_project(key, title == "Account", label)
        case _:
            return _in_part(key, title, label)


def _in_content(key: str, language: bool, label: str) -> Hint | None:
    if key in _LATER_KEYS:
        return Hint(f"`{key}` is not in the keyed form yet", _RAW)
    if key in _LATER_INPUTS:
        return Hint(f"`{key}` is not supported yet", "Remove it.")
    if key == "parameter_format":
        return Hint(f"unknown key `{key}` in {label}", "Remove it: wasync derives it from the placeholders.")
    if language and key == "absent":
        return Hint(f"`absent` is not a key of {label}", "Write the word alone, as in `fr: absent`.")
    if language and key in _TOP_ONLY:
        return Hint(f"`{key}` cannot differ between languages", "Move it to the top of the file.")
    return None


def _in_part(key: str, title: str, label: str) -> Hint | None:
    match title, key:
        case "OTP button", _ if key in _LATER_OTP_KEYS:
            return Hint(f"`{key}` of {label} is not in the keyed form yet", _RAW)
        case "URL button", "app_deep_link":
            return Hint(f"`app_deep_link` of {label} is not in the keyed form yet", _RAW)
        case "Copy code button", "text":
            return Hint(f"{label} has no `text`: Meta writes its label", "Remove `text`.")
        case "Media header", "text":
            return Hint(f"{label} has both `format` and `text`", "Keep one: a header is a medium or a text.")
        case "Text header", "media" | "handle":
            return Hint(f"{label} has both `text` and `{key}`", "Keep one: a header is a text or a medium.")
        case "Media header", "example" | "examples":
            return Hint(f"unknown key `{key}` in {label}", "Give the sample as `media: path`.")
    return None


def _in_project(key: str, account: bool, label: str) -> Hint | None:
    if key in _SECRETS:
        name = _SECRETS[key]
        return Hint(
            f"`{key}` in {label}: never a literal {name.replace('_', ' ')} in a file",
            f"Put it into an environment variable and name that: `{name}_env: WASYNC_{name.upper()}`.",
        )
    if account and key in _SYNONYMS:
        return Hint(f"unknown key `{key}` in {label}", f"Did you mean `{_SYNONYMS[key]}`?")
    return None


def looks_like_language(key: str) -> bool:
    """Whether an unknown key may be a language that slipped out of `languages:`."""
    return re.fullmatch(r"[a-z]{2,3}([_-][A-Za-z]{2})?", key) is not None


def hint_for_value(path: SpecPath, label: str, value: JSON) -> Hint | None:
    """The hint for a value that the enumeration at `path` does not have; None if there is none."""
    if not isinstance(value, str):
        return None
    given = value.lower()
    match path:
        case (*_, "buttons", int(), "type"):
            button = label.removesuffix(".type")
            if given in _LATER_BUTTONS:
                return Hint(f"{button} of type {given} is not in the keyed form yet", _RAW)
            if given == "otp":
                return Hint(
                    f"{button} of type otp belongs to an authentication template",
                    "Remove the buttons and write `authentication: {otp: {type: copy_code}}`.",
                )
        case (*_, "header", "format"):
            if given in _LATER_FORMATS:
                return Hint(f"a header of format {given} is not in the keyed form yet", _RAW)
            if given == "text":
                return Hint(
                    "a text header has no format", 'Write the text itself: `header: "Order shipped"`.'
                )
        case (*_, "otp", "type"):
            if given in _LATER_OTP:
                return Hint(f"an OTP button of type {given} is not in the keyed form yet", _RAW)
    return None
