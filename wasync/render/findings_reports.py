"""Findings where people look: GitHub annotations, SARIF, JUnit, GitLab code quality.

Those of `validate`, and what is to be looked at in a plan or in drift (plan_findings.py); `command` says
whose they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from urllib.parse import quote

from wasync import __version__
from wasync.checks import RULES
from wasync.model.template import JSON, Finding, Severity
from wasync.render.safe_text import safe

ANNOTATIONS = 10
"""How many of each kind GitHub shows for a step; it drops the others without a word
(https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md)."""
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}
_GITLAB = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def github(findings: Sequence[Finding], command: str = "validate") -> str:
    """Workflow commands that GitHub turns into annotations: as many as it shows, and how many more there are.

    What a finding quotes cannot become a command: a line break is written as GitHub's %0A.
    """
    lines = []
    for severity, level in _LEVELS.items():
        found = [one for one in findings if one.severity is severity]
        # The last of those GitHub shows tells of the rest.
        shown = found if len(found) <= ANNOTATIONS else found[: ANNOTATIONS - 1]
        lines += [_annotation(level, one) for one in shown]
        if more := len(found) - len(shown):
            lines.append(f"::{level}::{more} more of this kind; wasync {command} lists them all.")
    return "\n".join(lines)


def sarif(findings: Sequence[Finding], command: str = "validate") -> str:
    """A SARIF 2.1.0 log of one run, with the explanation of each rule it found broken."""
    first = {finding.rule: finding for finding in reversed(list(_shown(findings)))}
    ids = sorted(first)
    results: list[JSON] = [
        {
            "ruleId": finding.rule,
            "ruleIndex": ids.index(finding.rule),
            "level": "error" if finding.severity is Severity.ERROR else "warning",
            "message": {"text": _sentence(finding)},
            "locations": [_location(finding)],
            "partialFingerprints": {"wasync/v1": fingerprint},
        }
        for finding, fingerprint in _fingerprinted(_shown(findings))
    ]
    driver: dict[str, JSON] = {
        "name": "wasync",
        "version": __version__,
        "rules": [_rule(first[one]) for one in ids],
    }
    log: dict[str, JSON] = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                # What tells this upload from that of another command: the later one replaces its like.
                "automationDetails": {"id": f"wasync/{command}/"},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def junit(findings: Sequence[Finding], command: str = "validate") -> str:
    """JUnit XML: a suite a file, a case a finding; errors fail. Without findings there is one case."""
    by_file: dict[str, list[Finding]] = {}
    for finding in _shown(findings):
        by_file.setdefault(finding.place.file if finding.place else "wasync.yaml", []).append(finding)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    count = max(1, sum(map(len, by_file.values())))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="wasync {command}" tests="{count}" failures="{errors}">',
    ]
    if not by_file:
        lines += [f'  <testsuite name="wasync {command}" tests="1" failures="0">']
        lines += ['    <testcase classname="wasync" name="no findings"/>', "  </testsuite>"]
    for file, found in by_file.items():
        failed = sum(finding.severity is Severity.ERROR for finding in found)
        lines.append(f'  <testsuite name="{_xml(file)}" tests="{len(found)}" failures="{failed}">')
        lines += [line for finding in found for line in _case(file, finding)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"])


def gitlab(findings: Sequence[Finding]) -> str:
    """GitLab's code quality report; the fingerprint of a finding stays while lines move."""
    report: list[JSON] = [
        {
            "description": f"{finding.rule}: {_sentence(finding)}",
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": _GITLAB.get(finding.severity, "info"),
            "location": {
                "path": finding.place.file if finding.place else "wasync.yaml",
                "lines": {"begin": finding.place.line if finding.place else 1},
            },
        }
        for finding, fingerprint in _fingerprinted(_shown(findings))
    ]
    return json.dumps(report, ensure_ascii=False, indent=2)


def _shown(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.severity is not Severity.OFF)


def _sentence(finding: Finding) -> str:
    accounts = f" (account {', '.join(finding.accounts)})" if finding.accounts else ""
    return safe(f"{finding.message}{accounts}. {finding.fix}".rstrip())


def _fingerprinted(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with a hash of what it is about; of equal ones the later count up."""
    seen: dict[str, int] = {}
    for finding in findings:
        file = finding.place.file if finding.place else ""
        about = "\0".join((finding.rule, file, str(finding.key or ""), finding.message))
        seen[about] = seen.get(about, 0) + 1
        yield finding, sha256(f"{about}\0{seen[about]}".encode("utf-8", "replace")).hexdigest()


# -- GitHub ----------------------------------------------------------------------------------------------


def _annotation(level: str, finding: Finding) -> str:
    place = finding.place
    where = f"file={_property(place.file)},line={place.line},col={place.column}," if place else ""
    return f"::{level} {where}title={_property(f'wasync {finding.rule}')}::{_data(_sentence(finding))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")


# -- SARIF -----------------------------------------------------------------------------------------------


def _location(finding: Finding) -> JSON:
    place = finding.place
    region: dict[str, JSON] = {"startLine": place.line, "startColumn": place.column} if place else {}
    artifact: dict[str, JSON] = {"uri": quote(place.file if place else "wasync.yaml", errors="replace")}
    found: dict[str, JSON] = {"artifactLocation": artifact}
    return {"physicalLocation": found | ({"region": region} if region else {})}


def _rule(finding: Finding) -> JSON:
    """What the rule of a finding says; `finding` is the first one of it."""
    rule_id = finding.rule
    rule = RULES.get(rule_id)
    if rule is None:
        return _other_rule(finding)
    return {
        "id": rule_id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation},
        "help": {"text": f"{rule.explanation}\n\nwasync explain {rule_id} shows a good and a bad example."},
        "defaultConfiguration": {"level": _LEVELS.get(rule.severity, "none")},
    }


def _other_rule(finding: Finding) -> JSON:
    """What is no rule of content: something in a plan, or a rule of the organisation's own."""
    from wasync.render.plan_findings import about

    told = about(finding.rule)
    if told is None:
        # Its words are in a schema or a package; those of its first finding say it as well.
        return {"id": finding.rule, "shortDescription": {"text": safe(finding.message)}}
    return {
        "id": finding.rule,
        "shortDescription": {"text": told.title},
        "fullDescription": {"text": told.explanation},
        "help": {"text": told.explanation},
    }


# -- JUnit -----------------------------------------------------------------------------------------------


def _case(file: str, finding: Finding) -> Iterator[str]:
    line = f" line {finding.place.line}" if finding.place else ""
    sentence = _xml(_sentence(finding))
    yield f'    <testcase classname="{_xml(file)}" name="{finding.rule}{line}">'
    if finding.severity is Severity.ERROR:
        yield f'      <failure type="{finding.rule}" message="{sentence}"/>'
    else:
        yield f"      <system-out>{sentence}</system-out>"
    yield "    </testcase>"


_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\ufffe": "?", "\uffff": "?"})


def _xml(text: str) -> str:
    """Text for XML, in an attribute too. What XML 1.0 has no place for is not left by safe()."""
    return safe(text).translate(_XML)


def report(form: str, findings: Sequence[Finding], command: str) -> str:
    """The findings of a command in the form that --format names."""
    match form:
        case "github":
            return github(findings, command)
        case "sarif":
            return sarif(findings, command)
        case "junit":
            return junit(findings, command)
        case "gitlab":
            return gitlab(findings)
        case _:
            raise ValueError(f"no report is called {form}")
