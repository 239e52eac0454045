"""What Meta tells of an account's token, for `wasync account inspect-token`."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class TokenReport(NamedTuple):
    """A token in words: nothing of the token itself.

    `kind` and `expiry` are phrases; `targets` None: every account of its owner; `access` explains what Meta
    does not tell about access; `usable`: nothing that was found stands in the way of managing templates.
    """

    account: str
    waba_id: str
    kind: str
    valid: bool
    application: str
    user_id: str
    expiry: str
    expires: datetime | None
    scopes: tuple[str, ...]
    targets: tuple[str, ...] | None
    warnings: tuple[str, ...]
    access: str
    usable: bool
