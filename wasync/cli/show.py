"""wasync show: a saved plan, as plan printed it."""

from __future__ import annotations

from pathlib import Path

import click

from wasync.cli.options import REPORTS, Options, show_options


@click.command("show")
@show_options
@click.argument("file", type=click.Path(path_type=Path))
def command(options: Options, file: Path) -> int:
    """Show a saved plan. Works without a project, a token or a network, on a stale plan too."""
    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.plan_files import load_plan
    from wasync.plan_file.form import plan_to_json
    from wasync.render.plan_text import plan_text

    plan = load_plan(file)
    if options.json:
        json_result(plan_to_json(plan))
    elif options.output == "markdown":
        from wasync.render.plan_markdown import plan_markdown

        result(plan_markdown([plan]))
    elif options.output in REPORTS:
        from wasync.cli.reports import print_report
        from wasync.render.plan_findings import plan_findings

        print_report(options.output, plan_findings([plan]), "plan", _root())
    elif options.output == "html":
        from wasync.render.plan_html import plan_html

        result(plan_html([plan]))
    else:
        result(plan_text(plan, color=color_wanted(), width=width()))
    return 0


def _root() -> Path:
    """The project whose files the plan is about: the environment's, or the one at hand, if any."""
    import os

    from wasync.model.errors import InputError
    from wasync.project.config import find_root

    if given := os.environ.get("WASYNC_PROJECT"):
        return Path(given)
    try:
        return find_root(Path.cwd())
    except InputError:
        return Path.cwd()
