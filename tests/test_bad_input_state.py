"""The disk is wrong, full or locked, or the run is cut off: each gets its sentence, nothing is lost."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import command_line
from tests.command_line import PROJECT, WABA, Run, Shop, shop, until
from wasync.model.template import JSON

__all__ = ["shop"]

GOLDEN = "bad_input_state.txt"
STATE, JOURNAL = ".wasync/state.json", ".wasync/journal.jsonl"
Setup = Callable[[Shop], object]


def outcome(run: Run) -> Run:
    """A run of apply without the plan it begins with."""
    before, line, after = run.out.partition("untouched.\n")
    return run._replace(out=after if line else before)


def applied(shop: Shop) -> None:
    """A project that was applied once, and has one change since."""
    assert shop.run("apply", "--auto-approve").code == 0
    shop.template("Your table is waiting.")


def put(path: str, content: str | bytes) -> Setup:
    """A file with this content."""
    return lambda shop: shop.write(path, content)


def changed(path: str, change: Callable[[Any], object]) -> Setup:
    """A JSON file with something changed in it."""

    def do(shop: Shop) -> None:
        data = json.loads((shop.root / path).read_text())
        change(data)
        shop.write(path, json.dumps(data))

    return do


def folder(path: str) -> Setup:
    """A folder in place of a file."""

    def do(shop: Shop) -> None:
        (shop.root / path).unlink(missing_ok=True)
        (shop.root / path).mkdir(parents=True)

    return do


def record(data: Any) -> Any:
    """The one record of a state file."""
    return data["accounts"][WABA]["applied"]["welcome/en_US"]


BEGIN: dict[str, JSON] = {
    "version": 1,
    "waba_id": WABA,
    "fingerprint": "f",
    "at": "2026-11-23T09:00:00+00:00",
}


def journal(*lines: JSON) -> Setup:
    """A journal with these lines."""
    return put(JOURNAL, "".join(json.dumps(line) + "\n" for line in lines))


STATES: dict[str, Setup] = {
    "state: empty": put(STATE, ""),
    "state: cut short": lambda shop: shop.write(STATE, (shop.root / STATE).read_bytes()[:-40]),
    "state: binary": put(STATE, b"\xff\xfe\x00"),
    "state: another program's": put(STATE, '{"version": 4, "terraform_version": "1.9", "resources": []}'),
    "state: no version": put(STATE, '{"accounts": {}}'),
    "state: newer": changed(STATE, lambda data: data.update(version=3)),
    "state: a list": put(STATE, "[]"),
    "state: nested deeply": put(STATE, "[" * 100_000),
    "state: accounts of another form": put(STATE, '{"version": 1, "accounts": []}'),
    "state: a record without its spec": changed(STATE, lambda data: record(data).pop("spec")),
    "state: a time that is none": changed(STATE, lambda data: record(data).update(at="yesterday")),
    "state: a folder": folder(STATE),
    "state: merged by git": lambda shop: shop.write(
        STATE, "<<<<<<< HEAD\n" + (shop.root / STATE).read_text() + "=======\n>>>>>>> theirs\n"
    ),
    "journal: another program's": put(JOURNAL, '{"hello": 1}\n{"x": 1}\n'),
    "journal: newer": journal({**BEGIN, "version": 3}, {"event": "new"}),
    "journal: a broken line": put(
        JOURNAL, json.dumps(BEGIN) + "\n{{{\n" + json.dumps({"event": "end"}) + "\n"
    ),
    "journal: an unknown note": journal(dict(BEGIN), {"event": "dance"}),
    "journal: binary": put(JOURNAL, b"\x00\xff\n\x00\n"),
    "journal: a folder": folder(JOURNAL),
}


@pytest.mark.parametrize("case", STATES)
def test_a_state_that_cannot_be_used(case: str, shop: Shop) -> None:
    """Neither plan nor apply guesses; the file is left as it is."""
    applied(shop)
    STATES[case](shop)
    kept = {
        path: (shop.root / path).is_file() and (shop.root / path).read_bytes() for path in (STATE, JOURNAL)
    }
    written = shop.written()
    planned, done = shop.run("plan"), shop.run("apply", "--auto-approve")
    command_line.compare(GOLDEN, case, shop.shown(planned))
    assert planned.code == done.code == 1
    assert planned.err == done.err
    assert shop.written() == written
    assert kept == {path: (shop.root / path).is_file() and (shop.root / path).read_bytes() for path in kept}


def test_a_torn_journal_is_no_trouble(shop: Shop) -> None:
    applied(shop)
    shop.write(JOURNAL, json.dumps(BEGIN) + '\n{"event": "int')
    assert shop.run("apply", "--auto-approve").code == 0
    assert shop.live()["welcome/en_US"] == "Your table is waiting."
    assert not (shop.root / JOURNAL).exists()


def test_a_state_of_another_account_counts_as_none(shop: Shop) -> None:
    applied(shop)
    changed(STATE, lambda data: data.update(accounts={"999": data["accounts"][WABA]}))(shop)
    run = shop.run("plan")
    assert run.code == 0
    assert "Never applied by wasync: the file takes over." in run.out


def test_the_folder_of_the_state_is_a_file(shop: Shop) -> None:
    shop.write(".wasync", "not a folder")
    planned, run = shop.run("plan"), shop.run("apply", "--auto-approve")
    command_line.compare(GOLDEN, ".wasync is a file, plan", shop.shown(planned))
    command_line.compare(GOLDEN, ".wasync is a file", shop.shown(run))
    assert run.code == 1
    assert shop.written() == []


def test_the_lock_is_a_folder(shop: Shop) -> None:
    folder(".wasync/lock")(shop)
    run = shop.run("apply", "--auto-approve")
    command_line.compare(GOLDEN, "the lock is a folder", shop.shown(run))
    assert run.code == 1
    assert shop.written() == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"templates": 5}', "\x00", '{"version": 1, "uploads": [{}]}']
)
def test_a_sandbox_that_cannot_be_used(content: str, shop: Shop) -> None:
    kept = shop.write(".wasync/sandbox/emulator.json", content)
    run = shop.run("plan", "--sandbox")
    command_line.compare(GOLDEN, "sandbox cannot be used", shop.shown(run))
    assert run.code == 1
    assert kept.read_text() == content


# -- saved plans ----------------------------------------------------------------------------------------


def saved(shop: Shop) -> None:
    """A plan in plan.json."""
    assert shop.run("plan", "--out", "plan.json").code == 0


PLAN = "plan.json"
PLANS: dict[str, Setup] = {
    "plan: missing": lambda shop: (shop.root / PLAN).unlink(),
    "plan: a folder": folder(PLAN),
    "plan: empty": put(PLAN, ""),
    "plan: cut short": lambda shop: shop.write(PLAN, (shop.root / PLAN).read_bytes()[:-40]),
    "plan: binary": put(PLAN, b"\xff\xfe\x00\x01"),
    "plan: nested deeply": put(PLAN, "[" * 100_000),
    "plan: a huge number": put(PLAN, '{"kind": "plan", "format_version": ' + "9" * 6000 + "}"),
    "plan: other JSON": put(PLAN, '{"resource_changes": []}'),
    "plan: findings": put(PLAN, '{"kind": "findings", "format_version": "1.0"}'),
    "plan: newer": changed(PLAN, lambda data: data.update(format_version="2.0")),
    "plan: a text changed": changed(
        PLAN, lambda data: data["steps"][0]["after"]["spec"].update(body="Evil.")
    ),
    "plan: a step removed": changed(PLAN, lambda data: data.update(steps=[])),
    "plan: another action": changed(PLAN, lambda data: data["steps"][0].update(action="delete")),
    "plan: another account inside": changed(PLAN, lambda data: data.update(waba_id="999")),
    "plan: a key missing": changed(PLAN, lambda data: data.pop("steps")),
    "plan: escapes": changed(PLAN, lambda data: data.update(format_version="\x1b[31m9")),
    "plan: for another account": lambda shop: shop.write("wasync.yaml", PROJECT.replace(WABA, "999")),
    "plan: stale": lambda shop: shop.seed(
        {"name": "welcome", "language": "en_US", "category": "UTILITY",
         "components": [{"type": "BODY", "text": "Somebody was faster."}]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANS)
def test_a_saved_plan_that_cannot_be_done(case: str, shop: Shop) -> None:
    saved(shop)
    PLANS[case](shop)
    run = shop.run("apply", PLAN)
    command_line.compare(GOLDEN, case, shop.shown(outcome(run)))
    assert run.code == (5 if case == "plan: stale" else 1)
    assert shop.written() == []
    if case not in {"plan: stale", "plan: for another account"}:
        assert shop.run("show", PLAN).err == run.err


def media(shop: Shop) -> Path:
    """A template with a picture."""
    shop.write(
        "templates/welcome.yaml",
        "category: utility\nlanguages:\n  en_US:\n"
        "    header: {format: image, media: t.png}\n    body: Your table is ready.\n",
    )
    return shop.write("templates/t.png", b"\x89PNG\r\n\x1a\n one")


@pytest.mark.parametrize("case", ["gone", "changed", "a folder", "a link out"])
def test_media_is_not_what_was_planned(case: str, shop: Shop) -> None:
    picture = media(shop)
    saved(shop)
    picture.unlink()
    match case:
        case "changed":
            picture.write_bytes(b"\x89PNG\r\n\x1a\n two")
        case "a folder":
            picture.mkdir()
        case "a link out":
            (shop.root.parent / "t.png").write_bytes(b"\x89PNG\r\n\x1a\n one")
            picture.symlink_to("../../t.png")
        case _:
            pass
    run = shop.run("apply", PLAN)
    command_line.compare(GOLDEN, f"planned media is {case}", shop.shown(outcome(run)))
    assert run.code == 5
    assert shop.written() == []


def test_a_file_that_vanished_after_the_plan(shop: Shop) -> None:
    """A saved plan holds all it needs."""
    saved(shop)
    (shop.root / "templates/welcome.yaml").unlink()
    assert shop.run("apply", PLAN).code == 0
    assert shop.live()["welcome/en_US"] == "Your table is ready."


def test_a_plan_that_cannot_be_saved(shop: Shop) -> None:
    missing = shop.run("plan", "--out", "no/such/plan.json")
    command_line.compare(GOLDEN, "plan --out, no folder", shop.shown(outcome(missing)))
    (shop.root / "there").mkdir()
    run = shop.run("plan", "--out", "there")
    command_line.compare(GOLDEN, "plan --out, a folder", shop.shown(outcome(run)))
    assert missing.code == 1
    assert run.code == 64


# -- a full disk, a closed pipe -------------------------------------------------------------------------


def limited(shop: Shop, size: int, *argv: str) -> Run:
    """Run wasync where no file can grow beyond `size` bytes."""
    process = subprocess.Popen(
        shop.command(*argv),
        cwd=shop.root,
        env=shop.environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    return shop.end(process)


@pytest.mark.parametrize("size", [0, 250, 500, 900])
def test_the_disk_is_full_during_apply(size: int, shop: Shop) -> None:
    """Whatever could not be written down is said, and the next run, with room, does the rest."""
    applied(shop)
    shop.template("The second text is about tea.", "tea")
    run = limited(shop, size, "apply", "--auto-approve")
    command_line.compare(GOLDEN, f"disk full at {size} bytes", shop.shown(outcome(run)))
    assert run.code == 1
    assert "welcome/en_US" in json.loads((shop.root / STATE).read_text())["accounts"][WABA]["applied"]
    assert shop.run("apply", "--auto-approve").code == 0
    assert shop.live()["welcome/en_US"] == "Your table is waiting."
    assert shop.run("plan", "--detailed-exitcode").code == 0
    creates = [call for call in shop.written() if call.endswith("message_templates")]
    assert len(creates) == 2


def test_the_disk_is_full_for_a_plan(shop: Shop) -> None:
    saved(shop)
    before = shop.files()
    run = limited(shop, 100, "plan", "--out", PLAN)
    command_line.compare(GOLDEN, "disk full, plan --out", shop.shown(outcome(run)))
    assert run.code == 1
    assert shop.files() == before


def test_the_disk_is_full_for_pull(shop: Shop) -> None:
    applied(shop)
    before = shop.files()
    run = limited(shop, 30, "pull")
    command_line.compare(GOLDEN, "disk full, pull", shop.shown(run))
    assert run.code == 1
    assert shop.files() == before


def test_the_disk_is_full_for_the_sandbox(shop: Shop) -> None:
    for size in (100, 900):
        run = limited(shop, size, "apply", "--sandbox", "--auto-approve")
        command_line.compare(GOLDEN, f"disk full at {size} bytes, sandbox", shop.shown(outcome(run)))
        assert run.code == 1


@pytest.mark.parametrize(
    "argv", [("plan",), ("apply", "--auto-approve"), ("validate",), ("plan", "--format", "json")]
)
def test_nobody_reads_on(argv: tuple[str, ...], shop: Shop) -> None:
    """`| head -1`: no traceback, and apply sends nothing that was not shown."""
    for n in range(400):
        text = f"Text number {n} of the shop, long enough to fill a pipe. " * 5
        shop.template(f"{text} {'' if argv[0] != 'validate' else '{x}'}", f"t{n}")
    process = shop.start(*argv)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert err == ""
    assert shop.written() == []


@pytest.mark.parametrize("argv", [("plan",), ("--help",), ("apply", "--auto-approve")])
def test_stdout_is_full(argv: tuple[str, ...], shop: Shop) -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            shop.command(*argv),
            cwd=shop.root,
            env=shop.environ(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    run = command_line.checked(Run(process.returncode, "", process.stderr))
    command_line.compare(GOLDEN, "stdout is full", shop.shown(run))
    assert run.code == 1
    assert shop.written() == []


# -- cut off --------------------------------------------------------------------------------------------


def several(shop: Shop) -> None:
    """Five templates to create, at a third of a second each."""
    (shop.root / "templates/welcome.yaml").unlink()
    for name, drink in zip("abcde", ("tea", "coffee", "water", "milk", "juice"), strict=True):
        shop.template(f"The shop has {drink} for every guest today.", name)


def slow(shop: Shop, seconds: float) -> None:
    """How long each call takes."""
    shop.emulator.control("settings", latency_seconds=seconds)


def created(shop: Shop) -> int:
    """How many templates are there beside Meta's sample."""
    return len(shop.live()) - 1


