"""render.findings_text, explain_text, error_text: what, where, the way out; carets under the very columns."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wasync.checks.registry import Rule
from wasync.model.errors import GraphError, WasyncError
from wasync.model.template import Finding, Key, Place, Severity
from wasync.render.error_text import error_text
from wasync.render.explain_text import explain_text, rules_text
from wasync.render.findings_text import findings_json, findings_report, findings_text
from wasync.render.layout import columns

ANSI = re.compile(r"\x1b\[[0-9;]*m")
SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "findings.schema.json").read_text())

BRACES = Finding(
    rule="WA207",
    severity=Severity.ERROR,
    message="{{First}} is not a placeholder: names are lower case.",
    fix="Write {{first}}.",
    place=Place("templates/order.yaml", 14, 14),
    source="    body: Hi {{First}}, welcome.",
    width=9,
    key=Key("order", "en_US"),
)
WARNING = Finding(
    rule="WA205",
    severity=Severity.WARNING,
    message="The variable {{1}} has no example, and Meta's reviewers want to see what it stands for.",
    fix="Add it under examples:",
    place=Place("templates/order.yaml", 3, 1),
    accounts=("staging", "production"),
)
PLACELESS = Finding(
    "WA013", Severity.ERROR, "No template matches templates/**/*.yaml.", "Add one: wasync new."
)

GOLDEN = """\
error WA207 {{First}} is not a placeholder: names are lower case.
   --> templates/order.yaml:14:14
   |
14 |     body: Hi {{First}}, welcome.
   |              ^^^^^^^^^
   = fix: Write {{first}}.

warning WA205 The variable {{1}} has no example, and Meta's reviewers want to
  see what it stands for. (account staging, production)
  --> templates/order.yaml:3:1
  = fix: Add it under examples:

error WA013 No template matches templates/**/*.yaml.
  = fix: Add one: wasync new.

2 errors, 1 warning in 14 files."""


def test_a_report() -> None:
    findings = [BRACES, WARNING, PLACELESS]
    assert findings_report(findings, files=14, templates=20) == GOLDEN
    assert ANSI.sub("", findings_report(findings, files=14, templates=20, color=True)) == GOLDEN


@pytest.mark.parametrize(
    ("findings", "files", "last"),
    [
        ([], 14, "No findings in 14 files with 42 templates."),
        ([], 1, "No findings in 1 file with 42 templates."),
        ([WARNING, WARNING], 2, "2 warnings in 2 files."),
        ([BRACES], 1, "1 error in 1 file."),
        ([BRACES._replace(severity=Severity.OFF)], 1, "No findings in 1 file with 42 templates."),
    ],
)
def test_the_last_line(findings: list[Finding], files: int, last: str) -> None:
    assert findings_report(findings, files=files, templates=42).splitlines()[-1] == last


def caret_of(source: str, needle: str, width: int = 80) -> tuple[str, str]:
    """The source line and the caret line as printed, without gutter."""
    finding = BRACES._replace(
        source=source,
        place=Place("t.yaml", 7, source.index(needle) + 1),
        width=len(needle),
    )
    lines = findings_text([finding], width=width).splitlines()
    return lines[3][4:], lines[4][4:]


@pytest.mark.parametrize(
    ("source", "needle", "source_shown", "caret"),
    [
        ("body: 您好 {{1}}", "{{1}}", "body: 您好 {{1}}", "           ^^^^^"),
        ("body: 🚚 {{1}}", "{{1}}", "body: 🚚 {{1}}", "         ^^^^^"),
        ("body: e\u0301a {{1}}", "{{1}}", "body: e\u0301a {{1}}", "         ^^^^^"),
        ("\tbody: x", "x", "<TAB>body: x", "           ^"),
        ("body: 您好", "您好", "body: 您好", "      ^^^^"),
        ("a: \x1b[31mx", "x", "a: <U+001B>[31mx", "               ^"),
    ],
)
def test_the_caret_stands_where_the_terminal_draws(
    source: str, needle: str, source_shown: str, caret: str
) -> None:
    assert caret_of(source, needle) == (source_shown, caret)


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = "body: " + "many words " * 30 + "{{1" + " and more words" * 30
    assert caret_of(source, "{{1") == (
        "…s many words many words {{1 and more words and more words and more words a…",
        "                         ^^^",
    )


@given(
    st.text(alphabet="ab 店é🚚\t\x1b\u200d", max_size=120),
    st.integers(1, 130),
    st.integers(0, 140),
    st.integers(40, 100),
)
def test_any_place_in_any_line_can_be_shown(source: str, column: int, size: int, width: int) -> None:
    finding = BRACES._replace(source=source, place=Place("t.yaml", 7, column), width=size)
    lines = findings_text([finding], width=width).splitlines()
    if source.strip():
        assert columns(lines[-3]) <= width
        assert lines[-2].strip("| ^") == ""
        assert columns(lines[-2]) <= max(width, columns(lines[-3]) + 1)


def test_json_form_fits_its_schema() -> None:
    data = findings_json([BRACES, PLACELESS, WARNING._replace(severity=Severity.OFF)], files=3, templates=4)
    jsonschema.validate(data, SCHEMA)
    assert data == {
        "format_version": "1.0",
        "kind": "findings",
        "summary": {"errors": 2, "warnings": 0, "files": 3, "templates": 4},
        "findings": [
            {
                "rule": "WA207",
                "severity": "error",
                "message": "{{First}} is not a placeholder: names are lower case.",
                "fix": "Write {{first}}.",
                "file": "templates/order.yaml",
                "line": 14,
                "column": 14,
                "width": 9,
                "source": "    body: Hi {{First}}, welcome.",
                "name": "order",
                "language": "en_US",
                "accounts": [],
            },
            {
                "rule": "WA013",
                "severity": "error",
                "message": "No template matches templates/**/*.yaml.",
                "fix": "Add one: wasync new.",
                "file": None,
                "line": None,
                "column": None,
                "width": 1,
                "source": "",
                "name": None,
                "language": None,
                "accounts": [],
            },
        ],
    }


RULE = Rule(
    id="WA104",
    title="Header text has at most one variable",
    explanation="Meta refuses a header\nwith two variables.\n\nMove one of them into the body.",
    good="header: Order {{1}}\n",
    bad="header: Order {{1}} of {{2}}\n",
)


def test_a_rule_is_explained() -> None:
    assert (
        explain_text(RULE)
        == """\
