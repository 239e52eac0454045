"""Reads the JSON Schemas of the organisation: inside the project only, whole, every mistake at its place."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from wasync.checks.policy_schemas import mistake_in
from wasync.model.organisation import PolicySchema
from wasync.model.template import JSON, Place, Problem, Severity, SpecPath
from wasync.project.files import Globs, within

_BASE = "https://wasync.invalid/"
"""Where the project's files are for `$ref`. No such host can exist (RFC 6761): nothing is ever fetched."""
_HOST = urlsplit(_BASE).netloc
_OURS = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SEVERITIES = (Severity.ERROR.value, Severity.WARNING.value)


def read_schemas(root: str, globs: Sequence[str]) -> tuple[tuple[PolicySchema, ...], list[Problem]]:
    """The schemas that the globs name, and what is wrong with them; a problem with a file has its place."""
    problems: list[Problem] = []
    files: set[str] = set()
    for index, pattern in enumerate(globs):
        path: SpecPath = ("policy", "schemas", index)
        if pattern.startswith("/") or ".." in pattern.split("/") or "\\" in pattern:
            message = f"the glob `{pattern}` must stay inside the project"
            problems.append(Problem("WA004", message, "Write it relative to wasync.yaml, with /.", path))
            continue
        walk = Globs(root)
        found = walk.files(pattern)
        for outside in walk.outside:
            message = f"{outside} is a link that leads out of the project"
            problems.append(Problem("WA004", message, "Copy the file into the project.", path))
        if not found and not walk.outside:
            message = f"no file matches `{pattern}`"
            problems.append(Problem("WA004", message, "Correct the path, or remove the line.", path))
        files |= found
    schemas: list[PolicySchema] = []
    for file in sorted(files):
        schema = _Reading(root).schema(file, problems)
        if schema is not None:
            schemas.append(schema)
    return tuple(schemas), problems


class _Reading:
    """One schema and the files it refers to, each read once."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._bodies: dict[str, dict[str, JSON]] = {}

    def schema(self, file: str, problems: list[Problem]) -> PolicySchema | None:
        """The schema in a file; None if something is wrong with it, which `problems` then says."""
        before = len(problems)
        body = self._read(file, problems)
        if body is None:
            return None
        rules: set[str] = set()
        waiting = [file]
        while waiting:
            one = waiting.pop()
            for path, part in _parts(self._bodies[one], ()):
                problems += _wrong_marks(self._root, one, path, part)
                if "x-rule" in part:
                    rules.add(str(part["x-rule"]))
                waiting += self._referred(one, path, part, problems)
        if len(problems) > before:
            return None
        resources = tuple(
            (_BASE + other, json.dumps(content)) for other, content in self._bodies.items() if other != file
        )
        found = PolicySchema(file, json.dumps(body), frozenset(rules), resources)
        if (wrong := mistake_in(found)) is None:
            return found
        message, path = wrong
        fix = "Correct it: a schema is JSON Schema, draft 2020-12."
        problems.append(_at(self._root, file, f"this is no good schema: {message}", fix, path))
        return None

    def _read(self, file: str, problems: list[Problem]) -> dict[str, JSON] | None:
        """One file as a schema object, its `$id` replaced by its place in the project."""
        body = _load(self._root, file, problems)
        if body is not None:
            # Where the author says it is published does not matter: nothing is fetched from there.
            self._bodies[file] = body = {**_spelt_out(body), "$id": _BASE + file}
        return body

    def _referred(
        self, file: str, path: SpecPath, part: Mapping[str, JSON], problems: list[Problem]
    ) -> Iterator[str]:
        """Read the files that a part of a schema refers to, those not read yet; each is yielded."""
        for keyword in ("$ref", "$dynamicRef"):
            ref = part.get(keyword)
            if not isinstance(ref, str) or ref.startswith("#"):
                continue
            address = urlsplit(urljoin(_BASE + file, ref))
            target = os.path.normpath(unquote(address.path).lstrip("/"))
            real = os.path.realpath(f"{self._root}/{target}")
            where = (*path, keyword)
            if address.netloc != _HOST or not within(self._root, real):
                message = f"$ref leads to {ref}; only files of this project can be referred to"
                fix = "Copy that schema into the project and refer to the file."
                problems.append(_at(self._root, file, message, fix, where))
            elif not Path(real).is_file():
                message = f"$ref leads to {target}, which is no file of this project"
                problems.append(_at(self._root, file, message, "Correct the path.", where))
            elif target not in self._bodies and self._read(target, problems) is not None:
                yield target


def _load(root: str, file: str, problems: list[Problem]) -> dict[str, JSON] | None:
    try:
        body: JSON = json.loads(Path(root, file).read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        fix = "Correct it there; a schema is JSON, without comments."
        problems.append(Problem("WA004", f"this schema is no JSON: {error.msg}", fix, place=place))
        return None
    except RecursionError:
        problems.append(_at(root, file, "this schema is nested too deep", "Flatten it.", ()))
        return None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        problems.append(_at(root, file, f"this schema cannot be read: {why}", "Mend or remove it.", ()))
        return None
    if not isinstance(body, dict):
        fix = 'Begin with {"properties": ...}.'
        problems.append(_at(root, file, "a schema is a JSON object", fix, ()))
        return None
    if body.get("$schema", _DRAFT) not in (_DRAFT, _DRAFT + "#"):
        message = f"$schema is {body['$schema']}; wasync reads draft 2020-12"
        problems.append(_at(root, file, message, f'Write "$schema": "{_DRAFT}".', ("$schema",)))
        return None
    return body


def _spelt_out(schema: Mapping[str, JSON]) -> dict[str, JSON]:
    """The schema with each property that is `false` written as one that nothing fits.

    jsonschema 4.26 forgets the name of such a property, and a finding would have no place.
    """
    found: dict[str, JSON] = {}
    for key, value in schema.items():
        if isinstance(value, dict) and key not in ("const", "default"):
            value = _spelt_out(value)
            if key in ("properties", "patternProperties"):
                value = {name: {"not": {}} if part is False else part for name, part in value.items()}
        found[key] = value
    return found


def _parts(value: JSON, path: SpecPath) -> Iterator[tuple[SpecPath, dict[str, JSON]]]:
    """Every object of a schema, with its path."""
    if isinstance(value, dict):
        yield path, value
        for key, part in value.items():
            if key not in ("const", "enum", "examples", "default"):
                yield from _parts(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _parts(part, (*path, number))


def _wrong_marks(root: str, file: str, path: SpecPath, part: Mapping[str, JSON]) -> Iterator[Problem]:
    """What is wrong with wasync's own keywords."""
    for key, value in part.items():
        where = (*path, key)
        if key == "x-rule" and not (isinstance(value, str) and _OURS.fullmatch(value)):
            message = "x-rule is the id of a rule of yours: capitals, digits, at least one -"
            yield _at(root, file, message, 'Write it as "ACME-1".', where)
        elif key == "x-severity" and value not in _SEVERITIES:
            yield _at(root, file, "x-severity is error or warning", 'Write "warning".', where)
        elif key in ("x-message", "x-fix") and not (isinstance(value, str) and value.strip()):
            yield _at(root, file, f"{key} is a sentence", "Write a text.", where)


def _at(root: str, file: str, message: str, fix: str, path: SpecPath) -> Problem:
    """A problem at a path inside a JSON file: YAML reads JSON too, so its places are found the same way."""
    from wasync.project.places import place_in

    return Problem("WA004", message, fix, place=place_in(root, file, path))
