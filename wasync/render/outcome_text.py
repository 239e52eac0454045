"""What apply did: lines while it runs, the whole at the end, and the same as JSON events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from wasync.model.outcome import Event, EventKind, Outcome, State, StepResult
from wasync.model.plan import Action
from wasync.model.template import JSON, Place
from wasync.rejection import advice
from wasync.render.colour import Style, finish, styled
from wasync.render.error_text import meta_numbers
from wasync.render.layout import WIDTH, columns, fold, paragraph
from wasync.render.reasons import duration, moment, retyped
from wasync.render.safe_text import safe
from wasync.render.status_words import status_style, status_word

_REJECTED = "REJECTED"
_DONE = {Action.CREATE: "created", Action.UPDATE: "updated", Action.DELETE: "deleted"}


def outcome_text(outcome: Outcome, *, color: bool = False, width: int = WIDTH) -> str:
    """What became of every step: a line each, and for what failed the reason, the place and the way out."""
    if not outcome.results:
        return "Nothing to apply."
    size = max(columns(safe(str(result.step.key))) for result in outcome.results)
    lines = [line for result in outcome.results for line in _result_lines(result, size, width)]
    if outcome.stopped:
        lines.extend(("", fold(f"Stopped early: {safe(outcome.stopped)}", 0, 2, width)))
    lines.extend(("", summary(outcome)))
    after = _what_next(outcome)
    if after:
        lines.append(fold(after, 0, 0, width))
    return finish("\n".join(lines), color)


def summary(outcome: Outcome) -> str:
    """The line that counts: done, failed, not tried."""
    done = [r for r in outcome.results if r.state in (State.DONE, State.WAITING)]
    parts = [f"{sum(r.step.action is action for r in done)} {word}" for action, word in _DONE.items()]
    more = (
        (State.ALREADY, "already as wanted"),
        (State.FAILED, "failed"),
        (State.STALE, "stale"),
        (State.NOT_TRIED, "not tried"),
        (State.LATER, "not sent yet"),
    )
    rest = [f"{outcome.count(state)} {word}" for state, word in more if outcome.count(state)]
    text = f"Applied: {', '.join(parts)}."
    return f"{text} {', '.join(rest)}." if rest else text


def event_line(event: Event, *, color: bool = False, watched: bool = False) -> str:
    """The progress line of one event; empty where there is nothing to say to people.

    `watched`: a person looks on, and wants to know how far it is and how long it takes.
    """
    match event.kind:
        case EventKind.APPLY_STARTED:
            steps = "1 step" if event.total == 1 else f"{event.total} steps"
            text = f"Applying {steps} to account {safe(event.account)}." if event.total else ""
        case EventKind.STEP_ENDED if event.result:
            text = f"{safe(str(event.result.step.key))}: {_headline(event.result)}"
            if watched and event.total > 1:
                text += styled(_how_far(event), Style.DIM)
        case EventKind.PAUSED if event.message:
            text = f"Waiting {duration(event.seconds)}: {safe(event.message)}."
        case EventKind.PAUSED:
            text = f"Meta asks for a pause: waiting {event.seconds:.0f} s."
        case EventKind.WAITING:
            trouble = f"{safe(event.message)}\n" if event.message else ""
            text = (
                f"{trouble}In review: {event.done} of {event.total} decided;"
                f" looking again in {event.seconds:.0f} s."
            )
        case EventKind.REVIEWED if event.key:
            text = f"{safe(str(event.key))}: {_status(event.status) if event.status else 'not at Meta'}"
            if event.status == _REJECTED:
                reason = f" ({safe(event.rejected_reason)})" if event.rejected_reason else ""
                text = "\n".join((text + reason, *_rejection(event.rejected_reason, event.place, WIDTH)))
        case EventKind.STEP_STARTED | EventKind.STEP_ENDED | EventKind.REVIEWED | EventKind.APPLY_ENDED:
            text = ""
        case _:
            assert_never(event.kind)
    return finish(text, color)


def _how_far(event: Event) -> str:
    left = ""
    if event.left is not None and event.done < event.total:
        left = f", about {duration(event.left)} left"
    return f"  ({event.done} of {event.total}{left})"


def event_json(event: Event) -> dict[str, JSON]:
    """One event as the line of a JSON stream; schemas/events.schema.json describes it."""
    line: dict[str, JSON] = {"version": "1.1", "event": event.kind.value, "at": event.at.isoformat()}
    if event.account:
        line["account"] = event.account
    if event.key:
        line |= {"name": event.key.name, "language": event.key.language}
    if event.action:
        line["action"] = event.action.value
    if event.status:
        line["status"] = event.status
    if event.category:
        line["category"] = event.category
    if event.rejected_reason:
        line["rejected_reason"] = event.rejected_reason
    if event.place:
        line["place"] = _place_json(event.place)
    if event.kind in (
        EventKind.APPLY_STARTED,
        EventKind.STEP_ENDED,
        EventKind.WAITING,
        EventKind.REVIEWED,
    ):
        line |= {"done": event.done, "total": event.total}
    if event.kind is EventKind.STEP_ENDED:
        line["seconds_left"] = event.left
    if event.kind in (EventKind.PAUSED, EventKind.WAITING):
        line["seconds"] = event.seconds
    if event.message:
        line["message"] = event.message
    if event.result:
        line["result"] = _result_json(event.result)
    if event.outcome:
        line["outcome"] = outcome_json(event.outcome)
    return line


def outcome_json(outcome: Outcome) -> dict[str, JSON]:
    """Everything one apply did."""
    return {
        "account": outcome.account,
        "waited": outcome.waited,
        "stopped": outcome.stopped,
        "summary": {state.value: outcome.count(state) for state in State},
        "results": [_result_json(result) for result in outcome.results],
    }


def _result_json(result: StepResult) -> JSON:
    place = result.step.place
    return {
        "address": str(result.step.key),
        "name": result.step.key.name,
        "language": result.step.key.language,
        "action": result.step.action.value,
        "state": result.state.value,
        "message": result.message,
        "fix": result.fix,
        "live_id": result.live_id,
        "status": result.status,
        "category": result.category,
        "rejected_reason": result.rejected_reason,
        "code": result.code,
        "subcode": result.subcode,
        "fbtrace_id": result.trace,
        "not_before": result.not_before.isoformat() if result.not_before else None,
        "place": _place_json(place) if place else None,
    }


def _place_json(place: Place) -> JSON:
    return {"file": place.file, "line": place.line, "column": place.column}


def _result_lines(result: StepResult, size: int, width: int) -> Sequence[str]:
    key = safe(str(result.step.key))
    lines = [f"  {styled(key, Style.STRONG)}{' ' * (size - columns(key))}  {_headline(result)}"]
    if result.message:
        lines.append(paragraph(safe(result.message), 6, width))
        numbers = meta_numbers(result.code, result.subcode, result.trace)
        if numbers and not (result.trace and result.trace in result.message):
            lines.append(paragraph(f"Meta's error: {safe(numbers)}", 6, width))
    if result.state is State.FAILED and result.step.place:
        lines.append(f"      --> {safe(str(result.step.place))}")
    if result.status == _REJECTED and result.state is not State.FAILED:
        lines.extend(_rejection(result.rejected_reason, result.step.place, width))
    if result.fix:
        lines.append(paragraph(f"Next: {safe(result.fix)}", 6, width))
    return lines


def _rejection(reason: str | None, place: Place | None, width: int) -> list[str]:
    """Where a rejected text stands, what Meta's reason means, and what to change."""
    lines = [f"      --> {safe(str(place))}"] if place else []
    said = advice(reason)
    return [*lines, paragraph(said, 6, width)] if said else lines


