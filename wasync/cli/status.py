"""wasync status: every declared template as Meta has it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wasync.cli.options import Options, alarm_options

if TYPE_CHECKING:
    from wasync.model.status import AccountStatus


@click.command("status")
@alarm_options
def command(options: Options) -> int:
    """Show every declared template's status, quality, category, age, and what needs attention. Reads only."""
    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.project import open_project
    from wasync.render.status_text import status_json, status_text
    from wasync.status import account_status

    project = open_project(options)
    found: list[AccountStatus] = []
    for snapshot in project.snapshots(project.accounts):
        status = account_status(snapshot, options.targets)
        if not options.json:
            result(("\n" if found else "") + status_text(status, color=color_wanted(), width=width()))
        found.append(status)
    if options.json:
        json_result(status_json(found))
    kinds = (alarm.kind for status in found for template in status.templates for alarm in template.alarms)
    return options.exit_code(0, kinds)
