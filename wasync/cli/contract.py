"""wasync contract: what senders must pass for each template, as JSON or as types."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.options import Options, contract_options
from wasync.model.errors import Exit, InputError, WasyncError

if TYPE_CHECKING:
    from wasync.cli.project import Project
    from wasync.model.config import Account
    from wasync.model.contract import Contract

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("contract")
@contract_options
@click.option("--live", is_flag=True, help="Read from Meta too: ids, statuses, texts of library templates.")
@click.option("--out", metavar="FILE", type=_FILE, help="Write it there.")
@click.option("--check", metavar="FILE", type=_FILE, help="Exit 1 with the difference if FILE is not that.")
def command(options: Options, live: bool, out: Path | None, check: Path | None) -> int:
    """Write what senders must pass for each template: live name, languages, variables, buttons.

    Comes from the files alone and needs no token; the same files give the same text. --format python and
    typescript give types, with a builder of the "template" of a send call: code that does not fit the
    templates fails the type check. Keep the result beside that code, and let CI run --check.
    """
    from wasync.cli.output import chatter

    if out is not None and check is not None:
        raise WasyncError("--out writes, --check only compares.", "Give one of them.", code=Exit.USAGE)
    found = _contract(options, live)
    for template in found.templates:
        for difference in template.differences:
            chatter(f"Note: {_safe(difference)}.")
    text = _text(found, options.output)
    if check is not None:
        return _check(check, text)
    if out is not None:
        _write(out, text)
        chatter(f"Wrote {_safe(str(out))}.")
    else:
        click.echo(text, nl=False)
    return 0


def _safe(text: str) -> str:
    from wasync.render.safe_text import safe

    return safe(text)


def _contract(options: Options, live: bool) -> Contract:
    from wasync.cli.project import open_project, tell_unmatched
    from wasync.contract import contract
    from wasync.limits import matches
    from wasync.precondition import live_by_key

    project = open_project(options)
    account = _one_account(project)
    desired = project.desired(project.documents(), account)
    if desired.failed:
        raise InputError("The files have errors: no contract.", "Mend them first.", desired.findings)
    tell_unmatched(options.targets, account, desired.templates)
    if options.targets:
        chosen = {key: one for key, one in desired.templates.items() if matches(options.targets, key)}
        desired = desired._replace(templates=chosen)
    if not live:
        return contract(account, desired)
    listing = project.read_live(project.graph(account), account)
    if listing.short:
        raise WasyncError(
            f"Meta reported {listing.total_count} templates and listed {len(listing.rows)}: no contract.",
            "Run it again.",
        )
    return contract(account, desired, live_by_key(listing.rows))


def _one_account(project: Project) -> Account:
    if len(project.accounts) > 1:
        names = ", ".join(account.name for account in project.accounts)
        raise WasyncError(
            f"A contract is of one account, and {len(project.accounts)} match: {names}.",
            "Choose one with --account NAME.",
            code=Exit.USAGE,
        )
    return project.accounts[0]


def _text(found: Contract, form: str) -> str:
    match form:
        case "python":
            from wasync.render.contract_python import contract_python

            return contract_python(found)
        case "typescript":
            from wasync.render.contract_typescript import contract_typescript

            return contract_typescript(found)
        case _:
            from wasync.render.contract_json import contract_json_text

            return contract_json_text(found)


def _check(path: Path, text: str) -> int:
    """Compare a file with what would be written; only line ends may be another system's."""
    from wasync.cli.output import chatter, color_wanted, result
    from wasync.render.file_diff import file_diff

    try:
        before = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise WasyncError(f"{path}: cannot be read: {error.strerror}.", "Give a file.") from error
    if before is not None and before.replace(b"\r\n", b"\n") == text.encode():
        chatter(f"{_safe(str(path))} is up to date.")
        return Exit.DONE
    result(file_diff(str(path), before, text.encode(), color=color_wanted()))
    chatter(f"{_safe(str(path))} is not what the templates say. Next: run it with --out instead of --check.")
    return Exit.FAILED


def _write(path: Path, text: str) -> None:
    from wasync.cli.files import write_files
    from wasync.project.writer import FileChange

    write_files(path.parent, [FileChange(path.name, None, text.encode())])
