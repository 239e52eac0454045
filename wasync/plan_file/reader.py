"""Reading a plan file back: exactly what was written, or refused with the first thing that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from wasync.model.errors import WasyncError
from wasync.model.plan import (
    Action,
    Alarm,
    AlarmKind,
    Cost,
    Difference,
    FieldChange,
    Origin,
    Plan,
    Precondition,
    Ration,
    Reason,
    Rollout,
    Step,
)
from wasync.model.template import JSON, Key, Place, Template
from wasync.plan_file.form import FORMAT_VERSION, plan_fingerprint, plan_to_json

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Object = Mapping[str, JSON]


def plan_from_text(text: str, source: str) -> Plan:
    """The plan in the text of a plan file; `source` names the file in errors. Raises WasyncError."""
    try:
        data: JSON = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = "too deeply nested" if isinstance(error, RecursionError) else "a number is too long"
        if isinstance(error, json.JSONDecodeError):
            where = f"line {error.lineno}"
        raise WasyncError(f"{source} is not a plan: it is not JSON ({where}).", _again(source)) from error
    return plan_from_json(data, source)


def plan_from_json(data: JSON, source: str = "the plan file") -> Plan:
    """The plan that `plan_to_json` wrote. Raises WasyncError for anything else."""
    read = _Reader(source)
    if not isinstance(data, dict) or data.get("kind") != "plan" or "format_version" not in data:
        raise WasyncError(
            f"{source} is not a plan of wasync.",
            f"Give apply a file that `wasync plan --out FILE` wrote. {_again(source)}",
        )
    version = read.text(data, "format_version", "")
    if version.split(".", 1)[0] != FORMAT_VERSION.split(".", 1)[0]:
        raise WasyncError(
            f"{source} has plan format {version}; this wasync reads format {FORMAT_VERSION}.",
            f"Use the wasync that made the plan, or make a new one: wasync plan --out {source}",
        )
    plan = Plan(
        account=read.text(data, "account", ""),
        waba_id=read.text(data, "waba_id", ""),
        graph_version=read.text(data, "graph_version", ""),
        steps=read.many(data, "steps", "", read.step),
        kept=read.number(read.object(data, "summary", ""), "in_sync", "summary."),
        unmanaged=read.many(data, "not_in_files", "", read.key),
        alarms=read.many(data, "alarms", "", read.alarm),
        notes=read.texts(data, "notes", ""),
        refusals=read.texts(data, "refusals", ""),
        fingerprint=read.text(data, "fingerprint", ""),
        created=read.moment(data, "created", ""),
        rollouts=read.many(data, "rollouts", "", read.rollout) if "rollouts" in data else (),
    )
    if plan_fingerprint(plan.steps, plan.waba_id) != plan.fingerprint:
        raise WasyncError(
            f"{source} was changed after it was made: its steps do not match its fingerprint.",
            f"Never edit a plan; change the template files instead. {_again(source)}",
        )
    return replace(plan, notes=(*plan.notes, *_newer(data, version, plan)))


def _newer(data: Object, version: str, plan: Plan) -> tuple[str, ...]:
    """What is said of a plan that a newer wasync made: which of its parts are not read here."""
    if version == FORMAT_VERSION:
        return ()
    known = plan_to_json(plan)
    steps, ours = data.get("steps"), known["steps"]
    parts = sorted(data.keys() - known.keys())
    if isinstance(steps, list) and isinstance(ours, list):
        pairs = zip(steps, ours, strict=True)
        parts += sorted({f"steps.{name}" for one, our in pairs for name in _keys(one) - _keys(our)})
    if not parts:
        return ()
    said = f"This plan has format {version}, newer than this wasync's {FORMAT_VERSION}"
    return (f"{said}; left out here: {', '.join(parts)}.",)


def _keys(value: JSON) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


def _again(source: str) -> str:
    return f"Make a new plan: wasync plan --out {source}"


class _Reader:
    """Reads one value after another out of parsed JSON, and says where the first wrong one stands."""

    def __init__(self, source: str) -> None:
        self._source = source

    def _wrong(self, where: str, wanted: str) -> WasyncError:
        return WasyncError(f"{self._source} is damaged: {where} should be {wanted}.", _again(self._source))

    def text(self, data: Object, name: str, at: str) -> str:
        value = data.get(name)
        if not isinstance(value, str):
            raise self._wrong(at + name, "text")
        return value

    def text_or_none(self, data: Object, name: str, at: str) -> str | None:
        return None if self._absent(data, name, at) else self.text(data, name, at)

    def number(self, data: Object, name: str, at: str) -> int:
        value = data.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(at + name, "a whole number")
        return value

    def truth(self, data: Object, name: str, at: str) -> bool:
        value = data.get(name)
        if not isinstance(value, bool):
            raise self._wrong(at + name, "true or false")
        return value

    def object(self, data: Object, name: str, at: str) -> dict[str, JSON]:
        value = data.get(name)
        if not isinstance(value, dict):
            raise self._wrong(at + name, "an object")
        return value

    def items(self, data: Object, name: str, at: str) -> list[JSON]:
        value = data.get(name)
        if not isinstance(value, list):
            raise self._wrong(at + name, "a list")
        return value

    def texts(self, data: Object, name: str, at: str) -> tuple[str, ...]:
        found = []
        for index, value in enumerate(self.items(data, name, at)):
            if not isinstance(value, str):
                raise self._wrong(f"{at}{name}[{index}]", "text")
            found.append(value)
        return tuple(found)

    def many(self, data: Object, name: str, at: str, read: Callable[[Object, str], T]) -> tuple[T, ...]:
        found = []
        for index, value in enumerate(self.items(data, name, at)):
            if not isinstance(value, dict):
                raise self._wrong(f"{at}{name}[{index}]", "an object")
            found.append(read(value, f"{at}{name}[{index}]."))
        return tuple(found)

    def moment(self, data: Object, name: str, at: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self.text(data, name, at))
        except ValueError as error:
            raise self._wrong(at + name, "a date and time") from error
        if moment.tzinfo is None:
            raise self._wrong(at + name, "a date and time with its offset from UTC")
        return moment

    def member(self, data: Object, name: str, at: str, members: type[E]) -> E:
        value = self.text(data, name, at)
        try:
            return members(value)
        except ValueError as error:
            raise self._wrong(at + name, f"one of {', '.join(members)}") from error

    def key(self, data: Object, at: str) -> Key:
        return Key(self.text(data, "name", at), self.text(data, "language", at))

    def place(self, data: Object, at: str) -> Place | None:
        if self._absent(data, "place", at):
            return None
        place, here = self.object(data, "place", at), at + "place."
        return Place(
            self.text(place, "file", here),
            self.number(place, "line", here),
            self.number(place, "column", here),
        )

    def template(self, data: Object, name: str, at: str) -> Template | None:
        if self._absent(data, name, at):
            return None
        template, here = self.object(data, name, at), f"{at}{name}."
        ignore = self.object(template, "ignore", here)
        return Template(
            key=self.key(template, here),
            category=self.text(template, "category", here),
            spec=self.object(template, "spec", here),
            place=self.place(template, here),
            ignore={rule: self.text(ignore, rule, here + "ignore.") for rule in ignore},
        )

    def change(self, data: Object, at: str) -> FieldChange:
        for name in ("before", "after", "applied"):
            self._absent(data, name, at)
        return FieldChange(
            path=self.text(data, "path", at),
            before=data["before"],
            after=data["after"],
            origin=self.member(data, "origin", at, Origin),
            applied=data["applied"],
        )

    def alarm(self, data: Object, at: str) -> Alarm:
        return Alarm(
            kind=self.member(data, "kind", at, AlarmKind),
            key=self.key(data, at),
            message=self.text(data, "message", at),
            place=self.place(data, at),
        )

    def rollout(self, data: Object, at: str) -> Rollout:
        return Rollout(
            name=self.text(data, "name", at),
            old=self.text(data, "old", at),
            new=self.text(data, "new", at),
            waiting=self.texts(data, "waiting", at),
            breaks=self.texts(data, "breaks", at),
            place=self.place(data, at),
            older=self.texts(data, "older", at) if "older" in data else (),
        )

    def cost(self, data: Object, at: str) -> Cost:
        cost, here = self.object(data, "cost", at), at + "cost."
        return Cost(
            ration=self.member(cost, "ration", here, Ration),
            number=self.number(cost, "number", here),
            of=self.number(cost, "of", here),
            next_free=self.moment(cost, "next_free", here) if cost.get("next_free") is not None else None,
        )

    def step(self, data: Object, at: str) -> Step:
        difference, condition = self.object(data, "difference", at), self.object(data, "precondition", at)
        late = self._absent(data, "not_before", at)
        return self._sound(
            Step(
                action=self.member(data, "action", at, Action),
                key=self.key(data, at),
                reason=self.member(data, "reason", at, Reason),
                before=self.template(data, "before", at),
                after=self.template(data, "after", at),
                difference=Difference(
                    content=self.many(difference, "content", at + "difference.", self.change),
                    samples=self.many(difference, "samples", at + "difference.", self.change),
                ),
                precondition=Precondition(
                    live_id=self.text_or_none(condition, "live_id", at + "precondition."),
                    hash=self.text_or_none(condition, "hash", at + "precondition."),
                    editable=self.truth(condition, "editable", at + "precondition."),
                    approved=self.many(condition, "approved", at + "precondition.", self.key)
                    if "approved" in condition
                    else (),
                ),
                place=self.place(data, at),
                live_status=self.text_or_none(data, "live_status", at),
                wanted=None if self._absent(data, "wanted", at) else self.member(data, "wanted", at, Action),
                detail=self.text(data, "detail", at),
                breaking=self.texts(data, "breaking", at),
                not_before=None if late else self.moment(data, "not_before", at),
                cost=self.cost(data, at) if data.get("cost") is not None else None,
                in_sync=self.moment(data, "in_sync", at) if data.get("in_sync") is not None else None,
                free_revision=self.number(data, "free_revision", at)
                if data.get("free_revision") is not None
                else None,
            ),
            at,
        )

    def _absent(self, data: Object, name: str, at: str) -> bool:
        if name not in data:
            raise self._wrong(at + name, "there")
        return data[name] is None

    def _sound(self, step: Step, at: str) -> Step:
        """The step, once it is sure that apply finds in it what its action needs."""
        if step.action is Action.KEEP:
            raise self._wrong(at + "action", "something to do")
        if step.action in (Action.CREATE, Action.UPDATE) and (not step.after or step.after.key != step.key):
            raise self._wrong(at + "after", f"what {step.key} will be")
        if step.action is Action.UPDATE and step.before is None:
            raise self._wrong(at + "before", f"what {step.key} was")
        if step.action in (Action.UPDATE, Action.DELETE) and step.precondition.live_id is None:
            raise self._wrong(at + "precondition.live_id", "the id of the live template")
        if step.action is Action.CREATE and step.precondition.live_id is not None:
            raise self._wrong(at + "precondition.live_id", "null, for a template that is to be created")
        return step
