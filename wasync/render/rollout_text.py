"""Rollouts for a terminal: what waits, what the code that sends has to change, and how the old one goes."""

from __future__ import annotations

from collections.abc import Iterable

from wasync.model.plan import Rollout
from wasync.render.colour import Style, styled
from wasync.render.layout import both_ends, paragraph
from wasync.render.reasons import on_account, retyped
from wasync.render.safe_text import safe

_INSIDE = 6


def rollouts_text(rollouts: Iterable[Rollout], account: str, width: int) -> str:
    """The section of a plan that shows each switch as one thing; styled with marks (colour.finish)."""
    lines = [styled("Rollouts", Style.STRONG)]
    for rollout in rollouts:
        place = f"{safe(rollout.place.file)}:{rollout.place.line}" if rollout.place else ""
        head = f"  {styled(f'{safe(rollout.old)} -> {safe(rollout.new)}', Style.STRONG)}"
        lines.append(both_ends(head, styled(place, Style.DIM) if place else "", width))
        lines.append(paragraph(_standing(rollout), _INSIDE, width))
        lines.extend(
            paragraph(f"{styled('BREAKING:', Style.REMOVED)} {safe(sentence)}", _INSIDE, width)
            for sentence in rollout.breaks
        )
        lines.append(paragraph(_way_on(rollout, account), _INSIDE, width))
    return "\n".join(lines)


def _standing(rollout: Rollout) -> str:
    old, new = safe(rollout.old), safe(rollout.new)
    if rollout.waiting:
        languages = ", ".join(map(safe, rollout.waiting))
        return f"{new} comes beside {old}; not approved yet in {languages}. Until then senders name {old}."
    return f"{new} is approved in every language. Senders have to name {new} now instead of {old}."


def _way_on(rollout: Rollout, account: str) -> str:
    old = " and ".join(map(safe, (rollout.old, *rollout.older)))
    stays = "stay as they are" if rollout.older else "stays as it is"
    kept = f"{old} {stays} until wasync gc {on_account(account)}."
    if not rollout.waiting:
        return kept
    wait = retyped("wasync wait", account)
    return f"Wait for Meta ({wait}), then let senders name {safe(rollout.new)}. {kept}"
