"""Live into files, for the commands that write them, and the records brought up to date with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from wasync.model.errors import InputError

if TYPE_CHECKING:
    from wasync.cli.project import Project
    from wasync.graph.client import Graph
    from wasync.model.config import Account
    from wasync.model.live import Listing, Live
    from wasync.model.template import Key, Template
    from wasync.project.documents import Documents
    from wasync.project.writer import Pull
    from wasync.state.store import State


def readable(project: Project) -> Documents:
    """Read the files; refuse those that cannot be read as templates. Broken content rules do not hinder."""
    documents = project.documents()
    structural = [
        found
        for account in project.accounts
        for found in project.desired(documents, account).findings
        if found.rule.startswith("WA00") and found.severity.value == "error"
    ]
    if structural:
        raise InputError(
            "The files cannot be rewritten: nothing was written.", "Mend them first.", structural
        )
    return documents


def fetch_samples(
    graph: Graph, live: Mapping[Key, Live], documents: Documents
) -> tuple[dict[tuple[Key, str], bytes], list[str]]:
    """Fetch the samples of names that no file declares yet; say which could not be had."""
    from wasync.model.errors import GraphError

    declared = {document.name for document in documents.documents}
    samples: dict[tuple[Key, str], bytes] = {}
    notes: list[str] = []
    for key, row in live.items():
        for part, address in row.samples if key.name not in declared else ():
            try:
                samples[key, part] = graph.sample(address)
            except GraphError as error:
                notes.append(f"{key}: {error.message} {error.fix}")
    return samples, notes


def pull(
    project: Project,
    account: Account,
    documents: Documents,
    live: Mapping[Key, Template],
    samples: Mapping[tuple[Key, str], bytes],
    others: Collection[Key],
) -> Pull:
    """Return what the files become, as pull_files() says; nothing is written yet."""
    from wasync.project.writer import Project as Files
    from wasync.project.writer import pull_files

    config = project.config
    contents = {
        document.file: (project.root / document.file).read_bytes() for document in documents.documents
    }
    files = Files(
        config.templates,
        documents.documents,
        contents,
        project.values(account),
        config.severities,
        lambda path: (project.root / path).exists(),
    )
    return pull_files(files, live, samples, others)


def remember(
    project: Project, account: Account, listing: Listing, taken: Collection[Key], state: State
) -> None:
    """Bring records up to date with what was written, so that a conflict it ended does not come back.

    What has no record gets none: only apply makes a template ours to prune.
    """
    from datetime import UTC, datetime

    from wasync.model.live import Snapshot
    from wasync.plan import adoptions

    memory, now = state.read(account.waba_id), datetime.now(UTC)
    if not any(key in memory.applied for key in taken):
        return
    desired = project.desired(project.documents(), account)
    found = adoptions(Snapshot(account, project.config.graph_version, desired, listing, memory, now))
    records = {key: found[key] for key in found if key in taken and key in memory.applied}
    if records:
        # An apply that was interrupted stays resumable.
        journal = state.journal(account.waba_id, memory.interrupted or "pull", now)
        journal.adopt(records)
        journal.close(complete=memory.interrupted is None)


def written(pull: Pull) -> Iterator[str]:
    """Say of each file that it is new or changed."""
    for one in pull.changes:
        yield f"  {'new    ' if one.before is None else 'changed'}  {one.path}"
