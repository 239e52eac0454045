"""Plans and drift as findings: what is told of them, with which ids, in the forms that code hosts read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import assert_never

import pytest

from tests.report_schemas import gitlab_report, junit_cases, sarif_log
from tests.shell import ROOT, Account, CommandLine, served, shell
from tests.test_render_markdown import WAITS, WHOLE, plan_of
from tests.test_render_plan import CREATE, DELETE, SHIPPED, UPDATE, hold
from wasync.cli.options import REPORTS
from wasync.model.drift import DriftKind
from wasync.model.plan import Alarm, AlarmKind, Reason, Step
from wasync.model.template import Finding, Key, Place
from wasync.render.findings_reports import report
from wasync.render.plan_findings import about, plan_findings

ORDERS = "templates/orders/order_shipped.yaml:8:1"


def told(findings: list[Finding]) -> list[str]:
    """Each finding in one line."""
    return [f"{one.place} {one.severity} {one.rule} {one.message}. {one.fix}".rstrip() for one in findings]


def test_what_a_person_should_look_at_whole() -> None:
    assert told(plan_findings([WHOLE])) == [
        "None error refused 3 templates would be deleted; --allow-deletes 3.",
        (
            f"{ORDERS} warning breaking order_shipped/en_US breaks senders:"
            " senders match the text of this quick reply."
            " Deploy what sends it first, or give the new text a revision: of its own."
        ),
        (
            f"{ORDERS} warning hold/in_review spring_sale/en_US is held: in review; editable once reviewed."
            " Not before 2026-11-24 09:00 UTC. Wait for Meta (wasync wait), then plan again."
        ),
        (
            "templates/winter_sale.yaml:2:1 warning delete/declared_absent winter_sale/en_US is deleted."
            " The file declares it absent. It can no longer be sent, and Meta locks the name for 30 days."
            " There is no undo."
        ),
        "None warning alarm/category order_shipped/en_US: Meta moved it from utility to marketing.",
    ]


def test_what_is_only_done_is_no_finding() -> None:
    assert plan_findings([plan_of(CREATE, replace(UPDATE, breaking=()))]) == []


def test_several_accounts_are_named() -> None:
    found = plan_findings([plan_of(DELETE), plan_of(DELETE, account="staging")])
    assert [one.accounts for one in found] == [("production",), ("staging",)]


def test_a_refusal_says_the_way_out_apart() -> None:
    why = "2 templates would be deleted; limits.deletes in wasync.yaml allows 1. If that is meant, add it."
    [found] = plan_findings([plan_of(refusals=(why,))])
    assert (found.message, found.fix) == (why.partition(". ")[0], "If that is meant, add it.")


def steps_of(reason: Reason) -> list[Step]:
    """A step that has this reason, as plans make them."""
    match reason:
        case Reason.DECLARED_ABSENT | Reason.PRUNED | Reason.SUPERSEDED:
            return [replace(DELETE, reason=reason)]
        case Reason.NEW | Reason.CHANGED | Reason.REVERTS_DRIFT | Reason.OVERWRITES | Reason.TAKES_OVER:
            return []
        case Reason.RESENT | Reason.EQUAL:
            return []
        case (
            Reason.IN_REVIEW | Reason.IN_APPEAL | Reason.DISABLED | Reason.ARCHIVED | Reason.PENDING_DELETION
        ):
            return [hold(UPDATE, reason, None)]
        case Reason.LIMIT_EXCEEDED | Reason.NAME_LOCKED | Reason.CATEGORY | Reason.INCOMPLETE:
            return [hold(UPDATE, reason, None)]
        case Reason.UNKNOWN_STATUS | Reason.QUOTA | Reason.CONFLICT | Reason.NOT_APPROVED:
            return [hold(UPDATE, reason, None)]
        case _:
            assert_never(reason)


EVERYTHING = plan_of(
    UPDATE,
    *(step for reason in Reason for step in steps_of(reason)),
    alarms=tuple(Alarm(kind, SHIPPED, "It is so.", Place("templates/a.yaml", 3)) for kind in AlarmKind),
    refusals=("Too much. Allow it.",),
)


def test_every_id_is_explained_and_documented() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    ids = {one.rule for one in plan_findings([EVERYTHING])} | {f"drift/{kind}" for kind in DriftKind}
    assert [one for one in ids if about(one) is None] == []
    for one in ids:
        group, _, kind = one.partition("/")
        assert f"`{group}/`" in page if kind else f"`{group}`" in page
    run = sarif_log(report("sarif", plan_findings([EVERYTHING]), "plan"))
    assert all(rule["fullDescription"]["text"].endswith(".") for rule in run["tool"]["driver"]["rules"])


def test_ids_are_no_rules_of_content() -> None:
    assert not [one for one in plan_findings([EVERYTHING]) if re.fullmatch(r"WA\d+|[A-Z].*", one.rule)]


def test_each_report_of_a_plan_fits_its_published_form() -> None:
    found = plan_findings([EVERYTHING])
    run = sarif_log(report("sarif", found, "plan"))
    assert len(run["results"]) == len(found)
    assert run["automationDetails"] == {"id": "wasync/plan/"}
    cases = junit_cases(report("junit", found, "plan"))
    assert [message for *_, message in cases if message] == ["Too much. Allow it."]
    assert len(gitlab_report(report("gitlab", found, "plan"))) == len(found)


def test_a_plan_without_anything_to_look_at() -> None:
    assert sarif_log(report("sarif", [], "plan"))["results"] == []
    assert junit_cases(report("junit", [], "plan")) == [("wasync plan", "no findings", "")]
    assert gitlab_report(report("gitlab", [], "plan")) == []
    assert report("github", [], "plan") == ""


HOSTILE = "a\n::error::b%0Ac]]></failure>\x1b[31m\u202e\ufffe"


@pytest.mark.parametrize("form", REPORTS)
def test_nothing_quoted_breaks_out(form: str) -> None:
    key = Key(HOSTILE, "en_US")
    plan = plan_of(
        replace(DELETE, key=key, place=Place("templates/a.yaml", 1)),
        replace(WAITS, key=key, detail=HOSTILE),
        replace(UPDATE, key=key, breaking=(HOSTILE,)),
        alarms=(Alarm(AlarmKind.REJECTED, key, HOSTILE),),
        refusals=(HOSTILE,),
    )
    text = report(form, plan_findings([plan]), "plan")
    match form:
        case "github":
            assert len(text.splitlines()) == 5
            assert all(re.match(r"::(error|warning) ", line) for line in text.splitlines())
        case "sarif":
            assert len(sarif_log(text)["results"]) == 5
        case "junit":
            assert len(junit_cases(text)) == 5
        case _:
            assert len(gitlab_report(text)) == 5
    assert "\x1b" not in text
    assert "\u202e" not in text


# -- on the command line -----------------------------------------------------------------------------------


@pytest.fixture
def account() -> Iterator[Account]:
    """An emulated account without templates."""
    with served() as found:
        yield found


def rules_in(form: str, text: str) -> list[str]:
    match form:
        case "github":
            return re.findall(r"title=wasync ([\w/]+)::", text)
        case "sarif":
            return [one["ruleId"] for one in sarif_log(text)["results"]]
        case "junit":
            return [name.split()[0] for _, name, _ in junit_cases(text) if name != "no findings"]
        case _:
            return [one["check_name"] for one in gitlab_report(text)]


@pytest.mark.parametrize("form", REPORTS)
def test_plan_show_and_drift_print_it(form: str, tmp_path: Path, account: Account) -> None:
    line = shell(tmp_path, account)
    clean = line("plan", "--format", form)
    assert (clean.code, rules_in(form, clean.out)) == (0, [])
    assert line("apply", "--auto-approve", "--wait").code == 0
    account.do("edit", template="order/en_US", body="Changed by hand.")
    assert rules_in(form, line("drift", "--format", form).out) == ["drift/changed"]
    line.write("templates/order.yaml", "languages: {en_US: absent}\n")
    line.write("wasync.yaml", (tmp_path / "wasync.yaml").read_text() + "limits: {deletes: 0}\n")
    plan = line("plan", "--format", form, "--out", "plan.json")
    assert (plan.code, rules_in(form, plan.out)) == (1, ["refused", "delete/declared_absent"])
    assert line("show", "plan.json", "--format", form).out == plan.out


@pytest.mark.parametrize("command", ["plan", "drift"])
@pytest.mark.parametrize("form", REPORTS)
def test_files_that_cannot_be_used_are_reported_too(
    form: str, command: str, tmp_path: Path, account: Account
) -> None:
    line: CommandLine = shell(tmp_path, account)
    line.write("templates/bad.yaml", "category: utility\nlanguages:\n  en_US:\n    body: '{{1}}'\n")
    run = line(command, "--format", form)
    assert run.code == 1
    assert set(rules_in(form, run.out)) >= {"WA202", "WA205"}
    assert run.err
