"""Apply: what is refused before a plan is walked, and what the outcome means for the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from wasync.canonical import media_files
from wasync.model.errors import Exit, WasyncError
from wasync.model.live import Live
from wasync.model.outcome import Outcome, State
from wasync.model.plan import Action, AlarmKind, Plan, Step
from wasync.model.template import Key
from wasync.review import UNDECIDED, alarming, verdict
from wasync.walk import doable, state_before

if TYPE_CHECKING:
    from wasync.project.media import OpenMedia


def stale_steps(plan: Plan, live: Mapping[Key, Live]) -> tuple[Step, ...]:
    """Return the steps whose precondition no longer holds and that are not done already."""
    return tuple(step for step in doable(plan) if state_before(step, live) is State.STALE)


def check_uploads(plan: Plan, app_id: str | None) -> None:
    """Refuse, before anything is sent, a plan that needs an upload while the account has no app id."""
    needing = [step for step in doable(plan) if step.after and media_files(step.after.spec)]
    if needing and app_id is None:
        raise WasyncError(
            f"account {plan.account}: {needing[0].key} sends media, and uploads need the id of a Meta app.",
            "Add app_id: to this account in wasync.yaml (App Dashboard, Settings, Basic).",
            needing[0].place,
        )


def check_samples(plan: Plan, live: Mapping[Key, Live], open_sample: Callable[[str, str], OpenMedia]) -> None:
    """Refuse, before anything is sent, a plan whose media are no longer the files it was made for."""
    for step in doable(plan):
        samples = media_files(step.after.spec) if step.after else ()
        if not samples or state_before(step, live) is not None:
            continue
        try:
            for path, sha256 in dict.fromkeys(samples):
                open_sample(path, sha256).file.close()
        except WasyncError as error:
            message = f"{step.key}: {error.message}; nothing was written."
            raise WasyncError(message, error.fix, step.place, Exit.STALE) from error


def reviewed(outcome: Outcome, live: Mapping[Key, Live]) -> Outcome:
    """Return the outcome with what review said of each step sent; undecided ones become WAITING."""
    results = []
    keys = awaited(outcome)
    for result in outcome.results:
        row = live.get(result.step.key)
        if result.step.key in keys:
            if row is not None:
                result = replace(
                    result,
                    status=row.status,
                    category=row.template.category,
                    rejected_reason=row.rejected_reason,
                )
            # What the listing does not show yet has the status Meta answered with.
            if result.status in UNDECIDED:
                result = replace(result, state=State.WAITING)
        results.append(result)
    return replace(outcome, results=tuple(results), waited=True)


def awaited(outcome: Outcome) -> frozenset[Key]:
    """Return the keys whose review is worth waiting for: what was sent, or found sent already."""
    return frozenset(
        result.step.key
        for result in outcome.results
        if result.state in {State.DONE, State.ALREADY} and result.step.action is not Action.DELETE
    )


def exit_code(outcome: Outcome) -> int:
    """Return what the process ends with: 0 when every step is done or was already, and written down."""
    states = {result.state for result in outcome.results}
    if outcome.stopped or states & {State.FAILED, State.NOT_TRIED}:
        return Exit.FAILED
    if State.STALE in states:
        return Exit.STALE
    code = verdict(result.status for result in outcome.results) if outcome.waited else Exit.DONE
    return max(code, Exit.WAITING) if State.LATER in states else code


def outcome_alarms(outcome: Outcome) -> Iterator[AlarmKind]:
    """Yield what --fail-on can name, as Meta answered it or review decided it."""
    for result in outcome.results:
        wanted = result.step.after.category if result.step.after else None
        yield from alarming(result.status, result.category, wanted)
