"""wasync drift: what live moved since it was last applied; on request, that is written into the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from wasync.cli.options import REPORTS, Options, complete_template, drift_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wasync.cli.project import Project
    from wasync.model.drift import Drifted, DriftReport
    from wasync.model.live import Applied, Live, Snapshot
    from wasync.model.template import JSON, Key, Template
    from wasync.project.writer import Pull


class _Wish(NamedTuple):
    """What is to be written: texts of these templates, categories of those names."""

    drifted: Mapping[Key, Drifted]
    categories: Mapping[Key, str]


@click.command("drift")
@drift_options
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when anything drifted.")
@click.option("--accept", is_flag=True, help="Write what live moved into the files.")
@click.option(
    "--accept-category",
    "accept_category",
    metavar="GLOB",
    multiple=True,
    shell_complete=complete_template,
    help="Write the category Meta moved into the files of these names.",
)
def command(options: Options, detailed_exitcode: bool, accept: bool, accept_category: tuple[str, ...]) -> int:
    """Show what live moved since wasync last applied it, and since when. Reads only.

    --accept and --accept-category write the files and bring the state up to date, so that it is drift no
    longer; nothing is sent to Meta. What was deleted outside stays as the file says.
    """
    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.project import open_project
    from wasync.cli.reports import print_report, reporting
    from wasync.drift import find_drift
    from wasync.render.drift_text import drift_json, drift_text

    project = open_project(options)
    writes = accept or bool(accept_category)
    accounts = (project.one_account(),) if writes else project.accounts
    reports: list[DriftReport] = []
    done: dict[str, JSON] = {}
    refused = False
    with reporting(options.output, "drift", project.root):
        for snapshot in project.snapshots(accounts):
            report = find_drift(snapshot, project.config.owns, options.targets)
            if options.output == "terminal":
                result(("\n" if reports else "") + drift_text(report, color=color_wanted(), width=width()))
            if writes:
                wish = _wish(snapshot, report, accept, accept_category)
                pull, report = _accept(project, snapshot, wish)
                refused = bool(pull.refused)
                done = {"accepted": [change.path for change in pull.changes]}
            reports.append(report)
    if options.json:
        json_result({**drift_json(reports), **done})
    elif options.output in REPORTS:
        from wasync.render.plan_findings import drift_findings

        print_report(options.output, drift_findings(reports), "drift", project.root)
    if refused:
        return 1
    drifted = any(report.drifted for report in reports)
    kinds = (alarm.kind for report in reports for alarm in report.alarms)
    return options.exit_code(2 if detailed_exitcode and drifted else 0, kinds)


def _wish(snapshot: Snapshot, report: DriftReport, accept: bool, globs: tuple[str, ...]) -> _Wish:
    """Choose what to write; say which globs name no category that Meta moved."""
    from wasync.alarms import category_moved_by_meta
    from wasync.cli.output import chatter
    from wasync.drift import moved_categories
    from wasync.limits import matches
    from wasync.model.drift import DriftKind
    from wasync.model.plan import AlarmKind
    from wasync.precondition import live_by_key

    drifted = {one.key: one for one in report.drifted if accept and one.kind is not DriftKind.DELETED}
    desired, live = snapshot.desired.templates, live_by_key(snapshot.listing.rows)
    records = snapshot.memory.applied
    moved = [
        alarm.key
        for alarm in report.alarms
        if alarm.kind is AlarmKind.CATEGORY
        and category_moved_by_meta(desired[alarm.key], live[alarm.key], records.get(alarm.key))
    ]
    for glob in globs:
        if not any(matches((glob,), key) for key in moved):
            chatter(f"Note: --accept-category {glob} names no template whose category Meta has moved.")
    names = dict.fromkeys(key.name for key in moved if matches(globs, key))
    return _Wish(drifted, moved_categories(desired, live, names))


def _accept(project: Project, snapshot: Snapshot, wish: _Wish) -> tuple[Pull, DriftReport]:
    """Write the files, bring the records up to date, and tell; return the drift that is left."""
    from wasync.cli.errors import show_error
    from wasync.cli.files import files, write_files
    from wasync.cli.live_files import fetch_samples, pull, readable, written
    from wasync.cli.lock import locked
    from wasync.cli.output import chatter, result
    from wasync.drift import find_drift
    from wasync.model.drift import DriftKind
    from wasync.precondition import live_by_key

    account, state = snapshot.account, project.state()
    live = live_by_key(snapshot.listing.rows)
    documents = readable(project)
    made = {key: live[key] for key, one in wish.drifted.items() if one.kind is DriftKind.NEW}
    samples, unfetched = fetch_samples(project.graph(account), made, documents) if made else ({}, [])
    wanted = _wanted(snapshot.desired.templates, live, snapshot.memory.applied, wish)
    found = pull(project, account, documents, wanted, samples, live.keys() - wanted.keys())
    with locked(state):
        write_files(project.root, found.changes)
        after = snapshot._replace(desired=project.desired(project.documents(), account))
        memory = state.read(account.waba_id)
        if records := _records(after, live, memory.applied, wish):
            # An apply that was interrupted stays resumable.
            journal = state.journal(account.waba_id, memory.interrupted or "drift --accept", snapshot.now)
            journal.adopt(records)
            journal.close(complete=memory.interrupted is None)
        after = after._replace(memory=state.read(account.waba_id))
    for note in (*found.notes, *unfetched):
        chatter(f"Note: {note}")
    for error in found.refused:
        show_error(error)
    if project.options.output == "terminal":
        count = len(found.changes)
        last = f"Accepted: wrote {files(count)}." if count else "Accepted: no file written."
        result("\n".join(("", *written(found), last)))
    return found, find_drift(after, project.config.owns, project.options.targets)


def _wanted(
    desired: Mapping[Key, Template], live: Mapping[Key, Live], applied: Mapping[Key, Applied], wish: _Wish
) -> dict[Key, Template]:
    """What the files should say of each template to be written."""
    from dataclasses import replace

    from wasync.drift import accepted

    wanted = {
        key: accepted(desired[key], live[key], applied[key], one.moved)
        if key in desired
        else live[key].template
        for key, one in wish.drifted.items()
    }
    for key, category in wish.categories.items():
        wanted[key] = replace(wanted.get(key, desired[key]), category=category)
    return wanted


def _records(
    after: Snapshot, live: Mapping[Key, Live], applied: Mapping[Key, Applied], wish: _Wish
) -> dict[Key, Applied]:
    """The records of what the files really say by now; what has none gets none, as with pull."""
    from wasync.drift import accepted_record, moved_fields

    records: dict[Key, Applied] = {}
    for key in {**wish.drifted, **wish.categories}:
        old, says = applied.get(key), after.desired.templates.get(key)
        if old is None or says is None or key not in live:
            continue
        record = old
        if key in wish.drifted and not any(moved_fields(says, live[key], old)):
            record = accepted_record(record, says, live[key], wish.drifted[key].moved)
        if says.category == wish.categories.get(key):
            record = record._replace(category=says.category)
        if record != old:
            records[key] = record._replace(at=after.now)
    return records
