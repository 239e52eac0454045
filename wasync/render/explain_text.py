"""Rules in words: one with its reason and examples, or the list of all."""

from __future__ import annotations

from collections.abc import Sequence

from wasync.checks.own_rules import OwnRule
from wasync.checks.registry import Rule, policy_of
from wasync.render.colour import Style, finish, styled
from wasync.render.findings_text import severity_style
from wasync.render.layout import WIDTH, paragraph
from wasync.render.safe_text import safe, safe_lines


def explain_text(rule: Rule, *, color: bool = False, width: int = WIDTH) -> str:
    """One rule: what it says and why, a good and a bad file, how to silence it."""
    severity = styled(rule.severity.value, severity_style(rule.severity))
    blocks = [
        f"{styled(safe(rule.id), Style.STRONG)} {safe(rule.title)} ({severity})",
        "\n\n".join(paragraph(safe(part), 0, width) for part in _paragraphs(rule.explanation)),
        *([f"With, in wasync.yaml:\n\n{_file(policy_of(rule))}"] if rule.policy else []),
        f"{styled('Good', Style.ADDED)}, {safe(rule.file)}:\n\n{_file(rule.good)}",
        f"{styled('Bad', Style.REMOVED)}, {safe(rule.file)}:\n\n{_file(rule.bad)}",
        paragraph(_silencing(rule), 0, width),
        f"More: {safe(rule.anchor)}",
    ]
    return finish("\n\n".join(blocks), color)


def own_rule_text(rule: OwnRule, *, color: bool = False, width: int = WIDTH) -> str:
    """One rule of the project's own: what it says, whose it is, how to silence it."""
    severity = styled(rule.severity.value, severity_style(rule.severity))
    blocks = [
        f"{styled(safe(rule.id), Style.STRONG)} {safe(rule.title)} ({severity})",
        *(paragraph(safe(part), 0, width) for part in _paragraphs(rule.explanation) if part),
        paragraph(f"A rule of your own, from {safe(rule.source)}.", 0, width),
        paragraph(_how_to_silence(safe(rule.id)), 0, width),
        "More: docs/policy.md",
    ]
    return finish("\n\n".join(blocks), color)


def rules_text(rules: Sequence[Rule | OwnRule], *, color: bool = False) -> str:
    """Every rule on a line: id, severity, title."""
    longest = max(len(rule.id) for rule in rules)
    return finish(
        "\n".join(
            f"{styled(f'{safe(rule.id):<{longest}}', Style.STRONG)}  "
            f"{styled(f'{rule.severity.value:<7}', severity_style(rule.severity))}  {safe(rule.title)}"
            for rule in rules
        ),
        color,
    )


def _silencing(rule: Rule) -> str:
    if not rule.ignorable:
        return "This rule cannot be silenced: a file that breaks it cannot be used."
    return _how_to_silence(rule.id)


def _how_to_silence(rule: str) -> str:
    return (
        f"To silence it where that is meant, at template or language level: ignore: {{{rule}: why}}."
        f" For the whole project, in wasync.yaml: rules: {{{rule}: warning}}, or off."
    )


def _paragraphs(text: str) -> list[str]:
    """Paragraphs of a text that was folded in its source."""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _file(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in safe_lines(text.rstrip("\n")))
