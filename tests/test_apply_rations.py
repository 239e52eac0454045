"""apply and what Meta rations: later batches wait or are told with their time, and nothing is exceeded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.worlds import START, World
from wasync.apply import exit_code
from wasync.model.errors import Exit
from wasync.model.outcome import Event, EventKind, Outcome, State
from wasync.model.template import JSON, Key

MANY = 104
HOUR_AND_MARGIN = timedelta(minutes=62)


def body(text: str) -> str:
    return f"category: utility\nlanguages:\n  en_US:\n    body: {text}\n"


def fill(world: World, count: int = MANY) -> None:
    for number in range(count):
        world.write(f"templates/t{number:03}.yaml", body(f"The text number {number} of many."))


def fill_others(world: World, count: int) -> None:
    for number in range(count):
        world.write(f"templates/other{number:03}.yaml", body(f"Another text, number {number} of many."))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def states(outcome: Outcome) -> dict[State, int]:
    return dict(Counter(result.state for result in outcome.results))


def busy(world: World, minutes: int, nth: int = 1, code: int = 80008, **more: JSON) -> None:
    given: dict[str, JSON] = {"method": "POST", "path": "message_templates", "times": 1, "nth": nth}
    world.steer([("fault", given | {"code": code, "status": 400, "estimated_minutes": minutes} | more)])


def test_a_batch_that_may_be_waited_for_is_sent_in_its_hour(world: World) -> None:
    fill(world)
    world.max_wait = 3800
    outcome = world.apply()
    assert states(outcome) == {State.DONE: MANY}
    assert exit_code(outcome) == Exit.DONE
    [paused] = [event for event in world.events if event.kind is EventKind.PAUSED]
    assert (paused.seconds, paused.message) == (3720.0, "the 100 creations of an hour are used up")
    assert world.clock.now == START + HOUR_AND_MARGIN


def test_a_batch_that_is_too_long_to_wait_for_is_told_with_its_time(world: World) -> None:
    fill(world)
    plan = world.plan()
    outcome = world.apply(plan)
    assert states(outcome) == {State.DONE: 100, State.LATER: 4}
    assert exit_code(outcome) == Exit.WAITING
    last = outcome.results[-1]
    assert (last.not_before, last.message) == (
        START + HOUR_AND_MARGIN,
        "The 100 creations of an hour are used up.",
    )
    assert world.clock.now == START
    # The plan stays begun: the same command goes on.
    assert world.state.read(world.account.waba_id).interrupted == plan.fingerprint
    world.clock.sleep(3720)
    assert states(world.apply(plan)) == {State.ALREADY: 100, State.DONE: 4}
    world.review()
    assert world.plan().steps == ()


def test_what_is_free_is_done_before_the_run_waits(world: World) -> None:
    world.write("templates/zz_update.yaml", body("An old text, to be changed soon."))
    world.apply()
    world.review()
    fill(world)
    world.write("templates/zz_update.yaml", body("A new text, which is sent at once."))
    outcome = world.apply()
    assert states(outcome) == {State.DONE: 101, State.LATER: 4}
    assert outcome.results[-1].state is State.DONE
    keys = [result.step.key for result in outcome.results]
    assert keys == sorted(keys)


def test_a_slow_run_never_exceeds_the_hour(world: World) -> None:
    """Each create counts from when it was sent, not from when the run began."""
    fill(world, 210)
    world.emulator.world.settings.latency_seconds = 7
    world.max_wait = 20_000
    assert states(world.apply()) == {State.DONE: 210}
    assert max(in_any_hour(world)) == 100


def in_any_hour(world: World) -> list[int]:
    """How many templates were made in the hour before each was."""
    ended = [
        event.at for event in world.events if event.kind is EventKind.STEP_STARTED and event.key is not None
    ]
    return [sum(at - timedelta(hours=1) < one <= at for one in ended) for at in ended]


def test_who_stops_the_waiting_stops_the_run(world: World) -> None:
    fill(world)
    world.max_wait = 4000
    outcome = world.apply(stop=lambda: world.clock.now > START + timedelta(seconds=5))
    assert states(outcome) == {State.DONE: 100, State.NOT_TRIED: 4}
    assert outcome.stopped == "Interrupted: stopped after the step under way."
    assert world.clock.now == START + timedelta(seconds=6)


def test_a_failure_beside_waiting_is_a_failure(world: World) -> None:
    fill(world)
    world.steer(
        [("fault", {"method": "POST", "path": "message_templates", "code": 100, "status": 400, "times": 1})]
    )
    outcome = world.apply()
    # The refused one takes none of the hour's, but nothing is sent before the plan said.
    assert states(outcome) == {State.FAILED: 1, State.DONE: 99, State.LATER: 4}
    assert exit_code(outcome) == Exit.FAILED


@pytest.mark.parametrize("code", [4, 613, 80008, 80012])
def test_meta_shut_for_longer_than_the_run_may_wait(world: World, code: int) -> None:
    fill(world, 5)
    busy(world, minutes=30, nth=3, code=code)
    plan = world.plan()
    outcome = world.apply(plan)
    assert states(outcome) == {State.DONE: 2, State.LATER: 3}
    assert (exit_code(outcome), outcome.stopped) == (Exit.WAITING, "")
    assert {result.not_before for result in outcome.results[2:]} == {START + timedelta(minutes=30)}
    refused = outcome.results[2]
    assert "longer than this run may wait" in refused.message
    assert (refused.code, refused.fix.split(";")[0]) == (code, "Run again in 30 min")
    assert len(world.writes()) == 3
    world.clock.sleep(1800)
    assert states(world.apply(plan)) == {State.ALREADY: 2, State.DONE: 3}


def test_what_was_refused_takes_none_of_the_hours(world: World) -> None:
    fill(world, 60)
    plan = world.plan()
    for number in range(60):
        (world.root / f"templates/t{number:03}.yaml").unlink()
    fill_others(world, 50)
    fault: dict[str, JSON] = {"method": "POST", "path": "message_templates", "code": 100, "status": 400}
    world.steer([("fault", fault | {"times": 5})])
    world.apply()
    world.steer([("fault", fault | {"times": 5})])
    assert states(world.apply(plan)) == {State.FAILED: 5, State.DONE: 55}


def test_one_budget_for_batches_and_pauses(world: World) -> None:
    fill(world)
    world.max_wait = 3720 + 299
    busy(world, minutes=5)
    outcome = world.apply()
    # The five minutes Meta asked for leave too little for the batch.
    assert states(outcome) == {State.DONE: 100, State.LATER: 4}
    assert world.clock.now == START + timedelta(minutes=5)


def test_shut_while_looking_up_a_lost_answer(world: World) -> None:
    fill(world, 3)
    drop: JSON = {"method": "POST", "path": "message_templates", "kind": "drop", "after": True, "times": 1}
    assert isinstance(drop, dict)
    shut: JSON = {"method": "GET", "path": "name=t000", "code": 80008, "estimated_minutes": 30, "times": 1}
    assert isinstance(shut, dict)
    world.steer([("fault", drop), ("fault", shut)])
    outcome = world.apply()
    assert states(outcome) == {State.FAILED: 1, State.LATER: 2}
    assert "the answer was lost" in outcome.results[0].message
    assert (exit_code(outcome), len(world.writes())) == (Exit.FAILED, 1)
    world.clock.sleep(1800)
    assert states(world.apply()) == {State.DONE: 2}


def test_a_saved_plan_counts_what_others_created_meanwhile(world: World) -> None:
    fill(world, 60)
    plan = world.plan()
    assert all(step.not_before is None for step in plan.steps)
    for number in range(60):
        (world.root / f"templates/t{number:03}.yaml").unlink()
    fill_others(world, 60)
    world.apply()
    assert states(world.apply(plan)) == {State.DONE: 40, State.LATER: 20}
    world.clock.sleep(3720)
    assert states(world.apply(plan)) == {State.ALREADY: 40, State.DONE: 20}


def test_a_plan_made_for_a_later_hour_is_counted_anew(world: World) -> None:
    """Its times were right when it was made; the hour has passed since, and the run was interrupted."""
    fill(world, 130)
    plan = world.plan()
    asked = iter([*[False] * 50, *[True] * 80])
    assert states(world.apply(plan, stop=lambda: next(asked)))[State.DONE] == 50
    world.clock.sleep(1800)
    outcome = world.apply(plan)
    assert states(outcome) == {State.ALREADY: 50, State.DONE: 50, State.LATER: 30}
    assert {result.not_before for result in outcome.results[100:]} == {START + HOUR_AND_MARGIN}
    world.clock.sleep(1920)
    assert states(world.apply(plan)) == {State.ALREADY: 100, State.DONE: 30}


def test_an_edit_whose_turn_was_used_up_meanwhile_is_not_sent(world: World) -> None:
    world.write("templates/order.yaml", body("The first text of the order."))
    world.write("templates/other.yaml", body("The first text of another one."))
    world.apply()
    world.review()
    world.write("templates/order.yaml", body("The second text of the order."))
    plan = world.plan()
    world.apply(plan)
    edited = world.clock.now
    world.review()
    # By hand it is put back, so that the saved plan fits live again; the edit is spent all the same.
    world.steer([("edit", {"template": "order/en_US", "body": "The first text of the order."})])
    world.writes()
    outcome = world.apply(plan)
    [result] = outcome.results
    assert (result.state, result.message) == (State.LATER, "The one edit of 24 hours is used up.")
    assert result.not_before == edited + timedelta(days=1, minutes=2)
    assert (exit_code(outcome), world.writes()) == (Exit.WAITING, [])
    world.clock.sleep(24 * 3600)
    assert states(world.apply(plan)) == {State.DONE: 1}


class Meanwhile(list[Event]):
    """The events told, and what other people do while a batch is waited for."""

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self._do = do

    def append(self, event: Event) -> None:
        super().append(event)
        if event.kind is EventKind.PAUSED:
            self._do()


def seeded(name: str, text: str) -> tuple[str, dict[str, JSON]]:
    template: dict[str, JSON] = {
        "name": name,
        "language": "en_US",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": text}],
    }
    return "seed", {"templates": [template]}


@pytest.mark.parametrize("parallelism", [1, 4])
def test_after_the_wait_live_is_looked_at_again(world: World, parallelism: int) -> None:
    fill(world)
    world.max_wait, world.parallelism = 3800, parallelism

    def by_hand() -> None:
        world.steer([seeded("t101", "The text number 101 of many."), seeded("t102", "A hand wrote this.")])

    world.events = Meanwhile(by_hand)
    outcome = world.apply()
    assert states(outcome) == {State.DONE: 102, State.ALREADY: 1, State.STALE: 1}
    assert [result.state for result in outcome.results[100:]] == [
        State.DONE,
        State.ALREADY,
        State.STALE,
        State.DONE,
    ]
    assert exit_code(outcome) == Exit.STALE


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        ({"code": 190, "subcode": 463, "status": 401}, State.NOT_TRIED, Exit.FAILED),
        ({"code": 80008, "estimated_minutes": 30}, State.LATER, Exit.WAITING),
    ],
    ids=["a dead token", "too many calls"],
)
def test_live_that_cannot_be_read_after_the_wait(
    world: World, fault: dict[str, JSON], state: State, code: int
) -> None:
    fill(world)
    world.max_wait = 3800
    given: dict[str, JSON] = {"method": "GET", "path": "templates", **fault}
    world.events = Meanwhile(lambda: world.steer([("fault", given)]))
    outcome = world.apply()
    assert states(outcome) == {State.DONE: 100, state: 4}
    assert exit_code(outcome) == code


CODE = """\
category: authentication
authentication: {otp: {type: copy_code}}
languages: [de, en_US, fr, it]
"""


def test_languages_that_go_together_wait_together(world: World) -> None:
    fill(world, 98)
    world.write("templates/zz_code.yaml", CODE)
    outcome = world.apply()
    assert states(outcome) == {State.DONE: 98, State.LATER: 4}
    world.clock.sleep(3720)
    assert states(world.apply()) == {State.DONE: 4}


def test_an_upsert_that_is_shut_out_is_later_in_every_language(world: World) -> None:
    world.write("templates/code.yaml", CODE)
    world.write("templates/zz.yaml", body("A text that comes after the code."))
    busy(world, minutes=30, path="upsert")
    outcome = world.apply()
    assert states(outcome) == {State.LATER: 5}
    assert exit_code(outcome) == Exit.WAITING


def test_the_first_language_waits_with_the_others(world: World) -> None:
    """No later language of a name is created before an earlier one."""
    fill(world, 99)
    languages = "".join(f"  {one}:\n    body: A text in {one}.\n" for one in ("de", "en_US", "fr"))
    world.write("templates/zz.yaml", f"category: utility\nlanguages:\n{languages}")
    outcome = world.apply()
    assert [(result.step.key, result.state) for result in outcome.results[99:]] == [
        (Key("zz", "de"), State.DONE),
        (Key("zz", "en_US"), State.LATER),
        (Key("zz", "fr"), State.LATER),
    ]


def test_how_long_the_rest_takes_is_measured_in_this_run(world: World) -> None:
    fill(world, 6)
    world.emulator.world.settings.latency_seconds = 4
    world.apply()
    ended = [event for event in world.events if event.kind is EventKind.STEP_ENDED]
    assert [(event.done, event.total, event.left) for event in ended] == [
        (1, 6, None),
        (2, 6, None),
        (3, 6, 12.0),
        (4, 6, 8.0),
        (5, 6, 4.0),
        (6, 6, 0.0),
    ]


def test_waiting_for_a_batch_is_no_pace(world: World) -> None:
    fill(world)
    world.max_wait = 3800
    world.emulator.world.settings.latency_seconds = 1
    world.apply()
    ended = [event for event in world.events if event.kind is EventKind.STEP_ENDED]
    assert ended[100].left == pytest.approx(3.0, abs=1)
    assert ended[99].left is not None
    assert all(isinstance(event.at, datetime) for event in ended)
