"""Checks a template document against the schemas of the organisation (WA806, or ids of its own).

As with wasync's own schema, jsonschema-rs accepts and jsonschema explains; both see only the files of the
project that were read with the schema, and fetch nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from wasync.model.organisation import PolicySchema
from wasync.model.template import JSON, Declaration, Document, Key, Problem, Severity, SpecPath

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_DEEPEST = 20
"""How many `$ref` on one way are followed to look for marks; a schema may refer to itself."""
_LONGEST = 200
"""Characters of what jsonschema says: it quotes the whole value."""


class _Marks(NamedTuple):
    """What a schema says about its findings, in wasync's own keywords."""

    rule: str = "WA806"
    message: str = ""
    fix: str = ""
    severity: Severity | None = None


def check_schemas(
    document: Document, declaration: Declaration, schemas: Sequence[PolicySchema]
) -> list[Problem]:
    """What the organisation's schemas refuse of a document that declares any template."""
    if not declaration.templates:
        return []
    problems: list[Problem] = []
    for schema in schemas:
        if not _accepting(schema).is_valid(document.data):
            problems += _explained(schema, document, declaration.name)
    return problems


def mistake_in(schema: PolicySchema) -> tuple[str, SpecPath] | None:
    """Why this is no schema, and where in it; None if it is one."""
    import jsonschema_rs

    for path, pattern in _patterns(json.loads(schema.text), ()):
        try:
            re.compile(pattern)
        except re.error as error:
            return f"the pattern {pattern} is none: {error}", path
    try:
        _accepting(schema)
    except jsonschema_rs.ValidationError as error:
        return error.message, tuple(error.instance_path)
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return str(error).partition("\n")[0], ()
    return None


@cache
def _accepting(schema: PolicySchema) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    known = {address: json.loads(text) for address, text in schema.resources}

    def retrieve(address: str) -> dict[str, JSON]:
        # Without this it would ask the network.
        found: dict[str, JSON] = known[address]
        return found

    return jsonschema_rs.Draft202012Validator(json.loads(schema.text), retriever=retrieve)


@cache
def _explaining(schema: PolicySchema) -> Draft202012Validator:
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    # A registry of our own: the default one asks the network for what it does not know.
    known = [(address, DRAFT202012.create_resource(json.loads(text))) for address, text in schema.resources]
    registry = Registry[bool | Mapping[str, object]]().with_resources(known)
    return Draft202012Validator(json.loads(schema.text), registry=registry)


def _explained(schema: PolicySchema, document: Document, name: str) -> Iterator[Problem]:
    found = False
    fix = f"Change it so that it fits {schema.file}."
    for error in _explaining(schema).iter_errors(document.data):
        found = True
        marks = _marks(schema, error)
        message = marks.message or f"{_where(error)} does not fit {schema.file}: {_said(error)}"
        key, path = _in_language(tuple(error.absolute_path), document.data, name)
        yield Problem(marks.rule, message, marks.fix or fix, path, key, severity=marks.severity)
    if not found:  # the two libraries read it differently; what was refused is never let past
        yield Problem("WA806", f"the document does not fit {schema.file}", fix, severity=Severity.ERROR)


def _where(error: ValidationError) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path]
    return "".join(steps).removeprefix(".") or "the template"


def _said(error: ValidationError) -> str:
    if error.validator == "not" and error.validator_value == {}:
        return "it may not be there"
    text = error.message
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _in_language(path: SpecPath, data: Mapping[str, JSON], name: str) -> tuple[Key | None, SpecPath]:
    """Whose finding it is: what stands in a language can be silenced there."""
    match path:
        case ("languages", str(code), *rest) if isinstance(data.get("languages"), dict):
            return Key(name, code), tuple(rest)
        case _:
            return None, path


def _marks(schema: PolicySchema, error: ValidationError) -> _Marks:
    """The marks nearest to what refused, on the way there from the top of the schema; each for itself."""
    bodies: dict[str, JSON] = {address: json.loads(text) for address, text in schema.resources}
    whole = json.loads(schema.text)
    base = str(whole["$id"])
    bodies[base] = whole
    first = _Marks(severity=Severity.ERROR)
    nearest = _marked(_marked(first, whole), error.schema)
    return next(_routes(_Route(whole, base, first), error, bodies), nearest)


class _Route(NamedTuple):
    """One way through a schema: where it has come to, in which file, with which marks and how many left."""

    here: JSON
    base: str
    marks: _Marks
    done: int = 0
    refs: int = 0


def _routes(route: _Route, error: ValidationError, bodies: Mapping[str, JSON]) -> Iterator[_Marks]:
    """The marks of each way that ends at the part that refused. jsonschema leaves `$ref` out of its path."""
    here, base, before, done, refs = route
    marks = _marked(before, here)
    path = error.absolute_schema_path
    if done == len(path) - 1 and here == error.schema:
        yield marks
    if not isinstance(here, dict | list):
        return
    if done < len(path) - 1 and (part := _step(here, path[done])) is not None:
        yield from _routes(_Route(part, base, marks, done + 1, refs), error, bodies)
    if isinstance(here, dict) and isinstance(ref := here.get("$ref"), str) and refs < _DEEPEST:
        there, fragment = urldefrag(urljoin(base, ref))
        target = _at_pointer(bodies.get(there), fragment)
        yield from _routes(_Route(target, there, marks, done, refs + 1), error, bodies)


def _marked(marks: _Marks, part: object) -> _Marks:
    if not isinstance(part, dict):
        return marks
    severity = part.get("x-severity")
    return _Marks(
        str(part.get("x-rule", marks.rule)),
        str(part.get("x-message", marks.message)),
        str(part.get("x-fix", marks.fix)),
        Severity(severity) if isinstance(severity, str) else marks.severity,
    )


def _step(value: JSON, step: str | int) -> JSON:
    if isinstance(value, dict):
        return value.get(str(step))
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _at_pointer(value: JSON, pointer: str) -> JSON:
    for part in unquote(pointer).split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        value = _step(value, int(name) if isinstance(value, list) and name.isdigit() else name)
    return value


def _patterns(value: JSON, path: SpecPath) -> Iterator[tuple[SpecPath, str]]:
    """Every pattern of a schema: jsonschema reads them as Python does, and would fail only at a document."""
    if isinstance(value, dict):
        if isinstance(pattern := value.get("pattern"), str):
            yield (*path, "pattern"), pattern
        if isinstance(keys := value.get("patternProperties"), dict):
            yield from (((*path, "patternProperties", key), key) for key in keys)
        for key, part in value.items():
            if key not in ("const", "enum", "examples", "default"):
                yield from _patterns(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _patterns(part, (*path, number))
