"""What the state knows of Meta's rations: what counts, what takes back, what is forgotten, old files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from tests.test_state import EN, ES, NOW, SCHEMA, WABA, lock, record
from wasync.model.errors import WasyncError
from wasync.model.live import Memory
from wasync.model.plan import Action
from wasync.state.journal import Journal
from wasync.state.local import LocalState

LATER = NOW + timedelta(seconds=3)
CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE
Notes = Callable[[Journal], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".wasync" / "state.json"


def noted(path: Path, *notes: Notes, now: datetime = NOW) -> Memory:
    """What is remembered after an apply that wrote these notes."""
    state = LocalState(path)
    with state.lock("ana", now):
        journal = state.journal(WABA, "f1", now)
        for write in notes:
            write(journal)
        journal.close(complete=True)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(path.read_bytes()))
    return state.read(WABA)


def intent(action: Action, at: datetime = NOW, *, counted: bool = True) -> Notes:
    return lambda journal: journal.intent(EN, action, at, counted=counted)


def done(action: Action, at: datetime = LATER) -> Notes:
    applied = None if action is DELETE else record()
    return lambda journal: journal.done(EN, action, "1", applied, at)


def failed(action: Action, at: datetime = LATER, *, until_later: bool = False) -> Notes:
    return lambda journal: journal.failed(EN, action, "no", at, until_later=until_later)


def adopt(journal: Journal) -> None:
    journal.adopt({EN: record()})


KNOWN = {EN: record()}
CASES: dict[str, tuple[tuple[Notes, ...], Memory]] = {
    "a create that was never answered": ((intent(CREATE),), Memory(creations=(NOW,))),
    "a create": ((intent(CREATE), done(CREATE)), Memory(KNOWN, creations=(LATER,))),
    "a create that was found done already": (
        (intent(UPDATE), done(UPDATE), done(CREATE)),
        Memory(KNOWN, edits={EN: (LATER,)}),
    ),
    "a create refused": ((intent(CREATE), failed(CREATE)), Memory()),
    "a create refused, the name is locked": (
        (intent(CREATE), failed(CREATE, until_later=True)),
        Memory(refused={EN: LATER}),
    ),
    "a create that worked after such a refusal": (
        (intent(CREATE), failed(CREATE, until_later=True), intent(CREATE), done(CREATE)),
        Memory(KNOWN, creations=(LATER,)),
    ),
    "a create begun twice, answered once": (
        (intent(CREATE), intent(CREATE), done(CREATE)),
        Memory(KNOWN, creations=(NOW, LATER)),
    ),
    "an edit that was never answered": ((intent(UPDATE),), Memory(edits={EN: (NOW,)})),
    "an edit": ((intent(UPDATE), done(UPDATE)), Memory(KNOWN, edits={EN: (LATER,)})),
    "an edit that Meta does not count": ((intent(UPDATE, counted=False), done(UPDATE)), Memory(KNOWN)),
    "an edit refused": ((intent(UPDATE), failed(UPDATE)), Memory()),
    "an edit refused until later": (
        (intent(UPDATE), failed(UPDATE, until_later=True)),
        Memory(refused={EN: LATER}),
    ),
    "a delete that was never answered": ((intent(DELETE),), Memory(locks={EN: lock(NOW)})),
    "a delete": ((intent(DELETE), done(DELETE)), Memory(locks={EN: lock(LATER)})),
    "a delete refused": ((intent(DELETE), failed(DELETE)), Memory()),
    "a delete forgets the edits of what it deleted": (
        (intent(UPDATE), done(UPDATE), intent(DELETE), done(DELETE)),
        Memory(locks={EN: lock(LATER)}),
    ),
    "a create begins to count anew": (
        (intent(UPDATE), intent(DELETE), intent(CREATE), done(CREATE)),
        Memory(KNOWN, creations=(LATER,)),
    ),
    "what is live has no locked name": (
        (intent(UPDATE), done(UPDATE), intent(DELETE), adopt),
        Memory(KNOWN, edits={EN: (LATER,)}),
    ),
    "a delete refused after a create": (
        (intent(CREATE), done(CREATE), intent(DELETE), failed(DELETE)),
        Memory(KNOWN, creations=(LATER,)),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_notes_mean(case: str, path: Path) -> None:
    """They are read from the journal of a run that was killed, and from the state of one that ended."""
    notes, expected = CASES[case]
    killed = LocalState(path.with_name("killed.json"))
    with killed.lock("ana", NOW):
        journal = killed.journal(WABA, "f1", NOW)
        for write in notes:
            write(journal)
    assert killed.read(WABA) == expected._replace(interrupted="f1")
    assert noted(path, *notes) == expected


def test_a_later_apply_adds_to_what_was_counted(path: Path) -> None:
    noted(path, intent(CREATE), done(CREATE))
    noted(path, intent(UPDATE), done(UPDATE))
    memory = noted(path, intent(UPDATE), done(UPDATE, LATER + timedelta(seconds=1)))
    assert memory.edits == {EN: (LATER, LATER + timedelta(seconds=1))}
    assert memory.creations == (LATER,)
    gone = noted(path, intent(DELETE), done(DELETE))
    assert gone == Memory(locks={EN: lock(LATER)}, creations=(LATER,))
    assert noted(path, intent(CREATE), failed(CREATE)).locks == {EN: lock(LATER)}
    assert noted(path, intent(CREATE), done(CREATE)) == Memory(KNOWN, creations=(LATER, LATER))


def test_what_no_longer_counts_is_forgotten(path: Path) -> None:
    def others(journal: Journal) -> None:
        journal.intent(ES, CREATE, NOW, counted=True)
        journal.failed(ES, CREATE, "locked", NOW, until_later=True)
        journal.intent(ES, UPDATE, NOW, counted=True)

    noted(path, others, intent(CREATE), intent(DELETE), done(DELETE, NOW))

    def after(gap: timedelta) -> Memory:
        return noted(path, now=NOW + gap)

    assert after(timedelta(hours=2)) == Memory({}, {EN: lock(NOW)}, None, {ES: (NOW,)}, (NOW,), {ES: NOW})
    assert after(timedelta(hours=2, seconds=1)).creations == ()
    assert after(timedelta(days=2)).refused == {ES: NOW}
    assert after(timedelta(days=2, seconds=1)).refused == {}
    assert after(timedelta(days=30) - timedelta(seconds=1)).locks == {EN: lock(NOW)}
    assert after(timedelta(days=30)).locks == {}
    assert after(timedelta(days=31)).edits == {ES: (NOW,)}
    assert after(timedelta(days=31, seconds=1)) == Memory()


@pytest.mark.parametrize("at", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_a_clock_that_jumps_while_apply_runs_breaks_and_forgets_nothing(path: Path, at: datetime) -> None:
    noted(path, intent(UPDATE), done(UPDATE))
    memory = noted(path, intent(CREATE, at), intent(UPDATE, at), intent(DELETE, at), failed(DELETE, at))
    assert LATER in memory.edits[EN]
    assert noted(path, intent(DELETE, at), now=at).interrupted is None


def test_notes_that_are_in_the_state_already_do_not_count_twice(path: Path) -> None:
    """A run was killed after it wrote the state and before it removed the journal."""
    state = LocalState(path)
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f1", NOW)
        for write in (intent(CREATE), done(CREATE), intent(UPDATE), done(UPDATE)):
            write(journal)
        kept = path.with_name("journal.jsonl").read_bytes()
        journal.close(complete=False)
    expected = Memory(KNOWN, {}, "f1", {EN: (LATER,)}, (LATER,))
    path.with_name("journal.jsonl").write_bytes(kept)
    assert state.read(WABA) == expected
    assert noted(path) == expected._replace(interrupted=None)


OLD = {
    "version": 1,
    "accounts": {
        WABA: {
            "interrupted": "f0",
            "deleted": {str(EN): "2026-11-20T09:00:00+01:00"},
            "applied": {
                str(ES): {
                    "live_id": "1",
                    "category": "utility",
                    "at": "2026-11-23T09:12:00+00:00",
                    "spec": dict(record().spec),
                }
            },
        },
        "999": {"deleted": {str(ES): "2026-11-21T09:00:00+00:00"}, "applied": {}},
    },
}


def test_a_state_of_version_1_is_read_and_written_as_today(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps(OLD))
    deleted = {EN: lock(datetime(2026, 11, 20, 8, tzinfo=UTC))}
    assert LocalState(path).read(WABA) == Memory({ES: record()}, deleted, "f0")
    assert path.read_text() == json.dumps(OLD)
    assert noted(path) == Memory({ES: record()}, deleted, None)
    assert LocalState(path).read("999").locks == {ES: lock(datetime(2026, 11, 21, 9, tzinfo=UTC))}
    assert (json.loads(path.read_bytes())["version"], "deleted" in path.read_text()) == (2, False)


def test_a_journal_of_version_1_is_taken_up(path: Path) -> None:
    at = NOW.isoformat()
    lines = [
        {"version": 1, "waba_id": WABA, "fingerprint": "f1", "at": at},
        {"event": "intent", "key": str(EN), "action": "update", "at": at},
        {"event": "intent", "key": str(ES), "action": "delete", "at": at},
    ]
    path.parent.mkdir()
    path.with_name("journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    expected = Memory(locks={ES: lock(NOW)}, edits={EN: (NOW,)})
    assert LocalState(path).read(WABA) == expected._replace(interrupted="f1")
    assert noted(path) == expected


def test_another_account_that_is_none_is_named_before_anything_is_written(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"version": 1, "accounts": {"999": []}}')
    with pytest.raises(WasyncError, match=r"state\.json: cannot be used: account 999 is no object\."):
        noted(path)


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
def test_what_is_no_ration_of_ours_is_said(members: dict[str, object], path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 2, "accounts": {WABA: {"applied": {}, **members}}}))
    with pytest.raises(WasyncError, match=r"^\.wasync/state\.json: cannot be used: "):
        LocalState(path).read(WABA)


def test_what_a_killed_run_left_unanswered_counts_from_the_next_run_on(path: Path) -> None:
    """Meta may have asked for a pause before the call in which the run died: it counts when it arrived."""
    state = LocalState(path)
    with state.lock("ana", NOW):
        journal = state.journal(WABA, "f1", NOW)
        journal.intent(EN, UPDATE, NOW, counted=True)
        journal.intent(ES, CREATE, NOW, counted=True)
    found = NOW + timedelta(minutes=50)
    with state.lock("ana", found):
        state.journal(WABA, "f2", found).close(complete=True)
    known = state.read(WABA)
    assert (known.edits, known.creations) == ({EN: (found,)}, (found,))


def test_a_clock_that_went_back_makes_nothing_count_earlier(path: Path) -> None:
    state = LocalState(path)
    with state.lock("ana", NOW):
        state.journal(WABA, "f1", NOW).intent(EN, UPDATE, NOW, counted=True)
    earlier = NOW - timedelta(days=300)
    with state.lock("ana", earlier):
        state.journal(WABA, "f2", earlier).close(complete=True)
    assert state.read(WABA).edits == {EN: (NOW,)}
