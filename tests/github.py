"""GitHub, as far as the action needs it: a REST API on loopback, and a runner for action.yml's own steps."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.shell import ROOT, CommandLine

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
REPOSITORY, TOKEN = "acme/shop", "ghs_token_of_the_job"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
OURS, FORK = 11, 22


@dataclass
class Repository:
    """A repository as the API shows it. `per_page` is small, so that every list has pages."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    pulls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    files: dict[int, bytes] = field(default_factory=dict)
    refused: bool = False
    url: str = ""
    per_page: int = 2

    def keep(self, name: str, folder: Path, head: str, origin: int = OURS) -> None:
        """Do as actions/upload-artifact does, of a run for this head."""
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            for file in sorted(folder.iterdir()):
                archive.writestr(file.name, file.read_bytes())
        number = len(self.artifacts) + 1
        self.files[number] = data.getvalue()
        self.artifacts.append(
            {
                "id": number,
                "name": name,
                "expired": False,
                "created_at": f"2026-11-27T10:{number:02}:00Z",
                "workflow_run": {"head_sha": head, "repository_id": OURS, "head_repository_id": origin},
            }
        )

    def merge(self, commit: str, head: str) -> None:
        """Let a commit be the merge of a pull request with this head."""
        request = {"head": {"sha": head}, "merged_at": "2026-11-27T11:00:00Z", "merge_commit_sha": commit}
        self.pulls[commit] = [request]


class _Api(BaseHTTPRequestHandler):
    """GitHub's answers about one self.repository."""

    repository: Repository

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = parts.path.removeprefix(f"/repos/{REPOSITORY}"), parse_qs(parts.query)
        if path.startswith("/storage/"):
            # The real one is elsewhere and refuses GitHub's own token.
            self._send(200, self.repository.files[int(path.rpartition("/")[2])])
        elif self._forbidden() or path == "/user":
            self._json(403, {"message": "Resource not accessible by integration"})
        elif path == "/issues/7/comments":
            self._page(self.repository.comments, query)
        elif path.startswith("/commits/") and path.endswith("/pulls"):
            self._page(self.repository.pulls.get(path.split("/")[2], []), query)
        elif path == "/actions/artifacts":
            named = [one for one in self.repository.artifacts if one["name"] == query["name"][0]]
            self._page(named, query, key="artifacts")
        elif path.startswith("/actions/artifacts/"):
            self.send_response(302)
            self.send_header("Location", f"/storage/{path.split('/')[3]}")
            self.end_headers()
        else:
            self._json(404, {"message": "Not Found"})

    def do_POST(self) -> None:
        if self._forbidden():
            self._json(403, {"message": "Resource not accessible by integration"})
            return
        self.repository.comments.append(
            {"id": len(self.repository.comments) + 1, "user": BOT, **self._body()}
        )
        self._json(201, self.repository.comments[-1])

    def do_PATCH(self) -> None:
        number = int(self.path.rpartition("/")[2])
        self.repository.comments[number - 1].update(self._body())
        self._json(200, self.repository.comments[number - 1])

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _forbidden(self) -> bool:
        return self.repository.refused or self.headers.get("Authorization") != f"Bearer {TOKEN}"

    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def _page(self, rows: list[Any], query: dict[str, list[str]], key: str | None = None) -> None:
        page, size = int(query.get("page", ["1"])[0]), self.repository.per_page
        some = rows[(page - 1) * size : page * size]
        self.send_response(200)
        if page * size < len(rows):
            parts = urlsplit(self.path)
            kept = "&".join(f"{name}={values[0]}" for name, values in query.items() if name != "page")
            self.send_header(
                "Link", f'<{self.repository.url}{parts.path}?{kept}&page={page + 1}>; rel="next"'
            )
        self._end(json.dumps({key: some, "total_count": len(rows)} if key else some).encode())

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self._end(data)

    def _end(self, data: bytes) -> None:
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def github() -> Iterator[Repository]:
    """The API, until the end of the block."""
    repository = Repository()

    handler = type("Api", (_Api,), {"repository": repository})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        repository.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield repository
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Job:
    """What one run of the action left: its exit code, what it printed, its outputs and summary."""

    code: int
    printed: str
    outputs: dict[str, str]
    summary: str
    files: Path


