"""plan and show as a pipeline meets them: text whole, accounts, values, targets, saved plans, exit codes."""

from __future__ import annotations

import hmac
from pathlib import Path

import pytest

from tests.command_line import without_times
from tests.shell import ORDER, PROJECT, TOKEN, Account, CommandLine

SECOND = "222000222000222"
TWO = PROJECT + f'  staging:\n    waba_id: "{SECOND}"\n    token_env: WHATSAPP_TOKEN\n'
NEW = """\
wasync plan · account production (102290129340398) · Graph v26.0

  + create

  + order/en_US  utility                                                      templates/order.yaml:3
      body    Your order left our warehouse today.
      footer  Acme Store
      New: Meta does not have it yet. It can be sent once Meta has approved it.

Not in the files
  hello_world/en_US

Plan: 1 to create, 0 to update, 0 to delete, 0 on hold. 0 in sync.
1 live template is not in the files; untouched.
"""
IN_SYNC = """\
wasync plan · account production (102290129340398) · Graph v26.0

Not in the files
  hello_world/en_US

No changes. 1 template is in sync. 1 live template is not in the files; untouched.
"""
CHANGED = """\
wasync plan · account production (102290129340398) · Graph v26.0

  ~ update

  ~ order/en_US  utility                                                      templates/order.yaml:3
      body  Your order left our warehouse today. -> Your order left our depot today.
      Changed in the file. Goes back to review and cannot be sent meanwhile. Edit 1 of 10 in 30
      days; the next is free <date> <time> UTC.

Not in the files
  hello_world/en_US

Plan: 0 to create, 1 to update, 0 to delete, 0 on hold. 0 in sync.
1 live template is not in the files; untouched.
"""


@pytest.fixture
def applied(line: CommandLine, account: Account) -> CommandLine:
    """The project after its first apply; nothing has been written since."""
    assert line("apply", "--auto-approve").code == 0
    account.writes()
    return line


def body(text: str) -> str:
    return ORDER.replace("Your order left our warehouse today.", text)


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


# -- text, and what planning leaves alone ---------------------------------------------------------------


def test_the_plan_of_a_new_template(line: CommandLine) -> None:
    assert line("plan") == (0, NEW, "")


def test_the_plan_after_apply_is_empty(applied: CommandLine) -> None:
    assert applied("plan") == (0, IN_SYNC, "")


def test_the_plan_of_a_change(applied: CommandLine) -> None:
    applied.write("templates/order.yaml", body("Your order left our depot today."))
    run = applied("plan")
    assert (run.code, without_times(run.out), run.err) == (0, CHANGED, "")


def test_planning_writes_nothing(line: CommandLine, account: Account) -> None:
    before = files(line.root)
    for argv in ("validate", "plan", "status", "plan --format json", "account show", "wait --timeout 0"):
        line(*argv.split())
    assert files(line.root) == before
    assert account.writes() == []


def test_alarms_alone_are_no_changes(applied: CommandLine, account: Account) -> None:
    account.do("recategorise", template="order/en_US", category="MARKETING")
    run = applied("plan", "--detailed-exitcode")
    assert run.code == 0
    assert run.out.endswith(
        "No changes. 1 needs attention. 1 live template is not in the files; untouched.\n"
    )


# -- exit codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "code"), [([], 0), (["--detailed-exitcode"], 2)])
def test_changes_are_2_only_when_asked_for(given: list[str], code: int, line: CommandLine) -> None:
    assert line("plan", *given).code == code


def test_in_sync_is_0_even_when_changes_are_asked_for(applied: CommandLine) -> None:
    assert applied("plan", "--detailed-exitcode") == (0, IN_SYNC, "")


def test_a_hold_counts_as_a_change(applied: CommandLine, account: Account) -> None:
    applied.write("templates/order.yaml", body("Your order left our depot today."))
    account.do("set", template="order/en_US", status="PENDING")
    run = applied("plan", "--detailed-exitcode")
    assert run.code == 2
    assert "\n  ! order/en_US  held: in review; editable once reviewed" in run.out


def test_findings_of_severity_error_stop_planning_with_1(line: CommandLine) -> None:
    line.write("templates/order.yaml", ORDER.replace("category", "catgory"))
    run = line("plan")
    assert (run.code, run.out) == (1, "")
    assert "templates/order.yaml:1:1" in run.err
    assert run.err.endswith("Error: The files have errors: nothing was planned.\n  Next: Mend them first.\n")


