"""docs/ci.md: every block is run as it stands, through the life of a pull request, against the emulator."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.github import ACTION
from tests.shell import ROOT, Account, CommandLine, shell
from tests.test_cli_plan import body
from wasync.model.errors import Exit

PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"<!-- recipe: ([\w-]+) -->\n```sh\n(.*?)```", PAGE, re.DOTALL))
WORKFLOWS: list[dict[Any, Any]] = [
    yaml.safe_load(text) for text in re.findall(r"<!-- workflow -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
]
WASYNC = '#!/bin/sh\nexec "{python}" -c "from wasync.cli import main; main()" "$@"\n'


@pytest.fixture
def line(tmp_path: Path, account: Account) -> CommandLine:
    line = shell(tmp_path, account)
    line.environ["ACCOUNT"] = "production"
    line.write("bin/wasync", WASYNC.format(python=sys.executable)).chmod(0o755)
    return line


def run(line: CommandLine, *recipes: str) -> subprocess.CompletedProcess[str]:
    """Run recipes one after the other as a runner does: it stops at the first command that fails."""
    return sh(line, "\n".join(RECIPES[recipe] for recipe in recipes))


def sh(line: CommandLine, script: str) -> subprocess.CompletedProcess[str]:
    environ = line.exported()
    return subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=line.root,
        env=environ | {"PATH": f"{line.root}/bin:{environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def comment(line: CommandLine) -> str:
    return (line.root / "comment.md").read_text(encoding="utf-8")


def test_the_life_of_a_pull_request(line: CommandLine, account: Account) -> None:
    # opened: what it would do is told, and nothing is sent
    assert run(line, "pull-request").returncode == 0
    assert account.writes() == []
    assert "1 to create" in comment(line)
    # another text is pushed: its comment has the same first line, so that it takes the other's place
    first = comment(line).split("\n")[0]
    line.write("templates/order.yaml", body("Your order left our depot today."))
    assert run(line, "pull-request").returncode == 0
    assert comment(line).startswith(f"{first}\n")
    assert "Your order left our depot today." in comment(line)
    # somebody makes the template by hand: the plan that was reviewed is stale, and nothing is written
    payload = {
        "name": "order", "language": "en_US", "category": "UTILITY", "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Made by hand."}],
    }  # fmt: skip
    account.do("seed", templates=[payload])
    stale = run(line, "merge")
    assert (stale.returncode, account.writes()) == (5, [])
    # planned and looked at again, merged
    account.do("delete", template="order/en_US", lock=False)
    assert run(line, "pull-request", "merge").returncode == 0
    assert account.live() == {"order/en_US": "APPROVED"}
    account.writes()
    quiet = run(line, "hourly")
    assert (quiet.returncode, account.writes()) == (0, [])
    # rejected by Meta: the hourly job fails and says why; the file is mended, and the job sends it
    account.do("reject", template="order/en_US", reason="PROMOTIONAL")
    rejected = run(line, "hourly")
    assert rejected.returncode == 4
    assert "PROMOTIONAL" in rejected.stdout
    line.write("templates/order.yaml", body("Your order has left our depot."))
    run(line, "hourly")
    assert run(line, "hourly").returncode == 0
    assert account.live() == {"order/en_US": "APPROVED"}


def test_the_hourly_job_tells_drift_and_then_ends_it(line: CommandLine, account: Account) -> None:
    assert run(line, "pull-request", "merge").returncode == 0
    account.do("edit", template="order/en_US", footer="Acme Megastore")
    drifted = run(line, "hourly")
    assert drifted.returncode == 2
    assert "Acme Megastore" in drifted.stdout
    assert run(line, "hourly").returncode == 0


def test_a_file_with_an_error_stops_the_pull_request(line: CommandLine, account: Account) -> None:
    line.write("templates/order.yaml", body("'{{1}}'"))
    assert run(line, "pull-request").returncode == 1
    assert not (line.root / "comment.md").exists()


def gitlab_job(line: CommandLine, job: str, source: str) -> int:
    """Run a job's script as GitLab does, in a pipeline that came about by `source`."""
    _, gitlab = WORKFLOWS
    line.environ |= {**gitlab["variables"], "CI_PIPELINE_SOURCE": source}
    return sh(line, "\n".join(gitlab[job]["script"])).returncode


def test_the_life_of_a_merge_request_on_gitlab(line: CommandLine, account: Account) -> None:
    line.write("hourly.sh", RECIPES["hourly"])
    line.write("templates/order.yaml", body("'{{1}}'"))
    assert gitlab_job(line, "plan", "merge_request_event") == 1
    assert json.loads((line.root / "quality.json").read_text(encoding="utf-8"))
    line.write("templates/order.yaml", body("Your order left our depot today."))
    assert gitlab_job(line, "plan", "merge_request_event") == 0
    assert {path.name for path in line.root.iterdir()} >= set(WORKFLOWS[1]["plan"]["artifacts"]["paths"])
    assert gitlab_job(line, "apply", "merge_request_event") == 64, "never from a merge request"
    assert account.writes() == []
    assert gitlab_job(line, "apply", "push") == 0
    assert account.live() == {"order/en_US": "APPROVED"}
    account.do("reject", template="order/en_US", reason="PROMOTIONAL")
    assert gitlab_job(line, "apply", "schedule") == 4


@pytest.mark.parametrize("code", [0, 1, 3, 5])
def test_the_hourly_job_fails_as_apply_does_but_for_what_meta_rations(line: CommandLine, code: int) -> None:
    line.write("bin/wasync", f'#!/bin/sh\n[ "$1" = drift ] || exit {code}\n').chmod(0o755)
    line.write("hourly.sh", RECIPES["hourly"])
    expected = 0 if code == Exit.WAITING else code
    # a runner stops at the first command that fails; `sh hourly.sh` does not
    assert [run(line, "hourly").returncode, sh(line, "sh hourly.sh").returncode] == [expected] * 2


def test_the_workflows_run_what_the_recipes_say() -> None:
    github, gitlab = WORKFLOWS
    validate, plan = RECIPES["pull-request"].splitlines()
    assert gitlab["plan"]["script"] == [f"{validate} --format gitlab > quality.json", plan]
    # yaml reads `on` as true
    assert set(github[True]) == {"pull_request", "push", "schedule"}
    assert github["permissions"] == {}
    used = [step for job in github["jobs"].values() for step in job["steps"] if "/wasync@" in step["uses"]]
    assert len(used) == 2
    for step in used:
        assert set(step["with"]) <= set(ACTION["inputs"])


def test_the_hooks_of_pre_commit_are_there() -> None:
    (text,) = re.findall(r"<!-- pre-commit -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
    wanted = {hook["id"] for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]}
    kept = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert wanted == {hook["id"] for hook in kept}
