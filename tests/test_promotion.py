"""promotion: an account gets a text only once another has it approved, and hears what review changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.command_line import without_times
from tests.shell import Account as Emulated
from tests.shell import CommandLine, shell
from tests.test_cli_plan import SECOND, TWO, body
from wasync.model.config import Account, Policy
from wasync.model.live import Listing, Live, Memory, Snapshot
from wasync.model.plan import Action, AlarmKind, Plan, Reason
from wasync.model.template import Desired, Key, Template
from wasync.plan import decide
from wasync.promotion import Approvals, approvals

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORDER = Key("order", "en_US")


def template(text: str = "Your order left today.", category: str = "utility") -> Template:
    return Template(ORDER, category, {"body": text})


def snapshot(desired: Template | None, *live: Live, account: str = "staging") -> Snapshot:
    files = Desired({ORDER: desired} if desired else {}, {}, ())
    return Snapshot(Account(account, "1"), "v26.0", files, Listing(live), Memory(), NOW)


def row(text: str = "Your order left today.", status: str = "APPROVED", **more: str) -> Live:
    category = more.pop("category", "utility")
    return Live(template(text, category), "7", status, **more)  # type: ignore[arg-type]  # names are the test's


def promoted(first: Approvals, *live: Live) -> Plan:
    return decide(snapshot(template(), *live, account="production"), Policy(), first)


@pytest.mark.parametrize(
    ("staging", "why"),
    [
        (snapshot(template()), "staging does not have it yet"),
        (snapshot(template(), row(status="PENDING_DELETION")), "staging does not have it yet"),
        (snapshot(template(), row("Your order left.")), "staging has another text"),
        (snapshot(template(), row(status="PENDING")), "pending in staging"),
        (
            snapshot(template(), row(status="REJECTED", rejected_reason="PROMOTIONAL")),
            "rejected in staging, PROMOTIONAL",
        ),
        (snapshot(None, row()), "staging does not get this template"),
    ],
)
def test_what_the_first_account_lacks_is_held(staging: Snapshot, why: str) -> None:
    first = approvals(staging)
    for live in ((), (row("Your order left yesterday."),)):
        (step,) = promoted(first, *live).steps
        assert (step.action, step.reason, step.detail) == (Action.HOLD, Reason.NOT_APPROVED, why)
        assert step.wanted is (Action.UPDATE if live else Action.CREATE)


def test_what_the_first_account_has_approved_goes_on() -> None:
    first = approvals(snapshot(template(), row()))
    assert [step.action for step in promoted(first).steps] == [Action.CREATE]
    assert [step.action for step in promoted(first, row("Another text.")).steps] == [Action.UPDATE]
    assert promoted(first, row()).steps == ()


def test_the_account_may_differ_in_its_values() -> None:
    there = template("Your order left at https://staging.example.")
    first = approvals(snapshot(there, row("Your order left at https://staging.example.")))
    assert [step.action for step in promoted(first).steps] == [Action.CREATE]


def test_a_category_that_review_moved_there_is_an_alarm_here() -> None:
    first = approvals(snapshot(template(), row(category="marketing")))
    (alarm,) = promoted(first).alarms
    assert (alarm.kind, alarm.key) == (AlarmKind.CATEGORY, ORDER)
    assert alarm.message == "In staging review moved it from utility to marketing."


def test_a_held_create_takes_nothing_from_the_hours_creations() -> None:
    (step,) = promoted(approvals(snapshot(template()))).steps
    assert step.cost is None


# -- the command line ------------------------------------------------------------------------------------


@pytest.fixture
def line(tmp_path: Path, account: Emulated) -> CommandLine:
    line = shell(tmp_path, account)
    account.do("account", id=SECOND)
    line.write("wasync.yaml", TWO)
    return line


HELD = """\
wasync plan · account production (102290129340398) · Graph v26.0

  ! hold

  ! order/en_US  create held: the account that has to approve it first has not (staging does not
      have it yet)
      templates/order.yaml:3
      body    Your order left our warehouse today.
      footer  Acme Store
      Apply it there, wait for its approval, then plan again.

