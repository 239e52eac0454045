"""Offline findings: the schema, then one small function per rule; and what Meta's refusals mean.

Each name is imported when first asked for: explaining a refusal needs no rules, and planning no explanations.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasync.checks.good import plainly_good
    from wasync.checks.policy import check_policy
    from wasync.checks.refusals import Refusal, refusal
    from wasync.checks.registry import Rule, shown
    from wasync.checks.run import (
        RULES,
        check_declaration,
        check_document,
        check_project,
        rules_markdown,
        severity_of,
    )
    from wasync.checks.schema import check_schema
    from wasync.checks.silencing import heard

__all__ = [
    "RULES",
    "Refusal",
    "Rule",
    "check_declaration",
    "check_document",
    "check_policy",
    "check_project",
    "check_schema",
    "heard",
    "plainly_good",
    "refusal",
    "rules_markdown",
    "severity_of",
    "shown",
]

_HOMES = {
    "RULES": "run",
    "Refusal": "refusals",
    "Rule": "registry",
    "check_declaration": "run",
    "check_document": "run",
    "check_policy": "policy",
    "check_project": "run",
    "check_schema": "schema",
    "heard": "silencing",
    "plainly_good": "good",
    "refusal": "refusals",
    "rules_markdown": "run",
    "severity_of": "run",
    "shown": "registry",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
