"""Waiting for review: growing gaps, a deadline, and what counts as decided."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.worlds import Clock, World
from wasync.model.live import Live
from wasync.model.outcome import Event, EventKind
from wasync.model.template import Key, Template
from wasync.review import LONGEST_GAP, await_review
from wasync.snapshot import live_of

ORDER = Key("order", "en_US")


def live(status: str) -> dict[Key, Live]:
    return {ORDER: Live(Template(ORDER, "utility", {}), "1", status)}


def wait(statuses: list[str], timeout: float = 900) -> tuple[str, list[Event], Clock]:
    clock, events, left = Clock(), list[Event](), list(statuses)
    found = await_review(
        lambda _: live(left.pop(0) if len(left) > 1 else left[0]),
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


def test_only_what_is_undecided_is_read_again_and_few_names_by_themselves(tmp_path: Path) -> None:
    world = World(tmp_path)
    for name in ("first", "second"):
        world.write(
            f"templates/{name}.yaml",
            f"category: utility\nlanguages:\n  de:\n    body: Der Text {name} ist hier.\n",
        )
    world.apply()
    world.steer([("approve", {"template": "first/de"})])
    world.writes()
    keys = [Key("first", "de"), Key("second", "de")]
    read = partial(live_of, world.graph(), world.account)
    await_review(read, keys, timedelta(seconds=1), world.clock, world.clock.sleep, lambda _: None)
    calls = world.emulator.control("calls")["calls"]
    assert isinstance(calls, list)
    names = [
        str(call["path"]).partition("name=")[2].partition("&")[0] for call in calls if isinstance(call, dict)
    ]
    assert names == ["first", "second", "second"]


def test_a_template_that_is_not_live_is_not_waited_for(tmp_path: Path) -> None:
    world = World(tmp_path)
    found = await_review(
        lambda _: world.live(),
        [Key("nobody", "de")],
        timedelta(seconds=60),
        world.clock,
        world.clock.sleep,
        lambda _: None,
    )
    assert world.clock.now == Clock().now
    assert Key("nobody", "de") not in found
