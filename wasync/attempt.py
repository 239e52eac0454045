"""One step of a plan: journal, call, journal; what became of it, and whether others may follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Lock, RLock
from typing import TYPE_CHECKING, NamedTuple

from wasync.bulk import bulk_payload
from wasync.canonical import from_graph, media_files, to_edit, to_graph
from wasync.model.errors import GraphError, WasyncError
from wasync.model.live import Applied, Live, Memory
from wasync.model.outcome import Event, State, StepResult
from wasync.model.plan import Action, Plan, Step
from wasync.model.template import Key, Spec, Template
from wasync.precondition import holds, is_done, live_by_key
from wasync.quota import counts, only_time_mends

if TYPE_CHECKING:
    from wasync.graph.client import Graph
    from wasync.project.media import OpenMedia
    from wasync.state.local import Journal

DUPLICATE = 2388024
"""Meta's subcode for a name and language that exist already (docs/meta-api.md, section G)."""

_NOT_TOLD = "the call for several languages was not answered for this one"


class Uploads:
    """Handles by the sha256 of their content: one upload a content, whichever thread needs it first."""

    def __init__(self) -> None:
        self._lock, self._locks = Lock(), dict[str, Lock]()
        self._handles: dict[str, str] = {}

    def handle(self, sha256: str, upload: Callable[[], str]) -> str:
        """Return the handle of a content; `upload` makes it, unless that was done."""
        with self._lock:
            mine = self._locks.setdefault(sha256, Lock())
        with mine:
            if sha256 not in self._handles:
                self._handles[sha256] = upload()
            return self._handles[sha256]


@dataclass(frozen=True, slots=True)
class Walk:
    """What the walk works with: one plan, and the edges it may touch.

    `open_sample(path, sha256)` gives the media of a step or raises WasyncError; `stop()` says whether the
    person asked to stop after the step under way. `memory` is what the state remembers: of a step that only
    sends samples, live cannot tell whether it was done, and nothing but memory tells what is left of the
    rations. `parallelism` names are worked on at once; `lock` makes their notes and events one row.
    """

    plan: Plan
    graph: Graph
    journal: Journal
    app_id: str | None
    open_sample: Callable[[str, str], OpenMedia]
    now: Callable[[], datetime]
    emit: Callable[[Event], None]
    stop: Callable[[], bool]
    memory: Memory = field(default_factory=Memory)
    parallelism: int = 1
    uploads: Uploads = field(default_factory=Uploads)
    lock: RLock = field(default_factory=RLock)

    def tell(self, event: Event) -> None:
        """Emit one event, whichever thread it happened in."""
        with self.lock:
            self.emit(event)


class Attempt(NamedTuple):
    """What became of one step.

    `stop`: why nothing may follow; `shut`: until when Meta takes no call; `refused`: it surely was not done.
    """

    result: StepResult
    stop: str = ""
    shut: datetime | None = None
    refused: bool = False


def attempt(work: Walk, step: Step) -> Attempt:
    """Do one step."""
    try:
        _begin(work, (step,))
    except WasyncError as error:
        return Attempt(_failed(step, error), error.message)
    return _carry_out(work, step, _call)


def _begin(work: Walk, steps: tuple[Step, ...]) -> None:
    """Write down what the next call will do; each note is on disk before it."""
    with work.lock:
        for step in steps:
            work.journal.intent(step.key, step.action, work.now(), counted=counts(step))


def _carry_out(work: Walk, step: Step, call: Callable[[Walk, Step], StepResult]) -> Attempt:
    """Make the call of a step that stands in the journal, and note there what came of it."""
    try:
        result = call(work, step)
    except WasyncError as error:
        return _refused(work, step, error)
    return note_done(work, result)


def _refused(work: Walk, step: Step, error: WasyncError) -> Attempt:
    """Note that a call failed. What may have been done stays begun in the journal: it was not refused."""
    of_meta = error if isinstance(error, GraphError) else None
    stop = error.message if of_meta and of_meta.stops_run else ""
    shut = None
    if of_meta is not None and of_meta.wait_seconds is not None:
        shut = work.now() + timedelta(seconds=of_meta.wait_seconds)
    result = _failed(step, error)
    if of_meta is None or not of_meta.uncertain:
        if shut is not None:
            result = replace(result, state=State.LATER, not_before=shut)
        try:
            with work.lock:
                work.journal.failed(
                    step.key, step.action, error.message, work.now(), until_later=only_time_mends(error)
                )
        except WasyncError as unwritten:
            return Attempt(result, unwritten.message)
        return Attempt(result, "" if shut else stop, shut, refused=True)
    return Attempt(result, "" if shut else stop, shut)


def attempt_together(work: Walk, steps: tuple[Step, ...]) -> dict[Key, Attempt]:
    """Create several languages in one call; return for each what attempt() would.

    Where one of them is live after all, each goes alone: the call would edit it, and Meta counts that.
    Languages that the answer leaves out, and all of them after a refusal or a lost answer, are looked up live
    one by one, and created alone where they are still missing: one that Meta refuses harms no other.
    """
    try:
        _begin(work, steps)
    except WasyncError as error:
        return {step.key: Attempt(_failed(step, error), error.message) for step in steps}
    try:
        alone = not _all_missing(work, steps)
        answers = {} if alone else work.graph.upsert(work.plan.waba_id, bulk_payload(steps))
    except GraphError as error:
        if error.stops_run:
            return {step.key: _refused(work, step, error) for step in steps}
        answers = {}
    done: dict[Key, Attempt] = {}
    for step in steps:
        if answer := answers.get(step.key.language):
            result = StepResult(step, State.DONE, live_id=answer.id, status=answer.status)
            done[step.key] = note_done(work, result)
    stopped = any(one.stop for one in done.values())
    shut: datetime | None = None
    for step in steps:
        if step.key in done:
            continue
        if shut is not None:
            done[step.key] = Attempt(StepResult(step, State.LATER, not_before=shut))
        elif stopped:
            done[step.key] = Attempt(StepResult(step, State.NOT_TRIED))
        else:
            one = _carry_out(work, step, partial(_look_then_send, unsure=_NOT_TOLD))
            done[step.key], stopped, shut = one, bool(one.stop), one.shut
    return done


