"""When a failed call is repeated, and after how long: a table, no I/O."""

from __future__ import annotations

from enum import Enum, auto
from typing import assert_never

ATTEMPTS = 4
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 30.0


class Trouble(Enum):
    """What kind of failure a call met; decides about repeating it."""

    NOT_SENT = auto()
    """The request did not leave us."""
    LOST = auto()
    """It may have been done, but its answer did not come, or cannot be read."""
    TRANSIENT = auto()
    """Meta failed for now (codes 1 and 2, is_transient, HTTP 5xx); a write may have been done."""
    BUSY = auto()
    """Too many calls: refused, not done. How long to wait is throttle.py's matter."""
    FAILED_ONCE = auto()
    """Code 200002, template creation failed: worth one repeat (docs/meta-api.md, section G)."""
    FINAL = auto()
    """Repeating cannot help."""


class Repeat(Enum):
    """What a repeat of the call would do."""

    FREELY = auto()
    """Nothing: a read, or a write that is the same done twice."""
    UNLESS_DONE = auto()
    """Harm if the first was done after all: a create makes two, an edit spends the day's quota."""


def delay(
    trouble: Trouble, repeat: Repeat, attempt: int, spread: float, attempts: int = ATTEMPTS
) -> float | None:
    """Seconds before the call is sent again after its nth attempt failed; None: it is not.

    `spread` is a random number in [0, 1): it spreads the repeats of many runs over time.
    """
    match trouble:
        case Trouble.FINAL:
            return None
        case Trouble.FAILED_ONCE:
            attempts = min(attempts, 2)
        case Trouble.LOST | Trouble.TRANSIENT:
            if repeat is Repeat.UNLESS_DONE:
                return None
        case Trouble.NOT_SENT | Trouble.BUSY:
            pass
        case _:
            assert_never(trouble)
    if attempt >= attempts:
        return None
    return min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** (attempt - 1)) * (0.5 + spread / 2)


def may_have_been_done(trouble: Trouble) -> bool:
    """Whether a write that met this may have taken effect all the same."""
    match trouble:
        case Trouble.LOST | Trouble.TRANSIENT | Trouble.FAILED_ONCE:
            return True
        case Trouble.NOT_SENT | Trouble.BUSY | Trouble.FINAL:
            return False
        case _:
            assert_never(trouble)
