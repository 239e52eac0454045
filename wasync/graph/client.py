"""The Graph API as wasync uses it: one method for each thing asked of Meta."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import partial
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self, TypeVar

from wasync.graph import uploads
from wasync.graph.calls import Calls, Request
from wasync.graph.errors import unexpected
from wasync.graph.listing import PHONE_NUMBERS, TEMPLATES, Edge, OnPage, Rows, read_edge
from wasync.graph.pace import Pace
from wasync.graph.previews import read_written
from wasync.graph.retry import Repeat
from wasync.graph.samples import fetch_sample
from wasync.graph.session import TIMEOUTS, Session
from wasync.graph.wrong_id import may_be_wrong_id, name_wrong_id
from wasync.model.errors import GraphError
from wasync.model.live import Written
from wasync.model.template import JSON

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from wasync.graph.inspection import TokenInfo

T = TypeVar("T")
# A generator of its own: live is read in a thread, and the shared one is other people's.
_JITTER = Random().random

# docs/meta-api.md, section A3: the first are there by default, the others only when asked for.
_ACCOUNT_DEFAULT = "id,name,currency,timezone_id,message_template_namespace"
_ACCOUNT_MORE = (
    "account_review_status,business_verification_status,status,country,ownership_type,owner_business_info,"
    "whatsapp_business_manager_messaging_limit"
)


class Created(NamedTuple):
    """Meta's answer to a create. `category` may differ from the one asked for; both open, upper case."""

    id: str
    status: str
    category: str


class Upserted(NamedTuple):
    """Meta's answer about one language of an upsert; the status open, upper case."""

    id: str
    status: str


class Totals(NamedTuple):
    """How many templates there are, as Meta gave it: in the listing, in the account, and at most."""

    total_count: int | None
    template_count: int | None
    template_limit: int | None


