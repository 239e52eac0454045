"""Limits: why a plan may be shown but not applied as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from wasync.model.config import Breaking, Policy
from wasync.model.plan import Action, Step
from wasync.model.template import Key

_NAMED = 5
PERCENT_FROM = 10
"""Percent limits count from this many live templates on: one of three is 33 %, and no accident."""


def refusals(steps: Iterable[Step], policy: Policy, managed: int) -> Iterator[str]:
    """Yield a sentence for each limit or protection the steps break; `managed` counts live ones declared."""
    steps = list(steps)
    deletes = [step for step in steps if step.action is Action.DELETE]
    for step in deletes:
        for glob in policy.protect:
            if matches((glob,), step.key):
                yield (
                    f"{step.key} would be deleted, but protect: {glob!r} in wasync.yaml protects it."
                    " If the delete is meant, remove the glob in a change of its own."
                )
    yield from _breaking(steps, policy)
    limits = policy.limits
    updates = sum(step.action is Action.UPDATE for step in steps)
    yield from _over("update", updates, managed, limits.updates, limits.updates_percent, policy.allow_updates)
    yield from _over(
        "delete", len(deletes), managed, limits.deletes, limits.deletes_percent, policy.allow_deletes
    )


def _breaking(steps: Iterable[Step], policy: Policy) -> Iterator[str]:
    """Refuse steps that break senders, where the project does; an allowance says how many may."""
    if policy.breaking is not Breaking.REFUSE:
        return
    broken = [str(step.key) for step in steps if step.action is Action.UPDATE and step.breaking]
    if len(broken) > (policy.allow_breaking or 0):
        more = f" and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
        yield (
            f"{templates(len(broken))} would break the code that sends ({', '.join(broken[:_NAMED])}{more});"
            " policy.breaking in wasync.yaml refuses that. Give the new text a revision: of its own, or, if"
            f" senders are ready, add --allow-breaking {len(broken)}."
        )


def matches(globs: Iterable[str], key: Key) -> bool:
    """Whether a glob matches the name or name/language."""
    return any(fnmatchcase(key.name, glob) or fnmatchcase(str(key), glob) for glob in globs)


def templates(count: int) -> str:
    """Count templates in words."""
    return "1 template" if count == 1 else f"{count} templates"


def _over(
    verb: str, count: int, managed: int, most: int | None, percent: int | None, allowed: int | None
) -> Iterator[str]:
    """Yield a sentence for the limit exceeded; an allowance given for this run stands in for both."""
    way_out = f"If that is meant, add --allow-{verb}s {count}."
    if allowed is not None:
        if count > allowed:
            yield f"{templates(count)} would be {verb}d; --allow-{verb}s allows {allowed}. {way_out}"
    elif most is not None and count > most:
        yield f"{templates(count)} would be {verb}d; limits.{verb}s in wasync.yaml allows {most}. {way_out}"
    elif percent is not None and managed >= PERCENT_FROM and count * 100 > percent * managed:
        share = f"{count} of {managed} templates ({count * 100 / managed:.0f} %)"
        yield f"{share} would be {verb}d; limits.{verb}s_percent in wasync.yaml allows {percent} %. {way_out}"
