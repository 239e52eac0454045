"""wasync apply: show the plan, ask, do it, and say what became of every step."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.options import SECONDS, Allowed, Options, alarm_options, policy_options, pull_request_option
from wasync.cli.output import chatter, color_wanted, result, width
from wasync.model.errors import Exit, WasyncError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wasync.cli.events import Teller
    from wasync.cli.project import Project
    from wasync.graph.client import Graph
    from wasync.model.config import Account
    from wasync.model.live import Applied, Live
    from wasync.model.outcome import Outcome
    from wasync.model.plan import Plan
    from wasync.model.template import Key, Place
    from wasync.state.store import State


@click.command("apply")
@alarm_options
@policy_options
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--wait", "awaited_review", is_flag=True, help="Then wait until nothing declared is in review.")
@click.option(
    "--timeout", type=SECONDS, default=900.0, show_default=True, help="Seconds to wait for review at most."
)
@click.option(
    "--max-wait",
    type=SECONDS,
    default=300.0,
    show_default=True,
    help="Seconds to wait when Meta rations calls or creations.",
)
@click.option(
    "--parallelism",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="Work on so many names at once.",
)
@pull_request_option
@click.argument("file", type=click.Path(path_type=Path), required=False)
def command(
    options: Options,
    auto_approve: bool,
    awaited_review: bool,
    timeout: float,
    max_wait: float,
    parallelism: int,
    allow_pr_apply: bool,
    file: Path | None,
    allowed: Allowed,
) -> int:
    """Do what the plan shows. Without FILE, plan now, show it, and ask; a saved plan is its own approval.

    Nothing is written when a step of the plan no longer fits live (exit 5). One failure does not stop the
    others; an error of authentication does. What Meta's rations put off for longer than --max-wait is told
    with its time (exit 3): run the same command again then. The end says what became of every step.
    """
    from wasync.apply import check_uploads, exit_code, outcome_alarms
    from wasync.cli.events import Teller
    from wasync.cli.lock import locked
    from wasync.cli.project import open_project, tell_unmatched_allowances
    from wasync.limits import matches
    from wasync.plan import adoptions, decide
    from wasync.precondition import live_by_key
    from wasync.render.plan_text import plan_text
    from wasync.review import in_review

    _refuse_contradictions(options, file, auto_approve, allowed)
    project = open_project(options)
    if not (allow_pr_apply or options.sandbox):
        refuse_in_pull_request(project.environ)
    saved = _load(file) if file else None
    account = _account_of(project, saved) if saved else project.one_account()
    approver = project.first_account(allowed, [account])
    first = project.approved_in(approver) if approver else None
    teller = Teller(options.json)
    graph = project.graph(account, max_wait=max_wait, on_pause=teller.pause)
    state = project.state()
    with locked(state):
        if saved:
            plan, records = saved, {}
            live = read_again(project, graph, account, plan)
        else:
            snapshot = next(project.snapshots([account], lambda _: graph))
            tell_unmatched_allowances(allowed, snapshot)
            plan = decide(snapshot, project.policy(account, allowed), first)
            live, records = live_by_key(snapshot.listing.rows), adoptions(snapshot)
        if not options.json:
            result(plan_text(plan, color=color_wanted(), width=width()))
        if plan.refusals:
            reasons = " ".join(plan.refusals) if options.json else "See the reasons above."
            raise WasyncError("The plan breaks a limit: nothing was written.", reasons)
        if has_work(plan):
            graph.expect_writable("apply the plan")
        check_uploads(plan, account.app_id)
        if has_work(plan) and not (saved or auto_approve):
            ask(plan, "wasync plan --out FILE")
            live = read_again(project, graph, account, plan)
        outcome, interrupted = carry_out(
            project, state, account, graph, plan, live, records, teller, parallelism
        )
    code = exit_code(outcome)
    if awaited_review and not interrupted:
        # What an earlier run sent is waited for too: a run that ended with 3 is simply run again.
        declared = (
            {step.key: step.place for step in plan.steps}
            if saved
            else {key: template.place for key, template in snapshot.desired.templates.items()}
        )
        keys = [key for key in declared if not options.targets or matches(options.targets, key)]
        try:
            outcome, code = _await_review(
                project, account, outcome, in_review(keys, live), declared, timedelta(seconds=timeout), teller
            )
        except (WasyncError, KeyboardInterrupt):
            # Waiting failed; what was sent is sent, and is told all the same.
            teller.end(outcome)
            raise
    teller.end(outcome)
    if interrupted:
        return Exit.INTERRUPTED
    return options.exit_code(code, (*(alarm.kind for alarm in plan.alarms), *outcome_alarms(outcome)))


def _refuse_contradictions(options: Options, file: Path | None, auto_approve: bool, allowed: Allowed) -> None:
    if options.json and not (file or auto_approve):
        raise WasyncError(
            "apply --format json cannot ask.", "Add --auto-approve, or apply a saved plan.", code=Exit.USAGE
        )
    if file and (options.targets or allowed != Allowed()):
        raise WasyncError(
            "A saved plan is done as it is: --target, --overwrite, --resend, --allow-... do not go with it.",
            "Give them to wasync plan --out.",
            code=Exit.USAGE,
        )


def refuse_in_pull_request(environ: Mapping[str, str]) -> None:
    """Refuse in a pull request's pipeline: people expect a preview there, and its author wrote the files."""
    github = environ.get("GITHUB_EVENT_NAME", "")
    if github.startswith("pull_request") or environ.get("CI_PIPELINE_SOURCE") == "merge_request_event":
        raise WasyncError(
            "This pipeline runs for a pull request, and would change the account before it is merged.",
            "Run wasync plan here and apply after the merge; if this is meant, add --allow-pr-apply.",
            code=Exit.USAGE,
        )


