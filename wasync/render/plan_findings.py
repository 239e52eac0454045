"""What of a plan, or of drift, people should look at, as findings: for the reports of validate's kind.

Their ids are no rules of content: `refused`, `breaking`, `delete/<reason>`, `hold/<reason>`, `alarm/<kind>`,
`drift/<kind>`, with the words that the plan's JSON has. What is only done (create, update) is no finding. A
refusal is an error, since with it `plan` fails; all others are warnings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from wasync.model.drift import Drifted, DriftKind, DriftReport
from wasync.model.plan import Action, Alarm, AlarmKind, Plan, Reason, Step
from wasync.model.template import Finding, Severity
from wasync.render.reasons import HOLD_PHRASES, consequence, hold_phrase, on_account, reason_sentence, way_out

_READY = "Deploy what sends it first, or give the new text a revision: of its own."


def plan_findings(plans: Sequence[Plan]) -> list[Finding]:
    """What is to be looked at in the plans of some accounts: refusals first, then step by step."""
    found = []
    for plan in plans:
        accounts = (plan.account,) if len(plans) > 1 else ()
        found += [one._replace(accounts=accounts) for one in _of_plan(plan)]
    return found


def drift_findings(reports: Sequence[DriftReport]) -> list[Finding]:
    """What drifted in some accounts, and what else about live asks for attention."""
    found = []
    for report in reports:
        accounts = (report.account,) if len(reports) > 1 else ()
        drifted = [_drifted(one, report.account) for one in report.drifted]
        found += [one._replace(accounts=accounts) for one in (*drifted, *map(_alarm, report.alarms))]
    return found


def _of_plan(plan: Plan) -> Iterator[Finding]:
    for why in plan.refusals:
        message, fix = _parted(why)
        yield Finding("refused", Severity.ERROR, message, fix)
    for step in plan.steps:
        yield from _of_step(step, plan.account)
    yield from map(_alarm, plan.alarms)


def _of_step(step: Step, account: str) -> Iterator[Finding]:
    match step.action:
        case Action.DELETE:
            message, fix = f"{step.key} is deleted", f"{reason_sentence(step)} {consequence(step)}"
            yield _about(step, f"delete/{step.reason}", message, fix)
        case Action.HOLD:
            fix = " ".join(way_out(step, account).split("\n"))
            yield _about(step, f"hold/{step.reason}", f"{step.key} is held: {hold_phrase(step)}", fix)
        case Action.UPDATE:
            for sentence in step.breaking:
                yield _about(step, "breaking", f"{step.key} breaks senders: {sentence.rstrip('.')}", _READY)
        case Action.CREATE | Action.KEEP:
            pass
        case _:
            assert_never(step.action)


def _about(step: Step, rule: str, message: str, fix: str) -> Finding:
    return Finding(rule, Severity.WARNING, message, fix, step.place, key=step.key)


def _alarm(alarm: Alarm) -> Finding:
    message, fix = _parted(alarm.message)
    return Finding(
        f"alarm/{alarm.kind}", Severity.WARNING, f"{alarm.key}: {message}", fix, alarm.place, key=alarm.key
    )


def _drifted(one: Drifted, account: str) -> Finding:
    fields = ", ".join(moved.path for moved in one.moved)
    what = f"{one.key} {_DRIFT[one.kind]}" + (f": {fields}" if fields else "")
    accept = f"wasync drift {on_account(account)} --accept --target {one.key}"
    match one.kind:
        case DriftKind.CHANGED | DriftKind.CONFLICT:
            fix = f"Keep what is live: {accept}. The file wins: wasync apply"
            fix += f" {on_account(account)} --overwrite {one.key}." if one.kind is DriftKind.CONFLICT else "."
        case DriftKind.DELETED:
            fix = "wasync apply makes it anew once Meta frees the name; or declare it absent."
        case DriftKind.NEW:
            fix = f"Take it into the files: {accept}."
        case _:
            assert_never(one.kind)
    return Finding(f"drift/{one.kind}", Severity.WARNING, what, fix, one.place, key=one.key)


def _parted(sentences: str) -> tuple[str, str]:
    """What is wrong, and the way out, of a text that says both."""
    message, _, fix = sentences.partition(". ")
    return message.rstrip("."), fix


_DRIFT = {
    DriftKind.CHANGED: "was changed outside",
    DriftKind.CONFLICT: "was changed in the file and outside too",
    DriftKind.DELETED: "was deleted outside",
    DriftKind.NEW: "was made outside",
}


class About(NamedTuple):
    """What an id means, for reports that explain the rules of their findings."""

    title: str
    explanation: str


def about(rule: str) -> About | None:
    """What one of these ids means; None for any other."""
    return _ABOUT.get(rule)


def _alarm_title(kind: AlarmKind) -> str:
    match kind:
        case AlarmKind.CATEGORY:
            return "Meta moves the template to another category"
        case AlarmKind.REJECTED:
            return "Meta rejected the template"
        case AlarmKind.PAUSED:
            return "Meta paused the template for low quality"
        case AlarmKind.DISABLED:
            return "Meta disabled the template"
        case AlarmKind.ARCHIVED:
            return "the template is archived"
        case AlarmKind.LIMIT_EXCEEDED:
            return "the template is over the account's limit"
        case AlarmKind.SAMPLES:
            return "only samples differ from the file"
        case AlarmKind.STATUS:
            return "Meta reports a status that wasync does not know"
        case _:
            assert_never(kind)


_HOLD = "The plan wants a change that cannot be made now; its text says until when, and the way out."
_ALARM = "It asks for a person's attention, and no step of the plan mends it."
_MOVED = "Live is no longer what wasync last applied. docs/drift.md explains the ways back."
_DELETED = "A deleted template can no longer be sent, and Meta locks its name for 30 days."
_DELETES = {
    Reason.DECLARED_ABSENT: "a template is deleted that the files declare absent",
    Reason.PRUNED: "a template is deleted that left the files",
    Reason.SUPERSEDED: "an older revision is deleted",
}
_REFUSED = "It breaks a limit or a protection of wasync.yaml; the sentence names the flag that allows it."
_BREAKS = "Variables, buttons or the kind of header change: calls made for the old text fail or are misread."
_ABOUT = {
    "refused": About("apply will not do the plan as it stands", _REFUSED),
    "breaking": About("an update breaks the code that sends", _BREAKS),
    **{f"delete/{reason}": About(title, _DELETED) for reason, title in _DELETES.items()},
    **{f"hold/{reason}": About(f"held: {phrase}", _HOLD) for reason, phrase in HOLD_PHRASES.items()},
    **{f"alarm/{kind}": About(_alarm_title(kind), _ALARM) for kind in AlarmKind},
    **{f"drift/{kind}": About(f"a template {words}", _MOVED) for kind, words in _DRIFT.items()},
}
