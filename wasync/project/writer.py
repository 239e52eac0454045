"""Live into files, for `wasync pull`: which file gets which template, and what each file then says. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from wasync.canonical import as_declared, from_yaml, to_yaml, without_defaults
from wasync.checks import check_declaration, check_schema, severity_of
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Document, Key, Severity, Spec, Template
from wasync.project.language_edit import escaped
from wasync.project.pulled_media import Samples, name_samples, with_samples
from wasync.project.rewrite import Target, differences, edit, rewrite
from wasync.project.values import with_values
from wasync.project.yaml_writer import dump_new, scalar

if TYPE_CHECKING:
    from ruamel.yaml.comments import CommentedMap

    from wasync.model.template import Declaration, Problem

REASON = "live already has it; written by wasync pull"
"""Why a rule is silenced where a live template breaks it."""

_SAFE_NAME = re.compile(r"[a-z0-9_]+")
_LONGEST_STEM = 200


@dataclass(frozen=True, slots=True)
class FileChange:
    """What one file becomes; `before` None means that it is new. `path` is relative to the project."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class Pull:
    """The files to write, in order of path; what stays apart, in sentences; and names that failed."""

    changes: tuple[FileChange, ...]
    notes: tuple[str, ...] = ()
    refused: tuple[WasyncError, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """The files as they are: globs of wasync.yaml, documents as read, and the bytes of their files.

    `values` are those of the account that is pulled from, `severities` the project's.
    """

    globs: Sequence[str]
    documents: Sequence[Document]
    contents: Mapping[str, bytes]
    values: Mapping[str, str]
    severities: Mapping[str, Severity]
    exists: Callable[[str], bool] = lambda _: False
    """Whether there is a file, of whatever kind, at a path of the project: no sample is written over it."""


def pull_files(
    project: Project,
    live: Mapping[Key, Template],
    samples: Samples | None = None,
    others: Collection[Key] = (),
) -> Pull:
    """Bring the files to what is live. A file in which nothing differs is not among the changes.

    `samples` are media that live templates have; one whose name gets a new file is saved next to it.
    `others` are live as well and were not asked for: they stay as they are, and nothing is said of them.

    Languages and names that live lacks stay as they are and are noted; so do names that cannot be files.
    One name that cannot be written does not keep the others from it. Raises WasyncError where two documents
    declare one name.
    """
    names: dict[str, dict[str, Template]] = {}
    notes: list[str] = []
    for key in sorted(live):
        why = _unsayable(live[key])
        if why:
            notes.append(f"{key} is left out, since no file can say it: {why}.")
        names.setdefault(key.name, {})
        if not why:
            names[key.name][key.language] = live[key]
    unsaid = {key for key in live if key.language not in names[key.name]}
    unsaid.update(others)
    after = dict(project.contents)
    declared = _declared(project)
    refused: list[WasyncError] = []
    for name, templates in names.items():
        try:
            if name in declared:
                document, declaration = declared[name]
                target = Target(document, project.values)
                data = after[document.file]
                kept = {key.language for key in unsaid if key.name == name}
                after[document.file] = _existing(data, target, declaration, templates, kept, project, notes)
            elif not templates:
                continue
            elif not _SAFE_NAME.fullmatch(name):
                notes.append(f"{name!r} is no name Meta's rules allow, so no file was written for it.")
            else:
                path = new_path(name, project.globs, after)
                own = [*templates.values()]
                free = partial(_taken, after, project, _folder(path))
                media = name_samples(_stem(path), [one.key for one in own], samples or {}, free)
                own = [with_samples(one, media) for one in own]
                after[path] = _new(name, path, own, project.severities)
                after |= {f"{_folder(path)}{file}": data for file, data in media.values()}
        except WasyncError as error:
            refused.append(error)
    changes = (
        FileChange(path, project.contents.get(path), data)
        for path, data in sorted(after.items())
        if data != project.contents.get(path)
    )
    return Pull(tuple(changes), tuple(notes), tuple(refused))


def _declared(project: Project) -> dict[str, tuple[Document, Declaration]]:
    """Each declared live name, with its document and what that says."""
    found: dict[str, tuple[Document, Declaration]] = {}
    for document in project.documents:
        filled, _ = with_values(document, project.values)
        declaration = from_yaml(filled)
        if declaration.name in found:
            raise WasyncError(
                f"{document.file}: {declaration.name} is declared in {found[declaration.name][0].file} too.",
                "Remove one of the two, then pull again.",
            )
        found[declaration.name] = (document, declaration)
    return found


# -- existing files ------------------------------------------------------------------------------------


def _existing(
    data: bytes,
    target: Target,
    declaration: Declaration,
    live: Mapping[str, Template],
    unsaid: Collection[str],
    project: Project,
    notes: list[str],
) -> bytes:
    """The file's new text; languages in `unsaid` are live, and stay as they are."""
    file, name = target.document.file, declaration.name
    if "*" in declaration.absent:
        notes.append(f"{file}: {name} is declared absent and still live; the file stays as it is.")
        return data
    ours = {template.key.language: template for template in declaration.templates}
    wanted = dict(ours)
    for code, template in live.items():
        if code in declaration.absent:
            notes.append(f"{file}: {name}/{code} is declared absent and still live; the file stays as it is.")
        elif code in ours:
            spec = _as_in_file(ours[code].spec, template.spec)
            wanted[code] = replace(ours[code], spec=spec, category=template.category)
        else:
            wanted[code] = _sayable(template)
    missing = (code for code in ours if code not in live and code not in unsaid)
    notes += [f"{file}: {name}/{code} is not live; the file keeps it." for code in missing]
    if not differences(declaration, wanted):
        return data
    changed, whole = rewrite(data, target, wanted)
    if whole:
        notes.append(f"{file}: {name} was written anew; comments inside it are lost.")
    said = target.declares(changed)
    if said is None:
        return changed
    old = {_identity(problem) for problem in _errors(declaration, project.severities)}
    new = [problem for problem in _errors(said, project.severities) if _identity(problem) not in old]
    return _ignore(changed, target.document.index, new)


def _as_in_file(ours: Spec, live: Spec) -> Spec:
    """What the file should say: live as far as the file speaks of it, and what live never shows."""
    seen = as_declared(live, ours)
    if seen == ours:
        return ours
    samples = _samples_in_file(seen, ours, _samples(live), _samples(ours), _samples(seen))
    cards, own_cards = seen.get("carousel"), ours.get("carousel")
    if isinstance(cards, list):
        own_cards = own_cards if isinstance(own_cards, list) else []
        own, theirs, given = (_mapping(_samples(spec).get("carousel")) for spec in (ours, live, seen))
        of_cards: dict[str, JSON] = {}
        for at, card in enumerate(cards):
            mine = _mapping(own_cards[at]) if at < len(own_cards) else {}
            parts = (_mapping(of_all.get(str(at))) for of_all in (theirs, own, given))
            if found := _samples_in_file(_mapping(card), mine, *parts):
                of_cards[str(at)] = found
        if of_cards:
            samples["carousel"] = of_cards
    spec = {part: value for part, value in seen.items() if part != "examples"}
    return {**spec, "examples": samples} if samples else spec


def _samples_in_file(
    seen: Spec,
    ours: Spec,
    theirs: Mapping[str, JSON],
    own: Mapping[str, JSON],
    given: Mapping[str, JSON],
) -> dict[str, JSON]:
    """The samples of a message, or of one card: live's where a text moved, else the file's; its media."""
    samples: dict[str, JSON] = {}
    for part in {**own, **theirs}:
        if part == "library":
            kept = own.get(part)
        elif part not in seen or part == "carousel":
            continue
        elif part == "header" and _shape(seen) != "text":
            kept = own.get(part) if _shape(seen) == _shape(ours) else None
        elif seen[part] == ours.get(part):
            kept = given.get(part, own.get(part))
        else:
            kept = theirs.get(part)
        if kept is not None:
            samples[part] = kept
    return samples


def _samples(spec: Spec) -> dict[str, JSON]:
    return _mapping(spec.get("examples"))


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}


