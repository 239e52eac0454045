"""The emulator itself: one WSGI app that finds the endpoint, checks the token, and answers as Graph does."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from wasync.emulator import account, control, faults, limits, listing, templates, tokens, uploads
from wasync.emulator.call import SECRETS, Answer, Call, parameters
from wasync.emulator.reading import NODE, signed
from wasync.emulator.refusals import RefusalError, unknown_field, unknown_object
from wasync.emulator.review import settle
from wasync.emulator.shapes import JSON, Row, row, rows, text, whole
from wasync.emulator.store import World
from wasync.emulator.world import default_world

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from wasync.emulator.adapter import EmulatorAdapter

OLDEST, NEWEST = 21, 26
TIMEOUT_KEY = "wasync.emulator.timeout"
"""Seconds the in-process caller waits for an answer; set by the adapter."""
_HTML = (
    "<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"
)
_WRITES = {"POST", "DELETE"}


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class Emulator:
    """A Graph API of its own: `app` is the WSGI app, `adapter()` the way in for requests.

    `seed` is laid over the default world (world.py); with `default=False` it stands alone. With `state_file`
    the world is read from it when it exists, and written to it after each write. `sleep` takes seconds.
    """

    def __init__(
        self,
        seed: Row | None = None,
        state_file: Path | None = None,
        clock: Callable[[], datetime] = now,
        review_seconds: float | None = None,
        latency_seconds: float | None = None,
        *,
        default: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seed, self._default, self._clock, self._sleep = seed or {}, default, clock, sleep
        self._state_file = state_file
        self._lock = threading.RLock()
        self._given: Row = {}
        if review_seconds is not None:
            self._given["review_seconds"] = review_seconds
        if latency_seconds is not None:
            self._given["latency_seconds"] = latency_seconds
        self.calls: list[Row] = []
        self.world = World(clock)
        self.reset(save=False)
        if state_file is not None and state_file.exists():
            self.world = World(clock)
            kept = row(json.loads(state_file.read_text(encoding="utf-8")))
            if kept.get("version") != 1:
                raise ValueError(f"{state_file.name} is no state of this emulator")
            self.world.restore(kept)
            self.world.change_settings(self._given)

    def reset(self, *, save: bool = True) -> None:
        """Go back to the world as it was at the start."""
        self.world = World(self._clock)
        if self._default:
            self.world.seed(default_world())
        self.world.seed(self._seed)
        self.world.change_settings(self._given)
        self.calls.clear()
        self._meter = limits.CallMeter()
        if save:
            self._save()

    @property
    def app(self) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
        """The WSGI app. It raises faults.DroppedConnectionError and TooSlowError for its doors to act out."""
        return self._wsgi

    def adapter(self) -> EmulatorAdapter:
        """A transport adapter for `requests.Session.mount`: no sockets."""
        from wasync.emulator.adapter import EmulatorAdapter

        return EmulatorAdapter(self.app)

    def control(self, operation: str, /, **given: JSON) -> Row:
        """Do what `/_emulator/<operation>` does; control.py lists the operations."""
        with self._lock:
            settle(self.world, self.world.now)
            answer = control.run(self, operation, given)
            if operation not in control.READING:
                self._save()
            return answer

    def _save(self) -> None:
        if self._state_file is not None:
            self.world.save(self._state_file)

    def _wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith("/_emulator/"):
            response = self._controlled(request)
        elif request.path.startswith("/_media/"):
            response = self._media(request)
        else:
            response = self._graph(request)
        return response(environ, start_response)

    def _media(self, request: Request) -> Response:
        """A header's sample at its signed address: no token, and only until `oe` (docs/meta-api.md, B2)."""
        self.calls.append(
            {"method": "GET", "path": request.path, "authorized": "Authorization" in request.headers}
        )
        try:
            expired = int(request.args.get("oe", "0"), 16) < self.world.now
        except ValueError:
            expired = True
        if expired:
            return Response("URL signature expired", 403, content_type="text/plain")
        with self._lock:
            found = uploads.sample(self.world, request.path.rpartition("/")[2])
        if found is None:
            return Response("Not found", 404, content_type="text/plain")
        return Response(found[0], content_type=found[1])

    def _controlled(self, request: Request) -> Response:
        operation = request.path.removeprefix("/_emulator/").strip("/")
        try:
            given: JSON = (
                json.loads(request.get_data()) if request.method == "POST" and request.get_data() else {}
            )
            if request.method != "POST" and operation not in control.READING | {"clock"}:
                raise control.UnknownOperationError(f"{operation!r} needs POST")
            answer = self.control(operation, **row(given))
        except ValueError as wrong:
            return _json_response({"error": str(wrong)}, 400)
        return _json_response(answer, 200)

    def _graph(self, request: Request) -> Response:
        form = request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}
        body = b"" if form else request.get_data()
        waited = 0.0
        with self._lock:
            self.world.counter += 1
            trace = "A" + hashlib.sha256(str(self.world.counter).encode()).hexdigest()[:22]
            logged: Row = {"method": request.method, "path": _logged_path(request), "status": None}
            self.calls.append(logged)
            changed = settle(self.world, self.world.now)
            fault = faults.due(self.world, request.method, _logged_path(request))
            try:
                answer = self._perform(request, body, trace, fault, logged)
            finally:
                if changed or fault is not None or request.method in _WRITES:
                    self._save()
            waited = self.world.settings.latency_seconds + faults.seconds(fault)
        self._wait(waited, request)
        logged["status"] = answer.status
        return _response(answer, trace)

    def _wait(self, seconds: float, request: Request) -> None:
        patience = request.environ.get(TIMEOUT_KEY)
        if patience is not None and seconds >= patience:
            self._sleep(patience)
            raise faults.TooSlowError
        if seconds:
            self._sleep(seconds)

    def _perform(self, request: Request, body: bytes, trace: str, fault: Row | None, logged: Row) -> Answer:
        """The effect of a call, and the fault it meets before or after it."""
        if fault is None:
            return self._answer(request, body, trace, logged, 0)
        kind = text(fault.get("kind")) or "error"
        if kind == "meanwhile":
            for step in rows(fault.get("do")):
                control.run(
                    self, text(step.get("op")), {name: one for name, one in step.items() if name != "op"}
                )
        if kind == "drop_midway":
            self._answer(request, body[: len(body) // 2], trace, logged, 0)
            raise faults.DroppedConnectionError
        short = whole(fault.get("rows"), 1) if kind == "short" else 0
        answer = self._answer(request, body, trace, logged, short) if faults.comes_after(fault) else Answer()
        match kind:
            case "drop":
                raise faults.DroppedConnectionError
            case "html":
                status = whole(fault.get("status"), 502)
                return Answer(body=_HTML, status=status, headers={"Content-Type": "text/html"})
            case "truncate":
                whole_text = answer.text()
                return Answer(
                    body=whole_text[: max(1, len(whole_text) // 2)],
                    status=answer.status,
                    headers=answer.headers,
                )
            case "error":
                return _refused(faults.refusal(fault, next(iter(self.world.accounts), "")), trace)
            case _:
                return answer

    def _answer(self, request: Request, body: bytes, trace: str, logged: Row, short: int) -> Answer:
        usage: dict[str, str] = {}
        version = f"v{OLDEST}.0"
        try:
            version, node, edge = _split(request.path)
            call = self._call(request, body, version, node, edge, usage)
            call.shown_short = short
            if request.method in _WRITES and not node.startswith("upload:"):
                logged["body"] = {name: one for name, one in call.params.items() if name not in SECRETS}
            call.token = tokens.authenticate(call)
            answer = self._endpoint(call)
            answer.body = signed(answer.text(), call.base_url, call.now, self.world.counter)
        except RefusalError as refused:
            answer = _refused(refused, trace)
        answer.headers = usage | {"facebook-api-version": version} | answer.headers
        return answer

    def _call(
        self, request: Request, body: bytes, version: str, node: str, edge: str, usage: dict[str, str]
    ) -> Call:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        raw = node.startswith("upload:")
        return Call(
            world=self.world,
            method=request.method,
            version=version,
            node=node,
            edge=edge,
            query=request.args.to_dict(),
            params={} if raw else parameters(request, body),
            base_url=request.host_url.rstrip("/"),
            now=self.world.now,
            scheme=scheme,
            bearer=bearer.strip() if scheme.lower() in {"bearer", "oauth"} else "",
            data=body if raw else b"",
            file_offset=whole(request.headers.get("file_offset")),
            usage=usage,
        )

    def _endpoint(self, call: Call) -> Answer:
        world, route = self.world, (call.method, call.edge)
        if call.node in world.accounts:
            return self._account_endpoint(call)
        if call.node in world.templates:
            return self._template_endpoint(call)
        phone = account.find_phone(call, call.node)
        if phone is not None:
            tokens.require(call, phone[0], "VIEW_TEMPLATES")
            if call.edge:
                raise unknown_field(call.edge, account.PHONE_NODE)
            if call.method != "GET":
                raise unknown_object(call.method, call.node)
            self._meter.count(call, phone[0])
            return account.phone_node(call, phone[1])
        if call.node.startswith("upload:") and not call.edge:
            return uploads.session(call)
        match call.node, route:
            case "me", ("GET", ""):
                return account.me(call)
            case "debug_token", ("GET", ""):
                return Answer(tokens.debug(call))
            case app_id, ("POST", "uploads") if app_id in world.apps:
                return uploads.start(call)
            case app_id, ("GET", "") if app_id in world.apps:
                return account.app_node(world.apps[app_id])
            case app_id, (_, edge) if app_id in world.apps and edge:
                raise unknown_field(edge, "Application")
            case _:
                raise unknown_object(call.method, call.node)

    def _account_endpoint(self, call: Call) -> Answer:
        waba_id = call.node
        writes = call.method in _WRITES
        manages = call.edge in {"", "subscribed_apps"}
        tokens.require(
            call, waba_id, ("MANAGE" if manages else "MANAGE_TEMPLATES") if writes else "VIEW_TEMPLATES"
        )
        if call.edge in limits.COUNTED_EDGES:
            self._meter.count(call, waba_id)
        match call.method, call.edge:
            case "GET", "":
                return account.node(call, waba_id)
            case "POST", "":
                return account.change(call, waba_id)
            case "GET", "message_templates":
                return listing.templates_page(call, waba_id)
            case "POST", "message_templates":
                return templates.create(call, waba_id)
            case "DELETE", "message_templates":
                return templates.delete(call, waba_id)
            case "POST", "message_templates/archive" | "message_templates/unarchive":
                return templates.archive(call, waba_id, restore=call.edge.endswith("unarchive"))
            case "POST", "upsert_message_templates":
                return templates.upsert(call, waba_id)
            case "GET", "message_template_previews":
                return templates.previews(call)
            case "GET", "phone_numbers":
                return account.phone_numbers(call, waba_id)
            case "GET", "assigned_users":
                return account.assigned_users(call, waba_id)
            case "GET" | "POST" | "DELETE", "subscribed_apps":
                return account.subscribed_apps(call, waba_id)
            case _:
                raise (
                    unknown_field(call.edge, account.WABA_NODE)
                    if call.edge
                    else unknown_object(call.method, waba_id)
                )

    def _template_endpoint(self, call: Call) -> Answer:
        template = templates.find(call)
        if call.token is None or not tokens.access(call.token, template.waba_id):
            raise unknown_object(call.method, call.node)
        tokens.require(
            call, template.waba_id, "MANAGE_TEMPLATES" if call.method in _WRITES else "VIEW_TEMPLATES"
        )
        match call.method, call.edge:
            case "GET", "":
                return Answer(listing.template_node(call, template))
            case "POST", "":
                return templates.edit(call, template)
            case "POST", "unpause":
                return templates.unpause(call, template)
            case _:
                raise (
                    unknown_field(call.edge, NODE) if call.edge else unknown_object(call.method, call.node)
                )


def _split(path: str) -> tuple[str, str, str]:
    """Version, node and edge of a path; the oldest live version serves what has expired or is missing (H)."""
    found = re.fullmatch(r"/(?:v(\d+)\.(\d+)/)?([^/]+)(?:/(.*?))?/?", path)
    if found is None:
        raise RefusalError(2500, f"Unknown path components: {path}")
    major = int(found[1] or OLDEST)
    if major > NEWEST or found[2] not in {None, "0"}:
        raise RefusalError(2500, f"Unknown path components: {path}")
    return f"v{max(major, OLDEST)}.0", found[3], found[4] or ""


def _logged_path(request: Request) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in SECRETS]
    return request.path + ("?" + "&".join(f"{name}={value}" for name, value in kept) if kept else "")


def _refused(refused: RefusalError, trace: str) -> Answer:
    return Answer(refused.envelope(trace), status=refused.status, headers=refused.headers)


def _response(answer: Answer, trace: str) -> Response:
    response = Response(answer.text(), status=answer.status, content_type="application/json; charset=UTF-8")
    response.headers["x-app-usage"] = '{"call_count":0,"total_cputime":0,"total_time":0}'
    response.headers["x-fb-trace-id"] = trace
    response.headers["x-fb-request-id"] = trace[::-1]
    response.headers["x-fb-rev"] = "1030000000"
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def _json_response(data: Row, status: int) -> Response:
    return Response(
        json.dumps(data, ensure_ascii=False), status=status, content_type="application/json; charset=UTF-8"
    )
