"""A wire that plays scripted answers and remembers what was sent: the fake stops at HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter

from wasync.graph.client import Graph
from wasync.model.template import JSON

TOKEN = "EAAGm0PX4ZCpsBAKsecretTokenOfTheTest0123456789"
SECRET = "0123456789abcdefAppSecretOfTheTest"
WABA = "102290129340398"
BASE = "https://graph.facebook.com"


@dataclass
class Reply:
    """One scripted answer."""

    data: JSON = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None


Scripted: TypeAlias = "Reply | Exception | Callable[[Sent], Reply]"


@dataclass
class Sent:
    """One request as it went out."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    timeout: object
    url: str

    @property
    def json(self) -> JSON:
        """The body as JSON."""
        data: JSON = json.loads(self.body)
        return data


class Wire(BaseAdapter):
    """Gives the next scripted answer to each request."""

    def __init__(self, *script: Scripted) -> None:
        super().__init__()
        self.script, self.sent = list(script), list[Sent]()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer one request as the script says."""
        address = urlsplit(request.url or "")
        given = request.body or b""
        body = given.encode() if isinstance(given, str) else given if isinstance(given, bytes) else b""
        if hasattr(given, "read"):
            body = given.read()
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        query = dict(parse_qsl(address.query))
        sent = Sent(request.method or "", address.path, query, headers, body, timeout, request.url or "")
        self.sent.append(sent)
        assert self.script, f"nothing scripted for {sent.method} {sent.path}"
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        reply = step if isinstance(step, Reply) else step(sent)
        response = requests.Response()
        response.status_code = reply.status
        response.headers.update(reply.headers)
        response.url, response.request = request.url or "", request
        response.raw = io.BytesIO(json.dumps(reply.data).encode() if reply.raw is None else reply.raw)
        return response

    def close(self) -> None:
        """Nothing to close."""


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


def graph(
    wire: BaseAdapter,
    clock: Clock | None = None,
    *,
    token: str = TOKEN,
    app_secret: str | None = None,
    read_only: bool = False,
    log: Callable[[str], None] | None = None,
    max_wait: float = 600.0,
    version: str = "v26.0",
    on_pause: Callable[[float], None] | None = None,
) -> Graph:
    """A client on that wire, with time and chance in the test's hand."""
    clock = clock or Clock()
    return Graph(
        BASE,
        version,
        token,
        app_secret=app_secret,
        read_only=read_only,
        adapter=wire,
        log=log,
        on_pause=on_pause,
        clock=clock,
        sleep=clock.sleep,
        random=lambda: 0.5,
        max_wait=max_wait,
    )


def refusal(
    code: int,
    subcode: int | None = None,
    *,
    status: int = 400,
    message: str = "Invalid parameter",
    headers: Mapping[str, str] | None = None,
    **more: JSON,
) -> Reply:
    """Meta's error envelope."""
    error: dict[str, JSON] = {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "AxbTrace",
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    return Reply({"error": error | more}, status, headers or {})


def row(number: int, **more: JSON) -> dict[str, JSON]:
    """One template's row."""
    base: dict[str, JSON] = {
        "id": str(number),
        "name": f"t{number}",
        "language": "en_US",
        "status": "APPROVED",
    }
    return base | more


def page(
    *rows: JSON, after: str | None = None, summary: dict[str, JSON] | None = None, more: bool | None = None
) -> Reply:
    """One page; with `after`, another follows unless `more` says otherwise."""
    data: dict[str, JSON] = {"data": list(rows)}
    paging: dict[str, JSON] = {}
    if after is not None:
        paging["cursors"] = {"before": "B", "after": after}
    if more if more is not None else after is not None:
        paging["next"] = f"{BASE}/v26.0/{WABA}/message_templates?access_token={TOKEN}&after=WRONG"
    if paging:
        data["paging"] = paging
    if summary is not None:
        data["summary"] = summary
    return Reply(data)
