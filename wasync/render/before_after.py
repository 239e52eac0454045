"""A step of a plan as messages: what customers get now, and what they will get, with what differs marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wasync.model.plan import Action, Step
from wasync.model.template import Template
from wasync.render.compare import Marks, compare_messages
from wasync.render.message import Message, message_of
from wasync.render.status_words import status_word


class Side(NamedTuple):
    """One of the messages under its title. `gone`: what is marked goes; otherwise it comes."""

    title: str
    message: Message
    marks: Sequence[Marks] = ()
    gone: bool = False


_AFTER = {
    Action.CREATE: "New message",
    Action.UPDATE: "Customers will get",
    Action.DELETE: "",
    Action.HOLD: "The file says, and it waits",
    Action.KEEP: "",
}


def sides_of(step: Step) -> tuple[Side, ...]:
    """The message as it is and as it will be; one of them where there is no other."""
    wanted = step.wanted or step.action
    before = None if wanted is Action.CREATE else step.before
    after = None if wanted is Action.DELETE else step.after
    now = "Will be deleted" if step.action is Action.DELETE else _now(step.live_status)
    match before, after:
        case Template() as old, Template() as new:
            # Live has no examples to read back: those of the file make both sides read alike.
            was, becomes = message_of(old.spec, samples=new.spec.get("examples")), message_of(new.spec)
            removed, added = compare_messages(was, becomes)
            return Side(now, was, removed, gone=True), Side(_AFTER[step.action], becomes, added)
        case Template() as old, None:
            return (Side(now, message_of(old.spec)),)
        case None, Template() as new:
            return (Side(_AFTER[step.action], message_of(new.spec)),)
        case _:
            return ()


def _now(status: str | None) -> str:
    """Only an approved template is sent: what Meta has otherwise, nobody gets."""
    if status in (None, "APPROVED"):
        return "Customers get now"
    word = status_word(status or "")
    # A title stands where a text could become markup: of what Meta may yet invent only words get there.
    return f"Meta has now ({word})" if word.replace(" ", "").isalpha() else "Meta has now"
