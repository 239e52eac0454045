"""What moved in live since wasync last applied it: facts for `wasync drift`, which decides nothing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from wasync.model.plan import Alarm
from wasync.model.template import JSON, Key, Place


class DriftKind(StrEnum):
    """How one template drifted."""

    CHANGED = "changed"
    """Changed outside; the file still says what was last applied."""
    CONFLICT = "conflict"
    """Changed outside and in the file, to different things."""
    DELETED = "deleted"
    """Declared, applied once, and gone although wasync did not delete it."""
    NEW = "new"
    """Made outside under a name that `owns:` claims; no file declares it."""


class Moved(NamedTuple):
    """One field that live moved; `path` as people read it: buttons[1].text. None means not there."""

    path: str
    applied: JSON
    live: JSON
    file: JSON

    @property
    def part(self) -> str:
        """The key of the spec that holds the field: buttons[1].text is of `buttons`."""
        return self.path.partition("[")[0].partition(".")[0]

    @property
    def conflict(self) -> bool:
        """Whether the file moved too."""
        return self.file != self.applied


class Drifted(NamedTuple):
    """One template that drifted. `in_sync`: when wasync last knew live to be as it applied it."""

    key: Key
    kind: DriftKind
    moved: tuple[Moved, ...] = ()
    in_sync: datetime | None = None
    place: Place | None = None
    live_status: str | None = None


class Unrecorded(NamedTuple):
    """A declared live template without a record: who moved cannot be told. `differs`: from the file."""

    key: Key
    differs: bool
    place: Place | None = None


class DriftReport(NamedTuple):
    """How live of one account stands to what was last applied; everything in order of key.

    `as_applied` counts the declared templates that did not drift; alarms (a category that Meta moved, a
    rejection) are no drift.
    """

    account: str
    waba_id: str
    graph_version: str
    drifted: tuple[Drifted, ...]
    unrecorded: tuple[Unrecorded, ...]
    as_applied: int
    alarms: tuple[Alarm, ...]
    notes: tuple[str, ...]
    created: datetime

    def count(self, kind: DriftKind) -> int:
        """How many templates drifted so."""
        return sum(one.kind is kind for one in self.drifted)
