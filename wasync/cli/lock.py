"""The lock on the state, signed with who holds it, so that the next run can say whom it waits for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasync.state.store import State


def locked(state: State) -> AbstractContextManager[None]:
    """Keep other runs from writing the state meanwhile; LockHeldError when one does."""
    return state.lock(_owner(), datetime.now(UTC))


def _owner() -> str:
    """This run, for people: user, machine, process."""
    import getpass
    import os
    import platform

    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A container's user need not have a name.
        user = f"user {os.getuid()}"
    return f"{user}@{platform.node()} (process {os.getpid()})"
