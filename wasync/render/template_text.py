"""One template's content in words, as rows of label and text: what is sent, whole."""

from __future__ import annotations

import re

from wasync.model.template import JSON, Spec
from wasync.render.button_text import (
    app_link_text,
    app_text,
    apps_text,
    button_text,
    minutes_text,
    raw,
    seconds_text,
    word,
)
from wasync.render.safe_text import safe, safe_lines

Row = tuple[str, str]

_REQUEST = "call_permission_request"
_BEFORE_BUTTONS = ("header", "limited_time_offer", "body", "footer", "authentication")
_OWN_ROWS = frozenset({*_BEFORE_BUTTONS, "buttons", _REQUEST, "carousel", "examples"})
_MEANING = {
    "cta_url_link_tracking_opted_out": "clicks on links are not counted",
    "is_primary_device_delivery_only": "on the phone only, not on linked devices",
}
_PAGE = frozenset({"base_url", "url_suffix_example"})


def template_rows(spec: Spec) -> list[Row]:
    """What a template holds, in the order people see it; texts may have several lines."""
    rows = [(name, value_text(spec[name], name)) for name in _BEFORE_BUTTONS if name in spec]
    rows.extend(_numbered("buttons", spec))
    if _REQUEST in spec:
        rows.append((_REQUEST, value_text(spec[_REQUEST], _REQUEST)))
    rows.extend(_numbered("carousel", spec))
    rows.extend(
        (safe(name), value_text(value, name)) for name, value in spec.items() if name not in _OWN_ROWS
    )
    examples = spec.get("examples")
    if isinstance(examples, dict):
        rows.extend(
            (f"examples.{safe(part)}", value_text(value, f"examples.{part}"))
            for part, value in examples.items()
        )
    return rows


def _numbered(name: str, spec: Spec) -> list[Row]:
    """A row for each button or card; one for whatever else stands there."""
    match spec.get(name):
        case None:
            return []
        case list() as items:
            return [(f"{name}[{at}]", value_text(item, f"{name}[{at}]")) for at, item in enumerate(items)]
        case odd:
            return [(name, raw(odd))]


def value_text(value: JSON, path: str) -> str:
    """Any value of a spec in words; `path` says which field it is. A text keeps its line breaks."""
    if isinstance(value, str):
        return "\n".join(safe_lines(value)) if value else '""'
    if path.startswith("examples"):
        return _samples(value, path)
    if path.startswith("carousel[") and (inside := path.partition(".")[2]):
        path = inside
    match path, value:
        case "header", dict():
            text = value.get("text")
            return "\n".join(safe_lines(text)) if isinstance(text, str) else word(value.get("format", ""))
        case "authentication", dict():
            return _authentication(value)
        case "buttons", list():
            return "\n".join(map(button_text, value))
        case "carousel", list():
            return "\n".join(f"card {at}: {'; '.join(_card(card))}" for at, card in enumerate(value, 1))
        case "limited_time_offer", dict() if "text" in value:
            countdown = "with" if value.get("has_expiration") is True else "without"
            more = {name: inner for name, inner in value.items() if name not in ("text", "has_expiration")}
            words = f'"{word(value["text"])}" {countdown} a countdown'
            return f"{words} {raw(more)}" if more else words
        case "call_permission_request", dict() if not value:
            return "asks whether the business may call"
        case "degrees_of_freedom_spec", {"creative_features_spec": dict(features), **rest} if not rest:
            return "; ".join(_feature(name, feature) for name, feature in features.items())
        case _:
            return _by_last_step(path, value)


def _by_last_step(path: str, value: JSON) -> str:
    """What is the same wherever it stands."""
    last = path.rpartition(".")[2]
    match re.sub(r"\[\d+\]$", "[]", last), value:
        case "buttons[]", dict() if "type" in value:
            return button_text(value)
        case "carousel[]", _:
            return "\n".join(_card(value))
        case "app_deep_link", dict():
            return app_link_text(value)
        case "supported_apps", list():
            return apps_text(value)
        case "supported_apps[]", dict():
            return app_text(value)
        case "ttl_minutes", int():
            return minutes_text(value)
        case "message_send_ttl_seconds", int():
            return seconds_text(value)
        case _ if value is True and path in _MEANING:
            return f"true ({_MEANING[path]})"
        case _:
            return raw(value)


def _card(card: JSON) -> list[str]:
    """A card line by line: header, body, its buttons, and whatever else it has."""
    if not isinstance(card, dict):
        return [raw(card)]
    lines = [f"{name}: {value_text(card[name], name)}" for name in ("header", "body") if name in card]
    lines = [line.replace("\n", "⏎") for line in lines]
    buttons = card.get("buttons")
    if isinstance(buttons, list):
        lines.extend(map(button_text, buttons))
    known = {"header", "body", "buttons"} if isinstance(buttons, list) else {"header", "body"}
    lines.extend(f"{safe(name)}: {word(value)}" for name, value in card.items() if name not in known)
    return lines or ["empty"]


