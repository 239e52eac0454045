"""Scenarios: a folder a case; the plan's and the outcome's text compared whole, then planned again.

    before*/       templates applied first, folder after folder, each reviewed, and so known to the state
                   (optional)
    events.json    [[operation, {...}], ...] for the emulator's control: hands, reviews, time (optional)
    wasync.yaml    the project file, when it is not the plain one (optional)
    templates/     what the files say now
    run.json       {"overwrite": [...], "allow_deletes": 3, "targets": [...], ...} of this run (optional)
    plan.txt       the plan
    outcome.txt    what apply said it did
    gc.txt         what gc then says and does (optional)
    again.txt      the second plan after review and gc; without this file it must be "No changes."

WASYNC_WRITE_GOLDEN=1 writes the texts instead of comparing; look at them before you commit.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.worlds import World
from wasync.model.plan import Action, Reason
from wasync.render.outcome_text import outcome_text
from wasync.render.plan_text import plan_text

CASES = sorted(
    path for path in (Path(__file__).parent / "scenarios").iterdir() if (path / "templates").is_dir()
)


def world_of(case: Path, tmp_path: Path) -> World:
    """Bring about what the case begins with."""
    root = tmp_path / "project"
    root.mkdir(parents=True)
    if (case / "wasync.yaml").exists():
        shutil.copy(case / "wasync.yaml", root)
    world = World(root)
    for before in sorted(case.glob("before*")):
        shutil.copytree(before, root / "templates")
        world.apply()
        world.review()
        shutil.rmtree(root / "templates")
    if (case / "events.json").exists():
        world.steer(json.loads((case / "events.json").read_text(encoding="utf-8")))
    shutil.copytree(case / "templates", root / "templates")
    return world


def allowed_by(case: Path) -> dict[str, object]:
    """What this run allows itself: run.json, lists as tuples."""
    path = case / "run.json"
    run = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in run.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_scenario(case: Path, tmp_path: Path) -> None:
    world = world_of(case, tmp_path)
    allowed = allowed_by(case)

    plan = world.plan(allowed)
    world.writes()
    compare(case / "plan.txt", plan_text(plan))
    if plan.refusals:
        return
    outcome = world.apply(allowed=allowed)
    compare(case / "outcome.txt", outcome_text(outcome))
    if not plan.steps or all(step.action is Action.HOLD for step in plan.steps):
        assert world.writes() == [], "a plan without work sends nothing that writes"

    world.review()
    if (case / "gc.txt").exists():
        collected = world.gc(allowed)
        compare(case / "gc.txt", plan_text(collected, empty="Nothing to collect."))
        if not collected.refusals:
            world.apply(collected)
            assert all(step.action is Action.HOLD for step in world.gc(allowed).steps), "gc does all at once"
    again = plan_text(world.plan())
    if (case / "again.txt").exists():
        compare(case / "again.txt", again)
    else:
        assert "\nNo changes." in again, again


def compare(golden: Path, text: str) -> None:
    """Compare a whole text with its golden file, or write it when asked."""
    if os.environ.get("WASYNC_WRITE_GOLDEN"):
        golden.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    assert text.rstrip("\n") + "\n" == golden.read_text(encoding="utf-8")


def test_the_scenarios_reach_every_action_and_reason(tmp_path: Path) -> None:
    worlds = [world_of(case, tmp_path / str(number)) for number, case in enumerate(CASES)]
    steps = [
        step
        for world, case in zip(worlds, CASES, strict=True)
        for plan in (world.plan(allowed_by(case)), world.gc(allowed_by(case)))
        for step in plan.steps
    ]
    # KEEP and its reason are counted, never steps.
    assert {step.action for step in steps} == set(Action) - {Action.KEEP}
    assert {step.reason for step in steps} == set(Reason) - {Reason.EQUAL, Reason.NOT_APPROVED}
