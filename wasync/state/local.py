"""The state in a folder of this machine: state.json, the journal of a running apply, and the lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from wasync.model.errors import Exit, WasyncError
from wasync.model.live import Memory
from wasync.state.disk import Disk, failed, shown, write_whole
from wasync.state.journal import Journal, Replay, replay
from wasync.state.recall import EMPTY, fold, recall
from wasync.state.records import NewerVersionError, write_time

__all__ = ["Journal", "LocalState", "LockHeldError"]

T = TypeVar("T")
_WRITABLE = "Make the folder writable and leave some space on the disk, then run again: nothing is lost."


class LockHeldError(WasyncError):
    """Another run holds the lock: exit code STALE, nothing was written."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message, fix, code=Exit.STALE)


class LocalState:
    """The state file at `path` and what lies beside it. One folder may hold several state files.

    Reading takes no lock and writes nothing; whoever writes reads again under the lock.
    """

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
        if notes is not None and notes.waba_id != waba_id:
            notes = None
        return self._explain(self._path, lambda: recall(text, waba_id, notes))

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
        self._fold()
        try:
            file = self._disk.create(self._journal_path)
        except OSError as problem:
            raise failed("create", self._journal_path, problem, _WRITABLE) from problem
        journal = Journal(self._disk, self._journal_path, file, self._fold)
        journal.begin(waba_id, fingerprint, now)
        try:
            self._disk.sync_folder(self._path.parent)
        except OSError as problem:
            raise failed("create", self._journal_path, problem, _WRITABLE) from problem
        return journal

    def _fold(self) -> None:
        notes = self._read_journal()
        if notes is None:
            return
        text = self._read_state()
        folded = self._explain(self._path, lambda: fold(text, notes))
        try:
            write_whole(self._disk, self._path, folded)
            # Should this run die here the journal is folded once more, to the same effect.
            self._disk.remove(self._journal_path)
            self._disk.sync_folder(self._path.parent)
        except OSError as problem:
            raise failed("write", self._path, problem, _WRITABLE) from problem

    def _read_state(self) -> str:
        raw = self._read(self._path)
        if raw is None:
            return EMPTY
        return self._explain(self._path, lambda: raw.decode("utf-8"))

    def _read_journal(self) -> Replay | None:
        raw = self._read(self._journal_path)
        return None if raw is None else self._explain(self._journal_path, lambda: replay(raw))

    def _read(self, path: Path) -> bytes | None:
        try:
            return self._disk.read(path)
        except OSError as problem:
            fix = "Let the user who runs wasync read it, or move it away."
            raise failed("read", path, problem, fix) from problem

    def _explain(self, path: Path, read: Callable[[], T]) -> T:
        try:
            return read()
        except NewerVersionError as newer:
            raise WasyncError(
                f"{shown(path)}: written by a newer wasync (version {newer.args[0]}), or by another program.",
                "Upgrade wasync, or name another file in `state:`; this one was left as it is.",
            ) from newer
        except UnicodeDecodeError as error:
            raise self._corrupt(path, "it is not UTF-8 text") from error
        except json.JSONDecodeError as error:
            what = f"it is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
            raise self._corrupt(path, what) from error
        except ValueError as error:
            raise self._corrupt(path, str(error)) from error

    def _corrupt(self, path: Path, what: str) -> WasyncError:
        return WasyncError(
            f"{shown(path)}: cannot be used: {what}.",
            "Restore it from a backup, or move it away: live then counts as never applied by wasync.",
        )

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
