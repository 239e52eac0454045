"""One button in words: its kind, its label, what it opens; and the parts that buttons share with others."""

from __future__ import annotations

import json
from collections.abc import Mapping

from wasync.model.template import JSON
from wasync.render.safe_text import safe

_MEANT = {"mpm": "(several products)", "spm": "(one product)"}


def button_text(button: JSON) -> str:
    """One button: its kind, its label, what it opens. What nobody documents follows as JSON."""
    if not isinstance(button, dict) or not isinstance(button.get("type"), str):
        return raw(button)
    kind = str(button["type"])
    rest = {name: value for name, value in button.items() if name != "type"}
    parts = [safe(kind.replace("_", " "))]
    if isinstance(rest.get("text"), str):
        parts.append(f'"{safe(str(rest.pop("text")))}"')
    if kind in _MEANT:
        parts.append(_MEANT[kind])
    if "url" in rest:
        parts.append(word(rest.pop("url")))
    if "phone_number" in rest:
        parts.append("+" + word(rest.pop("phone_number")))
    more = _flow(rest) if kind == "flow" else []
    if isinstance(link := rest.get("app_deep_link"), dict):
        more.append(app_link_text(link))
        del rest["app_deep_link"]
    if kind == "voice_call" and "ttl_minutes" in rest:
        more.append(f"for {minutes_text(rest.pop('ttl_minutes'))}")
    if rest:
        parts.append(raw(rest))
    return ", ".join([" ".join(parts), *more])


def _flow(rest: dict[str, JSON]) -> list[str]:
    """What a flow button opens and how; takes what it tells out of `rest`."""
    found = []
    for key, words in (
        ("flow_id", "opens flow"),
        ("flow_name", "opens the flow named"),
        ("flow_json", "opens"),
    ):
        if key in rest:
            found.append(f"{words} {word(rest.pop(key))}")
    action, screen = rest.get("flow_action"), rest.get("navigate_screen")
    if action == "data_exchange":
        found.append("asks your endpoint for the first screen")
    elif action == "navigate":
        found.append("navigates to " + ("its first screen" if screen is None else f"screen {word(screen)}"))
    if action in ("data_exchange", "navigate"):
        del rest["flow_action"]
    if "navigate_screen" in rest:
        rest.pop("navigate_screen")
        if action != "navigate":
            found.append(f"screen {word(screen)}")
    if "icon" in rest:
        found.append(f"icon {word(rest.pop('icon'))}")
    return found


def app_link_text(link: Mapping[str, JSON]) -> str:
    """Where in which app a link leads, and where people without the app land."""
    names = {
        "meta_app_id": "in app",
        "android_deep_link": "at",
        "android_fallback_playstore_url": "without the app",
    }
    words = [f"{words} {word(link[key])}" for key, words in names.items() if key in link]
    rest = {key: value for key, value in link.items() if key not in names}
    return " ".join(words + ([raw(rest)] if rest else []))


def apps_text(apps: JSON) -> str:
    """The Android apps that may take a code: com.acme.shop (K8a/AINcGX7)."""
    return ", ".join(map(app_text, apps)) if isinstance(apps, list) else raw(apps)


def app_text(app: JSON) -> str:
    """One of the Android apps that may take a code."""
    if not isinstance(app, dict) or "package_name" not in app:
        return raw(app)
    rest = {key: value for key, value in app.items() if key not in ("package_name", "signature_hash")}
    signature = f" ({word(app['signature_hash'])})" if "signature_hash" in app else ""
    return word(app["package_name"]) + signature + (f" {raw(rest)}" if rest else "")


def minutes_text(minutes: JSON) -> str:
    """Minutes as Meta has them, and as people count them: 10080 minutes (7 days)."""
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        return raw(minutes)
    return f"{minutes} minutes{_counted(minutes * 60, smallest=3_600)}"


def seconds_text(seconds: JSON) -> str:
    """A time to live: 86400 seconds (1 day); Meta's -1 stands for 30 days."""
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return raw(seconds)
    return "-1 (30 days)" if seconds == -1 else f"{seconds} seconds{_counted(seconds, smallest=60)}"


def _counted(seconds: int, *, smallest: int) -> str:
    """In the largest unit that measures it whole; nothing where only units below `smallest` do."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if size >= smallest and seconds >= size and seconds % size == 0:
            count = seconds // size
            return f" ({count} {unit}{'' if count == 1 else 's'})"
    return ""


def word(value: JSON) -> str:
    """A text as it is, anything else as JSON."""
    return safe(value) if isinstance(value, str) else raw(value)


def raw(value: JSON) -> str:
    """Any value as JSON on one line."""
    return safe(json.dumps(value, ensure_ascii=False))