def _headline(result: StepResult) -> str:
    """What became of a step in a few words."""
    match result.state:
        case State.DONE | State.WAITING:
            text = styled(_DONE.get(result.step.action, "done"), Style.ADDED)
            if result.status and result.step.action is not Action.DELETE:
                text += f"; {'still ' if result.state is State.WAITING else ''}{_status(result.status)}"
            if result.rejected_reason:
                text += f" ({safe(result.rejected_reason)})"
            return text + _category_note(result)
        case State.ALREADY:
            return "already as wanted; nothing sent" + _category_note(result)
        case State.FAILED:
            return styled("failed", Style.REMOVED)
        case State.STALE:
            return styled("stale; nothing sent", Style.CHANGED)
        case State.NOT_TRIED:
            return styled("not tried", Style.DIM)
        case State.LATER:
            when = f"; not before {moment(result.not_before)}" if result.not_before else ""
            return styled(f"not sent yet{when}", Style.CHANGED)
        case _:
            assert_never(result.state)


def _category_note(result: StepResult) -> str:
    """Meta may decide on another category, which costs more."""
    after = result.step.after
    if not result.category or after is None or result.category.lower() == after.category:
        return ""
    return styled(
        f"; Meta made it {safe(result.category.lower())}, not {safe(after.category)}", Style.CHANGED
    )


def _status(status: str) -> str:
    return styled(status_word(status), status_style(status))


def _what_next(outcome: Outcome) -> str:
    if outcome.count(State.FAILED) or outcome.count(State.NOT_TRIED):
        return (
            "What was done stays done. Mend what failed, then run wasync apply again: it does only the rest."
        )
    if outcome.count(State.STALE):
        return "Stale steps were not sent: live changed since the plan was made. Make a new plan."
    later = [result.not_before for result in outcome.results if result.state is State.LATER]
    if later:
        first = min((at for at in later if at is not None), default=None)
        when = f" after {moment(first)}" if first else ""
        return f"The rest waits for Meta's rations: run the same command again{when}."
    if outcome.count(State.WAITING):
        return f"Some are still in review. Go on waiting: {retyped('wasync wait', outcome.account)}"
    return ""
