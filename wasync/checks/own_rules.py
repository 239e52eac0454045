"""The rules with ids of their own that a project's schemas and installed packages bring, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from inspect import getdoc
from typing import NamedTuple

from wasync.checks.policy_python import Installed
from wasync.model.organisation import PolicySchema
from wasync.model.template import JSON, Severity


class OwnRule(NamedTuple):
    """One rule as `wasync explain` tells it; `source` is the file or the package it comes from."""

    id: str
    title: str
    explanation: str
    source: str
    severity: Severity = Severity.ERROR


def own_rules(schemas: Sequence[PolicySchema], installed: Sequence[Installed]) -> dict[str, OwnRule]:
    """Every rule by its id; of one that several parts of schemas give, the first."""
    found: dict[str, OwnRule] = {}
    for schema in schemas:
        for _, text in ((schema.file, schema.text), *schema.resources):
            for rule in _marked(json.loads(text), schema.file):
                found.setdefault(rule.id, rule)
    for one in installed:
        title, _, rest = (getdoc(one.check) or "a rule in Python").partition("\n")
        source = f"the package {one.package}"
        found.setdefault(one.id, OwnRule(one.id, title.rstrip("."), rest.strip(), source))
    return dict(sorted(found.items()))


def _marked(value: JSON, file: str) -> Iterator[OwnRule]:
    """The parts of a schema that say whose findings theirs are."""
    if isinstance(value, dict):
        if "x-rule" in value:
            title = value.get("title", value.get("x-message", f"what {file} asks for"))
            explanation = value.get("description", value.get("x-fix", ""))
            severity = Severity(str(value.get("x-severity", Severity.ERROR)))
            yield OwnRule(str(value["x-rule"]), str(title), str(explanation), file, severity)
        for part in value.values():
            yield from _marked(part, file)
    elif isinstance(value, list):
        for part in value:
            yield from _marked(part, file)
