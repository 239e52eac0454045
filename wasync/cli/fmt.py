"""wasync fmt: template files in their one layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.options import Options, project_options

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("fmt")
@project_options
@click.argument("files", metavar="[FILES]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not formatted.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
def command(options: Options, files: tuple[Path, ...], check: bool, show_diff: bool) -> int:
    """Bring template files into their one layout: order of keys, indentation, quotes, long texts.

    Without FILES it takes every template file of the project. Comments stay, and no text changes: a file
    that would read differently is left as it is.
    """
    from wasync.cli.errors import show_error
    from wasync.cli.files import write_files
    from wasync.cli.output import chatter, color_wanted, result
    from wasync.model.errors import WasyncError
    from wasync.project.formatting import formatted
    from wasync.project.writer import FileChange
    from wasync.render.file_diff import file_diff
    from wasync.render.safe_text import safe

    root, names = (Path(), [str(file) for file in files]) if files else _of_project(options)
    changes: list[FileChange] = []
    failed = False
    for name in names:
        if (root / name).is_symlink():
            chatter(f"Note: {safe(name)} is a link: format the file it leads to.")
            continue
        try:
            before = _read(root / name, name)
            after, notes = formatted(before, name)
        except WasyncError as error:
            show_error(error)
            failed = True
            continue
        for note in notes:
            chatter(f"Note: {safe(note)}.")
        if after != before:
            changes.append(FileChange(name, before, after))
    if show_diff:
        for change in changes:
            result(file_diff(change.path, change.before, change.after, color=color_wanted()))
    elif changes:
        result("\n".join(safe(change.path) for change in changes))
    only_shown = check or show_diff
    if not only_shown:
        write_files(root, changes)
    chatter(_summary(len(names), len(changes), only_shown=only_shown))
    return 1 if failed or (check and changes) else 0


def _summary(count: int, changed: int, *, only_shown: bool) -> str:
    from wasync.cli.files import files

    if not changed:
        return f"Nothing to format in {files(count)}."
    if only_shown:
        return f"{changed} of {files(count)} would be formatted. Next: wasync fmt"
    return f"Formatted {changed} of {files(count)}."


def _of_project(options: Options) -> tuple[Path, Sequence[str]]:
    """The folder of the project, and its template files."""
    from wasync.cli.project import find_config
    from wasync.project.documents import find_files

    config = find_config(options)
    return Path(config.root), find_files(config)[0]


def _read(path: Path, name: str) -> bytes:
    from wasync.model.errors import WasyncError

    try:
        return path.read_bytes()
    except OSError as error:
        raise WasyncError(f"{name}: cannot be read: {error.strerror}.", "Give the path of a file.") from error
