"""What Meta's error codes mean for the call that met them: checks.refusals, made to fit. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasync.checks.refusals import Refusal

BUSY_CODES = frozenset({4, 17, 32, 613, 80007, 80008, 80012})
"""Too many calls; such a call was refused, not done (docs/meta-api.md, section G)."""
NO_SUCH_OBJECT = frozenset({(33, None), (33, 33), (100, 33), (803, None)})
"""Codes and subcodes for an id that does not exist, or that the token cannot see: they look alike."""
_BAD_ADDRESS = frozenset({2500, 2635})


def meaning_of(code: int | None, subcode: int | None, *, writes: bool, version: str) -> Refusal:
    """The meaning of an error, and the way out, for what was tried; `meaning` may be empty."""
    # Imported only when Meta refused something.
    from wasync.checks.refusals import Refusal, refusal

    known = refusal(code, subcode)
    if known is None:
        return Refusal("", "Mend what Meta's words name; else ask Meta's support and give the fbtrace_id.")
    if (code, subcode) in NO_SUCH_OBJECT:
        # One template that is gone is no reason to leave the others; an account that is, client.py knows.
        fix = f"If somebody deleted it meanwhile, run plan again. {known.fix}"
        return known._replace(fix=fix, stops_run=False)
    if code in _BAD_ADDRESS:
        # An unknown version comes as an address that Graph does not understand; which code, it leaves open.
        return known._replace(
            meaning=f"{known.meaning}; perhaps there is no version {version}", stops_run=True
        )
    if writes and _lacks_access(code, subcode):
        return known._replace(
            meaning="the token may not write here: its access to the account is partial or view only, "
            "or it lacks the permission for templates"
        )
    return known


def _lacks_access(code: int | None, subcode: int | None) -> bool:
    return code == 3 or (code == 10 and subcode is None) or (code is not None and 200 <= code <= 299)