def converges(shop: Shop) -> None:
    """The next run does the rest, and nothing twice."""
    slow(shop, 0)
    assert shop.run("apply", "--auto-approve").code == 0
    assert created(shop) == 5
    assert len(shop.written()) == 5
    assert shop.run("plan", "--detailed-exitcode").code == 0
    assert not (shop.root / JOURNAL).exists()


def test_ctrl_c_during_apply(shop: Shop) -> None:
    several(shop)
    slow(shop, 0.3)
    process = shop.start("apply", "--auto-approve")
    until(lambda: created(shop) >= 2)
    process.send_signal(signal.SIGINT)
    run = shop.end(process)
    command_line.compare(GOLDEN, "Ctrl-C during apply", shop.shown(outcome(run)))
    assert run.code == 130
    assert created(shop) == 2
    converges(shop)


def test_ctrl_c_twice(shop: Shop) -> None:
    several(shop)
    slow(shop, 0.5)
    process = shop.start("apply", "--auto-approve")
    until(lambda: created(shop) >= 1)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    said = ""
    while "Interrupted: stopping" not in said:
        said += process.stderr.readline()
    process.send_signal(signal.SIGINT)
    run = shop.end(process)
    run = run._replace(err=said + run.err)
    command_line.compare(GOLDEN, "Ctrl-C twice", shop.shown(outcome(run)))
    assert run.code == 130
    converges(shop)


