"""The page of `preview --serve`: on this machine only, made anew when files change."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock

from wasync.cli.output import chatter
from wasync.model.errors import WasyncError

HOST = "127.0.0.1"
_SKIPPED = frozenset({".git", ".wasync", ".venv", "node_modules"})


def files_version(root: Path) -> str:
    """What changes whenever a file of the project does: a hash of names, times and sizes."""
    known = sha256()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - _SKIPPED)
        for name in sorted(names):
            try:
                found = (Path(folder) / name).stat()
            except OSError:
                continue
            known.update(f"{folder}/{name} {found.st_mtime_ns} {found.st_size}\n".encode("utf-8", "replace"))
    return known.hexdigest()


def serve_preview(root: Path, port: int, render: Callable[[], str]) -> int:
    """Serve the page until Ctrl-C. `render` makes it; what it raises of wasync's is shown instead."""
    with preview_server(root, port, render) as server:
        address = f"http://{HOST}:{server.server_port}/"
        chatter(f"{address} shows the messages; it reloads as files change. Ctrl-C ends.")
        server.serve_forever()
    return 0


def preview_server(root: Path, port: int, render: Callable[[], str]) -> ThreadingHTTPServer:
    """A server bound to loopback; the caller runs and closes it."""
    page = _Page(root, render)

    class Handler(BaseHTTPRequestHandler):
        """GET of the page, and of the version of the files."""

        def do_GET(self) -> None:
            """Answer for names of loopback only: a foreign name that leads here is somebody's trick."""
            host = self.headers.get("Host", "").partition(":")[0]
            if host not in {HOST, "localhost"}:
                self._answer(403, "text/plain", "This page is for this machine only.")
            elif self.path == "/":
                self._answer(200, "text/html", page.html())
            elif self.path == "/version":
                self._answer(200, "text/plain", files_version(root))
            else:
                self._answer(404, "text/plain", "Not here.")

        def _answer(self, status: int, kind: str, text: str) -> None:
            data = text.encode("utf-8", "replace")
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing of each request."""

    try:
        return _Server((HOST, port), Handler)
    except OSError as error:
        raise WasyncError(
            f"Port {port} of this machine cannot be used: {error.strerror}.",
            "Choose another with --port, or 0 for any that is free.",
        ) from error


class _Server(ThreadingHTTPServer):
    """One thread for each request."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of readers who close the page while it is sent."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # as typeshed has it


class _Page:
    """The page as it was last made, and of which files."""

    def __init__(self, root: Path, render: Callable[[], str]) -> None:
        self._root, self._render = root, render
        self._lock, self._made_of, self._html = Lock(), "", ""

    def html(self) -> str:
        """Return the page, made anew if a file has changed."""
        with self._lock:
            version = files_version(self._root)
            if version != self._made_of:
                try:
                    self._html = self._render()
                except WasyncError as error:
                    self._html = trouble_page(error)
                except OSError as error:
                    self._html = trouble_page(
                        WasyncError(
                            f"{self._root.name} cannot be read: {error.strerror}.",
                            "Put it back, or press Ctrl-C.",
                        )
                    )
                self._made_of = version
            return self._html


def trouble_page(error: WasyncError) -> str:
    """The page that stands in while the project cannot be read: the error, and it reloads like the other."""
    from wasync.render.preview.html import escaped
    from wasync.render.preview.page import document

    lines = [escaped(line) for line in (*error.message.split("\n"), *error.fix.split("\n"))]
    body = (
        f'<main><section class="trouble"><h1>wasync preview</h1><p>{"<br>".join(lines)}</p></section></main>'
    )
    return document("wasync preview", body, scripts=("reload",))
