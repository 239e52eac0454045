"""Snapshot: gather files, live, state and the clock into one frozen value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from wasync.canonical import from_graph
from wasync.model.config import Account
from wasync.model.live import Listing, Memory, Snapshot
from wasync.model.template import Desired

if TYPE_CHECKING:
    from wasync.graph.client import Graph

T = TypeVar("T")


class InBackground(Generic[T]):
    """Runs one function in a thread; `result()` gives its value or raises its error."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._value: list[T] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value.append(self._work())
        except BaseException as error:  # noqa: BLE001 carried to the thread that asks, whatever it is
            self._error = error

    def result(self) -> T:
        """Wait for the end; a KeyboardInterrupt meanwhile is not swallowed."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._value[0]


def read_live(graph: Graph, account: Account, on_page: Callable[[int, int | None], None] | None) -> Listing:
    """Read every template of the account, page by page, straight into canonical form."""
    rows = graph.listing(account.waba_id, from_graph, on_page)
    return Listing(
        tuple(rows.rows), rows.total_count, rows.template_limit, rows.template_count, rows.dropped_fields
    )


def take_snapshot(
    account: Account,
    graph: Graph,
    graph_version: str,
    read_desired: Callable[[], Desired],
    read_memory: Callable[[], Memory],
    now: datetime,
    on_page: Callable[[int, int | None], None] | None = None,
) -> Snapshot:
    """Read live in the background while the files are read; raise what either raises, files first."""
    fetch = InBackground(lambda: read_live(graph, account, on_page))
    desired = read_desired()
    memory = read_memory()
    return Snapshot(account, graph_version, desired, fetch.result(), memory, now)
