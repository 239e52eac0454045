"""The other side: control over HTTP, the state file, seeds, and the emulator behind a real socket."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue

import pytest
import requests

from tests.emulator_client import HOST, Client, authentication, body, payload
from wasync.emulator.app import Emulator
from wasync.emulator.serve import read_seeds, serve
from wasync.emulator.shapes import JSON
from wasync.emulator.world import TOKEN, WABA_ID

PATH = f"{WABA_ID}/message_templates"


def test_control_over_http() -> None:
    client = Client()
    template_id = client.create(payload())["id"]
    post = client.session.post
    found = post(
        f"{HOST}/_emulator/reject", json={"template": "order_shipped/en_US", "reason": "SCAM"}
    ).json()
    assert found == {
        "templates": [
            {
                "template": "order_shipped/en_US",
                "id": template_id,
                "status": "REJECTED",
                "category": "UTILITY",
            }
        ]
    }
    assert client.get(template_id, fields="rejected_reason")["rejected_reason"] == "SCAM"
    assert post(f"{HOST}/_emulator/clock", json={"by": "+1h"}).json() == {"now": "2026-11-23T10:00:00+00:00"}
    assert client.session.get(f"{HOST}/_emulator/clock").json() == {"now": "2026-11-23T10:00:00+00:00"}
    assert client.session.get(f"{HOST}/_emulator/approve").status_code == 400
    answer = post(f"{HOST}/_emulator/approve", json={"name": "nothing"})
    assert (answer.status_code, answer.json()["error"]) == (400, "no template 'nothing/' in the emulator")
    assert "there are account, approve" in post(f"{HOST}/_emulator/dance", json={}).json()["error"]
    assert "no length of time" in post(f"{HOST}/_emulator/clock", json={"by": "soon"}).json()["error"]
    assert "no setting 'colour'" in post(f"{HOST}/_emulator/settings", json={"colour": 1}).json()["error"]


def test_the_clock_can_be_set() -> None:
    client = Client()
    assert client.emulator.control("clock", to="2027-01-01T00:00:00Z") == {"now": "2027-01-01T00:00:00+00:00"}


def test_dump_shows_no_token() -> None:
    client = Client()
    found = client.session.get(f"{HOST}/_emulator/dump").text
    assert TOKEN not in found
    assert json.loads(found)["templates"][0]["name"] == "hello_world"


def test_an_edit_by_hand_changes_a_live_template() -> None:
    client = Client()
    template_id = client.approved(payload(body(), {"type": "FOOTER", "text": "Acme"}))
    client.emulator.control(
        "edit", template="order_shipped/en_US", body="By hand.", footer="", header="Hello"
    )
    found = client.get(template_id)
    assert found["status"] == "APPROVED"
    assert found["components"] == [
        {"type": "HEADER", "text": "Hello", "format": "TEXT"},
        {"type": "BODY", "text": "By hand."},
    ]
    client.edit(template_id, components=[body("Taken back.")])
    client.emulator.control("approve", id=template_id)
    client.emulator.control("edit", id=template_id, body="Again.", counts=True)
    client.clock.move(hours=23)
    assert client.refused("POST", template_id, json={"components": [body()]})["error_subcode"] == 2388039


def test_reset_brings_back_the_first_world() -> None:
    client = Client({"templates": [payload()]})
    client.create(payload(body("Another text."), name="other"))
    client.emulator.control("reset")
    assert client.names() == ["hello_world", "order_shipped"]


def test_a_world_of_one_s_own() -> None:
    seed: dict[str, JSON] = {"accounts": [{"id": "1", "name": "Mine"}], "tokens": [{"token": "EAAmine"}]}
    client = Client(emulator=Emulator(seed, default=False), token="EAAmine")
    assert client.get("1")["name"] == "Mine"
    assert client.get("1/message_templates") == {"data": []}
    assert client.refused("GET", WABA_ID)["error_subcode"] == 33


def test_the_state_file_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.json"
    first = Client(state_file=path)
    handle = first.upload()
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}
    first.create(payload(header, body()))
    deleted = first.approved(payload(body("To be deleted."), name="deleted"))
    first.call("DELETE", PATH, params={"hsm_id": deleted, "name": "deleted"})
    edited = first.approved(payload(body("To be edited."), name="edited"))
    first.edit(edited, components=[body("Edited.")])
    login = first.create(authentication())["id"]
    first.emulator.control("token", token="EAAother", access={WABA_ID: "view"}, expires_in="+1h")
    first.emulator.control("fault", method="POST", code=1, nth=2)
    second = Client(emulator=Emulator(state_file=path, clock=first.clock))
    assert second.listed()["data"][0] == first.listed()["data"][0]
    assert second.get(login) == first.get(login)
    assert second.emulator.world.to_json() == first.emulator.world.to_json()
    assert second.refused_create(payload(name="deleted"))["error_subcode"] == 2388023
    assert second.refused_create(payload(name="x"))["code"] == 1, "the fault counted the call before"
    second.clock = first.clock
    second.clock.move(seconds=3)
    assert second.get(edited)["status"] == "APPROVED"
    error = second.refused("POST", edited, json={"components": [body()]})
    assert error["error_subcode"] == 2388039
    assert second.create(payload(header, body("With the same sample."), name="again"))["id"] not in {
        deleted,
        edited,
    }


def test_a_state_file_is_whole_whenever_the_process_dies(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    code = f"""
import os, sys
sys.path.insert(0, {str(Path.cwd())!r})
from pathlib import Path
from tests.emulator_client import Client, body, payload
client = Client(state_file=Path({str(path)!r}))
client.emulator.control("settings", creates_per_hour=0)
for number in range(1000):
    client.create(payload(body(f"Text number {{number}} of many."), name=f"t{{number}}"))
    print(number, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline() for _ in range(20)]
    process.kill()
    late = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    last = int((late or acknowledged)[-1])
    names = Client(emulator=Emulator(state_file=path)).names(limit=1000)
    assert names[: last + 2] == ["hello_world", *[f"t{n}" for n in range(last + 1)]]
    assert len(names) <= last + 3, "at most the one create whose answer was not printed"