Not in the files
  hello_world/en_US

Plan: 0 to create, 0 to update, 0 to delete, 1 on hold. 0 in sync.
1 live template is not in the files; untouched.
"""


def test_production_waits_for_staging_and_then_gets_the_same(line: CommandLine, account: Emulated) -> None:
    wanted = ("plan", "--account", "production", "--require-approved-in", "staging")
    assert line(*wanted) == (0, HELD, "")
    assert line("apply", "--account", "staging", "--auto-approve").code == 0
    assert "1 to create" in line(*wanted).out
    assert line(*wanted, "--out", "plan.json").code == 0
    assert line("apply", "--account", "production", "plan.json").code == 0

    line.write("templates/order.yaml", body("Your order left our depot today."))
    run = line("apply", "--auto-approve", *wanted[1:])
    assert (run.code, "staging has another text" in run.out) == (0, True)
    assert account.writes()[-1:] != []
    account.writes()
    assert "Nothing to apply." in line("apply", "--auto-approve", *wanted[1:]).out
    assert account.writes() == []


@pytest.mark.parametrize("name", ["production", "nobody"])
def test_the_first_account_is_another_one_of_the_project(name: str, line: CommandLine) -> None:
    run = line("plan", "--account", "production", "--require-approved-in", name)
    assert (run.code, run.out) == (64, "")
    assert run.err == (
        f"Error: --require-approved-in {name}: that is no other account of wasync.yaml.\n"
        "  Next: There are: staging.\n"
    )


# -- changes that break senders --------------------------------------------------------------------------

VARIABLE = '{text: "Your order {{1}} left our warehouse today.", examples: [A-1]}'


@pytest.mark.parametrize(
    ("policy", "argv", "code", "told"),
    [
        ("", (), 0, True),
        ("policy: {breaking: warn}\n", (), 0, True),
        ("policy: {breaking: allow}\n", (), 0, False),
        ("policy: {breaking: refuse}\n", (), 1, True),
        ("policy: {breaking: refuse}\n", ("--allow-breaking", "0"), 1, True),
        ("policy: {breaking: refuse}\n", ("--allow-breaking", "1"), 0, True),
    ],
)
def test_the_project_says_what_becomes_of_a_change_that_breaks_senders(
    policy: str, argv: tuple[str, ...], code: int, told: bool, line: CommandLine, account: Emulated
) -> None:
    only = ("--account", "production")
    assert line("apply", "--auto-approve", *only).code == 0
    line.write("wasync.yaml", TWO + policy)
    line.write("templates/order.yaml", body(VARIABLE))
    account.writes()
    run = line("apply", "--auto-approve", *only, *argv)
    assert (run.code, "BREAKING: body: senders must pass {{1}} too" in run.out) == (code, told)
    assert len(account.writes()) == (0 if code else 1)
    refusal = (
        "Error: 1 template would break the code that sends (order/en_US); policy.breaking in wasync.yaml"
        " refuses that. Give the new text a revision: of its own, or, if senders are ready, add"
        " --allow-breaking 1."
    )
    assert (refusal in " ".join(without_times(run.out).split())) is bool(code)


# -- an account that shows nothing -----------------------------------------------------------------------


def test_an_account_that_was_full_and_shows_nothing_is_not_filled_anew(
    line: CommandLine, account: Emulated
) -> None:
    only = ("--account", "production")
    for number in range(3):
        line.write(f"templates/t{number}.yaml", body(f"Text {number} stays as it is today."))
    assert line("apply", "--auto-approve", *only).code == 0
    account.writes()
    for key in [*account.live(), "hello_world/en_US"]:
        account.do("delete", template=key, lock=False)
    run = line("apply", "--auto-approve", *only)
    assert (run.code, account.writes()) == (1, [])
    assert "Meta lists no template at all, and wasync applied 4 to this account:" in run.out
    assert "wasync state forget '*', then plan again." in " ".join(run.out.split())