def _all_missing(work: Walk, steps: tuple[Step, ...]) -> bool:
    """Whether none of these languages is live: the listing that was planned on may have left some out."""
    languages = {step.key.language for step in steps}
    return work.graph.surely_missing(work.plan.waba_id, steps[0].key.name, languages)


def note_done(work: Walk, result: StepResult, live: Live | None = None) -> Attempt:
    """Record a step that is done; what cannot be written down is said, and stops the run."""
    live_id = result.live_id or (live.id if live else result.step.precondition.live_id or "")
    try:
        _record(work, result.step, live_id)
    except WasyncError as unwritten:
        message = f"done at Meta, but not recorded: {unwritten.message}"
        return Attempt(replace(result, message=message, fix=unwritten.fix), unwritten.message)
    return Attempt(result)


def _call(work: Walk, step: Step) -> StepResult:
    """Send the step's writing request.

    After an answer that never came, live is read: done is done, unchanged is sent once more. A repeat that
    Meta refuses as a duplicate shows that the first one landed after all; a first call refused so, that the
    listing left the template out.
    """
    try:
        return _send(work, step)
    except GraphError as error:
        if error.subcode == DUPLICATE and not error.uncertain:
            found = _read_after_loss(work, step, "Meta has it already, and did not list it")
            if is_done(step, found):
                return _found_done(step, found)
        if not error.uncertain:
            raise
    return _look_then_send(work, step, "the answer was lost")


def _look_then_send(work: Walk, step: Step, unsure: str) -> StepResult:
    """Do a step of which nobody knows whether it was done: live decides. `unsure` says why nobody knows."""
    found = _read_after_loss(work, step, unsure)
    done, unchanged = is_done(step, found), holds(step, found)
    if done and not unchanged:
        return _found_done(step, found)
    if done or not unchanged:
        what = "cannot tell whether Meta took the samples" if done else "is neither what it was nor as wanted"
        raise _lost(step, unsure, f"live {what}.", "Run wasync plan to see what live is now.")
    try:
        return _send(work, step)
    except GraphError as again:
        if not (again.uncertain or again.subcode == DUPLICATE):
            raise
        found = _read_after_loss(work, step, unsure)
        if not is_done(step, found):
            raise
        return _found_done(step, found)


def _read_after_loss(work: Walk, step: Step, unsure: str) -> Live | None:
    try:
        rows = work.graph.named(work.plan.waba_id, step.key.name, from_graph)
    except GraphError as error:
        raise _lost(step, unsure, error.message, error.fix, because=error) from error
    return live_by_key(rows).get(step.key)


def _lost(step: Step, unsure: str, why: str, fix: str, *, because: GraphError | None = None) -> GraphError:
    return GraphError(
        f"{step.key}: {unsure}. {why[0].upper()}{why[1:]}",
        fix,
        stops_run=because is not None and because.stops_run,
        wait_seconds=because.wait_seconds if because is not None else None,
        uncertain=True,
    )


def _send(work: Walk, step: Step) -> StepResult:
    live_id = step.precondition.live_id or ""
    match step.action, step.before, step.after:
        case Action.CREATE, _, Template() as after:
            created = work.graph.create(work.plan.waba_id, to_graph(after, _handles(work, after.spec)))
            return StepResult(
                step, State.DONE, live_id=created.id, status=created.status, category=created.category
            )
        case Action.UPDATE, Template() as before, Template() as after:
            if not step.changes_category:
                before = replace(before, category=after.category)
            work.graph.edit(live_id, to_edit(before, after, _handles(work, after.spec)))
        case Action.DELETE, _, _:
            work.graph.delete(work.plan.waba_id, step.key.name, live_id)
        case _:
            raise WasyncError(
                f"{step.key}: a step to {step.action} without what it needs.", "Make a new plan.", step.place
            )
    return StepResult(step, State.DONE, live_id=live_id)


def _found_done(step: Step, found: Live | None) -> StepResult:
    live_id = found.id if found else step.precondition.live_id
    status, category = (found.status, found.template.category) if found else (None, None)
    return StepResult(step, State.DONE, live_id=live_id, status=status, category=category)


def _record(work: Walk, step: Step, live_id: str) -> None:
    at = work.now()
    applied = None
    if step.after is not None and step.action is not Action.DELETE:
        applied = Applied(live_id, step.after.category, step.after.spec, at)
    with work.lock:
        work.journal.done(step.key, step.action, live_id, applied, at)


def _failed(step: Step, error: WasyncError) -> StepResult:
    result = StepResult(step, State.FAILED, error.message, error.fix)
    if isinstance(error, GraphError):
        return replace(result, code=error.graph_code, subcode=error.subcode, trace=error.trace)
    return result


# -- media ---------------------------------------------------------------------------------------------


def _handles(work: Walk, spec: Spec) -> Mapping[str, str]:
    """Upload what the spec needs and was not uploaded in this run; return handles by sha256."""
    return {
        sha256: work.uploads.handle(sha256, partial(_upload, work, path, sha256))
        for path, sha256 in dict.fromkeys(media_files(spec))
    }


def _upload(work: Walk, path: str, sha256: str) -> str:
    media = work.open_sample(path, sha256)
    with media.file:
        return work.graph.upload(work.app_id or "", media.file, media.size, media.name, media.mime)
