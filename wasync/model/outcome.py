"""What became of a plan: one result a step, the whole outcome, and the events told on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wasync.model.plan import Action, Step
from wasync.model.template import Key, Place


class State(StrEnum):
    """What became of one step."""

    DONE = "done"
    """Meta took it; `status` is the newest one read, and the verdict when review was awaited."""
    ALREADY = "already"
    """Live was what the plan wants before we did anything."""
    FAILED = "failed"
    STALE = "stale"
    """Live is no longer what the plan was made for; nothing was sent."""
    NOT_TRIED = "not_tried"
    WAITING = "waiting"
    """Meta took it, review was awaited, and the waiting ended before the verdict."""
    LATER = "later"
    """Not sent: Meta's rations leave no room before `not_before`, longer than the run may wait."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of one step. `message` and `fix` say what went wrong and the way out.

    `code`, `subcode` and `trace` are those of Meta's error, when Meta refused; `status`,
    `category` and `rejected_reason` what Meta answered or was last seen to have.
    """

    step: Step
    state: State
    message: str = ""
    fix: str = ""
    live_id: str | None = None
    status: str | None = None
    category: str | None = None
    rejected_reason: str | None = None
    code: int | None = None
    subcode: int | None = None
    trace: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything one apply did. `results` has one entry a step but HOLD, in the plan's order.

    `waited`: review was awaited. `stopped`: the sentence that says why the run ended early, or "".
    """

    account: str
    results: tuple[StepResult, ...]
    waited: bool = False
    stopped: str = ""

    def count(self, state: State) -> int:
        """How many steps ended so."""
        return sum(result.state is state for result in self.results)


class EventKind(StrEnum):
    """What apply and wait tell while they run."""

    APPLY_STARTED = "apply_started"
    STEP_STARTED = "step_started"
    STEP_ENDED = "step_ended"
    PAUSED = "paused"
    """Meta asked for a pause of `seconds`, or its rations do; `message` then says which."""
    WAITING = "waiting"
    """Review is awaited; `done` of `total` have their verdict. `message`: why Meta could not be read."""
    REVIEWED = "reviewed"
    """One template's verdict; `status`, `category` and `rejected_reason` have it, `place` its file."""
    APPLY_ENDED = "apply_ended"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, for progress lines and the JSON event stream.

    `left`: the seconds the rest of the run takes at its pace so far; None: nobody can tell.
    """

    kind: EventKind
    at: datetime
    account: str = ""
    key: Key | None = None
    action: Action | None = None
    result: StepResult | None = None
    outcome: Outcome | None = None
    status: str | None = None
    category: str | None = None
    rejected_reason: str | None = None
    place: Place | None = None
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    message: str = ""
    left: float | None = None
