"""Snapshot: gather files, live, state and the clock into one frozen value."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from wasync.background import InBackground
from wasync.canonical import from_graph
from wasync.model.config import Account
from wasync.model.errors import InputError, WasyncError
from wasync.model.live import Listing, Live, Memory, Snapshot
from wasync.model.template import Desired, Key
from wasync.precondition import live_by_key

if TYPE_CHECKING:
    from wasync.graph.client import Graph

FEW_NAMES = 5

D = TypeVar("D")


def read_live(
    graph: Graph, account: Account, on_page: Callable[[int, int | None], None] | None = None
) -> Listing:
    """Read every template of the account, page by page, straight into canonical form."""
    rows = graph.listing(account.waba_id, from_graph, on_page)
    return Listing(
        tuple(rows.rows), rows.total_count, rows.template_limit, rows.template_count, rows.dropped_fields
    )


def live_of(graph: Graph, account: Account, keys: Collection[Key]) -> dict[Key, Live]:
    """Read these templates of the account, by key: few names each by itself, many with the whole listing.

    A whole listing of 6,000 templates is 12 calls, and Meta counts them (docs/meta-api.md, section E).
    """
    names = sorted({key.name for key in keys})
    if len(names) > FEW_NAMES:
        return live_now(graph, account)
    return live_by_key(row for name in names for row in graph.named(account.waba_id, name, from_graph))


def live_now(graph: Graph, account: Account) -> dict[Key, Live]:
    """Read every template of the account, by key."""
    return live_by_key(read_live(graph, account).rows)


@dataclass(frozen=True, slots=True)
class Sources(Generic[D]):
    """Where a snapshot comes from: the files (read once for all accounts), the ways to live, the memory.

    `on_failure` is told of an account whose live could not be read, and the others go on; without it the
    error is raised.
    """

    read_documents: Callable[[], D]
    desired: Callable[[D, Account], Desired]
    graph: Callable[[Account], Graph]
    memory: Callable[[Account], Memory]
    on_page: Callable[[int, int | None], None] | None = None
    on_failure: Callable[[Account, WasyncError], None] | None = None


def take_snapshots(
    accounts: Sequence[Account], sources: Sources[D], graph_version: str, now: datetime
) -> Iterator[Snapshot]:
    """Yield a snapshot for each account; live of all is read in the background while the files are read.

    Raises InputError when the files have an error: nothing is decided on half of them.
    """
    graphs = [sources.graph(account) for account in accounts]
    with _quick_turns():
        fetches = [
            InBackground(partial(read_live, graph, account, sources.on_page))
            for graph, account in zip(graphs, accounts, strict=True)
        ]
        # The state first, while the first page is on its way: its text is the largest single piece of memory.
        memories = [sources.memory(account) for account in accounts]
        read = [sources.read_documents()]
        for number, (account, fetch, memory) in enumerate(zip(accounts, fetches, memories, strict=True), 1):
            # The last account lets go of the documents: they are as large as what is made of them.
            desired = sources.desired(read.pop() if number == len(accounts) else read[0], account)
            if desired.failed:
                raise InputError(
                    "The files have errors: nothing was planned.", "Mend them first.", desired.findings
                )
            try:
                listing = fetch.result()
            except WasyncError as error:
                if sources.on_failure is None:
                    raise
                sources.on_failure(account, error)
                continue
            yield Snapshot(account, graph_version, desired, listing, memory, now)


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Let a thread whose answer has come ask for the next page at once, not after 5 ms of reading files.

    Each request hands the interpreter over some ten times; at 6,000 templates that is half a second.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
