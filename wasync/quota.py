"""What Meta's rations leave: edits of a template, creations of the hour, templates of the account. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from wasync.model.errors import GraphError, WasyncError
from wasync.model.live import Listing, Memory
from wasync.model.plan import Action, Cost, Ration, Reason, Step

EDITS_PER_DAY, EDITS_PER_30_DAYS, CREATIONS_PER_HOUR = 1, 10, 100
"""docs/meta-api.md, section E. Edits are counted per template while it is approved, creations per account."""
HOUR, DAY, MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
MARGIN = timedelta(minutes=2)
"""Our note of a call may be older than Meta's: a ration counts as free only so much later."""
AHEAD = timedelta(hours=1)
"""A note further in the future than this tells of a clock that jumped, and counts for nothing."""
TRY_AGAIN = timedelta(days=1)
"""After a refusal that only time mends: Meta does not say how long, and every try is a call."""

_NAME_LOCKED, _NOT_NOW = 2388023, 2388039


def counts(step: Step) -> bool:
    """Whether Meta counts the step against a ration: a create, or an edit of what is approved."""
    return step.action is Action.CREATE or (step.action is Action.UPDATE and step.live_status == "APPROVED")


def only_time_mends(error: WasyncError) -> bool:
    """Whether Meta refused because a name is locked or edits are used up (docs/meta-api.md, section G)."""
    return isinstance(error, GraphError) and error.subcode in (_NAME_LOCKED, _NOT_NOW)


def within_quota(steps: Iterable[Step], memory: Memory, listing: Listing, now: datetime) -> Iterator[Step]:
    """Yield the steps with what each costs; what does not fit now is held, a later batch has its time.

    What the state does not know of counts as free: Meta tells no remaining ration, and decides in the end.
    """
    created = [at for at in sorted(memory.creations) if at <= now + AHEAD]
    limit, count = listing.template_limit, listing.template_count
    room = limit - count if limit is not None and count is not None else None
    for step in steps:
        refused = memory.refused.get(step.key)
        again = refused + TRY_AGAIN if refused is not None and refused <= now + AHEAD else now
        match step.action:
            case Action.CREATE if again > now:
                detail = f"Meta refused it on {refused:%Y-%m-%d}, and does not say until when"
                yield held(step, Reason.NAME_LOCKED, detail, again)
            case Action.CREATE if room is not None and room <= 0:
                yield held(step, Reason.QUOTA, f"the account holds {count} of {limit} templates")
            case Action.CREATE:
                room = room - 1 if room is not None else None
                yield _create(step, created, now)
            case Action.UPDATE if step.live_status == "APPROVED":
                edits = [at for at in memory.edits.get(step.key, ()) if at <= now + AHEAD]
                yield _edit(step, edits, now, again)
            case _:
                yield step


def edits_left(edits: Iterable[datetime], now: datetime) -> tuple[int, datetime | None]:
    """Return how many edits of 30 days are left after these, and when the next is free; None: now."""
    counted = _counted((at for at in edits if at <= now + AHEAD), now)
    return max(0, EDITS_PER_30_DAYS - len(counted)), _next_edit(counted, now)


class Wait(NamedTuple):
    """Until when a step has to wait, and why."""

    until: datetime
    why: str


def not_yet(steps: Sequence[Step], memory: Memory, now: datetime) -> Wait | None:
    """Say until when steps that one call sends have to wait; None: they may be sent now.

    What memory knows now counts, and not when they were planned; only earlier than the plan says is never.
    """
    waits = []
    for step, found in zip(steps, within_quota(steps, memory, Listing(()), now), strict=True):
        until = max(found.not_before or now, step.not_before or now)
        if until > now:
            waits.append(
                Wait(until, found.detail or f"the {CREATIONS_PER_HOUR} creations of an hour are used up")
            )
    return max(waits, default=None)


def still_counts(created: datetime, now: datetime) -> bool:
    """Whether a creation still takes one of the hour's."""
    return created + HOUR + MARGIN > now


def held(step: Step, reason: Reason, detail: str = "", not_before: datetime | None = None) -> Step:
    """The step as a HOLD, which remembers what it wants."""
    return replace(
        step, action=Action.HOLD, wanted=step.action, reason=reason, detail=detail, not_before=not_before
    )


def _create(step: Step, created: list[datetime], now: datetime) -> Step:
    """Give a create its time and its number in the hour; `created` takes it up."""
    at = now
    if len(created) >= CREATIONS_PER_HOUR:
        at = max(now, created[-CREATIONS_PER_HOUR] + HOUR + MARGIN)
    number = 1 + sum(one + HOUR + MARGIN > at for one in created)
    created.append(at)
    cost = Cost(Ration.CREATIONS, number, CREATIONS_PER_HOUR)
    return replace(step, cost=cost, not_before=at if at > now else None)


def _edit(step: Step, edits: Sequence[datetime], now: datetime, again: datetime) -> Step:
    """Give an edit its number, or hold it until the next one is free."""
    counted = _counted(edits, now)
    free = _next_edit(counted, now)
    if free is None and again <= now:
        after = _next_edit([*counted, now], now)
        return replace(step, cost=Cost(Ration.EDITS, len(counted) + 1, EDITS_PER_30_DAYS, after))
    if free is None:
        return held(step, Reason.QUOTA, "Meta says that its edits are used up", again)
    spent = f"{len(counted)} of {EDITS_PER_30_DAYS} edits in 30 days are used up"
    if len(counted) < EDITS_PER_30_DAYS:
        spent = "the one edit of 24 hours is used up"
    return held(step, Reason.QUOTA, spent, max(free, again))


def _counted(edits: Iterable[datetime], now: datetime) -> list[datetime]:
    """Those that Meta may still count, oldest first."""
    return sorted(at for at in edits if at + MONTH + MARGIN > now)


def _next_edit(counted: Sequence[datetime], now: datetime) -> datetime | None:
    """When the next edit is free after these; None: now."""
    free = now
    if len(counted) >= EDITS_PER_DAY:
        free = max(free, counted[-EDITS_PER_DAY] + DAY + MARGIN)
    if len(counted) >= EDITS_PER_30_DAYS:
        free = max(free, counted[-EDITS_PER_30_DAYS] + MONTH + MARGIN)
    return free if free > now else None
