"""Finds and loads the JSON Schemas that wasync ships: in the wheel, or beside the package in a checkout."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from wasync.model.template import JSON

_ENDING = ".schema.json"


def schema_names() -> tuple[str, ...]:
    """The names schema_text() knows, sorted: project, template, ..."""
    return tuple(
        sorted(file.name.removesuffix(_ENDING) for file in _folder().iterdir() if file.name.endswith(_ENDING))
    )


def schema_text(name: str) -> str:
    """The text of one schema, as editors want it. KeyError for a name that schema_names() does not have."""
    if name not in schema_names():
        raise KeyError(name)
    return _folder().joinpath(name + _ENDING).read_text(encoding="utf-8")


@cache
def load_schema(name: str) -> dict[str, JSON]:
    """One schema as data, read once per process; do not change it."""
    schema = json.loads(schema_text(name))
    if not isinstance(schema, dict):
        raise TypeError(f"schema {name} is not an object")
    return schema


def _folder() -> Traversable:
    # An editable install and a checkout have no wasync/schemas: the wheel's force-include makes that one.
    packaged = files("wasync") / "schemas"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "schemas"