def test_ctrl_c_while_reading(shop: Shop) -> None:
    slow(shop, 1.0)
    process = shop.start("plan")
    until(lambda: shop.calls())
    process.send_signal(signal.SIGINT)
    run = shop.end(process)
    command_line.compare(GOLDEN, "Ctrl-C while reading", shop.shown(run))
    assert run.code == 130


@pytest.mark.parametrize("moment", [1, 3, 5])
def test_killed_during_apply(moment: int, shop: Shop) -> None:
    several(shop)
    slow(shop, 0.1)
    process = shop.start("apply", "--auto-approve")
    until(lambda: created(shop) >= moment)
    process.kill()
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL
    converges(shop)


@pytest.mark.parametrize("moment", [1, 2, 4])
def test_killed_during_updates(moment: int, shop: Shop) -> None:
    """Meta takes one edit a day: an edit that was done and not noted must not be sent again."""
    several(shop)
    assert shop.run("apply", "--auto-approve").code == 0
    for name, meal in zip("abcde", ("soup", "bread", "rice", "fish", "cake"), strict=True):
        shop.template(f"The shop has {meal} for every guest today.", name)
    before = len(shop.written())
    slow(shop, 0.1)
    process = shop.start("apply", "--auto-approve")
    until(lambda: len(shop.written()) >= before + moment)
    process.kill()
    process.communicate(timeout=20)
    slow(shop, 0)
    assert shop.run("apply", "--auto-approve").code == 0
    assert len(shop.written()) == before + 5
    assert shop.run("plan", "--detailed-exitcode").code == 0


def test_two_applies_at_once(shop: Shop) -> None:
    several(shop)
    slow(shop, 0.2)
    process = shop.start("apply", "--auto-approve")
    until(lambda: created(shop) >= 1)
    second = shop.run("apply", "--auto-approve")
    planned = shop.run("plan")
    first = shop.end(process)
    text = shop.shown(second).replace(f"process {process.pid}", "process 123")
    command_line.compare(GOLDEN, "two applies at once", command_line.without_host(text))
    assert (second.code, planned.code, first.code) == (5, 0, 0)
    converges(shop)
