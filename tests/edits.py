"""Hypothesis strategies: one random edit of a template that its author could make."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import strategies as st

from wasync.model.template import JSON, Spec, SpecPath, Template

Edit = tuple[SpecPath, JSON]
"""Where in the spec, and what comes there; None takes away what is there."""


def value_at(spec: Spec, path: SpecPath) -> JSON:
    """What stands there; None when nothing does."""
    value: JSON = spec
    for step in path:
        match value, step:
            case dict(), str():
                value = value.get(step)
            case list(), int():
                value = value[step] if step < len(value) else None
    return value


def edited(template: Template, edit: Edit) -> Template:
    """The template after the edit."""
    path, value = edit
    spec = deepcopy(template.spec)
    holder: JSON = spec
    for step in path[:-1]:
        match holder, step:
            case dict(), str():
                holder = holder[step]
            case list(), int():
                holder = holder[step]
    match holder, path[-1]:
        case dict(), str(key) if value is None:
            del holder[key]
        case dict(), str(key):
            holder[key] = value
        case list(), int(index) if value is None:
            del holder[index]
        case list(), int(index) if index == len(holder):
            holder.append(value)
        case list(), int(index):
            holder[index] = value
    return Template(template.key, template.category, spec, template.place, template.ignore)


@st.composite
def edits(draw: st.DrawFn, template: Template) -> Edit:
    """One edit that Meta takes, of any part that an edit can change."""
    return draw(st.sampled_from(possible(template)))


def possible(template: Template) -> list[Edit]:
    """Every edit we know to make; empty for a template of the library, whose text is Meta's."""
    spec = template.spec
    if "library_template_name" in spec:
        return []
    found = _of_part(spec, ())
    cards = spec.get("carousel")
    for index, card in enumerate(cards if isinstance(cards, list) else ()):
        if isinstance(card, dict):
            found += _of_part(card, ("carousel", index))
    match spec.get("limited_time_offer"):
        case {"has_expiration": expires}:
            found += [
                (("limited_time_offer", "text"), "Now or never"),
                (("limited_time_offer", "has_expiration"), not expires),
            ]
    found += _of_passcode(spec)
    if "carousel" not in spec and "limited_time_offer" not in spec and "body" in spec:
        found.append((("footer",), "Another footer"))
    if "footer" in spec:
        found.append((("footer",), None))
    match spec.get("buttons"):
        case [*rest, {"type": "quick_reply"}] as buttons:
            found.append((("buttons", len(buttons)), {"type": "quick_reply", "text": "One more"}))
            if rest:
                found.append((("buttons", len(rest)), None))
    if "message_send_ttl_seconds" in spec:
        found.append((("message_send_ttl_seconds",), 60 if template.category == "utility" else 86400))
    match spec.get("cta_url_link_tracking_opted_out"):
        case bool(opted):
            found.append((("cta_url_link_tracking_opted_out",), not opted))
    if "degrees_of_freedom_spec" in spec:
        place: SpecPath = (
            "degrees_of_freedom_spec", "creative_features_spec", "image_touchups", "enroll_status",
        )  # fmt: skip
        found.append((place, "opt_in"))
    return found


def _of_part(part: Spec, where: SpecPath) -> list[Edit]:
    found: list[Edit] = []
    if isinstance(body := part.get("body"), str):
        found.append(((*where, "body"), f"{body} Edited."))
    match part.get("header"):
        case {"format": "text", "text": str(text)}:
            found.append(((*where, "header", "text"), f"Edited {text}"))
    buttons = part.get("buttons")
    for index, button in enumerate(buttons if isinstance(buttons, list) else ()):
        at: SpecPath = (*where, "buttons", index)
        match button:
            case {"type": "quick_reply" | "url" | "phone_number" | "flow" | "voice_call"}:
                found.append(((*at, "text"), "Edited"))
        match button:
            case {"type": "url", "url": str(url)}:
                found.append(((*at, "url"), url.replace("shop.example", "other.example")))
            case {"type": "phone_number"}:
                found.append(((*at, "phone_number"), "15550009999"))
            case {"type": "voice_call", "ttl_minutes": int(minutes)}:
                found.append(((*at, "ttl_minutes"), 1440 if minutes > 1440 else 1441))
        if isinstance(button, dict):
            for key, value in (("flow_id", "7300000000000009"), ("flow_name", "other"), ("flow_json", "{}")):
                if key in button:
                    found.append(((*at, key), value))
            if "app_deep_link" in button:
                found.append(((*at, "app_deep_link", "android_deep_link"), "shop://other"))
    return found


def _of_passcode(spec: Spec) -> list[Edit]:
    found: list[Edit] = []
    match spec.get("authentication"):
        case {"add_security_recommendation": advised, "otp": dict(otp)}:
            found.append((("authentication", "add_security_recommendation"), not advised))
            if "text" in otp:
                found.append((("authentication", "otp", "text"), "Take it"))
            if "supported_apps" in otp:
                app: JSON = {"package_name": "com.acme.other", "signature_hash": "K8a/AINcGX7"}
                found.append((("authentication", "otp", "supported_apps"), [app]))
    return found