def test_seeds_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(payload(name="one")))
    (tmp_path / "b.json").write_text(json.dumps([payload(name="two"), payload(name="three")]))
    (tmp_path / "c.json").write_text(
        json.dumps({"templates": [payload(name="four")], "settings": {"review_seconds": 9}})
    )
    client = Client(read_seeds(tmp_path))
    assert client.names() == ["hello_world", "one", "two", "three", "four"]
    assert client.emulator.world.settings.review_seconds == 9
    (tmp_path / "d.json").write_text("{")
    with pytest.raises(ValueError, match=r"d\.json is not JSON"):
        read_seeds(tmp_path)


@pytest.fixture(scope="module")
def address() -> str:
    announced: Queue[tuple[str, str]] = Queue()
    thread = threading.Thread(
        target=serve, args=(lambda url, token: announced.put((url, token)),), daemon=True
    )
    thread.start()
    url, token = announced.get(timeout=10)
    assert token == TOKEN
    return url


def test_serving_on_loopback(address: str) -> None:
    assert address.startswith("http://127.0.0.1:")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    page = requests.get(f"{address}/v26.0/{PATH}", headers=headers, timeout=5).json()
    assert page["data"][0]["name"] == "hello_world"


@pytest.mark.parametrize("after", [False, True])
def test_a_dropped_connection_over_a_socket(address: str, after: bool) -> None:
    requests.post(
        f"{address}/_emulator/fault", json={"method": "POST", "kind": "drop", "after": after}, timeout=5
    )
    name = f"dropped_{after}".lower()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{address}/v26.0/{PATH}", json=payload(name=name), headers=headers, timeout=5)
    found = requests.get(f"{address}/v26.0/{PATH}?name={name}", headers=headers, timeout=5).json()["data"]
    assert len(found) == int(after)


def test_the_names_of_the_world_come_without_a_web_framework() -> None:
    heavy = "{'werkzeug', 'requests', 'waitress'}"
    code = f"import sys, wasync.emulator.world; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_only_the_adapter_imports_requests() -> None:
    code = "import sys, wasync.emulator.app, wasync.emulator.serve; print('requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
