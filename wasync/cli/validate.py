"""wasync validate: check the files of every account chosen; no token needed."""

from __future__ import annotations

import click

from wasync.cli.options import Options, findings_options


@click.command("validate")
@findings_options
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
def command(options: Options, watch: bool) -> int:
    """Check the files: YAML, JSON Schema, Meta's content rules.

    Every finding of the run is printed with its place, its source line and the way out. Only findings of
    severity error fail (exit 1). No token is needed and nothing is sent. --format github annotates a pull
    request, sarif, junit and gitlab are for the tools that read them. --watch with --format json prints one
    line a look.
    """
    if not watch:
        return _look(options)
    if options.output not in ("terminal", "json"):
        raise click.UsageError(f"--watch goes with --format terminal or json, not {options.output}.")
    from wasync.cli.watch import watched

    return watched(options, lambda: _look(options, lines=True))


def _look(options: Options, *, lines: bool = False) -> int:
    """Read all files once and print what was found; `lines`: JSON in one line."""
    from wasync.cli.output import color_wanted, json_line, json_result, result, width
    from wasync.cli.project import open_project
    from wasync.project.desired import merge_findings
    from wasync.render.findings_text import findings_json, findings_report

    project = open_project(options)
    halves = project.halves(project.accounts)
    if halves is None:
        documents = project.documents()
        desired = {account.name: project.desired(documents, account) for account in project.accounts}
    else:
        desired = {halves.account.name: halves.desired()}
    findings = merge_findings({name: found.findings for name, found in desired.items()})
    read = halves.files if halves is not None else {document.file for document in documents.documents}
    files = len({*read, *(found.place.file for found in findings if found.place)})
    templates = len({key for found in desired.values() for key in found.templates})
    match options.output:
        case "github" | "sarif" | "junit" | "gitlab" as form:
            from wasync.cli.reports import print_report

            print_report(form, findings, "validate", project.root)
        case "json":
            show = json_line if lines else json_result
            show(findings_json(findings, files=files, templates=templates))
        case _:
            color, columns = color_wanted(), width()
            text = findings_report(findings, files=files, templates=templates, color=color, width=columns)
            result(text)
    return 1 if any(found.failed for found in desired.values()) else 0
