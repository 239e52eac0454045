"""Apply: walk a plan's steps, journal each call before and after it, and say what became of every step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from wasync.bulk import bulk_payload, bulks
from wasync.canonical import from_graph, media_files, to_edit, to_graph
from wasync.model.errors import Exit, GraphError, WasyncError
from wasync.model.live import Applied, Live
from wasync.model.outcome import Event, EventKind, Outcome, State, StepResult
from wasync.model.plan import Action, AlarmKind, Plan, Step
from wasync.model.template import Key, Spec, Template
from wasync.precondition import holds, is_done, live_by_key
from wasync.quota import counts, only_time_mends
from wasync.review import UNDECIDED, alarming, verdict

if TYPE_CHECKING:
    from wasync.graph.client import Graph
    from wasync.project.media import OpenMedia
    from wasync.state.local import Journal

DUPLICATE = 2388024
"""Meta's subcode for a name and language that exist already (docs/meta-api.md, section G)."""

_NOT_TOLD = "the call for several languages was not answered for this one"


@dataclass(frozen=True, slots=True)
class Walk:
    """What the walk works with: one plan, live as last read, and the edges it may touch.

    `open_sample(path, sha256)` gives the media of a step or raises WasyncError; `stop()` says whether the
    person asked to stop after the step under way. `applied` is what the state remembers: of a step that only
    sends samples, live cannot tell whether it was done. `uploads` remembers handles: one upload per content.
    """

    plan: Plan
    graph: Graph
    journal: Journal
    app_id: str | None
    open_sample: Callable[[str, str], OpenMedia]
    now: Callable[[], datetime]
    emit: Callable[[Event], None]
    stop: Callable[[], bool]
    applied: Mapping[Key, Applied] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)


def stale_steps(plan: Plan, live: Mapping[Key, Live]) -> tuple[Step, ...]:
    """Return the steps whose precondition no longer holds and that are not done already."""
    return tuple(step for step in _doable(plan) if _state_before(step, live) is State.STALE)


def check_uploads(plan: Plan, app_id: str | None) -> None:
    """Refuse, before anything is sent, a plan that needs an upload while the account has no app id."""
    needing = [step for step in _doable(plan) if step.after and media_files(step.after.spec)]
    if needing and app_id is None:
        raise WasyncError(
            f"account {plan.account}: {needing[0].key} sends media, and uploads need the id of a Meta app.",
            "Add app_id: to this account in wasync.yaml (App Dashboard, Settings, Basic).",
            needing[0].place,
        )


def check_samples(plan: Plan, live: Mapping[Key, Live], open_sample: Callable[[str, str], OpenMedia]) -> None:
    """Refuse, before anything is sent, a plan whose media are no longer the files it was made for."""
    for step in _doable(plan):
        samples = media_files(step.after.spec) if step.after else ()
        if not samples or _state_before(step, live) is not None:
            continue
        try:
            for path, sha256 in dict.fromkeys(samples):
                open_sample(path, sha256).file.close()
        except WasyncError as error:
            message = f"{step.key}: {error.message}; nothing was written."
            raise WasyncError(message, error.fix, step.place, Exit.STALE) from error


def walk(work: Walk, live: Mapping[Key, Live]) -> Outcome:
    """Do every step that still holds, in the plan's order; a failure does not stop its neighbours.

    Errors of authentication and of rate, and a journal that cannot be written, stop the run: what follows is
    NOT_TRIED. Steps that live already fulfils are recorded, not sent; STALE ones are reported, not sent.
    Languages that one call can create are created when the first of them comes up; each has its own result.
    """
    results: list[StepResult] = []
    stopped = ""
    together = bulks(step for step in _doable(work.plan) if _state_before(step, live) is None)
    sent: dict[Key, tuple[StepResult, str]] = {}
    work.emit(Event(EventKind.APPLY_STARTED, work.now(), work.plan.account, total=len(_doable(work.plan))))
    for step in _doable(work.plan):
        state = State.ALREADY if _was_sent(work, step) else _state_before(step, live)
        if step.key in sent:
            work.emit(Event(EventKind.STEP_STARTED, work.now(), work.plan.account, step.key, step.action))
            result, why = sent[step.key]
            stopped = stopped or why
        elif state is State.ALREADY:
            result, stopped = _note(work, StepResult(step, state), live.get(step.key), stopped)
        elif state is State.STALE:
            fix = "Make a new plan and look at it again."
            result = StepResult(step, state, "live changed since the plan was made", fix)
        elif stopped or work.stop():
            stopped = stopped or "Interrupted: stopped after the step under way."
            result = StepResult(step, State.NOT_TRIED)
        elif step.key in together:
            work.emit(Event(EventKind.STEP_STARTED, work.now(), work.plan.account, step.key, step.action))
            sent |= _attempt_together(work, together[step.key])
            result, stopped = sent[step.key]
        else:
            result, stopped = _attempt(work, step)
        results.append(result)
        work.emit(Event(EventKind.STEP_ENDED, work.now(), work.plan.account, step.key, step.action, result))
    return Outcome(work.plan.account, tuple(results), stopped=stopped)


