"""action.yml: its steps run as shell through a pull request's life, on loopback alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.github import ACTION, BOT, FORK, Repository, Runner, github
from tests.shell import ROOT, Account, CommandLine, shell
from tests.test_cli_plan import body
from tests.web_page import read_page

SCRIPTS = ROOT / ".github" / "action"


@pytest.fixture
def repository() -> Iterator[Repository]:
    with github() as found:
        yield found


@pytest.fixture
def runner(tmp_path: Path, account: Account, repository: Repository) -> Runner:
    (tmp_path / "shop").mkdir()
    return Runner(shell(tmp_path / "shop", account), repository)


@pytest.fixture
def line(runner: Runner) -> CommandLine:
    return runner.line


def test_the_life_of_a_pull_request(
    runner: Runner, line: CommandLine, account: Account, repository: Repository
) -> None:
    # opened: a comment, a page with pictures, the plan; nothing is sent
    opened = runner.run("pull_request", head="h1")
    assert (opened.code, opened.outputs) == (0, {"mode": "plan", "exit-code": "0"})
    assert account.writes() == []
    (comment,) = repository.comments
    assert "1 to create" in comment["body"]
    assert opened.summary == comment["body"]
    assert "Your order left our warehouse today." in read_page((opened.files / "plan.html").read_text()).text
    assert (opened.files / "preview.html").exists()
    # another text is pushed: the one comment says so
    repository.comments.insert(0, {"id": 0, "body": "Looks good.", "user": {"login": "ana", "type": "User"}})
    repository.comments[:] = [{**one, "id": at} for at, one in enumerate(repository.comments, 1)]
    line.write("templates/order.yaml", body("Your order left our depot today."))
    assert runner.run("pull_request", head="h2").code == 0
    assert [one["body"].split("\n")[0] for one in repository.comments] == [
        "Looks good.",
        "<!-- wasync:plan production -->",
    ]
    assert "Your order left our depot today." in repository.comments[1]["body"]
    # merged while somebody made the template by hand: stale, and nothing is written
    repository.merge("m1", "h2")
    payload = {
        "name": "order", "language": "en_US", "category": "UTILITY", "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Made by hand."}],
    }  # fmt: skip
    account.do("seed", templates=[payload])
    stale = runner.run("push", commit="m1")
    assert (stale.code, account.writes()) == (5, [])
    assert "::error::Stale: what is merged would not do what was reviewed" in stale.printed
    account.do("delete", template="order/en_US", lock=False)
    # merged: exactly what was reviewed is done
    merged = runner.run("push", commit="m1")
    assert (merged.code, merged.outputs) == (0, {"mode": "apply", "exit-code": "0"})
    assert account.live() == {"order/en_US": "APPROVED"}
    # rejected by Meta: the scheduled job fails and says why; the file is mended, reviewed, and sent
    account.do("reject", template="order/en_US", reason="PROMOTIONAL")
    rejected = runner.run("schedule")
    assert rejected.code == 4
    assert "PROMOTIONAL" in rejected.printed
    line.write("templates/order.yaml", body("Your order has left our depot."))
    assert runner.run("pull_request", head="h3").code == 0
    repository.merge("m2", "h3")
    assert runner.run("push", commit="m2").code == 0
    assert runner.run("schedule").code == 0
    assert account.live() == {"order/en_US": "APPROVED"}


def test_files_that_were_changed_by_the_merge_are_not_sent(
    runner: Runner, line: CommandLine, account: Account, repository: Repository
) -> None:
    assert runner.run("pull_request", head="h1").code == 0
    line.write("templates/order.yaml", body("Nobody reviewed this sentence."))
    repository.merge("m1", "h1")
    assert (runner.run("push", commit="m1").code, account.writes()) == (5, [])


def test_annotations_name_files_as_the_repository_does(
    runner: Runner, line: CommandLine, account: Account
) -> None:
    (line.root.parent / ".git").mkdir()
    line.write("templates/order.yaml", body("Your order left {{1}}"))
    wrong = runner.run("pull_request", head="h1")
    assert "::error file=shop/templates/order.yaml,line=" in wrong.printed
    line.write("templates/order.yaml", body("Your order left our warehouse today."))
    assert line("apply", "--auto-approve").code == 0
    account.do("set", template="order/en_US", status="PENDING")
    line.write("templates/order.yaml", body("Your order left our depot today."))
    held = runner.run("pull_request", head="h2")
    assert "::warning file=shop/templates/order.yaml,line=" in held.printed


def test_a_fork_gets_findings_and_pictures_and_no_plan(
    runner: Runner, line: CommandLine, account: Account, repository: Repository
) -> None:
    line.environ.pop("WHATSAPP_TOKEN")
    run = runner.run("pull_request", head="f1", fork=True)
    assert (run.code, run.outputs) == (0, {"mode": "check"})
    assert repository.comments == []
    assert [one["name"] for one in repository.artifacts] == ["wasync-preview"]
    line.write("templates/order.yaml", body("'{{1}}'"))
    wrong = runner.run("pull_request", head="f2", fork=True)
    assert wrong.code == 1
    assert "::error file=templates/order.yaml,line=" in wrong.printed
    assert len(repository.artifacts) == 2
    assert account.do("calls")["calls"] == []


def test_a_forks_artifact_of_the_same_name_is_not_what_was_reviewed(
    runner: Runner, line: CommandLine, account: Account, repository: Repository
) -> None:
    reviewed = runner.run("pull_request", head="h1")
    repository.artifacts.clear()
    repository.keep("wasync-plan-production", reviewed.files, "h1", FORK)
    repository.merge("m1", "h1")
    run = runner.run("push", commit="m1")
    assert (run.code, account.writes()) == (5, [])
    assert "has no plan named wasync-plan-production" in run.printed


def test_a_commit_that_nobody_reviewed_is_not_applied(runner: Runner, account: Account) -> None:
    run = runner.run("push", commit="m9")
    assert (run.code, account.writes()) == (5, [])
    assert "comes from no merged pull request" in run.printed


def test_a_job_started_by_hand_sends_only_what_the_main_branch_holds(
    runner: Runner, account: Account
) -> None:
    other = runner.run("workflow_dispatch", branch="my-idea")
    assert (other.code, account.writes()) == (64, [])
    assert "::error::Started by hand, wasync sends only what lies on main" in other.printed
    assert runner.run("workflow_dispatch", branch="my-idea", command="check").code == 0
    assert runner.run("workflow_dispatch").code == 0
    assert account.live() == {"order/en_US": "APPROVED"}


def test_a_comment_that_only_looks_like_ours_is_left_alone(runner: Runner, repository: Repository) -> None:
    marker = "<!-- wasync:plan production -->\nAll is well."
    repository.comments.append({"id": 1, "body": marker, "user": {"login": "mallory", "type": "User"}})
    assert runner.run("pull_request", head="h1").code == 0
    assert repository.comments[0]["body"] == marker
    assert [one["user"] for one in repository.comments[1:]] == [BOT]


@pytest.mark.parametrize("wrong", ["files", "token"])
def test_the_comment_shows_no_older_plan_as_that_of_the_newest_files(
    runner: Runner, line: CommandLine, repository: Repository, wrong: str
) -> None:
    assert runner.run("pull_request", head="h1").code == 0
    if wrong == "files":
        line.write("templates/order.yaml", body("'{{1}}'"))
    else:
        line.environ["WHATSAPP_TOKEN"] = "expired"
    assert runner.run("pull_request", head="h2").code == 1
    (comment,) = repository.comments
    assert comment["body"] == (
        "<!-- wasync:plan production -->\n**The newest commit has no plan: see what the job says.**\n"
    )


def test_a_plan_that_is_refused_is_told_and_fails(
    runner: Runner, line: CommandLine, account: Account, repository: Repository
) -> None:
    assert line("apply", "--auto-approve").code == 0
    account.do("clock", seconds=60)
    line.write("templates/order.yaml", "category: utility\nabsent: true\n")
    line.write("wasync.yaml", (line.root / "wasync.yaml").read_text() + "limits: {deletes: 0}\n")
    run = runner.run("pull_request", head="h1")
    assert (run.code, run.outputs["exit-code"]) == (1, "1")
    assert "Refused" in repository.comments[0]["body"]


def test_github_refusing_is_said(runner: Runner, repository: Repository) -> None:
    repository.refused = True
    run = runner.run("pull_request", head="h1")
    assert run.code == 1
    assert (
        "::error::GitHub answered 403 to GET issues/7/comments. Does the job have the permission?"
        in run.printed
    )


@pytest.mark.parametrize(
    ("event", "command", "code", "said"),
    [
        ("pull_request_target", "auto", 64, "wasync does not run on pull_request_target"),
        ("pull_request_target", "apply", 64, "wasync does not run on pull_request_target"),
        ("release", "auto", 64, "wasync has nothing to do on release"),
        ("push", "aply", 64, "command is none of auto, check, plan, apply, scheduled"),
        ("pull_request", "apply", 5, "comes from no merged pull request"),
        ("push", "check", 0, ""),
    ],
)
def test_what_an_event_does(
    runner: Runner, account: Account, event: str, command: str, code: int, said: str
) -> None:
    run = runner.run(event, command=command)
    assert (run.code, account.writes()) == (code, [])
    assert said in run.printed


def test_no_input_reaches_a_shell_but_by_its_environment() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]), "pinned by hash"


def test_every_script_is_run_and_none_is_left_over() -> None:
    steps = ACTION["runs"]["steps"]
    named = set(re.findall(r"action/(\w+)\.sh", " ".join(step.get("run", "") for step in steps)))
    modes = {"plan", "apply", "scheduled"}
    assert named | modes == {path.stem for path in SCRIPTS.glob("*.sh")}
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["entry"] for hook in hooks] == ["wasync validate", "wasync fmt"]
