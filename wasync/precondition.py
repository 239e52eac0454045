"""Preconditions: whether live still is what a step relies on, or already what it would make."""

from __future__ import annotations

from collections.abc import Iterable

from wasync.canonical import as_declared, fingerprint
from wasync.diff import compare
from wasync.model.live import Live
from wasync.model.plan import Action, Precondition, Step
from wasync.model.template import Key, Spec

EDITABLE = frozenset({"APPROVED", "REJECTED", "PAUSED"})
"""Statuses Meta lets be edited (docs/meta-api.md, section E)."""

GOING = frozenset({"PENDING_DELETION", "DELETED"})


def live_by_key(rows: Iterable[Live]) -> dict[Key, Live]:
    """Index live rows: DELETED is no template; of two rows of a key the one not being deleted counts."""
    index: dict[Key, Live] = {}
    for row in rows:
        key = row.template.key
        if row.status == "DELETED" or (row.status in GOING and key in index):
            continue
        index[key] = row
    return index


def precondition(live: Live, declared: Spec) -> Precondition:
    """Return what must still hold of `live` when the step is done; only what `declared` names is watched."""
    watched: Spec = {"category": live.template.category, "spec": as_declared(live.template.spec, declared)}
    return Precondition(live.id, fingerprint(watched), live.status in EDITABLE)


def holds(step: Step, live: Live | None) -> bool:
    """Whether live still is what the step was decided on."""
    wanted = step.precondition
    if wanted.live_id is None or live is None:
        return wanted.live_id is None and live is None
    now = precondition(live, (step.after or step.before or live.template).spec)
    same = now.live_id == wanted.live_id and now.hash == wanted.hash
    return same and (step.action is Action.DELETE or now.editable)


def is_done(step: Step, live: Live | None) -> bool:
    """Whether live already is what the step would make of it."""
    if step.action is Action.DELETE:
        return live is None or live.status in GOING
    if live is None or step.after is None or live.status in GOING:
        return False
    if step.changes_category and live.template.category != step.after.category:
        return False
    difference = compare(step.after.spec, as_declared(live.template.spec, step.after.spec), None)
    return not difference.content and not difference.samples
