"""The real command line, a project and an emulator on loopback, and what no output may hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from waitress.server import create_server

from wasync.cli import main
from wasync.emulator import world
from wasync.emulator.app import Emulator
from wasync.emulator.serve import _door
from wasync.graph.client import Graph
from wasync.model.template import JSON

TOKEN = world.TOKEN
# Read here: no test inherits a variable of wasync's.
WRITE_GOLDEN = bool(os.environ.get("WASYNC_WRITE_GOLDEN"))
WABA = world.WABA_ID
WRITES = ("POST", "DELETE", "PUT", "PATCH")
PROJECT = f"""\
version: 1
templates: ["templates/**/*.yaml"]
accounts:
  production:
    waba_id: "{WABA}"
    app_id: "{world.APP_ID}"
    token_env: WHATSAPP_TOKEN
"""
WELCOME = """\
category: utility
languages:
  en_US:
    body: Your table is ready.
"""


class Run(NamedTuple):
    """One run of wasync: exit code, and what it printed."""

    code: int
    out: str
    err: str


@dataclass
class Shop:
    """A project at `root`, an emulated account behind `url`, and the command line between them."""

    root: Path
    emulator: Emulator
    url: str
    capsys: pytest.CaptureFixture[str]
    pauses: list[float] = field(default_factory=list)

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file of the project."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def template(self, body: str, name: str = "welcome", category: str = "utility") -> Path:
        """Write a template of one language and one text, as the text stands in the file."""
        text = f"category: {category}\nlanguages:\n  en_US:\n    body: {body}\n"
        return self.write(f"templates/{name}.yaml", text)

    def run(self, *argv: str) -> Run:
        """Run wasync in this process. An exception that is no exit fails the test: that is a traceback."""
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(argv)
        printed = self.capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return checked(Run(ended.value.code, printed.out, printed.err))

    def command(self, *argv: str) -> list[str]:
        """The command line of a process of its own."""
        return [sys.executable, "-c", "from wasync.cli import main; main()", *argv]

    def environ(self) -> dict[str, str]:
        """The environment of a process of its own."""
        # Unbuffered, Python forgets what a pipe without a reader did not take, and says nothing.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        return {**kept, "PYTHONPATH": str(Path(__file__).parent.parent)}

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Start wasync in a process of its own, for signals, limits and pipes."""
        return subprocess.Popen(
            self.command(*argv),
            cwd=self.root,
            env=self.environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, process: subprocess.Popen[str]) -> Run:
        """Wait for a process; what it printed, checked."""
        out, err = process.communicate(timeout=60)
        return checked(Run(process.returncode, out, err))

    def fault(self, **given: JSON) -> None:
        """Let some calls fail."""
        self.emulator.control("fault", **given)

    def seed(self, *templates: JSON) -> None:
        """Put templates into live, unchecked."""
        self.emulator.control("seed", templates=[*templates])

    def calls(self) -> list[Mapping[str, Any]]:
        """Every request the emulator got."""
        found: Any = self.emulator.control("calls")["calls"]
        return list(found)

    def written(self) -> list[str]:
        """Every request that writes."""
        return [f"{call['method']} {call['path']}" for call in self.calls() if call["method"] in WRITES]

    def live(self) -> dict[str, str]:
        """What the account has: name/language -> body."""
        dump: Any = self.emulator.control("dump")["templates"]
        return {
            f"{one['name']}/{one['language']}": next(
                (
                    part.get("text", "")
                    for part in one["components"]
                    if isinstance(part, dict) and part.get("type") == "BODY"
                ),
                "",
            )
            for one in dump
        }

    def files(self) -> dict[str, bytes]:
        """Every file of the project, but for .wasync."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".wasync" not in path.parts
        }

    def shown(self, run: Run) -> str:
        """A run as golden files hold it: the exit code, `| ` before lines of stdout, `! ` before stderr's."""
        lines = [f"exit {run.code}"]
        lines += [f"| {line}".rstrip() for line in run.out.splitlines()]
        lines += [f"! {line}".rstrip() for line in run.err.splitlines()]
        text = "\n".join(lines).replace(str(self.root), "<project>")
        text = re.sub(r"127\.0\.0\.1:\d+/emulator\d+", "127.0.0.1:<port>", text)
        text = re.sub(r"\bA[0-9a-f]{22}\b", "<trace>", text)
        return without_times(text)


