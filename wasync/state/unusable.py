"""What is wrong with the text of a state or journal, as an error that says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from wasync.model.errors import WasyncError
from wasync.state.records import NewerVersionError

T = TypeVar("T")


def explained(place: str, read: Callable[[], T]) -> T:
    """What `read` gives; the ValueErrors of records.py become WasyncErrors that name the place."""
    try:
        return read()
    except NewerVersionError as newer:
        raise WasyncError(
            f"{place}: written by a newer wasync (version {newer.args[0]}), or by another program.",
            "Upgrade wasync, or name another file in `state:`; this one was left as it is.",
        ) from newer
    except UnicodeDecodeError as error:
        raise _corrupt(place, "it is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        what = f"it is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        raise _corrupt(place, what) from error
    except ValueError as error:
        raise _corrupt(place, str(error)) from error
    except RecursionError as error:
        raise _corrupt(place, "it is nested too deeply") from error


def _corrupt(place: str, what: str) -> WasyncError:
    return WasyncError(
        f"{place}: cannot be used: {what}.",
        "Restore it from a backup, or move it away: live then counts as never applied by wasync.",
    )
