"""One request as the emulator's endpoints see it, and the answer they give."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from werkzeug.wrappers import Request

from wasync.emulator.refusals import parameter
from wasync.emulator.shapes import JSON, Row, listed, text
from wasync.emulator.store import Token, World

SECRETS = ("access_token", "input_token", "appsecret_proof")
"""Parameters that never reach the log of calls."""


@dataclass(slots=True)
class Call:
    """Method, node, edge and parameters of one request, with the world it is asked of."""

    world: World
    method: str
    version: str
    node: str
    edge: str
    query: dict[str, str]
    params: Row
    """Query and body together; the body wins."""
    base_url: str
    now: float
    scheme: str = ""
    bearer: str = ""
    data: bytes = b""
    file_offset: int = 0
    token: Token | None = None
    usage: dict[str, str] = field(default_factory=dict)
    shown_short: int = 0
    """How many rows a fault leaves out of this listing."""

    @property
    def graph_version(self) -> tuple[int, ...]:
        """The version to compare: v24.0 -> (24, 0)."""
        return tuple(int(part) for part in self.version[1:].split("."))

    def word(self, name: str) -> str:
        """A parameter as text."""
        return text(self.params.get(name))

    def words(self, name: str) -> list[str]:
        """A list parameter: a JSON list, comma-joined text, `name[]=` or `name[0]=` repeated."""
        given = [text(one) for one in listed(self.params.get(name))]
        return [part.strip() for one in given for part in one.split(",") if part.strip()]


@dataclass(slots=True)
class Answer:
    """What goes back: JSON data, or JSON text already made."""

    data: JSON = None
    body: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The body as text."""
        return (
            self.body
            if self.body is not None
            else json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        )


def parameters(request: Request, body: bytes) -> Row:
    """Query and body (JSON or form) as one object; in query and form, lists and objects are JSON text."""
    found: Row = {}
    for name, values in request.args.lists():
        _keep(found, name, values)
    if request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name, values in request.form.lists():
            _keep(found, name, values)
    elif request.mimetype == "application/json" and body.strip():
        try:
            given = json.loads(body)
        except ValueError:
            raise parameter("The request body is not valid JSON") from None
        if not isinstance(given, dict):
            raise parameter("The request body must be a JSON object")
        found.update(given)
    return found


def _keep(found: Row, name: str, values: list[str]) -> None:
    bare = name.split("[", 1)[0]
    for value in values:
        read: JSON = value
        if value[:1] in {"[", "{"}:
            try:
                read = json.loads(value)
            except ValueError:
                raise parameter(f"Param {bare} must be valid JSON") from None
        if bare == name:
            found[bare] = read
        else:
            found[bare] = [*listed(found.get(bare)), *listed(read)]
