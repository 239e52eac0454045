"""wasync import: what translators gave back, written into the files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.options import Options, import_options
from wasync.model.errors import WasyncError

if TYPE_CHECKING:
    from wasync.cli.project import Project
    from wasync.project.writer import FileChange
    from wasync.translation.delivery import Delivery
    from wasync.translation.merge import Change, Merge


@click.command("import")
@import_options
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--diff", "--dry-run", "diff", is_flag=True, help="Show what would be written; write nothing.")
@click.option(
    "--allow-changed-source", is_flag=True, help="Take translations of texts that have changed since."
)
def command(options: Options, files: tuple[str, ...], diff: bool, allow_changed_source: bool) -> int:
    """Write the translations of XLIFF 2 or CSV files into the files of the project.

    Only texts of the languages translated are written; comments, order and style stay. A language that a name
    lacks is added once all its texts are translated. What is not translated, or has the state initial, is
    passed over. When anything is refused, nothing is written.
    """
    from wasync.cli.errors import show_error
    from wasync.cli.files import write_files
    from wasync.cli.live_files import readable
    from wasync.cli.output import chatter, result
    from wasync.cli.project import open_project
    from wasync.project.desired import by_live_name
    from wasync.render.safe_text import safe
    from wasync.translation.merge import merge

    project = open_project(options)
    documents = by_live_name(readable(project))
    deliveries = [one for file in files for one in _read(file)]
    found = merge(documents, deliveries, changed_source=allow_changed_source)
    for note in found.notes:
        chatter(f"Note: {safe(note)}")
    if found.refused:
        for error in found.refused:
            show_error(error)
        raise WasyncError(
            f"{_texts(len(found.refused), 'refusal')}: nothing was written.", "Mend them, then import again."
        )
    changes = _files(project.root, found.changes)
    if not diff:
        write_files(project.root, changes)
    if changes:
        result(_diff(changes) if diff else "\n".join(_told(found.changes)))
    chatter(_summary(found, diff))
    return 0 if diff or not changes else _check(project, found.changes)


def _read(file: str) -> Sequence[Delivery]:
    """Read a file by what it is: XML begins with an angle bracket."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise WasyncError(f"{file}: cannot be read: {error.strerror}.", "Give a file, or -.") from error
    if data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        from wasync.translation.xliff_in import read_xliff

        return [read_xliff(file, data)]
    from wasync.translation.spreadsheet import read_spreadsheet

    return read_spreadsheet(file, data)


def _files(root: Path, changes: Sequence[Change]) -> list[FileChange]:
    """What each file becomes; changes of one file are written one upon the other."""
    from wasync.project.translated import write_translation
    from wasync.project.writer import FileChange

    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    for change in changes:
        file = change.document.file
        if file not in before:
            before[file] = after[file] = (root / file).read_bytes()
        after[file] = write_translation(after[file], change)
    return [FileChange(file, before[file], data) for file, data in sorted(after.items())]


def _diff(changes: Sequence[FileChange]) -> str:
    from wasync.cli.output import color_wanted
    from wasync.render.file_diff import file_diff

    color = color_wanted()
    return "\n".join(file_diff(one.path, one.before, one.after, color=color) for one in changes)


def _told(changes: Sequence[Change]) -> Iterator[str]:
    from wasync.render.safe_text import safe

    for change in changes:
        new = ", a new language" if change.new else ""
        where = f"{change.name}/{change.language}"
        yield safe(f"  {where}  {_texts(change.written)}{new}  {change.document.file}")


def _summary(found: Merge, diff: bool) -> str:
    written = sum(change.written for change in found.changes)
    told = [f"{_texts(written)} {'would be ' if diff else ''}written"]
    if found.same:
        told.append(f"{found.same} as the files have them")
    if found.empty:
        told.append(f"{found.empty} not translated yet")
    if found.initial:
        told.append(f"{found.initial} passed over, since their state is initial and not translated")
    return f"{', '.join(told)}."


def _texts(count: int, what: str = "text") -> str:
    return f"{count:,} {what}{'s'[: count != 1]}"


def _check(project: Project, changes: Sequence[Change]) -> int:
    """Tell what checks find in the languages written; errors fail, as they fail `validate`."""
    from wasync.cli.output import chatter, color_wanted, width
    from wasync.model.template import Severity
    from wasync.project.desired import merge_findings
    from wasync.render.findings_text import findings_text

    written = {(change.document.file, change.language) for change in changes}
    documents = project.documents()
    found = merge_findings(
        {account.name: project.desired(documents, account).findings for account in project.accounts}
    )
    ours = [one for one in found if one.place and one.key and (one.place.file, one.key.language) in written]
    failed = any(one.severity is Severity.ERROR for one in ours)
    if ours:
        chatter("")
        chatter(findings_text(ours, color=color_wanted(stderr=True), width=width()))
    if failed:
        chatter("\nThe translations were written. Next: mend what is found, here or at the translators'.")
    return 1 if failed else 0
