"""What a rule is, and how a rule and the function that checks it find each other.

A rule stands in the module of its theme, beside its function: id, sentence, explanation, examples. The
functions are collected here in order of registration; `run.py` imports every theme and runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from wasync.checks.view import View
from wasync.model.template import Declaration, Problem, Severity


class Rule(NamedTuple):
    """One thing that files must hold: `wasync explain`, docs/rules.md and the tests all read this.

    `good` and `bad` are whole files as an author writes them, at `file`; `encoding` says how `bad` lies on
    disk. `subcode` is Meta's error_subcode for the bad example; None where Meta names none or accepts it.
    Rules about reading the file itself cannot be silenced with `ignore:` (`ignorable`). `policy` is what
    stands under `policy:` in wasync.yaml, for a rule that only then has a word to say.
    """

    id: str
    title: str
    explanation: str
    good: str
    bad: str
    severity: Severity = Severity.ERROR
    subcode: int | None = None
    ignorable: bool = True
    file: str = "templates/order_shipped.yaml"
    encoding: str = "utf-8"
    policy: str = ""

    @property
    def anchor(self) -> str:
        """Where the documentation explains it, from the repository's root."""
        return f"docs/rules.md#{self.id.lower()}"


TemplateCheck = Callable[[View], Sequence[Problem]]
DeclarationCheck = Callable[[Declaration, Sequence[View]], Sequence[Problem]]

registered: dict[str, Rule] = {}
"""Every rule whose module was imported; read `run.RULES`, which imports them all."""
template_checks: list[TemplateCheck] = []
card_checks: list[TemplateCheck] = []
"""Those of template_checks that look at each card of a carousel too."""
kind_checks: list[TemplateCheck] = []
"""Checks of what a plain message does not have: asked only where View.special is true."""
declaration_checks: list[DeclarationCheck] = []


def declare(rule: Rule) -> None:
    """Register a rule that no function of ours checks: the reader or the schema does."""
    if rule.id in registered:
        raise ValueError(f"two rules have the id {rule.id}")
    registered[rule.id] = rule


def on_template(rule: Rule, *, cards: bool = False) -> Callable[[TemplateCheck], TemplateCheck]:
    """Register a rule with the function that checks it on one template, and on each of its `cards`."""

    def register(check: TemplateCheck) -> TemplateCheck:
        declare(rule)
        template_checks.append(check)
        if cards:
            card_checks.append(check)
        return check

    return register


def on_kind(rule: Rule) -> Callable[[TemplateCheck], TemplateCheck]:
    """Register a rule with the function that checks it on a template that is more than a plain message."""

    def register(check: TemplateCheck) -> TemplateCheck:
        declare(rule)
        kind_checks.append(check)
        return check

    return register


def on_declaration(rule: Rule) -> Callable[[DeclarationCheck], DeclarationCheck]:
    """Register a rule with the function that checks it on one name in all its languages."""

    def register(check: DeclarationCheck) -> DeclarationCheck:
        declare(rule)
        declaration_checks.append(check)
        return check

    return register


def also_on_declaration(check: DeclarationCheck) -> DeclarationCheck:
    """Register a second function of a rule whose first looks at one template."""
    declaration_checks.append(check)
    return check


def shown(text: str) -> str:
    """An example as a page can show it: a character nobody sees becomes its code, `<U+00A0>`."""
    return "".join(
        letter if letter in "\n " or letter.isprintable() else f"<U+{ord(letter):04X}>" for letter in text
    )


def policy_of(rule: Rule) -> str:
    """What a rule of the organisation needs in wasync.yaml."""
    return f"policy:\n  {rule.policy}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence lists them: "a, b and c"."""
    *start, end = words
    return f"{', '.join(start)} {last} {end}" if start else end
