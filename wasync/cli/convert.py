"""wasync convert: a create payload becomes a template file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.model.errors import WasyncError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wasync.model.template import Key, Template
    from wasync.project.writer import Pull


@click.command("convert")
@click.argument("file", metavar="FILE|-")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write the files into."
)
def command(file: str, out: Path | None) -> int:
    """Turn create payloads (JSON from Meta's documents, a client library, Postman) into template files.

    Without --out the YAML is printed. A file that exists is never overwritten. Needs no project.
    """
    from wasync.cli.errors import show_error
    from wasync.cli.files import files, write_files
    from wasync.cli.output import chatter, result
    from wasync.project.payloads import read_payloads

    source = "standard input" if file == "-" else file
    found = _as_files({template.key: template for template in read_payloads(_read(file), source)})
    for note in found.notes:
        chatter(f"Note: {note}")
    if out is None:
        texts = {change.path.removesuffix(".yaml"): change.after.decode() for change in found.changes}
        named = [text if len(texts) == 1 else f"name: {name}\n{text}" for name, text in texts.items()]
        result("---\n".join(named))
    else:
        for change in found.changes:
            if (out / change.path).exists():
                raise WasyncError(
                    f"{out / change.path} is here already: nothing was written.",
                    "Choose another --out, or move it away.",
                )
        write_files(out, found.changes)
        result("\n".join(f"  new      {out / change.path}" for change in found.changes))
        chatter(f"Wrote {files(len(found.changes))}. Next: wasync validate")
    for error in found.refused:
        show_error(error)
    return 1 if found.refused else 0


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise WasyncError(
            f"{file}: cannot be read: {error.strerror}.", "Give a file, or - for stdin."
        ) from error
    except UnicodeDecodeError as error:
        raise WasyncError(f"{file}: this is not UTF-8 text.", "Save it as UTF-8.") from error


def _as_files(templates: Mapping[Key, Template]) -> Pull:
    from wasync.project.writer import Project, pull_files

    return pull_files(Project(["*.yaml"], (), {}, {}, {}), templates)
