"""The lock of a remote state: a lease, an object that says who writes and that nobody else may for a while.

A lease lives TTL seconds from when the store last saw it written. While a run lives, a thread of its own
writes the lease again four times in that span: an apply may wait an hour for Meta or a minute for a person's
"yes" without a note, and only a thread renews then. It dies with the process, so a killed run's lease
expires by itself.

No run's clock decides. Whether another's lease has expired is the difference of two times of the store: when
the lease was written, and when a probe object was written just now. A clock that jumped on either runner can
thus neither steal a living lease nor lock others out. How long ago its own lease was renewed a run measures
with a clock that no one sets and that goes on in sleep.

A lease is never deleted, which no store does conditionally; a free one is a lease that says so.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from wasync.model.errors import Exit, WasyncError
from wasync.state.objects import ChangedMeanwhileError, Objects, Stored, no_conditions
from wasync.state.records import write_time
from wasync.state.store import LockHeldError

if TYPE_CHECKING:
    from obstore import UpdateVersion

    from wasync.model.template import JSON

TTL = 120.0
"""Seconds. A killed run keeps others out no longer; a network may be away for as long."""
_LONGEST = 3600.0
_DONE = "What it did is noted and on Meta; plan again, then apply the rest."


class LeaseLostError(WasyncError):
    """This run no longer holds the lease: it stops before its next write."""

    def __init__(self, message: str) -> None:
        super().__init__(message, _DONE, code=Exit.STALE)


class Holder(NamedTuple):
    """Who holds a lease, as its object says; `token` is "" when it is free."""

    owner: str
    since: str
    token: str
    ttl: float


def steady() -> float:
    """Seconds on a clock that nobody sets. On Linux it goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Lease:
    """One run's hold on a lease, renewed by a thread until release()."""

    def __init__(
        self, objects: Objects, name: str, holder: Holder, clock: Callable[[], float] = steady
    ) -> None:
        self._objects, self._name, self._holder, self._clock = objects, name, holder, clock
        self._version: UpdateVersion = {}
        self._renewals, self._renewed, self._taken_by = 0, 0.0, ""
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self) -> None:
        """Take a lease that is free or expired. Raises LockHeldError, or WasyncError."""
        begun = self._clock()
        try:
            self._version = self._objects.create(self._name, self._text())
        except ChangedMeanwhileError:
            self._version = self._take_over(self._objects.get(self._name))
        self._renewed = begun
        self._prove()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._thread.start()

    def _take_over(self, found: Stored | None) -> UpdateVersion:
        if found is not None and found.data == self._text():
            # The answer was lost, and obstore sent it again: this is what we wrote ourselves.
            return found.version
        if found is not None and not expired(self._objects, self._name, found):
            raise held(self._objects, self._name, found)
        try:
            if found is None:
                return self._objects.create(self._name, self._text())
            return self._objects.replace(self._name, self._text(), found.version)
        except ChangedMeanwhileError:
            raise held(self._objects, self._name, self._objects.get(self._name)) from None

    def check(self) -> None:
        """Raise LeaseLostError unless nobody else can hold the lease now."""
        place = self._objects.shown(self._name)
        if self._taken_by:
            raise LeaseLostError(f"{place}: the lock was taken from this run: {self._taken_by}.")
        silent = self._clock() - self._renewed
        if silent > self._holder.ttl * 0.75:
            raise LeaseLostError(f"{place}: the lock could not be renewed for {silent:.0f} seconds.")

    def renew(self) -> None:
        """Write the lease again. That it is lost shows in check(); WasyncError when the store fails."""
        begun = self._clock()
        self._renewals += 1
        try:
            self._version = self._objects.replace(self._name, self._text(), self._version)
        except ChangedMeanwhileError:
            found = self._objects.get(self._name)
            holder = None if found is None else read_holder(found.data)
            if found is None or holder is None or holder.token != self._holder.token:
                self._taken_by = "it was freed by hand" if holder is None or not holder.token else _by(holder)
                return
            # An answer was lost: this is what we wrote ourselves.
            self._version = found.version
            return
        self._renewed = begun

    def release(self) -> None:
        """Free the lease, if it is still this run's."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        try:
            self._objects.replace(self._name, free(self._holder), self._version)
        except ChangedMeanwhileError:
            return

    def _keep(self) -> None:
        while not self._ended.wait(self._holder.ttl / 4):
            try:
                self.renew()
            except WasyncError:
                # check() counts the silence; the network may come back before it is too long.
                continue
            if self._taken_by:
                return

    def _prove(self) -> None:
        """Make sure that the store refuses what it should: a lease is worth nothing on one that does not."""
        before = self._version
        try:
            self._renewals += 1
            self._version = self._objects.replace(self._name, self._text(), before)
        except ChangedMeanwhileError:
            raise held(self._objects, self._name, self._objects.get(self._name)) from None
        for write in (
            partial(self._objects.create, self._name, self._text()),
            partial(self._objects.replace, self._name, self._text(), before),
        ):
            try:
                write()
            except ChangedMeanwhileError:
                continue
            self._objects.put(self._name, free(self._holder))
            raise no_conditions(self._objects.shown(self._name))

    def _text(self) -> bytes:
        # The number makes each content another: S3's e_tag is a sum of the content.
        return _write(self._holder, self._renewals)


def read_holder(data: bytes) -> Holder | None:
    """Who a lease's text names; None when it is none of ours."""
    try:
        entry: JSON = json.loads(data)
    except (ValueError, RecursionError):
        return None
    match entry:
        case {"owner": str(owner), "since": str(since), "token": str(token), "ttl": int() | float() as ttl}:
            return Holder(owner, since, token, min(max(float(ttl), 0.0), _LONGEST))
        case _:
            return None


def free(holder: Holder) -> bytes:
    """The text of a lease that nobody holds."""
    return _write(holder._replace(token=""), 0)


def expired(objects: Objects, name: str, found: Stored) -> bool:
    """Whether a lease is free or its time is over. By the store's clock, which costs a write of a probe."""
    holder = read_holder(found.data)
    if holder is not None and not holder.token:
        return True
    probe = f"{name}.clock"
    objects.put(probe, b"wasync asks the store what time it is\n")
    now = objects.get(probe)
    # Stores tell whole seconds: one more, so that no lease is taken early.
    life = timedelta(seconds=(TTL if holder is None else holder.ttl) + 1)
    return now is not None and now.modified - found.modified > life


def held(objects: Objects, name: str, found: Stored | None) -> LockHeldError:
    """The error about another's lease."""
    holder = None if found is None else read_holder(found.data)
    who = "a run that began just now" if holder is None or not holder.token else _by(holder)
    ends = ""
    if holder is not None and found is not None:
        until = found.modified + timedelta(seconds=holder.ttl)
        ends = f", unless renewed until {until:%H:%M:%S} UTC"
    return LockHeldError(
        f"{objects.shown(name)}: {who}{ends}; nothing was written.",
        "Wait until that run has ended, then run again: a killed run's lock frees itself in"
        f" {(TTL if holder is None else holder.ttl) / 60:.0f} minutes. Or free it: wasync state unlock.",
    )


def new_holder(owner: str, now: datetime, token: str, ttl: float) -> Holder:
    """This run as a holder."""
    return Holder(owner, write_time(now), token, ttl)


def _by(holder: Holder) -> str:
    return f"held by {holder.owner} since {holder.since}"


def _write(holder: Holder, renewals: int) -> bytes:
    return (json.dumps({**holder._asdict(), "renewals": renewals}) + "\n").encode("ascii")
