"""drift as a scheduled job meets it: what moved, since when, exit codes, and what --accept writes."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.command_line import without_times
from tests.shell import PROJECT, ROOT, TOKEN, WABA_ID, Account, CommandLine, shell
from wasync.emulator.review import body_text
from wasync.state.local import LocalState

SECOND = "222000222000222"
TWO = PROJECT + f'  staging:\n    waba_id: "{SECOND}"\n    token_env: WHATSAPP_TOKEN\n'
ORDER = """\
# Sent by the order service.
category: utility
languages:
  en_US:
    # Keep it short.
    body: Your order left our warehouse today.
    footer: Acme Store
  es_MX:
    body: Tu pedido salió hoy.
"""
NO_DRIFT = """\
wasync drift · account production (102290129340398) · Graph v26.0

No drift. 2 templates are as last applied.
"""
EVERYTHING = """\
wasync drift · account production (102290129340398) · Graph v26.0

  ~ order/en_US  changed outside                                              templates/order.yaml:4
      body  Your order left our warehouse today. -> Your order left our shop today.
      Last in sync <date> <time> UTC.
      The next apply reverts it.
      Keep what is live: wasync drift --account production --accept --target order/en_US

  - order/es_MX  deleted outside                                              templates/order.yaml:8
      Last in sync <date> <time> UTC.
      The next apply creates it again, once Meta frees the name.
      Keep it deleted: declare es_MX: absent in the file.

  + promo_may/en_US  new outside
      Take it into the files: wasync drift --account production --accept --target promo_may/en_US

Not as the file says, and no record tells who changed it
  known/en_US                                                                 templates/known.yaml:3

Drift: 1 changed outside, 1 deleted outside, 1 new outside. 0 templates are as last applied. 1 has
no record.
"""
CONFLICT = """\
wasync drift · account production (102290129340398) · Graph v26.0

  ! order/en_US  changed in the file and outside too                          templates/order.yaml:4
      body
        applied  Your order left our warehouse today.
        live     Your order left our shop today.
        file     Your order left our depot today.
      Last in sync <date> <time> UTC.
      Keep what is live: wasync drift --account production --accept --target order/en_US
      Send the file: wasync apply --account production --overwrite order/en_US

Drift: 1 in conflict. 1 template is as last applied.
"""
ACCEPTED = """\

  changed  templates/order.yaml
  new      templates/promo_may.yaml
Accepted: wrote 2 files.
"""
MOVED = """\
wasync drift · account production (102290129340398) · Graph v26.0

Needs attention
  order/en_US                                                                 templates/order.yaml:4
      Meta moved it from utility to marketing. To record that in the files: wasync drift
      --accept-category order.
  order/es_MX                                                                 templates/order.yaml:8
      Meta moved it from utility to marketing. To record that in the files: wasync drift
      --accept-category order.

