"""Globs to files to documents: every template file of a project, read once for all its accounts."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from wasync.model.config import Config
from wasync.model.template import JSON, Declaration, Document, Finding, Problem, Severity
from wasync.project.files import Globs
from wasync.project.places import Places, sort_findings
from wasync.project.yaml_reader import read

if TYPE_CHECKING:
    from wasync.project.media import Sample

LARGE = 300
"""Fewer files than this are read sooner by one process alone; see second_process.py."""
CONFIG_FILE = "wasync.yaml"


class Checked(NamedTuple):
    """One document looked at: what it declares (None if the schema refuses it) and what checks found."""

    declaration: Declaration | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Documents:
    """All documents of a project, in order of file, and what reading them found.

    `files` counts those that were found. `with_values` names the files that hold a `${`; all others are the
    same for every account, and are looked at once: `checked` keeps the results, by file and document,
    `samples` the media, by path.
    """

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    files: int = 0
    with_values: frozenset[str] = frozenset()
    checked: dict[tuple[str, int], Checked] = field(default_factory=dict)
    samples: dict[str, Sample | str] = field(default_factory=dict)


@contextmanager
def calm() -> Iterator[None]:
    """Keep the garbage collector still while much is read that stays: it would walk all of it for nothing."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def read_documents(config: Config) -> Documents:
    """Read every file that the project's `templates:` globs match. Never raises; failures are findings."""
    files, findings = find_files(config)
    found = read_files(config, files)
    return replace(found, findings=sort_findings([*findings, *found.findings]))


def find_files(config: Config) -> tuple[list[str], tuple[Finding, ...]]:
    """The files that the `templates:` globs match, sorted, and what is wrong with wasync.yaml for them."""
    findings: list[Finding] = []
    places = Places(config.root, config.severities)
    files = _files(config, places, findings)
    if config.organisation.python:
        from wasync.project.installed_rules import rules_of

        findings += places.problems(CONFIG_FILE, 0, rules_of(config).problems)
    return files, tuple(findings)


def read_files(config: Config, files: Sequence[str]) -> Documents:
    """Read these files of the project, once for all its accounts. Never raises; failures are findings."""
    with calm():
        return _read(config, files)


def _read(config: Config, files: Sequence[str]) -> Documents:
    places = Places(config.root, config.severities)
    findings: list[Finding] = []
    documents: list[Document] = []
    with_values: set[str] = set()
    for file in files:
        try:
            with open(f"{config.root}/{file}", "rb", buffering=0) as handle:  # noqa: PTH123 - a Path costs as much as the reading
                data = handle.read()
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            problem = Problem("WA013", message, "Make it readable, or remove it.")
            findings.append(places.about_file(file, problem))
            continue
        reading = read(data)
        if reading.spotted:
            findings += places.spotted(file, reading.spotted)
        if b"${" in data:
            with_values.add(file)
        stem = file[file.rfind("/") + 1 :].rpartition(".")[0]
        if len(reading.documents) == 1 and isinstance(body := reading.documents[0][0], dict):
            documents.append(_document(file, 0, stem, body, reading.documents[0][1]))
        else:
            problems = _several(file, stem, reading.documents, documents, broken=bool(reading.spotted))
            for index, problem in problems:
                findings += places.problems(file, index, [problem])
    return Documents(tuple(documents), sort_findings(findings), len(files), frozenset(with_values))


def _document(file: str, index: int, stem: str, body: dict[str, JSON], lines: Mapping[str, int]) -> Document:
    name = body.get("name")
    return Document(file, index, name if isinstance(name, str) else stem, body, lines)


def _several(
    file: str,
    stem: str,
    bodies: Sequence[tuple[JSON, Mapping[str, int]]],
    documents: list[Document],
    *,
    broken: bool,
) -> list[tuple[int, Problem]]:
    """A file that is not one mapping: several documents, none, or something else."""
    problems: list[tuple[int, Problem]] = []
    filled = [(index, body, lines) for index, (body, lines) in enumerate(bodies) if body is not None]
    if not filled and not broken:
        fix = "Write a template into it (category:, languages:), or remove the file."
        problems.append((0, Problem("WA013", "the file holds no template", fix)))
    for index, body, lines in filled:
        if not isinstance(body, dict):
            kind = "a list" if isinstance(body, list) else "text"
            fix = "Begin with keys: category: utility, then languages:."
            message = f"a template is written as `key: value` lines, and this is {kind}"
            problems.append((index, Problem("WA004", message, fix)))
        elif len(filled) > 1 and not isinstance(body.get("name"), str):
            message = "several templates in one file, parted by ---, each need their own `name:`"
            problems.append((index, Problem("WA016", message, "Add `name: <template name>` to this one.")))
        else:
            documents.append(_document(file, index, stem, body, lines))
    return problems


def _files(config: Config, places: Places, findings: list[Finding]) -> list[str]:
    """The files to read, sorted; findings for globs that match nothing and links that lead out."""
    globs = Globs(config.root)
    files: set[str] = set()
    for index, pattern in enumerate(config.templates):
        matched = globs.files(pattern) - {CONFIG_FILE}
        if not matched:
            message = f"no file matches `{pattern}`"
            fix = "Correct the path, remove the line, or write a first template there."
            findings += places.problems(
                CONFIG_FILE, 0, [Problem("WA013", message, fix, ("templates", index), needle=pattern)]
            )
        files |= matched
    for path in globs.outside:
        message = "this link leads out of the project"
        fix = "Copy the file into the project: what is applied must be what was reviewed."
        findings.append(places.about_file(path, Problem("WA013", message, fix)))
    for path in sorted(globs.unread - files):
        message = "this file is not read: its name ends in .yml, and templates: asks for .yaml"
        fix = "Rename it, or add a glob that ends in .yml."
        findings.append(places.about_file(path, Problem("WA013", message, fix, severity=Severity.WARNING)))
    if not config.templates:
        message = "the project names no template files"
        fix = "Add a glob: templates: ['templates/**/*.yaml']."
        findings += places.problems(CONFIG_FILE, 0, [Problem("WA013", message, fix, ("templates",))])
    return sorted(files)
