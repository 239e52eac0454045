"""wasync new: a template file from a pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from wasync.cli.options import Options, project_options
from wasync.model.errors import Exit, WasyncError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasync.cli.project import Project
    from wasync.model.template import Document, Finding
    from wasync.project.patterns import Pattern
    from wasync.project.writer import FileChange


def _complete_pattern(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from wasync.project.patterns import PATTERNS

    return [CompletionItem(name, help=what) for name, what in PATTERNS.items() if name.startswith(incomplete)]


@click.command("new")
@project_options
@click.argument("name", required=False)
@click.option(
    "--from", "source", metavar="PATTERN", default="text_named", shell_complete=_complete_pattern,
    help="What it begins as; --list shows all.",
)  # fmt: skip
@click.option("--list", "listed", is_flag=True, help="List the patterns.")
def command(options: Options, name: str | None, source: str, listed: bool) -> int:
    """Write a template file called NAME from a pattern, in the project's first language, and check it.

    Nothing that exists is overwritten.
    """
    from wasync.cli.files import write_files
    from wasync.cli.output import chatter, color_wanted, result, width
    from wasync.cli.project import open_project
    from wasync.model.template import Severity
    from wasync.project.patterns import PATTERNS, pattern
    from wasync.render.findings_text import findings_text

    if listed:
        widest = max(map(len, PATTERNS))
        result("\n".join(f"{one:{widest}}  {what}" for one, what in PATTERNS.items()))
        return 0
    if name is None:
        raise click.UsageError("Give the name of the new template, or --list.")
    _check_words(name, source)
    project = open_project(options)
    documents = project.documents().documents
    for document in documents:
        if name in _live_names(document):
            raise WasyncError(
                f"{document.file}: {name} is declared here already: nothing was written.",
                "Add a language there, or choose another name.",
            )
    changes, kept = _changes(project, name, pattern(source, _language(documents)))
    path = changes[0].path
    write_files(project.root, changes)
    result("\n".join(f"  new      {change.path}" for change in changes))
    for one in (*(change.path for change in changes[1:]), *kept):
        chatter(f"Note: {one} is a stand-in: put the medium there that your message shows.")
    found = [one for one in _findings(project, path) if one.place is not None and one.place.file == path]
    if found:
        result(findings_text(found, color=color_wanted(), width=width()))
    chatter("Next: change its words, then wasync validate")
    return 1 if any(one.severity is Severity.ERROR for one in found) else 0


def _check_words(name: str, source: str) -> None:
    """Refuse a name Meta would refuse, and a pattern there is not."""
    import re
    from difflib import get_close_matches

    from wasync.project.patterns import PATTERNS

    if not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        better = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")[:512]
        raise WasyncError(
            f"{name!r} is no name for a template: Meta allows only a-z, 0-9 and _, at most 512 of them.",
            f"Call it {better or 'order_shipped'}.",
            code=Exit.USAGE,
        )
    if source not in PATTERNS:
        near = get_close_matches(source, PATTERNS, 1)
        raise WasyncError(
            f"No pattern is called {source!r}.",
            f"Did you mean {near[0]}?" if near else "wasync new --list shows all.",
            code=Exit.USAGE,
        )


def _live_names(document: Document) -> set[str]:
    """The name a file declares, and that of its revision."""
    return {document.name, f"{document.name}_v{document.data.get('revision')}"}


def _language(documents: Sequence[Document]) -> str:
    """The language that most files of the project begin with."""
    import re
    from collections import Counter

    firsts: Counter[str] = Counter()
    for document in documents:
        match document.data.get("languages"):
            case dict() | list() as languages if languages:
                first = next(iter(languages))
                # It is written into a file as it is.
                if isinstance(first, str) and re.fullmatch("[A-Za-z]{2,3}(_[A-Za-z]+)?", first):
                    firsts[first] += 1
            case _:
                pass
    return firsts.most_common(1)[0][0] if firsts else "en_US"


def _changes(project: Project, name: str, pattern: Pattern) -> tuple[list[FileChange], list[str]]:
    """The files to write, the template first, and the media that lie there already."""
    from wasync.project.writer import FileChange, new_path

    path = new_path(name, project.config.templates, ())
    if (project.root / path).exists():
        raise WasyncError(
            f"{path} is here already: nothing was written.", "Choose another name, or move the file away."
        )
    folder = path.rpartition("/")[0]
    changes, kept = [FileChange(path, None, pattern.text.encode())], []
    for medium, data in pattern.media.items():
        beside = f"{folder}/{medium}" if folder else medium
        if (project.root / beside).exists():
            kept.append(beside)
        else:
            changes.append(FileChange(beside, None, data))
    return changes, kept


def _findings(project: Project, path: str) -> Sequence[Finding]:
    """What the checks say of the new file, under every account."""
    from wasync.project.desired import merge_findings
    from wasync.project.documents import read_files

    read = read_files(project.config, [path])
    return merge_findings(
        {account.name: project.desired(read, account).findings for account in project.accounts}
    )
