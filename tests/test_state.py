"""The state remembers what was applied, survives being killed, and says what is wrong with its files."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasync.model.errors import Exit, WasyncError
from wasync.model.live import NAME_LOCK, Applied, NameLock
from wasync.model.plan import Action
from wasync.model.template import JSON, Key
from wasync.state.disk import Disk
from wasync.state.local import LocalState, LockHeldError

WABA = "102290129340398"
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
EN, ES = Key("order_shipped", "en_US"), Key("order_shipped", "es_MX")
SCHEMA = json.loads((Path(__file__).parent.parent / "schemas" / "state.schema.json").read_text())


def lock(at: datetime) -> NameLock:
    return NameLock(at, at + NAME_LOCK)


def record(number: int = 1, body: str = "Hi {{1}}, it's on its way 🎉.") -> Applied:
    media: dict[str, JSON] = {"path": "media/a.png", "sha256": "ab" * 32}
    return Applied(
        str(number), "utility", {"body": body, "examples": {"header": media, "body": ["Ana"]}}, NOW
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".wasync" / "state.json"


def apply_one(state: LocalState, key: Key = EN, applied: Applied | None = None, waba_id: str = WABA) -> None:
    with state.lock("ana@laptop, process 1", NOW):
        journal = state.journal(waba_id, "f1", NOW)
        journal.intent(key, Action.CREATE, NOW, counted=True)
        journal.done(key, Action.CREATE, "1", applied or record(), NOW)
        journal.close(complete=True)


# -- what is remembered --------------------------------------------------------------------------------


def test_without_files_nothing_is_remembered_and_reading_makes_none(path: Path) -> None:
    assert LocalState(path).read(WABA)[:3] == ({}, {}, None)
    assert not path.parent.exists()


def test_what_was_applied_is_remembered_per_account(path: Path) -> None:
    apply_one(LocalState(path))
    apply_one(LocalState(path), ES, record(2), waba_id="999")
    assert LocalState(path).read(WABA)[:3] == ({EN: record()}, {}, None)
    assert LocalState(path).read("999")[:3] == ({ES: record(2)}, {}, None)
    assert LocalState(path).read("5")[:3] == ({}, {}, None)


def test_the_file_is_as_its_schema_says(path: Path) -> None:
    state = LocalState(path)
    apply_one(state)
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f2", NOW)
        journal.done(ES, Action.DELETE, "2", None, NOW)
        journal.close(complete=False)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(path.read_bytes()))
    assert path.read_text() == (
        '{"version": 2,\n"accounts": {\n'
        f'  "{WABA}": {{\n'
        '    "creations": ["2026-11-23T09:12:00+00:00"],\n'
        '    "interrupted": "f2",\n'
        '    "refused": {},\n'
        '    "locked": {\n'
        '      "order_shipped/es_MX": {"since": "2026-11-23T09:12:00+00:00",'
        ' "until": "2026-12-23T09:12:00+00:00"}\n'
        "    },\n"
        '    "edits": {},\n'
        '    "applied": {\n'
        '      "order_shipped/en_US": {"live_id": "1", "category": "utility",'
        ' "at": "2026-11-23T09:12:00+00:00",'
        ' "spec": {"body": "Hi {{1}}, it\'s on its way \\ud83c\\udf89.", "examples": {"header":'
        f' {{"path": "media/a.png", "sha256": "{"ab" * 32}"}}, "body": ["Ana"]}}}}}}\n'
        "    }\n"
        "  }\n"
        "}}\n"
    )


def test_only_its_owner_reads_it_and_git_ignores_it(path: Path) -> None:
    apply_one(LocalState(path))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (path.parent / ".gitignore").read_text() == "*\n"
    assert sorted(file.name for file in path.parent.iterdir()) == [".gitignore", "lock", "state.json"]


def test_the_folder_of_the_project_is_not_ignored_when_the_state_lies_in_it(tmp_path: Path) -> None:
    state = LocalState(tmp_path / "prod.json")
    apply_one(state)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["prod.json", "prod.lock"]
    assert state.read(WABA).applied == {EN: record()}


def test_a_delete_forgets_the_record_and_remembers_when_until_it_is_created_again(path: Path) -> None:
    state = LocalState(path)
    apply_one(state)
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f2", NOW)
        journal.intent(EN, Action.DELETE, NOW, counted=True)
        journal.done(EN, Action.DELETE, "1", None, NOW + timedelta(seconds=2))
        journal.close(complete=True)
    assert state.read(WABA)[:3] == ({}, {EN: lock(NOW + timedelta(seconds=2))}, None)
    apply_one(state, EN, record(7))
    assert state.read(WABA)[:3] == ({EN: record(7)}, {}, None)


def test_what_meta_refused_changes_nothing(path: Path) -> None:
    state = LocalState(path)
    apply_one(state)
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f2", NOW)
        for action in (Action.UPDATE, Action.DELETE):
            journal.intent(EN, action, NOW, counted=True)
            journal.failed(EN, action, 'refused: "no"\nreally', NOW, until_later=False)
        journal.close(complete=False)
    assert state.read(WABA)[:3] == ({EN: record()}, {}, "f2")
    apply_one(state, ES)
    assert state.read(WABA).interrupted is None


def test_templates_found_as_declared_are_adopted(path: Path) -> None:
    state = LocalState(path)
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f1", NOW)
        journal.adopt({EN: record(1), ES: record(2)})
        journal.adopt({})
        assert state.read(WABA).applied == {EN: record(1), ES: record(2)}
        journal.close(complete=True)
    assert state.read(WABA)[:3] == ({EN: record(1), ES: record(2)}, {}, None)


def test_records_are_a_mapping_like_any_other(path: Path) -> None:
    state = LocalState(path)
    apply_one(state)
    with state.lock("ana", NOW):
        state.journal(WABA, "f2", NOW).done(ES, Action.CREATE, "2", record(2), NOW)
    applied = state.read(WABA).applied
    assert (len(applied), set(applied), EN in applied, Key("x", "y") in applied) == (2, {EN, ES}, True, False)
    assert (applied[EN], applied[ES], applied.get(Key("x", "y"))) == (record(1), record(2), None)
    with pytest.raises(KeyError):
        applied[Key("x", "y")]


def json_values() -> st.SearchStrategy[JSON]:
    scalars: st.SearchStrategy[JSON] = st.none() | st.booleans() | st.integers() | st.text()
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )


@given(
    spec=st.dictionaries(st.text(), json_values(), max_size=4),
    name=st.text(min_size=1).filter(lambda text: text.isprintable()),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_any_template_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, spec: dict[str, JSON], name: str, at: datetime
) -> None:
    path = tmp_path_factory.getbasetemp() / "any" / "state.json"
    path.unlink(missing_ok=True)
    key, applied = Key(name, "en"), Applied("1", "utility", spec, at)
    apply_one(LocalState(path), key, applied)
    assert LocalState(path).read(WABA)[:3] == ({key: applied}, {}, None)


def test_other_tools_may_rewrite_the_json_and_add_to_it(path: Path) -> None:
    state = LocalState(path)
    apply_one(state)
    data = json.loads(path.read_bytes())
    data["comment"] = {"by": "a person"}
    data["accounts"][WABA]["later"] = 3
    path.write_text(json.dumps(data, indent=3, sort_keys=True))
    assert state.read(WABA)[:3] == ({EN: record()}, {}, None)
    apply_one(state, ES)
    kept = json.loads(path.read_bytes())
    assert (kept["comment"], kept["accounts"][WABA]["later"]) == ({"by": "a person"}, 3)
    assert state.read(WABA).applied == {EN: record(), ES: record()}


# -- crashes -------------------------------------------------------------------------------------------


class DyingDisk(Disk):
    """Kills the process with signal 9 before its n-th operation; half of what it was to write is written."""

    def __init__(self, left: int) -> None:
        self.left = left

    def _step(self) -> bool:
        self.left -= 1
        return self.left == 0

    def make_folder(self, path: Path) -> None:
        self._or_die(lambda: super(DyingDisk, self).make_folder(path))

    def create(self, path: Path) -> int:
        if self._step():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().create(path)

    def write(self, file: int, data: bytes) -> None:
        if self._step():
            os.write(file, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        super().write(file, data)

    def sync(self, file: int) -> None:
        self._or_die(lambda: super(DyingDisk, self).sync(file))

    def truncate(self, file: int, size: int) -> None:
        self._or_die(lambda: super(DyingDisk, self).truncate(file, size))

    def replace(self, source: Path, target: Path) -> None:
        self._or_die(lambda: super(DyingDisk, self).replace(source, target))

    def remove(self, path: Path) -> None:
        self._or_die(lambda: super(DyingDisk, self).remove(path))

    def sync_folder(self, path: Path) -> None:
        self._or_die(lambda: super(DyingDisk, self).sync_folder(path))

    def _or_die(self, operation: Callable[[], None]) -> None:
        if self._step():
            os.kill(os.getpid(), signal.SIGKILL)
        operation()


def run_until_killed(path: Path, operations: int) -> tuple[bool, set[str]]:
    """One apply in a child killed at an operation: whether it was, and what it was told is on disk."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            state = LocalState(path, DyingDisk(operations))
            with state.lock("child", NOW):
                journal = state.journal(WABA, "f9", NOW)
                os.write(tell, b"begun\n")
                for number, key in enumerate((EN, ES)):
                    journal.intent(key, Action.UPDATE, NOW, counted=True)
                    journal.done(key, Action.UPDATE, "1", record(number, "new"), NOW)
                    os.write(tell, f"{key}\n".encode())
                journal.close(complete=True)
                os.write(tell, b"closed\n")
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(told) as lines:
        acknowledged = set(lines.read().split())
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), acknowledged


