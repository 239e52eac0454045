"""gc as people and pipelines meet it: what goes, approval, saved plans, limits, and a follower that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import without_times
from tests.shell import PROJECT, WABA_ID, Account, CommandLine, shell
from tests.test_cli_apply import QUESTION

SECOND = """\
revision: 2
category: utility
languages:
  en_US:
    body: Your order is on its way to you.
    footer: Acme Store
"""
ROLLOUT = """\
wasync plan · account production (102290129340398) · Graph v26.0

Rollouts
  order -> order_v2                                                           templates/order.yaml:4
      order_v2 is approved in every language. Senders have to name order_v2 now instead of order.
      order stays as it is until wasync gc --account production.

Not in the files
  hello_world/en_US

No changes. 1 template is in sync. 1 live template is not in the files; untouched.
"""
COLLECTS = """\
wasync plan · account production (102290129340398) · Graph v26.0

  - delete

  - order/en_US  utility                                                      templates/order.yaml:4
      body    Your order left our warehouse today.
      footer  Acme Store
      An older revision: order_v2 is approved in every language. It can no longer be sent, and Meta
      locks the name for 30 days. There is no undo.

Plan: 0 to create, 0 to update, 1 to delete, 0 on hold. 0 in sync.
"""
NOTHING = """\
wasync plan · account production (102290129340398) · Graph v26.0

Nothing to collect.
"""
WAITS = """\
wasync plan · account production (102290129340398) · Graph v26.0

Note: order is kept: order_v2 is not approved in en_US (paused).

