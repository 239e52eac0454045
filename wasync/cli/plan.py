"""wasync plan: show what apply would do, and why; write nothing but the plan file asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.options import REPORTS, Allowed, Options, plan_options, policy_options

if TYPE_CHECKING:
    from wasync.model.plan import Plan


@click.command("plan")
@plan_options
@policy_options
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for `apply FILE`."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when the plan has any step.")
def command(
    options: Options,
    out: Path | None,
    detailed_exitcode: bool,
    allowed: Allowed,
) -> int:
    """Show what apply would do, and why. Reads live and files; writes nothing.

    With several accounts each gets its plan. A plan that breaks a limit is shown and fails (exit 1).
    --format markdown is for a comment on a pull request: it fits into one, and begins with a line that stays
    the same, so that a pipeline updates one comment instead of adding many. --format html is a page that
    shows each message before and after, side by side. --format github, sarif, junit and gitlab tell as
    findings what is refused, deleted, held, breaks senders or needs attention.
    """
    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.project import open_project, tell_unmatched_allowances
    from wasync.cli.reports import print_report, reporting
    from wasync.plan import decide
    from wasync.plan_file.form import plan_to_json
    from wasync.render.plan_text import plan_text

    project = open_project(options)
    accounts = (project.one_account(),) if out else project.accounts
    if out:
        from wasync.cli.plan_files import refuse_to_replace

        refuse_to_replace(out)
    approver = project.first_account(allowed, accounts)
    first = project.approved_in(approver) if approver else None
    plans: list[Plan] = []
    with reporting(options.output, "plan", project.root):
        for snapshot in project.snapshots(accounts):
            tell_unmatched_allowances(allowed, snapshot)
            plan = decide(snapshot, project.policy(snapshot.account, allowed), first)
            if options.output == "terminal":
                result(("\n" if plans else "") + plan_text(plan, color=color_wanted(), width=width()))
            plans.append(plan)
    if options.json:
        forms = [plan_to_json(plan) for plan in plans]
        json_result(
            forms[0] if len(forms) == 1 else {"format_version": "1.0", "kind": "plans", "plans": [*forms]}
        )
    elif options.output == "markdown":
        from wasync.render.plan_markdown import plan_markdown

        result(plan_markdown(plans))
    elif options.output in REPORTS:
        from wasync.render.plan_findings import plan_findings

        print_report(options.output, plan_findings(plans), "plan", project.root)
    elif options.output == "html":
        from wasync.render.plan_html import plan_html

        result(plan_html(plans))
    if out:
        from wasync.cli.plan_files import save_plan

        save_plan(plans[0], out)
    if any(plan.refusals for plan in plans):
        return 1
    code = 2 if detailed_exitcode and any(plan.steps for plan in plans) else 0
    return options.exit_code(code, (alarm.kind for plan in plans for alarm in plan.alarms))
