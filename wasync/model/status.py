"""How declared templates stand at Meta, for `wasync status`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from wasync.model.plan import Alarm
from wasync.model.template import Key, Place


class TemplateStatus(NamedTuple):
    """One declared template as Meta has it now; status None: Meta does not have it.

    `requested` is the category the file says, `reason` that of a rejection. `updated`: when Meta last changed
    it, `applied`: when wasync last applied it; None where nobody knows. `edits_left`: of those Meta allows in
    30 days, as far as the state knows; `next_edit`: when the next one is free, None: now.
    """

    key: Key
    status: str | None
    category: str
    quality: str | None = None
    alarms: tuple[Alarm, ...] = ()
    place: Place | None = None
    requested: str = ""
    reason: str | None = None
    updated: datetime | None = None
    applied: datetime | None = None
    edits_left: int | None = None
    next_edit: datetime | None = None


class AccountStatus(NamedTuple):
    """The declared templates of one account at one moment, and the live ones no file declares."""

    account: str
    waba_id: str
    templates: tuple[TemplateStatus, ...]
    now: datetime
    unmanaged: tuple[Key, ...] = ()