WA104 Header text has at most one variable (error)

Meta refuses a header with two variables.

Move one of them into the body.

Good, templates/order_shipped.yaml:

    header: Order {{1}}

Bad, templates/order_shipped.yaml:

    header: Order {{1}} of {{2}}

To silence it where that is meant, at template or language level: ignore:
{WA104: why}. For the whole project, in wasync.yaml: rules: {WA104: warning}, or
off.

More: docs/rules.md#wa104"""
    )
    assert ANSI.sub("", explain_text(RULE, color=True)) == explain_text(RULE)
    assert "cannot be silenced" in explain_text(RULE._replace(ignorable=False))


def test_rules_are_listed() -> None:
    rules = [RULE, RULE._replace(id="WA205", title="An example is missing", severity=Severity.WARNING)]
    assert rules_text(rules) == (
        "WA104  error    Header text has at most one variable\nWA205  warning  An example is missing"
    )


def test_an_error_has_three_parts() -> None:
    error = WasyncError("Account shop: no token.", "Set SHOP_TOKEN.", Place("wasync.yaml", 4, 5))
    assert (
        error_text(error) == "Error: Account shop: no token.\n  --> wasync.yaml:4:5\n  Next: Set SHOP_TOKEN."
    )
    assert ANSI.sub("", error_text(error, color=True)) == error_text(error)


def test_metas_numbers_are_told_once() -> None:
    error = GraphError("Meta refused to create a/en.", "Shorten it.", code=100, subcode=2388040, trace="Axb")
    assert error_text(error) == (
        "Error: Meta refused to create a/en.\n"
        "  Meta's error: code 100, subcode 2388040, fbtrace_id Axb\n"
        "  Next: Shorten it."
    )
    told = GraphError(
        "Meta refused (code 100, fbtrace_id Axb).", "Shorten it.", code=100, trace="Axb", rule="WA106"
    )
    assert error_text(told) == (
        "Error: Meta refused (code 100, fbtrace_id Axb).\n"
        "  wasync explain WA106 tells more.\n"
        "  Next: Shorten it."
    )
