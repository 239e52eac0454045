"""What Meta has, what we remember of it, and the snapshot that decide() looks at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from wasync.model.config import Account
from wasync.model.template import Desired, Key, Spec, Template


class Live(NamedTuple):
    """One template as Meta has it. Enums are open: values we do not know are kept as they came."""

    template: Template
    id: str
    status: str
    quality: str | None = None
    rejected_reason: str | None = None
    previous_category: str | None = None
    correct_category: str | None = None
    source: str | None = None
    samples: tuple[tuple[str, str], ...] = ()
    """Part ("header", "carousel.0") and address of each sample: signed, never compared."""
    updated: datetime | None = None
    """When Meta last changed it, review and quality included."""


class Listing(NamedTuple):
    """Everything one complete reading of an account's templates gave."""

    rows: tuple[Live, ...]
    total_count: int | None = None
    template_limit: int | None = None
    template_count: int | None = None
    dropped_fields: tuple[str, ...] = ()

    @property
    def short(self) -> bool:
        """Whether Meta reported more templates than it listed; deletes are then forbidden."""
        return self.total_count is not None and len(self.rows) < self.total_count


class Applied(NamedTuple):
    """What wasync last applied for one key: the requested category and the whole canonical form."""

    live_id: str
    category: str
    spec: Spec
    at: datetime


NAME_LOCK = timedelta(days=30)
"""How long Meta refuses a deleted name and language (docs/meta-api.md, section E)."""


class NameLock(NamedTuple):
    """A deleted name and language that Meta keeps from coming back: since when, and until when."""

    since: datetime
    until: datetime


class Memory(NamedTuple):
    """What the state remembers of one account. Advisory: live is the truth.

    `interrupted`: the plan whose apply did not end. `edits`: when each edit that Meta counts was sent in the
    last 30 days, oldest first; `creations`: when each template was created in the last hour. `refused`: when
    Meta last refused a create or edit for a reason that only time mends (name locked, edits used up).
    """

    applied: Mapping[Key, Applied] = {}
    locks: Mapping[Key, NameLock] = {}
    interrupted: str | None = None
    edits: Mapping[Key, tuple[datetime, ...]] = {}
    creations: tuple[datetime, ...] = ()
    refused: Mapping[Key, datetime] = {}

    @property
    def empty(self) -> bool:
        """Whether there is no state for this account, or one that knows nothing."""
        return not (self.applied or self.locks or self.edits or self.creations)


class Snapshot(NamedTuple):
    """Files, live, state and the clock at one moment: all that decide() may know."""

    account: Account
    graph_version: str
    desired: Desired
    listing: Listing
    memory: Memory
    now: datetime


class Written(NamedTuple):
    """Meta's own text of an authentication template in one language; None where it gave none."""

    body: str | None = None
    footer: str | None = None
    label: str | None = None
    autofill: str | None = None
