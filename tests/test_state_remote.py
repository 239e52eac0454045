"""A state in an object store: it converges after any kill, and of two runs at once one stops."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.object_stores import (
    BUCKET,
    KEY,
    Died,
    DyingObjects,
    ForgetfulObjects,
    bucket,
    memory,
    s3,
    s3_module,
    served,
)
from tests.test_state import EN, ES, NOW, WABA, record
from wasync.model.errors import Exit, WasyncError
from wasync.model.live import Applied, Memory
from wasync.model.plan import Action
from wasync.model.template import Key
from wasync.state.journal import Journal
from wasync.state.lease import LeaseLostError
from wasync.state.objects import ChangedMeanwhileError, Objects, open_objects
from wasync.state.remote import SEGMENT, RemoteState
from wasync.state.store import LockHeldError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["s3", "s3_module"]

LOCK = f"{KEY}.lock"


@pytest.fixture(params=["s3", "memory"])
def objects(request: pytest.FixtureRequest) -> Objects:
    """A real S3 server, and obstore's memory store, which stands for gs:// and az://."""
    return bucket(request.getfixturevalue("s3")) if request.param == "s3" else memory()


def apply_one(state: RemoteState, key: Key = EN, applied: Applied | None = None) -> None:
    with state.lock("ana@laptop", NOW):
        journal = state.journal(WABA, "f1", NOW)
        journal.intent(key, Action.CREATE, NOW, counted=True)
        journal.done(key, Action.CREATE, "1", applied or record(), NOW)
        journal.close(complete=True)


def test_what_was_applied_is_remembered(objects: Objects) -> None:
    state = RemoteState(objects, KEY)
    assert state.read(WABA) == Memory()
    apply_one(state)
    apply_one(state, ES)
    assert state.read(WABA) == Memory({EN: record(), ES: record()}, creations=(NOW, NOW))
    assert state.read("999") == Memory()
    assert objects.names("wasync") == [KEY, LOCK]
    assert state.holder() == ""


def test_the_store_writes_only_what_is_expected(objects: Objects) -> None:
    first = objects.create("a", b"1")
    with pytest.raises(ChangedMeanwhileError):
        objects.create("a", b"1")
    second = objects.replace("a", b"2", first)
    with pytest.raises(ChangedMeanwhileError):
        objects.replace("a", b"3", first)
    objects.remove("a")
    with pytest.raises(ChangedMeanwhileError):
        objects.replace("a", b"4", second)
    assert objects.get("a") is None
    objects.remove("a")


