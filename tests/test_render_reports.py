"""Findings for GitHub, SARIF, JUnit and GitLab: the forms their readers expect, whatever a finding quotes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report_schemas import gitlab_report, junit_cases, sarif_log
from tests.shell import CommandLine, shell
from wasync.cli.options import REPORTS
from wasync.model.template import Finding, Key, Place, Severity
from wasync.render.findings_reports import ANNOTATIONS, github, gitlab, junit, report, sarif

ORDER = Key("order", "en_US")


def finding(
    number: int = 1, message: str = "the body is too long", severity: Severity = Severity.ERROR
) -> Finding:
    place = Place("templates/order shipped.yaml", number, 3)
    return Finding("WA101", severity, message, "Shorten it: 1,024 at most.", place, key=ORDER)


ONE = [finding(4), finding(7, "look, here", Severity.WARNING)]
SENTENCE = "the body is too long. Shorten it: 1,024 at most."


def test_github_annotates_the_line() -> None:
    assert github(ONE) == (
        f"::error file=templates/order shipped.yaml,line=4,col=3,title=wasync WA101::{SENTENCE}\n"
        "::warning file=templates/order shipped.yaml,line=7,col=3,title=wasync WA101::"
        "look, here. Shorten it: 1,024 at most."
    )


@pytest.mark.parametrize("count", [ANNOTATIONS, ANNOTATIONS + 1, 500])
def test_github_is_told_no_more_than_it_shows(count: int) -> None:
    lines = github([finding(number) for number in range(1, count + 1)]).splitlines()
    assert len(lines) == ANNOTATIONS
    told = re.fullmatch(r"::error::(\d+) more of this kind; wasync validate lists them all\.", lines[-1])
    assert (int(told[1]) + ANNOTATIONS - 1 if told else len(lines)) == count


def test_sarif_names_each_rule_once_and_each_place() -> None:
    run = sarif_log(sarif(ONE))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["WA101"]
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    assert run["results"][0]["message"] == {"text": SENTENCE}
    assert run["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "templates/order%20shipped.yaml"},
                "region": {"startLine": 4, "startColumn": 3},
            }
        }
    ]


def test_sarif_says_what_a_rule_of_ones_own_is_about() -> None:
    own = finding(4)._replace(rule="ACME-1")
    [rule] = sarif_log(sarif([own, own._replace(message="another")]))["tool"]["driver"]["rules"]
    assert rule == {"id": "ACME-1", "shortDescription": {"text": "the body is too long"}}


def test_junit_fails_for_errors_only() -> None:
    suites = ElementTree.fromstring(junit(ONE))
    assert suites.attrib == {"name": "wasync validate", "tests": "2", "failures": "1"}
    failed, told = suites.findall("testsuite/testcase")
    failure = failed.find("failure")
    assert failure is not None
    assert (failed.attrib["name"], failure.attrib["message"]) == ("WA101 line 4", SENTENCE)
    assert told.find("failure") is None
    assert ElementTree.fromstring(junit([])).attrib["failures"] == "0"


def test_gitlab_knows_a_finding_again_when_lines_move() -> None:
    here, moved = gitlab_report(gitlab([finding(4)])), gitlab_report(gitlab([finding(40)]))
    assert here[0]["fingerprint"] == moved[0]["fingerprint"]
    assert (here[0]["location"]["lines"]["begin"], moved[0]["location"]["lines"]["begin"]) == (4, 40)
    assert len(gitlab_report(gitlab([finding(4), finding(5)]))) == 2
    assert {one["severity"] for one in gitlab_report(gitlab(ONE))} == {"major", "minor"}


@pytest.mark.parametrize("form", REPORTS)
def test_what_is_switched_off_is_in_no_report(form: str) -> None:
    assert "quiet" not in report(form, [finding(message="quiet", severity=Severity.OFF)], "validate")


@given(st.text(st.characters(codec=None), max_size=80))
def test_no_text_breaks_out_of_a_report(text: str) -> None:
    found = Finding("WA101", Severity.ERROR, text, text, Place(text or "x", 1, 1), key=Key(text, text))
    annotations = github([found]).splitlines()
    assert len(annotations) == 1
    assert annotations[0].startswith("::error file=")
    assert len(sarif_log(sarif([found]))["results"]) == 1
    assert len(json.loads(gitlab([found]))) == 1
    assert len(junit_cases(junit([found]))) == 1
    for form in REPORTS:
        report(form, [found], "plan").encode()


@pytest.mark.parametrize("form", REPORTS)
def test_validate_prints_it_and_fails_for_errors(form: str, tmp_path: Path) -> None:
    line: CommandLine = shell(tmp_path)
    good = line("validate", "--format", form)
    assert (good.code, good.err) == (0, "")
    line.write("templates/bad.yaml", "category: utility\nlanguages:\n  en_US:\n    body: '{{1}}'\n")
    bad = line("validate", "--format", form)
    assert (bad.code, bad.err) == (1, "")
    assert "templates/bad.yaml" in bad.out
    assert "templates/bad.yaml" not in good.out
