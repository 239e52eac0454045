"""Lines of events: each line of real runs fits the published schema, closed, whatever became of the steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.command_line import Run, Shop, shop
from tests.event_lines import event_lines
from wasync.cli.events import Teller
from wasync.model.outcome import Event, EventKind, State
from wasync.model.template import JSON

__all__ = ["shop"]


def events(run: Run) -> list[Any]:
    """The events of a run: each line valid, in order of time, with one account, the last one its end."""
    found = event_lines(run.out)
    times = [datetime.fromisoformat(event["at"]) for event in found]
    assert all(before <= after for before, after in pairwise(times))
    assert {event["account"] for event in found if "account" in event} == {"production"}
    return found


def rows(*names: str, **more: JSON) -> list[JSON]:
    return [
        {
            "name": name,
            "language": "en_US",
            "category": "UTILITY",
            "status": "APPROVED",
            "components": [{"type": "BODY", "text": "Your table is ready."}],
            **more,
        }
        for name in names
    ]


def created_and_reviewed(shop: Shop) -> Run:
    """One that Meta approves, one that it rejects, one in another category, one in review for long."""
    for name, outcome in (("bad", "reject"), ("moved", "recategorise"), ("slow", "hold")):
        shop.template("Your table is ready, dear guest.", name)
        shop.emulator.control("review-rule", name=name, outcome=outcome, reason="SCAM", to="MARKETING")
    return shop.run("apply", "--auto-approve", "--wait", "--timeout", "0", "--format", "json")


def updated_and_deleted(shop: Shop) -> Run:
    shop.seed(*rows("welcome", "gone"))
    shop.template("Your table is waiting.")
    shop.write("templates/gone.yaml", "languages: {en_US: absent}\n")
    return shop.run("apply", "--auto-approve", "--format", "json")


def paused(shop: Shop) -> Run:
    shop.fault(method="POST", path="message_templates", code=80008, estimated_minutes=1, times=1)
    return shop.run("apply", "--auto-approve", "--format", "json", "--max-wait", "600")


def put_off(shop: Shop) -> Run:
    shop.template("Your bill is ready.", "bill")
    shop.fault(method="POST", path="message_templates", code=80008, estimated_minutes=90, times=1)
    return shop.run("apply", "--auto-approve", "--format", "json")


def refused_by_meta(shop: Shop) -> Run:
    shop.template("Your bill is ready.", "bill")
    shop.fault(method="POST", path="message_templates", code=100, subcode=2388040, times=1)
    return shop.run("apply", "--auto-approve", "--format", "json")


def stopped(shop: Shop) -> Run:
    shop.template("Your bill is ready.", "bill")
    shop.fault(method="POST", path="message_templates", code=190, times=1)
    return shop.run("apply", "--auto-approve", "--format", "json")


def done_already(shop: Shop) -> Run:
    shop.run("plan", "--out", "plan.json")
    shop.run("apply", "plan.json")
    return shop.run("apply", "plan.json", "--format", "json")


def nothing_to_do(shop: Shop) -> Run:
    shop.seed(*rows("welcome"))
    return shop.run("apply", "--auto-approve", "--format", "json")


def waited(shop: Shop) -> Run:
    shop.emulator.control("review-rule", name="welcome", outcome="hold")
    shop.run("apply", "--auto-approve")
    return shop.run("wait", "--timeout", "0.1", "--format", "json")


def in_parallel(shop: Shop) -> Run:
    for number in range(8):
        shop.template(f"Your table number {number} is ready.", f"t{number}")
    return shop.run("apply", "--auto-approve", "--format", "json", "--parallelism", "4")


@pytest.mark.parametrize(
    ("how", "code", "kinds", "states"),
    [
        (created_and_reviewed, 4, "step reviewed", "done waiting"),
        (updated_and_deleted, 0, "step", "done"),
        (paused, 0, "step paused", "done"),
        (put_off, 3, "step", "later"),
        (refused_by_meta, 1, "step", "failed done"),
        (stopped, 1, "step", "failed not_tried"),
        (done_already, 0, "step", "already"),
        (nothing_to_do, 0, "", ""),
        (waited, 3, "waiting", ""),
        (in_parallel, 0, "step", "done"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_every_line_of_a_run_fits_the_schema(
    how: Callable[[Shop], Run], code: int, kinds: str, states: str, shop: Shop
) -> None:
    run = how(shop)
    found = events(run)
    assert run.code == code
    assert {event["event"].split("_")[0] for event in found} - {"apply"} == set(kinds.split())
    ends = [event["result"]["state"] for event in found if event["event"] == "step_ended"]
    if how is waited:
        assert ends == []
        return
    assert [found[0]["event"], found[-1]["event"]] == ["apply_started", "apply_ended"]
    outcome = found[-1]["outcome"]
    assert {result["state"] for result in outcome["results"]} == set(states.split())
    assert len(ends) == len(outcome["results"]) == found[0]["total"]
    assert outcome["summary"] == {
        state: sum(result["state"] == state for result in outcome["results"]) for state in State
    }


def test_lines_of_several_threads_are_in_order_of_time(capsys: pytest.CaptureFixture[str]) -> None:
    teller, moment = Teller(as_json=True), datetime(2026, 11, 27, tzinfo=UTC)
    for seconds in (1, 0, 2):
        teller.tell(Event(EventKind.PAUSED, moment + timedelta(seconds=seconds), seconds=1))
    times = [event["at"][17:19] for event in event_lines(capsys.readouterr().out)]
    assert times == ["01", "01", "02"]
