"""What people write where the schema does not allow it, and what they should write instead."""

from __future__ import annotations

import re
from typing import NamedTuple

from wasync.model.template import JSON, SpecPath

_TOP_ONLY = frozenset({"name", "revision", "variables", "languages"})
_SECRETS = {"token": "token", "access_token": "token", "app_secret": "app_secret", "secret": "app_secret"}
_SYNONYMS = {"values": "vars", "variables": "vars", "id": "waba_id", "secret_env": "app_secret_env"}

_AS_BUTTON = {
    "catalog": "{type: catalog}",
    "coupon": "{type: copy_code, example: SPRING25}",
    "flow": '{type: flow, text: Book a table, flow_id: "594425479261596"}',
    "mpm": "{type: mpm}",
    "spm": "{type: spm}",
    "voice_call": "{type: voice_call, text: Call us}",
}
_AS_KEY = {
    "cards": "carousel",
    "lto": "limited_time_offer",
    "offer": "limited_time_offer",
    "call_permission": "call_permission_request",
    "ttl": "message_send_ttl_seconds",
    "body_inputs": "library_template_body_inputs",
    "button_inputs": "library_template_button_inputs",
}
_AT_SENDING = frozenset(
    {
        "action",
        "catalog_id",
        "coupon_code",
        "expiration_time_ms",
        "flow_action_data",
        "flow_token",
        "latitude",
        "longitude",
        "payload",
        "product_retailer_id",
        "sections",
        "thumbnail_product_retailer_id",
    }
)
"""What the message has, and its template has not."""
_OTP_BUTTON = "Remove the buttons and write `authentication: {otp: {type: %s}}`."
_BUTTON_MEANT = {
    "app": "Write `type: url`; with `app_deep_link` it opens an app.",
    "call": "Write `type: phone_number` to call a number, `type: voice_call` to call on WhatsApp.",
    "link": "Did you mean `url`?",
    "website": "Did you mean `url`?",
    "coupon": "Did you mean `copy_code`?",
    "multi_product": "Did you mean `mpm`?",
    "single_product": "Did you mean `spm`?",
    "product": "Write `type: spm` for one product, `type: mpm` for several.",
}


_PARTS = ("header", "body", "footer", "buttons", "examples")
"""What people indent too little, so that it looks like a language."""


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
    unknown = f"unknown key `{key}` in {label}"
    if key in _AS_BUTTON:
        return Hint(unknown, f"If you mean a button, write `buttons: [{_AS_BUTTON[key]}]`.")
    if key in _AS_KEY:
        return Hint(unknown, f"Did you mean `{_AS_KEY[key]}`?")
    if key in ("location", "product"):
        return Hint(unknown, f"If you mean the header, write `header: {{format: {key}}}`.")
    if key == "bid_spec":
        return Hint(f"`{key}` is not supported yet", "Remove it.")
    if key == "parameter_format":
        return Hint(unknown, "Remove it: wasync derives it from the placeholders.")
    if language and key == "absent":
        return Hint(f"`absent` is not a key of {label}", "Write the word alone, as in `fr: absent`.")
    if language and key in _TOP_ONLY:
        return Hint(f"`{key}` cannot differ between languages", "Move it to the top of the file.")
    return None


def _in_part(key: str, title: str, label: str) -> Hint | None:
    match title, key:
        case "Copy code button", "text":
            return Hint(f"{label} has no `text`: Meta writes its label", "Remove `text`.")
        case "Media header", "text":
            return Hint(f"{label} has both `format` and `text`", "Keep one: a header is a medium or a text.")
        case "Text header", "image" | "video" | "document":
            return Hint(
                f"unknown key `{key}` in {label}",
                f"Write `header: {{format: {key}, media: FILE}}`.",
            )
        case "Text header", "media" | "handle":
            return Hint(f"{label} has both `text` and `{key}`", "Keep one: a header is a text or a medium.")
        case "Media header", "example" | "examples":
            return Hint(f"unknown key `{key}` in {label}", "Give the sample as `media: path`.")
        case "Header without sample", "media" | "handle" | "example" | "examples" | "text":
            return Hint(f"a header of format location or product has no `{key}`", f"Remove `{key}`.")
    return _in_kind(key, title, label)


