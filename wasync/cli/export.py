"""wasync export: the texts for translators, as XLIFF or CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.options import Options, export_options
from wasync.model.errors import Exit, WasyncError

if TYPE_CHECKING:
    from wasync.model.template import Document
    from wasync.translation.sheet import Sheet

_SUFFIXES = {"xliff": (".xlf", ".xliff"), "csv": (".csv",)}


@click.command("export")
@export_options
@click.option("--source", metavar="LANG", help="Language to translate from; default: the first of each file.")
@click.option(
    "--language",
    "languages",
    metavar="LANG",
    multiple=True,
    help="Only these, also for names that lack them; default: what the files have.",
)
@click.option("--out", metavar="FILE|DIR|-", help="Write it there: a file, or a folder for <language>.xlf.")
def command(options: Options, source: str | None, languages: tuple[str, ...], out: str | None) -> int:
    """Write the texts for translators: source, translation at hand, limits, notes; variables are protected.

    Needs no token. XLIFF has one document per language, so several go into a folder; CSV is one table with a
    column per language. `wasync import` brings the translations into the files.
    """
    from wasync.cli.live_files import readable
    from wasync.cli.output import chatter
    from wasync.cli.project import open_project
    from wasync.limits import matches
    from wasync.model.template import Key
    from wasync.project.desired import by_live_name
    from wasync.render.safe_text import safe
    from wasync.translation.delivery import is_language, language_of
    from wasync.translation.sheet import sheets

    documents = by_live_name(readable(open_project(options)))
    source = language_of(source) if source else _source(documents)
    wanted = tuple(dict.fromkeys(map(language_of, languages))) or _others(documents, source)
    for language in wanted:
        if not is_language(language):
            raise WasyncError(
                f"{language!r} is no language of WhatsApp's.",
                "Write a code such as es_MX, in --language or in the files.",
                code=Exit.USAGE,
            )
    if source in wanted or not wanted:
        message = f"{source} is what is translated from." if wanted else f"The files have {source} only."
        raise WasyncError(message, "Name another language with --language.", code=Exit.USAGE)
    for glob in options.targets:
        keys = (Key(name, language) for name in documents for language in (source, *wanted))
        if not any(matches((glob,), key) for key in keys):
            chatter(f"Note: --target {safe(glob)} matches no template.")
    found = sheets(
        {name: document for name, document in documents.items() if _chosen(options, name, wanted)},
        source,
        wanted,
        new=bool(languages),
    )
    for note in found.notes:
        chatter(f"Note: {safe(note)}")
    chosen = [one for sheet in found.sheets if (one := _targeted(options, sheet)).entries]
    if not chosen:
        raise WasyncError(
            f"There is no text to translate from {source} into {', '.join(wanted)}.",
            "Name other languages or templates with --source, --language and --target.",
        )
    _put(options, chosen, out)
    return 0


def _chosen(options: Options, name: str, languages: Sequence[str]) -> bool:
    from wasync.limits import matches
    from wasync.model.template import Key

    return not options.targets or any(matches(options.targets, Key(name, code)) for code in languages)


def _targeted(options: Options, sheet: Sheet) -> Sheet:
    """Leave out what --target does not name in this language."""
    entries = tuple(one for one in sheet.entries if _chosen(options, one.name, [sheet.language]))
    return sheet._replace(entries=entries)


def _source(documents: Mapping[str, Document]) -> str:
    """The language that every name with texts begins with: a document has one source."""
    from wasync.translation.texts import declared_languages, said, why_none

    first = {
        codes[0]
        for document in documents.values()
        if (codes := declared_languages(document)) and not why_none(said(document, codes[0]))
    }
    if len(first) != 1:
        told = f"begin with different languages: {', '.join(sorted(first))}" if first else "have no texts"
        raise WasyncError(f"The files {told}.", "Choose one with --source LANG.", code=Exit.USAGE)
    return first.pop()


def _others(documents: Mapping[str, Document], source: str) -> tuple[str, ...]:
    from wasync.translation.texts import declared_languages

    found = {code for document in documents.values() for code in declared_languages(document)}
    return tuple(sorted(found - {source}))


def _put(options: Options, found: Sequence[Sheet], out: str | None) -> None:
    """Print or write the export; say what was written."""
    from wasync.cli.files import files, write_files
    from wasync.cli.output import chatter
    from wasync.project.writer import FileChange
    from wasync.render.safe_text import safe

    suffixes = _SUFFIXES[options.output]
    texts = _texts(options.output, found, suffixes[0])
    single = out is None or out == "-" or out.endswith(suffixes)
    if single and len(texts) > 1:
        languages = ", ".join(sheet.language for sheet in found)
        raise WasyncError(
            f"An XLIFF document has one language, and {len(found)} are asked for: {languages}.",
            "Give a folder, --out FOLDER; or one --language; or --format csv.",
            code=Exit.USAGE,
        )
    if out is None or out == "-":
        # Bytes: no system changes the line ends on the way.
        click.echo(next(iter(texts.values())).encode(), nl=False)
        return
    path = Path(out)
    root = path.parent if single else path
    named = dict(zip([path.name], texts.values(), strict=True)) if single else texts
    write_files(root, [FileChange(name, None, text.encode()) for name, text in named.items()])
    count = sum(len(entry.units) for sheet in found for entry in sheet.entries)
    where = safe(", ".join(str(root / name) for name in named))
    chatter(f"Wrote {count:,} texts in {files(len(named))}: {where}.")


def _texts(form: str, found: Sequence[Sheet], suffix: str) -> dict[str, str]:
    """The export by the name its file has in a folder."""
    if form == "csv":
        from wasync.translation.spreadsheet import spreadsheet

        return {f"translations{suffix}": spreadsheet(found)}
    from wasync.translation.xliff_out import xliff

    return {f"{sheet.language}{suffix}": xliff(sheet) for sheet in found}