def _feature(name: str, feature: JSON) -> str:
    match feature:
        case {"enroll_status": str(status), **rest} if not rest:
            return f"{safe(name)} {safe(status)}"
        case _:
            return f"{safe(name)} {raw(feature)}"


def _authentication(value: dict[str, JSON]) -> str:
    """Whatever the block says; Meta writes the text of such a template."""
    parts = []
    otp = value.get("otp")
    if isinstance(otp, dict):
        parts.extend(_otp(otp))
    if "add_security_recommendation" in value:
        with_it = "with" if value["add_security_recommendation"] else "without"
        parts.append(f"{with_it} security recommendation")
    if "code_expiration_minutes" in value:
        parts.append(f"the code expires in {safe(str(value['code_expiration_minutes']))} minutes")
    known = {"otp", "add_security_recommendation", "code_expiration_minutes"}
    rest = {name: inner for name, inner in value.items() if name not in known}
    if rest:
        parts.append(raw(rest))
    return "; ".join(parts)


def _otp(otp: dict[str, JSON]) -> list[str]:
    label = f' "{safe(str(otp["text"]))}"' if "text" in otp else ""
    autofill = f', autofill "{safe(str(otp["autofill_text"]))}"' if "autofill_text" in otp else ""
    known = {"type", "text", "autofill_text", "supported_apps"}
    accepted = otp.get("zero_tap_terms_accepted") is True
    rest = {
        name: inner
        for name, inner in otp.items()
        if name not in known and not (accepted and name == "zero_tap_terms_accepted")
    }
    more = f" {raw(rest)}" if rest else ""
    parts = [f"{safe(str(otp.get('type', 'otp'))).replace('_', ' ')} button{label}{autofill}{more}"]
    if "supported_apps" in otp:
        parts.append(f"apps {apps_text(otp['supported_apps'])}")
    if accepted:
        parts.append("zero-tap terms accepted")
    return parts


# -- samples -------------------------------------------------------------------------------------------


def _samples(value: JSON, path: str) -> str:
    match path, value:
        case "examples.carousel", dict():
            return "\n".join(f"card {_ordinal(at)}: {_example(samples)}" for at, samples in value.items())
        case "examples.library", dict():
            return "\n".join(_inputs(value))
        case _:
            return _example(value)


def _ordinal(index: str) -> str:
    return str(int(index) + 1) if index.isascii() and index.isdigit() else safe(index)


def _inputs(value: dict[str, JSON]) -> list[str]:
    """What a template of Meta's library is made with, a line for each button and one for the body."""
    lines: list[str] = []
    for name, given in value.items():
        match name, given:
            case "button_inputs", list():
                lines.extend(map(_library_button, given))
            case "body_inputs", dict():
                lines.append(
                    "body: " + ", ".join(f"{safe(key)} = {word(item)}" for key, item in given.items())
                )
            case _:
                lines.append(f"{safe(name)}: {word(given)}")
    return lines


def _library_button(button: JSON) -> str:
    if not isinstance(button, dict):
        return f"button {raw(button)}"
    rest = {name: value for name, value in button.items() if name != "type"}
    match button.get("type"):
        case "url" if isinstance(page := rest.get("url"), dict) and page.keys() <= _PAGE and len(rest) == 1:
            example = f", for example {word(page['url_suffix_example'])}" if len(page) == 2 else ""
            return f"button url {word(page.get('base_url'))}{example}"
        case "phone_number" if rest.keys() == {"phone_number"}:
            return f"button phone number {word(rest['phone_number'])}"
        case "otp" if "otp_type" in rest:
            kind = rest.pop("otp_type")
            return "; ".join(_otp({**rest, "type": kind}))
        case _:
            return f"button {raw(button)}"


def _example(value: JSON) -> str:
    """Samples without their brackets: names and values, or values in order."""
    match value:
        case {"path": str(path), **rest}:
            digest = rest.get("sha256")
            return safe(path) + (
                f" (sha256 {safe(digest)[:12]})" if isinstance(digest, str) and digest else ""
            )
        case {"handle": str(handle)}:
            return f"handle {safe(handle)}"
        case dict():
            return "; ".join(_named(name, inner) for name, inner in value.items())
        case list():
            return ", ".join(_example(inner) for inner in value)
        case str():
            return safe(value) or '""'
        case _:
            return raw(value)


def _named(name: str, value: JSON) -> str:
    """A variable has `name = value`; a part of the template has `name: its samples`."""
    sign = ": " if isinstance(value, dict | list) else " = "
    return f"{safe(name)}{sign}{_example(value)}"
