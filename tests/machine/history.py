"""Runs a history: one project, one emulator, one judge between them; then lets things end and looks again."""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import assert_never
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter

from tests.machine import steps
from tests.machine.edges import Doom, DyingDisk, Killed
from tests.machine.files import Files
from tests.machine.judge import GONE, Judge, body_of
from tests.machine.steps import Deed, Hand, Kill, Made
from tests.worlds import World
from wasync.apply import check_samples, exit_code, stale_steps
from wasync.attempt import Walk
from wasync.emulator import world as emulated
from wasync.emulator.control import UnknownOperationError
from wasync.emulator.shapes import Row
from wasync.graph.client import Graph
from wasync.model.errors import Exit, WasyncError
from wasync.model.live import Applied, Live
from wasync.model.outcome import Outcome
from wasync.model.plan import Action, Plan, Reason
from wasync.model.template import JSON, Key
from wasync.plan import adoptions, decide
from wasync.precondition import live_by_key
from wasync.project.media import open_media
from wasync.render.outcome_text import outcome_text
from wasync.render.plan_text import plan_text
from wasync.rollouts import decide_gc
from wasync.state.local import LocalState
from wasync.walk import walk

PAGE = 3
"""Rows of a page, whatever is asked for: listings then change between pages."""
ROUNDS = 12
LEGITIMATE = {
    Reason.CONFLICT: "files and live both moved; a person decides",
    Reason.CATEGORY: "Meta moved a category, or siblings disagree; a person decides",
    Reason.DISABLED: "Meta lets nothing be done to it",
    Reason.IN_APPEAL: "set by hand, and nobody answers the appeal",
    Reason.LIMIT_EXCEEDED: "set by hand, and nobody lifts it",
    Reason.NOT_APPROVED: "a revision waits for one that was rejected or disabled",
}
"""Why a plan may hold something for ever once faults have ended and time has passed."""