def test_a_plan_over_its_limit_is_shown_and_fails(applied: CommandLine) -> None:
    applied.write("wasync.yaml", PROJECT + "limits: {deletes: 0}\n")
    applied.write("templates/order.yaml", "absent: true\n")
    run = applied("plan", "--detailed-exitcode")
    assert run.code == 1
    assert "  - order/en_US" in run.out
    assert "Error: 1 template would be deleted; limits.deletes in wasync.yaml allows 0." in run.out
    assert applied("plan", "--allow-deletes", "1").code == 0


# -- accounts -------------------------------------------------------------------------------------------


def test_each_account_gets_its_plan(line: CommandLine, account: Account) -> None:
    account.do("account", id=SECOND)
    line.write("wasync.yaml", TWO)
    run = line("plan")
    assert (run.code, run.err) == (0, "")
    assert [row for row in run.out.splitlines() if row.startswith(("wasync plan", "Plan:"))] == [
        "wasync plan · account production (102290129340398) · Graph v26.0",
        NEW.splitlines()[-2],
        f"wasync plan · account staging ({SECOND}) · Graph v26.0",
        "Plan: 1 to create, 0 to update, 0 to delete, 0 on hold. 0 in sync.",
    ]
    assert "untouched.\n\nwasync plan · account staging" in run.out
    assert line("plan", "--account", "prod*") == (0, NEW, "")
    line.environ["WASYNC_ACCOUNT"] = "production"
    assert line("plan") == (0, NEW, "")
    assert line("plan", "--account", "staging").out.startswith("wasync plan · account staging")


def test_an_account_that_cannot_be_read_does_not_silence_the_others(
    line: CommandLine, account: Account
) -> None:
    line.write("wasync.yaml", TWO)  # nobody has the second
    run = line("plan")
    assert (run.code, run.out) == (1, NEW)
    assert run.err.startswith(f"\naccount staging ({SECOND})\nError: ")
    assert run.err.endswith(
        "\nError: 1 of 2 accounts could not be read: staging.\n"
        "  Next: What is told of the others stands. Mend that, then run again.\n"
    )


@pytest.mark.parametrize("argv", ["apply --auto-approve", "plan --out plan.json"])
def test_what_writes_needs_exactly_one_account(argv: str, line: CommandLine, account: Account) -> None:
    line.write("wasync.yaml", TWO)
    run = line(*argv.split())
    assert (run.code, run.out) == (64, "")
    assert run.err == (
        "Error: This writes to one account, and 2 match: production, staging.\n"
        "  Next: Choose one with --account NAME.\n"
    )
    assert (account.writes(), (line.root / "plan.json").exists()) == ([], False)
    assert line(*argv.split(), "--account", "production").code == 0


# -- values ---------------------------------------------------------------------------------------------


def test_an_option_beats_the_environment_beats_the_file(line: CommandLine) -> None:
    line.write("templates/order.yaml", body("The shop of ${town} says hello to all of you."))
    assert "WA011" in line("validate").out
    line.write("wasync.yaml", PROJECT + "    vars: {town: Ghent}\n")
    assert "The shop of Ghent says" in line("plan").out
    line.environ["WASYNC_VAR_town"] = "Bruges"
    assert "The shop of Bruges says" in line("plan").out
    assert "The shop of Aalst says" in line("plan", "--var", "town=Aalst").out
    assert "The shop of a=b says" in line("plan", "--var", "town=Aalst", "--var", "town=a=b").out


def test_a_variable_of_the_environment_without_our_prefix_is_no_value(line: CommandLine) -> None:
    line.environ["town"] = "Ghent"
    line.write("templates/order.yaml", body("The shop of ${town} says hello to all of you."))
    assert line("plan").code == 1


# -- targets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "planned"),
    [
        (["order"], ["order/de", "order/en_US"]),
        (["order/de"], ["order/de"]),
        (["*/en_US"], ["order/en_US", "sale/en_US"]),
        (["sale", "order/d*"], ["order/de", "sale/en_US"]),
    ],
)
def test_targets_match_the_name_or_name_and_language(
    targets: list[str], planned: list[str], line: CommandLine
) -> None:
    line.write(
        "templates/order.yaml", ORDER + "  de:\n    body: Ihre Bestellung ist heute abgeschickt worden.\n"
    )
    line.write("templates/sale.yaml", body("Everything is cheaper until the end of the week."))
    options = [word for target in targets for word in ("--target", target)]
    run = line("plan", "--format", "json", *options)
    assert [step["address"] for step in run.document("plan")["steps"]] == planned
    assert run.err == ""


