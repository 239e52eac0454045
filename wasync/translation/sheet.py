"""What translators get: each text of the source language, what is known about it, the translation at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from wasync.canonical import from_yaml
from wasync.canonical.variables import is_positional, sample_names
from wasync.model.template import JSON, Document, Spec
from wasync.translation.texts import (
    PARTS,
    Text,
    declared_languages,
    kept,
    said,
    shape,
    texts_of,
    why_apart,
    why_none,
)

_SAFE_NAME = re.compile(r"[A-Za-z0-9_.-]+")


class Unit(NamedTuple):
    """One text to translate; `translation` None where there is none yet."""

    text: Text
    translation: str | None
    notes: tuple[str, ...]


class Entry(NamedTuple):
    """One template in a sheet: its name, its file, and what its author wrote for people."""

    name: str
    file: str
    description: str
    units: tuple[Unit, ...]


class Sheet(NamedTuple):
    """All templates of an export from one language into another."""

    source: str
    language: str
    entries: tuple[Entry, ...]


class Sheets(NamedTuple):
    """An export: one sheet per language, and what was left out, in sentences."""

    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]


def sheets(documents: Mapping[str, Document], source: str, languages: Sequence[str], *, new: bool) -> Sheets:
    """Sheets into these languages, of the documents by live name. `new`: also of names that lack them."""
    notes: list[str] = []
    usable: dict[str, Document] = {}
    for name, document in documents.items():
        if source not in declared_languages(document):
            notes.append(f"{name} has no {source}: left out.")
        elif why := why_none(said(document, source)):
            notes.append(f"{name} is left out: {why}.")
        elif not _SAFE_NAME.fullmatch(name):
            notes.append(f"{name!r} is no name Meta's rules allow: left out.")
        else:
            usable[name] = document
    found = []
    for language in languages:
        entries = [
            entry
            for name, document in usable.items()
            if new or language in declared_languages(document)
            for entry in _entry(name, document, source, language, notes)
        ]
        found.append(Sheet(source, language, tuple(entries)))
    return Sheets(tuple(found), tuple(notes))


def _entry(name: str, document: Document, source: str, language: str, notes: list[str]) -> Iterator[Entry]:
    languages = document.data.get("languages")
    if isinstance(languages, dict) and languages.get(language) == "absent":
        notes.append(f"{name}/{language} is declared absent: left out.")
        return
    original = said(document, source)
    translated = said(document, language) if language in declared_languages(document) else {}
    if why := why_none(translated) or (why_apart(original, translated) if translated else ""):
        notes.append(f"{name}/{language} is left out: {why}.")
        return
    specs = {template.key.language: template.spec for template in from_yaml(document).templates}
    units: list[Unit] = []
    for part in PARTS:
        given = translated.get(part) is not None
        if given and shape(part, translated) != shape(part, original):
            notes.append(f"{name}/{language}: {part} is of another kind than in {source}: left out.")
            continue
        theirs = {text.path: text.text for text in texts_of(part, translated)}
        units += [
            Unit(
                text,
                theirs.get(text.path),
                tuple(_told(text, document.data.get("variables"), _samples(text, specs[source]))),
            )
            for text in texts_of(part, original)
        ]
    description = document.data.get("description")
    yield Entry(name, document.file, description if isinstance(description, str) else "", tuple(units))


def _told(text: Text, variables: JSON, samples: Mapping[str, str]) -> Iterator[str]:
    """What a translator must know of one text: what it is, its limit, and what its variables stand for."""
    yield f"{text.what}, at most {text.limit:,} characters."
    for piece in kept(text.text):
        name = piece[2:-2] if piece.startswith("{{") else ""
        words = [f"for example {samples[name]}"] if name in samples else []
        about = variables.get(name) if isinstance(variables, dict) else None
        # Numbers among `variables:` mean the body's.
        if isinstance(about, dict) and (text.path == ("body",) or not is_positional(name)):
            meaning = about.get("description")
            words += [meaning] if isinstance(meaning, str) else []
        if words:
            yield f"{piece}: {', '.join(words)}"


def _samples(text: Text, spec: Spec) -> dict[str, str]:
    """The samples of a text by variable, wherever the file gives them."""
    match spec.get("examples"), text.path:
        case dict(examples), (part,):
            given = examples.get(str(part))
        case {"carousel": dict(cards)}, ("carousel", card, "body"):
            of_card = cards.get(str(card))
            given = of_card.get("body") if isinstance(of_card, dict) else None
        case _:
            return {}
    if isinstance(given, list):
        given = dict(zip(sample_names(text.text), given, strict=False))
    if not isinstance(given, dict):
        return {}
    return {name: sample for name, sample in given.items() if isinstance(sample, str)}
