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


OUTSIDE = frozenset({Origin.LIVE, Origin.BOTH})
"""Where somebody else moved the field: drift."""


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
    SUPERSEDED = "superseded"
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
    NOT_APPROVED = "not_approved"


class Precondition(NamedTuple):
    """What must still hold of live when the step is done; live_id None means: no such template.

    `approved`: other templates that must be APPROVED then.
    """

    live_id: str | None = None
    hash: str | None = None
    editable: bool = True
    approved: tuple[Key, ...] = ()


_NOTHING_LIVE = Precondition()


class Ration(StrEnum):
    """What Meta rations."""

    EDITS = "edits"
    """Of one approved template: 1 in 24 hours, 10 in 30 days."""
    CREATIONS = "creations"
    """Of one account: 100 in an hour."""


class Cost(NamedTuple):
    """What a step takes: it is number `number` of the `of` that Meta gives, as far as the state knows.

    `next_free`: when the next one is free once this step is done; None: at once.
    """

    ration: Ration
    number: int
    of: int
    next_free: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One decision about one key: action and reason, and all that apply needs to do it.

    `wanted` is the action a HOLD stands in the way of; `detail` the sentence that completes the reason.
    `not_before`: when a HOLD ends by itself, and when a CREATE of a later batch may be sent. `in_sync`: when
    live was last known to be as the file, where it has moved since. `free_revision`: the next `revision:`
    whose live name is free, for a HOLD that only another name ends.
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
    cost: Cost | None = None
    in_sync: datetime | None = None
    free_revision: int | None = None

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


class Rollout(NamedTuple):
    """A new revision on its way beside the old one: what senders must change, and when.

    `name` is the one in the files, `old` and `new` live names; `waiting` the languages of `new` that are not
    approved yet, `breaks` what else senders feel (sentences of contract_breaks), `older` what is live and
    older than `old`.
    """

    name: str
    old: str
    new: str
    waiting: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    place: Place | None = None
    older: tuple[str, ...] = ()


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
    rollouts: tuple[Rollout, ...] = ()

    def count(self, action: Action) -> int:
        """How many steps take this action."""
        return sum(step.action is action for step in self.steps)
