"""The state in an object store: the state object, the journal of a running apply, and the lease."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from wasync.model.errors import WasyncError
from wasync.model.live import Memory
from wasync.state.fold import EMPTY, folded, remembered
from wasync.state.journal import Journal, first_line
from wasync.state.lease import TTL, Lease, LeaseLostError, free, new_holder, read_holder
from wasync.state.notes import Replay, replay
from wasync.state.objects import ChangedMeanwhileError, Objects
from wasync.state.records import read_serial
from wasync.state.unusable import explained

if TYPE_CHECKING:
    from obstore import UpdateVersion

SEGMENT = 64 * 1024
"""A segment is written again with each note, until it has grown to this many bytes."""


class _Found(NamedTuple):
    text: str
    version: UpdateVersion | None
    notes: tuple[Replay, ...]
    segments: tuple[str, ...]


class RemoteState:
    """The state object `key` in a bucket and what lies beside it: `key.lock`, `key.journal/`.

    Every write is conditional on the version that was read, and follows a check of the lease: a run that was
    stopped for long, and whose lease another took, can neither write over the other nor lose what it noted.
    """

    lock_outlives_runs = True

    def __init__(
        self, objects: Objects, key: str, *, ttl: float = TTL, token: Callable[[], str] = secrets.token_hex
    ) -> None:
        self._objects, self._key, self._ttl, self._token = objects, key, ttl, token
        self._lock_name, self._folder = f"{key}.lock", f"{key}.journal"
        self._lease: Lease | None = None

    def read(self, waba_id: str) -> Memory:
        """What is remembered of one account; see State.read."""
        found = self._find()
        return explained(self._place, lambda: _remembered(found.text, found.notes, waba_id))

    @contextmanager
    def lock(self, owner: str, now: datetime) -> Iterator[None]:
        """Hold the lease meanwhile; see State.lock. Raises LockHeldError, or WasyncError."""
        lease = Lease(self._objects, self._lock_name, new_holder(owner, now, self._token(), self._ttl))
        lease.acquire()
        self._lease = lease
        try:
            yield
        finally:
            self._lease = None
            # A lease that cannot be freed now expires by itself.
            with suppress(WasyncError):
                lease.release()

    def journal(self, waba_id: str, fingerprint: str, now: datetime) -> Journal:
        """Begin the notes of one apply; see State.journal."""
        lease = self._held()
        self._fold(died_by=now)
        text = self._find().text
        serial = explained(self._place, lambda: read_serial(text) + 1)
        notebook = SegmentNotebook(self._objects, f"{self._folder}/{serial:08}-{self._token()[:8]}", lease)
        notebook.append(first_line(waba_id, fingerprint, now, serial))
        return Journal(notebook, self._fold)

    def holder(self) -> str:
        """Who holds the lock and since when; "" when nobody does. It writes nothing."""
        found = self._objects.get(self._lock_name)
        holder = None if found is None else read_holder(found.data)
        if found is None or (holder is not None and not holder.token):
            return ""
        return "an unknown program" if holder is None else f"{holder.owner} since {holder.since}"

    def unlock(self) -> None:
        """Free the lease, whoever holds it; that run then stops before its next write."""
        found = self._objects.get(self._lock_name)
        holder = None if found is None else read_holder(found.data)
        if found is not None:
            lease = holder or new_holder("", datetime.fromtimestamp(0, found.modified.tzinfo), "", self._ttl)
            self._objects.put(self._lock_name, free(lease))

    @property
    def _place(self) -> str:
        return self._objects.shown(self._key)

    def _held(self) -> Lease:
        if self._lease is None:
            raise RuntimeError("journal() needs lock()")
        return self._lease

    def _find(self) -> _Found:
        # The notes first: when an apply ends in between they are in the state, and known by their serial.
        names = self._objects.names(self._folder)
        notes: list[Replay] = []
        for _, segments in groupby(names, key=lambda name: name.rpartition("-")[0]):
            parts = [self._objects.get(name) for name in segments]
            lines = b"".join(part.data for part in parts if part is not None)
            one = explained(self._objects.shown(self._folder), partial(replay, lines))
            if one is not None:
                notes.append(one)
        state = self._objects.get(self._key)
        if state is None:
            return _Found(EMPTY, None, tuple(notes), tuple(names))
        text = explained(self._place, lambda: state.data.decode("utf-8"))
        return _Found(text, state.version, tuple(notes), tuple(names))

    def _fold(self, died_by: datetime | None = None) -> None:
        lease = self._held()
        found = self._find()
        if not found.segments:
            return
        text = found.text
        for notes in found.notes:
            text = explained(self._place, partial(folded, text, notes, died_by)).decode()
        lease.check()
        data = text.encode()
        if data != found.text.encode():
            try:
                if found.version is None:
                    self._objects.create(self._key, data)
                else:
                    self._objects.replace(self._key, data, found.version)
            except ChangedMeanwhileError:
                # An answer may have been lost, and what stands there may be this very write.
                now = self._objects.get(self._key)
                if now is None or now.data != data:
                    raise LeaseLostError(f"{self._place}: another run wrote it meanwhile.") from None
        # Should this run die here the notes are found again, and known to be folded by their serial.
        for name in found.segments:
            self._objects.remove(name)


def _remembered(text: str, notes: tuple[Replay, ...], waba_id: str) -> Memory:
    # Several only when runs were killed or lost their lease.
    for one in notes[:-1]:
        text = folded(text, one).decode()
    return remembered(text, notes[-1] if notes else None, waba_id)


class SegmentNotebook:
    """A journal in objects, which no store appends to: the last one is written whole again with each note."""

    def __init__(self, objects: Objects, prefix: str, lease: Lease) -> None:
        self._objects, self._prefix, self._lease = objects, prefix, lease
        self._number, self._text, self._tried = 1, b"", b""
        self._version: UpdateVersion | None = None

    def append(self, data: bytes) -> None:
        """Whole lines or, when WasyncError is raised, none that a later note would not write over."""
        self._lease.check()
        if self._text and len(self._text) + len(data) > SEGMENT:
            self._number, self._text, self._version, self._tried = self._number + 1, b"", None, b""
        try:
            self._write(self._text + data)
        except ChangedMeanwhileError:
            found = self._objects.get(self._name)
            if found is None or found.data not in (self._tried, self._text + data):
                place = self._objects.shown(self._name)
                raise LeaseLostError(f"{place}: another run took up these notes.") from None
            # The answer to an earlier write was lost.
            self._version = found.version
            self._write(self._text + data)
        self._text += data

    def close(self) -> None:
        """Nothing is open."""

    @property
    def _name(self) -> str:
        return f"{self._prefix}-{self._number:04}.jsonl"

    def _write(self, text: bytes) -> None:
        tried, self._tried = self._tried, text
        try:
            if self._version is None:
                self._version = self._objects.create(self._name, text)
            else:
                self._version = self._objects.replace(self._name, text, self._version)
        except ChangedMeanwhileError:
            self._tried = tried
            raise