def test_a_target_that_matches_nothing_is_said(applied: CommandLine) -> None:
    note = "Note: --target ordr matches no template of account production.\n"
    assert applied("plan", "--target", "ordr", "--target", "order").err == note
    assert applied("status", "--target", "ordr").err == note
    assert applied("wait", "--target", "ordr").err == note


# -- saved plans ----------------------------------------------------------------------------------------


def test_a_saved_plan_is_shown_as_plan_printed_it_anywhere(line: CommandLine, tmp_path: Path) -> None:
    saved = line.root / "plan.json"
    assert line("plan", "--out", "plan.json") == (
        0,
        NEW,
        "Saved the plan to plan.json. To do exactly this: wasync apply plan.json\n",
    )
    assert saved.stat().st_mode & 0o777 == 0o600
    assert TOKEN not in saved.read_text(encoding="utf-8")
    elsewhere = CommandLine(tmp_path / "elsewhere")
    elsewhere.root.mkdir()
    assert elsewhere("show", str(saved)) == (0, NEW, "")
    as_json = elsewhere("show", str(saved), "--format", "json")
    assert as_json.document("plan")["fingerprint"]
    assert files(elsewhere.root) == []


def test_json_and_the_plan_file_are_one_form(line: CommandLine) -> None:
    printed = line("plan", "--format", "json", "--out", "plan.json")
    assert (printed.code, line("show", "plan.json", "--format", "json").out) == (0, printed.out)


def test_a_plan_that_cannot_be_saved_says_so(line: CommandLine) -> None:
    run = line("plan", "--out", "no/such/folder/plan.json")
    assert run.code == 1
    assert run.err.startswith("Error: no/such/folder/plan.json: the plan could not be saved: No such file")


@pytest.mark.parametrize("name", ["wasync.yaml", "templates/order.yaml"])
def test_a_plan_is_not_saved_over_a_file_that_is_none(name: str, line: CommandLine, account: Account) -> None:
    before = (line.root / name).read_bytes()
    run = line("plan", "--out", name)
    assert (run.code, run.out) == (64, "")
    assert run.err == (
        f"Error: {name} is here already and is not a plan: it was left as it is.\n"
        "  Next: Choose another file for --out, or remove this one.\n"
    )
    assert (line.root / name).read_bytes() == before


def test_a_plan_may_be_saved_over_a_plan_and_over_an_empty_file(line: CommandLine) -> None:
    line.write("plan.json", "")
    assert [line("plan", "--out", "plan.json").code for _ in range(2)] == [0, 0]


# -- HTTP shown -----------------------------------------------------------------------------------------


def test_debug_shows_requests_on_stderr_and_no_secret(line: CommandLine, account: Account) -> None:
    secret = "5ec2e75ec2e75ec2e7"
    account.do("settings", app_secret=secret, require_appsecret_proof=True)
    line.write("wasync.yaml", PROJECT + "    app_secret_env: WHATSAPP_SECRET\n")
    line.environ["WHATSAPP_SECRET"] = secret
    run = line("plan", "--debug")
    assert (run.code, run.out) == (0, NEW)
    assert run.err.startswith("> GET /v26.0/102290129340398/message_templates?")
    assert "\n< 200 " in run.err
    proof = hmac.new(secret.encode(), TOKEN.encode(), "sha256").hexdigest()
    for argv in ("plan", "apply --auto-approve", "account inspect-token", "account show"):
        run = line(*argv.split(), "--debug")
        assert run.code == 0
        assert "> GET /v26.0/" in run.err
        assert [hidden for hidden in (TOKEN, secret, proof) if hidden in run.out + run.err] == []


def test_markdown_is_one_comment_of_all_accounts(line: CommandLine, account: Account) -> None:
    account.do("account", id=SECOND)
    line.write("wasync.yaml", TWO)
    run = line("plan", "--format", "markdown")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("<!-- wasync:plan production,staging -->\n### wasync plan")
    assert run.out.count("1 to create") == 2
    line("plan", "--account", "production", "--out", "plan.json")
    only = line("plan", "--account", "production", "--format", "markdown").out
    assert line("show", "plan.json", "--format", "markdown") == (0, only, "")
    assert line("status", "--format", "markdown").code == 64
