"""WA206 for `examples:` in a document: the canonical form keeps only those that a text uses."""

from __future__ import annotations

from collections.abc import Container, Iterator

from wasync.checks.view import PLACEHOLDER
from wasync.model.template import JSON, Document, Problem, SpecPath

_TEXTS = ("header", "body")
_PARTS = (*_TEXTS, "carousel")


def unused_examples(document: Document) -> list[Problem]:
    """A problem for each example that no text near it uses; its path leads into the document."""
    data = document.data
    languages = data.get("languages")
    if not isinstance(languages, dict):
        languages = {}
    problems: list[Problem] = []
    shared = data.get("examples")
    if shared is not None and not _ignored(data):
        everywhere = [data, *(own for own in languages.values() if isinstance(own, dict))]
        problems += _unused(shared, ("examples",), {name for own in everywhere for name in _names_in(own)})
    problems += _in_texts(data, ())
    for code, own in languages.items():
        if not isinstance(own, dict) or _ignored(own) or _ignored(data):
            continue
        path: SpecPath = ("languages", code)
        if (given := own.get("examples")) is not None:
            used = {*_names_in(own), *_names_in({part: data.get(part) for part in _PARTS if part not in own})}
            problems += _unused(given, (*path, "examples"), used)
        problems += _in_texts(own, path)
    return problems


def _ignored(part: dict[str, JSON]) -> bool:
    ignore = part.get("ignore")
    return isinstance(ignore, dict) and "WA206" in ignore


def _in_texts(part: dict[str, JSON], path: SpecPath) -> Iterator[Problem]:
    """Examples that stand with their text, `body: {text, examples}`, in the message and in its cards."""
    for number, card in _cards(part):
        if not _ignored(part):
            yield from _in_texts(card, (*path, "carousel", number))
    for name in _TEXTS:
        text = part.get(name)
        if isinstance(text, dict) and (given := text.get("examples")) is not None and not _ignored(part):
            yield from _unused(given, (*path, name, "examples"), dict.fromkeys(_names_of(text)))


def _names_in(part: dict[str, JSON]) -> Iterator[str]:
    """The variables of header, body and cards in one language, or above all."""
    for name in _TEXTS:
        yield from _names_of(part.get(name))
    for _, card in _cards(part):
        # A card's numbers are its own: examples around it do not fill them.
        yield from (name for name in _names_in(card) if not name.isdigit())


def _cards(part: dict[str, JSON]) -> Iterator[tuple[int, dict[str, JSON]]]:
    cards = part.get("carousel")
    for number, card in enumerate(cards if isinstance(cards, list) else ()):
        if isinstance(card, dict):
            yield number, card


def _names_of(text: JSON) -> list[str]:
    if isinstance(text, dict):
        text = text.get("text")
    return PLACEHOLDER.findall(text) if isinstance(text, str) and "{{" in text else []


def _unused(given: JSON, path: SpecPath, used: Container[str]) -> Iterator[Problem]:
    if isinstance(given, dict):
        for name in given:
            if name not in used:
                message = f"there is an example for {name}, but no {{{{{name}}}}}"
                yield Problem("WA206", message, f"Remove it, or use {name}.", (*path, name), at_key=True)
    elif isinstance(given, list):
        count = len(given)
        while count and str(count) not in used:
            count -= 1
        if count < len(given):
            examples = "is 1 example" if len(given) == 1 else f"are {len(given)} examples"
            variables = f"{count or 'no'} variable{'s'[: count != 1]}"
            yield Problem("WA206", f"there {examples} for {variables}", "Remove what is too much.", path)
