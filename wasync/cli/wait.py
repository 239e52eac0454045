"""wasync wait: until Meta has reviewed the declared templates."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import click

from wasync.cli.options import SECONDS, Options, alarm_options

if TYPE_CHECKING:
    from wasync.model.plan import AlarmKind


@click.command("wait")
@alarm_options
@click.option("--timeout", type=SECONDS, default=900.0, show_default=True, help="Seconds to wait at most.")
def command(options: Options, timeout: float) -> int:
    """Wait until no declared template is in review. Run it again to go on waiting.

    Exit 0: none is rejected, paused or disabled; 3: some are still in review; 4: Meta's verdict.
    """
    from wasync.alarms import template_alarms
    from wasync.cli.events import Teller
    from wasync.cli.output import chatter
    from wasync.cli.project import open_project, tell_unmatched
    from wasync.limits import matches, templates
    from wasync.model.errors import Exit, InputError
    from wasync.render.reasons import retyped
    from wasync.review import UNDECIDED, VERDICTS, await_review
    from wasync.snapshot import live_of

    project = open_project(options)
    teller = Teller(options.json)
    documents = project.documents()
    deadline: datetime | None = None
    verdicts = waiting = 0
    alarms: list[AlarmKind] = []
    for account in project.accounts:
        desired = project.desired(documents, account)
        if desired.failed:
            raise InputError(
                "The files have errors: nothing to wait for.", "Mend them first.", desired.findings
            )
        keys = [key for key in desired.templates if not options.targets or matches(options.targets, key)]
        tell_unmatched(options.targets, account, desired.templates)
        graph = project.graph(account, max_wait=min(60.0, timeout))
        deadline = deadline or datetime.now(UTC) + timedelta(seconds=timeout)
        live = await_review(
            partial(live_of, graph, account),
            keys,
            deadline - datetime.now(UTC),
            partial(datetime.now, UTC),
            time.sleep,
            teller.of(account.name),
            {key: desired.templates[key].place for key in keys},
        )
        statuses = [live[key].status for key in keys if key in live]
        if options.fail_on:
            records = project.state().read(account.waba_id).applied
            alarms += [
                alarm.kind
                for key in keys
                if key in live
                for alarm in template_alarms(live[key], desired.templates[key], records.get(key))
            ]
        verdicts += sum(status in VERDICTS for status in statuses)
        waiting += sum(status in UNDECIDED for status in statuses)
    if verdicts:
        why = retyped("wasync status", project.accounts[0].name)
        chatter(f"Rejected, paused or disabled: {templates(verdicts)}. To see why: {why}")
        return Exit.VERDICT
    if waiting:
        again = retyped("wasync wait", project.accounts[0].name)
        chatter(f"Still in review: {templates(waiting)}. Go on waiting: {again}")
        return options.exit_code(Exit.WAITING, alarms)
    return options.exit_code(Exit.DONE, alarms)
