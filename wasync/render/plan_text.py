"""The plan for a terminal: who, what will be done and why, what needs attention, one line that sums it up."""

from __future__ import annotations

from typing import assert_never

from wasync.model.plan import OUTSIDE, Action, Alarm, AlarmKind, Origin, Plan, Step
from wasync.model.template import Key
from wasync.render.change_text import change_row, conflict_rows
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, both_ends, columns, fold, labelled, paragraph
from wasync.render.reasons import consequence, hold_phrase, moment, reason_sentence, way_out
from wasync.render.rollout_text import rollouts_text
from wasync.render.safe_text import safe
from wasync.render.template_text import Row, template_rows

_SYMBOLS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.HOLD: "!", Action.KEEP: "="}
_STYLES = {
    Action.CREATE: Style.ADDED,
    Action.UPDATE: Style.CHANGED,
    Action.DELETE: Style.REMOVED,
    Action.HOLD: Style.HELD,
    Action.KEEP: Style.DIM,
}
_INSIDE = 6
_LISTED = 20
"""How many names of templates outside the files are listed; the JSON form has all."""


def plan_text(plan: Plan, *, color: bool = False, width: int = WIDTH, empty: str = "") -> str:
    """The whole plan as text without a line end; sentences fold at `width` columns, changes are never cut.

    `empty` is the last line of a plan without steps, where that does not mean "No changes.".
    """
    blocks = [_header(plan)]
    if plan.steps:
        blocks.append(_legend(plan))
    blocks.extend(step_block(step, plan.account, width) for step in plan.steps)
    if plan.rollouts:
        blocks.append(rollouts_text(plan.rollouts, plan.account, width))
    if plan.alarms:
        blocks.append(attention(plan.alarms, width))
    if plan.unmanaged:
        blocks.append(_not_in_files(plan.unmanaged, width))
    if plan.notes:
        blocks.append("\n".join(fold(f"Note: {safe(note)}", 0, 2, width) for note in plan.notes))
    blocks.extend(
        fold(f"{styled('Error:', Style.REMOVED)} {safe(why)}", 0, 2, width) for why in plan.refusals
    )
    blocks.append(_summed_up(empty if empty and not plan.steps else summary(plan), width))
    return finish("\n\n".join(blocks), color)


def summary(plan: Plan) -> str:
    """The last line: how many of each."""
    outside = len(plan.unmanaged)
    match outside:
        case 0:
            rest = ""
        case 1:
            rest = " 1 live template is not in the files; untouched."
        case _:
            rest = f" {outside} live templates are not in the files; untouched."
    if plan.steps:
        return (
            f"Plan: {plan.count(Action.CREATE)} to create, {plan.count(Action.UPDATE)} to update,"
            f" {plan.count(Action.DELETE)} to delete, {plan.count(Action.HOLD)} on hold."
            f" {plan.kept} in sync.{rest}"
        )
    if plan.alarms:
        needing = len({alarm.key for alarm in plan.alarms})
        return f"No changes. {needing} {'needs' if needing == 1 else 'need'} attention.{rest}"
    in_sync = "1 template is in sync." if plan.kept == 1 else f"{plan.kept} templates are in sync."
    return f"No changes. {in_sync}{rest}"


def step_block(step: Step, account: str, width: int = WIDTH) -> str:
    """One step: its line, what changes, what breaks, and why; styled with marks (colour.finish)."""
    symbol = styled(_SYMBOLS[step.action], _STYLES[step.action])
    place = f"{safe(step.place.file)}:{step.place.line}" if step.place else ""
    head = f"  {symbol} {styled(safe(str(step.key)), Style.STRONG)}  {_what(step)}".rstrip()
    if columns(head) > width:
        head = fold(head, 0, _INSIDE, width)
        lines = [head, *([" " * _INSIDE + styled(place, Style.DIM)] if place else [])]
    else:
        lines = [both_ends(head, styled(place, Style.DIM) if place else "", width)]
    lines.extend(labelled(_rows(step), _INSIDE, width))
    lines.extend(_drift(step, width))
    lines.extend(
        paragraph(f"{styled('BREAKING:', Style.REMOVED)} {safe(sentence)}", _INSIDE, width)
        for sentence in step.breaking
    )
    lines.extend(paragraph(line, _INSIDE, width) for line in _why(step, account).split("\n"))
    return "\n".join(lines)


