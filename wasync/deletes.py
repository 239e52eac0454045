"""Deletes: the step that deletes one live template, and none on a listing that is not whole. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wasync.canonical import without_defaults
from wasync.limits import templates
from wasync.model.live import Listing, Live
from wasync.model.plan import Action, Reason, Step
from wasync.model.template import Key, Place
from wasync.precondition import precondition
from wasync.quota import held


def delete_step(
    live: Live, reason: Reason, place: Place | None = None, detail: str = "", approved: tuple[Key, ...] = ()
) -> Step:
    """The step that deletes one row; held where Meta would refuse. `approved`: see Precondition."""
    template = replace(live.template, spec=without_defaults(live.template.spec))
    step = Step(
        Action.DELETE,
        template.key,
        reason,
        before=template,
        precondition=precondition(live, template.spec)._replace(approved=approved),
        place=place,
        live_status=live.status,
        detail=detail,
    )
    return held(step, Reason.DISABLED, live.status) if live.status == "DISABLED" else step


def on_whole_listing(steps: Sequence[Step], listing: Listing) -> tuple[list[Step], list[str]]:
    """Return the deletes, and no note; on a short listing no delete, and a note that says so."""
    if not listing.short:
        return list(steps), []
    note = (
        f"Meta reported {listing.total_count} templates and listed {len(listing.rows)}:"
        f" nothing is deleted on an incomplete listing"
        f"{f' ({templates(len(steps))} would be)' if steps else ''}. Run again."
    )
    return [], [note]
