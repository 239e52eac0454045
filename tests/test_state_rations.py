"""What the state remembers of Meta's rations: what may have been spent counts, what was refused does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasync.model.live import NAME_LOCK, Applied, Memory, NameLock
from wasync.model.plan import Action
from wasync.model.template import Key
from wasync.state.local import Journal, LocalState
from wasync.state.rations import MOST_CREATIONS, MOST_EDITS, Note, Rations, rations_to_json, read_rations

WABA = "102290129340398"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=40)
KEY, OTHER = Key("order", "en_US"), Key("order", "es_MX")
RECORD = Applied("1", "utility", {"body": "Hi."}, LATER)


class Run:
    """One apply on a state: what `deeds` notes, then its end; or its death."""

    def __init__(self, path: Path) -> None:
        self.state = LocalState(path / ".wasync" / "state.json")

    def apply(self, *deeds: str, key: Key = KEY, ends: bool = True) -> Memory:
        """Note deeds such as "begin create" or "refuse update later"; return what is known then."""
        with self.state.lock("the test", NOW):
            journal = self.state.journal(WABA, "f1", NOW)
            for deed in deeds:
                note(journal, key, *deed.split())
            if ends:
                journal.close(complete=True)
        return self.state.read(WABA)


def note(journal: Journal, key: Key, what: str, action: str, later: str = "") -> None:
    match what:
        case "begin":
            journal.intent(key, Action(action), NOW, counted=action != "free")
        case "done":
            record = None if action == "delete" else RECORD
            journal.done(key, Action(action), "1", record, LATER)
        case "refuse":
            journal.failed(key, Action(action), "no", LATER, until_later=bool(later))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_what_was_done_counts_from_its_answer_on(run: Run) -> None:
    assert run.apply("begin create", "done create").creations == (LATER,)
    assert run.apply("begin update", "done update").edits == {KEY: (LATER,)}
    assert run.apply("begin update", "done update", key=OTHER).edits == {KEY: (LATER,), OTHER: (LATER,)}


@pytest.mark.parametrize("ends", [True, False])
def test_what_was_begun_and_never_answered_counts(run: Run, ends: bool) -> None:
    known = run.apply("begin create", ends=ends)
    assert known.creations == (NOW,)
    known = run.apply("begin update", ends=ends)
    assert known.edits == {KEY: (NOW,)}
    known = run.apply("begin delete", ends=ends)
    assert known.locks == {KEY: NameLock(NOW, NOW + NAME_LOCK)}


def test_what_meta_refused_counts_for_nothing(run: Run) -> None:
    known = run.apply("begin create", "refuse create", "begin update", "refuse update", "begin delete")
    assert (known.creations, known.edits, known.refused) == ((), {}, {})
    known = run.apply("begin delete", "refuse delete")
    assert known.locks == {KEY: NameLock(NOW, NOW + NAME_LOCK)}, "the first was never answered"


def test_a_refusal_that_only_time_mends_is_kept_until_it_is_live(run: Run) -> None:
    assert run.apply("begin update", "refuse update later").refused == {KEY: LATER}
    assert run.apply("begin update", "done update").refused == {}
    assert run.apply("begin create", "refuse create later").refused == {KEY: LATER}
    assert run.apply("begin create", "done create").refused == {}


def test_an_edit_that_is_free_counts_for_nothing(run: Run) -> None:
    with run.state.lock("the test", NOW):
        journal = run.state.journal(WABA, "f1", NOW)
        journal.intent(KEY, Action.UPDATE, NOW, counted=False)
        journal.done(KEY, Action.UPDATE, "1", RECORD, LATER)
        journal.close(complete=True)
    assert run.state.read(WABA).edits == {}


def test_a_template_made_anew_begins_with_no_edits_and_no_lock(run: Run) -> None:
    run.apply("begin update", "done update", "begin delete", "done delete")
    known = run.apply("begin create", "done create")
    assert (known.edits, known.locks) == ({}, {})


def test_what_is_found_live_is_neither_locked_nor_refused(run: Run) -> None:
    run.apply("begin delete", "refuse create later")
    with run.state.lock("the test", NOW):
        journal = run.state.journal(WABA, "f1", NOW)
        journal.adopt({KEY: RECORD})
        journal.close(complete=True)
    known = run.state.read(WABA)
    assert (known.locks, known.refused, known.applied) == ({}, {}, {KEY: RECORD})


def test_only_what_meta_looks_back_at_is_kept(run: Run) -> None:
    run.apply(*["begin update", "done update"] * (MOST_EDITS + 5))
    known = run.apply(*["begin create", "done create"] * (MOST_CREATIONS + 5), key=OTHER)
    assert (len(known.edits[KEY]), len(known.creations)) == (MOST_EDITS, MOST_CREATIONS)


def test_a_state_of_version_1_is_read_and_written_as_2(tmp_path: Path) -> None:
    run = Run(tmp_path)
    folder = tmp_path / ".wasync"
    folder.mkdir()
    deleted = NOW - timedelta(days=3)
    old = {"version": 1, "accounts": {WABA: {"applied": {}, "deleted": {str(KEY): deleted.isoformat()}}}}
    (folder / "state.json").write_text(json.dumps(old))
    lock = NameLock(deleted, deleted + NAME_LOCK)
    assert run.state.read(WABA).locks == {KEY: lock}
    run.apply("begin create", "done create", key=OTHER)
    written = json.loads((folder / "state.json").read_text())
    assert written["version"] == 2
    assert "deleted" not in written["accounts"][WABA]
    assert run.state.read(WABA).locks == {KEY: lock}


def test_a_journal_of_version_1_is_read(tmp_path: Path) -> None:
    run = Run(tmp_path)
    folder = tmp_path / ".wasync"
    folder.mkdir()
    at = NOW.isoformat()
    lines = [
        {"version": 1, "waba_id": WABA, "fingerprint": "f0", "at": at},
        {"event": "intent", "key": str(KEY), "action": "create", "at": at},
        {"event": "failed", "key": str(KEY), "action": "create", "message": "no", "at": at},
        {"event": "intent", "key": str(OTHER), "action": "create", "at": at},
    ]
    (folder / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    known = run.state.read(WABA)
    assert (known.creations, known.interrupted) == ((NOW,), "f0")


@pytest.mark.parametrize(
    "members",
    [
        {"edits": []},
        {"edits": {"order/en_US": "yesterday"}},
        {"edits": {"order/en_US": ["yesterday"]}},
        {"locked": {"order/en_US": "2026-11-23"}},
        {"creations": {}},
        {"refused": {"order": "2026-11-23T09:00:00+00:00"}},
    ],
)
def test_what_is_no_ration_of_ours_is_said(members: dict[str, object], tmp_path: Path) -> None:
    run = Run(tmp_path)
    (tmp_path / ".wasync").mkdir()
    text = json.dumps({"version": 2, "accounts": {WABA: {"applied": {}, **members}}})
    (tmp_path / ".wasync" / "state.json").write_text(text)
    with pytest.raises(Exception, match=r"^\.wasync/state\.json: cannot be used: "):
        run.state.read(WABA)


NOTES = st.builds(
    Note,
    event=st.sampled_from(["intent", "done", "failed", "adopt"]),
    key=st.sampled_from([KEY, OTHER]),
    action=st.sampled_from(["create", "update", "delete"]),
    at=st.datetimes(timezones=st.just(UTC)),
    flag=st.booleans(),
)


@given(notes=st.lists(NOTES, max_size=60))
def test_any_notes_are_taken_and_come_back_from_the_file(notes: list[Note]) -> None:
    rations = Rations()
    rations.take(notes)
    assert len(rations.creations) <= MOST_CREATIONS
    assert all(0 < len(times) <= MOST_EDITS for times in rations.edits.values())
    assert read_rations(json.loads(json.dumps(rations_to_json(rations)))) == rations
