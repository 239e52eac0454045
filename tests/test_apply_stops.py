"""apply stops before it writes, or says what it wrote, when files, live or the disk fail it."""

from __future__ import annotations

import os
import pwd
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from tests.shell import ROOT, Account, CommandLine
from wasync.state.local import LocalState

IMAGE = """\
category: marketing
languages:
  en_US:
    header: {format: image, media: sale.png}
    body: Everything in the shop is cheaper until Monday.
"""


def with_image(line: CommandLine) -> Path:
    line.write("templates/sale.yaml", IMAGE)
    picture = line.root / "templates" / "sale.png"
    shutil.copy(ROOT / "tests/scenarios/create_media_header/templates/sale.png", picture)
    return picture


def test_media_that_changed_since_the_plan_stop_it_before_the_first_write(
    line: CommandLine, account: Account
) -> None:
    picture = with_image(line)
    line("plan", "--out", "plan.json")
    picture.write_bytes(picture.read_bytes() + b"other")
    run = line("apply", "plan.json")
    assert (run.code, account.writes()) == (5, [])
    assert " ".join(run.err.split()) == (
        "Error: sale/en_US: templates/sale.png has changed since the plan was made; nothing was written."
        " --> templates/sale.yaml:3:1 Next: Run `wasync plan` again and review it."
    )


def test_a_missing_app_id_is_said_before_anybody_is_asked(line: CommandLine, account: Account) -> None:
    with_image(line)
    project = (line.root / "wasync.yaml").read_text(encoding="utf-8")
    line.write("wasync.yaml", "".join(row for row in project.splitlines(True) if "app_id" not in row))
    run = line("apply")
    assert (run.code, account.writes()) == (1, [])
    assert "uploads need the id of a Meta app" in run.err


def test_a_saved_delete_is_not_done_on_a_short_listing(line: CommandLine, account: Account) -> None:
    line.write(
        "templates/other.yaml", "category: utility\nlanguages:\n  en_US:\n    body: Your table is free.\n"
    )
    line("apply", "--auto-approve")
    line.write("templates/order.yaml", "absent: true\n")
    line("plan", "--out", "plan.json")
    account.writes()
    account.do("fault", method="GET", path="message_templates", kind="short", rows=1)
    run = line("apply", "plan.json")
    assert (run.code, account.writes()) == (1, [])
    assert " ".join(run.err.split()) == (
        "Error: Meta reported 3 templates and listed 2: nothing is deleted on an incomplete listing."
        " Nothing was written. Next: Run it again."
    )
    assert line("apply", "plan.json").code == 0
    assert account.live() == {"other/en_US": "APPROVED"}


def test_what_was_done_is_told_when_the_state_cannot_be_written(line: CommandLine, account: Account) -> None:
    blocked = line.root / ".wasync" / "state.json.tmp"
    blocked.mkdir(parents=True)
    run = line("apply", "--auto-approve")
    assert run.code == 1
    assert run.out.endswith(
        "\n  order/en_US  created; approved\n\nApplied: 1 created, 0 updated, 0 deleted.\n"
    )
    assert "state.json: cannot write" in run.err
    blocked.rmdir()
    assert line("apply", "--auto-approve").code == 0
    assert line("plan").out.splitlines()[-1].startswith("No changes.")


def test_waiting_for_review_keeps_no_lock(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="hold")
    process = line.start("apply", "--auto-approve", "--wait")
    assert process.stderr is not None
    while "In review" not in process.stderr.readline():
        assert process.poll() is None
    with LocalState(line.root / ".wasync" / "state.json").lock("another run", datetime.now(UTC)):
        account.do("approve", template="order/en_US")
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "order/en_US  created; approved" in out


def test_a_user_without_a_name_can_apply(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> NoReturn:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delitem(os.environ, name, raising=False)
    assert line("apply", "--auto-approve").code == 0


def test_apply_run_again_goes_on_waiting(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="hold")
    again = ("apply", "--auto-approve", "--wait", "--timeout", "0")
    assert [line(*again).code for _ in range(2)] == [3, 3]
    assert line(*again, "--target", "hello_world").code == 0
    account.do("approve", template="order/en_US")
    assert line(*again).code == 0
    line.write(
        "templates/sale.yaml", "category: utility\nlanguages:\n  en_US:\n    body: Your table is free.\n"
    )
    account.do("review-rule", name="sale", outcome="hold")
    line("plan", "--out", "plan.json")
    assert [line("apply", "plan.json", *again[2:]).code for _ in range(2)] == [3, 3]
    account.do("reject", template="sale/en_US", reason="PROMOTIONAL")
    assert line("apply", "plan.json", *again[2:]).code == 4


def test_what_was_in_review_before_and_is_rejected_is_a_verdict(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="hold")
    line("apply", "--auto-approve")
    process = line.start("apply", "--auto-approve", "--wait")
    assert process.stderr is not None
    while "In review" not in process.stderr.readline():
        assert process.poll() is None
    account.do("reject", template="order/en_US", reason="PROMOTIONAL")
    process.communicate(timeout=30)
    assert process.returncode == 4


def test_a_saved_plan_is_applied_as_the_account_it_was_made_for(line: CommandLine, account: Account) -> None:
    project = (line.root / "wasync.yaml").read_text(encoding="utf-8")
    entry = project[project.index("  production:") :]
    line.write(
        "wasync.yaml", project + entry.replace("production", "second").replace("WHATSAPP_TOKEN", "NONE")
    )
    line("plan", "--account", "production", "--out", "plan.json")
    assert line("apply", "plan.json").code == 0
    moved = project.replace("production", "first").replace("WHATSAPP_TOKEN", "NONE") + entry
    line.write("wasync.yaml", moved)
    assert line("apply", "plan.json").code == 0


def test_all_accounts_share_the_time_to_wait(line: CommandLine, account: Account) -> None:
    project = (line.root / "wasync.yaml").read_text(encoding="utf-8")
    entry = project[project.index("  production:") :]
    line.write("wasync.yaml", project + entry.replace("production", "second"))
    account.do("review-rule", name="order", outcome="hold")
    line("apply", "--auto-approve", "--account", "production")
    run = line("wait", "--timeout", "3", "--format", "json")
    assert run.code == 3
    assert {event["account"] for event in run.events()} == {"production"}
    assert sum(event["seconds"] for event in run.events()) <= 3
