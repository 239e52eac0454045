"""What a command needs of a state, wherever it is kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from wasync.model.errors import Exit, WasyncError
from wasync.model.live import Memory
from wasync.state.journal import Journal


class LockHeldError(WasyncError):
    """Another run holds the lock: exit code STALE, nothing was written."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message, fix, code=Exit.STALE)


class State(Protocol):
    """Reading takes no lock and writes nothing; whoever writes reads again under the lock."""

    lock_outlives_runs: bool
    """Whether a killed run's lock stays for a while, so that unlock() is of use."""

    def read(self, waba_id: str) -> Memory:
        """What is remembered of one account: the state, and the notes of an apply that has not ended.

        Raises WasyncError when it is unreadable, corrupt, another program's or a newer wasync's.
        """

    def lock(self, owner: str, now: datetime) -> AbstractContextManager[None]:
        """Keep other runs from writing. It frees itself when this process ends, however it ends.

        `owner` tells people who: user, machine, process. Raises LockHeldError, or WasyncError.
        """

    def journal(self, waba_id: str, fingerprint: str, now: datetime) -> Journal:
        """Begin the notes of one apply, under the lock; notes of one that was killed are folded in first."""

    def holder(self) -> str:
        """Who holds the lock and since when, for people; "" when nobody does."""

    def unlock(self) -> None:
        """Free the lock, whoever holds it, where it outlives runs."""
