"""Real SIGKILLs: `wasync apply` in processes of its own dies at random moments, and is run again until done.

Only `make soak` runs this. Five projects, ten kills each; every number is in the seed.
"""

from __future__ import annotations

import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from tests.machine.judge import body_of
from tests.object_stores import BUCKET, KEY, s3_server
from tests.shell import PROJECT, TOKEN, Account, CommandLine, served, shell
from wasync.model.template import JSON

PROJECTS, KILLS = 5, 10
ROUNDS = 12
"""A process that had ended before it was killed does not count."""
NEW = 8
"""New templates a round: a project stays below the 100 creations of an hour."""
LANGUAGES = ("de", "en_US")
RUNS = 4
"""So many runs after a kill at most until there is nothing left to do."""


@pytest.mark.parametrize("seed", range(PROJECTS))
def test_what_a_killed_apply_began_the_next_one_ends(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    met: Counter[str] = Counter()
    with served() as account:
        account.do("settings", latency_seconds=0.01)
        line = shell(tmp_path, account)
        (line.root / "templates/order.yaml").unlink()
        for round_ in range(ROUNDS):
            if met["killed"] == KILLS:
                break
            _change_files(line, round_)
            _die(line, account, random, met, round_)
            _compare(account, round_, _end(line, account, met))
    assert met["killed"] == KILLS
    sys.stderr.write(f"\nseed {seed}: {dict(met)}\n")  # what the soak came by is to be read


def test_a_state_in_a_bucket_outlives_its_runner(tmp_path: Path) -> None:
    """The same with the state on an S3 server; the dead runner's lease is freed by hand, not waited for."""
    random = Random(BUCKET)
    met: Counter[str] = Counter()
    with served() as account, s3_server() as environ:
        account.do("settings", latency_seconds=0.01)
        line = shell(tmp_path, account)
        line.environ |= environ
        line.write("wasync.yaml", f"{PROJECT}state: s3://{BUCKET}/{KEY}\n")
        (line.root / "templates/order.yaml").unlink()
        for round_ in range(KILLS):
            _change_files(line, round_)
            _die(line, account, random, met, round_)
            assert line("state", "unlock", "--auto-approve").code == 0
            _compare(account, round_, _end(line, account, met))
    assert not (tmp_path / ".wasync").exists()
    assert met["killed"] > KILLS // 2
    sys.stderr.write(f"\ns3: {dict(met)}\n")


def _change_files(line: CommandLine, round_: int) -> None:
    """New names, those of the round before with another text, and those before them gone."""
    for number in range(NEW // len(LANGUAGES)):
        line.write(f"templates/t{round_}_{number}.yaml", _text(round_, number, "first"))
        if round_ >= 1:
            line.write(f"templates/t{round_ - 1}_{number}.yaml", _text(round_ - 1, number, "second"))
        if round_ >= 2:
            line.write(f"templates/t{round_ - 2}_{number}.yaml", "absent: true\n")


def _text(round_: int, number: int, wording: str) -> str:
    bodies = "".join(
        f"  {language}: {{body: {_body(f't{round_}_{number}', language, wording)}}}\n"
        for language in LANGUAGES
    )
    return f"category: utility\nlanguages:\n{bodies}"


def _body(name: str, language: str, wording: str) -> str:
    return f"The {wording} wording of {name} in {language}."


def _die(line: CommandLine, account: Account, random: Random, met: Counter[str], round_: int) -> None:
    """Start apply, and kill it once so many calls were made, a little later or at once."""
    # One page of the listing, then a write for each template new, changed, or gone.
    before, wanted = len(account.emulator.calls), random.randint(0, 1 + NEW * min(round_ + 1, 3))
    process = line.start("apply", "--auto-approve", "--allow-deletes", "99")
    while len(account.emulator.calls) - before < wanted and process.poll() is None:
        time.sleep(0.0005)
    time.sleep(random.random() * 0.015)
    process.kill()
    out, err = process.communicate(timeout=20)
    assert TOKEN not in out + err
    died = process.returncode == -signal.SIGKILL
    met["killed" if died else "had ended"] += 1
    met["killed after the first write"] += died and len(account.emulator.calls) - before > 1
    # What the door had let in takes effect although nobody listens any more.
    time.sleep(0.1)


def _end(line: CommandLine, account: Account, met: Counter[str]) -> set[str]:
    """Run apply until it is done; return what has to wait for the next day."""
    for run in range(RUNS):
        done = line("apply", "--auto-approve", "--allow-deletes", "99")
        assert TOKEN not in done.out + done.err
        if done.code == 0:
            met[f"ended after {run + 1} runs"] += 1
            break
    else:
        pytest.fail(f"{RUNS} runs after a kill were not enough:\n{done.out}\n{done.err}")
    before = len(account.emulator.calls)
    plan = line("plan", "--format", "json").document("plan")
    # An edit that was begun and never sent counts as spent: it waits for the next day.
    assert {(one["action"], one["reason"]) for one in plan["steps"]} <= {("hold", "quota")}
    met["edits that wait for a day"] += len(plan["steps"])
    assert {call["method"] for call in account.emulator.calls[before:]} == {"GET"}
    return {f"{one['name']}/{one['language']}" for one in plan["steps"]}


def _compare(account: Account, round_: int, waiting: set[str]) -> None:
    """Judge from the emulator's world and log alone."""
    live = {(one.name, one.language): one for one in account.emulator.world.templates.values()}
    wanted = {("hello_world", "en_US")}
    for back, wording in ((0, "first"), (1, "second")):
        for number in range(NEW // len(LANGUAGES) if round_ >= back else 0):
            for language in LANGUAGES:
                key = f"t{round_ - back}_{number}", language
                wanted.add(key)
                if "/".join(key) in waiting:
                    wording_now, edits = "first", 0
                else:
                    wording_now, edits = wording, back
                assert body_of(live[key]) == _body(*key, wording_now)
                assert len(live[key].edits) == edits
    assert live.keys() == wanted
    done = [call for call in account.emulator.calls if call["status"] == 200]
    refused = [call for call in account.emulator.calls if call["method"] != "GET" and call["status"] != 200]
    # A call of a killed run may have no status: the answer met nobody.
    assert [call for call in refused if call["status"] is not None] == []
    made = Counter(_key(call) for call in done if _creates(call))
    assert max(made.values()) == 1
    gone = [call for call in done if call["method"] == "DELETE"]
    assert all("hsm_id=" in str(call["path"]) for call in gone)
    assert {_name(call) for call in gone} <= {
        f"t{one}_{number}" for one in range(round_ - 1) for number in range(NEW)
    }


def _key(call: Mapping[str, JSON]) -> str:
    body = call["body"]
    assert isinstance(body, dict)
    return f"{body['name']}/{body['language']}"


def _creates(call: Mapping[str, JSON]) -> bool:
    return call["method"] == "POST" and str(call["path"]).endswith("/message_templates")


def _name(call: Mapping[str, JSON]) -> str:
    return str(call["path"]).partition("&name=")[2].partition("&")[0]
