"""Finds and loads the JSON Schemas that wasync ships: in the wheel, or beside the package in a checkout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasync.model.template import JSON

_ENDING = ".schema.json"


def schema_names() -> tuple[str, ...]:
    """The names schema_text() knows, sorted: project, template, ..."""
    return tuple(sorted(file.name.removesuffix(_ENDING) for file in _folder().glob(f"*{_ENDING}")))


def schema_text(name: str) -> str:
    """The text of one schema, as editors want it. KeyError for a name that schema_names() does not have."""
    if name not in schema_names():
        raise KeyError(name)
    return (_folder() / f"{name}{_ENDING}").read_text(encoding="utf-8")


@cache
def load_schema(name: str) -> dict[str, JSON]:
    """One schema as data, read once per process; do not change it."""
    schema = json.loads(schema_text(name))
    if not isinstance(schema, dict):
        raise TypeError(f"schema {name} is not an object")
    return schema


def _folder() -> Path:
    # Not importlib.resources, whose import takes 11 ms: it would only add packages inside a zip, where
    # jsonschema-rs cannot live either. The wheel holds wasync/schemas; a checkout does not.
    package = Path(__file__).parents[1]
    packaged = package / "schemas"
    return packaged if packaged.is_dir() else package.parent / "schemas"