def reviewed(outcome: Outcome, live: Mapping[Key, Live]) -> Outcome:
    """Return the outcome with what review said of each step sent; undecided ones become WAITING."""
    results = []
    keys = awaited(outcome)
    for result in outcome.results:
        row = live.get(result.step.key)
        if result.step.key in keys:
            if row is not None:
                result = replace(
                    result,
                    status=row.status,
                    category=row.template.category,
                    rejected_reason=row.rejected_reason,
                )
            # What the listing does not show yet has the status Meta answered with.
            if result.status in UNDECIDED:
                result = replace(result, state=State.WAITING)
        results.append(result)
    return replace(outcome, results=tuple(results), waited=True)


def awaited(outcome: Outcome) -> frozenset[Key]:
    """Return the keys whose review is worth waiting for: what was sent, or found sent already."""
    return frozenset(
        result.step.key
        for result in outcome.results
        if result.state in {State.DONE, State.ALREADY} and result.step.action is not Action.DELETE
    )


def exit_code(outcome: Outcome) -> int:
    """Return what the process ends with: 0 when every step is done or was already, and written down."""
    states = {result.state for result in outcome.results}
    if outcome.stopped or states & {State.FAILED, State.NOT_TRIED}:
        return Exit.FAILED
    if State.STALE in states:
        return Exit.STALE
    return verdict(result.status for result in outcome.results) if outcome.waited else Exit.DONE


def outcome_alarms(outcome: Outcome) -> Iterator[AlarmKind]:
    """Yield what --fail-on can name, as Meta answered it or review decided it."""
    for result in outcome.results:
        wanted = result.step.after.category if result.step.after else None
        yield from alarming(result.status, result.category, wanted)


def _doable(plan: Plan) -> tuple[Step, ...]:
    return tuple(step for step in plan.steps if step.action is not Action.HOLD)


def _state_before(step: Step, live: Mapping[Key, Live]) -> State | None:
    """Return ALREADY or STALE, or None for a step to do."""
    found = live.get(step.key)
    if holds(step, found):
        return None if _others_approved(step, live) else State.STALE
    return State.ALREADY if is_done(step, found) else State.STALE


def _others_approved(step: Step, live: Mapping[Key, Live]) -> bool:
    """Whether what must be approved before this step is done still is."""
    return all((row := live.get(key)) and row.status == "APPROVED" for key in step.precondition.approved)


def _was_sent(work: Walk, step: Step) -> bool:
    """Whether a step that only sends samples was done since the plan was made; live looks as before."""
    applied = work.applied.get(step.key)
    if applied is None or step.action is not Action.UPDATE or step.difference.content or step.after is None:
        return False
    same = applied.live_id == step.precondition.live_id and applied.spec == step.after.spec
    return same and applied.at > work.plan.created


# -- one step ------------------------------------------------------------------------------------------


def _attempt(work: Walk, step: Step) -> tuple[StepResult, str]:
    """Do one step; return its result, and why the run must stop or ""."""
    work.emit(Event(EventKind.STEP_STARTED, work.now(), work.plan.account, step.key, step.action))
    try:
        work.journal.intent(step.key, step.action, work.now(), counted=counts(step))
    except WasyncError as error:
        return _failed(step, error), error.message
    return _carry_out(work, step, _call)


def _carry_out(work: Walk, step: Step, call: Callable[[Walk, Step], StepResult]) -> tuple[StepResult, str]:
    """Make the call of a step that stands in the journal, and note there what came of it."""
    try:
        result = call(work, step)
    except WasyncError as error:
        return _refused(work, step, error)
    return _note(work, result, None, "")


