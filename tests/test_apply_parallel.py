"""apply on several names at once: as one at a time, in everything but the time it takes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_apply import KilledError
from tests.test_upsert import CODE
from tests.worlds import World
from wasync.apply import exit_code
from wasync.model.errors import Exit, WasyncError
from wasync.model.outcome import EventKind, State
from wasync.model.template import JSON, Key

LANGUAGES = ("de", "en_US", "es", "fr")
NAMES = tuple(f"name_{number}" for number in range(8))
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


def text(name: str, header: str = "") -> str:
    languages = "".join(f"  {one}:\n{header}    body: A text of {name} in {one}.\n" for one in LANGUAGES)
    return f"category: utility\nlanguages:\n{languages}"


@pytest.fixture(params=[1, 3, 16])
def world(tmp_path: Path, request: pytest.FixtureRequest) -> World:
    made = World(tmp_path, parallelism=request.param)
    for name in NAMES:
        made.write(f"templates/{name}.yaml", text(name))
    return made


def sent(world: World) -> dict[str, list[str]]:
    """The languages of each name, in the order in which the emulator got them."""
    found: dict[str, list[str]] = {}
    for call in world.writes():
        assert isinstance(call, dict)
        payload = call.get("body")
        if isinstance(payload, dict) and "language" in payload:
            found.setdefault(str(payload["name"]), []).append(str(payload["language"]))
    return found


def test_each_name_is_created_in_order_and_told_in_order_of_the_plan(world: World) -> None:
    plan = world.plan()
    outcome = world.apply(plan)
    assert [result.step for result in outcome.results] == list(plan.steps)
    assert {result.state for result in outcome.results} == {State.DONE}
    assert sent(world) == {name: list(LANGUAGES) for name in NAMES}
    ended = [event for event in world.events if event.kind is EventKind.STEP_ENDED]
    assert [event.done for event in ended] == list(range(1, 33))
    world.review()
    assert (world.plan().steps, world.plan().kept) == ((), 32)
    records = world.state.read(world.account.waba_id).applied
    assert {key: record.live_id for key, record in records.items()} == {
        key: row.id for key, row in world.live().items() if key.name != "hello_world"
    }


def test_one_sample_is_uploaded_once(world: World) -> None:
    (world.root / "media").mkdir()
    (world.root / "media" / "hero.png").write_bytes(PICTURE)
    for name in NAMES:
        world.write(
            f"templates/{name}.yaml", text(name, "    header: {format: image, media: ../media/hero.png}\n")
        )
    outcome = world.apply()
    assert {result.state for result in outcome.results} == {State.DONE}
    uploads = [call for call in world.writes() if isinstance(call, dict) and "/uploads" in str(call["path"])]
    assert len(uploads) == 1


def test_a_stop_lets_running_calls_end_and_starts_no_other(world: World) -> None:
    outcome = world.apply(stop=lambda: any(event.kind is EventKind.STEP_STARTED for event in world.events))
    states = [result.state for result in outcome.results]
    assert set(states) == {State.DONE, State.NOT_TRIED}
    assert 1 <= states.count(State.DONE) == len(world.writes()) <= world.parallelism
    assert outcome.stopped == "Interrupted: stopped after the step under way."
    world.apply()
    world.review()
    assert world.plan().steps == ()


def test_a_dead_token_stops_every_worker(world: World) -> None:
    fault: dict[str, JSON] = {"method": "POST", "path": "message_templates", "code": 190, "status": 401}
    world.steer([("fault", fault | {"times": 0})])
    outcome = world.apply()
    states = [result.state for result in outcome.results]
    assert 1 <= states.count(State.FAILED) <= world.parallelism
    assert states.count(State.NOT_TRIED) == 32 - states.count(State.FAILED)
    assert outcome.stopped != ""


def test_meta_shut_stops_every_worker(world: World) -> None:
    fault: dict[str, JSON] = {"method": "POST", "path": "message_templates", "code": 80008}
    world.steer([("fault", fault | {"status": 400, "estimated_minutes": 60, "times": 0})])
    outcome = world.apply()
    assert {result.state for result in outcome.results} == {State.LATER}
    assert exit_code(outcome) == Exit.WAITING
    assert len(world.writes()) <= world.parallelism


def test_the_hour_is_one_for_all_workers(tmp_path: Path) -> None:
    world = World(tmp_path, parallelism=4)
    for number in range(104):
        world.write(
            f"templates/t{number:03}.yaml",
            f"category: utility\nlanguages:\n  en_US:\n    body: The text {number} of many.\n",
        )
    outcome = world.apply()
    assert [result.state for result in outcome.results].count(State.DONE) == 100
    assert len(world.writes()) == 100


def test_what_ends_one_worker_ends_the_run_and_is_not_swallowed(world: World) -> None:
    def emit(event: object) -> None:
        if "name_3" in str(event):
            raise KilledError

    world.events = _Told(emit)
    with pytest.raises(KilledError):
        world.apply()
    world.events = []
    world.apply()
    world.review()
    assert world.plan().steps == ()


class _Told(list):  # type: ignore[type-arg]  # a list of events that is told of each
    def __init__(self, told: Callable[[object], None]) -> None:
        super().__init__()
        self.append = told  # type: ignore[method-assign]  # as above


# -- the category of the first -------------------------------------------------------------------------


def moves(world: World, name: str) -> None:
    """Meta will make this template marketing in the create's answer."""
    world.steer([("review-rule", {"name": name, "outcome": "recategorise", "to": "MARKETING"})])


