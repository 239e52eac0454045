"""wasync status: every declared template as Meta has it now."""

from __future__ import annotations

import click

from wasync.cli.options import Options, live_options


@click.command("status")
@live_options
def command(options: Options) -> int:
    """Show every declared template's status, category, quality, and what needs attention. Reads only."""
    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.project import open_project
    from wasync.render.status_text import status_json, status_text
    from wasync.status import account_status

    project = open_project(options)
    found = [account_status(snapshot, options.targets) for snapshot in project.snapshots(project.accounts)]
    if options.json:
        json_result(status_json(found))
    else:
        result(status_text(found, color=color_wanted(), width=width()))
    return 0