No drift. 2 templates are as last applied. 2 need attention.
"""


@pytest.fixture
def line(tmp_path: Path, account: Account) -> CommandLine:
    """A project of two languages, applied; nothing has been written since."""
    line = shell(tmp_path, account)
    line.write("wasync.yaml", PROJECT + 'owns: ["order*", "promo_*"]\n')
    line.write("templates/order.yaml", ORDER)
    assert line("apply", "--auto-approve").code == 0
    account.writes()
    return line


def edited(account: Account, body: str = "Your order left our shop today.") -> None:
    account.do("edit", template="order/en_US", body=body)


def everything(line: CommandLine, account: Account) -> None:
    """Every kind of drift at once, and a template that no record knows."""
    edited(account)
    account.do("delete", template="order/es_MX")
    made = {"language": "en_US", "category": "MARKETING", "status": "APPROVED"}
    account.do(
        "seed",
        templates=[
            {**made, "name": "promo_may", "components": [{"type": "BODY", "text": "All prices are low."}]},
            {**made, "name": "other_team", "components": [{"type": "BODY", "text": "Not ours at all."}]},
            {**made, "name": "known", "components": [{"type": "BODY", "text": "Made by hand long ago."}]},
        ],
    )
    line.write(
        "templates/known.yaml", "category: marketing\nlanguages:\n  en_US:\n    body: As we want it now.\n"
    )


def test_nothing_moved(line: CommandLine) -> None:
    run = line("drift", "--detailed-exitcode")
    assert (run.code, run.out) == (0, NO_DRIFT)


def test_every_kind_of_drift(line: CommandLine, account: Account) -> None:
    everything(line, account)
    line.write("templates/order.yaml", ORDER.replace("Acme Store", "Acme"))
    run = line("drift", "--detailed-exitcode")
    assert (run.code, run.err) == (2, "")
    assert without_times(run.out) == EVERYTHING
    assert account.writes() == []


def test_json_says_the_same(line: CommandLine, account: Account) -> None:
    everything(line, account)
    run = line("drift", "--format", "json")
    assert run.code == 0
    (found,) = run.document("drift")["accounts"]
    assert [(one["address"], one["kind"]) for one in found["drift"]] == [
        ("order/en_US", "changed"),
        ("order/es_MX", "deleted"),
        ("promo_may/en_US", "new"),
    ]
    assert found["drift"][0]["moved"] == [
        {
            "path": "body",
            "applied": "Your order left our warehouse today.",
            "live": "Your order left our shop today.",
            "file": "Your order left our warehouse today.",
        }
    ]
    assert [(one["address"], one["differs"]) for one in found["no_record"]] == [("known/en_US", True)]
    assert found["summary"]["as_applied"] == 0


def test_a_conflict_shows_all_three_sides(line: CommandLine, account: Account) -> None:
    edited(account)
    line.write("templates/order.yaml", ORDER.replace("warehouse", "depot"))
    run = line("drift")
    assert (run.code, without_times(run.out)) == (0, CONFLICT)


def test_a_change_of_the_file_alone_is_no_drift(line: CommandLine) -> None:
    line.write("templates/order.yaml", ORDER.replace("warehouse", "depot"))
    assert line("drift", "--detailed-exitcode").out == NO_DRIFT


def test_a_change_made_in_both_alike_is_no_drift(line: CommandLine, account: Account) -> None:
    edited(account, "Your order left our depot today.")
    line.write("templates/order.yaml", ORDER.replace("warehouse", "depot"))
    assert line("drift", "--detailed-exitcode").out == NO_DRIFT


def test_what_wasync_deleted_is_no_drift(line: CommandLine, account: Account) -> None:
    line.write(
        "templates/order.yaml", ORDER.replace("es_MX:\n    body: Tu pedido salió hoy.", "es_MX: absent")
    )
    assert line("apply", "--auto-approve").code == 0
    line.write("templates/order.yaml", ORDER)
    run = line("drift", "--detailed-exitcode")
    assert run.code == 0
    assert run.out.endswith("\nNo drift. 1 template is as last applied.\n")


def test_without_a_state_nobody_can_tell(line: CommandLine, account: Account) -> None:
    edited(account)
    (line.root / ".wasync/state.json").unlink()
    run = line("drift", "--detailed-exitcode")
    assert run.code == 0
    assert "Note: The state knows nothing of this account" in run.out
    assert run.out.endswith("No drift. 0 templates are as last applied. 2 have no record.\n")


def test_targets_narrow_it(line: CommandLine, account: Account) -> None:
    edited(account)
    assert line("drift", "--detailed-exitcode", "--target", "order/es_MX").code == 0
    assert line("drift", "--detailed-exitcode", "--target", "order/en*").code == 2


def test_drift_takes_no_lock_and_leaves_the_state_alone(line: CommandLine, account: Account) -> None:
    edited(account)
    before = (line.root / ".wasync/state.json").read_bytes()
    assert line("drift").code == 0
    assert (line.root / ".wasync/state.json").read_bytes() == before


def test_several_accounts_get_a_report_each_and_one_that_fails_harms_no_other(
    line: CommandLine, account: Account
) -> None:
    line.write("wasync.yaml", TWO)  # nobody has the second
    for command in ("drift", "status"):
        run = line(command, "--fail-on", "category")
        assert (run.code, run.out.count("account production")) == (1, 1), command
        assert "1 of 2 accounts could not be read: staging." in run.err
    account.do("account", id=SECOND)
    both = line("drift")
    assert (both.code, both.err) == (0, "")
    assert [text for text in both.out.splitlines() if text.startswith("wasync drift")] == [
        "wasync drift · account production (102290129340398) · Graph v26.0",
        f"wasync drift · account staging ({SECOND}) · Graph v26.0",
    ]
    assert len(line("drift", "--format", "json").document("drift")["accounts"]) == 2
    assert line("drift", "--accept").code == 64


# -- accepting -----------------------------------------------------------------------------------------


def test_accept_writes_what_moved_and_ends_the_drift(line: CommandLine, account: Account) -> None:
    everything(line, account)
    run = line("drift", "--accept")
    assert (run.code, run.out.partition("no record.\n")[2]) == (0, ACCEPTED)
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == ORDER.replace(
        "warehouse", "shop"
    )
    assert "All prices are low." in (line.root / "templates/promo_may.yaml").read_text(encoding="utf-8")
    again = line("drift", "--detailed-exitcode")
    # The deletion stays: what becomes of it, a person has to say.
    assert again.code == 2
    assert "Drift: 1 deleted outside. 1 template is as last applied. 2 have no record." in again.out
    assert line("plan", "--detailed-exitcode", "--target", "order/en_US", "--target", "promo*").code == 0
    assert account.writes() == []


def test_accept_ends_a_conflict_and_keeps_what_else_the_file_moved(
    line: CommandLine, account: Account
) -> None:
    edited(account)
    line.write("templates/order.yaml", ORDER.replace("warehouse", "depot").replace("Acme Store", "Acme"))
    run = line("drift", "--accept", "--format", "json")
    assert (run.code, run.document("drift")["accepted"]) == (0, ["templates/order.yaml"])
    wanted = ORDER.replace("warehouse", "shop").replace("Acme Store", "Acme")
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == wanted
    assert line("drift", "--detailed-exitcode").code == 0
    plan = line("plan", "--format", "json").document("plan")
    (step,) = plan["steps"]
    assert (step["action"], step["reason"]) == ("update", "changed")
    assert [change["path"] for change in step["difference"]["content"]] == ["footer"]


def test_accept_keeps_what_only_the_file_moved_in_a_button_beside(
    line: CommandLine, account: Account
) -> None:
    buttons = """\
    buttons:
      # Both go to the shop.
      - {type: url, text: Track, url: "https://acme.example/t"}
      - {type: quick_reply, text: Talk to us}
