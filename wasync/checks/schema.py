"""Checks a document against its JSON Schema: accepts fast, explains slowly.

jsonschema-rs accepts good documents in microseconds; jsonschema stays the reference and is imported only for
a document that was refused, to say what is wrong with it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from wasync.checks.schema_files import load_schema, schema_names, schema_text

if TYPE_CHECKING:
    import jsonschema_rs

    from wasync.model.template import JSON, Document, Problem

__all__ = ["check_project_file", "check_schema", "schema_names", "schema_text"]


def check_schema(document: Document) -> list[Problem]:
    """What is wrong with a template document: one problem (WA003, WA004) per mistake, none if it is good."""
    return _check("template", document.data)


def check_project_file(document: Document) -> list[Problem]:
    """What is wrong with wasync.yaml: one problem (WA003, WA004) per mistake, none if it is good."""
    return _check("project", document.data)


def _check(schema: str, data: dict[str, JSON]) -> list[Problem]:
    if _accepting(schema).is_valid(data):
        return []
    from wasync.checks.schema_explain import explain

    return explain(schema, data)


@cache
def _accepting(schema: str) -> jsonschema_rs.Draft202012Validator:
    # Importing it costs some 20 ms, most of it email.utils, which its native part takes a date parser from.
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(load_schema(schema))
