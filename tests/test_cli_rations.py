"""apply from the command line where Meta rations, and on several names at once."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest

from tests.command_line import Shop, shop
from tests.shell import WABA_ID, Account, CommandLine
from tests.test_cli_apply import QUESTION
from tests.test_cli_plan import body
from wasync.model.template import JSON
from wasync.state.local import LocalState

__all__ = ["shop"]


def many(line: CommandLine, count: int) -> None:
    for number in range(count):
        line.write(f"templates/t{number:03}.yaml", body(f"The text number {number} of many."))


def test_a_later_batch_ends_the_run_with_3_and_its_time(line: CommandLine, account: Account) -> None:
    many(line, 102)
    assert line("plan", "--out", "plan.json").code == 0
    run = line("apply", "plan.json")
    assert run.code == 3
    assert re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d UTC", "<time>", run.out.partition("  t098")[2]) == (
        "/en_US   created; approved\n"
        "  t099/en_US   not sent yet; not before <time>\n"
        "      The 100 creations of an hour are used up.\n"
        "  t100/en_US   not sent yet; not before <time>\n"
        "      The 100 creations of an hour are used up.\n"
        "  t101/en_US   not sent yet; not before <time>\n"
        "      The 100 creations of an hour are used up.\n"
        "\n"
        "Applied: 100 created, 0 updated, 0 deleted. 3 not sent yet.\n"
        "The rest waits for Meta's rations: run the same command again after <time>.\n"
    )
    assert len(account.writes()) == 100
    state = LocalState(line.root / ".wasync" / "state.json").read(WABA_ID)
    assert state.interrupted is not None


def test_a_poll_that_meta_puts_off_does_not_outlast_the_timeout(shop: Shop) -> None:
    components: JSON = [{"type": "BODY", "text": "Your table is ready."}]
    waiting = {"name": "welcome", "language": "en_US", "category": "UTILITY", "status": "PENDING"}
    shop.seed({**waiting, "components": components})
    shop.fault(method="GET", path="message_templates", nth=2, code=80008, estimated_minutes=2, times=1)
    run = shop.run("apply", "--auto-approve", "--wait", "--timeout", "5", "--max-wait", "600")
    assert (run.code, shop.pauses) == (3, [])
    assert "there were too many calls" in " ".join(run.err.split())


def test_json_tells_when_the_rest_may_go_and_how_long_it_takes(line: CommandLine, account: Account) -> None:
    many(line, 4)
    account.do(
        "fault", method="POST", path="message_templates", nth=4, code=80008, estimated_minutes=90, times=1
    )
    run = line("apply", "--auto-approve", "--format", "json", "--parallelism", "1")
    assert run.code == 3
    ended = [event for event in run.events() if event["event"] == "step_ended"]
    assert [(event["done"], event["total"]) for event in ended] == [(done, 5) for done in range(1, 6)]
    assert [event["seconds_left"] is None for event in ended] == [True, True, False, True, True]
    assert [event["result"]["state"] for event in ended[3:]] == ["later", "later"]
    assert ended[3]["result"]["not_before"] == ended[4]["result"]["not_before"] is not None
    assert run.events()[-1]["outcome"]["summary"]["later"] == 2


def test_who_looks_on_sees_how_far_it_is(line: CommandLine) -> None:
    many(line, 4)
    run = line.in_terminal("apply", question=QUESTION, answer="yes\n")
    assert run.code == 0
    shown = re.sub(r"\x1b\[[0-9;]*m", "", run.out)
    told = re.findall(r"created; approved  \((\d of 5)(, about \d+ s left)?\)", shown)
    assert [(done, left != "") for done, left in told] == [
        ("1 of 5", False),
        ("2 of 5", False),
        ("3 of 5", True),
        ("4 of 5", True),
        ("5 of 5", False),
    ]


def test_several_names_at_once(line: CommandLine, account: Account) -> None:
    many(line, 12)
    run = line("apply", "--auto-approve", "--parallelism", "4")
    assert run.code == 0
    names = re.findall(r"^  (\w+)/en_US +created", run.out, re.MULTILINE)
    assert names == sorted(names)
    assert len(account.writes()) == len(names) == 13
    assert line("plan", "--detailed-exitcode").code == 0
    assert line("apply", "--parallelism", "0").code == 64


def start_until(line: CommandLine, wanted: str, *argv: str) -> subprocess.Popen[str]:
    """Start wasync, and return once it has said this on stderr."""
    process = line.start(*argv)
    assert process.stderr is not None
    while wanted not in (said := process.stderr.readline()):
        assert said, "ended before"
    return process


def test_ctrl_c_ends_the_waiting_for_a_batch(line: CommandLine) -> None:
    many(line, 100)
    process = start_until(line, "Waiting 1 h 2 min: the 100", "apply", "--auto-approve", "--max-wait", "4000")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Applied: 100 created, 0 updated, 0 deleted. 1 not tried." in out
    assert "Traceback" not in err


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_with_several_names_under_way(line: CommandLine, account: Account, presses: int) -> None:
    many(line, 40)
    account.do("settings", latency_seconds=0.4)
    process = start_until(line, "created", "apply", "--auto-approve", "--parallelism", "3")
    process.send_signal(signal.SIGINT)
    if presses == 2:
        assert process.stderr is not None
        while "stopping after the step" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    account.do("settings", latency_seconds=0)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert ("Stopped at once" in err) == (presses == 2)
    done = len(account.live())
    assert 0 < done < 40
    if presses == 1:
        assert f"Applied: {done} created, 0 updated, 0 deleted. {41 - done} not tried." in out
    run = line("apply", "--auto-approve", "--parallelism", "3")
    assert run.code == 0
    assert len(account.live()) == 41
    assert line("plan", "--detailed-exitcode").code == 0