Nothing to collect.
"""
BOTH = {"order/en_US": "APPROVED", "order_v2/en_US": "APPROVED"}


@pytest.fixture
def line(tmp_path: Path, account: Account) -> CommandLine:
    """The project once its second revision is approved beside the first; nothing has been written since."""
    line = shell(tmp_path, account)
    assert line("apply", "--auto-approve").code == 0
    line.write("templates/order.yaml", SECOND)
    assert line("apply", "--auto-approve").code == 0
    assert account.live() == BOTH
    account.writes()
    return line


def row_id(account: Account) -> str:
    """The id of the older revision."""
    (found,) = (one.id for one in account.emulator.world.templates.values() if one.name == "order")
    return found


def test_the_whole_way(line: CommandLine, account: Account) -> None:
    assert line("plan", "--detailed-exitcode") == (0, ROLLOUT, "")
    assert line("apply") == (0, ROLLOUT + "\nNothing to apply.\n", "")
    assert account.writes() == []
    older = row_id(account)
    run = line("gc", "--auto-approve")
    assert run.code == 0
    assert run.out == COLLECTS + "\n  order/en_US  deleted\n\nApplied: 0 created, 0 updated, 1 deleted.\n"
    assert account.writes() == [f"DELETE /v26.0/{WABA_ID}/message_templates?hsm_id={older}&name=order"]
    assert account.live() == {"order_v2/en_US": "APPROVED"}
    assert line("gc", "--auto-approve") == (0, NOTHING, "")
    again = line("plan", "--detailed-exitcode")
    assert again.code == 0
    assert "Rollouts" not in again.out
    assert account.writes() == []


def test_back_to_the_first_the_name_is_locked_and_the_newer_one_stays(line: CommandLine) -> None:
    line("gc", "--auto-approve")
    line.write("templates/order.yaml", SECOND.replace("revision: 2\n", ""))
    plan = line("plan")
    assert "order/en_US  create held: Meta locks a deleted name and language for 30 days" in plan.out
    assert "live name: revision: 3 in the file." in " ".join(plan.out.split())
    assert "order_v2/en_US: wasync applied this as a newer revision" in plan.out


def test_a_follower_that_is_not_approved_keeps_the_older_one(line: CommandLine, account: Account) -> None:
    account.do("pause", template="order_v2/en_US")
    assert line("gc", "--auto-approve") == (0, WAITS, "")
    assert account.writes() == []


def test_a_language_not_sent_yet_keeps_the_older_one(line: CommandLine, account: Account) -> None:
    line.write("templates/order.yaml", f"{SECOND}  fr:\n    body: Votre commande est en route vers vous.\n")
    run = line("gc", "--auto-approve")
    assert "order is kept: order_v2 is not approved in fr (not created yet)." in run.out
    assert account.writes() == []


def test_apply_never_collects(line: CommandLine, account: Account) -> None:
    line.write("wasync.yaml", PROJECT.replace("token_env", "prune: delete\n    token_env") + 'owns: ["*"]\n')
    assert line("apply", "--auto-approve").code == 0
    assert (account.writes(), account.live()) == ([], BOTH)


# -- approval ----------------------------------------------------------------------------------------------


def test_without_a_terminal_gc_refuses_and_names_the_option(line: CommandLine, account: Account) -> None:
    run = line("gc")
    assert (run.code, run.out) == (1, COLLECTS)
    assert run.err == (
        "Error: Nobody is here to approve the plan: nothing was written.\n"
        "  Next: Add --auto-approve, or save the plan (wasync gc --out FILE) and apply the file.\n"
    )
    assert account.writes() == []


def test_a_typed_yes_collects(line: CommandLine, account: Account) -> None:
    run = line.in_terminal("gc", question=QUESTION, answer="yes\n")
    assert run.code == 0
    assert "There is no undo for a delete: Meta locks the name for 30 days." in run.out
    assert account.live() == {"order_v2/en_US": "APPROVED"}


def test_anything_else_cancels(line: CommandLine, account: Account) -> None:
    run = line.in_terminal("gc", question=QUESTION, answer="y\n")
    assert (run.code, account.live()) == (1, BOTH)
    assert "nothing was written." in run.out


def test_nothing_to_collect_asks_nothing(line: CommandLine, account: Account) -> None:
    line("gc", "--auto-approve")
    assert line("gc") == (0, NOTHING, "")


# -- saved plans -------------------------------------------------------------------------------------------


def test_a_saved_plan_is_shown_and_applied(line: CommandLine, account: Account) -> None:
    run = line("gc", "--out", "gc.json")
    assert (run.code, run.out) == (0, COLLECTS)
    assert run.err == "Saved the plan to gc.json. To do exactly this: wasync apply gc.json\n"
    assert account.writes() == []
    assert line("show", "gc.json").out == COLLECTS
    done = line("apply", "gc.json")
    assert (done.code, account.live()) == (0, {"order_v2/en_US": "APPROVED"})
    assert line("apply", "gc.json").out.endswith(
        "order/en_US  already as wanted; nothing sent\n\n"
        "Applied: 0 created, 0 updated, 0 deleted. 1 already as wanted.\n"
    )


@pytest.mark.parametrize("happens", ["pause", "delete", "disable"])
def test_a_saved_plan_is_stale_once_the_follower_cannot_be_sent(
    happens: str, line: CommandLine, account: Account
) -> None:
    line("gc", "--out", "gc.json")
    account.do(happens, template="order_v2/en_US")
    run = line("apply", "gc.json")
    assert run.code == 5
    assert "The plan is stale: live changed since it was made (order/en_US)." in " ".join(run.err.split())
    assert account.writes() == []
    assert account.live()["order/en_US"] == "APPROVED"


def test_a_file_that_is_no_plan_is_not_replaced(line: CommandLine) -> None:
    run = line("gc", "--out", "wasync.yaml")
    assert (run.code, run.out) == (64, "")
    assert "wasync.yaml is here already and is not a plan" in run.err


def test_json_is_the_plan_or_its_events(line: CommandLine, account: Account) -> None:
    plan = line("gc", "--out", "gc.json", "--format", "json").document("plan")
    assert [(step["address"], step["reason"]) for step in plan["steps"]] == [("order/en_US", "superseded")]
    assert plan["steps"][0]["precondition"]["approved"] == [{"name": "order_v2", "language": "en_US"}]
    shown = line("plan", "--format", "json").document("plan")["rollouts"]
    assert [(one["old"], one["new"], one["waiting"]) for one in shown] == [("order", "order_v2", [])]
    run = line("gc", "--auto-approve", "--format", "json")
    assert [event["event"] for event in run.events()] == [
        "apply_started",
        "step_started",
        "step_ended",
        "apply_ended",
    ]
    nothing = line("gc", "--auto-approve", "--format", "json")
    assert [event["event"] for event in nothing.events()] == ["apply_ended"]


# -- safety ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("limits: {deletes: 0}\n", "1 template would be deleted; limits.deletes in wasync.yaml allows 0."),
        ('protect: ["order"]\n', "order/en_US would be deleted, but protect: 'order' in wasync.yaml"),
    ],
)
@pytest.mark.parametrize(
    "how", [["--auto-approve"], ["--out", "gc.json"], ["--auto-approve", "--format=json"]]
)
def test_limits_and_protect_refuse(
    how: list[str], more: str, why: str, line: CommandLine, account: Account
) -> None:
    line.write("wasync.yaml", PROJECT + more)
    run = line("gc", *how)
    assert (run.code, account.writes()) == (1, [])
    assert why in " ".join((run.out + run.err).split())
    if "limits" in more:
        assert line("gc", "--auto-approve", "--allow-deletes", "1").code == 0
        assert account.live() == {"order_v2/en_US": "APPROVED"}


def test_a_short_listing_collects_nothing(line: CommandLine, account: Account) -> None:
    account.do("fault", kind="short", method="GET", path="message_templates", rows=1, times=1)
    run = line("gc", "--auto-approve")
    assert run.code == 0
    assert "Nothing to collect." in run.out
    assert account.writes() == []


def test_a_target_is_an_older_live_name(line: CommandLine, account: Account) -> None:
    assert line("gc", "--auto-approve", "--target", "order_v2").out == NOTHING
    assert account.live() == BOTH
    assert line("gc", "--auto-approve", "--target", "order").code == 0
    assert account.live() == {"order_v2/en_US": "APPROVED"}


def test_a_failed_delete_is_told_and_the_next_run_does_it(line: CommandLine, account: Account) -> None:
    account.do("fault", method="DELETE", code=100, subcode=2388293, status=400, times=1)
    run = line("gc", "--auto-approve")
    assert (run.code, account.live()) == (1, BOTH)
    assert line("gc", "--auto-approve").code == 0
    assert account.live() == {"order_v2/en_US": "APPROVED"}


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        ("gc --out x.json --auto-approve", "--out only saves the plan: there is nothing to approve."),
        ("gc --format json", "gc --format json cannot ask."),
    ],
)
def test_options_that_contradict_each_other(argv: str, error: str, line: CommandLine) -> None:
    run = line(*argv.split())
    assert (run.code, run.out) == (64, "")
    assert run.err.startswith(f"Error: {error}\n  Next: ")


def test_files_with_an_error_collect_nothing(line: CommandLine, account: Account) -> None:
    line.write("templates/bad.yaml", "category: utilty\n")
    run = line("gc", "--auto-approve")
    assert (run.code, account.writes()) == (1, [])


def test_the_plan_says_what_has_to_happen_first(tmp_path: Path, account: Account) -> None:
    line = shell(tmp_path, account)
    line("apply", "--auto-approve")
    line.write("templates/order.yaml", SECOND)
    assert (
        without_times(line("plan").out)
        == """\
wasync plan · account production (102290129340398) · Graph v26.0

  + create

  + order_v2/en_US  utility                                                   templates/order.yaml:4
      body    Your order is on its way to you.
      footer  Acme Store
      New: Meta does not have it yet. It can be sent once Meta has approved it.

Rollouts
  order -> order_v2                                                           templates/order.yaml:4
      order_v2 comes beside order; not approved yet in en_US. Until then senders name order.
      Wait for Meta (wasync wait), then let senders name order_v2. order stays as it is until wasync
      gc --account production.

Not in the files
  hello_world/en_US

Plan: 1 to create, 0 to update, 0 to delete, 0 on hold. 0 in sync.
1 live template is not in the files; untouched.
"""
    )
