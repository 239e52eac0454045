"""wasync gc: delete older revisions, once the one that follows is approved in every language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.options import SECONDS, Allowed, Options, live_options, pull_request_option
from wasync.cli.output import color_wanted, json_result, result, width
from wasync.model.errors import Exit, WasyncError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wasync.cli.project import Project
    from wasync.model.config import Account, Policy
    from wasync.model.live import Live
    from wasync.model.plan import Plan
    from wasync.model.template import Key


@click.command("gc")
@live_options
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Delete nothing; save the plan for `apply FILE`.",
)
@click.option("--allow-deletes", type=click.IntRange(min=0), help="Allow so many deletes in this run.")
@click.option(
    "--max-wait",
    type=SECONDS,
    default=300.0,
    show_default=True,
    help="Seconds to wait when Meta rations calls.",
)
@pull_request_option
def command(
    options: Options,
    auto_approve: bool,
    out: Path | None,
    allow_deletes: int | None,
    max_wait: float,
    allow_pr_apply: bool,
) -> int:
    """Delete older revisions of names whose file gives a `revision:`. Shows what goes, and asks.

    One goes once the revision that follows is approved in every language its file declares; what has to wait
    is said. Nothing else is ever deleted, and apply never does this.
    """
    from wasync.cli.project import open_project

    _refuse_contradictions(options, auto_approve, out)
    project = open_project(options)
    account = project.one_account()
    policy = project.policy(account, Allowed(allow_deletes=allow_deletes))
    if not (out or allow_pr_apply or options.sandbox):
        from wasync.cli.apply import refuse_in_pull_request

        refuse_in_pull_request(project.environ)
    if out:
        return _save(project, account, policy, out)
    return _collect(project, account, policy, max_wait, auto_approve)


def _refuse_contradictions(options: Options, auto_approve: bool, out: Path | None) -> None:
    if out and auto_approve:
        raise WasyncError(
            "--out only saves the plan: there is nothing to approve.",
            "Leave out --auto-approve; to do what was saved: wasync apply FILE.",
            code=Exit.USAGE,
        )
    if options.json and not (out or auto_approve):
        raise WasyncError(
            "gc --format json cannot ask.",
            "Add --auto-approve, or save the plan with --out FILE.",
            code=Exit.USAGE,
        )


def _save(project: Project, account: Account, policy: Policy, out: Path) -> int:
    """Show the plan and save it; delete nothing."""
    from wasync.cli.plan_files import refuse_to_replace, save_plan
    from wasync.plan_file.form import plan_to_json
    from wasync.rollouts import decide_gc

    refuse_to_replace(out)
    plan = decide_gc(next(project.snapshots([account])), policy)
    if project.options.json:
        json_result(plan_to_json(plan))
    else:
        _show(plan)
    save_plan(plan, out)
    return Exit.FAILED if plan.refusals else Exit.DONE


def _collect(project: Project, account: Account, policy: Policy, max_wait: float, auto_approve: bool) -> int:
    """Show the plan, ask, and delete under the lock and the journal, as apply does."""
    from wasync.apply import exit_code
    from wasync.cli.apply import ask, carry_out, has_work, read_again
    from wasync.cli.events import Teller
    from wasync.cli.lock import locked
    from wasync.precondition import live_by_key
    from wasync.rollouts import decide_gc

    as_json = project.options.json
    teller = Teller(as_json)
    graph = project.graph(account, max_wait=max_wait, on_pause=teller.pause)
    state = project.state()
    with locked(state):
        snapshot = next(project.snapshots([account], lambda _: graph))
        plan = decide_gc(snapshot, policy)
        live: Mapping[Key, Live] = live_by_key(snapshot.listing.rows)
        if not as_json:
            _show(plan)
        if plan.refusals:
            reasons = " ".join(plan.refusals) if as_json else "See the reasons above."
            raise WasyncError("The plan breaks a limit: nothing was deleted.", reasons)
        if has_work(plan):
            graph.expect_writable("delete older revisions")
        if has_work(plan) and not auto_approve:
            ask(plan, "wasync gc --out FILE")
            live = read_again(project, graph, account, plan)
        outcome, interrupted = carry_out(project, state, account, graph, plan, live, {}, teller)
    if plan.steps or as_json:
        teller.end(outcome)
    return Exit.INTERRUPTED if interrupted else exit_code(outcome)


def _show(plan: Plan) -> None:
    from wasync.render.plan_text import plan_text

    result(plan_text(plan, color=color_wanted(), width=width(), empty="Nothing to collect."))
