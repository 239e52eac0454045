"""Why a step was decided, as sentences; of a hold also what it waits for and the way out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

from wasync.model.config import SANDBOX
from wasync.model.plan import Action, Ration, Reason, Step
from wasync.render.safe_text import safe


def reason_sentence(step: Step) -> str:
    """Why this create, update or delete; for a hold, why not, without the way out."""
    match step.reason:
        case Reason.NEW:
            return "New: Meta does not have it yet. It can be sent once Meta has approved it."
        case Reason.CHANGED:
            return "Changed in the file."
        case Reason.REVERTS_DRIFT:
            return "Reverts a change made outside: the file has not changed since wasync last applied it."
        case Reason.OVERWRITES:
            return "Overwrites a change made outside, as --overwrite asks."
        case Reason.TAKES_OVER:
            return "Never applied by wasync: the file takes over."
        case Reason.RESENT:
            return "The text is the same; it is sent again with its samples."
        case Reason.DECLARED_ABSENT:
            return "The file declares it absent."
        case Reason.PRUNED:
            return "It left the files, and this account's prune: delete removes what left them."
        case Reason.SUPERSEDED:
            return f"An older revision: {safe(step.detail)}."
        case Reason.EQUAL:
            return "In sync."
        case _:
            return hold_phrase(step)


HOLD_PHRASES = {
    Reason.IN_REVIEW: "in review; editable once reviewed",
    Reason.IN_APPEAL: "an appeal is being decided; editable once it is",
    Reason.DISABLED: "Meta disabled it; it can no longer be edited or deleted",
    Reason.ARCHIVED: "archived; editable once it is unarchived",
    Reason.PENDING_DELETION: "being deleted; the name is free again when that is over",
    Reason.LIMIT_EXCEEDED: "over the account's limit of templates; Meta does not let it be edited",
    Reason.NAME_LOCKED: "Meta locks a deleted name and language for 30 days",
    Reason.CATEGORY: "the category cannot be changed",
    Reason.INCOMPLETE: "something Meta needs is not in the file",
    Reason.UNKNOWN_STATUS: "Meta reports a status that wasync does not know",
    Reason.QUOTA: "Meta's limit is used up",
    Reason.CONFLICT: "changed in the file and outside too; one of them has to win",
    Reason.NOT_APPROVED: "the account that has to approve it first has not",
}
"""What each reason of a HOLD waits for."""


def hold_phrase(step: Step) -> str:
    """What a hold waits for, in one line: `in review; editable once reviewed`."""
    phrase = HOLD_PHRASES.get(step.reason, "not now")
    said = step.detail and (step.detail != step.live_status or step.reason is Reason.UNKNOWN_STATUS)
    return f"{phrase} ({safe(step.detail)})" if said else phrase


def on_account(account: str) -> str:
    """The option that makes a command mean this account."""
    return "--sandbox" if account == SANDBOX else f"--account {safe(account)}"


def retyped(command: str, account: str) -> str:
    """A command that means every account, as it is typed again; the sandbox has to be asked for."""
    return f"{command} --sandbox" if account == SANDBOX else command


def way_out(step: Step, account: str) -> str:
    """What a person does about a hold in this account, a line for each way; empty for other steps."""
    if step.action is not Action.HOLD:
        return ""
    when = f"Not before {moment(step.not_before)}. " if step.not_before else ""
    match step.reason:
        case Reason.IN_REVIEW | Reason.IN_APPEAL:
            return f"{when}Wait for Meta ({retyped('wasync wait', account)}), then plan again."
        case Reason.DISABLED:
            return f"{when}{_without_it(step)}"
        case Reason.ARCHIVED:
            return f"{when}Unarchive it in WhatsApp Manager, then plan again. Meta deletes it 28 days after."
        case Reason.PENDING_DELETION:
            return f"{when}Wait, which can take 30 days, or {_new_name(step)}."
        case Reason.QUOTA if step.not_before:
            return f"{when}Apply again then; a scheduled run does."
        case Reason.NOT_APPROVED:
            return f"{when}Apply it there, wait for its approval, then plan again."
        case Reason.LIMIT_EXCEEDED | Reason.QUOTA:
            return f"{when}Delete templates nobody uses, or get a higher limit from Meta; then plan again."
        case Reason.NAME_LOCKED:
            return f"{when}Plan again then, or {_new_name(step)}."
        case Reason.CATEGORY:
            return f"{when}Put the live category back in the file, or {_new_name(step)}."
        case Reason.INCOMPLETE:
            return f"{when}Add it to the file, then plan again."
        case Reason.UNKNOWN_STATUS:
            return f"{when}Look at it in WhatsApp Manager. A newer wasync may know the status."
        case Reason.CONFLICT:
            key = safe(str(step.key))
            return (
                f"{when}Send the file: wasync apply {on_account(account)} --overwrite {key}\n"
                f"Keep what is live: wasync drift {on_account(account)} --accept --target {key}"
            )
        case _:
            return f"{when}Plan again then." if when else "Plan again later."


def _new_name(step: Step) -> str:
    """How the text gets a live name that is free: the revision that makes one, where it is known."""
    if step.free_revision is None:
        return "declare the text under a new name"
    return f"give the text a new live name: revision: {step.free_revision} in the file"


def _without_it(step: Step) -> str:
    """What is left to do about a template that Meta disabled."""
    if step.wanted is Action.DELETE:
        return "Nothing is left to do: it cannot be sent either."
    if step.free_revision is None:
        return "Declare the text under a new name, and take this one out of the files."
    return f"Give the text a new live name: revision: {step.free_revision} in the file."


def consequence(step: Step) -> str:
    """What the step does to sending, and what it costs of what Meta rations; empty where nothing."""
    return f"{_to_sending(step)} {_to_rations(step)}".strip()


def _to_rations(step: Step) -> str:
    later = f" Not before {moment(step.not_before)}." if step.not_before else ""
    if step.cost is None:
        return later.lstrip()
    number, of, free = step.cost.number, step.cost.of, step.cost.next_free
    match step.cost.ration:
        case Ration.EDITS:
            next_free = f"; the next is free {moment(free)}" if free else ""
            return f"Edit {number} of {of} in 30 days{next_free}.{later}"
        case Ration.CREATIONS if number * 2 <= of and not later:
            return ""  # the hour's are far from used up
        case Ration.CREATIONS:
            return f"Creation {number} of {of} in an hour.{later}"
        case _:
            assert_never(step.cost.ration)


def _to_sending(step: Step) -> str:
    match step.action:
        case Action.UPDATE:
            match (step.live_status or "").upper():
                case "REJECTED":
                    return "Goes to review again; it can be sent once Meta has approved it."
                case "PAUSED":
                    return "Goes back to review; it is paused and cannot be sent now either."
                case _:
                    return "Goes back to review and cannot be sent meanwhile."
        case Action.DELETE:
            return "It can no longer be sent, and Meta locks the name for 30 days. There is no undo."
        case Action.CREATE | Action.HOLD | Action.KEEP:
            return ""
        case _:
            assert_never(step.action)


def moment(at: datetime) -> str:
    """A moment as people read it, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def duration(seconds: float) -> str:
    """A length of time as people read it, rounded up, since too early is no help: "45 s", "2 h 5 min"."""
    if seconds <= 90:
        return f"{int(-(-seconds // 1))} s"
    hours, minutes = divmod(int(-(-seconds // 60)), 60)
    return f"{minutes} min" if not hours else f"{hours} h {minutes} min"
