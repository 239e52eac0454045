"""The other door: the emulator under waitress, on loopback only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from waitress.channel import ClientDisconnected
from waitress.server import create_server

from wasync.emulator.app import Emulator
from wasync.emulator.faults import DroppedConnectionError, TooSlowError
from wasync.emulator.shapes import JSON, Row, listed
from wasync.emulator.world import TOKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
_THREADS = 8


def serve(
    announce: Callable[[str, str], None],
    *,
    port: int = 0,
    seed: Path | None = None,
    state: Path | None = None,
    latency_seconds: float | None = None,
    review_seconds: float | None = None,
) -> None:
    """Serve until interrupted. `announce(url, token)` is called once the port is open (0: a free one).

    `seed` is a folder of JSON files, `state` the file that outlives the process. Raises ValueError for a seed
    file that is no JSON, OSError for a port in use.
    """
    emulator = Emulator(
        read_seeds(seed) if seed else None,
        state,
        latency_seconds=latency_seconds,
        review_seconds=review_seconds,
    )
    server = create_server(_door(emulator), host=HOST, port=port, threads=_THREADS, ident=None)
    try:
        announce(f"http://{HOST}:{server.effective_port}", next(iter(emulator.world.tokens), TOKEN))
        server.run()
    finally:
        server.close()


def read_seeds(folder: Path) -> Row:
    """The seed a folder holds: each JSON file a template, a list of templates, or a whole seed object."""
    templates: list[JSON] = []
    found: Row = {}
    for path in sorted(folder.rglob("*.json")):
        try:
            data: JSON = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as wrong:
            raise ValueError(f"{path.name} is not JSON: {wrong}") from None
        if isinstance(data, list):
            templates.extend(data)
        elif isinstance(data, dict) and "language" in data:
            templates.append(data)
        elif isinstance(data, dict):
            templates.extend(listed(data.pop("templates", None)))
            found |= data
        else:
            raise ValueError(f"{path.name} holds neither a template, nor a list of them, nor a seed object")
    return found | {"templates": templates}


def _door(emulator: Emulator) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """The app, with dropped connections acted out: waitress then closes the socket without an answer."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return emulator.app(environ, start_response)
        except (DroppedConnectionError, TooSlowError) as lost:
            raise ClientDisconnected from lost

    return app
