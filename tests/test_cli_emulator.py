"""emulator serve and ctl: the first line, both doors, and an end without a traceback."""

from __future__ import annotations

import json
import re
import shlex
import signal
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.shell import ROOT, TOKEN, WABA_ID, Account, CommandLine, shell


def ctl(line: CommandLine, door: str, *words: str) -> Any:  # what an operation answers is JSON of many shapes
    run = line("emulator", "ctl", *words, *door.split())
    assert (run.code, run.err) == (0, "")
    return json.loads(run.out)


def test_serve_prints_url_and_token_and_stops_on_ctrl_c(tmp_path: Path) -> None:
    seed = tmp_path / "seed"
    seed.mkdir()
    template = {
        "name": "order",
        "language": "en_US",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Your order left our warehouse today."}],
    }
    (seed / "order.json").write_text(json.dumps(template), encoding="utf-8")
    line = CommandLine(tmp_path)
    process = line.start("emulator", "serve", "--seed", "seed", "--state", "state.json")
    assert process.stdout is not None
    url, _, token = process.stdout.readline().strip().partition(" ")
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    answer = requests.get(f"{url}/v26.0/{WABA_ID}/message_templates", headers=headers, timeout=10)
    assert {row["name"] for row in answer.json()["data"]} == {"hello_world", "order"}
    # The same address is all that plan needs.
    project = shell(tmp_path / "shop")
    project.environ |= {"WASYNC_BASE_URL": url, "WHATSAPP_TOKEN": token}
    assert "\n  order/en_US  " not in project("plan").out
    assert project("plan", "--detailed-exitcode").code == 2
    project.environ["WASYNC_EMULATOR_URL"] = url
    assert ctl(project, "", "clock", "+1h")["now"]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode in {0, 130}
    assert (out, "Traceback" in err) == ("", False)
    assert json.loads((tmp_path / "state.json").read_text(encoding="utf-8"))["templates"]


def test_the_page_says_how_a_project_meets_what_serve_serves(tmp_path: Path, account: Account) -> None:
    page = (ROOT / "docs/emulator.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- served -->\n```console\n\$ wasync emulator serve.*\n(.*)\n((?s:.*?))```", page)
    assert block is not None
    url, _, token = block[1].partition(" ")
    assert token == TOKEN
    line = CommandLine(tmp_path)
    for typed in block[2].replace(url, account.url).splitlines():
        program, *words = shlex.split(typed.removeprefix("$ "), comments=True)
        if program == "export":
            line.environ |= dict(word.split("=", 1) for word in words)
        else:
            run = line(*words)
            assert (program, run.code) == ("wasync", 0), run.err
    assert account.live() == {"order_confirmed/en_US": "REJECTED"}


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ("--seed nowhere", 64),
        ("--seed broken", 1),
        ("--port 70000", 64),
        ("--port x", 64),
    ],
)
def test_serve_refuses_what_it_cannot_start_with(argv: str, code: int, tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.write("broken/order.json", "{")
    run = line("emulator", "serve", *argv.split())
    assert (run.code, run.out) == (code, "")
    assert "Error: " in run.err


@pytest.mark.parametrize("door", ["--sandbox", "--url"])
def test_both_doors_take_the_same_operations(door: str, tmp_path: Path, account: Account) -> None:
    line = shell(tmp_path, account)
    sandbox = ["--sandbox"] if door == "--sandbox" else []
    door = door if sandbox else f"--url {account.url}"
    ctl(line, door, "review-rule", '{"outcome": "hold"}')
    assert line("apply", "--auto-approve", *sandbox).code == 0

    def status() -> tuple[str, str]:
        one = line("status", "--format", "json", *sandbox).document("status")["accounts"][0]["templates"][0]
        return one["status"], one["category"]

    assert status() == ("PENDING", "utility")
    shown = ctl(line, door, "reject", "TAG_CONTENT_MISMATCH", "order/en_US")["templates"]
    assert [(one["template"], one["status"]) for one in shown] == [("order/en_US", "REJECTED")]
    assert "TAG_CONTENT_MISMATCH" in line("plan", *sandbox).out
    ctl(line, door, "approve", "order/en_US")
    assert status() == ("APPROVED", "utility")
    ctl(line, door, "edit", "order/en_US", "--body", "Somebody wrote this text by hand.")
    assert "Somebody wrote this text by hand." in line("plan", *sandbox).out
    ctl(line, door, "recategorise", "MARKETING", "order/en_US")
    assert status() == ("APPROVED", "marketing")
    before = ctl(line, door, "clock")["now"]
    assert ctl(line, door, "clock", "+2h")["now"][:13] != before[:13]
    dump = ctl(line, door, "dump")
    assert TOKEN not in json.dumps(dump)
    assert "order" in [one["name"] for one in dump["templates"]]
    ctl(line, door, "fault", '{"method": "GET", "status": 400, "code": 190, "times": 1}')
    assert line("plan", *sandbox).code == 1
    assert line("plan", *sandbox).code == 0
    ctl(line, door, "reset")
    assert [one["name"] for one in ctl(line, door, "dump")["templates"]] == ["hello_world"]


def test_the_sandbox_keeps_its_settings(tmp_path: Path) -> None:
    line = shell(tmp_path)
    assert ctl(line, "--sandbox", "settings")["review_seconds"] == 2
    ctl(line, "--sandbox", "settings", '{"review_seconds": 600}')
    assert ctl(line, "--sandbox", "settings")["review_seconds"] == 600


@pytest.mark.parametrize("door", ["--sandbox", "--url"])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("aprove order/en_US", "no operation 'aprove'; there are account, approve,"),
        ("approve nothing/en_US", "no template 'nothing/en_US' in the emulator"),
        ("clock soon", "'soon' is no length of time; write +90s, +15m, +1h or +30d"),
        ("fault {x", "'{x' is not JSON"),
    ],
)
def test_ctl_refuses_alike_at_both_doors(
    words: str, said: str, door: str, tmp_path: Path, account: Account
) -> None:
    line = shell(tmp_path, account)
    given = ["--sandbox"] if door == "--sandbox" else ["--url", account.url]
    run = line("emulator", "ctl", *words.split(), *given)
    assert (run.code, run.out) == (64, "")
    assert said in " ".join(run.err.split())


@pytest.mark.parametrize(
    "given", [[], ["--url", "https://graph.facebook.com"], ["--url", "http://10.0.0.1:1"]]
)
def test_ctl_speaks_to_this_machine_only(given: list[str], tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("emulator", "ctl", "dump", *given)
    assert (run.code, run.out) == (64, "")
    assert "Which emulator? None is named on this machine." in run.err


def test_ctl_says_when_nobody_answers(tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("emulator", "ctl", "dump", "--url", "http://127.0.0.1:9")
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("Error: No emulator answers at http://127.0.0.1:9: ")