@dataclass
class Runner:
    """Runs the steps of action.yml as GitHub's runner does, each as a shell of its own."""

    line: CommandLine
    repository: Repository
    runs: int = 0

    def run(
        self,
        event: str,
        *,
        head: str = "",
        commit: str = "",
        fork: bool = False,
        branch: str = "main",
        **inputs: str,
    ) -> Job:
        """One job for an event: a pull request with this head, or a commit of a branch."""
        self.runs += 1
        temp = self.line.root.parent / f"runner-{self.runs}"
        (temp / "bin").mkdir(parents=True)
        for name in ("output", "path", "summary"):
            (temp / name).touch()
        self._tools(temp / "bin")
        given = {name: one["default"] for name, one in ACTION["inputs"].items()}
        known = {
            **{
                f"inputs.{name}": value
                for name, value in {**given, "account": "production", **inputs}.items()
            },
            "github.event.pull_request.head.repo.full_name": "stranger/shop" if fork else REPOSITORY,
            "github.event.number": "7",
            "github.event.repository.default_branch": "main",
            "github.token": TOKEN,
            "runner.temp": str(temp),
        }
        environ = self.line.exported() | {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": self.repository.url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_PATH": str(temp / "path"),
            "GITHUB_REF_NAME": branch,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SHA": commit,
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            "RUNNER_TEMP": str(temp),
        }
        environ["PATH"] = f"{temp}/bin:{environ['PATH']}"
        code, printed = 0, ""
        for step in ACTION["runs"]["steps"]:
            condition = step.get("if", "")
            wanted = "always()" in condition or ("failure()" in condition) == bool(code)
            if not wanted or not holds(condition, known):
                continue
            if "uses" in step:
                name = filled(step["with"]["name"], known)
                self.repository.keep(
                    name, Path(filled(step["with"]["path"], known)), head, FORK if fork else OURS
                )
                continue
            more = {name: filled(value, known) for name, value in step.get("env", {}).items()}
            done = subprocess.run(
                ["sh", "-e", "-c", step["run"]],
                cwd=self.line.root,
                env=environ | more,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            printed += done.stdout + done.stderr
            code = code or done.returncode
            outputs = dict(one.split("=", 1) for one in (temp / "output").read_text().split())
            known |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in outputs.items()}
        return Job(code, printed, outputs, (temp / "summary").read_text(), temp / "wasync")

    def _tools(self, folder: Path) -> None:
        """wasync and python on the path, as setup.sh leaves them; a venv of its own would take a minute."""
        venv = 'if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; ln -s "$0" "$3/bin/python"; exit; fi\n'
        pip = 'if [ "$1 $2" = "-m pip" ]; then exit; fi\n'
        texts = {
            "wasync": f'#!/bin/sh\nexec "{sys.executable}" -c "from wasync.cli import main; main()" "$@"\n',
            "python": f'#!/bin/sh\n{pip}exec "{sys.executable}" "$@"\n',
            "python3": f'#!/bin/sh\n{venv}{pip}exec "{sys.executable}" "$@"\n',
        }
        for name, text in texts.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)


_EXPRESSION = re.compile(r"\$\{\{\s*([\w.\-]+)\s*\}\}")


def filled(text: str, known: dict[str, str]) -> str:
    """A text with its `${{ name }}` replaced; a name nobody knows is an error here."""
    while _EXPRESSION.search(text):
        text = _EXPRESSION.sub(lambda found: known[found[1]], text)
    return text


def holds(condition: str, known: dict[str, str]) -> bool:
    """A condition of a step: comparisons joined by && or by ||, always() and failure()."""
    if " || " in condition:
        return any(holds(part, known) for part in condition.split(" || "))
    return all(_compared(part.strip(), known) for part in condition.split("&&") if part.strip())


def _compared(part: str, known: dict[str, str]) -> bool:
    if part in ("always()", "failure()"):
        return True
    found = re.fullmatch(r"([\w.\-]+) (==|!=) '([\w-]*)'", part)
    assert found is not None, part
    # The output of a step that did not come to it is empty.
    value = known.get(found[1], "") if found[1].startswith("steps.") else known[found[1]]
    return (value == found[3]) is (found[2] == "==")
