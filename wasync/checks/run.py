"""Run every rule; the one place that knows all the modules they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from wasync.checks import (
    authentication,
    button_kinds,
    buttons,
    carousels,
    examples,
    files,
    headers,
    media,
    names,
    offers,
    options,
    policy,
    sentences,
    targets,
    texts,
    translations,
    variables,
)
from wasync.checks.files import two_of_one_name
from wasync.checks.registry import (
    Rule,
    card_checks,
    declaration_checks,
    kind_checks,
    registered,
    template_checks,
)
from wasync.checks.silencing import heard
from wasync.checks.unused import unused_examples
from wasync.checks.view import View
from wasync.model.template import Declaration, Document, Problem, Severity

THEMES = (
    files,
    names,
    texts,
    variables,
    sentences,
    examples,
    buttons,
    targets,
    button_kinds,
    authentication,
    translations,
    media,
    carousels,
    offers,
    headers,
    options,
    policy,
)
"""The modules of rules. Importing one registers its rules."""

RULES: Mapping[str, Rule] = MappingProxyType(dict(sorted(registered.items())))
"""Every rule by its id, in order of ids; those that the reader and the schema check too."""


def check_declaration(declaration: Declaration, severities: Mapping[str, Severity]) -> list[Problem]:
    """What the content rules say about one name, in no order; problems the author ignores are left out.

    `severities` is what the project sets: a rule that is off there says nothing. A rule about the whole
    name is ignored where all its languages ignore it (that is, `ignore:` stands above `languages:`). Rules of
    the organisation are asked by check_policy(), of good templates too.
    """
    views = [View(template) for template in declaration.templates]
    problems: list[Problem] = []
    for view in views:
        for on_template in template_checks:
            if found := on_template(view):
                problems += found
        if view.special:
            problems += _of_kinds(view)
    for on_declaration in declaration_checks:
        if found := on_declaration(declaration, views):
            problems += found
    return heard(problems, declaration, severities) if problems else problems


def _of_kinds(view: View) -> Iterator[Problem]:
    """What there is to say of anything but a plain message."""
    for on_kind in kind_checks:
        yield from on_kind(view)
    for card in view.cards:
        for on_card in card_checks:
            yield from on_card(card)


def check_document(document: Document) -> list[Problem]:
    """What is lost once a document is in canonical form: examples that no text uses (WA206)."""
    return unused_examples(document)


def check_project(declarations: Sequence[Declaration]) -> list[Problem]:
    """What only all declarations together show; each problem carries its place."""
    return two_of_one_name(declarations)


def severity_of(problem: Problem, severities: Mapping[str, Severity]) -> Severity:
    """How much a problem matters: as the project sets for its rule, else as the check says, else the rule."""
    return severities.get(problem.rule) or problem.severity or RULES[problem.rule].severity


def rules_markdown() -> str:
    """docs/rules.md: every rule with its explanation and examples."""
    from wasync.checks.pages import markdown

    return markdown(RULES.values())