_STEERING = ("WASYNC_", "FORCE_COLOR", "GITHUB_EVENT_NAME", "CI_PIPELINE_SOURCE")


def checked(run: Run) -> Run:
    """What no output may hold: a traceback, a token, an escape sequence."""
    everything = run.out + run.err
    assert "Traceback" not in everything, everything
    assert not re.search(r"EAA\w+", everything), everything
    assert "\x1b" not in everything
    return run


class Host:
    """A port on loopback behind which every test has an emulator of its own, under a path of its own."""

    def __init__(self) -> None:
        self._doors: dict[str, Callable[..., Iterable[bytes]]] = {}
        # A run ends with its process; here all runs are in one, and their connections stay.
        self._server = create_server(
            self._app, host="127.0.0.1", port=0, threads=4, ident=None, connection_limit=10_000
        )
        threading.Thread(target=self._server.run, daemon=True).start()

    def serve(self, emulator: Emulator) -> str:
        """Serve an emulator; its address."""
        name = f"emulator{len(self._doors)}"
        self._doors[name] = _door(emulator)
        return f"http://127.0.0.1:{self._server.effective_port}/{name}"

    def _app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _, name, path = environ["PATH_INFO"].split("/", 2)
        return self._doors[name]({**environ, "PATH_INFO": f"/{path}"}, start_response)


@cache
def host() -> Host:
    """The one port of this test run; it ends with the process."""
    return Host()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shop:
    """A project with one template, an emulator on loopback, the token in the environment."""
    emulator = Emulator(review_seconds=0)
    root = tmp_path / "shop"
    root.mkdir()
    (root / ".git").mkdir()
    shop = Shop(root, emulator, host().serve(emulator), capsys)
    shop.write("wasync.yaml", PROJECT)
    shop.write("templates/welcome.yaml", WELCOME)
    for name in [name for name in os.environ if name.startswith(_STEERING)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WHATSAPP_TOKEN", TOKEN)
    monkeypatch.setenv("WASYNC_BASE_URL", shop.url)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(root)
    # Pauses before a repeat are noted, not slept: the clock is an argument, and no command offers it.
    defaults = Graph.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "sleep", shop.pauses.append)
    monkeypatch.setitem(defaults, "clock", lambda: time.monotonic() + sum(shop.pauses))
    return shop


def without_times(text: str) -> str:
    """A text that names moments of this very day, as it would be at any time."""
    return re.sub(r"\b20\d\d-\d\d-\d\d(\s+)\d\d:\d\d\b", r"<date>\1<time>", text)


def without_host(text: str) -> str:
    """A text that names who holds the lock, without who and where and when."""
    return re.sub(
        r"by \S+@\S+ \(process (\d+)\)\s+!?\s*since [^;\s]+", r"by me@here (process \1) since now", text
    )


@cache
def golden(file: str) -> dict[str, str]:
    """The cases of a golden file: `# name`, then the run as `Shop.shown` gives it."""
    text = (Path(__file__).parent / file).read_text(encoding="utf-8")
    cases = {}
    for case in ("\n" + text).split("\n# ")[1:]:
        name, _, body = case.partition("\n")
        cases[name] = body.strip()
    return cases


def compare(file: str, case: str, text: str) -> None:
    """The text is what the golden file has for this case, whole.

    WASYNC_WRITE_GOLDEN=1 writes it instead (in one process); look at it before you commit.
    """
    before = golden(file).get(case)
    if WRITE_GOLDEN and before != text:
        path = Path(__file__).parent / file
        whole, now = path.read_text(encoding="utf-8"), f"# {case}\n{text}\n"
        whole = f"{whole}\n{now}" if before is None else whole.replace(f"# {case}\n{before}\n", now)
        path.write_text(whole, encoding="utf-8")
        golden.cache_clear()
    assert text == golden(file).get(case, "no such case in the golden file")


def until(done: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until `done()` holds."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
