"""Bulk creation: the languages of one authentication template that one call to Meta can create together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from wasync.canonical import to_graph
from wasync.model.plan import Action, Step
from wasync.model.template import JSON, Key

# What Meta's upsert takes, and of a button's texts it takes none (docs/meta-api.md, section A1).
_TAKEN = frozenset({"name", "language", "category", "components", "message_send_ttl_seconds"})
_TEXTS = frozenset({"text", "autofill_text"})


def bulks(steps: Iterable[Step]) -> dict[Key, tuple[Step, ...]]:
    """Return, for each step that can be done together with others, all of its group, in their order.

    Together go the languages of one name that are to be created with one and the same content.
    """
    alike: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        payload = _payload(step)
        if payload is not None:
            content = {name: value for name, value in payload.items() if name != "language"}
            alike.setdefault((step.key.name, json.dumps(content, sort_keys=True)), []).append(step)
    groups = [tuple(group) for group in alike.values() if len(group) > 1]
    return {step.key: group for group in groups for step in group}


def bulk_payload(group: tuple[Step, ...]) -> dict[str, JSON]:
    """Return the payload that creates a group of `bulks` in one call."""
    payload = _payload(group[0]) or {}
    languages: list[JSON] = [step.key.language for step in group]
    return {name: value for name, value in payload.items() if name != "language"} | {"languages": languages}


def _payload(step: Step) -> dict[str, JSON] | None:
    """Return what would create the step's template alone, or None for one that the upsert does not take."""
    if step.action is not Action.CREATE or step.after is None or "authentication" not in step.after.spec:
        return None
    payload = to_graph(step.after, {})
    if payload["category"] != "AUTHENTICATION" or not payload.keys() <= _TAKEN or _has_own_texts(payload):
        return None
    return payload


def _has_own_texts(payload: Mapping[str, JSON]) -> bool:
    """Whether a component or button has a text that Meta would else write in the template's language."""
    components = payload["components"]
    for component in components if isinstance(components, list) else []:
        match component:
            case {"buttons": list(buttons)}:
                if any(isinstance(one, dict) and not _TEXTS.isdisjoint(one) for one in buttons):
                    return True
    return False