def test_killed_before_any_operation_nothing_that_was_noted_is_lost(tmp_path: Path) -> None:
    operations, killed = 0, True
    while killed:
        operations += 1
        path = tmp_path / str(operations) / ".wasync" / "state.json"
        path.parent.parent.mkdir()
        if operations % 2:
            apply_one(LocalState(path), EN, record(5, "old"))
        killed, acknowledged = run_until_killed(path, operations)
        memory = LocalState(path).read(WABA)
        before = {EN: record(5, "old")} if operations % 2 else {}
        after = {EN: record(0, "new"), ES: record(1, "new")}
        for key in (EN, ES):
            known = (after[key],) if str(key) in acknowledged else (after[key], before.get(key))
            assert memory.applied.get(key) in known, operations
        if "closed" in acknowledged:
            assert memory.interrupted is None
        elif "begun" in acknowledged and memory.applied != after:
            assert memory.interrupted == "f9"
        apply_one(LocalState(path), Key("next", "en"))
        again = LocalState(path).read(WABA)
        assert again.applied == {**memory.applied, Key("next", "en"): record()}, operations
        assert again.interrupted is None
        assert sorted(file.name for file in path.parent.iterdir()) == [".gitignore", "lock", "state.json"]
    assert operations > 20


def test_a_killed_apply_is_named_until_one_ends_complete(path: Path) -> None:
    state = LocalState(path)
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f1", NOW)
        journal.done(EN, Action.CREATE, "1", record(), NOW)
    assert state.read(WABA)[:3] == ({EN: record()}, {}, "f1")
    assert state.read("999")[:3] == ({}, {}, None)
    with state.lock("ana", NOW):
        state.journal("999", "f2", NOW).close(complete=True)
    assert state.read(WABA)[:3] == ({EN: record()}, {}, "f1")
    apply_one(state)
    assert state.read(WABA).interrupted is None


