"""What a change breaks for the code that sends: its contract is variables, buttons and the header's kind."""

from __future__ import annotations

from collections.abc import Iterator

from wasync.canonical.variables import is_positional, sample_names
from wasync.model.template import JSON, Spec

_FLOW: dict[str, JSON] = {
    "flow_id": None, "flow_name": None, "flow_json": None, "flow_action": "navigate", "navigate_screen": None,
}  # fmt: skip
"""What decides which data a flow begins with, and what each is when nothing is said."""


def contract_breaks(before: Spec, after: Spec) -> tuple[str, ...]:
    """Sentences for what senders will feel when `after` replaces `before`; each begins with its path.

    Senders pass variables by name or number, buttons by position, a medium by its kind, and recognise a quick
    reply by its label. Where in a text a variable stands is none of their business.
    """
    return tuple(_breaks(before, after, ""))


def _breaks(before: Spec, after: Spec, prefix: str) -> Iterator[str]:
    if before.get("header") != after.get("header"):
        yield from _header(before.get("header"), after.get("header"), prefix)
    if before.get("body") != after.get("body"):
        yield from _variables(_names(before.get("body")), _names(after.get("body")), f"{prefix}body")
    if before.get("buttons") != after.get("buttons"):
        yield from _buttons(_list(before, "buttons"), _list(after, "buttons"), prefix)
    yield from _offer(before.get("limited_time_offer"), after.get("limited_time_offer"))
    old_cards, new_cards = _list(before, "carousel"), _list(after, "carousel")
    if len(old_cards) != len(new_cards):
        yield f"carousel: {len(old_cards)} cards become {len(new_cards)}; senders must pass as many"
    for index, (old, new) in enumerate(zip(old_cards, new_cards, strict=False)):
        yield from _breaks(old, new, f"carousel[{index}].")


def _header(before: JSON, after: JSON, prefix: str) -> Iterator[str]:
    path = f"{prefix}header"
    old, new = _kind(before), _kind(after)
    if old == new:
        yield from _variables(_header_names(before), _header_names(after), f"{path}.text")
    elif new in (None, "text"):
        if old not in (None, "text"):
            yield f"{path}: senders must no longer pass {_article(old)}"
        yield from _variables(_header_names(before), _header_names(after), f"{path}.text")
    elif old in (None, "text"):
        yield f"{path}: senders must pass {_article(new)}"
    else:
        yield f"{path}: senders must pass {_article(new)} instead of {_article(old)}"


def _kind(header: JSON) -> str | None:
    match header:
        case {"format": str(shape)}:
            return shape
        case _:
            return None


def _article(kind: str | None) -> str:
    return f"an {kind}" if kind and kind[0] in "aeiou" else f"a {kind}"


def _header_names(header: JSON) -> list[str]:
    match header:
        case {"format": "text", "text": str(text)}:
            return sample_names(text)
        case _:
            return []


def _names(text: JSON) -> list[str]:
    return sample_names(text) if isinstance(text, str) else []


def _variables(before: list[str], after: list[str], path: str) -> Iterator[str]:
    if before and after and _positional(before) != _positional(after):
        style = "number" if _positional(after) else "name"
        yield f"{path}: senders must pass variables by {style}: {_braced(after)}"
        return
    added = [name for name in after if name not in before]
    removed = [name for name in before if name not in after]
    if added and removed:
        yield f"{path}: senders must pass {_braced(added)} and no longer {_braced(removed)}"
    elif added:
        yield f"{path}: senders must pass {_braced(added)} too"
    elif removed:
        yield f"{path}: senders must no longer pass {_braced(removed)}"


def _positional(names: list[str]) -> bool:
    return all(map(is_positional, names))


def _braced(names: list[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in names)


def _list(spec: Spec, key: str) -> list[dict[str, JSON]]:
    items = spec.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _buttons(before: list[dict[str, JSON]], after: list[dict[str, JSON]], prefix: str) -> Iterator[str]:
    old_kinds = [str(button.get("type")) for button in before]
    new_kinds = [str(button.get("type")) for button in after]
    if old_kinds != new_kinds:
        old, new = ", ".join(old_kinds) or "none", ", ".join(new_kinds) or "none"
        yield f"{prefix}buttons: {old} becomes {new}; senders pass buttons by position"
    # What is behind the first change of kind has another position, which is said already.
    for index, (one, other) in enumerate(zip(before, after, strict=False)):
        if old_kinds[index] != new_kinds[index]:
            return
        path = f"{prefix}buttons[{index}]"
        if new_kinds[index] == "quick_reply" and one.get("text") != other.get("text"):
            yield f"{path}.text: senders match this text"
        elif new_kinds[index] == "url":
            yield from _variables(_names(one.get("url")), _names(other.get("url")), f"{path}.url")
        elif new_kinds[index] == "flow":
            yield from _flow(one, other, path)


def _flow(before: dict[str, JSON], after: dict[str, JSON], path: str) -> Iterator[str]:
    """The data that senders pass are those of one screen of one flow."""
    moved = [key for key in _FLOW if before.get(key, _FLOW[key]) != after.get(key, _FLOW[key])]
    if moved:
        names = ", ".join(moved)
        yield f"{path}: {names} changed; senders must pass what the flow now begins with"


def _offer(before: JSON, after: JSON) -> Iterator[str]:
    """An offer that expires: senders pass when."""
    old = isinstance(before, dict) and before.get("has_expiration") is True
    new = isinstance(after, dict) and after.get("has_expiration") is True
    if new and not old:
        yield "limited_time_offer: senders must pass when the offer expires"
    elif old and not new:
        yield "limited_time_offer: senders must no longer pass when the offer expires"