def _load(file: Path) -> Plan:
    from wasync.cli.plan_files import load_plan

    return load_plan(file)


def _account_of(project: Project, plan: Plan) -> Account:
    """Return the account the plan was made for; refuse a plan for an account not chosen."""
    from wasync.render.reasons import on_account

    found = [account for account in project.accounts if account.waba_id == plan.waba_id]
    for account in found:
        if account.name == plan.account:
            return account
    if found:
        return found[0]  # renamed since; the id is what counts
    raise WasyncError(
        f"The plan is for account {plan.account} ({plan.waba_id}), which is not among the accounts chosen.",
        f"Add {on_account(plan.account)}, or make a plan for the account meant.",
    )


def read_again(project: Project, graph: Graph, account: Account, plan: Plan) -> Mapping[Key, Live]:
    """Read live for a plan that was made before; refuse deletes when the listing is short."""
    from wasync.model.plan import Action
    from wasync.precondition import live_by_key

    listing = project.read_live(graph, account)
    if listing.short and plan.count(Action.DELETE):
        raise WasyncError(
            f"Meta reported {listing.total_count} templates and listed {len(listing.rows)}:"
            " nothing is deleted on an incomplete listing. Nothing was written.",
            "Run it again.",
        )
    return live_by_key(listing.rows)


def has_work(plan: Plan) -> bool:
    """Whether the plan has a step to do."""
    from wasync.model.plan import Action

    return any(step.action is not Action.HOLD for step in plan.steps)


def ask(plan: Plan, saving: str) -> None:
    """Ask for a typed yes; without a person to ask, refuse. `saving`: the command that saves such a plan."""
    from wasync.cli.project import is_terminal
    from wasync.model.plan import Action

    if not is_terminal():
        raise WasyncError(
            "Nobody is here to approve the plan: nothing was written.",
            f"Add --auto-approve, or save the plan ({saving}) and apply the file.",
        )
    undo = (
        "\nThere is no undo for a delete: Meta locks the name for 30 days."
        if plan.count(Action.DELETE)
        else ""
    )
    chatter(f"\nDo these steps on account {plan.account} ({plan.waba_id})?{undo}")
    answer = click.prompt("Only 'yes' will be accepted to approve", default="", show_default=False, err=True)
    if answer != "yes":
        raise WasyncError("Apply cancelled: nothing was written.", "Run it again when the plan is right.")