def test_a_delete_that_was_never_answered_locks_the_name_and_keeps_the_record(path: Path) -> None:
    state = LocalState(path)
    apply_one(state)
    with state.lock("ana", NOW):
        state.journal(WABA, "f2", NOW).intent(EN, Action.DELETE, NOW, counted=True)
    assert state.read(WABA)[:3] == ({EN: record()}, {EN: lock(NOW)}, "f2")


@pytest.mark.parametrize("torn", ['{"event": "do', "\x00\x00\x00", '{"event": "do\n', "\x00\x00\n"])
def test_a_torn_last_line_is_dropped(path: Path, torn: str) -> None:
    state = LocalState(path)
    with state.lock("ana", NOW):
        state.journal(WABA, "f1", NOW).done(EN, Action.CREATE, "1", record(), NOW)
    with (path.parent / "journal.jsonl").open("a") as journal:
        journal.write(torn)
    assert state.read(WABA)[:3] == ({EN: record()}, {}, "f1")
    apply_one(state, ES)
    assert state.read(WABA)[:3] == ({EN: record(), ES: record()}, {}, None)


def test_a_journal_without_a_whole_first_line_says_nothing(path: Path) -> None:
    path.parent.mkdir()
    (path.parent / "journal.jsonl").write_text('{"version": 1, "waba')
    assert LocalState(path).read(WABA)[:3] == ({}, {}, None)
    apply_one(LocalState(path))
    assert LocalState(path).read(WABA)[:3] == ({EN: record()}, {}, None)


