"""The journal: what one apply is about to do and has done, so that a killed run is taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from wasync.model.live import Applied
from wasync.model.template import JSON, Key
from wasync.state.disk import Disk, failed
from wasync.state.rations import Note
from wasync.state.records import (
    VERSION,
    applied_from_json,
    applied_to_json,
    check_version,
    read_key,
    read_time,
    write_time,
)

if TYPE_CHECKING:
    from pathlib import Path

    from wasync.model.plan import Action

_NOT_LOST = "Free space on the disk, then run again: wasync looks at live first, so nothing is done twice."


@dataclass(slots=True)
class Replay:
    """What a journal adds to the state file; None means the entry is gone. `finished`: it ended complete."""

    waba_id: str
    fingerprint: str
    applied: dict[Key, Applied | None] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    finished: bool = False


class Journal:
    """Notes of one apply, each on disk before the method returns; LocalState.journal makes it."""

    def __init__(self, disk: Disk, path: Path, file: int, fold: Callable[[], None]) -> None:
        self._disk, self._path, self._file, self._fold = disk, path, file, fold
        self._size, self._torn = 0, False

    def begin(self, waba_id: str, fingerprint: str, now: datetime) -> None:
        """The first line: which account, which plan."""
        self._append(
            [{"version": VERSION, "waba_id": waba_id, "fingerprint": fingerprint, "at": write_time(now)}]
        )

    def intent(self, key: Key, action: Action, at: datetime, *, counted: bool) -> None:
        """Say what the next call to Meta will do. `counted`: Meta counts it against a ration."""
        line: dict[str, JSON] = {"event": "intent", "key": str(key), "action": action.value}
        self._append([{**line, "counted": counted, "at": write_time(at)}])

    def done(self, key: Key, action: Action, live_id: str, applied: Applied | None, at: datetime) -> None:
        """Say that Meta did it. `applied` is None after a delete."""
        record = None if applied is None else applied_to_json(applied)
        line: dict[str, JSON] = {"event": "done", "key": str(key), "action": action.value}
        self._append([{**line, "live_id": live_id, "applied": record, "at": write_time(at)}])

    def failed(self, key: Key, action: Action, message: str, at: datetime, *, until_later: bool) -> None:
        """Say that it was refused: what the state remembers of the key stays.

        `until_later`: for a reason that only time mends (a locked name, edits used up).
        """
        line: dict[str, JSON] = {"event": "failed", "key": str(key), "action": action.value}
        self._append([{**line, "message": message, "until_later": until_later, "at": write_time(at)}])

    def adopt(self, records: Mapping[Key, Applied]) -> None:
        """Remember templates that are as declared although no call of ours in this run made them so."""
        self._append(
            [
                {"event": "adopt", "key": str(key), "applied": applied_to_json(it)}
                for key, it in records.items()
            ]
        )

    def close(self, complete: bool) -> None:
        """Fold the notes into the state file and remove the journal. Not complete: the plan stays resumable.

        When that fails the notes stay where they are and count all the same.
        """
        try:
            self._append([{"event": "end", "complete": complete}])
        finally:
            self._disk.close(self._file)
        self._fold()

    def _append(self, lines: list[dict[str, JSON]]) -> None:
        data = "".join(json.dumps(line) + "\n" for line in lines).encode("ascii")
        if not data:
            return
        try:
            if self._torn:
                self._disk.truncate(self._file, self._size)
            # Half a line in the middle would make the journal unreadable once more lines follow.
            self._torn = True
            self._disk.write(self._file, data)
            self._disk.sync(self._file)
            self._torn = False
        except OSError as problem:
            raise failed("write", self._path, problem, _NOT_LOST) from problem
        self._size += len(data)


def replay(text: bytes) -> Replay | None:
    """What the journal's lines say, or None when not even the first was written whole.

    The last line may be torn: it is dropped. Of a delete that was begun and never answered the record stays,
    for Meta may not have done it. Raises ValueError, as records.py does.
    """
    lines = text.split(b"\n")
    torn = lines.pop()
    result: Replay | None = None
    for number, line in enumerate(lines, start=1):
        try:
            entry: JSON = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines) and not torn:
                break
            raise ValueError(f"line {number} is not JSON") from error
        try:
            if result is None:
                result = _begin(entry)
            else:
                _note(result, entry)
        except ValueError as error:
            raise type(error)(*error.args) if number == 1 else ValueError(f"line {number} {error}") from error
    return result


def _begin(entry: JSON) -> Replay:
    if isinstance(entry, dict):
        check_version(entry.get("version"))
    match entry:
        case {"waba_id": str(waba_id), "fingerprint": str(fingerprint)}:
            return Replay(waba_id, fingerprint)
        case _:
            raise ValueError("it does not begin as a journal of wasync's; another program wrote it")


def _note(result: Replay, entry: JSON) -> None:
    match entry:
        case {"event": "intent", "key": str(name), "action": str(action), "at": at, **more}:
            # Version 1 did not say what Meta counts: a create it does.
            counted = more.get("counted", action == "create") is True
            result.notes.append(Note("intent", read_key(name), action, read_time(at), counted))
        case {"event": "done", "key": str(name), "action": str(action), "at": at, "applied": record}:
            key = read_key(name)
            result.applied[key] = None if record is None else applied_from_json(record)
            result.notes.append(Note("done", key, action, read_time(at)))
        case {"event": "adopt", "key": str(name), "applied": dict(record)}:
            applied = applied_from_json(record)
            result.applied[read_key(name)] = applied
            result.notes.append(Note("adopt", read_key(name), "", applied.at))
        case {"event": "failed", "key": str(name), "action": str(action), "at": at, **more}:
            until_later = more.get("until_later") is True
            result.notes.append(Note("failed", read_key(name), action, read_time(at), until_later))
        case {"event": "end", "complete": bool(complete)}:
            result.finished = complete
        case _:
            raise ValueError("is no note of wasync's")
