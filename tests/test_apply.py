"""apply: what was shown is done once, whatever happens, and the end says what became of each step."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.worlds import Clock, World
from wasync.apply import exit_code, reviewed
from wasync.model.errors import Exit, WasyncError
from wasync.model.outcome import Outcome, State
from wasync.model.plan import Action
from wasync.model.template import Key
from wasync.state.local import LocalState

ORDER = Key("order", "en_US")


def body(text: str, category: str = "utility") -> str:
    return f"category: {category}\nlanguages:\n  en_US:\n    body: {text}\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.write("templates/order.yaml", body("Your order left our warehouse today."))
    return made


def posts(world: World) -> int:
    return len(world.writes())


def test_apply_then_plan_is_empty(world: World) -> None:
    outcome = world.apply()
    assert [result.state for result in outcome.results] == [State.DONE]
    world.review()
    assert (world.plan().steps, world.plan().kept) == ((), 1)


def test_a_no_op_sends_nothing_that_writes(world: World) -> None:
    world.apply()
    world.review()
    world.writes()
    world.apply()
    assert world.writes() == []


def test_a_create_whose_answer_was_lost_is_found_and_not_sent_again(world: World) -> None:
    world.steer(
        [
            (
                "fault",
                {"method": "POST", "path": "message_templates", "kind": "drop", "after": True, "times": 1},
            )
        ]
    )
    outcome = world.apply()
    assert [result.state for result in outcome.results] == [State.DONE]
    assert posts(world) == 1
    assert [key for key in world.live() if key.name == "order"] == [ORDER]


def test_a_create_that_never_arrived_is_sent_again(world: World) -> None:
    world.steer([("fault", {"method": "POST", "path": "message_templates", "kind": "drop", "times": 1})])
    outcome = world.apply()
    assert [result.state for result in outcome.results] == [State.DONE]
    assert [key for key in world.live() if key.name == "order"] == [ORDER]


def test_an_edit_whose_answer_was_lost_is_not_spent_twice(world: World) -> None:
    world.apply()
    world.review()
    world.write("templates/order.yaml", body("Your order left our depot today."))
    live_id = world.live()[ORDER].id
    world.writes()
    world.steer([("fault", {"method": "POST", "path": live_id, "kind": "drop", "after": True, "times": 1})])
    outcome = world.apply()
    assert [result.state for result in outcome.results] == [State.DONE]
    assert posts(world) == 1
    world.review()
    assert world.plan().steps == ()


def test_a_delete_whose_answer_was_lost_is_done(world: World) -> None:
    world.apply()
    world.review()
    world.write("templates/order.yaml", "absent: true\n")
    world.write("templates/other.yaml", body("Another text that stays as it is."))
    world.steer(
        [
            (
                "fault",
                {"method": "DELETE", "path": "message_templates", "kind": "drop", "after": True, "times": 1},
            )
        ]
    )
    outcome = world.apply()
    assert [result.state for result in outcome.results] == [State.DONE, State.DONE]
    assert ORDER not in world.live()
    assert ORDER in world.state.read(world.account.waba_id).locks


def test_a_failure_does_not_stop_its_neighbours(world: World) -> None:
    world.write("templates/a_first.yaml", body("The first of the two texts here."))
    world.steer(
        [
            (
                "fault",
                {
                    "method": "POST",
                    "path": "message_templates",
                    "code": 100,
                    "subcode": 2388293,
                    "status": 400,
                    "times": 1,
                },
            )
        ]
    )
    outcome = world.apply()
    assert [(str(result.step.key), result.state) for result in outcome.results] == [
        ("a_first/en_US", State.FAILED),
        ("order/en_US", State.DONE),
    ]
    assert (outcome.results[0].code, outcome.results[0].subcode) == (100, 2388293)
    assert outcome.stopped == ""


def test_an_error_of_the_token_stops_the_run(world: World) -> None:
    world.write("templates/a_first.yaml", body("The first of the two texts here."))
    world.steer(
        [
            (
                "fault",
                {"method": "POST", "path": "message_templates", "code": 190, "subcode": 463, "status": 401},
            )
        ]
    )
    outcome = world.apply()
    assert [result.state for result in outcome.results] == [State.FAILED, State.NOT_TRIED]
    assert outcome.stopped != ""


def test_a_person_stops_the_run_after_the_step_under_way(world: World) -> None:
    world.write("templates/a_first.yaml", body("The first of the two texts here."))
    asked = iter([False, True])
    outcome = world.apply(stop=lambda: next(asked))
    assert [result.state for result in outcome.results] == [State.DONE, State.NOT_TRIED]
    assert world.state.read(world.account.waba_id).interrupted is not None
    world.apply()
    world.review()
    assert world.plan().steps == ()


def test_read_only_sends_nothing(world: World) -> None:
    with pytest.raises(WasyncError, match="read-only"):
        world.graph(read_only=True).create(world.account.waba_id, {"name": "x"})
    assert world.writes() == []


class KilledError(BaseException):
    """Stands for kill -9: nothing of ours may catch it."""


@dataclass
class DyingClock(Clock):
    """A clock at whose nth reading the process dies; the walk reads it around every operation."""

    left: int = 0

    def __call__(self) -> datetime:
        self.left -= 1
        if self.left == 0:
            raise KilledError
        return self.now


@pytest.mark.parametrize("moment", range(1, 19))
def test_killed_between_any_two_operations_the_next_run_converges(world: World, moment: int) -> None:
    world.write("templates/second.yaml", body("Another text, which is sent as well."))
    plan = world.plan()
    alive = world.clock
    world.clock = DyingClock(alive.now, left=moment)
    with contextlib.suppress(KilledError):
        world.apply(plan)
    world.clock = alive
    world.state = LocalState(world.root / ".wasync" / "state.json")
    world.apply()
    world.review()
    assert world.plan().steps == ()
    assert sorted(key.name for key in world.live()) == ["hello_world", "order", "second"]


# -- what live alone cannot tell -----------------------------------------------------------------------


def in_sync(world: World) -> str:
    """Bring the world in sync, forget what was sent, and return the live id of the order."""
    world.apply()
    world.review()
    world.writes()
    return world.live()[ORDER].id


def test_samples_whose_answer_was_lost_are_not_sent_blindly_again(world: World) -> None:
    live_id = in_sync(world)
    world.emulator.world.settings.review_seconds = 0
    world.steer([("fault", {"method": "POST", "path": live_id, "kind": "drop", "after": True, "times": 1})])
    outcome = world.apply(allowed={"resend": ("order",)})
    assert [(result.state, result.message) for result in outcome.results] == [
        (
            State.FAILED,
            "order/en_US: the answer was lost. Live cannot tell whether Meta took the samples.",
        )
    ]
    assert posts(world) == 1


def test_a_saved_plan_that_resends_is_done_once(world: World) -> None:
    in_sync(world)
    plan = world.plan({"resend": ("order",)})
    world.clock.sleep(1)
    assert [result.state for result in world.apply(plan).results] == [State.DONE]
    world.review()
    assert [result.state for result in world.apply(plan).results] == [State.ALREADY]
    assert posts(world) == 1


def test_a_delete_nobody_can_look_up_is_remembered_as_begun(world: World) -> None:
    in_sync(world)
    world.write("templates/order.yaml", "absent: true\n")
    world.write("templates/other.yaml", body("Another text that stays as it is."))
    plan = world.plan()
    world.steer(
        [
            (
                "fault",
                {"method": "DELETE", "path": "message_templates", "kind": "drop", "after": True, "times": 0},
            ),
            ("fault", {"method": "GET", "path": "name=order", "kind": "drop", "times": 0}),
        ]
    )
    outcome = world.apply(plan)
    assert outcome.results[0].state is State.FAILED
    assert "the answer was lost" in outcome.results[0].message
    assert ORDER in world.state.read(world.account.waba_id).locks


def test_a_template_the_listing_does_not_show_yet_still_waits_for_its_review(world: World) -> None:
    outcome = reviewed(world.apply(), {})
    assert [result.state for result in outcome.results] == [State.WAITING]
    assert exit_code(outcome) == Exit.WAITING


def test_what_could_not_be_recorded_is_no_success(world: World) -> None:
    outcome = Outcome("production", (), stopped="journal.jsonl: cannot write: No space left on device.")
    assert exit_code(outcome) == Exit.FAILED


def test_a_template_that_the_listing_left_out_is_found_and_not_created_again(world: World) -> None:
    world.apply()
    world.review()
    world.writes()
    world.steer([("fault", {"kind": "short", "path": "message_templates", "rows": 1})])
    outcome = world.apply()
    assert [(result.step.action, result.state) for result in outcome.results] == [(Action.CREATE, State.DONE)]
    assert world.plan().steps == ()


def test_a_template_that_the_listing_left_out_and_that_differs_is_told(world: World) -> None:
    world.apply()
    world.review()
    world.writes()
    world.write("templates/order.yaml", body("Your order left our depot today."))
    world.steer([("fault", {"kind": "short", "path": "message_templates", "rows": 1})])
    (result,) = world.apply().results
    assert (result.state, result.step.action) == (State.FAILED, Action.CREATE)
    assert (result.subcode, len(world.writes())) == (2388024, 1)
    world.apply()
    world.review()
    assert world.plan().steps == ()


def test_languages_that_the_listing_left_out_are_not_edited_by_an_upsert(world: World) -> None:
    world.write(
        "templates/code.yaml",
        "category: authentication\nlanguages: [en_US, es_MX]\nauthentication: {otp: {type: copy_code}}\n",
    )
    world.apply()
    world.review()
    world.writes()
    world.steer([("fault", {"kind": "short", "path": "message_templates", "rows": 3})])
    world.apply()
    assert [call for call in world.writes() if "upsert" in str(call)] == []
    assert [one.edits for one in world.emulator.world.templates.values()] == [[]] * 4
    world.review()
    assert world.plan().steps == ()


def test_languages_that_two_readings_left_out_are_not_edited_by_an_upsert(world: World) -> None:
    """Found by the randomised machine (history 17118): the look before the upsert was short as well."""
    code = "category: authentication\nlanguages: [{}]\nauthentication: {{otp: {{type: copy_code}}}}\n"
    world.write("templates/code.yaml", code.format("fr"))
    world.apply()
    world.review()
    world.write("templates/code.yaml", code.format("de, en_US, fr"))
    for _ in range(2):
        world.steer([("fault", {"kind": "short", "path": "message_templates", "rows": 2})])
    world.apply()
    assert [one.edits for one in world.emulator.world.templates.values() if one.edits] == []
    world.apply()
    world.review()
    assert world.plan().steps == ()