# -- bad files -----------------------------------------------------------------------------------------

BAD_STATES = {
    "": "an object is expected (line 1)",
    "{": "it is not JSON: Expecting value (line 1, column 2)",
    "[]": "an object is expected (line 1)",
    '{"version": 1, "accounts": {}} x': "it is not JSON: Extra data (line 1, column 32)",
    '{"version": 1,\n "accounts": {"1": {"applied": {"a/en": }}}}': (
        "it is not JSON: Expecting value (line 2, column 41)"
    ),
    '{"name": "leftpad"}': "it has no version of wasync's; another program wrote it",
    '{"version": "0.1.0"}': "it has no version of wasync's; another program wrote it",
    '{"version": true}': "it has no version of wasync's; another program wrote it",
    '{"version": 1, "accounts": 7}': "an object is expected (line 1)",
    '{"version": 1, "accounts": {"W": {"applied": []}}}': "an object is expected (line 1)",
    '{"version": 1, "accounts": {"W": {"applied": {"a": {}}}}}': '"a" is not name/language',
    '{"version": 1, "accounts": {"W": {"applied": {\n"a/en": {"live_id": "1"}}}}}': (
        "the record of a/en (line 2) needs live_id, category, spec and at"
    ),
    '{"version": 1, "accounts": {"W": {"deleted": {"a/en": "yesterday"}}}}': (
        'has a time that is none: "yesterday"'
    ),
    '{"version": 1, "accounts": {"W": {"deleted": {"a/en": "2026-01-01T00:00:00"}}}}': (
        'has a time that is none: "2026-01-01T00:00:00"'
    ),
    '{"x": ' + "[" * 100_000: "it is nested too deeply",
}