class Graph:
    """One account's way to Meta, with one token and one version of Graph.

    Every method raises GraphError, and nothing else, when Meta or the way to it fails. An error that is
    `uncertain` was a write that may have taken effect: read what Meta has before anything is sent again.
    `read_only` refuses every method but GET before anything is sent. `adapter` takes the place of the
    network. `max_wait` bounds, in seconds, all waiting that Meta asks for. Not for several threads at once:
    each takes a `sibling`.
    """

    def __init__(
        self,
        base_url: str,
        version: str,
        token: str,
        *,
        app_secret: str | None = None,
        read_only: bool = False,
        adapter: BaseAdapter | None = None,
        log: Callable[[str], None] | None = None,
        on_pause: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _JITTER,
        max_wait: float = 600.0,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        if re.fullmatch(r"v[1-9]\d{0,2}\.\d", version) is None:
            raise GraphError(
                f"graph.version {version!r} is no version of Meta's Graph API.",
                "Write it like v26.0.",
                stops_run=True,
            )
        self._open = partial(
            Session,
            base_url,
            token,
            app_secret=app_secret,
            read_only=read_only,
            adapter=adapter,
            log=log,
            timeouts=timeouts,
        )
        self.pace = Pace(clock, sleep, max_wait, on_pause)
        self._on = partial(Calls, version=version, pace=self.pace, random=random)
        self._session = self._open()
        self._calls = self._on(self._session)
        self._token = token
        self._fewer_fields = False
        self._fetch = partial(fetch_sample, base_url=base_url, adapter=adapter, timeouts=timeouts)

    def sibling(self) -> Graph:
        """Open another client for another thread: connections of its own, the pace and its budget shared."""
        other = copy(self)
        other._session = self._open()
        other._calls = self._on(other._session)
        return other

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def expect_writable(self, doing: str) -> None:
        """In read-only mode, raise before anything is begun that could not be ended."""
        self._session.refuse_writing("POST", doing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def served_version(self) -> str | None:
        """The version that answered last, if Meta said so; an expired one is served by a later."""
        return self._calls.served_version

    # Templates

    def listing(
        self, waba_id: str, read: Callable[[Mapping[str, JSON]], T], on_page: OnPage | None = None
    ) -> Rows[T]:
        """All templates of an account, each as `read` makes it of its row; complete, or an error."""
        with self._naming(waba_id):
            doing = f"read the templates of account {waba_id}"
            rows = read_edge(self._calls, waba_id, TEMPLATES, read, doing=doing, on_page=on_page)
        self._fewer_fields = self._fewer_fields or bool(rows.dropped_fields)
        return rows

    def named(self, waba_id: str, name: str, read: Callable[[Mapping[str, JSON]], T]) -> tuple[T, ...]:
        """The templates of exactly this name, in all languages; to look up what became of a create."""

        def pick(row: Mapping[str, JSON]) -> tuple[T, ...]:
            # Whether Meta's filter is exact or finds parts of names is not documented.
            return (read(row),) if row.get("name") == name else ()

        return tuple(one for picked in self._named(waba_id, name, pick).rows for one in picked)

    def surely_missing(self, waba_id: str, name: str, languages: Collection[str]) -> bool:
        """Whether Meta has no template of this name in any of these languages, as far as a reading can tell.

        A reading that gave fewer rows than Meta counts tells nothing.
        """

        def taken(row: Mapping[str, JSON]) -> bool:
            return row.get("name") == name and row.get("language") in languages

        rows = self._named(waba_id, name, taken)
        whole = rows.total_count is None or len(rows.rows) >= rows.total_count
        return whole and not any(rows.rows)

    def _named(self, waba_id: str, name: str, read: Callable[[Mapping[str, JSON]], T]) -> Rows[T]:
        doing = f"read the templates named {name} of account {waba_id}"
        return read_edge(self._calls, waba_id, TEMPLATES, read, doing=doing, filters={"name": name})

    def template_totals(self, waba_id: str) -> Totals:
        """How many templates the account has and may have, without reading them."""
        params = {"fields": "id", "limit": "1", "summary": TEMPLATES.summary}
        doing = f"count the templates of account {waba_id}"
        with self._naming(waba_id):
            summary = self._get(f"{waba_id}/message_templates", doing, params).get("summary")
        found = summary if isinstance(summary, dict) else {}
        counts = [found.get(name) for name in TEMPLATES.summary.split(",")]
        return Totals(*(count if type(count) is int else None for count in counts))

    def template(self, template_id: str) -> dict[str, JSON]:
        """One template's row, with the fields of a listing."""
        doing = f"read template {template_id}"
        if not self._fewer_fields:
            try:
                return self._get(template_id, doing, {"fields": _fields(TEMPLATES, whole=True)})
            except GraphError as error:
                if (error.graph_code, error.subcode) != (100, None):
                    raise
            self._fewer_fields = True
        return self._get(template_id, doing, {"fields": _fields(TEMPLATES, whole=False)})

    def passcode_texts(
        self, waba_id: str, languages: Collection[str], *, security: bool, minutes: int | None
    ) -> dict[str, Written]:
        """What Meta writes in authentication templates, by language (docs/meta-api.md, A1, Preview)."""
        params = {
            "category": "AUTHENTICATION",
            "languages": ",".join(sorted(languages)),
            "add_security_recommendation": "true" if security else "false",
            "button_types": "OTP",
        } | ({} if minutes is None else {"code_expiration_minutes": str(minutes)})
        path, doing = f"{waba_id}/message_template_previews", f"preview texts in account {waba_id}"
        rows = self._get(path, doing, params).get("data")
        return dict(map(read_written, rows if isinstance(rows, list) else []))

    def create(self, waba_id: str, payload: Mapping[str, JSON]) -> Created:
        """Create one template."""
        doing = f"create {payload.get('name')}/{payload.get('language')} in account {waba_id}"
        path = f"{waba_id}/message_templates"
        request = Request("POST", path, doing, Repeat.UNLESS_DONE, body=payload)
        answer = self._calls.ask(request)
        found = answer.get("id")
        if not isinstance(found, str) or not found:
            context = self._calls.context(request)
            raise unexpected("Meta answered without the new template's id", context, uncertain=True)
        return Created(found, str(answer.get("status") or ""), str(answer.get("category") or ""))

    def upsert(self, waba_id: str, payload: Mapping[str, JSON]) -> dict[str, Upserted]:
        """Create authentication templates of one name in many languages; the answer by language.

        `payload` names `languages` instead of a language. A language that exists already is edited. What
        becomes of the others when Meta refuses one is not documented: a language that the answer leaves out,
        and every one after a refusal, has to be read (docs/meta-api.md, section A1).
        """
        doing = f"create {payload.get('name')} in several languages in account {waba_id}"
        path = f"{waba_id}/upsert_message_templates"
        request = Request("POST", path, doing, Repeat.UNLESS_DONE, body=payload)
        rows = self._calls.ask(request).get("data")
        if not isinstance(rows, list):
            context = self._calls.context(request)
            raise unexpected("Meta did not say what became of the languages", context, uncertain=True)
        found: dict[str, Upserted] = {}
        for row in rows:
            match row:
                case {"id": str(template_id), "language": str(language), **more} if template_id:
                    found[language] = Upserted(template_id, str(more.get("status") or ""))
                case _:  # a row that names no template says nothing
                    pass
        return found

    def edit(self, template_id: str, payload: Mapping[str, JSON]) -> None:
        """Replace a template's components, and whatever else the payload names. Spends its edit quota."""
        self._expect_success(
            Request("POST", template_id, f"edit template {template_id}", Repeat.UNLESS_DONE, body=payload)
        )

    def delete(self, waba_id: str, name: str, template_id: str) -> None:
        """Delete one template in one language; its id is always given, since the name alone deletes all."""
        params = {"hsm_id": template_id, "name": name}
        doing = f"delete {name} (template {template_id}) from account {waba_id}"
        # A second delete of the same id harms nothing; its refusal then counts as uncertain.
        self._expect_success(Request("DELETE", f"{waba_id}/message_templates", doing, params=params))

    def upload(self, app_id: str, content: BinaryIO, size: int, file_name: str, mime: str) -> str:
        """Upload a media sample from a seekable file; the handle, for `example.header_handle`."""
        return uploads.upload(self._calls, app_id, content, size, file_name, mime)

    def sample(self, address: str) -> bytes:
        """The sample at an address of a listing; fetched without the token, from Meta's media hosts only."""
        return self._fetch(address)

    # The account and the token

    def account(self, waba_id: str) -> dict[str, JSON]:
        """The account node, as much of it as this version of Graph and the token show."""
        doing = f"read account {waba_id}"
        with self._naming(waba_id):
            try:
                found = self._get(waba_id, doing, {"fields": f"{_ACCOUNT_DEFAULT},{_ACCOUNT_MORE}"})
            except GraphError as error:
                if (error.graph_code, error.subcode) != (100, None):
                    raise
                found = self._get(waba_id, doing, {"fields": _ACCOUNT_DEFAULT})
        if found.keys().isdisjoint({"currency", "timezone_id", "message_template_namespace"}):
            self._doubt(waba_id, doing)
        return found

    def phone_numbers(self, waba_id: str) -> list[dict[str, JSON]]:
        """The account's phone numbers."""
        doing = f"read the phone numbers of account {waba_id}"
        return list(read_edge(self._calls, waba_id, PHONE_NUMBERS, dict, doing=doing).rows)

    def inspect_token(self) -> dict[str, JSON]:
        """What Meta says of our token: `data` of debug_token; inspection.read_token_info makes it a value.

        Meta takes the inspected token as a query parameter, the one place where a token of ours is in a URL.
        """
        request = Request("GET", "debug_token", "inspect the token", params={"input_token": self._token})
        data = self._calls.ask(request).get("data")
        if not isinstance(data, dict):
            raise unexpected("Meta said nothing about it", self._calls.context(request))
        return data

    def token_info(self) -> TokenInfo:
        """What Meta says of our token, as a value."""
        from wasync.graph.inspection import read_token_info

        return read_token_info(self.inspect_token())

    def me(self) -> dict[str, JSON]:
        """The user the token belongs to: `id` and `name`."""
        return self._get("me", "read the token's user", {"fields": "id,name"})

    def node(self, node_id: str, fields: str, *, metadata: bool = False) -> dict[str, JSON]:
        """Some fields of any node, to find out what it is."""
        params = {"fields": fields} | ({"metadata": "1"} if metadata else {})
        return self._get(node_id, f"read {node_id}", params)

    def _get(self, path: str, doing: str, params: Mapping[str, str]) -> dict[str, JSON]:
        return self._calls.ask(Request("GET", path, doing, params=params))

    def _doubt(self, waba_id: str, doing: str) -> None:
        """Raise if a node that shows nothing an account has is something else."""
        doubt = GraphError(
            f"Cannot {doing}: it does not look like an account.", "Check waba_id in wasync.yaml."
        )
        named = name_wrong_id(waba_id, doubt, self)
        if named is not doubt:
            raise named

    def _expect_success(self, request: Request) -> None:
        answer = self._calls.ask(request)
        if answer.get("success") is not True:
            context = self._calls.context(request)
            raise unexpected("Meta did not say that it is done", context, uncertain=True)

    @contextmanager
    def _naming(self, waba_id: str) -> Iterator[None]:
        """Let an error about an id that is no account say what the id is."""
        try:
            yield
        except GraphError as error:
            if not may_be_wrong_id(error):
                raise
            raise name_wrong_id(waba_id, error, self) from None


def _fields(edge: Edge, *, whole: bool) -> str:
    return ",".join(edge.required + edge.optional if whole else edge.required)
