"""Lines of JSON events, as strictly as wasync promises them: with nothing the schema does not name."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import jsonschema_rs

from wasync.checks.schema_files import load_schema
from wasync.model.template import JSON


def event_lines(text: str) -> list[Any]:  # tests look into them
    """Every line of the text as an event that the closed schema accepts."""
    found = [json.loads(line) for line in text.splitlines()]
    for event in found:
        check_event(event)
    return found


def check_event(event: JSON) -> None:
    """Fail for an event that lacks something, or has what the schema does not name; fast for good ones."""
    if not _accepting().is_valid(event):
        jsonschema.Draft202012Validator(_schema(), format_checker=jsonschema.FormatChecker()).validate(event)
        raise AssertionError(f"refused: {event}")


@cache
def _accepting() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema(), validate_formats=True)


@cache
def _schema() -> dict[str, JSON]:
    closed = _closed(load_schema("events"))
    assert isinstance(closed, dict)
    return closed


def _closed(schema: JSON) -> JSON:
    """The schema without what it leaves open for later versions: a key it does not name is refused."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(part) for key, part in schema.items()}
    if "properties" in closed and "type" in closed:
        closed["additionalProperties"] = False
    return closed
