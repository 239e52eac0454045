"""Exit codes, and the errors that stop a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasync.model.template import Finding, Place


class Exit:
    """The exit codes."""

    DONE = 0
    FAILED = 1
    CHANGES = 2
    WAITING = 3
    VERDICT = 4
    STALE = 5
    USAGE = 64
    INTERRUPTED = 130


class WasyncError(Exception):
    """What stops a run: where, what, what to do next. Only cli/ shows it and exits with `code`."""

    def __init__(self, message: str, fix: str, place: Place | None = None, code: int = Exit.FAILED) -> None:
        super().__init__(message)
        self.message, self.fix, self.place, self.code = message, fix, place, code


class InputError(WasyncError):
    """Files cannot be used as they are; carries every finding of the run."""

    def __init__(self, message: str, fix: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, fix)
        self.findings = tuple(findings)


class GraphError(WasyncError):
    """Meta, or the way to it, refused a call. `uncertain`: the call may have taken effect all the same."""

    def __init__(
        self,
        message: str,
        fix: str,
        *,
        status: int | None = None,
        code: int | None = None,
        subcode: int | None = None,
        trace: str | None = None,
        rule: str | None = None,
        stops_run: bool = False,
        uncertain: bool = False,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(message, fix)
        self.status, self.graph_code, self.subcode, self.trace = status, code, subcode, trace
        self.rule, self.stops_run, self.uncertain, self.wait_seconds = (
            rule,
            stops_run,
            uncertain,
            wait_seconds,
        )