def _refused(work: Walk, step: Step, error: WasyncError) -> tuple[StepResult, str]:
    """Note that a call failed. What may have been done stays begun in the journal: it was not refused."""
    of_meta = error if isinstance(error, GraphError) else None
    try:
        if of_meta is None or not of_meta.uncertain:
            work.journal.failed(
                step.key, step.action, error.message, work.now(), until_later=only_time_mends(error)
            )
    except WasyncError as unwritten:
        return _failed(step, error), unwritten.message
    return _failed(step, error), error.message if of_meta and of_meta.stops_run else ""


def _attempt_together(work: Walk, steps: tuple[Step, ...]) -> dict[Key, tuple[StepResult, str]]:
    """Create several languages in one call; return for each what _attempt would.

    Languages that the answer leaves out, and all of them after a refusal or a lost answer, are looked up live
    one by one, and created alone where they are still missing: one that Meta refuses harms no other.
    """
    try:
        for step in steps:
            work.journal.intent(step.key, step.action, work.now(), counted=counts(step))
    except WasyncError as error:
        return {step.key: (_failed(step, error), error.message) for step in steps}
    try:
        answers = work.graph.upsert(work.plan.waba_id, bulk_payload(steps))
    except GraphError as error:
        if error.stops_run:
            return {step.key: _refused(work, step, error) for step in steps}
        answers = {}
    done: dict[Key, tuple[StepResult, str]] = {}
    for step in steps:
        if answer := answers.get(step.key.language):
            result = StepResult(step, State.DONE, live_id=answer.id, status=answer.status)
            done[step.key] = _note(work, result, None, "")
    stopped = any(why for _, why in done.values())
    for step in steps:
        if step.key in done:
            continue
        if stopped:
            done[step.key] = StepResult(step, State.NOT_TRIED), ""
        else:
            done[step.key] = _carry_out(work, step, partial(_look_then_send, unsure=_NOT_TOLD))
            stopped = bool(done[step.key][1])
    return done


def _note(work: Walk, result: StepResult, live: Live | None, stopped: str) -> tuple[StepResult, str]:
    """Record a step that is done; what cannot be written down is said, and stops the run."""
    live_id = result.live_id or (live.id if live else result.step.precondition.live_id or "")
    try:
        _record(work, result.step, live_id)
    except WasyncError as unwritten:
        message = f"done at Meta, but not recorded: {unwritten.message}"
        return replace(result, message=message, fix=unwritten.fix), stopped or unwritten.message
    return result, stopped


def _call(work: Walk, step: Step) -> StepResult:
    """Send the step's writing request.

    After an answer that never came, live is read: done is done, unchanged is sent once more. A repeat that
    Meta refuses as a duplicate shows that the first one landed after all.
    """
    try:
        return _send(work, step)
    except GraphError as error:
        if not error.uncertain:
            raise
    return _look_then_send(work, step)


def _look_then_send(work: Walk, step: Step, unsure: str = "the answer was lost") -> StepResult:
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
        raise _lost(step, unsure, error.message, error.fix, stops_run=error.stops_run) from error
    return live_by_key(rows).get(step.key)


def _lost(step: Step, unsure: str, why: str, fix: str, *, stops_run: bool = False) -> GraphError:
    return GraphError(
        f"{step.key}: {unsure}. {why[0].upper()}{why[1:]}",
        fix,
        stops_run=stops_run,
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
    work.journal.done(step.key, step.action, live_id, applied, at)


def _failed(step: Step, error: WasyncError) -> StepResult:
    result = StepResult(step, State.FAILED, error.message, error.fix)
    if isinstance(error, GraphError):
        return replace(result, code=error.graph_code, subcode=error.subcode, trace=error.trace)
    return result


# -- media ---------------------------------------------------------------------------------------------


def _handles(work: Walk, spec: Spec) -> Mapping[str, str]:
    """Upload what the spec needs and was not uploaded in this run; return handles by sha256."""
    handles: dict[str, str] = {}
    for path, sha256 in media_files(spec):
        if sha256 not in work.uploads:
            media = work.open_sample(path, sha256)
            with media.file:
                work.uploads[sha256] = work.graph.upload(
                    work.app_id or "", media.file, media.size, media.name, media.mime
                )
        handles[sha256] = work.uploads[sha256]
    return handles
