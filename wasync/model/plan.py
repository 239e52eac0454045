"""Differences are facts, steps are decisions, the plan is the document that holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from wasync.model.template import JSON, Key, Place, Template


class Origin(StrEnum):
    """Who moved: the files, live, both, or nobody can tell (no record)."""

    FILES = "files"
    LIVE = "live"
    BOTH = "both"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; `path` as people read it: buttons[1].text. None means not there.

    `applied` is what wasync last applied there; only a change of origin BOTH needs it.
    """

    path: str
    before: JSON
    after: JSON
    origin: Origin = Origin.UNKNOWN
    applied: JSON = None


@dataclass(frozen=True, slots=True)
class Difference:
    """How live differs from desired: fact, not decision. Samples are examples and media."""

    content: tuple[FieldChange, ...] = ()
    samples: tuple[FieldChange, ...] = ()


class Action(StrEnum):
    """What a step does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    HOLD = "hold"
    KEEP = "keep"


class Reason(StrEnum):
    """Why a step was decided. For people; apply never reads it."""

    NEW = "new"
    CHANGED = "changed"
    REVERTS_DRIFT = "reverts_drift"
    OVERWRITES = "overwrites"
    TAKES_OVER = "takes_over"
    RESENT = "resent"
    DECLARED_ABSENT = "declared_absent"
    PRUNED = "pruned"
    EQUAL = "equal"
    # Of a HOLD:
    IN_REVIEW = "in_review"
    IN_APPEAL = "in_appeal"
    DISABLED = "disabled"
    ARCHIVED = "archived"
    PENDING_DELETION = "pending_deletion"
    LIMIT_EXCEEDED = "limit_exceeded"
    NAME_LOCKED = "name_locked"
    CATEGORY = "category"
    INCOMPLETE = "incomplete"
    UNKNOWN_STATUS = "unknown_status"
    QUOTA = "quota"
    CONFLICT = "conflict"


class Precondition(NamedTuple):
    """What must still hold of live when the step is done; live_id None means: no such template."""

    live_id: str | None = None
    hash: str | None = None
    editable: bool = True


_NOTHING_LIVE = Precondition()


@dataclass(frozen=True, slots=True)
class Step:
    """One decision about one key: action and reason, and all that apply needs to do it.

    `wanted` is the action a HOLD stands in the way of; `detail` the sentence that completes the reason.
    """

    action: Action
    key: Key
    reason: Reason
    before: Template | None = None
    after: Template | None = None
    difference: Difference = Difference()
    precondition: Precondition = _NOTHING_LIVE
    place: Place | None = None
    live_status: str | None = None
    wanted: Action | None = None
    detail: str = ""
    breaking: tuple[str, ...] = ()
    not_before: datetime | None = None

    @property
    def changes_category(self) -> bool:
        """Whether the author moved the category; a category that Meta moved is never sent back."""
        return any(change.path == "category" for change in self.difference.content)


class AlarmKind(StrEnum):
    """What asks for a person's attention without being a step."""

    CATEGORY = "category"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    ARCHIVED = "archived"
    LIMIT_EXCEEDED = "limit_exceeded"
    SAMPLES = "samples"
    STATUS = "status"


class Alarm(NamedTuple):
    """Something about a live template that no step mends."""

    kind: AlarmKind
    key: Key
    message: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The document between deciding and doing: for one account, self-contained, plain data.

    `steps` holds no KEEP, in order of key; `refusals` say why apply will not do this plan as it stands.
    """

    account: str
    waba_id: str
    graph_version: str
    steps: tuple[Step, ...]
    kept: int
    unmanaged: tuple[Key, ...]
    alarms: tuple[Alarm, ...]
    notes: tuple[str, ...]
    refusals: tuple[str, ...]
    fingerprint: str
    created: datetime

    def count(self, action: Action) -> int:
        """How many steps take this action."""
        return sum(step.action is action for step in self.steps)
