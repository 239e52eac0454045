"""Names, values and examples as the sentences about a refused document show them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from wasync.model.template import JSON, SpecPath

_NOUNS = {
    "object": "a map",
    "array": "a list",
    "integer": "a whole number",
    "boolean": "true or false",
    "string": "text",
    "number": "a number",
}
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./ -]*(?<! )|https://[a-z.]+")
_TOKEN = re.compile(r"EAA\w{10,}")


def label(path: SpecPath, data: JSON, whole: str) -> str:
    """How people name the place a path leads to: language fr, buttons[1] of type url; `whole` at the root."""
    match path:
        case ():
            return whole
        case ("languages", str(language)):
            return f"language {language}"
        case ("languages", str(), *rest):
            steps: Sequence[str | int] = rest
        case _:
            steps = path
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    match path, value_at(data, path):
        case (*_, "buttons", int()), {"type": str(kind)}:
            return f"{named} of type {kind}"
    return named


def value_at(data: JSON, path: SpecPath) -> JSON:
    """What stands at a path that exists in `data`; None where it does not exist."""
    for step in path:
        match data, step:
            case dict(), str():
                data = data.get(step)
            case list(), int() if step < len(data):
                data = data[step]
            case _:
                return None
    return data


def shown(value: JSON) -> str:
    """A wrong value inside a sentence: texts quoted, cut short, tokens never."""
    match value:
        case dict():
            return "a map"
        case list():
            return "a list"
        case str() if _TOKEN.search(value):
            return "what looks like a token"
        case str():
            text = " ".join(value.split())
            return f"'{text if len(text) <= 40 else text[:37] + '...'}'"
        case None:
            return "nothing"
        case _:
            return json.dumps(value)


def expected(types: JSON) -> str:
    """What a `type` of the schema asks for."""
    names = [name for name in types if isinstance(name, str)] if isinstance(types, list) else [str(types)]
    if "string" in names:
        return "text"
    return one_of([_NOUNS[name] for name in names])


def one_of(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def closest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of `words` that `word` is most likely a slip for, or a part of."""
    word, words = word.lower().replace("-", "_"), list(words)
    found = get_close_matches(word, words, n=1, cutoff=cutoff)
    if not found and len(word) >= 4:
        found = [other for other in words if word in other]
    return found[0] if found else None


def flow(value: JSON) -> str:
    """A value as a person would write it in YAML on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(item) for item in value) + "]"
        case str() if _PLAIN.fullmatch(value):
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)
