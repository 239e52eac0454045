"""Status: how each declared template stands at Meta. Pure."""

from __future__ import annotations

from datetime import datetime

from wasync.alarms import template_alarms
from wasync.limits import matches
from wasync.model.live import Live, Snapshot
from wasync.model.status import AccountStatus, TemplateStatus
from wasync.model.template import Key, Template
from wasync.precondition import GOING, live_by_key
from wasync.quota import edits_left


def account_status(snapshot: Snapshot, targets: tuple[str, ...] = ()) -> AccountStatus:
    """Return every declared template, in order of key, as Meta has it now, and the live ones not declared."""
    live = live_by_key(snapshot.listing.rows)
    desired = snapshot.desired.templates
    templates = tuple(
        _template_status(desired[key], live.get(key), snapshot)
        for key in sorted(desired)
        if not targets or matches(targets, key)
    )
    unmanaged: list[Key] = sorted(
        key for key in live.keys() - desired.keys() if live[key].status not in GOING
    )
    account = snapshot.account
    return AccountStatus(account.name, account.waba_id, templates, snapshot.now, tuple(unmanaged))


def _template_status(desired: Template, live: Live | None, snapshot: Snapshot) -> TemplateStatus:
    if live is None:
        return TemplateStatus(
            desired.key, None, desired.category, place=desired.place, requested=desired.category
        )
    applied = snapshot.memory.applied.get(desired.key)
    left, free = _edits(live, snapshot)
    return TemplateStatus(
        desired.key,
        live.status,
        live.template.category,
        live.quality,
        tuple(template_alarms(live, desired, applied)),
        desired.place,
        desired.category,
        live.rejected_reason,
        live.updated,
        applied.at if applied is not None else None,
        left,
        free,
    )


def _edits(live: Live, snapshot: Snapshot) -> tuple[int | None, datetime | None]:
    """How many edits are left in 30 days, and when the next is free; Meta counts those of approved ones.

    Nothing is said of a template that the state does not know.
    """
    key, memory = live.template.key, snapshot.memory
    if live.status != "APPROVED" or not (key in memory.applied or key in memory.edits):
        return None, None
    return edits_left(memory.edits.get(key, ()), snapshot.now)
