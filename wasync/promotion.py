"""Promotion: what one account gets only once another has it approved, and what review changed there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from wasync.canonical import as_declared
from wasync.diff import compare
from wasync.model.live import Live, Snapshot
from wasync.model.plan import Action, Alarm, AlarmKind, Reason, Step
from wasync.model.template import Key, Template
from wasync.precondition import GOING, live_by_key
from wasync.quota import held


class Approval(NamedTuple):
    """How one template stands in the account that approves first.

    `missing` says what it lacks, "" when approved as the files say; `moved`, what review changed, or "".
    """

    missing: str
    moved: str = ""


class Approvals(NamedTuple):
    """What the account `account` has of the templates its files declare."""

    account: str
    templates: Mapping[Key, Approval]


def approvals(snapshot: Snapshot) -> Approvals:
    """Look at every template declared for an account: is it approved there, as the files say now?"""
    live = live_by_key(snapshot.listing.rows)
    account = snapshot.account.name
    found = {key: _approval(account, it, live.get(key)) for key, it in snapshot.desired.templates.items()}
    return Approvals(account, found)


def hold_unapproved(steps: Iterable[Step], first: Approvals) -> Iterator[Step]:
    """Yield the steps; those that send a text which the first account has not got approved are held."""
    for step in steps:
        if step.action in (Action.CREATE, Action.UPDATE):
            approval = first.templates.get(step.key, Approval(f"{first.account} does not get this template"))
            if approval.missing:
                yield held(step, Reason.NOT_APPROVED, approval.missing)
                continue
        yield step


def review_alarms(steps: Iterable[Step], first: Approvals) -> Iterator[Alarm]:
    """Yield what review changed in the first account, of what these steps send or wait to send."""
    for step in steps:
        approval = first.templates.get(step.key)
        if approval is not None and approval.moved and step.action is not Action.DELETE:
            yield Alarm(AlarmKind.CATEGORY, step.key, approval.moved, step.place)


def _approval(account: str, desired: Template, live: Live | None) -> Approval:
    if live is None or live.status in GOING:
        return Approval(f"{account} does not have it yet")
    moved = ""
    if live.template.category != desired.category:
        moved = f"In {account} review moved it from {desired.category} to {live.template.category}."
    if compare(desired.spec, as_declared(live.template.spec, desired.spec), None).content:
        return Approval(f"{account} has another text", moved)
    if live.status != "APPROVED":
        reason = f", {live.rejected_reason}" if live.rejected_reason else ""
        return Approval(f"{live.status.lower().replace('_', ' ')} in {account}{reason}", moved)
    return Approval("", moved)
