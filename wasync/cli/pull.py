"""wasync pull: write what is live into the files; comments, key order and `${values}` stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import click

from wasync.cli.options import Options, live_options
from wasync.model.errors import WasyncError

if TYPE_CHECKING:
    from wasync.cli.project import Project
    from wasync.model.config import Account
    from wasync.model.live import Listing, Live
    from wasync.model.template import JSON, Desired, Key, Template
    from wasync.project.documents import Documents
    from wasync.project.writer import Pull


class _Reading(NamedTuple):
    """One account as it is, and what the files would be for it."""

    account: Account
    listing: Listing
    live: Mapping[Key, Template]
    pull: Pull


@click.command("pull")
@live_options
@click.option("--diff", is_flag=True, help="Show what would be written; write nothing.")
def command(options: Options, diff: bool) -> int:
    """Write live templates into the files: one file per name, all its languages.

    Existing files keep their comments, key order and ${values}; only what differs is rewritten, and a file in
    which nothing differs is not touched. Media of new files are saved next to them. Nothing is
    deleted, and nothing is sent to Meta. With several accounts, only files that all of them agree about
    are written.
    """
    from wasync.cli.errors import show_error
    from wasync.cli.files import write_files
    from wasync.cli.live_files import readable, remember
    from wasync.cli.lock import locked
    from wasync.cli.output import chatter, json_result, result
    from wasync.cli.project import open_project
    from wasync.project.agreement import agreed

    project = open_project(options)
    documents = readable(project)
    readings = [_read(project, account, documents) for account in project.accounts]
    pull = agreed({reading.account.name: reading.pull for reading in readings})
    for note in pull.notes:
        chatter(f"Note: {note}")
    if not diff:
        state = project.state()
        with locked(state):
            write_files(project.root, pull.changes)
            for reading in readings:
                remember(project, reading.account, reading.listing, reading.live, state)
    count = len({key for reading in readings for key in reading.live})
    if options.json:
        json_result(_form(pull))
    else:
        result(_told(pull, count, diff))
    for error in pull.refused:
        show_error(error)
    return 1 if pull.refused else 0


def _read(project: Project, account: Account, documents: Documents) -> _Reading:
    from wasync.cli.live_files import fetch_samples, pull
    from wasync.precondition import live_by_key

    graph = project.graph(account)
    listing = _complete(project.read_live(graph, account))
    rows = _live(listing, account, project.options.targets)
    rows, left = _without_older(project.desired(documents, account), account, rows)
    live = {key: row.template for key, row in rows.items()}
    samples, unfetched = fetch_samples(graph, rows, documents)
    others = live_by_key(listing.rows).keys() - live.keys()
    found = pull(project, account, documents, live, samples, others)
    return _Reading(account, listing, live, replace(found, notes=(*found.notes, *left, *unfetched)))


def _told(pull: Pull, count: int, diff: bool) -> str:
    """Say which files were written, or show what would be."""
    from wasync.cli.files import files
    from wasync.cli.live_files import written
    from wasync.cli.output import color_wanted
    from wasync.limits import templates
    from wasync.render.file_diff import file_diff

    if not pull.changes:
        return f"The files say what is live: {templates(count)}, no file written."
    if diff:
        color = color_wanted()
        return "\n".join(file_diff(one.path, one.before, one.after, color=color) for one in pull.changes)
    return "\n".join((*written(pull), "", f"Pulled {templates(count)}; wrote {files(len(pull.changes))}."))


def _complete(listing: Listing) -> Listing:
    """Refuse a short listing: a file would lose the languages it leaves out."""
    if listing.short:
        raise WasyncError(
            f"Meta reported {listing.total_count} templates and listed {len(listing.rows)}:"
            " nothing was written.",
            "Run it again.",
        )
    return listing


def _live(listing: Listing, account: Account, targets: tuple[str, ...]) -> Mapping[Key, Live]:
    """What is live, less what is being deleted, what Meta generated, and what `select:` leaves out."""
    from fnmatch import fnmatchcase

    from wasync.limits import matches
    from wasync.precondition import GOING, live_by_key

    return {
        key: row
        for key, row in live_by_key(listing.rows).items()
        if row.status not in GOING
        and row.source != "auto_generated"
        and any(fnmatchcase(key.name, glob) for glob in account.select)
        and (not targets or matches(targets, key))
    }


def _without_older(
    desired: Desired, account: Account, rows: Mapping[Key, Live]
) -> tuple[Mapping[Key, Live], list[str]]:
    """Leave out older revisions: a file would declare them anew, and nothing would ever collect them."""
    from wasync.rollouts import older_revisions

    older = older_revisions(desired, account, rows)
    notes = {key.name: f"{key.name} is left out: {one.new} replaces it." for key, one in older.items()}
    return {key: row for key, row in rows.items() if key not in older}, [*notes.values()]


def _form(pull: Pull) -> dict[str, JSON]:
    return {
        "format_version": "1.0",
        "kind": "pull",
        "files": [
            {"path": change.path, "change": "changed" if change.before is not None else "new"}
            for change in pull.changes
        ],
        "notes": [*pull.notes, *(f"{error.message} {error.fix}" for error in pull.refused)],
    }
