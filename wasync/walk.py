"""The walk: a plan's steps in order, name by name, by one worker or several; what becomes of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import NamedTuple

from wasync.attempt import Attempt, Walk, attempt, attempt_together, note_done
from wasync.bulk import bulks
from wasync.canonical import from_graph
from wasync.model.errors import GraphError
from wasync.model.live import Live
from wasync.model.outcome import Event, EventKind, Outcome, State, StepResult
from wasync.model.plan import Action, Plan, Step
from wasync.model.template import Key
from wasync.precondition import holds, is_done, live_by_key
from wasync.quota import Wait, not_yet, still_counts

_INTERRUPTED = "Interrupted: stopped after the step under way."
_SLICE = 1.0
"""Seconds between two looks, while a batch is waited for, at whether a person wants to stop."""
_OLD = 60.0
"""After so many seconds of waiting, live is read again before anything is sent."""
_MEASURED = 3
"""So many steps have to be sent before the pace of the run tells anything about its rest."""


def doable(plan: Plan) -> tuple[Step, ...]:
    """Return the steps there is something to do about."""
    return tuple(step for step in plan.steps if step.action is not Action.HOLD)


def state_before(step: Step, live: Mapping[Key, Live]) -> State | None:
    """Return ALREADY or STALE, or None for a step to do."""
    found = live.get(step.key)
    if holds(step, found):
        return None if _others_approved(step, live) else State.STALE
    return State.ALREADY if is_done(step, found) else State.STALE


def walk(work: Walk, live: Mapping[Key, Live]) -> Outcome:
    """Do every step that still holds, in the plan's order; a failure does not stop its neighbours.

    Errors of authentication, and a journal that cannot be written, stop the run: what follows is NOT_TRIED.
    Steps that live already fulfils are recorded, not sent; STALE ones are reported, not sent. What Meta's
    rations leave no room for comes last: it is waited for as long as the client may wait, else it is LATER,
    as is all that follows once Meta itself takes no more calls for longer than that.
    """
    run = _Run(work, live)
    work.tell(Event(EventKind.APPLY_STARTED, work.now(), work.plan.account, total=len(run.steps)))
    left = run.steps
    while True:
        run.round(left)
        left = tuple(step for step in left if step.key in run.deferred)
        if not left:
            break
        if not run.wait():
            run.give_up(left)
            break
        run.look_again(left)
    results = tuple(run.results[step.key] for step in run.steps)
    return Outcome(work.plan.account, results, stopped=run.stopped)


class _Moved(NamedTuple):
    """A language that Meta gave another category than asked for."""

    key: Key
    category: str
    wanted: str


class _Run:
    """One walk under way: what its workers know of each other. One name is one worker's at a time."""

    def __init__(self, work: Walk, live: Mapping[Key, Live]) -> None:
        self._work, self._live = work, live
        self.steps = doable(work.plan)
        self._before = {step.key: state_before(step, live) for step in self.steps}
        self._together = bulks(step for step in self.steps if self._before[step.key] is None)
        self._creations: dict[Key, datetime] = {}
        self._begun, self._sent, self._waited, self._looked = work.now(), 0, 0.0, 0.0
        self._shut: datetime | None = None
        self._moved: dict[str, _Moved] = {}
        self._ended: BaseException | None = None
        self.results: dict[Key, StepResult] = {}
        self.deferred: dict[Key, Wait] = {}
        self.stopped = ""

    def round(self, steps: Iterable[Step]) -> None:
        """Do what can be done now, several names at a time and each name's steps in order; note the rest."""
        self.deferred = {}
        names: dict[str, list[Step]] = {}
        for step in steps:
            names.setdefault(step.key.name, []).append(step)
        todo = iter(names.values())
        if min(self._work.parallelism, len(names)) <= 1:
            self._work_off(self._work, todo)
            return
        count = min(self._work.parallelism, len(names))
        works = [replace(self._work, graph=self._work.graph.sibling()) for _ in range(count)]
        # Daemons: a person who presses Ctrl-C a second time waits for nobody.
        threads = [Thread(target=self._in_thread, args=(work, todo), daemon=True) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for work in works:
            work.graph.close()
        if self._ended is not None:
            raise self._ended

    def wait(self) -> bool:
        """Wait until the first of what was put off may be sent; False when it must not be waited for."""
        if self.stopped or self._shut is not None:
            return False
        first = min(self.deferred.values())
        seconds = (first.until - self._work.now()).total_seconds()
        pace = self._work.graph.pace
        if not pace.spend(seconds, tell=False):
            return False
        if seconds > 0:
            account, now = self._work.plan.account, self._work.now()
            self._work.tell(Event(EventKind.PAUSED, now, account, seconds=seconds, message=first.why))
            self._waited += seconds
        while seconds > 0:
            if self._work.stop():
                self.stopped = _INTERRUPTED
                return False
            pace.sleep(min(_SLICE, seconds))
            seconds -= _SLICE
        return True

    def look_again(self, steps: Sequence[Step]) -> None:
        """After a long wait, read live anew: other people did not wait."""
        if self._waited - self._looked < _OLD:
            return
        work, self._looked = self._work, self._waited
        try:
            rows = work.graph.listing(work.plan.waba_id, from_graph).rows
        except GraphError as error:
            if error.wait_seconds is None:
                self.stopped = error.message
            else:
                self._shut = work.now() + timedelta(seconds=error.wait_seconds)
            return
        self._live = live_by_key(rows)
        self._before |= {step.key: state_before(step, self._live) for step in steps}
        self._together = bulks(step for step in steps if self._before[step.key] is None)

    def give_up(self, steps: Iterable[Step]) -> None:
        """Say of what was put off that it is not sent in this run."""
        for step in steps:
            until, why = self.deferred[step.key]
            if self.stopped:
                result = StepResult(step, State.NOT_TRIED)
            else:
                until = max(until, self._shut or until)
                result = StepResult(
                    step, State.LATER, message=f"{why[0].upper()}{why[1:]}.", not_before=until
                )
            self._end(self._work, result)

    def _in_thread(self, work: Walk, names: Iterator[list[Step]]) -> None:
        try:
            self._work_off(work, names)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for this one
            with work.lock:
                self._ended = self._ended or error
                self.stopped = self.stopped or "A worker of this run ended."

    def _work_off(self, work: Walk, names: Iterator[list[Step]]) -> None:
        while True:
            with work.lock:
                steps = next(names, None)
            if steps is None:
                return
            together: dict[Key, Attempt] = {}
            put_off: Wait | None = None
            for step in steps:
                put_off = self._one(work, step, together, put_off)

    def _one(self, work: Walk, step: Step, together: dict[Key, Attempt], put_off: Wait | None) -> Wait | None:
        """Do one step, or put it off. `put_off`: an earlier create of the name was; none overtakes it."""
        state = State.ALREADY if _was_sent(work, step) else self._before[step.key]
        creates = step.action is Action.CREATE
        moved = self._moved.get(step.key.name) if creates else None
        if step.key in together:
            self._start(work, step)
            done = together[step.key]
        elif state is State.ALREADY:
            found = self._live.get(step.key)
            category = found.template.category if found is not None and creates else None
            done = note_done(work, StepResult(step, state, category=category), found)
        elif state is State.STALE:
            fix = "Make a new plan and look at it again."
            done = Attempt(StepResult(step, state, "live changed since the plan was made", fix))
        elif moved is not None:
            done = Attempt(_not_after(step, moved))
        elif ended := self._over(work, step):
            done = Attempt(ended)
        elif wait := self._put_off(work, step, put_off if creates else None):
            with work.lock:
                self.deferred[step.key] = wait
            return wait if creates else put_off
        else:
            self._start(work, step)
            if step.key in self._together:
                together |= attempt_together(work, self._together[step.key])
                done = together[step.key]
            else:
                done = attempt(work, step)
        self._take_up(work, done)
        self._end(work, done.result)
        return put_off

    def _over(self, work: Walk, step: Step) -> StepResult | None:
        """What becomes of a step that must not be begun any more."""
        with work.lock:
            if self._shut is not None and not self.stopped:
                return StepResult(step, State.LATER, not_before=self._shut)
            if self.stopped or work.stop():
                self.stopped = self.stopped or _INTERRUPTED
                return StepResult(step, State.NOT_TRIED)
        return None

    def _put_off(self, work: Walk, step: Step, earlier: Wait | None) -> Wait | None:
        """Say until when the rations leave no room for a step; None: they do, and it is counted."""
        group = self._together.get(step.key, (step,))
        with work.lock:
            now = work.now()
            self._creations = {key: at for key, at in self._creations.items() if still_counts(at, now)}
            memory = work.memory._replace(creations=(*work.memory.creations, *self._creations.values()))
            wait = not_yet(group, memory, now) or earlier
            if wait is None and step.action is Action.CREATE:
                self._creations |= {one.key: now for one in group}
        return wait

    def _take_up(self, work: Walk, done: Attempt) -> None:
        """Let what became of one step count for those that follow."""
        result = done.result
        after, category = result.step.after, result.category
        with work.lock:
            self.stopped = self.stopped or done.stop
            self._shut = done.shut or self._shut
            self._sent += result.state in (State.DONE, State.FAILED)
            if done.refused:
                self._creations.pop(result.step.key, None)
            elif result.step.action is Action.CREATE and result.state in (State.DONE, State.FAILED):
                # Meta counted it when the call got through, which may have been after a pause.
                self._creations[result.step.key] = work.now()
            alone = result.step.action is Action.CREATE and result.step.key not in self._together
            if alone and after is not None and category and category.lower() != after.category:
                moved = _Moved(result.step.key, category.lower(), after.category)
                self._moved.setdefault(result.step.key.name, moved)

    def _start(self, work: Walk, step: Step) -> None:
        work.tell(Event(EventKind.STEP_STARTED, work.now(), work.plan.account, step.key, step.action))

    def _end(self, work: Walk, result: StepResult) -> None:
        step = result.step
        with work.lock:
            self.results[step.key] = result
            now = work.now()
            event = Event(EventKind.STEP_ENDED, now, work.plan.account, step.key, step.action, result)
            work.emit(
                replace(event, done=len(self.results), total=len(self.steps), left=self._seconds_left(now))
            )

    def _seconds_left(self, now: datetime) -> float | None:
        """How long the rest takes at the pace of this run so far; None where nobody can tell."""
        if self._sent < _MEASURED or self.stopped or self._shut is not None:
            return None
        spent = (now - self._begun).total_seconds() - self._waited
        left = spent / self._sent * (len(self.steps) - len(self.results))
        return max([left, *((wait.until - now).total_seconds() for wait in self.deferred.values())])


def _not_after(step: Step, moved: _Moved) -> StepResult:
    """A language whose sibling got another category: Meta wants one for all languages of a name."""
    return StepResult(
        step,
        State.NOT_TRIED,
        f"Meta made {moved.key} {moved.category}, not {moved.wanted}: all languages of a name share one"
        " category, so the others would have to follow.",
        f"If {moved.category} will do: wasync drift --accept-category {step.key.name} records it in the file,"
        " then apply again. Else write another text, under a new name or `revision:`.",
    )


def _others_approved(step: Step, live: Mapping[Key, Live]) -> bool:
    """Whether what must be approved before this step is done still is."""
    return all((row := live.get(key)) and row.status == "APPROVED" for key in step.precondition.approved)


def _was_sent(work: Walk, step: Step) -> bool:
    """Whether a step that only sends samples was done since the plan was made; live looks as before."""
    applied = work.memory.applied.get(step.key)
    if applied is None or step.action is not Action.UPDATE or step.difference.content or step.after is None:
        return False
    same = applied.live_id == step.precondition.live_id and applied.spec == step.after.spec
    return same and applied.at > work.plan.created
