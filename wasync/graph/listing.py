"""Reading an edge to its end: pages, cursors, and what to do when Meta cannot give a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from wasync.background import InBackground
from wasync.graph.calls import Calls, Request
from wasync.graph.errors import unexpected
from wasync.graph.retry import ATTEMPTS
from wasync.model.errors import GraphError
from wasync.model.template import JSON

T = TypeVar("T")
OnPage: TypeAlias = Callable[[int, int | None], None]
"""Told after each page: rows so far, and how many Meta says there are."""

_SMALLEST_PAGE = 5
_ATTEMPTS_WHEN_HALVED = 2


class Edge(NamedTuple):
    """A list a node has: its fields, and the summary its first page is asked for."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    """Left out, all together, when this version of Graph does not know one of them."""
    page: int
    summary: str = ""


TEMPLATES = Edge(
    "message_templates",
    ("id", "name", "language", "status", "category", "components", "parameter_format"),
    (
        "quality_score",
        "rejected_reason",
        "correct_category",
        "previous_category",
        "source",
        "last_updated_time",
        "message_send_ttl_seconds",
        "sub_category",
        "display_format",
        "cta_url_link_tracking_opted_out",
        "is_primary_device_delivery_only",
        "degrees_of_freedom_spec",
        "library_template_name",
    ),
    500,
    "total_count,message_template_count,message_template_limit",
)
PHONE_NUMBERS = Edge(
    "phone_numbers",
    ("id", "display_phone_number", "verified_name"),
    ("quality_rating", "status", "name_status", "code_verification_status", "platform_type", "account_mode"),
    100,
)


class Rows(NamedTuple, Generic[T]):
    """One complete reading of an edge; the three counts as Meta gave them, or None.

    `total_count` is how many rows Meta says the listing has, `template_count` and `template_limit`
    are the account's. `dropped_fields` names what Graph did not know.
    """

    rows: tuple[T, ...]
    total_count: int | None = None
    template_count: int | None = None
    template_limit: int | None = None
    dropped_fields: tuple[str, ...] = ()


def read_edge(
    calls: Calls,
    node: str,
    edge: Edge,
    read: Callable[[Mapping[str, JSON]], T],
    *,
    doing: str,
    filters: Mapping[str, str] | None = None,
    on_page: OnPage | None = None,
) -> Rows[T]:
    """Every row of an edge, read in full or not at all. A row met twice counts once, as last seen.

    The end is the absence of `paging.next`, never a short page. The next page is asked for by
    `cursors.after`; `next` itself can carry a token. GraphError when any page cannot be had.
    """
    reading = _Reading(calls, node, edge, read, doing, dict(filters or {}))
    ahead: InBackground[dict[str, JSON]] | None = None
    while not reading.finished:
        try:
            page = reading.next_page() if ahead is None else ahead.result()
        except GraphError as error:
            ahead = None
            if not reading.give_way(error):
                raise
            continue
        rows = reading.turn(page)
        # The next page is on its way while the rows of this one are read.
        ahead = None if reading.finished else InBackground(reading.next_page)
        try:
            reading.take(rows)
        except BaseException:
            if ahead is not None:
                ahead.wait()
            raise
        if on_page is not None:
            on_page(len(reading.rows), reading.counts.get("total_count"))
    counts = reading.counts
    return Rows(
        tuple(reading.rows.values()),
        counts.get("total_count"),
        counts.get("message_template_count"),
        counts.get("message_template_limit"),
        reading.dropped,
    )


class _Reading(Generic[T]):
    """How far a reading has come."""

    def __init__(
        self,
        calls: Calls,
        node: str,
        edge: Edge,
        read: Callable[[Mapping[str, JSON]], T],
        doing: str,
        filters: Mapping[str, str],
    ) -> None:
        self._calls, self._node, self._edge, self._read = calls, node, edge, read
        self._doing, self._filters = doing, filters
        self._limit, self._restarted = edge.page, False
        self.dropped: tuple[str, ...] = ()
        self._begin()

    def _begin(self) -> None:
        self.rows: dict[str, T] = {}
        self.counts: dict[str, int] = {}
        self._after: str | None = None
        self._seen: set[str] = set()
        self.finished = False

    def next_page(self) -> dict[str, JSON]:
        """Ask for the page after the last one taken."""
        return self._calls.ask(self._request())

    def _request(self) -> Request:
        edge = self._edge
        fields = edge.required if self.dropped else edge.required + edge.optional
        params = {"fields": ",".join(fields), "limit": str(self._limit), **self._filters}
        if self._after is not None:
            params["after"] = self._after
        elif edge.summary:
            params["summary"] = edge.summary
        whole = self._limit == edge.page
        attempts = ATTEMPTS if whole else _ATTEMPTS_WHEN_HALVED
        return Request("GET", f"{self._node}/{edge.name}", self._doing, params=params, attempts=attempts)

    def give_way(self, error: GraphError) -> bool:
        """Whether asking in another way can mend this error; if so, prepare to."""
        match error.graph_code, error.subcode:
            case 100, None if self._edge.optional and not self.dropped:
                # One field Graph does not know spoils the whole page, and only a localized text says which.
                self.dropped = self._edge.optional
                return True
            case 1, _ if self._limit // 2 >= _SMALLEST_PAGE:
                # Code 1 is also Graph's way to ask for less data (docs/meta-api.md, section G).
                self._limit //= 2
                return True
            case 131059, _ if self._after is not None and not self._restarted:
                self._restarted = True
                self._begin()
                return True
        return False

    def turn(self, page: dict[str, JSON]) -> list[JSON]:
        """Learn where the next page begins; returns the rows of this one, for take()."""
        rows = page.get("data")
        if not isinstance(rows, list):
            raise self._unexpected("a page has no list of rows")
        summary = page.get("summary")
        if isinstance(summary, dict):
            self.counts.update({name: n for name, n in summary.items() if type(n) is int})
        self._turn(page.get("paging"))
        return rows

    def take(self, rows: list[JSON]) -> None:
        """Read the rows of a page."""
        for row in rows:
            if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                raise self._unexpected("a page holds a row without an id")
            self.rows[str(row["id"])] = self._read(row)

    def _turn(self, paging: JSON) -> None:
        if not isinstance(paging, dict) or not paging.get("next"):
            self.finished = True
            return
        cursors = paging.get("cursors")
        after = cursors.get("after") if isinstance(cursors, dict) else None
        if not isinstance(after, str) or not after:
            raise self._unexpected("a page says that more follow and gives no cursor to them")
        if after in self._seen:
            raise self._unexpected("the pages go in a circle: the same cursor came twice")
        self._seen.add(after)
        self._after = after

    def _unexpected(self, what: str) -> GraphError:
        return unexpected(what, self._calls.context(self._request()))
