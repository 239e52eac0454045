"""What the action asks of GitHub: one comment that is updated, and the plan that was reviewed.

python pipeline.py comment FILE | no-plan ACCOUNT | reviewed-plan ARTIFACT FILE | same PLAN PLAN
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from wasync.render.plan_markdown import plan_marker

STALE = 5
LARGEST = 64 * 1024 * 1024
_TIMEOUT = 30


def ask(method: str, path: str, **more: Any) -> requests.Response:
    """One call of GitHub's REST API; a refusal ends the step with its status and path."""
    root = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}"
    url = path if path.startswith("http") else f"{root}/{path}"
    answer = requests.request(method, url, headers=headers(), timeout=_TIMEOUT, **more)
    if not answer.ok:
        fail(f"GitHub answered {answer.status_code} to {method} {path}. Does the job have the permission?", 1)
    return answer


def headers() -> dict[str, str]:
    """Who asks, and in which version of the API."""
    return {
        "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }


def pages(path: str, key: str | None = None, **params: str) -> Iterator[dict[str, Any]]:
    """Every row of a list that comes in pages."""
    more: str | None = path
    given: dict[str, str] | None = {**params, "per_page": "100"}
    while more:
        answer = ask("GET", more, params=given)
        rows = answer.json()
        yield from rows[key] if key else rows
        more, given = answer.links.get("next", {}).get("url"), None


def comment(file: str) -> None:
    """Update the comment whose first line is the same, or write the first."""
    text = Path(file).read_text(encoding="utf-8")
    number = our_comment(text.split("\n", 1)[0])
    if number is None:
        ask("POST", f"issues/{os.environ['PULL_REQUEST']}/comments", json={"body": text})
    else:
        ask("PATCH", f"issues/comments/{number}", json={"body": text})


def no_plan(account: str) -> None:
    """Let the comment about an account, if there is one, say that the newest files have no plan."""
    marker = plan_marker([account])
    number = our_comment(marker)
    if number is not None:
        text = f"{marker}\n**The newest commit has no plan: see what the job says.**\n"
        ask("PATCH", f"issues/comments/{number}", json={"body": text})


def our_comment(marker: str) -> int | None:
    """The number of our comment with this first line, if there is one."""
    for known in pages(f"issues/{os.environ['PULL_REQUEST']}/comments"):
        if known["body"].split("\n", 1)[0].rstrip("\r") == marker and is_ours(known["user"]):
            return int(known["id"])
    return None


def is_ours(author: dict[str, Any]) -> bool:
    """Whether a comment is by whose token this is; another's that looks like ours can be changed later."""
    who = requests.get(f"{os.environ['GITHUB_API_URL']}/user", headers=headers(), timeout=_TIMEOUT)
    # The token of a workflow may not ask who it is; it belongs to a bot.
    return bool(author["login"] == who.json()["login"] if who.ok else author["type"] == "Bot")


def reviewed_plan(artifact: str, file: str) -> None:
    """Save the plan that the last run of the merged pull request showed."""
    merged = os.environ["GITHUB_SHA"]
    heads = {
        request["head"]["sha"]
        for request in pages(f"commits/{merged}/pulls")
        if request["merged_at"] and request["merge_commit_sha"] == merged
    }
    if not heads:
        fail(
            "This commit comes from no merged pull request: nothing was reviewed. The scheduled job does it."
        )
    found = [
        one
        for one in pages("actions/artifacts", "artifacts", name=artifact)
        # A fork's run may name its artifact as it likes: only runs of this repository's own branches count.
        if not one["expired"]
        and one["workflow_run"]["head_sha"] in heads
        and one["workflow_run"]["head_repository_id"] == one["workflow_run"]["repository_id"]
    ]
    if not found:
        fail(f"The merged pull request has no plan named {artifact}. The scheduled job plans anew.")
    newest = max(found, key=lambda one: str(one["created_at"]))
    with zipfile.ZipFile(io.BytesIO(ask("GET", f"actions/artifacts/{newest['id']}/zip").content)) as archive:
        if archive.getinfo("plan.json").file_size > LARGEST:
            fail("The reviewed plan is larger than any plan.", 1)
        Path(file).write_bytes(archive.read("plan.json"))


def same(reviewed: str, merged: str) -> None:
    """End with 5 unless both plans do the same."""
    one, other = (json.loads(Path(file).read_bytes())["fingerprint"] for file in (reviewed, merged))
    if one != other:
        fail(
            "Stale: what is merged would not do what was reviewed, since live or the files have changed. "
            "Nothing was written. Review a new plan; the scheduled job plans the main branch anew."
        )


def fail(why: str, code: int = STALE) -> None:
    """End the step, and say why where GitHub shows it."""
    sys.stdout.write(f"::error::{why}\n")
    sys.exit(code)


if __name__ == "__main__":
    try:
        {"comment": comment, "no-plan": no_plan, "reviewed-plan": reviewed_plan, "same": same}[sys.argv[1]](
            *sys.argv[2:]
        )
    except requests.RequestException:
        fail("GitHub did not answer. Run the job again.", 1)