@pytest.mark.parametrize(("text", "what"), BAD_STATES.items(), ids=range(len(BAD_STATES)))
def test_a_state_that_cannot_be_used_is_named_and_left_alone(path: Path, text: str, what: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    state = LocalState(path)
    with pytest.raises(WasyncError) as caught:
        state.read("W")
    assert caught.value.message == f".wasync/state.json: cannot be used: {what}."
    assert caught.value.fix == (
        "Restore it from a backup, or move it away: live then counts as never applied by wasync."
    )
    assert caught.value.code == Exit.FAILED
    with pytest.raises(WasyncError), state.lock("ana", NOW):
        state.journal("W", "f1", NOW).close(complete=True)
    assert path.read_text() == text


def test_a_state_that_is_not_text(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"version": 1, "x": "\xff"}')
    with pytest.raises(WasyncError, match=r"^\.wasync/state\.json: cannot be used: it is not UTF-8 text\.$"):
        LocalState(path).read(WABA)


@pytest.mark.parametrize("text", ['{"version": 3, "accounts": []}', '{"accounts": [1], "version": 3}'])
def test_a_newer_state_asks_for_an_upgrade(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(WasyncError) as caught:
        LocalState(path).read(WABA)
    found = ".wasync/state.json: written by a newer wasync (version 3), or by another program."
    assert caught.value.message == found
    assert caught.value.fix == "Upgrade wasync, or name another file in `state:`; this one was left as it is."


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('{"a": 1}\n', "cannot be used: it has no version of wasync's; another program wrote it."),
        (
            '{"version": 1}\n',
            "cannot be used: it does not begin as a journal of wasync's; another program wrote it.",
        ),
        ('{"version": 3}\n', "written by a newer wasync (version 3), or by another program."),
        ("HEAD\nx\n{}", "cannot be used: line 2 is not JSON."),
        ('HEAD\n{"event": "sing"}\n', "cannot be used: line 2 is no note of wasync's."),
        (
            'HEAD\n{"event": "done", "key": "a/en", "action": "create", "applied": {}, "at": ""}\n',
            "cannot be used: line 2 needs live_id, category, spec and at.",
        ),
    ],
)
def test_a_journal_broken_in_the_middle_is_named(path: Path, lines: str, message: str) -> None:
    path.parent.mkdir()
    head = f'{{"version": 1, "waba_id": "{WABA}", "fingerprint": "f"}}'
    (path.parent / "journal.jsonl").write_text(lines.replace("HEAD", head))
    with pytest.raises(WasyncError) as caught:
        LocalState(path).read(WABA)
    assert caught.value.message == f".wasync/journal.jsonl: {message}"


class RefusingDisk(Disk):
    """Refuses one kind of operation, as a read-only or a foreign folder does."""

    def __init__(self, operation: str, problem: OSError) -> None:
        self.operation, self.problem = operation, problem

    def _check(self, operation: str) -> None:
        if operation == self.operation:
            raise self.problem

    def read(self, path: Path) -> bytes | None:
        self._check(f"read {path.name}")
        return super().read(path)

    def create(self, path: Path) -> int:
        self._check(f"create {path.name}")
        return super().create(path)

    def open_lock(self, path: Path) -> int:
        self._check("open_lock")
        return super().open_lock(path)

    def replace(self, source: Path, target: Path) -> None:
        self._check(f"replace {target.name}")
        super().replace(source, target)


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        ("read state.json", 13, ".wasync/state.json: cannot read: Permission denied."),
        ("read journal.jsonl", 13, ".wasync/journal.jsonl: cannot read: Permission denied."),
        ("open_lock", 30, ".wasync/lock: cannot open: Read-only file system."),
        ("create .gitignore", 28, ".wasync/lock: cannot open: No space left on device."),
        ("create journal.jsonl", 28, ".wasync/journal.jsonl: cannot create: No space left on device."),
        ("create state.json.tmp", 28, ".wasync/state.json: cannot write: No space left on device."),
        ("replace state.json", 5, ".wasync/state.json: cannot write: Input/output error."),
    ],
)
def test_what_the_system_refuses_is_said_and_loses_nothing(
    path: Path, operation: str, code: int, message: str
) -> None:
    apply_one(LocalState(path))
    (path.parent / ".gitignore").unlink()
    refusing = LocalState(path, RefusingDisk(operation, OSError(code, os.strerror(code))))
    with pytest.raises(WasyncError) as caught:
        apply_one(refusing, ES)
    assert caught.value.message == message
    memory = LocalState(path).read(WABA)
    assert memory.applied[EN] == record()
    if "state.json" in operation and not operation.startswith("read"):
        assert memory.applied[ES] == record()
    apply_one(LocalState(path), ES)
    assert LocalState(path).read(WABA)[:3] == ({EN: record(), ES: record()}, {}, None)


