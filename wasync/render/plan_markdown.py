"""The plan as a comment on a pull request: what matters first, every step folded, never longer than allowed.

Text of templates stands in fenced blocks, escaped in preformatted text or in a code span: there it mentions
nobody, links nowhere and cannot become markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from wasync.canonical.hashing import fingerprint
from wasync.model.plan import Action, Plan, Step
from wasync.render.before_after import sides_of
from wasync.render.colour import finish
from wasync.render.message_comment import sides_table
from wasync.render.plan_text import attention, step_block, summary
from wasync.render.reasons import reason_sentence
from wasync.render.rollout_text import rollouts_text
from wasync.render.safe_text import safe

COMMENT = 65_536
"""Characters that GitHub takes in one comment (https://github.com/borchero/terraform-plan-comment/issues/111)."""
_RESERVE = 400
"""For what is said of the rest, and for ends."""
_TRIES = 50
"""How many steps that have no room are passed over, to find shorter ones behind them."""
_WIDTH = 100
_LONGEST = 500
"""Characters of account names in the first line."""
T = TypeVar("T")
_MARKS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-", Action.HOLD: "!", Action.KEEP: "="}


def plan_markdown(plans: Sequence[Plan], limit: int = COMMENT) -> str:
    """The plans of some accounts as Markdown of at most `limit` characters; what has no room is counted.

    The first line never varies for the same accounts: by it a pipeline finds the comment to update.
    """
    text = plan_marker([plan.account for plan in plans]) + "\n"
    left, shown = limit - len(text) - _RESERVE, list[tuple[Plan, str]]()
    # What every account says first has room before any detail of the first.
    for plan in plans:
        head = _head(plan, limit // (6 * len(plans)))
        if len(head) + _RESERVE > left:
            break
        shown.append((plan, head))
        left -= len(head) + _RESERVE
    for number, (plan, head) in enumerate(shown):
        details = _details(plan, left // (len(shown) - number))
        left -= len(details)
        text += head + details
    if more := len(plans) - len(shown):
        text += f"_{more} more accounts in the artifact of this run._"
    return text.rstrip("\n") + "\n"


def plan_marker(accounts: Sequence[str]) -> str:
    """The first line of the comment about these accounts; it names very many of them by a hash."""
    names = ",".join(map(_escaped, accounts))
    return f"<!-- wasync:plan {names if len(names) <= _LONGEST else fingerprint([*accounts])} -->"


def _head(plan: Plan, room: int) -> str:
    """Counts, then refusals, deletes and breaking changes, each in at most so many characters."""
    parts = [f"### wasync plan · {_code(plan.account)}", f"**{summary(plan)}**"]
    if plan.refusals:
        why = _fenced(_some(_lines(plan.refusals), room))
        parts.append(f"**Refused: apply will not do this as it stands.**\n\n{why}")
    deletes = [step for step in plan.steps if step.action is Action.DELETE]
    if deletes:
        named = [f"{safe(str(step.key))}: {reason_sentence(step)}" for step in deletes]
        listed = _fenced(_some(named, room))
        parts.append(f"**Deletes** (no undo; Meta locks each name for 30 days)\n\n{listed}")
    broken = [step for step in plan.steps if step.action is Action.UPDATE and step.breaking]
    if broken:
        told = [f"{safe(str(step.key))}: {safe(sentence)}" for step in broken for sentence in step.breaking]
        parts.append("**Breaks the code that sends**\n\n" + _fenced(_some(told, room)))
    return "\n\n".join(parts) + "\n\n"


def _details(plan: Plan, room: int) -> str:
    """Each step folded, then what waits, rollouts, alarms and notes, as far as there is room."""
    waits = [step for step in plan.steps if step.action is Action.HOLD]
    steps = [step for step in plan.steps if step.action is not Action.HOLD]
    steps.sort(key=lambda step: step.action is not Action.DELETE)
    kept: list[str] = []
    ends: list[str] = []
    left_out = 0
    # Rollouts, alarms and notes matter to everybody: they have their room first.
    share = room // 4
    for block, more in (
        _fitting(plan.rollouts, lambda some: rollouts_text(some, plan.account, _WIDTH), share),
        _fitting(plan.alarms, lambda some: attention(some, _WIDTH), share),
        _fitting(plan.notes, lambda some: "\n".join(map(safe, some)), share),
    ):
        left_out += more
        if block:
            ends.append(block)
            room -= len(block) + 2
    tries = _TRIES
    for step in (*steps, *waits):
        # Behind many that have no room, no more are made only to be thrown away.
        block = _folded(step, plan.account) if tries else ""
        if block and len(block) + 2 <= room:
            kept.append(block)
            room -= len(block) + 2
        else:
            left_out += 1
            tries -= tries > 0
    if left_out:
        ends.append(f"_{left_out} more in the artifact of this run (the saved plan)._")
    return "".join(f"{block}\n\n" for block in [*kept, *ends])


def _fitting(items: tuple[T, ...], render: Callable[[tuple[T, ...]], str], room: int) -> tuple[str, int]:
    """The block of as many of the items as have room, and how many are left out."""
    count = len(items)
    while count:
        block = _fenced(finish(render(items[:count]), color=False))
        if len(block) + 2 <= room:
            break
        count //= 2
    return (block if count else ""), len(items) - count


def _folded(step: Step, account: str) -> str:
    """One step: a line to click on, inside it the messages side by side, and what the terminal shows."""
    what = f"held, wants to {step.wanted}" if step.wanted else step.action.value
    head = f"{_MARKS[step.action]} <code>{_escaped(str(step.key))}</code> {what}"
    if step.breaking and step.action is Action.UPDATE:
        head += " <b>BREAKING</b>"
    text = finish(step_block(step, account, _WIDTH), color=False)
    table = sides_table(sides_of(step), step.key.language)
    shown = f"{table}\n\n{_fenced(text)}" if table else _fenced(text)
    return f"<details><summary>{head}</summary>\n\n{shown}\n\n</details>"


def _fenced(text: str) -> str:
    """Text in a fence longer than any run of backticks in it."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _code(text: str) -> str:
    """A name in the letters of code."""
    return f"<code>{_escaped(text)}</code>"


def _escaped(text: str) -> str:
    """One line of text of which no HTML, mention, link or emphasis can come."""
    return re.sub(r"[^\w\s]|_", lambda sign: f"&#{ord(sign[0])};", safe(text))


def _lines(sentences: Iterable[str]) -> list[str]:
    return [safe(sentence) for sentence in sentences]


def _some(lines: list[str], room: int) -> str:
    """As many of the lines as have room, and how many more there are."""
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*kept, f"... and {len(lines) - len(kept)} more"])
        kept.append(line)
    return "\n".join(kept)
