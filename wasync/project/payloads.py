"""Create payloads as people have them (Meta's documents, a client library, Postman) -> templates. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from wasync.canonical import from_graph, read_components
from wasync.canonical.options import read_options
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Key, Template

_DEEPEST = 20
_EXAMPLE = '{"name": "order_shipped", "language": "en_US", "category": "UTILITY", "components": [...]}'


def read_payloads(text: str, source: str) -> tuple[Template, ...]:
    """Return the templates that a JSON text creates, in order; raise WasyncError with what to mend.

    Taken are a create payload, a list of them, a listing ({"data": [...]}), an upsert ("languages") and a
    Postman collection, whose other requests are passed over. Upload handles are kept.
    """
    try:
        data: JSON = json.loads(text)
    except ValueError as error:
        where = (
            f"{source}:{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else source
        )
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise WasyncError(
            f"{where}: this is not JSON: {what}.",
            "Give the request's body as it is sent: double quotes, no comments, no comma before } or ].",
        ) from error
    except RecursionError as error:
        raise WasyncError(f"{source}: this JSON is nested too deeply.", "Give one payload.") from error
    found = [template for payload in _payloads(data, source, 0) for template in _templates(payload, source)]
    if not found:
        raise WasyncError(f"{source}: no create payload is in it.", f"It looks like {_EXAMPLE}.")
    return tuple(found)


def _payloads(data: JSON, source: str, depth: int) -> Iterator[Mapping[str, JSON]]:
    match data:
        case list():
            for item in data:
                yield from _payloads(item, source, depth + 1)
        case {"item": list(items)} if depth < _DEEPEST:
            for item in items:
                yield from _requests(item, source, depth + 1)
        case {"data": list(rows)}:
            yield from _payloads(rows, source, depth + 1)
        case dict():
            yield data
        case _:
            raise WasyncError(
                f"{source}: a create payload is an object, not {json.dumps(data)[:40]}.",
                f"It looks like {_EXAMPLE}.",
            )


def _requests(item: JSON, source: str, depth: int) -> Iterator[Mapping[str, JSON]]:
    """Yield the create payloads of one entry of a Postman collection: a folder or a request."""
    match item:
        case {"item": list()} if depth < _DEEPEST:
            yield from _payloads(item, source, depth)
        case {"request": {"body": {"raw": str(raw)}}}:
            try:
                body: JSON = json.loads(raw)
            except (ValueError, RecursionError):
                return
            if isinstance(body, dict) and "components" in body and "name" in body:
                yield body


def _templates(payload: Mapping[str, JSON], source: str) -> Iterator[Template]:
    name = payload.get("name")
    where = f"{source}: {name}" if isinstance(name, str) and name else source
    if "messaging_product" in payload or "template" in payload:
        raise WasyncError(
            f"{where}: this is a message to send, not a template to create.",
            f"A create payload looks like {_EXAMPLE}.",
        )
    if not isinstance(name, str) or not name:
        raise WasyncError(f"{where}: the payload has no name.", 'Add "name": "order_shipped".')
    components = payload.get("components")
    if isinstance(components, str):
        raise WasyncError(
            f"{where}: components is a text that holds JSON.", "Write the list itself: no quotes around it."
        )
    if not isinstance(components, list) and "library_template_name" not in payload:
        raise WasyncError(
            f"{where}: components is missing or no list.", 'Add "components": [{"type": "BODY", ...}].'
        )
    category = payload.get("category")
    if not isinstance(category, str) or not category:
        raise WasyncError(
            f"{where}: the payload has no category.", 'Add "category": "UTILITY" (or the one meant).'
        )
    for language in _languages(payload, where):
        spec = read_components(components)
        read_options(payload, spec)
        key = from_graph({"name": name, "language": language}).template.key
        yield Template(Key(name, key.language), category.lower(), spec)


def _languages(payload: Mapping[str, JSON], where: str) -> list[str]:
    match payload.get("languages", payload.get("language")):
        case str(language) if language:
            return [language]
        case list(languages) if languages and all(isinstance(one, str) and one for one in languages):
            return [str(one) for one in languages]
        case {"code": str(code)}:
            raise WasyncError(
                f"{where}: language is an object, as in a message to send.",
                f'A create payload has the code alone: "language": "{code}".',
            )
        case _:
            raise WasyncError(f"{where}: the payload has no language.", 'Add "language": "en_US".')
