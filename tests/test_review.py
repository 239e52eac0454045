"""Waiting for review: growing gaps, a deadline, and what counts as decided."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.worlds import Clock, World
from wasync.model.errors import GraphError
from wasync.model.live import Live
from wasync.model.outcome import Event, EventKind
from wasync.model.template import Key, Place, Template
from wasync.review import LONGEST_GAP, await_review
from wasync.snapshot import live_of

ORDER = Key("order", "en_US")
PLACE = Place("templates/order.yaml", 3)


def live(status: str) -> dict[Key, Live]:
    reason = "SCAM" if status == "REJECTED" else None
    return {ORDER: Live(Template(ORDER, "utility", {}), "1", status, rejected_reason=reason)}


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


DOWN = GraphError("Cannot read templates: Meta failed.", "Run again.", status=503)
LOST = GraphError("Cannot read templates: the connection dropped.", "Run again.")
EXPIRED = GraphError("The token has expired.", "Make a new one.", status=401, code=190, stops_run=True)
RATIONED = GraphError("Too many calls.", "Run again.", status=400, code=80008, wait_seconds=120)


def wait_through(
    answers: list[str | GraphError], timeout: float = 900, seconds: float = 0
) -> tuple[Clock, list[Event]]:
    """Wait while each read takes `seconds` and gives the next of `answers`, the last again and again."""
    clock, events, left = Clock(), list[Event](), list(answers)

    def read(_: object) -> dict[Key, Live]:
        clock.sleep(seconds)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, GraphError):
            raise answer
        return live(answer)

    await_review(read, [ORDER], timedelta(seconds=timeout), clock, clock.sleep, events.append, {ORDER: PLACE})
    return clock, events


def test_a_failing_poll_does_not_end_the_waiting() -> None:
    _, events = wait_through([DOWN, "PENDING", LOST, "APPROVED"])
    assert [(event.kind, event.message) for event in events] == [
        (EventKind.WAITING, DOWN.message),
        (EventKind.WAITING, ""),
        (EventKind.WAITING, LOST.message),
        (EventKind.REVIEWED, ""),
    ]


def test_a_rationed_poll_waits_as_long_as_meta_says() -> None:
    _, events = wait_through([RATIONED, "APPROVED"])
    assert [event.seconds for event in events if event.kind is EventKind.WAITING] == [120]


def test_what_does_not_pass_ends_the_waiting() -> None:
    with pytest.raises(GraphError) as ended:
        wait_through(["PENDING", EXPIRED])
    assert ended.value is EXPIRED


def test_at_the_end_of_the_time_only_what_was_never_read_is_an_error() -> None:
    clock, _ = wait_through(["PENDING", DOWN], timeout=100)
    assert (clock() - Clock().now).total_seconds() == pytest.approx(100)
    with pytest.raises(GraphError) as ended:
        wait_through([DOWN], timeout=100)
    assert ended.value is DOWN


def test_a_pause_longer_than_the_time_ends_it_at_once() -> None:
    clock, _ = wait_through(["PENDING", RATIONED], timeout=60)
    assert (clock() - Clock().now).total_seconds() < 2


@pytest.mark.parametrize("seconds", [0.5, 7, 45])
def test_slow_reading_keeps_the_deadline(seconds: float) -> None:
    clock, _ = wait_through(["PENDING"], timeout=100, seconds=seconds)
    assert (clock() - Clock().now).total_seconds() <= 100


def test_a_verdict_has_its_reason_category_and_place() -> None:
    _, (event,) = wait_through(["REJECTED"])
    assert (event.status, event.category, event.rejected_reason, event.place) == (
        "REJECTED",
        "utility",
        "SCAM",
        PLACE,
    )
