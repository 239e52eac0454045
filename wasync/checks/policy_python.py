"""Runs the rules that installed packages bring; what goes wrong in one is told as its own fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from wasync.checks.view import View
from wasync.model.template import JSON, Declaration, Document, Key, Severity, Template
from wasync.model.template import Problem as Found
from wasync.rules import Problem, Rule, TemplateView


class Installed(NamedTuple):
    """One rule of an installed package: its id, whose it is, and the function itself."""

    id: str
    package: str
    check: Rule


class _WrongAnswerError(Exception):
    """A rule gave back what is no Problem."""


def check_python(
    document: Document,
    declaration: Declaration,
    rules: tuple[Installed, ...],
    severities: Mapping[str, Severity],
) -> list[Found]:
    """What the rules say about each template of one name; a rule that is switched off is not run."""
    problems: list[Found] = []
    for rule in rules:
        if severities.get(rule.id) is Severity.OFF:
            continue
        for template in declaration.templates:
            try:
                problems += _found(rule, _view(document, declaration, template), template.key)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code: one rule that breaks must not hide what all the others found
                problems.append(_fault(rule, template.key, error))
                break  # in the other languages it would most likely break the same way
    return problems


def _found(rule: Installed, view: TemplateView, key: Key) -> list[Found]:
    found = []
    for one in rule.check(view):
        if not isinstance(one, Problem):
            raise _WrongAnswerError(f"it gave back {type(one).__name__}, not wasync.rules.Problem")
        severity = Severity(one.severity)
        path = tuple(step if isinstance(step, int) else str(step) for step in one.path)
        fix, message = str(one.fix), str(one.message)
        found.append(Found(rule.id, message, fix, path, key, str(one.needle), severity=severity))
    return found


def _fault(rule: Installed, key: Key, error: BaseException) -> Found:
    what = str(error) if isinstance(error, _WrongAnswerError) else f"{type(error).__name__}: {error}"
    message = f"this rule of the package {rule.package} broke here: {what}"
    fix = f"Tell its authors. Until it is mended, in wasync.yaml: rules: {{{rule.id}: off}}."
    return Found(rule.id, message, fix, (), key, severity=Severity.ERROR)


def _view(document: Document, declaration: Declaration, template: Template) -> TemplateView:
    view = View(template)
    return TemplateView(
        name=template.key.name,
        language=template.key.language,
        category=template.category,
        owner=_said(document.data, template.key.language, "owner"),
        description=_said(document.data, template.key.language, "description"),
        header=view.header,
        body=view.body,
        footer=view.footer,
        buttons=_copied_buttons(view),
        variables=tuple(dict.fromkeys([*view.header_variables, *view.body_variables])),
        spec=_copied_map(template.spec),
        revision=declaration.revision.number,
        file=document.file,
    )


def _said(data: Mapping[str, JSON], language: str, key: str) -> str:
    """What a language says for people, else what stands above all languages."""
    languages = data.get("languages")
    own = languages.get(language) if isinstance(languages, dict) else None
    value = own[key] if isinstance(own, dict) and key in own else data.get(key)
    return "" if value is None else str(value)


def _copied_buttons(view: View) -> tuple[dict[str, JSON], ...]:
    return tuple(map(_copied_map, view.buttons))


def _copied_map(value: Mapping[str, JSON]) -> dict[str, JSON]:
    return {key: _copied(part) for key, part in value.items()}


def _copied(value: JSON) -> JSON:
    match value:
        case dict():
            return _copied_map(value)
        case list():
            return [_copied(part) for part in value]
        case _:
            return value