def _summed_up(text: str, width: int) -> str:
    """The last line; where it has no room, what is not in the files stands on the next."""
    counted, also, outside = text.partition(" in sync. ")
    if not also or columns(text) <= width:
        return fold(text, 0, 0, width)
    return "\n".join((fold(counted + also.rstrip(), 0, 0, width), fold(outside, 0, 0, width)))


def _header(plan: Plan) -> str:
    account = f"{styled(safe(plan.account), Style.STRONG)} ({safe(plan.waba_id)})"
    return f"wasync plan · account {account} · Graph {safe(plan.graph_version)}"


def _legend(plan: Plan) -> str:
    used = {step.action for step in plan.steps}
    return "  " + "   ".join(
        f"{styled(_SYMBOLS[action], _STYLES[action])} {action.value}" for action in Action if action in used
    )


def _what(step: Step) -> str:
    """The category; of a hold, why it waits."""
    if step.action is Action.HOLD:
        wanted = "" if step.wanted in (None, Action.UPDATE) else f"{step.wanted} "
        return f"{wanted}held: {hold_phrase(step)}"
    template = step.after or step.before
    return safe(template.category) if template else ""


def _rows(step: Step) -> list[Row]:
    match step.wanted or step.action:
        case Action.CREATE:
            return template_rows(step.after.spec) if step.after else []
        case Action.DELETE:
            return template_rows(step.before.spec) if step.before else []
        case Action.UPDATE | Action.HOLD | Action.KEEP:
            changes = (*step.difference.content, *step.difference.samples)
            return [
                change_row(change.path, change.before, change.after)
                for change in changes
                if change.origin not in OUTSIDE
            ]
        case other:
            assert_never(other)


def _drift(step: Step, width: int) -> list[str]:
    """What others moved, apart from what the file moves, and since when."""
    changes = (*step.difference.content, *step.difference.samples)
    rows: list[Row] = []
    for change in changes:
        match change.origin:
            case Origin.BOTH:
                rows += conflict_rows(change.path, change.applied, change.before, change.after)
            case Origin.LIVE:
                rows.append(change_row(change.path, change.before, change.after))
            case Origin.FILES | Origin.UNKNOWN:
                pass
            case _:
                assert_never(change.origin)
    if not rows:
        return []
    since = f" since {moment(step.in_sync)}" if step.in_sync else ""
    held = "; the file would revert it" if Origin.LIVE in {change.origin for change in changes} else ""
    reverted = held if step.action is Action.HOLD else "; this step reverts it"
    head = styled(f"Changed outside{since}{reverted}:", Style.CHANGED)
    return [paragraph(head, _INSIDE, width), *labelled(rows, _INSIDE + 2, width)]


def _why(step: Step, account: str) -> str:
    """The sentences that end a step's block."""
    if step.action is Action.HOLD:
        return way_out(step, account)
    return f"{reason_sentence(step)} {consequence(step)}".rstrip()


def attention(alarms: tuple[Alarm, ...], width: int) -> str:
    """Each template with alarms, its place, and their sentences."""
    lines = [styled("Needs attention", Style.STRONG)]
    told = None
    for alarm in alarms:
        if alarm.key != told:
            place = styled(f"{safe(alarm.place.file)}:{alarm.place.line}", Style.DIM) if alarm.place else ""
            lines.append(both_ends(f"  {safe(str(alarm.key))}", place, width))
            told = alarm.key
        lines.append(paragraph(styled(safe(alarm.message), alarm_style(alarm.kind)), _INSIDE, width))
    return "\n".join(lines)


def alarm_style(kind: AlarmKind) -> Style:
    """How loud an alarm is."""
    match kind:
        case AlarmKind.REJECTED | AlarmKind.DISABLED | AlarmKind.CATEGORY:
            return Style.REMOVED
        case AlarmKind.PAUSED | AlarmKind.ARCHIVED | AlarmKind.LIMIT_EXCEEDED | AlarmKind.STATUS:
            return Style.CHANGED
        case AlarmKind.SAMPLES:
            return Style.DIM
        case _:
            assert_never(kind)


def _not_in_files(keys: tuple[Key, ...], width: int) -> str:
    names = ", ".join(safe(str(key)) for key in keys[:_LISTED])
    more = len(keys) - _LISTED
    rest = f" and {more} more" if more > 0 else ""
    return f"Not in the files\n{paragraph(names + rest, 2, width)}"
