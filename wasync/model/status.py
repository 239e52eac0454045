"""How declared templates stand at Meta, for `wasync status`."""

from __future__ import annotations

from typing import NamedTuple

from wasync.model.template import Key, Place


class TemplateStatus(NamedTuple):
    """One declared template as Meta has it now; status None: Meta does not have it.

    `attention` are the sentences of its alarms, the reason of a rejection among them.
    """

    key: Key
    status: str | None
    category: str
    quality: str | None = None
    attention: tuple[str, ...] = ()
    place: Place | None = None


class AccountStatus(NamedTuple):
    """The declared templates of one account, in order of key, and the live ones no file declares."""

    account: str
    waba_id: str
    templates: tuple[TemplateStatus, ...]
    unmanaged: tuple[Key, ...] = ()
