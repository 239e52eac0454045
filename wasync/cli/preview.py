"""wasync preview: every message as a phone shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from wasync.cli.options import Options, preview_options

if TYPE_CHECKING:
    from wasync.cli.project import Project
    from wasync.model.live import Written
    from wasync.model.template import Desired, Finding, Key
    from wasync.render.preview.page import Media, Shown


_LONGEST_NAME = 200
"""Bytes of a file's name as the message has it; file systems take 255 with the rest."""


class Messages(NamedTuple):
    """What there is to show, and what the checks say about it."""

    shown: list[Shown]
    findings: tuple[Finding, ...]


@click.command("preview")
@preview_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Where to write; - for stdout. Default: preview.html, or the folder preview/ for SVG.",
)
@click.option("--live", is_flag=True, help="Ask Meta for its own texts and each template's status.")
@click.option("--serve", is_flag=True, help="Serve the page on this machine; it reloads as files change.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8765, show_default=True, help="Of --serve; 0: any."
)
def command(options: Options, out: Path | None, live: bool, serve: bool, port: int) -> int:
    """Show every message as a phone shows it, examples filled in. Needs no token, but for --live.

    html: one page for the whole project, to search and to compare languages; it needs no network and can be
    kept as an artefact of a pipeline. svg: a picture of each message. terminal: drawn with letters. With
    errors in the files, what can be drawn is drawn, and the exit code is 1; the page names them.
    """
    from wasync.cli.output import chatter, result
    from wasync.cli.project import open_project
    from wasync.model.errors import Exit, WasyncError

    project = open_project(options)
    if serve:
        if options.output != "html" or out is not None:
            raise WasyncError(
                "--serve shows the page itself.", "Leave --format and --out away.", code=Exit.USAGE
            )
        from wasync.cli.preview_server import serve_preview

        return serve_preview(project.root, port, lambda: _page(open_project(options), live, reloads=True)[0])
    match options.output:
        case "html":
            page, messages = _page(project, live)
            path = out or Path("preview.html")
            if str(path) == "-":
                result(page)
            else:
                _write(path, page)
                chatter(f"{_count(messages)} in {path}")
        case "svg":
            from wasync.render.preview.svg import message_svg

            messages = _messages(project, live)
            folder = out or Path("preview")
            pictures = _pictures(project, messages.shown)
            for one in messages.shown:
                path = folder / f"{_file_name(one)}.svg"
                _write(path, message_svg(one.message, one.template.key.language, pictures))
            chatter(f"{_count(messages)} in {folder}/")
        case _:
            from wasync.render.message_text import shown_text

            messages = _messages(project, live)
            result("\n\n".join(map(shown_text, messages.shown)))
    return _told(messages)


def _page(project: Project, live: bool, *, reloads: bool = False) -> tuple[str, Messages]:
    from wasync.render.preview.page import page_html

    messages = _messages(project, live)
    pictures = _pictures(project, messages.shown)
    title = f"{project.root.resolve().name}: messages"
    return page_html(title, messages.shown, messages.findings, pictures, reloads=reloads), messages


def _messages(project: Project, live: bool) -> Messages:
    from wasync.cli.project import tell_unmatched
    from wasync.project.desired import merge_findings
    from wasync.render.preview.gather import gather

    halves = project.halves(project.accounts)
    documents = halves if halves is not None else project.documents()
    desired = {account.name: project.desired(documents, account) for account in project.accounts}
    for account in project.accounts:
        tell_unmatched(project.options.targets, account, desired[account.name].templates)
    findings = merge_findings({name: found.findings for name, found in desired.items()})
    statuses, written = _from_meta(project, desired) if live else (None, None)
    return Messages(gather(desired, project.options.targets, statuses, written), findings)


def _from_meta(
    project: Project, desired: dict[str, Desired]
) -> tuple[dict[str, dict[Key, str]], dict[tuple[str, bool, int | None], Written]]:
    """The status of each template, and what Meta writes in those of passcodes."""
    from wasync.precondition import live_by_key
    from wasync.render.preview.gather import passcode_of

    statuses: dict[str, dict[Key, str]] = {}
    written: dict[tuple[str, bool, int | None], Written] = {}
    for account in project.accounts:
        wanted: dict[tuple[bool, int | None], set[str]] = {}
        for key, template in desired[account.name].templates.items():
            if (passcode := passcode_of(template.spec)) is not None:
                wanted.setdefault(passcode, set()).add(key.language)
        with project.graph(account) as graph:
            rows = project.read_live(graph, account).rows
            statuses[account.name] = {key: live.status for key, live in live_by_key(rows).items()}
            for (security, minutes), languages in wanted.items():
                texts = graph.passcode_texts(account.waba_id, languages, security=security, minutes=minutes)
                written.update(((language, security, minutes), text) for language, text in texts.items())
    return statuses, written


def _pictures(project: Project, shown: list[Shown]) -> dict[str, Media]:
    from wasync.project.pictures import read_pictures
    from wasync.render.preview.gather import picture_paths

    return read_pictures(project.root, picture_paths(shown))


def _file_name(one: Shown) -> str:
    """The stem of a picture's file: what the message is called, as far as names of files go."""
    from hashlib import sha256

    whole = "_".join((*one.template.key, *one.accounts))
    name = re.sub(r"[^\w.@-]", "-", whole)
    if name == whole and len(name.encode()) <= _LONGEST_NAME:
        return name
    # What file systems do not take as it is, the hash keeps apart.
    cut = name.encode()[:_LONGEST_NAME].decode(errors="ignore")
    return f"{cut}-{sha256(whole.encode()).hexdigest()[:12]}"


def _write(path: Path, text: str) -> None:
    from wasync.model.errors import WasyncError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WasyncError(
            f"{path}: cannot be written: {error.strerror}.", "Choose another place with --out."
        ) from error


def _count(messages: Messages) -> str:
    count = len(messages.shown)
    return "1 message" if count == 1 else f"{count:,} messages"


def _told(messages: Messages) -> int:
    from wasync.cli.output import chatter
    from wasync.model.template import Severity

    errors = sum(finding.severity is Severity.ERROR for finding in messages.findings)
    if errors:
        chatter(f"{errors} {'error' if errors == 1 else 'errors'} in the files: wasync validate lists them.")
    return 1 if errors else 0
