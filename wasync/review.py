"""Review: poll live until Meta has decided about some templates, or the time is up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from wasync.model.errors import Exit
from wasync.model.live import Live
from wasync.model.outcome import Event, EventKind
from wasync.model.plan import AlarmKind
from wasync.model.template import Key

UNDECIDED = frozenset({"PENDING", "IN_APPEAL"})
VERDICTS = frozenset({"REJECTED", "PAUSED", "DISABLED"})
"""Statuses that end waiting badly."""
FIRST_GAP = 1.0
GROWTH = 1.6
LONGEST_GAP = 60.0


def in_review(keys: Iterable[Key], live: Mapping[Key, Live]) -> frozenset[Key]:
    """Return the keys whose templates Meta has not decided about."""
    return frozenset(key for key in keys if key in live and live[key].status in UNDECIDED)


_ALARMING = {
    "REJECTED": AlarmKind.REJECTED,
    "PAUSED": AlarmKind.PAUSED,
    "DISABLED": AlarmKind.DISABLED,
    "ARCHIVED": AlarmKind.ARCHIVED,
}


def alarming(status: str | None, category: str | None, wanted: str | None) -> Iterator[AlarmKind]:
    """Yield what --fail-on can name of a template that was sent or awaited: its status, a moved category."""
    if status in _ALARMING:
        yield _ALARMING[status]
    if category and wanted and category.lower() != wanted:
        yield AlarmKind.CATEGORY


def verdict(statuses: Iterable[str | None]) -> int:
    """Return the exit code of waiting: 4 when Meta decided badly about any, 3 when some are undecided, 0."""
    found = set(statuses)
    if found & VERDICTS:
        return Exit.VERDICT
    return Exit.WAITING if found & UNDECIDED else Exit.DONE


def await_review(
    read: Callable[[Collection[Key]], Mapping[Key, Live]],
    keys: Collection[Key],
    timeout: timedelta,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    emit: Callable[[Event], None],
) -> Mapping[Key, Live]:
    """Poll with growing gaps until all of `keys` are decided or `timeout` has passed; return the last live.

    `read` is asked for the keys still undecided. A key that is not live counts as decided.
    """
    deadline = now() + timeout
    gap = FIRST_GAP
    told: set[Key] = set()
    live: dict[Key, Live] = {}
    while True:
        waiting = set(keys) - told
        now_live = read(waiting)
        live |= {key: now_live[key] for key in waiting if key in now_live}
        for key in sorted(waiting):
            row = now_live.get(key)
            if row is None or row.status not in UNDECIDED:
                told.add(key)
                status = row.status if row else None
                emit(
                    Event(EventKind.REVIEWED, now(), key=key, status=status, done=len(told), total=len(keys))
                )
        left = (deadline - now()).total_seconds()
        if len(told) == len(set(keys)) or left <= 0:
            return live
        pause = min(gap, left)
        emit(Event(EventKind.WAITING, now(), done=len(told), total=len(keys), seconds=pause))
        sleep(pause)
        gap = min(gap * GROWTH, LONGEST_GAP)