def test_a_long_journal_has_several_segments(objects: Objects) -> None:
    state = RemoteState(objects, KEY)
    keys = [Key(f"t{number}", "en") for number in range(8)]
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f1", NOW)
        for key in keys:
            journal.done(key, Action.CREATE, "1", record(1, "x" * (SEGMENT // 4)), NOW)
        assert len(objects.names(f"{KEY}.journal")) == 3
        assert list(state.read(WABA).applied) == keys
        journal.close(complete=True)
    assert objects.names(f"{KEY}.journal") == []
    assert set(state.read(WABA).applied) == set(keys)


# -- killed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_around_any_operation_nothing_that_was_noted_is_lost(after: bool) -> None:
    """The same histories as of a local state, with objects in place of files."""
    operations, told = 0, [""]
    while "closed" not in told:
        operations += 1
        objects, told = memory(), []
        apply_one(RemoteState(objects, KEY), EN, record(5, "old"))
        try:
            dying = RemoteState(DyingObjects(objects, operations, after=after), KEY)
            with dying.lock("child", NOW):
                journal = dying.journal(WABA, "f9", NOW)
                told.append("begun")
                for number, key in enumerate((EN, ES)):
                    journal.intent(key, Action.UPDATE, NOW, counted=True)
                    journal.done(key, Action.UPDATE, "1", record(number, "new"), NOW)
                    told.append(str(key))
                journal.close(complete=True)
                told.append("closed")
        except Died:
            pass
        memory_now = RemoteState(objects, KEY).read(WABA)
        before, new = {EN: record(5, "old")}, {EN: record(0, "new"), ES: record(1, "new")}
        for key in (EN, ES):
            known = (new[key],) if str(key) in told else (new[key], before.get(key))
            assert memory_now.applied.get(key) in known, operations
        if "begun" in told and memory_now.applied != new:
            assert memory_now.interrupted == "f9"
        RemoteState(objects, KEY).unlock()
        apply_one(RemoteState(objects, KEY), Key("next", "en"))
        again = RemoteState(objects, KEY).read(WABA)
        assert again.applied == {**memory_now.applied, Key("next", "en"): record()}, operations
        assert (again.edits, len(again.creations)) == (memory_now.edits, 2), operations
        assert [name for name in objects.names("wasync") if ".clock" not in name] == [KEY, LOCK]
    assert operations > 20


# -- the lease ------------------------------------------------------------------------------------------

HOLD = """
import os, sys
from datetime import UTC, datetime
from wasync.state.objects import open_objects
from wasync.state.remote import RemoteState
state = RemoteState(open_objects("s3", sys.argv[1], os.environ), sys.argv[2], ttl=float(sys.argv[3]))
try:
    with state.lock("ci@runner, process 7", datetime(2026, 11, 23, 9, 12, tzinfo=UTC)):
        print("held", flush=True)
        sys.stdin.read()
except Exception as error:
    print(type(error).__name__, flush=True)
"""


def runner(ttl: float = 120.0) -> subprocess.Popen[str]:
    """Another process that wants the lease."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, BUCKET, KEY, str(ttl)],
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_of_two_processes_racing_one_gets_the_lease(s3: dict[str, str]) -> None:
    processes = [runner() for _ in range(2)]
    try:
        assert sorted(map(line, processes)) == ["LockHeldError", "held"]
    finally:
        for process in processes:
            process.communicate("")
    apply_one(RemoteState(bucket(s3), KEY))


def test_a_killed_runner_s_lease_expires_by_the_store_s_clock(s3: dict[str, str]) -> None:
    state = RemoteState(bucket(s3), KEY)
    with runner(ttl=1.0) as other:
        assert line(other) == "held"
        with pytest.raises(LockHeldError) as caught, state.lock("ana", NOW):
            pass
        assert caught.value.message.startswith(
            f"s3://team/{LOCK}: held by ci@runner, process 7 since 2026-11-23T09:12:00+00:00,"
            " unless renewed until"
        )
        assert caught.value.fix == (
            "Wait until that run has ended, then run again: a killed run's lock frees itself in 0 minutes."
            " Or free it: wasync state unlock."
        )
        assert caught.value.code == Exit.STALE
        assert state.holder() == "ci@runner, process 7 since 2026-11-23T09:12:00+00:00"
        other.kill()
    end = time.monotonic() + 10
    while True:
        try:
            apply_one(state)
            break
        except LockHeldError:
            assert time.monotonic() < end
    assert state.read(WABA).applied == {EN: record()}


def test_a_living_lease_is_renewed_past_its_time(s3: dict[str, str]) -> None:
    """The other runner's own time says nothing: its lease says 2026-11-23, and it lives."""
    with runner(ttl=1.0) as other:
        assert line(other) == "held"
        first = bucket(s3).get(LOCK)
        assert first is not None
        end = time.monotonic() + 10
        while (now := bucket(s3).get(LOCK)) is not None and (now.modified - first.modified).seconds < 3:
            assert time.monotonic() < end
        with pytest.raises(LockHeldError), RemoteState(bucket(s3), KEY).lock("ana", NOW):
            pass
        other.communicate("")


def test_a_lease_whose_answer_was_lost_is_not_taken_for_another_s(objects: Objects) -> None:
    apply_one(RemoteState(ForgetfulObjects(objects), KEY))
    assert RemoteState(objects, KEY).read(WABA).applied == {EN: record()}


def note_until(journal: Journal, end: float) -> None:
    while time.monotonic() < end:
        journal.intent(ES, Action.CREATE, NOW, counted=True)


def test_a_run_whose_lease_was_taken_stops_before_its_next_note(objects: Objects) -> None:
    slow, fast = RemoteState(objects, KEY, ttl=4.0), RemoteState(objects, KEY)
    with slow.lock("slow", NOW):
        journal = slow.journal(WABA, "f1", NOW)
        journal.intent(EN, Action.CREATE, NOW, counted=True)
        fast.unlock()
        with fast.lock("fast", NOW):
            end = time.monotonic() + 10
            with pytest.raises(LeaseLostError) as caught:
                note_until(journal, end)
            assert f"{LOCK}: the lock was taken from this run: held by fast since" in caught.value.message
            assert caught.value.code == Exit.STALE
            fast.journal(WABA, "f2", NOW).close(complete=True)
            with pytest.raises(LeaseLostError):
                journal.close(complete=True)
    assert NOW in fast.read(WABA).creations
    apply_one(fast)


def test_notes_after_another_run_took_them_up_are_refused(objects: Objects) -> None:
    """Even when the run has not seen yet that its lease is gone."""
    slow, fast = RemoteState(objects, KEY), RemoteState(objects, KEY)
    with slow.lock("slow", NOW):
        journal = slow.journal(WABA, "f1", NOW)
        journal.done(EN, Action.CREATE, "1", record(), NOW)
        fast.unlock()
        apply_one(fast, ES)
        with pytest.raises(LeaseLostError, match="another run took up these notes"):
            journal.intent(EN, Action.UPDATE, NOW, counted=True)
    assert fast.read(WABA).applied == {EN: record(), ES: record()}
    assert fast.holder() == ""


class Forgetful(Objects):
    """A store that writes whatever the condition."""

    def create(self, name: str, data: bytes):  # type: ignore[no-untyped-def]
        self.put(name, data)
        return {}

    def replace(self, name: str, data: bytes, version):  # type: ignore[no-untyped-def]
        self.put(name, data)
        return {}


def test_a_store_without_conditional_writes_is_refused() -> None:
    forgetful = Forgetful("s3://team", memory()._store)
    with pytest.raises(WasyncError, match="does not honour conditional writes") as caught:
        apply_one(RemoteState(forgetful, KEY))
    assert caught.value.code == Exit.FAILED
    assert RemoteState(forgetful, KEY).holder() == ""


# -- bad objects ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (KEY, "{", f"{KEY}: cannot be used: it is not JSON"),
        (KEY, "\xff", f"{KEY}: cannot be used: it has no version|{KEY}: cannot be used"),
        (KEY, '{"version": 3}', f"{KEY}: written by a newer wasync \\(version 3\\)"),
        (KEY, '{"terraform_version": "1.9"}', f"{KEY}: cannot be used: it has no version of wasync's"),
        (f"{KEY}.journal/notes.txt", "hello\nyou\n", f"{KEY}.journal: cannot be used: line 1 is not JSON"),
    ],
)
def test_objects_that_cannot_be_used_are_named_and_left_alone(name: str, text: str, message: str) -> None:
    objects = memory()
    objects.put(name, text.encode())
    with pytest.raises(WasyncError, match=message):
        RemoteState(objects, KEY).read(WABA)
    with pytest.raises(WasyncError, match=message):
        apply_one(RemoteState(objects, KEY))
    found = objects.get(name)
    assert found is not None
    assert found.data == text.encode()


def test_a_lease_of_another_program_expires_as_well(objects: Objects) -> None:
    objects.put(LOCK, b"hello")
    with pytest.raises(LockHeldError, match="a run that began just now"):
        apply_one(RemoteState(objects, KEY))
    RemoteState(objects, KEY).unlock()
    apply_one(RemoteState(objects, KEY))


REFUSALS: dict[str, tuple[str, dict[str, str | None], str, str]] = {
    "no such bucket": ("other", {}, "there is no such bucket", "Create it, or correct `state:`"),
    "no network": (
        BUCKET,
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        "the store cannot be reached",
        "Look at the network and the endpoint",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_store_that_cannot_be_used(case: str, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    name, changes, message, fix = REFUSALS[case]
    for variable, value in changes.items():
        assert value is not None
        monkeypatch.setenv(variable, value)
    environ = {**s3, **{key: value for key, value in changes.items() if value is not None}}
    begun = time.monotonic()
    attempts: list[Callable[[RemoteState], object]] = [lambda state: state.read(WABA), apply_one]
    for attempt in attempts:
        with pytest.raises(WasyncError) as caught:
            attempt(RemoteState(open_objects("s3", name, environ), KEY))
        assert caught.value.message.startswith(f"s3://{name}/wasync/prod.json")
        assert message in caught.value.message
        assert fix in caught.value.fix
        assert "very-secret" not in caught.value.message + caught.value.fix
    assert time.monotonic() - begun < 20


def test_the_state_object_is_the_same_text_as_the_file(objects: Objects) -> None:
    apply_one(RemoteState(objects, KEY))
    found = objects.get(KEY)
    assert found is not None
    assert json.loads(found.data)["version"] == 2


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (403, "AccessDenied", "the store refused the credentials"),
        (401, "ExpiredToken", "the store refused the credentials"),
        (501, "NotImplemented", "this store does not support that"),
        (400, "Whatever", "the store answered 400"),
    ],
)
def test_what_a_store_refuses_is_said_without_its_words(
    status: int, code: str, message: str, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its words may quote what was sent: a header, a signed address."""

    def refuse(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response(f"{status} Refused", [])
        return [f"<Error><Code>{code}</Code><Message>very-secret</Message></Error>".encode()]

    with served(refuse) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        state = RemoteState(open_objects("s3", BUCKET, {**s3, "AWS_ENDPOINT_URL": url}), KEY)
        for attempt in (lambda: state.read(WABA), lambda: apply_one(state)):
            with pytest.raises(WasyncError) as caught:
                attempt()
            assert message in caught.value.message
            assert "very-secret" not in caught.value.message + caught.value.fix