def _shape(spec: Spec) -> JSON:
    header = spec.get("header")
    return header.get("format") if isinstance(header, dict) else None


# -- new files -----------------------------------------------------------------------------------------


def _taken(after: Mapping[str, bytes], project: Project, folder: str, file: str) -> bool:
    return folder + file in after or project.exists(folder + file)


def _folder(path: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return folder + slash


def _new(name: str, path: str, live: Sequence[Template], severities: Mapping[str, Severity]) -> bytes:
    """A new file of one name; rules that live breaks are silenced in it."""
    templates = [_sayable(template) for template in live]
    document = Document(path, 0, name, to_yaml(templates), {})
    broken = _errors(from_yaml(document), severities)
    if broken:
        templates = [
            replace(
                template,
                ignore={one.rule: REASON for one in broken if one.key is None or one.key == template.key},
            )
            for template in templates
        ]
    data = escaped(to_yaml(templates))
    if _stem(path) != name:
        data = {"name": name, **data}
    text = dump_new(data)
    said = Target(document, {}).declares(text)
    wanted = {template.key.language: template for template in templates}
    if said is None or said.name != name or differences(said, wanted):
        raise WasyncError(
            f"{name}: what is live cannot be written as a file.",
            "Report this with the output of `wasync status`; pull the others with --target.",
        )
    return text


def _sayable(live: Template) -> Template:
    """What a file can say of a live template: not what Meta fills in, nor samples of no variable."""
    template = replace(live, spec=without_defaults(live.spec), ignore={})
    document = Document("", 0, live.key.name, to_yaml([template]), {})
    return replace(template, spec=from_yaml(document).templates[0].spec)


def _unsayable(live: Template) -> str:
    """Why the schema would refuse a file that says this template, or "": a category nobody knows, ..."""
    document = Document("", 0, live.key.name, to_yaml([_sayable(live)]), {})
    problems = check_schema(document)
    return problems[0].message if problems else ""


def new_path(name: str, globs: Sequence[str], taken: Collection[str]) -> str:
    """Where a new template goes: below the first glob, in a file that the glob finds again."""
    stem = name
    if len(name) > _LONGEST_STEM:
        stem = f"{name[:_LONGEST_STEM]}_{sha256(name.encode()).hexdigest()[:8]}"
    for glob in globs:
        for candidate in (stem, *(f"{stem}.{number}" for number in range(2, 100))):
            path = _fill(glob, candidate)
            if path is not None and path not in taken:
                return path
    raise WasyncError(
        f"wasync.yaml: none of the `templates:` globs leaves room for a new file for {name}.",
        "Add a glob such as templates/**/*.yaml.",
    )


def _fill(glob: str, stem: str) -> str | None:
    """The file a stem makes of a glob; None where that names one file or leads out of the project."""
    *folders, last = [part for part in glob.split("/") if part not in ("", ".")]
    if ".." in folders or "*" not in last:
        return None
    suffix = last.rpartition("*")[2]
    file = last.removesuffix(f"*{suffix}") + stem + suffix
    if not fnmatchcase(file, last) or file.startswith("."):
        return None
    path = [("live" if set(part) & set("*?[") else part) for part in folders if part != "**"]
    return "/".join([*path, file])


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


# -- rules that live breaks ----------------------------------------------------------------------------


def _errors(declaration: Declaration, severities: Mapping[str, Severity]) -> list[Problem]:
    """What would fail `validate`; warnings stay, since they say what a person may want to add."""
    problems = check_declaration(declaration, severities)
    return [one for one in problems if severity_of(one, severities) is Severity.ERROR]


def _identity(problem: Problem) -> tuple[str, Key | None]:
    return problem.rule, problem.key


def _ignore(data: bytes, index: int, problems: Sequence[Problem]) -> bytes:
    """The file with these rules silenced, each at its language, or above all."""
    if not problems:
        return data

    def silence(top: CommentedMap) -> None:
        for holder, rule in _holders(top, problems):
            if not isinstance(holder.get("ignore"), dict):
                holder["ignore"] = type(top)()
            holder["ignore"].setdefault(rule, scalar(REASON))

    return edit(data, index, silence)


def _holders(top: CommentedMap, problems: Sequence[Problem]) -> Iterator[tuple[CommentedMap, str]]:
    languages = top.get("languages")
    for problem in problems:
        own = languages.get(problem.key.language) if problem.key and isinstance(languages, dict) else None
        yield (own if isinstance(own, type(top)) else top), problem.rule
