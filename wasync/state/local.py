"""The state in a folder of this machine: state.json, the journal of a running apply, and the lock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from wasync.model.live import Memory
from wasync.state.disk import Disk, failed, shown, write_whole
from wasync.state.fold import EMPTY, folded, remembered
from wasync.state.journal import FileNotebook, Journal, first_line
from wasync.state.notes import Replay, replay
from wasync.state.records import read_serial, write_time
from wasync.state.store import LockHeldError
from wasync.state.unusable import explained

__all__ = ["Journal", "LocalState", "LockHeldError"]

_WRITABLE = "Make the folder writable and leave some space on the disk, then run again: nothing is lost."


class LocalState:
    """The state file at `path` and what lies beside it. One folder may hold several state files.

    Reading takes no lock and writes nothing; whoever writes reads again under the lock.
    """

    lock_outlives_runs = False

    def __init__(self, path: Path, disk: Disk | None = None) -> None:
        prefix = "" if path.name == "state.json" else f"{path.stem}."
        self._path = path
        self._journal_path = path.with_name(f"{prefix}journal.jsonl")
        self._lock_path = path.with_name(f"{prefix}lock")
        self._disk = disk or Disk()
        self._locked = False

    def read(self, waba_id: str) -> Memory:
        """What is remembered of one account: the state file, and the journal of an apply that has not ended.

        Raises WasyncError when a file is unreadable, corrupt, another program's or a newer wasync's.
        """
        # The journal first: when an apply ends in between, its notes are read twice, not never.
        notes = self._read_journal()
        text = self._read_state()
        return explained(shown(self._path), lambda: remembered(text, notes, waba_id))

    @contextmanager
    def lock(self, owner: str, now: datetime) -> Iterator[None]:
        """Keep other runs from writing. The kernel frees it when this process ends, however it ends.

        `owner` tells people who: user, machine, process. Raises LockHeldError, or WasyncError.
        """
        # Not everywhere: reading the state works without it.
        import fcntl

        file = self._open_lock()
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as held:
                raise self._held() from held
            except OSError as problem:
                fix = "Put the state on a disk of this machine (`state:` in wasync.yaml)."
                raise failed("lock", self._lock_path, problem, fix) from problem
            self._sign(file, f"{owner} since {write_time(now)}\n")
            self._locked = True
            try:
                yield
            finally:
                self._locked = False
                # Only the text: the kernel frees the lock with or without it.
                with suppress(OSError):
                    self._disk.truncate(file, 0)
        finally:
            self._disk.close(file)

    def journal(self, waba_id: str, fingerprint: str, now: datetime) -> Journal:
        """Begin the notes of one apply, under the lock; notes of one that was killed are folded in first."""
        if not self._locked:
            raise RuntimeError("journal() needs lock()")
        self._fold(died_by=now)
        text = self._read_state()
        serial = explained(shown(self._path), lambda: read_serial(text) + 1)
        try:
            file = self._disk.create(self._journal_path)
        except OSError as problem:
            raise failed("create", self._journal_path, problem, _WRITABLE) from problem
        notebook = FileNotebook(self._disk, self._journal_path, file)
        notebook.append(first_line(waba_id, fingerprint, now, serial))
        try:
            self._disk.sync_folder(self._path.parent)
        except OSError as problem:
            raise failed("create", self._journal_path, problem, _WRITABLE) from problem
        return Journal(notebook, self._fold)

    def holder(self) -> str:
        """Who holds the lock and since when; "" when nobody does. It takes no lock and makes no file."""
        import fcntl

        try:
            file = os.open(self._lock_path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return ""
        except OSError as problem:
            raise failed("open", self._lock_path, problem, _WRITABLE) from problem
        try:
            # Shared and at once given back: whoever tries to lock in this instant is told to try again.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raw = self._read(self._lock_path) or b""
            return raw.decode(errors="replace").strip() or "a run that began just now"
        finally:
            os.close(file)
        return ""

    def unlock(self) -> None:
        """Nothing: the kernel frees this lock when the process that holds it ends."""

    def _fold(self, died_by: datetime | None = None) -> None:
        notes = self._read_journal()
        if notes is None:
            return
        text = self._read_state()
        data = explained(shown(self._path), lambda: folded(text, notes, died_by))
        try:
            write_whole(self._disk, self._path, data)
            # Should this run die here the journal is folded once more, to the same effect.
            self._disk.remove(self._journal_path)
            self._disk.sync_folder(self._path.parent)
        except OSError as problem:
            raise failed("write", self._path, problem, _WRITABLE) from problem

    def _read_state(self) -> str:
        raw = self._read(self._path)
        if raw is None:
            return EMPTY
        return explained(shown(self._path), lambda: raw.decode("utf-8"))

    def _read_journal(self) -> Replay | None:
        raw = self._read(self._journal_path)
        return None if raw is None else explained(shown(self._journal_path), lambda: replay(raw))

    def _read(self, path: Path) -> bytes | None:
        try:
            return self._disk.read(path)
        except OSError as problem:
            fix = "Let the user who runs wasync read it, or move it away."
            raise failed("read", path, problem, fix) from problem

    def _open_lock(self) -> int:
        try:
            self._make_folder(self._path.parent)
            return self._disk.open_lock(self._lock_path)
        except OSError as problem:
            raise failed("open", self._lock_path, problem, _WRITABLE) from problem

    def _make_folder(self, folder: Path) -> None:
        """Make the folder and its parents; git ignores what is in it, unless it was another's before us."""
        try:
            if not folder.exists():
                self._make_folder(folder.parent)
                self._disk.make_folder(folder)
            elif folder.name != ".wasync":
                return
        except FileExistsError:
            return
        ignore = folder / ".gitignore"
        ours = folder == self._path.parent or folder.name == ".wasync"
        if ours and not (ignore.exists() and ignore.stat().st_size):
            # In place: this happens before the lock, and whoever else does it writes the same.
            file = self._disk.create(ignore)
            try:
                self._disk.write(file, b"*\n")
            finally:
                self._disk.close(file)

    def _sign(self, file: int, text: str) -> None:
        try:
            self._disk.truncate(file, 0)
            self._disk.write(file, text.encode())
        except OSError as problem:
            raise failed("write", self._lock_path, problem, _WRITABLE) from problem

    def _held(self) -> LockHeldError:
        raw = self._read(self._lock_path) or b""
        holder = raw.decode(errors="replace").strip() or "a run that began just now"
        return LockHeldError(
            f"{shown(self._lock_path)}: held by {holder}; nothing was written.",
            "Wait until that run has ended, then run again. A run that was killed holds no lock.",
        )