def test_a_link_in_place_of_the_lock_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    (tmp_path / "precious").write_text("mine")
    (path.parent / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(WasyncError, match=r"^\.wasync/lock: cannot open: "):
        apply_one(LocalState(path))
    assert (tmp_path / "precious").read_text() == "mine"


def run_with_full_disk(path: Path, work: Callable[[LocalState], None], limit: int) -> str:
    """Do the work in a child whose files cannot grow beyond the limit; the message of its error."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            work(LocalState(path))
        except WasyncError as error:
            os.write(tell, error.message.encode())
        finally:
            os._exit(0)
    os.close(tell)
    with os.fdopen(told) as lines:
        message = lines.read()
    os.waitpid(child, 0)
    return message


def test_a_disk_that_fills_while_the_state_is_written_keeps_the_old_state_and_the_notes(path: Path) -> None:
    apply_one(LocalState(path), EN, record(1, "x" * 5000))
    before = path.read_bytes()
    message = run_with_full_disk(path, lambda state: apply_one(state, ES), 5200)
    assert message == ".wasync/state.json: cannot write: File too large."
    assert path.read_bytes() == before
    assert LocalState(path).read(WABA).applied == {EN: record(1, "x" * 5000), ES: record()}
    assert not (path.parent / "state.json.tmp").exists()
    apply_one(LocalState(path), Key("next", "en"))
    assert LocalState(path).read(WABA).applied.keys() == {EN, ES, Key("next", "en")}


def test_a_disk_that_fills_in_the_journal_leaves_whole_lines(path: Path) -> None:
    def work(state: LocalState) -> None:
        with state.lock("child", NOW):
            journal = state.journal(WABA, "f1", NOW)
            journal.done(EN, Action.CREATE, "1", record(), NOW)
            try:
                journal.done(ES, Action.CREATE, "2", record(2, "x" * 5000), NOW)
            except WasyncError:
                journal.failed(ES, Action.CREATE, "could not be noted", NOW, until_later=False)
                raise

    message = run_with_full_disk(path, work, 2000)
    assert message == ".wasync/journal.jsonl: cannot write: File too large."
    lines = (path.parent / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line).get("event") for line in lines] == [None, "done", "failed"]
    assert LocalState(path).read(WABA)[:3] == ({EN: record()}, {}, "f1")


# -- the lock ------------------------------------------------------------------------------------------

HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from wasync.state.local import LocalState
with LocalState(Path(sys.argv[1])).lock("ci@runner, process 7", datetime(2026, 11, 23, 9, 12, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_of_two_processes_one_holds_the_lock_and_a_kill_frees_it(path: Path) -> None:
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        state = LocalState(path)
        with pytest.raises(LockHeldError) as caught, state.lock("ana", NOW):
            pass
        assert caught.value.message == (
            ".wasync/lock: held by ci@runner, process 7 since 2026-11-23T09:12:00+00:00; nothing was written."
        )
        assert caught.value.fix == (
            "Wait until that run has ended, then run again. A run that was killed holds no lock."
        )
        assert caught.value.code == Exit.STALE
        assert state.read(WABA)[:3] == ({}, {}, None)
        other.kill()
    apply_one(state)
    assert state.read(WABA).applied == {EN: record()}


def test_many_processes_at_once_each_write_alone(path: Path) -> None:
    children = []
    for number in range(6):
        child = os.fork()
        if child == 0:
            try:
                while True:
                    try:
                        apply_one(LocalState(path), Key(f"t{number}", "en"), record(number))
                        break
                    except LockHeldError:
                        time.sleep(0.002)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    assert LocalState(path).read(WABA).applied == {Key(f"t{n}", "en"): record(n) for n in range(6)}


def test_a_lock_without_text_names_nobody(path: Path) -> None:
    with LocalState(path).lock("", NOW):
        (path.parent / "lock").write_text("")
        with pytest.raises(LockHeldError) as caught, LocalState(path).lock("ana", NOW):
            pass
    assert caught.value.message == ".wasync/lock: held by a run that began just now; nothing was written."


def test_a_journal_without_the_lock_is_a_mistake_of_ours(path: Path) -> None:
    with pytest.raises(RuntimeError, match="lock"):
        LocalState(path).journal(WABA, "f1", NOW)