def test_the_category_of_the_first_decides_about_its_siblings(world: World) -> None:
    moves(world, "name_2")
    outcome = world.apply()
    told = {result.step.key: result for result in outcome.results}
    first = told[Key("name_2", "de")]
    assert (first.state, first.category) == (State.DONE, "MARKETING")
    others = [told[Key("name_2", language)] for language in LANGUAGES[1:]]
    assert {result.state for result in others} == {State.NOT_TRIED}
    assert others[0].message == (
        "Meta made name_2/de marketing, not utility: all languages of a name share one category, so the"
        " others would have to follow."
    )
    assert "wasync drift --accept-category name_2" in others[0].fix
    assert sent(world)["name_2"] == ["de"]
    assert [result.state for result in outcome.results].count(State.DONE) == 29
    assert (exit_code(outcome), outcome.stopped) == (Exit.FAILED, "")


def test_a_run_that_is_resumed_looks_at_the_category_as_well(world: World) -> None:
    plan = world.plan()
    moves(world, "name_2")
    world.apply(plan)
    world.writes()
    outcome = world.apply(plan)
    told = {result.step.key: result for result in outcome.results}
    assert (told[Key("name_2", "de")].state, told[Key("name_2", "de")].category) == (
        State.ALREADY,
        "marketing",
    )
    assert {told[Key("name_2", language)].state for language in LANGUAGES[1:]} == {State.NOT_TRIED}
    assert world.writes() == []


# -- whatever happens ----------------------------------------------------------------------------------

FAULTS: dict[str, dict[str, JSON]] = {
    "refused": {"code": 100, "subcode": 2388040, "status": 400},
    "dead token": {"code": 190, "subcode": 463, "status": 401},
    "busy for a while": {"code": 80008, "status": 400, "estimated_minutes": 1},
    "busy for long": {"code": 80012, "status": 429, "estimated_minutes": 90},
    "busy, unsaid": {"code": 613, "status": 400},
    "fails": {"code": 2},
    "never arrives": {"kind": "drop"},
    "answer lost": {"kind": "drop", "after": True},
    "answer torn": {"kind": "truncate"},
    "page of HTML": {"kind": "html", "after": True},
}
histories = st.lists(
    st.tuples(st.sampled_from(sorted(FAULTS)), st.integers(1, 12), st.sampled_from(["POST", "GET", ""])),
    max_size=4,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, st.integers(1, 5), st.integers(0, 40))
def test_whatever_fails_each_step_has_its_end_and_the_next_run_converges(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[str, int, str]],
    parallelism: int,
    patience: int,
) -> None:
    world = World(tmp_path_factory.mktemp("history"), parallelism=parallelism)
    for name in NAMES[:4]:
        world.write(f"templates/{name}.yaml", text(name))
    world.write("templates/login_code.yaml", CODE)
    plan = world.plan()
    for kind, nth, method in history:
        where: dict[str, JSON] = {"path": "templates", "method": method, "nth": nth, "times": 1}
        world.steer([("fault", where | FAULTS[kind])])
    looks = count()
    with contextlib.suppress(WasyncError):  # live may be what cannot be read
        outcome = world.apply(plan, stop=lambda: next(looks) >= patience)
        assert [result.step for result in outcome.results] == list(plan.steps)
        ended = [event.key for event in world.events if event.kind is EventKind.STEP_ENDED]
        assert sorted(str(key) for key in ended) == [str(result.step.key) for result in outcome.results]
        assert exit_code(outcome) in (Exit.DONE, Exit.FAILED, Exit.WAITING)
    for name, languages in sent(world).items():
        # A repeat after a lost answer is sent once more; the order of a name's languages stays.
        assert list(dict.fromkeys(languages)) == sorted(set(languages)), name
    world.steer([("clear-faults", {})])
    world.clock.sleep(24 * 3600)
    world.apply()
    world.review()
    assert world.plan().steps == ()
    live = [key for key in world.live() if key.name != "hello_world"]
    assert sorted(live) == sorted(step.key for step in plan.steps)
