"""wasync as people and pipelines meet it: a project, an emulator on loopback, and main(argv) in process."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import pty
import select
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.event_lines import event_lines
from wasync.checks.schema_files import load_schema
from wasync.cli import main
from wasync.emulator import world
from wasync.emulator.app import Emulator
from wasync.emulator.faults import DroppedConnectionError

ROOT = Path(__file__).parents[1]
WABA_ID, APP_ID, TOKEN = world.WABA_ID, world.APP_ID, world.TOKEN
PROJECT = f"""\
version: 1
accounts:
  production:
    waba_id: "{WABA_ID}"
    app_id: "{APP_ID}"
    token_env: WHATSAPP_TOKEN
"""
ORDER = """\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    footer: Acme Store
"""
CTRL_C = "\x03"
_PRESSES = 15
_OURS = (
    "WASYNC_", "WHATSAPP_", "NO_COLOR", "FORCE_COLOR", "_WASYNC", "GITHUB_EVENT_NAME", "CI_PIPELINE_SOURCE",
)  # fmt: skip


class Run(NamedTuple):
    """What one run left: exit code, results, chatter."""

    code: int
    out: str
    err: str

    def document(self, schema: str) -> Any:  # what tests look into is JSON of many shapes
        """The one JSON document on stdout, checked against its schema."""
        found = json.loads(self.out)
        jsonschema.Draft202012Validator(load_schema(schema)).validate(found)
        return found

    def events(self) -> list[Any]:
        """The JSON lines on stdout, each checked against the events' schema."""
        return event_lines(self.out)


@dataclass
class CommandLine:
    """A shell in the project's folder; calling it runs wasync there. `environ` is what it exports."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *argv: str) -> Run:
        """Run wasync in this process; nobody sits before it."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with (
            _environment(self.exported()),
            contextlib.chdir(self.root),
            _stdin(),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main(argv)
            except SystemExit as end:
                code = end.code
        assert isinstance(code, int)
        return Run(code, _written(out), _written(err))

    def exported(self) -> dict[str, str]:
        """The environment of its runs: this one's without what steers wasync, and `environ`."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return clean | {"COLUMNS": "100", "PYTHONPATH": str(ROOT)} | self.environ

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, *argv: str, **more: Any) -> subprocess.Popen[str]:
        """Start wasync in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", "from wasync.cli import main; main()", *argv],
            cwd=self.root,
            env=self.exported(),
            text=True,
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more,
        )

    def in_terminal(self, *argv: str, question: str, answer: str) -> Run:
        """Run wasync in a terminal and type `answer` when `question` stands there; `out` is all it showed."""
        ours, theirs = pty.openpty()
        process = self.start(
            *argv,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0),  # so that Ctrl-C reaches it
        )
        os.close(theirs)
        try:
            said = _read_until(ours, lambda text: question in text)
            os.write(ours, answer.encode())
            for _ in range(_PRESSES if answer == CTRL_C else 0):
                # A signal that comes just before Python sits down to read is noticed at the next key only.
                said += _read_until(ours, lambda _: process.poll() is not None, seconds=1)
                if process.poll() is not None:
                    break
                os.write(ours, answer.encode())
            said += _read_until(ours, lambda _: False)
        finally:
            os.close(ours)
        return Run(process.wait(20), said.replace("\r\n", "\n"), "")


@dataclass
class Account:
    """One emulated account behind a port, and what Meta, other people and time do to it."""

    emulator: Emulator
    url: str

    def do(self, operation: str, **given: Any) -> Any:
        """Steer it; wasync/emulator/control.py lists the operations."""
        return self.emulator.control(operation, **given)

    def writes(self) -> list[str]:
        """Method and path of every writing request since the last look."""
        calls = self.do("calls", clear=True)["calls"]
        return [f"{call['method']} {call['path']}" for call in calls if call["method"] != "GET"]

    def live(self) -> dict[str, str]:
        """The status of every template but the sample Meta gives each account."""
        found = self.emulator.world.templates.values()
        return {
            f"{one.name}/{one.language}": one.status
            for one in sorted(found, key=lambda one: (one.name, one.language))
            if one.name != "hello_world"
        }


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: stderr is wasync's."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Hang up: the next request is not waited for on a connection that was dropped."""
        del error, environ
        self.close_connection = True


def _door(emulator: Emulator) -> Callable[[Any, Any], Iterable[bytes]]:
    """The app; a connection that a fault drops is dropped, and no error page is sent instead."""

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        try:
            return emulator.app(environ, start_response)
        except DroppedConnectionError as lost:
            raise ConnectionResetError from lost

    return app


@contextlib.contextmanager
def served(seed: Mapping[str, Any] | None = None, review_seconds: float = 0) -> Iterator[Account]:
    """An emulator on a free loopback port, in a thread of this process."""
    emulator = Emulator(dict(seed or {}), review_seconds=review_seconds)
    server = make_server("127.0.0.1", 0, _door(emulator), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Account(emulator, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shell(root: Path, account: Account | None = None) -> CommandLine:
    """A small project whose one account is the emulated one (or none that answers)."""
    environ = {"WHATSAPP_TOKEN": TOKEN, "WASYNC_BASE_URL": account.url} if account else {}
    line = CommandLine(root, environ)
    line.write("wasync.yaml", PROJECT)
    line.write("templates/order.yaml", ORDER)
    return line


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _stdin() -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO()
    try:
        yield
    finally:
        sys.stdin = before


def _read_until(file: int, enough: Callable[[str], bool], seconds: float = 20) -> str:
    """What a terminal shows until it is enough, or its program has ended."""
    said, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline and not enough(said.decode(errors="replace")):
        if not select.select([file], [], [], 0.1)[0]:
            continue
        try:
            more = os.read(file, 65536)
        except OSError:
            break
        if not more:
            break
        said += more
    return said.decode(errors="replace")
