"""apply and wait as people and pipelines meet them: approval, saved plans, review, interruptions."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.command_line import without_times
from tests.shell import ORDER, PROJECT, WABA_ID, Account, CommandLine
from tests.test_cli_plan import CHANGED, IN_SYNC, NEW, body

CREATE = f"POST /v26.0/{WABA_ID}/message_templates"
QUESTION = "Only 'yes' will be accepted to approve"


@pytest.fixture
def applied(line: CommandLine, account: Account) -> CommandLine:
    """The project after its first apply; nothing has been written since."""
    assert line("apply", "--auto-approve").code == 0
    account.writes()
    return line


# -- doing, and saying so -------------------------------------------------------------------------------


def test_apply_shows_the_plan_does_it_and_says_what_was_done(line: CommandLine, account: Account) -> None:
    run = line("apply", "--auto-approve")
    assert run.code == 0
    assert (
        run.out == NEW + "\n  order/en_US  created; approved\n\nApplied: 1 created, 0 updated, 0 deleted.\n"
    )
    assert run.err == "Applying 1 step to account production.\norder/en_US: created; approved\n"
    assert account.writes() == [CREATE]
    assert line("plan") == (0, IN_SYNC, "")


def test_nothing_to_do_is_said_and_sends_nothing(applied: CommandLine, account: Account) -> None:
    assert applied("apply") == (0, IN_SYNC + "\nNothing to apply.\n", "")
    assert account.writes() == []


def test_json_is_one_event_a_line(line: CommandLine) -> None:
    run = line("apply", "--auto-approve", "--wait", "--format", "json")
    assert (run.code, run.err) == (0, "")
    events = run.events()
    assert [event["event"] for event in events] == [
        "apply_started",
        "step_started",
        "step_ended",
        "reviewed",
        "apply_ended",
    ]
    assert events[-1]["outcome"]["summary"] == {
        "done": 1,
        "already": 0,
        "failed": 0,
        "stale": 0,
        "not_tried": 0,
        "waiting": 0,
        "later": 0,
    }


def test_a_failure_is_1_and_leaves_its_neighbours_alone(line: CommandLine, account: Account) -> None:
    line.write("templates/sale.yaml", body("Everything is cheaper until the end of the week."))
    account.do("fault", method="POST", code=100, subcode=2388293, status=400, times=1)
    run = line("apply", "--auto-approve")
    assert run.code == 1
    assert account.live() == {"sale/en_US": "APPROVED"}
    assert "Applied: 1 created, 0 updated, 0 deleted. 1 failed.\n" in run.out
    assert "--> templates/order.yaml:3:1" in run.out
    again = line("apply", "--auto-approve")
    assert again.code == 0
    assert again.out.endswith("\nApplied: 1 created, 0 updated, 0 deleted.\n")


@pytest.mark.parametrize("given", [[], ["--format", "json"]])
def test_a_plan_over_its_limit_is_not_done_and_says_why(
    given: list[str], applied: CommandLine, account: Account
) -> None:
    applied.write("wasync.yaml", PROJECT + "limits: {deletes: 0}\n")
    applied.write("templates/order.yaml", "absent: true\n")
    run = applied("apply", "--auto-approve", *given)
    assert run.code == 1
    assert run.err.startswith("Error: The plan breaks a limit: nothing was written.\n  Next: ")
    told = " ".join((run.out + run.err).split())
    assert "1 template would be deleted; limits.deletes in wasync.yaml allows 0." in told
    assert (account.writes(), account.live()) == ([], {"order/en_US": "APPROVED"})
    assert applied("apply", "--auto-approve", "--allow-deletes", "1", *given).code == 0
    assert account.live() == {}


def test_a_target_leaves_the_others(line: CommandLine, account: Account) -> None:
    line.write("templates/sale.yaml", body("Everything is cheaper until the end of the week."))
    assert line("apply", "--auto-approve", "--target", "sale/*").code == 0
    assert account.live() == {"sale/en_US": "APPROVED"}


def test_overwrite_lets_the_file_win_a_conflict(applied: CommandLine, account: Account) -> None:
    account.do("edit", template="order/en_US", body="Somebody wrote this text by hand.")
    applied.write("templates/order.yaml", body("Your order left our depot today."))
    held = applied("apply", "--auto-approve")
    assert (held.code, account.writes()) == (0, [])
    assert "held: changed in the file and outside too" in held.out
    assert "wasync apply --account production --overwrite order/en_US" in held.out
    done = applied("apply", "--auto-approve", "--overwrite", "order/en_US")
    assert (done.code, len(account.writes())) == (0, 1)
    assert applied("plan") == (0, IN_SYNC, "")


def test_resend_sends_what_is_equal_once_more(applied: CommandLine, account: Account) -> None:
    run = applied("apply", "--auto-approve", "--resend", "order")
    assert (run.code, len(account.writes())) == (0, 1)
    assert "\n  order/en_US  updated" in run.out
    assert applied("apply", "--auto-approve").out == IN_SYNC + "\nNothing to apply.\n"


def test_read_only_sends_nothing_that_writes(line: CommandLine, account: Account) -> None:
    line.environ["WASYNC_READ_ONLY"] = "1"
    run = line("apply", "--auto-approve")
    assert (run.code, run.out, account.writes()) == (1, NEW, [])
    assert run.err == (
        "Error: Cannot apply the plan: wasync is in read-only mode and sends nothing but reads; nothing was\n"
        "  sent.\n"
        "  Next: Unset WASYNC_READ_ONLY to let wasync write.\n"
    )
    line("plan", "--out", "plan.json")
    assert (line("apply", "plan.json").code, account.writes()) == (1, [])
    line.environ["WASYNC_READ_ONLY"] = "0"
    assert line("apply", "plan.json").code == 0
    line.environ["WASYNC_READ_ONLY"] = "1"
    assert line("apply") == (0, IN_SYNC + "\nNothing to apply.\n", "")


def test_an_allowance_that_names_nothing_is_told(applied: CommandLine) -> None:
    globs = ("--resend", "ordr", "--overwrite", "sale/*", "--overwrite", "order/en_US")
    notes = (
        "Note: --overwrite sale/* matches no template of account production.\n"
        "Note: --resend ordr matches no template of account production.\n"
    )
    assert applied("apply", "--auto-approve", *globs).err == notes
    assert applied("plan", *globs).err == notes


# -- approval -------------------------------------------------------------------------------------------


def test_without_a_terminal_apply_refuses_and_names_the_option(line: CommandLine, account: Account) -> None:
    run = line("apply")
    assert (run.code, run.out) == (1, NEW)
    assert run.err == (
        "Error: Nobody is here to approve the plan: nothing was written.\n"
        "  Next: Add --auto-approve, or save the plan (wasync plan --out FILE) and apply the file.\n"
    )
    assert account.writes() == []


def test_a_typed_yes_approves(line: CommandLine, account: Account) -> None:
    run = line.in_terminal("apply", question=QUESTION, answer="yes\n")
    assert run.code == 0
    assert f"Do these steps on account production ({WABA_ID})?" in run.out
    assert "Applied: 1 created, 0 updated, 0 deleted." in run.out
    assert account.live() == {"order/en_US": "APPROVED"}


@pytest.mark.parametrize("answer", ["y\n", "Yes\n", "yes please\n", "\n"])
def test_anything_else_cancels(answer: str, line: CommandLine, account: Account) -> None:
    run = line.in_terminal("apply", question=QUESTION, answer=answer)
    assert run.code == 1
    assert "Apply cancelled: nothing was written." in run.out
    assert account.writes() == []


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_leaving_the_question_writes_nothing(key: str, line: CommandLine, account: Account) -> None:
    run = line.in_terminal("apply", question=QUESTION, answer=key)
    assert run.code == 130
    assert "Traceback" not in run.out
    assert account.writes() == []


def test_the_question_warns_of_deletes(applied: CommandLine, account: Account) -> None:
    applied.write("templates/order.yaml", "absent: true\n")
    run = applied.in_terminal("apply", question=QUESTION, answer="no\n")
    assert (run.code, account.writes()) == (1, [])
    assert "There is no undo for a delete: Meta locks the name for 30 days." in run.out


# -- saved plans ----------------------------------------------------------------------------------------


def test_a_saved_plan_is_its_own_approval_and_is_done_once(line: CommandLine, account: Account) -> None:
    line("plan", "--out", "plan.json")
    first = line("apply", "plan.json")
    assert first.code == 0
    assert first.out == (
        NEW + "\n  order/en_US  created; approved\n\nApplied: 1 created, 0 updated, 0 deleted.\n"
    )
    second = line("apply", "plan.json")
    assert second.code == 0
    assert second.out.endswith(
        "\n  order/en_US  already as wanted; nothing sent\n\n"
        "Applied: 0 created, 0 updated, 0 deleted. 1 already as wanted.\n"
    )
    assert account.writes() == [CREATE]
    assert line("plan") == (0, IN_SYNC, "")


def test_a_stale_plan_is_5_and_writes_nothing(applied: CommandLine, account: Account) -> None:
    applied.write("templates/order.yaml", body("Your order left our depot today."))
    applied("plan", "--out", "plan.json")
    account.do("edit", template="order/en_US", body="Somebody wrote this text by hand.")
    run = applied("apply", "plan.json")
    assert (run.code, without_times(run.out)) == (5, CHANGED)
    assert " ".join(run.err.split()) == (
        "Error: The plan is stale: live changed since it was made (order/en_US). Nothing was written. "
        "Next: Make a new plan and look at it again."
    )
    assert account.writes() == []


def test_a_plan_for_an_account_not_chosen_is_refused(line: CommandLine, account: Account) -> None:
    line("plan", "--out", "plan.json")
    line.write("wasync.yaml", PROJECT.replace(WABA_ID, "222000222000222"))
    run = line("apply", "plan.json")
    assert (run.code, run.out, account.writes()) == (1, "", [])
    assert f"The plan is for account production ({WABA_ID})" in run.err


def test_a_plan_file_that_was_edited_is_refused(line: CommandLine, account: Account) -> None:
    line("plan", "--out", "plan.json")
    saved = line.root / "plan.json"
    saved.write_text(saved.read_text(encoding="utf-8").replace("warehouse", "depot"), encoding="utf-8")
    run = line("apply", "plan.json")
    assert (run.code, run.out, account.writes()) == (1, "", [])
    assert "plan.json" in run.err


# -- review ---------------------------------------------------------------------------------------------


def test_a_rejection_ends_waiting_with_4(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="reject", reason="INVALID_FORMAT")
    run = line("apply", "--auto-approve", "--wait")
    assert run.code == 4
    assert "\n  order/en_US  created; rejected (INVALID_FORMAT)\n" in run.out
    waited = line("wait")
    assert (waited.code, waited.out) == (4, "")
    assert waited.err == (
        "order/en_US: rejected (INVALID_FORMAT)\n"
        "      --> templates/order.yaml:3:1\n"
        "      Its form is broken: variables at an end, out of order or too many for so\n"
        "      few words, samples that do not fit, links that do not work. Run wasync\n"
        "      validate, and look at what it warns of.\n"
        "Rejected, paused or disabled: 1 template. To see why: wasync status\n"
    )


def test_a_verdict_in_json_has_reason_category_and_place(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="reject", reason="SCAM")
    assert line("apply", "--auto-approve").code == 0
    (event,) = line("wait", "--format", "json").events()
    assert (event["event"], event["status"], event["rejected_reason"], event["category"], event["place"]) == (
        "reviewed",
        "REJECTED",
        "SCAM",
        "utility",
        {"file": "templates/order.yaml", "line": 3, "column": 1},
    )


@pytest.mark.parametrize(("outcome", "kind"), [("recategorise", "category"), ("reject", "rejected")])
def test_what_meta_answers_to_a_create_can_fail_the_run(
    outcome: str, kind: str, line: CommandLine, account: Account
) -> None:
    account.do("review-rule", name="order", outcome=outcome)
    assert line("apply", "--auto-approve", "--fail-on", f"paused,{kind}").code == 4
    assert line("apply", "--auto-approve", "--fail-on", "paused").code == 0


def test_a_failure_wins_over_an_alarm(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="recategorise")
    assert line("apply", "--auto-approve").code == 0
    line.write("templates/sale.yaml", ORDER.replace("Your order", "Our sale"))
    account.do("fault", method="POST", kind="error", status=400, code=100)
    assert line("apply", "--auto-approve", "--fail-on", "category").code == 1


def test_a_review_longer_than_the_timeout_is_3(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="hold")
    run = line("apply", "--auto-approve", "--wait", "--timeout", "0")
    assert run.code == 3
    assert run.out.endswith("\nSome are still in review. Go on waiting: wasync wait\n")
    waited = line("wait", "--timeout", "0")
    assert waited == (3, "", "Still in review: 1 template. Go on waiting: wasync wait\n")
    account.do("approve", template="order/en_US")
    assert line("wait") == (0, "", "order/en_US: approved\n")


def test_waiting_tells_json_events(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="hold")
    line("apply", "--auto-approve")
    run = line("wait", "--timeout", "3", "--format", "json")
    assert run.code == 3
    told = {(event["event"], event["done"], event["total"]) for event in run.events()}
    assert told == {("waiting", 0, 1)}
    account.do("approve", template="order/en_US")
    run = line("wait", "--format", "json")
    assert [(event["event"], event["status"]) for event in run.events()] == [("reviewed", "APPROVED")]


def test_what_was_sent_is_told_when_waiting_fails(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="hold")
    account.do("fault", method="GET", code=190, subcode=463, status=401, nth=2)
    run = line("apply", "--auto-approve", "--wait")
    assert run.code == 1
    assert run.out.endswith(
        "\n  order/en_US  created; in review\n\nApplied: 1 created, 0 updated, 0 deleted.\n"
    )
    assert run.err.splitlines()[2].startswith("Error: Meta refused to read the templates")


# -- locks and interruptions ----------------------------------------------------------------------------


def test_a_lock_held_is_5_and_writes_nothing(line: CommandLine, account: Account) -> None:
    holder = line.root / "hold.py"
    holder.write_text(
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from wasync.state.local import LocalState\n"
        "with LocalState(Path('.wasync/state.json')).lock('ana@laptop', datetime.now(UTC)):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        [sys.executable, str(holder)],
        cwd=line.root,
        env=line.exported(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        run = line("apply", "--auto-approve")
        planned = line("plan")
        assert process.stdin is not None
        process.stdin.close()
    assert (run.code, run.out, account.writes()) == (5, "", [])
    assert "held by ana@laptop since " in run.err
    assert planned == (0, NEW, "")


def test_ctrl_c_ends_after_the_step_under_way_and_the_next_apply_does_the_rest(
    line: CommandLine, account: Account
) -> None:
    for number in range(4):
        line.write(f"templates/sale_{number}.yaml", body(f"Everything is cheaper until day {number} of May."))
    line("plan", "--out", "plan.json")
    account.do("settings", latency_seconds=0.3)
    process = line.start("apply", "plan.json")
    assert process.stderr is not None
    said = process.stderr.readline() + process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    account.do("settings", latency_seconds=0)
    assert process.returncode == 130
    assert said == "Applying 5 steps to account production.\norder/en_US: created; approved\n"
    assert "Interrupted: stopping after the step under way. Ctrl-C again stops at once." in err
    assert "Traceback" not in out + err
    done = len(account.writes())
    assert 0 < done < 5
    assert f"Applied: {done} created, 0 updated, 0 deleted. {5 - done} not tried." in out
    run = line("apply", "plan.json")
    assert run.code == 0
    assert f"Applied: {5 - done} created, 0 updated, 0 deleted. {done} already as wanted.\n" in run.out
    assert len(account.writes()) == 5 - done
    assert line("plan").out.endswith(
        "No changes. 5 templates are in sync. 1 live template is not in the files; untouched.\n"
    )


def test_an_interrupted_plan_is_resumed_around_what_went_stale(line: CommandLine, account: Account) -> None:
    line.write("templates/sale.yaml", body("Everything is cheaper until the end of the week."))
    line("plan", "--out", "plan.json")
    account.do("fault", method="POST", code=190, subcode=463, status=401, times=1)
    first = line("apply", "plan.json")
    assert first.code == 1
    assert "1 failed, 1 not tried" in first.out
    account.do("seed", templates=[_by_hand("order")])
    run = line("apply", "plan.json")
    assert run.code == 5
    assert "\n  order/en_US  stale; nothing sent\n" in run.out
    assert "\n  sale/en_US   created; approved\n" in run.out


def _by_hand(name: str) -> dict[str, object]:
    return {
        "name": name,
        "language": "en_US",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Somebody wrote this text by hand."}],
    }


def test_ctrl_c_while_waiting_still_says_what_was_sent(line: CommandLine, account: Account) -> None:
    account.do("review-rule", name="order", outcome="hold")
    process = line.start("apply", "--auto-approve", "--wait")
    assert process.stderr is not None
    while "In review" not in process.stderr.readline():
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out.endswith("\n  order/en_US  created; in review\n\nApplied: 1 created, 0 updated, 0 deleted.\n")
    assert err.strip() == "Interrupted."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_NAME", "pull_request_target"),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
    ],
)
def test_a_pull_request_applies_nothing_unless_told(
    name: str, value: str, line: CommandLine, account: Account
) -> None:
    line.environ[name] = value
    run = line("apply", "--auto-approve")
    assert (run.code, run.out, account.writes()) == (64, "", [])
    assert "add --allow-pr-apply." in " ".join(run.err.split())
    assert line("plan").code == 0
    assert line("apply", "--auto-approve", "--allow-pr-apply").code == 0
    assert line("gc", "--auto-approve").code == 64
    line.environ[name] = "push"
    assert line("apply", "--auto-approve").code == 0
