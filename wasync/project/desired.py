"""What the files say for one account: values, schema, canonical form, media and rules, with every finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from wasync.canonical import from_yaml
from wasync.checks import check_schema, plainly_good
from wasync.checks.unused import unused_examples
from wasync.model.config import Account, Config
from wasync.model.errors import WasyncError
from wasync.model.organisation import NO_POLICY
from wasync.model.template import (
    Declaration,
    Desired,
    Document,
    Finding,
    Key,
    Place,
    Problem,
    Revision,
    Template,
)
from wasync.project.documents import Checked, Documents, calm
from wasync.project.places import Places, sort_findings
from wasync.project.values import with_values


def desired(documents: Documents, config: Config, account: Account, values: Mapping[str, str]) -> Desired:
    """Everything the files declare for one account, and all findings, sorted by place.

    `values` are the account's (values.account_values). Names that `select:` leaves out are not in the result,
    nor are findings about them. A document the schema refuses gives only findings.
    """
    with calm():
        places = Places(config.root, config.severities)
        findings = list(documents.findings)
        declarations: list[Declaration] = []
        everything = "*" in account.select
        for document in documents.documents:
            checked = _checked(documents, document, config, values, places)
            declaration = checked.declaration
            if declaration is not None and not everything and not _selected(declaration.name, account.select):
                continue
            if checked.findings:
                findings += checked.findings
            if declaration is not None:
                declarations.append(declaration)
        if len({declaration.name for declaration in declarations}) < len(declarations):
            from wasync.checks import check_project

            for problem in check_project(declarations):
                findings += places.problems(problem.place.file if problem.place else "", 0, [problem])
        templates: dict[Key, Template] = {}
        absent: dict[Key, Place] = {}
        revisions: dict[str, Revision] = {}
        for declaration in declarations:
            if declaration.revision.number > 1:
                revisions[declaration.name] = declaration.revision
            for template in declaration.templates:
                templates.setdefault(template.key, template)
            for language, place in declaration.absent.items():
                absent.setdefault(Key(declaration.name, language), place)
        return Desired(templates, absent, sort_findings(findings) if findings else (), revisions)


def by_live_name(documents: Documents) -> dict[str, Document]:
    """The documents as written, by the live name each declares. Raises WasyncError where two declare one."""
    found: dict[str, Document] = {}
    for document in documents.documents:
        name = from_yaml(document).name
        if name in found:
            raise WasyncError(
                f"{document.file}: {name} is declared in {found[name].file} too.", "Remove one of the two."
            )
        found[name] = document
    return found


def merge_findings(by_account: Mapping[str, Sequence[Finding]]) -> tuple[Finding, ...]:
    """The findings of several accounts, each once; `accounts` names those it is about, if not all."""
    found: dict[Finding, list[str]] = {}
    for account, findings in by_account.items():
        for finding in dict.fromkeys(findings):
            found.setdefault(finding, []).append(account)
    everyone = len(by_account)
    return sort_findings(
        finding if len(accounts) == everyone else finding._replace(accounts=tuple(accounts))
        for finding, accounts in found.items()
    )


def _selected(name: str, select: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in select)


def _checked(
    documents: Documents, document: Document, config: Config, values: Mapping[str, str], places: Places
) -> Checked:
    """One document looked at; those that hold no value of an account, once for all accounts."""
    if document.file in documents.with_values:
        filled, problems = with_values(document, values)
        return _check(documents, filled, config, places, problems)
    key = (document.file, document.index)
    checked = documents.checked.get(key)
    if checked is None:
        checked = documents.checked[key] = _check(documents, document, config, places, [])
    return checked


def _check(
    documents: Documents, document: Document, config: Config, places: Places, problems: list[Problem]
) -> Checked:
    declaration = None
    if refused := check_schema(document):
        problems = problems + refused
    else:
        declaration = from_yaml(document)
        problems = problems + unused_examples(document)
        if any(_has_media(template) for template in declaration.templates):
            declaration, found = _with_media(declaration, config.root, documents)
            problems = problems + found
        if not plainly_good(declaration):
            # Imported when needed: the rules are a dozen modules.
            from wasync.checks import check_declaration

            problems = problems + check_declaration(declaration, config.severities)
        if config.organisation != NO_POLICY:
            problems = problems + _by_policy(document, declaration, config)
    if not problems:
        return Checked(declaration, ())
    return Checked(
        declaration, tuple(places.problems(document.file, document.index, problems, document.lines))
    )


def _by_policy(document: Document, declaration: Declaration, config: Config) -> list[Problem]:
    """What the organisation's rules say, those of its schemas and of packages too."""
    from wasync.checks import check_policy, heard

    ours = config.organisation
    problems = check_policy(document, declaration, ours)
    if ours.schemas:
        from wasync.checks.policy_schemas import check_schemas

        problems += check_schemas(document, declaration, ours.schemas)
    if ours.python:
        from wasync.checks.policy_python import check_python
        from wasync.project.installed_rules import aside, rules_of

        rules = rules_of(config).rules
        with aside():
            problems += check_python(document, declaration, rules, config.severities)
    return heard(problems, declaration, config.severities) if problems else problems


def _has_media(template: Template) -> bool:
    spec = template.spec
    if "carousel" in spec:
        return True
    header = spec.get("header")
    return isinstance(header, dict) and header.get("format") != "text" and "examples" in spec


def _with_media(
    declaration: Declaration, root: str, documents: Documents
) -> tuple[Declaration, list[Problem]]:
    from wasync.project.media import with_media

    templates: list[Template] = []
    problems: list[Problem] = []
    for template in declaration.templates:
        filled, found = with_media(root, declaration.file, template, documents.samples)
        templates.append(filled)
        problems += [one for one in found if one.rule not in template.ignore]
    return declaration._replace(templates=tuple(templates)), problems
