"""Waiting for review: growing gaps, a deadline, and what counts as decided."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.worlds import Clock, World
from wasync.model.live import Live
from wasync.model.outcome import Event, EventKind
from wasync.model.template import Key, Template
from wasync.review import LONGEST_GAP, await_review

ORDER = Key("order", "en_US")


def live(status: str) -> dict[Key, Live]:
    return {ORDER: Live(Template(ORDER, "utility", {}), "1", status)}


def wait(statuses: list[str], timeout: float = 900) -> tuple[str, list[Event], Clock]:
    clock, events, left = Clock(), list[Event](), list(statuses)
    found = await_review(
        lambda: live(left.pop(0) if len(left) > 1 else left[0]),
        [ORDER],
        timedelta(seconds=timeout),
        clock,
        clock.sleep,
        events.append,
    )
    return found[ORDER].status, events, clock


def test_the_verdict_ends_the_waiting() -> None:
    status, events, _ = wait(["PENDING", "PENDING", "REJECTED"])
    assert status == "REJECTED"
    assert [event.kind for event in events] == [EventKind.WAITING, EventKind.WAITING, EventKind.REVIEWED]


def test_gaps_grow_to_a_minute_and_the_deadline_is_kept() -> None:
    status, events, clock = wait(["PENDING"], timeout=600)
    gaps = [event.seconds for event in events if event.kind is EventKind.WAITING]
    assert status == "PENDING"
    assert gaps[:3] == pytest.approx([1.0, 1.6, 2.56])
    assert max(gaps) == LONGEST_GAP
    assert sum(gaps) == pytest.approx(600)
    assert (clock() - Clock().now).total_seconds() == pytest.approx(600)


def test_a_template_that_is_not_live_is_not_waited_for(tmp_path: Path) -> None:
    world = World(tmp_path)
    found = await_review(
        world.live,
        [Key("nobody", "de")],
        timedelta(seconds=60),
        world.clock,
        world.clock.sleep,
        lambda _: None,
    )
    assert world.clock.now == Clock().now
    assert Key("nobody", "de") not in found
