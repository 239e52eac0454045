"""What the tests with clients of others share: two accounts, and what wasync makes of either."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.shell import APP_ID, TOKEN, WABA_ID, Account, CommandLine, served
from wasync.canonical import to_graph
from wasync.emulator.world import default_account
from wasync.graph.client import Graph
from wasync.project.payloads import read_payloads

OTHER_WABA = "102290129340399"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
MP4 = b"\0\0\0\x18ftypmp42" + b"\0" * 24
PDF = b"%PDF-1.4\n%%EOF\n"
PROJECT = f"""\
version: 1
accounts:
  production: {{waba_id: "{WABA_ID}", app_id: "{APP_ID}", token_env: WHATSAPP_TOKEN}}
"""
Rows = dict[str, dict[str, Any]]  # what tests look into is JSON of many shapes


@contextmanager
def two_accounts(review_seconds: float = 0) -> Iterator[Account]:
    """An emulator on loopback where review is at once and content may repeat; the second account is empty."""
    seed = {
        "accounts": [default_account(), default_account() | {"id": OTHER_WABA, "phone_numbers": []}],
        "settings": {"reject_duplicates": False, "creates_per_hour": 0, "calls_per_hour": 0},
    }
    with served(seed, review_seconds) as account:
        yield account


def sent(account: Account, waba_id: str = WABA_ID) -> Rows:
    """The body of each create the account has received, by name."""
    calls = account.do("calls")["calls"]
    path = f"/{waba_id}/message_templates"
    bodies = [call["body"] for call in calls if call["method"] == "POST" and call["path"].endswith(path)]
    return {body["name"]: body for body in bodies}


def listed(account: Account, waba_id: str = WABA_ID) -> Rows:
    """What Graph reads back, by name, less what is of one row or one read only."""
    rows: Rows = {}
    with graph(account) as client:
        for row in client.listing(waba_id, dict).rows:
            own = {"id", "quality_score", "last_updated_time"}
            text = json.dumps({key: row[key] for key in row if key not in own})
            rows[str(row["name"])] = json.loads(text, object_hook=_comparable)
    return rows


def _comparable(found: dict[str, Any]) -> dict[str, Any]:
    """A media address without its signature; an app's id as text, since clients send it as a number too."""
    if "header_handle" in found:
        return found | {"header_handle": [one.split("?")[0] for one in found["header_handle"]]}
    return found | {"meta_app_id": str(found["meta_app_id"])} if "meta_app_id" in found else found


def graph(account: Account) -> Graph:
    """Our own client, with the token of both accounts."""
    return Graph(account.url, "v26.0", TOKEN)


def create_as_wasync(account: Account, payload: Mapping[str, Any]) -> None:
    """Read a client's payload as `wasync convert` does, and create in the other account what came of it."""
    with graph(account) as client:
        for template in read_payloads(json.dumps(payload), "the client"):
            client.create(OTHER_WABA, to_graph(template, {}))


def project(root: Path, account: Account) -> CommandLine:
    """A project without a template, whose account is the first."""
    line = CommandLine(root, {"WHATSAPP_TOKEN": TOKEN, "WASYNC_BASE_URL": account.url})
    line.write("wasync.yaml", PROJECT)
    return line


def taken_over(line: CommandLine) -> Any:
    """Pull the account into the project, each kind in its keyed form, and give the plan that is left."""
    pulled = line("pull")
    assert pulled.code == 0, pulled.err
    raw = [path.name for path in line.root.rglob("*.yaml") if "components:" in path.read_text("utf-8")]
    assert raw == []
    checked = line("validate")
    assert checked.code == 0, checked.out
    assert "no file written" in line("pull").out
    return line("plan", "--format", "json").document("plan")
