"""The pace of one account: what one client learns counts for its siblings, and one budget for all."""

from __future__ import annotations

import json
import threading

import pytest

from tests.graph_wire import WABA, Clock, Reply, Wire, graph, refusal
from wasync.graph.client import Graph
from wasync.graph.pace import Pace
from wasync.graph.throttle import Usage
from wasync.model.errors import Exit, GraphError

OK = Reply({"id": "1"})


def usage(percent: float, minutes: float = 0) -> dict[str, str]:
    limit = {"type": "whatsapp_business_management", "call_count": percent, "total_cputime": 1}
    told = {WABA: [limit | {"estimated_time_to_regain_access": minutes}]}
    return {"X-Business-Use-Case-Usage": json.dumps(told)}


def test_a_sibling_waits_for_what_the_other_was_told() -> None:
    clock, wire = Clock(), Wire(Reply({"id": "1"}, headers=usage(100, 2)), OK)
    client = graph(wire, clock)
    client.me()
    client.sibling().me()
    assert clock.slept == [120.0]


def test_siblings_spend_one_budget() -> None:
    clock = Clock()
    wire = Wire(refusal(80008, headers=usage(10, 6)), OK, refusal(80012, headers=usage(10, 6)))
    client = graph(wire, clock, max_wait=600)
    client.me()
    with pytest.raises(GraphError) as caught:
        client.sibling().me()
    assert (caught.value.code, caught.value.wait_seconds, clock.slept) == (Exit.WAITING, 360.0, [360.0])


def test_siblings_are_spread_near_the_limit() -> None:
    clock, wire = Clock(), Wire(Reply({"id": "1"}, headers=usage(90)), OK, OK)
    client = graph(wire, clock)
    client.me()
    pace = client.pace
    turns = [0.0, 0.0]
    for index in range(2):
        before = clock.now
        pace.take_turn()
        turns[index] = clock.now - before
        clock.now = before  # both ask at the same moment
    assert turns == [3.0, 6.0]


def test_who_waits_through_the_same_minutes_spends_them_once() -> None:
    clock, paused = Clock(), list[float]()
    pace = Pace(clock, clock.sleep, 100, paused.append)
    assert [pace.spend(60), pace.spend(60), pace.spend(90), pace.spend(101)] == [True, True, True, False]
    assert paused == [60, 90]
    clock.now += 90
    assert (pace.spend(11), pace.spend(10)) == (False, True)


def test_an_old_answer_that_comes_late_opens_nothing() -> None:
    clock = Clock()
    pace = Pace(clock, clock.sleep, 600)
    pace.note(Usage(100, 120), 120)
    pace.note(Usage(10, 0), 0)
    assert pace.shut_for() == 120


def test_a_sibling_has_connections_of_its_own_and_the_same_rules() -> None:
    client = graph(Wire(OK), read_only=True)
    other = client.sibling()
    client.close()
    assert other.me() == {"id": "1"}
    with pytest.raises(GraphError, match="read-only"):
        other.edit("1", {})


def test_many_threads_call_at_once() -> None:
    clock = Clock()
    wire = Wire(*[Reply({"id": "1"}, headers=usage(85)) for _ in range(40)])
    client = graph(wire, clock)

    def call(sibling: Graph) -> None:
        for _ in range(10):
            sibling.me()

    threads = [threading.Thread(target=call, args=(client.sibling(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(wire.sent), wire.script) == (40, [])


CODES = [
    pytest.param(code, status, id=f"{code} as HTTP {status}")
    for code in (4, 613, 80008, 80012)
    for status in (400, 429)
]
HEADERS = {
    "told": (usage(100, 7), 420.0),
    "missing": ({}, 60.0),
    "nonsense": ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": "soon"}]}'}, 60.0),
    "no JSON": ({"X-Business-Use-Case-Usage": "{", "X-App-Usage": "[1]"}, 60.0),
    "never ending": (
        {"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 1e99}]}'},
        60.0,
    ),
    "below zero": ({"X-App-Usage": '{"call_count": -5, "estimated_time_to_regain_access": -3}'}, 60.0),
}


@pytest.mark.parametrize(("code", "status"), CODES)
@pytest.mark.parametrize(("headers", "seconds"), HEADERS.values(), ids=HEADERS)
def test_a_refusal_for_too_many_calls_is_waited_out(
    code: int, status: int, headers: dict[str, str], seconds: float
) -> None:
    clock, paused = Clock(), list[float]()
    wire = Wire(refusal(code, status=status, headers=headers), Reply({"success": True}))
    graph(wire, clock, on_pause=paused.append).edit("594", {})
    assert (paused, len(wire.sent)) == ([seconds], 2)
    wire = Wire(refusal(code, status=status, headers=headers))
    with pytest.raises(GraphError) as caught:
        graph(wire, clock, max_wait=seconds - 1).edit("594", {})
    error = caught.value
    assert (error.code, error.stops_run, error.wait_seconds, error.graph_code) == (3, True, seconds, code)
    assert not error.uncertain