"""
    text = ORDER.replace("  es_MX:", f"{buttons}  es_MX:")
    line.write("templates/order.yaml", text)
    assert line("apply", "--auto-approve").code == 0
    account.writes()
    theirs = [
        {"type": "URL", "text": "Track", "url": "https://acme.example/t"},
        {"type": "QUICK_REPLY", "text": "Ask us"},
    ]
    account.do(
        "edit",
        template="order/en_US",
        components=[
            {"type": "BODY", "text": "Your order left our warehouse today."},
            {"type": "FOOTER", "text": "Acme Store"},
            {"type": "BUTTONS", "buttons": theirs},
        ],
    )
    text = text.replace("text: Track", "text: Follow")
    line.write("templates/order.yaml", text)
    assert line("drift", "--accept").code == 0
    wanted = text.replace("Talk to us", "Ask us")
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == wanted
    assert line("drift", "--detailed-exitcode").code == 0
    (step,) = line("plan", "--format", "json").document("plan")["steps"]
    assert [change["path"] for change in step["difference"]["content"]] == ["buttons[0].text"]
    assert step["in_sync"] is None
    assert account.writes() == []


def test_accept_is_for_the_targets_alone(line: CommandLine, account: Account) -> None:
    edited(account)
    account.do("edit", template="order/es_MX", body="Tu pedido salió ayer.")
    assert line("drift", "--accept", "--target", "order/es_MX").code == 0
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == ORDER.replace("hoy", "ayer")
    assert line("drift", "--detailed-exitcode", "--target", "order/es_MX").code == 0
    assert line("drift", "--detailed-exitcode").code == 2


def test_accept_keeps_values_where_they_stand(line: CommandLine, account: Account) -> None:
    text = ORDER.replace("our warehouse", "our ${place}")
    line.write("wasync.yaml", PROJECT + "    vars: {place: warehouse}\n")
    line.write("templates/order.yaml", text)
    edited(account, "Your order is in our warehouse today.")
    assert line("drift", "--accept").code == 0
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == text.replace("left", "is in")
    assert line("plan", "--detailed-exitcode").code == 0


def test_accept_with_nothing_to_accept_writes_nothing(line: CommandLine) -> None:
    state = (line.root / ".wasync/state.json").read_bytes()
    run = line("drift", "--accept")
    assert (run.code, run.out) == (0, NO_DRIFT + "\nAccepted: no file written.\n")
    assert (line.root / ".wasync/state.json").read_bytes() == state


def test_accept_leaves_an_interrupted_apply_resumable(line: CommandLine, account: Account) -> None:
    edited(account)
    file = line.root / ".wasync/state.json"
    state = json.loads(file.read_text(encoding="utf-8"))
    state["accounts"][WABA_ID]["interrupted"] = "f00d"
    file.write_text(json.dumps(state), encoding="utf-8")
    assert line("drift", "--accept").code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["accounts"][WABA_ID]["interrupted"] == "f00d"


def test_accept_while_another_run_holds_the_lock(line: CommandLine, account: Account) -> None:
    edited(account)
    with LocalState(line.root / ".wasync/state.json").lock("another run", datetime.now(UTC)):
        assert line("drift").code == 0
        assert line("drift", "--accept").code == 5
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == ORDER


# -- the category --------------------------------------------------------------------------------------


def moved(account: Account) -> None:
    for language in ("en_US", "es_MX"):
        account.do("recategorise", template=f"order/{language}")


def test_a_moved_category_is_an_alarm(line: CommandLine, account: Account) -> None:
    moved(account)
    run = line("drift", "--detailed-exitcode")
    assert (run.code, run.out) == (0, MOVED)
    for command in ("drift", "plan", "status"):
        assert line(command, "--fail-on", "rejected,category").code == 4, command
        assert line(command, "--fail-on", "rejected,paused").code == 0, command
    assert line("apply", "--auto-approve", "--fail-on", "category").code == 4
    assert line("wait", "--fail-on", "category").code == 4
    assert account.writes() == []


def test_accept_category_ends_the_alarm(line: CommandLine, account: Account) -> None:
    moved(account)
    run = line("drift", "--accept-category", "order", "--fail-on", "category")
    assert run.code == 0
    wanted = ORDER.replace("category: utility", "category: marketing")
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == wanted
    assert line("drift", "--detailed-exitcode", "--fail-on", "category").code == 0
    assert "\nNo changes. 2 templates are in sync." in line("plan").out
    # Should Meta move it back, that is Meta's move again, not the author's.
    for language in ("en_US", "es_MX"):
        account.do("recategorise", template=f"order/{language}", category="UTILITY")
    assert "Meta moved it from marketing to utility." in line("plan").out
    assert account.writes() == []


def test_accept_category_takes_all_languages_of_a_name_even_those_not_live_yet(
    line: CommandLine, account: Account
) -> None:
    own = ORDER.replace("  es_MX:\n", "  es_MX:\n    category: utility  # as legal wants it\n")
    line.write("templates/order.yaml", own + "  fr:\n    body: Votre commande est partie.\n")
    moved(account)
    run = line("drift", "--accept-category", "order/en_US")
    assert run.code == 0
    text = (line.root / "templates/order.yaml").read_text(encoding="utf-8")
    assert "utility" not in text
    assert "# as legal wants it" in text
    plan = line("plan", "--format", "json").document("plan")
    assert [(step["address"], step["action"]) for step in plan["steps"]] == [("order/fr", "create")]
    assert plan["alarms"] == []


def test_text_and_category_can_be_accepted_at_once(line: CommandLine, account: Account) -> None:
    edited(account)
    moved(account)
    assert line("drift", "--accept", "--accept-category", "*", "--fail-on", "category").code == 0
    assert line("drift", "--detailed-exitcode", "--fail-on", "category").out == NO_DRIFT
    assert line("plan", "--detailed-exitcode", "--fail-on", "category").code == 0


def test_an_authors_move_is_not_taken_back(line: CommandLine, account: Account) -> None:
    account.do("recategorise", template="order/en_US", in_hours=24)
    text = ORDER.replace("utility", "marketing")
    line.write("templates/order.yaml", text)
    run = line("drift", "--accept-category", "order")
    assert run.err == "Note: --accept-category order names no template whose category Meta has moved.\n"
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == text


def test_an_announced_move_is_an_alarm_and_nothing_to_accept(line: CommandLine, account: Account) -> None:
    account.do("recategorise", template="order/en_US", in_hours=24)
    run = line("drift", "--accept-category", "order", "--fail-on", "category")
    assert run.code == 4
    assert "Meta announces to move it from utility to marketing." in run.out
    assert run.err == "Note: --accept-category order names no template whose category Meta has moved.\n"
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == ORDER


def test_an_unknown_alarm_is_refused(line: CommandLine) -> None:
    run = line("drift", "--fail-on", "rejcted")
    assert run.code == 64
    assert "'rejcted' is none of rejected, paused, disabled, archived, category" in run.err


# -- every kind of template ------------------------------------------------------------------------------


def test_accept_ends_the_drift_of_every_kind(tmp_path: Path, account: Account) -> None:
    shutil.copytree(ROOT / "examples/kinds", tmp_path, dirs_exist_ok=True)
    line = CommandLine(tmp_path, {"WHATSAPP_TOKEN": TOKEN, "WASYNC_BASE_URL": account.url})
    assert line("apply", "--auto-approve").code == 0
    account.writes()
    templates = [
        one
        for one in account.emulator.world.templates.values()
        if one.category != "AUTHENTICATION" and one.name != "hello_world" and "library" not in one.name
    ]
    for one in templates:
        account.do("edit", template=f"{one.name}/{one.language}", body=f"{body_text(one)} Thank you.")
    before = line("drift", "--format", "json").document("drift")["accounts"][0]
    assert before["summary"]["changed"] == len(templates)
    assert line("drift", "--accept").code == 0
    again = line("drift", "--detailed-exitcode")
    assert (again.code, again.out.count("\n")) == (0, 3), again.out
    assert line("plan", "--detailed-exitcode").code == 0
    assert account.writes() == []