def carry_out(
    project: Project,
    state: State,
    account: Account,
    graph: Graph,
    plan: Plan,
    live: Mapping[Key, Live],
    records: Mapping[Key, Applied],
    teller: Teller,
    parallelism: int = 1,
) -> tuple[Outcome, bool]:
    """Walk the plan under the journal; return the outcome, and whether a person interrupted it."""
    from wasync.apply import check_samples, exit_code, stale_steps
    from wasync.attempt import Walk
    from wasync.model.outcome import Outcome
    from wasync.project.media import open_media
    from wasync.walk import walk

    if not (has_work(plan) or records):
        return Outcome(plan.account, ()), False
    memory = state.read(account.waba_id)
    resuming = memory.interrupted == plan.fingerprint
    open_sample = partial(open_media, project.config.root)
    stale = stale_steps(plan, live)
    if stale and not resuming:
        keys = ", ".join(str(step.key) for step in stale)
        raise WasyncError(
            f"The plan is stale: live changed since it was made ({keys}). Nothing was written.",
            "Make a new plan and look at it again.",
            code=Exit.STALE,
        )
    if not resuming:
        check_samples(plan, live, open_sample)
    now = partial(datetime.now, UTC)
    journal = state.journal(account.waba_id, plan.fingerprint, now())
    journal.adopt(records)
    # Again: the notes of a run that was killed are in the state now, each dated as late as it may have been.
    memory = state.read(account.waba_id)
    with _stop_after_this_step() as stop:
        work = Walk(
            plan,
            graph,
            journal,
            account.app_id,
            open_sample,
            now,
            teller.tell,
            stop.asked,
            memory,
            parallelism,
        )
        outcome = walk(work, live)
        try:
            journal.close(complete=exit_code(outcome) == Exit.DONE)
        except WasyncError:
            # The notes stay and count; what was done is told all the same.
            teller.end(outcome)
            raise
    return outcome, stop.asked()


class _Stop:
    """Whether a person asked to stop. The second time Ctrl-C stops at once."""

    def __init__(self) -> None:
        self._asked = False

    def asked(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._asked

    def ask(self, _signal: int, _frame: object) -> None:
        """Note the first Ctrl-C; raise on the second."""
        if self._asked:
            _cry(
                "\nStopped at once: Meta may have done the step under way."
                "\n  Next: Run the same command again: it looks at live first, and does only the rest.\n"
            )
            raise KeyboardInterrupt
        self._asked = True
        _cry("\nInterrupted: stopping after the step under way. Ctrl-C again stops at once.\n")


def _cry(text: str) -> None:
    """Tell a person at any moment: Python's own stderr takes no second line while it writes one."""
    with suppress(OSError):
        os.write(2, text.encode())


@contextmanager
def _stop_after_this_step() -> Iterator[_Stop]:
    stop = _Stop()
    before = signal.signal(signal.SIGINT, stop.ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _await_review(
    project: Project,
    account: Account,
    outcome: Outcome,
    pending: Collection[Key],
    places: Mapping[Key, Place | None],
    timeout: timedelta,
    teller: Teller,
) -> tuple[Outcome, int]:
    """Wait for what was sent and what was in review before; return the outcome and the exit code."""
    import time

    from wasync.apply import awaited, exit_code, reviewed
    from wasync.review import await_review, verdict
    from wasync.snapshot import live_of

    sent = awaited(outcome)
    keys = sent.union(pending)
    if not keys:
        return outcome, exit_code(outcome)
    now = partial(datetime.now, UTC)
    # --max-wait is for writing: a read that is put off for longer than the review may take ends by --timeout.
    graph = project.graph(account, max_wait=min(60.0, timeout.total_seconds()), on_pause=teller.pause)
    read = partial(live_of, graph, account)
    live = await_review(read, keys, timeout, now, time.sleep, teller.of(account.name), places)
    outcome = reviewed(outcome, live)
    code = exit_code(outcome)
    if code in (Exit.DONE, Exit.WAITING):
        code = max(code, verdict(live[key].status for key in keys - sent if key in live))
    return outcome, code
