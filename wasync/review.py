"""Review: poll live until Meta has decided about some templates, or the time is up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from wasync.model.errors import Exit, GraphError
from wasync.model.live import Live
from wasync.model.outcome import Event, EventKind
from wasync.model.plan import AlarmKind
from wasync.model.template import Key, Place

UNDECIDED = frozenset({"PENDING", "IN_APPEAL"})
VERDICTS = frozenset({"REJECTED", "PAUSED", "DISABLED"})
"""Statuses that end waiting badly."""
FIRST_GAP = 1.0
GROWTH = 1.6
LONGEST_GAP = 60.0
_FAILED_FOR_NOW = frozenset({1, 2})
"""Codes of Meta's own failures (docs/meta-api.md, section G)."""


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
    places: Mapping[Key, Place | None] | None = None,
) -> Mapping[Key, Live]:
    """Poll with growing gaps until all of `keys` are decided or `timeout` has passed; return the last live.

    `read` is asked for the keys still undecided. A key that is not live counts as decided. Reading that takes
    long counts against the time: none is begun that could not end in it, if it takes as long as the last.
    A poll that fails in a way that passes is tried again; its error is raised at the end of the time, and
    only where it left a key that was never read.
    """
    deadline = now() + timeout
    gap = FIRST_GAP
    total, told, seen = len(set(keys)), set[Key](), set[Key]()
    live: dict[Key, Live] = {}
    while True:
        waiting = set(keys) - told
        began, trouble = now(), None
        try:
            found = read(waiting)
        except GraphError as error:
            if not _passes(error):
                raise
            trouble = error
        else:
            seen |= waiting
            live |= {key: found[key] for key in waiting if key in found}
            for key in sorted(waiting):
                row = found.get(key)
                if row is None or row.status not in UNDECIDED:
                    told.add(key)
                    place = places.get(key) if places else None
                    emit(_reviewed(key, row, now(), place, len(told), total))
        if len(told) == total:
            return live
        pause = max(gap, (trouble.wait_seconds or 0.0) if trouble else 0.0)
        left = (deadline - now() - (now() - began)).total_seconds()
        if left <= 0 or (pause > gap and pause > left):
            if trouble is not None and waiting - seen:
                raise trouble
            return live
        pause = min(pause, left)
        message = trouble.message if trouble else ""
        emit(Event(EventKind.WAITING, now(), done=len(told), total=total, seconds=pause, message=message))
        sleep(pause)
        gap = min(gap * GROWTH, LONGEST_GAP)


def _passes(error: GraphError) -> bool:
    """Whether a read may succeed later: Meta failed for now, was not reached, or rations calls."""
    unreached = error.status is None and error.graph_code is None
    failed = (error.status or 0) >= 500 or error.graph_code in _FAILED_FOR_NOW
    return unreached or failed or error.wait_seconds is not None


def _reviewed(key: Key, row: Live | None, at: datetime, place: Place | None, done: int, total: int) -> Event:
    event = Event(EventKind.REVIEWED, at, key=key, place=place, done=done, total=total)
    if row is None:
        return event
    return replace(
        event, status=row.status, category=row.template.category, rejected_reason=row.rejected_reason
    )