def _in_kind(key: str, title: str, label: str) -> Hint | None:
    """Of the parts that not every template has."""
    unknown = f"unknown key `{key}` in {label}"
    match title, key:
        case "OTP button", "supported_apps" | "autofill_text" | "zero_tap_terms_accepted":
            return Hint(
                f"{label} of type copy_code has no `{key}`",
                f"Remove `{key}`, or write `type: one_tap` or `type: zero_tap`.",
            )
        case "OTP button" | "OTP button of apps", "package_name" | "signature_hash":
            return Hint(
                f"{label} has no `{key}` of its own: since Graph v21.0 it stands below `supported_apps`",
                "Write `supported_apps: [{package_name: com.acme.shop, signature_hash: K8a/AINcGX7}]`.",
            )
        case "Voice call button", "phone_number":
            return Hint(
                f"{label} has no `phone_number`: it calls the number that sent the message",
                "Remove it, or write `type: phone_number` for an ordinary call.",
            )
        case "Card", "image" | "video" | "media" | "format":
            return Hint(unknown, "Write `header: {format: image, media: path}`.")
        case "Card", "text":
            return Hint(unknown, "Did you mean `body`?")
        case "Card", "example" | "examples":
            return Hint(unknown, "Write `body: {text, examples}`: each card counts its variables from {{1}}.")
        case "Card", "components":
            return Hint(unknown, "Write the card's `header`, `body` and `buttons` themselves.")
        case "Card", "footer":
            return Hint(f"{label} has a footer, which cards never have", "Remove it.")
        case _ if key in _AT_SENDING:
            return Hint(
                f"`{key}` in {label}: it is given when a message is sent, not in its template", "Remove it."
            )
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


def slipped_out(path: SpecPath, languages: JSON) -> Hint | None:
    """The hint for a part of a language that stands among the languages; None if that is not the matter."""
    if len(path) != 2 or path[0] != "languages" or path[1] not in _PARTS:
        return None
    others = [key for key in languages if key not in _PARTS] if isinstance(languages, dict) else []
    of = f"the language it belongs to, such as {others[0]}" if others else "a language such as en_US"
    return Hint(f"`{path[1]}` stands where a language belongs", f"Indent it, so that it lies below {of}.")


def hint_for_value(path: SpecPath, label: str, value: JSON) -> Hint | None:
    """The hint for a value that the schema at `path` refuses; None if there is none."""
    match path, value:
        case (*_, "buttons", int(), "type"), str():
            return _button_type(value.lower(), label.removesuffix(".type"))
        case ("languages", int()), dict() if any(isinstance(said, dict) for said in value.values()):
            return Hint(
                f"{label} begins with a `-`, which is only for a list of bare codes",
                f"Remove the `-`, so that the line begins with `{next(iter(value))}:`.",
            )
        case (*_, "header", "format"), str() if value.lower() == "text":
            return Hint("a text header has no format", 'Write the text itself: `header: "Order shipped"`.')
        case (*_, "header", "format"), str() if value.lower() in ("pdf", "file"):
            return Hint(f"there is no header of format {value}", "Write `format: document`: it is a PDF.")
        case (*_, "carousel"), {"cards": list()}:
            return Hint("carousel is the list of cards itself", "Remove the line `cards:`.")
        case (*_, "flow_json"), dict() | list():
            return Hint(
                f"{label} must be the JSON of the flow as a text, not a map",
                "Put a bar behind the colon: `flow_json: |`; the JSON stays as it is.",
            )
    return None


def _button_type(kind: str, label: str) -> Hint | None:
    if kind in ("otp", "one_tap", "zero_tap"):
        otp = "copy_code" if kind == "otp" else kind
        return Hint(f"{label} of type {kind} belongs to an authentication template", _OTP_BUTTON % otp)
    if kind in _BUTTON_MEANT:
        return Hint(f"{label}: there is no button of type {kind}", _BUTTON_MEANT[kind])
    return None