class Door(BaseAdapter):
    """The way to the emulator, with the judge beside it; small pages, and hands that come in between."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine, self._inner = machine, machine.emulator.adapter()

    def send(self, request: requests.PreparedRequest, *given: object, **named: object) -> requests.Response:
        """Let one request through, or die."""
        machine = self._machine
        kind = f"{request.method}"
        return machine.doom.do(kind, lambda: self._send(request, named))

    def _send(self, request: requests.PreparedRequest, named: dict[str, object]) -> requests.Response:
        machine = self._machine
        machine.between()
        address = urlsplit(request.url or "")
        query = dict(parse_qsl(address.query))
        if int(query.get("limit", "0")) > PAGE:
            request.url = address._replace(query=urlencode(query | {"limit": str(PAGE)})).geturl()
        if "summary" in query and "name" not in query and "after" not in query:
            machine.judge.short = False
        machine.emulator.control("clock")
        faults = [(one, one["done"]) for one in machine.emulator.world.faults]
        before = machine.judge.world()
        answer: requests.Response | None = None
        try:
            answer = self._inner.send(request, **named)  # type: ignore[arg-type]  # as requests gave them
        finally:
            self._count(faults, f"{request.method}", lookup="name" in query)
            machine.judge.saw(request, before, answer)
        return answer

    def _count(self, before: list[tuple[Row, JSON]], method: str, *, lookup: bool) -> None:
        left = {id(one) for one in self._machine.emulator.world.faults}
        for fault, done in before:
            if id(fault) in left and fault["done"] == done:
                continue
            after = " after" if fault.get("after") else ""
            self._machine.met[f"fault {fault['kind']}{after} on {method}"] += 1
            if fault["kind"] == "short" and lookup:
                self._machine.judge.short_lookup = True
            elif fault["kind"] == "short":
                self._machine.judge.short = True

    def close(self) -> None:
        """Nothing to close."""


class Machine(World):
    """A world whose process may die and whose deeds are values."""

    def __init__(self, root: Path) -> None:
        self.doom = Doom()
        self.met: Counter[str] = self.doom.met
        self.saved: Plan | None = None
        self.saved_may_delete: set[Key] = set()
        self.pending: list[list[object]] = []
        self.told: list[str] = []
        self.workers = 1
        self.kill: Kill | None = None
        self.disk = DyingDisk(self.doom)
        super().__init__(root)
        self.files = Files(self)
        self.state = LocalState(self.root / ".wasync" / "state.json", self.disk)
        self.judge = Judge(self.emulator, met=self.met)

    def graph(self, read_only: bool = False, base_url: str = "https://graph.facebook.com") -> Graph:
        """Open the way to the emulator."""
        return Graph(
            base_url,
            "v26.0",
            emulated.TOKEN,
            adapter=Door(self),
            sleep=self.clock.sleep,
            clock=self.clock.seconds,
            random=lambda: 0.5,
            read_only=read_only,
        )

    # -- deeds -----------------------------------------------------------------------------------------

    def do(self, deed: Deed) -> None:
        """Do one deed; what breaks a rule is in judge.broken."""
        self.met[type(deed).__name__] += 1
        match deed:
            case steps.Declare() | steps.Absent() | steps.Remove() | steps.Prune():
                self.files.change(deed)
            case Hand() | Made():
                self.hand(deed)
            case steps.Verdict(outcome, name, to):
                if outcome:
                    self.emulator.control(
                        "review-rule", name=name, outcome=outcome, to=to, reason="PROMOTIONAL"
                    )
                else:
                    self.emulator.control("review-rule", clear=True)
            case steps.Pass(seconds):
                self.clock.sleep(seconds)
            case steps.Fault(kind, method, nth, times, more):
                self.emulator.control("fault", kind=kind, method=method, nth=nth, times=times, **dict(more))
            case steps.Meanwhile(nth, hand):
                self.pending.append([nth, hand])
            case steps.Forget():
                shutil.rmtree(self.root / ".wasync", ignore_errors=True)
                self.judge.forgot = True
            case steps.Plan(save, allow_deletes):
                self._guarded(partial(self._plan, save, allow_deletes))
            case steps.Apply(kill, allow_deletes, overwrite, workers):
                self.workers = workers
                allowed = {"allow_deletes": allow_deletes, "overwrite": ("*",) if overwrite else ()}
                self._guarded(partial(self._apply, allowed), kill)
            case steps.ApplySaved(kill):
                self._guarded(self._apply_saved, kill)
            case steps.Collect(kill):
                self._guarded(self._collect, kill)
            case _:
                assert_never(deed)

    def hand(self, hand: Hand | Made) -> None:
        """What somebody else does."""
        if isinstance(hand, Made):
            key = Key(hand.name, hand.language)
            if any(one.key == key for one in self.judge.world().values()):
                return
            text = f"Somebody made {hand.name} by hand in {hand.language}."
            row = {"name": hand.name, "language": hand.language, "category": "UTILITY", "status": hand.status}
            self.emulator.control("seed", templates=[row | {"components": [{"type": "BODY", "text": text}]}])
            self.judge.by_hand.add(key)
            self.judge.unknown_locks.add(key)
            return
        found = sorted(self.judge.world().items(), key=lambda one: one[1].key)
        if not found:
            return
        one_id, seen = found[hand.which % len(found)]
        if hand.operation == "recategorise" and seen.category == "AUTHENTICATION":
            return  # Meta moves nothing out of it
        given = dict(hand.given)
        self.met[f"hand {hand.operation}"] += 1
        try:
            self.emulator.control(hand.operation, id=one_id, **given)
        except UnknownOperationError:
            return
        self.judge.by_hand.add(seen.key)
        if given.get("counts"):
            self.judge.counted_by_hand.add(seen.key)
        if hand.operation in {"delete", "archive"}:
            self.judge.unknown_locks.add(seen.key)

    def between(self) -> None:
        """A request is about to go: hands that were to come before it come."""
        for one in list(self.pending):
            one[0] = int(str(one[0])) - 1
            if one[0] == 0:
                self.pending.remove(one)
                assert isinstance(one[1], Hand | Made)
                self.met["meanwhile"] += 1
                self.hand(one[1])

    def _guarded(self, work: Callable[[], None], kill: Kill | None = None) -> None:
        """Run one process of wasync; it ends, says what is wrong, or is killed."""
        self.judge.new_run()
        self.kill = kill
        others = set(threading.enumerate())
        try:
            work()
            self.met["ended"] += 1
        except WasyncError as error:
            self.met["stopped with an error"] += 1
            self.told += [error.message, error.fix]
        except Killed:
            self.met["killed"] += 1
            # What was under way may be done or not: the state notes it as begun.
            self.judge.unknown_locks |= self.judge.may_delete
        finally:
            # Live is read in a thread, which goes on for a moment when the files are found wrong.
            for thread in set(threading.enumerate()) - others:
                while thread.ident is None:
                    time.sleep(0)  # it is about to start
                thread.join()
            self.disk.release()
            self.doom.arm(None)
            self.workers = 1
        if any(emulated.TOKEN in text for text in self.told):
            self.judge.broken.append("the token was told")
        self.told.clear()

    # -- wasync ----------------------------------------------------------------------------------------

    def _plan(self, save: bool, allow_deletes: int | None) -> None:
        self.judge.reading = True
        kept = _files_in(self.root / ".wasync")
        try:
            plan = self.plan({"allow_deletes": allow_deletes})
            self.told.append(plan_text(plan, color=False, width=100))
            if save:
                self.saved, self.saved_may_delete = plan, self.files.may_delete()
        finally:
            self.judge.reading = False
            if _files_in(self.root / ".wasync") != kept:
                self.judge.broken.append("a plan changed the state")

    def _apply(self, allowed: Mapping[str, object]) -> None:
        self.judge.may_delete = self.files.may_delete()
        with self.state.lock("the test", self.clock()):
            snapshot = self.snapshot()
            plan = decide(snapshot, self.policy(allowed))
            self._carry_out(plan, live_by_key(snapshot.listing.rows), adoptions(snapshot))

    def _apply_saved(self) -> None:
        if self.saved is None:
            return
        self.judge.may_delete = self.saved_may_delete
        with self.state.lock("the test", self.clock()):
            self._carry_out(self.saved, self._read_again(self.saved), {})

    def _collect(self) -> None:
        self.judge.may_delete = self.files.older()
        with self.state.lock("the test", self.clock()):
            plan = decide_gc(self.snapshot(), self.policy())
            self._carry_out(plan, self._read_again(plan), {})

    def _read_again(self, plan: Plan) -> Mapping[Key, Live]:
        """As cli/apply.py does."""
        from wasync.snapshot import read_live

        listing = read_live(self.graph(), self.account)
        if listing.short and plan.count(Action.DELETE):
            raise WasyncError("short", "Run it again.")
        return live_by_key(listing.rows)

    def _carry_out(
        self, plan: Plan, live: Mapping[Key, Live], records: Mapping[Key, Applied]
    ) -> Outcome | None:
        """As cli/apply.py does: what it refuses is refused, and what it journals is journalled."""
        self.told.append(plan_text(plan, color=False, width=100))
        if plan.refusals:
            self.met["refused by a limit"] += 1
            return None
        if not (any(step.action is not Action.HOLD for step in plan.steps) or records):
            return None
        # Dying while nothing but reading is done would be no news.
        self.doom.arm(self.kill)
        memory = self.state.read(self.account.waba_id)
        resuming = memory.interrupted == plan.fingerprint
        open_sample = partial(open_media, str(self.root))
        stale = stale_steps(plan, live)
        if stale and not resuming:
            self.met["stale"] += 1
            raise WasyncError("stale", "Make a new plan.", code=Exit.STALE)
        self.met["resumed"] += resuming
        if not resuming:
            check_samples(plan, live, open_sample)
        journal = self.state.journal(self.account.waba_id, plan.fingerprint, self.clock())
        journal.adopt(records)
        work = Walk(
            plan,
            self.graph(),
            journal,
            self.account.app_id,
            open_sample,
            self.clock,
            self._tell,
            lambda: False,
            memory,
            self.workers,
        )
        outcome = walk(work, live)
        journal.close(complete=exit_code(outcome) == Exit.DONE)
        self.told.append(outcome_text(outcome, color=False, width=100))
        return outcome

    # -- the end ---------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Faults end, reviews approve, time passes: apply makes live as the files say, and plan is empty."""
        self.emulator.control("clear-faults")
        self.emulator.control("review-rule", clear=True)
        self.pending.clear()
        self.saved = None
        for one in self.emulator.world.templates.values():
            if one.status == "PENDING":
                self.emulator.control("approve", id=one.id)
        if not (self.files.declared or self.files.gone):
            return  # a project without files is refused
        plan: Plan | None = None
        for round_ in range(ROUNDS):
            self.clock.sleep(3600)
            self.judge.new_run()
            self.judge.reading = True
            plan = self.plan({"allow_deletes": 99})
            self.judge.reading = False
            waiting = [
                step for step in plan.steps if step.reason not in LEGITIMATE or step.action is not Action.HOLD
            ]
            if not waiting:
                self.met[f"settled in {min(round_, 6)} rounds"] += 1
                break
            if any(step.reason is Reason.NAME_LOCKED for step in waiting):
                self.clock.sleep(31 * 86_400)  # of a lock by hand wasync knows no end
            times = [step.not_before for step in waiting if step.not_before is not None]
            if times and all(step.action is Action.HOLD for step in waiting):
                self.clock.now = max(self.clock.now, min(times) + timedelta(minutes=5))
            elif all(step.action is Action.HOLD for step in waiting):
                self.clock.sleep(29 * 86_400)  # a name being deleted, an archived one
            else:
                self.doom.arm(None)
                self.kill = None
                self._apply({"allow_deletes": 99})
        else:
            assert plan is not None
            self.judge.broken.append(
                f"not settled after {ROUNDS} rounds: "
                + "; ".join(f"{one.action} {one.key} {one.reason} {one.detail}" for one in plan.steps)
            )
            return
        assert plan is not None
        self._compare(plan)

    def _compare(self, plan: Plan) -> None:
        """Judge from the emulator's world whether live is as the files say."""
        held = {step.key for step in plan.steps}
        for reason in (step.reason for step in plan.steps):
            self.met[f"held {reason.value}"] += 1
        live = {Key(one.name, one.language): one for one in self.emulator.world.templates.values()}
        for key, body in self.files.bodies().items():
            if key in held:
                continue
            if key not in live:
                self.judge.broken.append(f"{key} is declared and not live")
            elif body and body_of(live[key]) != body:
                self.judge.broken.append(f"{key} says {body_of(live[key])!r}, its file {body!r}")
        for key in self.files.absent_keys(live):
            if key not in held and live[key].status not in GONE:
                self.judge.broken.append(f"{key} is declared absent and live")


def _files_in(folder: Path) -> dict[str, bytes]:
    if not folder.exists():
        return {}
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name != "lock"}


def run(deeds: Iterable[Deed], root: Path, *, settle: bool = True) -> Machine:
    """Run a history to its end; an AssertionError says which rule it broke."""
    machine = Machine(root)
    for deed in deeds:
        machine.do(deed)
        assert not machine.judge.broken, machine.judge.broken
    if settle:
        machine.settle()
    assert not machine.judge.broken, machine.judge.broken
    return machine
