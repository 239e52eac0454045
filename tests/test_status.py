"""account_status() over a world: how each template stands, since when, and what is left of its edits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.worlds import START, World
from wasync.canonical import from_graph
from wasync.model.plan import AlarmKind
from wasync.model.status import TemplateStatus
from wasync.model.template import JSON
from wasync.status import account_status

ORDER = """\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
"""


def status(world: World) -> TemplateStatus:
    """The one declared template."""
    (found,) = account_status(world.snapshot()).templates
    return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One template, applied at START and approved a minute later; it is an hour later."""
    world = World(tmp_path)
    world.write("templates/order.yaml", ORDER)
    world.apply()
    world.review()
    return world


def test_how_old_it_is_and_what_is_left(world: World) -> None:
    found = status(world)
    assert (found.status, found.updated, found.applied) == (
        "APPROVED",
        START + timedelta(minutes=1),
        START,
    )
    assert (found.edits_left, found.next_edit) == (10, None)


def test_an_edit_is_one_less_for_30_days(world: World) -> None:
    world.write("templates/order.yaml", ORDER.replace("warehouse", "depot"))
    world.apply()
    world.review()
    found = status(world)
    assert found.edits_left == 9
    assert found.next_edit is not None
    world.clock.sleep(2 * 86_400)
    assert (status(world).edits_left, status(world).next_edit) == (9, None)
    world.clock.sleep(30 * 86_400)
    assert status(world).edits_left == 10


def test_of_what_the_state_does_not_know_no_edits_are_told(world: World, tmp_path: Path) -> None:
    (tmp_path / ".wasync/state.json").unlink()
    found = status(world)
    assert (found.applied, found.edits_left, found.next_edit) == (None, None, None)


def test_what_meta_moved_and_why_it_rejected(world: World) -> None:
    world.steer(
        [
            ("recategorise", {"template": "order/en_US"}),
            ("reject", {"template": "order/en_US", "reason": "SCAM"}),
        ]
    )
    found = status(world)
    assert (found.requested, found.category, found.reason) == ("utility", "marketing", "SCAM")
    assert [alarm.kind for alarm in found.alarms] == [AlarmKind.REJECTED, AlarmKind.CATEGORY]
    assert found.edits_left is None


def test_what_meta_does_not_have(world: World) -> None:
    world.steer([("delete", {"template": "order/en_US"})])
    found = status(world)
    assert (found.status, found.category, found.requested, found.updated) == (
        None,
        "utility",
        "utility",
        None,
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-20T09:12:00+0000", datetime(2026, 11, 20, 9, 12, tzinfo=UTC)),
        ("2026-11-20T09:12:00", datetime(2026, 11, 20, 9, 12, tzinfo=UTC)),
        (1_763_629_920, datetime(2025, 11, 20, 9, 12, tzinfo=UTC)),
        ("yesterday", None),
        (10**40, None),
        (True, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_time_is_read_however_it_is_written(value: JSON, expected: datetime | None) -> None:
    assert from_graph({"id": "1", "last_updated_time": value}).updated == expected
