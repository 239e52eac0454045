"""Faults on demand, and what the log of calls shows of them."""

from __future__ import annotations

import json

import pytest
import requests

from tests.emulator_client import Client, body, payload
from wasync.emulator.control import UnknownOperationError
from wasync.emulator.shapes import JSON
from wasync.emulator.world import APP_ID, TOKEN, WABA_ID

PATH = f"{WABA_ID}/message_templates"


@pytest.fixture
def client() -> Client:
    return Client()


def fault(client: Client, **given: JSON) -> None:
    client.emulator.control("fault", **given)


def create(client: Client, name: str = "order_shipped") -> requests.Response:
    return client.call("POST", PATH, json=payload(name=name))


def test_an_error_before_the_effect(client: Client) -> None:
    fault(client, method="POST", status=500, code=2, message="Service temporarily unavailable")
    answer = create(client)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["is_transient"]) == (500, 2, True)
    assert client.names() == ["hello_world"]
    assert create(client).status_code == 200, "a fault strikes once unless told otherwise"


def test_an_error_after_the_effect(client: Client) -> None:
    fault(client, method="POST", kind="error", code=2, after=True)
    assert create(client).status_code == 500
    assert client.names() == ["hello_world", "order_shipped"]


def test_which_calls_a_fault_meets(client: Client) -> None:
    fault(client, method="GET", path=r"message_templates\?.*after=", nth=2, times=2, code=1)
    seen = [client.call("GET", PATH).status_code for _ in range(3)]
    cursor = client.listed()["paging"]["cursors"]["after"]
    seen += [client.call("GET", PATH, params={"after": cursor}).status_code for _ in range(5)]
    assert seen == [200, 200, 200, 200, 500, 500, 200, 200]


def test_a_fault_for_ever(client: Client) -> None:
    fault(client, code=1, times=0, message="Please reduce the amount of data you're asking for")
    assert [client.refused("GET", PATH)["code"] for _ in range(3)] == [1, 1, 1]
    client.emulator.control("clear-faults")
    assert client.names() == ["hello_world"]


def test_too_many_calls_with_a_time_to_wait(client: Client) -> None:
    fault(client, code=80008, estimated_minutes=7)
    answer = client.call("GET", PATH)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 80008)
    usage = json.loads(answer.headers["x-business-use-case-usage"])
    assert usage[WABA_ID][0]["estimated_time_to_regain_access"] == 7


def test_html_instead_of_json(client: Client) -> None:
    fault(client, kind="html", status=502)
    answer = client.call("GET", PATH)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_json_cut_short(client: Client) -> None:
    fault(client, kind="truncate")
    answer = client.call("GET", PATH)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


def test_a_connection_dropped_before_the_effect(client: Client) -> None:
    fault(client, method="POST", kind="drop")
    with pytest.raises(requests.ConnectionError):
        create(client)
    assert client.names() == ["hello_world"]


def test_success_whose_answer_is_lost(client: Client) -> None:
    fault(client, method="POST", kind="drop", after=True)
    with pytest.raises(requests.ConnectionError):
        create(client)
    assert client.names() == ["hello_world", "order_shipped"]
    assert create(client).json()["error"]["error_subcode"] == 2388024


def test_a_delay_beyond_the_timeout_takes_effect_all_the_same() -> None:
    slept: list[float] = []
    client = Client(sleep=slept.append)
    fault(client, method="POST", kind="delay", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        client.call("POST", PATH, json=payload(), timeout=(3, 10))
    assert slept == [10]
    assert client.names() == ["hello_world", "order_shipped"]
    fault(client, kind="delay", seconds=2)
    assert client.call("GET", PATH).status_code == 200
    assert slept == [10, 2]


def test_latency_of_every_call() -> None:
    slept: list[float] = []
    client = Client(sleep=slept.append)
    client.emulator.control("settings", latency_seconds=0.05)
    client.names()
    client.names()
    assert slept == [0.05, 0.05]


def test_a_short_listing_keeps_its_count(client: Client) -> None:
    for number in range(4):
        create(client, f"t{number}")
    fault(client, kind="short", rows=2)
    page = client.listed(limit=3, summary="total_count")
    assert [one["name"] for one in page["data"]] == ["hello_world"]
    assert page["summary"] == {"total_count": 5}
    assert client.names(limit=3, after=page["paging"]["cursors"]["after"]) == ["t2", "t3"]


def test_the_listing_changes_between_two_pages(client: Client) -> None:
    for number in range(3):
        create(client, f"t{number}")
    steps: list[JSON] = [
        {"op": "delete", "name": "t1"},
        {"op": "seed", "templates": [payload(body("A late one."), name="late")]},
    ]
    fault(client, kind="meanwhile", path="after=", do=steps)
    page = client.listed(limit=2)
    assert client.names(limit=5, after=page["paging"]["cursors"]["after"]) == ["t2", "late"]


def test_an_upload_cut_off_midway_can_be_resumed(client: Client) -> None:
    session = client.call("POST", f"{APP_ID}/uploads?file_name=a&file_length=8&file_type=image/png").json()[
        "id"
    ]
    headers = {"Authorization": f"OAuth {TOKEN}", "file_offset": "0"}
    fault(client, method="POST", path="upload:", kind="drop_midway")
    with pytest.raises(requests.ConnectionError):
        client.call("POST", session, data=b"12345678", headers=headers)
    assert client.call("GET", session, headers=headers).json()["file_offset"] == 4
    headers["file_offset"] = "4"
    assert client.call("POST", session, data=b"5678", headers=headers).json()["h"]


def test_a_wrong_fault_is_refused(client: Client) -> None:
    with pytest.raises(UnknownOperationError, match="a fault's kind is one of error, html"):
        fault(client, kind="earthquake")


def test_the_log_of_calls_holds_no_token(client: Client) -> None:
    create(client)
    client.call("GET", f"debug_token?input_token={TOKEN}&access_token={TOKEN}")
    client.call("POST", f"{PATH}?access_token={TOKEN}", data={"access_token": TOKEN, "name": "x"})
    calls = client.emulator.control("calls", clear=True)["calls"]
    assert TOKEN not in json.dumps(calls)
    assert calls == [
        {"method": "POST", "path": f"/v26.0/{PATH}", "status": 200, "body": payload()},
        {"method": "GET", "path": "/v26.0/debug_token", "status": 200},
        {"method": "POST", "path": f"/v26.0/{PATH}", "status": 400, "body": {"name": "x"}},
    ]
    assert client.emulator.calls == []
