"""The journal: what one apply is about to do and has done, so that a killed run is taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from wasync.state.disk import Disk, failed
from wasync.state.records import VERSION, applied_to_json, write_time

if TYPE_CHECKING:
    from pathlib import Path

    from wasync.model.live import Applied
    from wasync.model.plan import Action
    from wasync.model.template import JSON, Key

_NOT_LOST = "Free space on the disk, then run again: wasync looks at live first, so nothing is done twice."


class Notebook(Protocol):
    """Where notes are kept: whatever append() was given survives this process once it returns."""

    def append(self, data: bytes) -> None:
        """Keep whole lines; WasyncError when they cannot be kept."""

    def close(self) -> None:
        """No more lines come."""


class Journal:
    """Notes of one apply, each kept before the method returns; State.journal makes it."""

    def __init__(self, notebook: Notebook, fold: Callable[[], None]) -> None:
        self._notebook, self._fold = notebook, fold

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

    def forget(self, keys: Iterable[Key]) -> None:
        """Remember nothing of these templates; the creations of the hour are the account's and stay."""
        self._append([{"event": "forget", "key": str(key)} for key in keys])

    def close(self, complete: bool) -> None:
        """Fold the notes into the state file and remove the journal. Not complete: the plan stays resumable.

        When that fails the notes stay where they are and count all the same.
        """
        try:
            self._append([{"event": "end", "complete": complete}])
        finally:
            self._notebook.close()
        self._fold()

    def _append(self, lines: list[dict[str, JSON]]) -> None:
        data = "".join(json.dumps(line) + "\n" for line in lines).encode("ascii")
        if data:
            self._notebook.append(data)


def first_line(waba_id: str, fingerprint: str, now: datetime, serial: int) -> bytes:
    """How a journal begins: which account, which plan, and the serial of the state it will be folded into."""
    line = {"version": VERSION, "waba_id": waba_id, "fingerprint": fingerprint, "at": write_time(now)}
    return (json.dumps({**line, "serial": serial}) + "\n").encode("ascii")


class FileNotebook:
    """A journal in a file, each note on disk before append() returns."""

    def __init__(self, disk: Disk, path: Path, file: int) -> None:
        self._disk, self._path, self._file = disk, path, file
        self._size, self._torn = 0, False

    def append(self, data: bytes) -> None:
        """Whole lines or, when WasyncError is raised, none."""
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

    def close(self) -> None:
        """Let go of the file; its notes stay."""
        self._disk.close(self._file)
