"""One template's content in words, as rows of label and text: what is sent, whole."""

from __future__ import annotations

import json

from wasync.model.template import JSON, Spec
from wasync.render.safe_text import safe, safe_lines

Row = tuple[str, str]

_TEXTS = ("body", "footer")
_OWN_ROWS = ("header", *_TEXTS, "buttons", "authentication", "examples")


def template_rows(spec: Spec) -> list[Row]:
    """What a template holds, in the order people see it; texts may have several lines."""
    rows: list[Row] = []
    if "header" in spec:
        rows.append(("header", value_text(spec["header"], "header")))
    rows.extend((name, value_text(spec[name], name)) for name in _TEXTS if name in spec)
    if "authentication" in spec:
        rows.append(("authentication", value_text(spec["authentication"], "authentication")))
    buttons = spec.get("buttons")
    if isinstance(buttons, list):
        rows.extend((f"buttons[{at}]", button_text(button)) for at, button in enumerate(buttons))
    rows.extend(
        (safe(name), value_text(value, name)) for name, value in spec.items() if name not in _OWN_ROWS
    )
    examples = spec.get("examples")
    if isinstance(examples, dict):
        rows.extend((f"examples.{safe(part)}", _example_text(value)) for part, value in examples.items())
    return rows


def value_text(value: JSON, path: str) -> str:
    """Any value of a spec in words; `path` says which field it is. A text keeps its line breaks."""
    if isinstance(value, str):
        return "\n".join(safe_lines(value)) if value else '""'
    if path == "header" and isinstance(value, dict):
        text = value.get("text")
        return "\n".join(safe_lines(text)) if isinstance(text, str) else safe(str(value.get("format", "")))
    if path == "authentication" and isinstance(value, dict):
        return _authentication_text(value)
    if path.startswith("buttons"):
        if isinstance(value, list):
            return "\n".join(button_text(button) for button in value)
        if isinstance(value, dict) and "type" in value:
            return button_text(value)
    if path.startswith("examples"):
        return _example_text(value)
    return safe(json.dumps(value, ensure_ascii=False))


def button_text(button: JSON) -> str:
    """One button: its kind, its label, and what it opens."""
    if not isinstance(button, dict) or not isinstance(button.get("type"), str):
        return safe(json.dumps(button, ensure_ascii=False))
    kind = safe(str(button["type"]).replace("_", " "))
    known = {"type", "text", "url", "phone_number"}
    parts = [kind]
    if isinstance(button.get("text"), str):
        parts.append(f'"{safe(str(button["text"]))}"')
    if "url" in button:
        parts.append(safe(str(button["url"])))
    if "phone_number" in button:
        parts.append("+" + safe(str(button["phone_number"])))
    rest = {name: value for name, value in button.items() if name not in known}
    if rest:
        parts.append(safe(json.dumps(rest, ensure_ascii=False)))
    return " ".join(parts)


def _authentication_text(value: dict[str, JSON]) -> str:
    """Whatever the block says; Meta writes the text of such a template."""
    parts = []
    otp = value.get("otp")
    if isinstance(otp, dict):
        label = f' "{safe(str(otp["text"]))}"' if "text" in otp else ""
        rest = {name: inner for name, inner in otp.items() if name not in {"type", "text"}}
        more = f" {safe(json.dumps(rest, ensure_ascii=False))}" if rest else ""
        parts.append(f"{safe(str(otp.get('type', 'otp'))).replace('_', ' ')} button{label}{more}")
    if "add_security_recommendation" in value:
        with_it = "with" if value["add_security_recommendation"] else "without"
        parts.append(f"{with_it} security recommendation")
    if "code_expiration_minutes" in value:
        parts.append(f"the code expires in {safe(str(value['code_expiration_minutes']))} minutes")
    known = {"otp", "add_security_recommendation", "code_expiration_minutes"}
    rest = {name: inner for name, inner in value.items() if name not in known}
    if rest:
        parts.append(safe(json.dumps(rest, ensure_ascii=False)))
    return "; ".join(parts)


def _example_text(value: JSON) -> str:
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
            return ", ".join(_example_text(inner) for inner in value)
        case str():
            return safe(value) or '""'
        case _:
            return safe(json.dumps(value))


def _named(name: str, value: JSON) -> str:
    """A variable has `name = value`; a part of the template has `name: its samples`."""
    sign = ": " if isinstance(value, dict | list) else " = "
    return f"{safe(name)}{sign}{_example_text(value)}"
