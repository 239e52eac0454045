"""docs/rules.md, written from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable

from wasync.checks.registry import Rule, policy_of, shown

_INTRODUCTION = """\
# Rules

What `wasync validate` checks before anything is sent. This page is generated from the rules;
`wasync explain WA101` prints one of them.

Only errors fail `validate`. A project sets how much a rule matters under `rules:` in wasync.yaml
(`WA203: error`, `warning` or `off`). A rule is silenced for one template, or one language of it, by
`ignore: {WA203: why}`; the rules about files (WA001 to WA016) cannot be silenced there.

Where a rule says what Meta refuses, the source is [meta-api.md](meta-api.md), sections C, D and G. What
sources dispute is a warning. Rules from WA801 on are the organisation's own, and silent until
[policy.md](policy.md) is followed.
"""


def markdown(rules: Iterable[Rule]) -> str:
    """The whole page: a table of all rules, then each with its explanation and examples."""
    rules = tuple(rules)
    table = ["| rule | | severity |", "|---|---|---|"]
    table += [
        f"| [{rule.id}](#{rule.id.lower()}) | {_cell(rule.title)} | {rule.severity} |" for rule in rules
    ]
    return "\n".join([_INTRODUCTION, *table, "", *map(_section, rules)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _section(rule: Rule) -> str:
    facts = [f"Severity: {rule.severity}."]
    if rule.subcode:
        facts.append(f"Meta refuses the bad example with subcode {rule.subcode}.")
    policy = f"With, in wasync.yaml:\n\n```yaml\n{policy_of(rule)}\n```\n\n" if rule.policy else ""
    return (
        f"## {rule.id}\n\n{_sentence(rule.title)}\n\n{rule.explanation}\n\n{' '.join(facts)}\n\n{policy}"
        f"Good:\n\n```yaml\n{_block(rule.good)}```\n\nBad:\n\n```yaml\n{_block(rule.bad)}```\n"
    )


def _sentence(title: str) -> str:
    return f"**{title[0].upper()}{title[1:]}.**"


def _block(example: str) -> str:
    return shown(example.rstrip("\n") + "\n")
