"""The plan as a page: each message before and after, side by side, with what changes marked word by word."""

from __future__ import annotations

from collections.abc import Sequence

from wasync.model.plan import OUTSIDE, Action, FieldChange, Plan, Step
from wasync.model.template import JSON
from wasync.render.before_after import Side, sides_of
from wasync.render.colour import finish
from wasync.render.message import left_out_note, stand_in_note
from wasync.render.plan_text import attention, summary
from wasync.render.preview.html import Look, escaped, escaped_lines, message_html
from wasync.render.preview.page import anchor, document, filter_form
from wasync.render.reasons import consequence, reason_sentence, way_out
from wasync.render.rollout_text import rollouts_text
from wasync.render.template_text import template_rows, value_text

_WIDTH = 100
_REMOVED, _ADDED = Look(mark="del"), Look(mark="ins")
_ORDER = {Action.DELETE: 0, Action.UPDATE: 2, Action.CREATE: 3, Action.HOLD: 4, Action.KEEP: 5}


def plan_html(plans: Sequence[Plan]) -> str:
    """The plans of some accounts as one HTML file that needs no network; whole, whatever their length."""
    accounts = ", ".join(plan.account for plan in plans)
    title = f"wasync plan: {accounts}"
    steps = [step for plan in plans for step in plan.steps]
    found = {
        "action": sorted({step.action.value for step in steps}),
        "language": sorted({step.key.language for step in steps}),
    }
    form = filter_form({name: dict(zip(values, values, strict=True)) for name, values in found.items()})
    counted = '<p id="count" role="status" data-noun="change"></p>'
    head = f'<header class="top"><h1>{escaped(title)}</h1>{counted}{form}</header>'
    body = "".join(_account(plan) for plan in plans)
    rest = '<p id="none" hidden>No change matches. <kbd>Esc</kbd> shows all.</p>'
    return document(title, f"{head}<main>{body}{rest}</main>", scripts=("page",))


def _account(plan: Plan) -> str:
    """One account: counts, refusals, the steps with the gravest first, then what needs attention."""
    steps = sorted(plan.steps, key=_gravity)
    refusals = "".join(f"<li>{escaped(why)}</li>" for why in plan.refusals)
    parts = [f'<p class="summary">{escaped(plan.account)}: {escaped(summary(plan))}</p>']
    if refusals:
        parts.append(
            f'<section class="trouble"><h2>Refused: apply will not do this as it stands</h2>'
            f"<ul>{refusals}</ul></section>"
        )
    parts += [_step(step, plan.account) for step in steps]
    if plan.rollouts:
        parts.append(_block(rollouts_text(plan.rollouts, plan.account, _WIDTH)))
    if plan.alarms:
        parts.append(_block(attention(plan.alarms, _WIDTH)))
    parts += [f'<p class="why">Note: {escaped(note)}</p>' for note in plan.notes]
    return "".join(parts)


def _gravity(step: Step) -> int:
    return 1 if step.action is Action.UPDATE and step.breaking else _ORDER[step.action]


def _step(step: Step, account: str) -> str:
    key, template = str(step.key), step.after or step.before
    action = f"held, wants to {step.wanted}" if step.wanted else step.action.value
    category = template.category if template else ""
    place = f" · <code>{escaped(step.place.file)}:{step.place.line}</code>" if step.place else ""
    data = f'data-action="{step.action.value}" data-language="{escaped(step.key.language)}"'
    name = f'id="{anchor(f"{account}/{key}")}" aria-label="{escaped(key)}"'
    broken = "".join(f'<p class="breaking">BREAKING: {escaped(why)}</p>' for why in step.breaking)
    sides = "".join(_side(side, step.key.language) for side in sides_of(step))
    why = way_out(step, account) if step.action is Action.HOLD else _reason(step)
    return (
        f'<section class="name change"><article class="shown" {name} {data}>'
        f"<h2>{escaped(key)} <small>{escaped(action)} · {escaped(category)}{place}</small></h2>{broken}"
        f'<div class="sides">{sides}</div>'
        f'<p class="why">{escaped_lines(why)}</p>'
        f'<details><summary>Every field</summary><dl class="facts">{_fields(step)}</dl></details>'
        "</article></section>"
    )


def _fields(step: Step) -> str:
    """What differs, field by field, and who moved it; of a message with one side all it has."""
    changes = (*step.difference.content, *step.difference.samples)
    if changes:
        return "".join(map(_field, changes))
    template = step.after or step.before
    rows = template_rows(template.spec) if template else []
    return "".join(f"<dt>{escaped(name)}</dt><dd>{escaped_lines(text)}</dd>" for name, text in rows)


def _field(change: FieldChange) -> str:
    path, before, after = change.path, change.before, change.after
    old = "" if before is None else f"<del>{_value(before, path)}</del>"
    new = "" if after is None else f"<ins>{_value(after, path)}</ins>"
    arrow = " → " if old and new else ""
    outside = " (changed outside)" if change.origin in OUTSIDE else ""
    return f"<dt>{escaped(path)}</dt><dd>{old}{arrow}{new}{outside}</dd>"


def _value(value: JSON, path: str) -> str:
    return escaped_lines(value if isinstance(value, str) and value else value_text(value, path))


def _reason(step: Step) -> str:
    return f"{reason_sentence(step)} {consequence(step)}".rstrip()


def _side(side: Side, language: str) -> str:
    message = side.message
    notes = [stand_in_note(language)] if message.stand_in else []
    notes += map(left_out_note, message.left_out)
    lines = "".join(f"<li>{escaped(note)}</li>" for note in notes)
    told = f'<ul class="notes">{lines}</ul>' if notes else ""
    html = message_html(message, language, _REMOVED if side.gone else _ADDED, side.marks)
    return f'<div class="side"><h3>{escaped(side.title)}</h3>{html}{told}</div>'


def _block(text: str) -> str:
    return f'<section class="block"><pre>{escaped_lines(finish(text, color=False))}</pre></section>'
