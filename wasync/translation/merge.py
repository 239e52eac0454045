"""What came back from translators, merged into what the documents say; and why some of it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import NamedTuple

from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Document
from wasync.translation.delivery import Delivery, Received
from wasync.translation.texts import (
    PARTS,
    Text,
    TextPath,
    declared_languages,
    kept,
    said,
    shape,
    text_at,
    texts,
    texts_of,
    why_apart,
    why_none,
)


class Change(NamedTuple):
    """One language of one document gets texts. `after` is the whole document with them."""

    name: str
    document: Document
    language: str
    parts: Mapping[str, JSON]
    written: int
    new: bool
    after: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Merge:
    """The changes in order, each on top of those before; with anything refused none of them counts.

    `empty` counts texts without a translation, `initial` those with one that is not meant to be used yet,
    `same` those the files have already.
    """

    changes: tuple[Change, ...]
    refused: tuple[WasyncError, ...]
    notes: tuple[str, ...]
    empty: int
    initial: int
    same: int


@dataclass(slots=True)
class _Tally:
    refused: list[WasyncError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    empty: int = 0
    initial: int = 0
    same: int = 0


def merge(
    documents: Mapping[str, Document], deliveries: Iterable[Delivery], *, changed_source: bool
) -> Merge:
    """Merge into the documents, by live name. `changed_source`: translations of other words are taken."""
    now = dict(documents)
    changes: list[Change] = []
    tally = _Tally()
    for delivery in deliveries:
        by_name: dict[str, list[Received]] = {}
        for one in delivery.received:
            by_name.setdefault(one.name, []).append(one)
        for name, received in by_name.items():
            try:
                document = _document(name, now, delivery, received)
                translations = _usable(
                    name, document, delivery, received, tally, changed_source=changed_source
                )
                change = _change(name, document, delivery, translations, received, tally)
            except WasyncError as error:
                tally.refused.append(error)
                continue
            if change is not None:
                changes.append(change)
                now[name] = replace(document, data=change.after)
    refused, notes = tuple(tally.refused), tuple(tally.notes)
    return Merge(tuple(changes), refused, notes, tally.empty, tally.initial, tally.same)


def _document(
    name: str, documents: Mapping[str, Document], delivery: Delivery, received: Sequence[Received]
) -> Document:
    """The document that declares the name, if the delivery can go there."""
    place, source, language = received[0].place, delivery.source, delivery.language
    document = documents.get(name)
    if document is None:
        near = get_close_matches(name, documents, 1)
        fix = f"Did you mean {near[0]}? " if near else ""
        raise WasyncError(
            f"No file declares a template {name}.", f"{fix}Remove it here, or export again.", place
        )
    if language == source:
        raise WasyncError(f"Source and translation are both {source}.", "Correct one of them.", place)
    if source not in declared_languages(document):
        raise WasyncError(
            f"{name} has no {source}, which the texts were translated from.", "Export again.", place
        )
    languages = document.data.get("languages")
    if isinstance(languages, dict) and languages.get(language) == "absent":
        raise WasyncError(
            f"{document.file} declares {name}/{language} absent.",
            f"Remove `{language}: absent` from the file, or the texts here.",
            place,
        )
    original = said(document, source)
    translated = said(document, language) if language in declared_languages(document) else original
    if why := why_none(original) or why_none(translated) or why_apart(original, translated):
        raise WasyncError(f"{name}/{language} takes no translations: {why}.", "Remove it here.", place)
    return document


def _usable(
    name: str,
    document: Document,
    delivery: Delivery,
    received: Sequence[Received],
    tally: _Tally,
    *,
    changed_source: bool,
) -> dict[TextPath, Received]:
    """The translations meant to be used, by path; what is wrong with the others goes to the tally.

    One that the file has already is never wrong: whoever only passes it on need not mend it.
    """
    sources = {text.id: text for text in texts(said(document, delivery.source))}
    new = delivery.language not in declared_languages(document)
    have = {} if new else {text.id: text.text for text in texts(said(document, delivery.language))}
    found: dict[TextPath, Received] = {}
    changed: list[Received] = []
    for one in received:
        text = sources.get(one.text_id)
        if not one.translation.strip():
            tally.empty += 1
        elif not one.done:
            tally.initial += 1
        elif text is not None and one.translation == have.get(one.text_id) and text.path not in found:
            found[text.path] = one
        elif text is None or (text.text != one.source and not changed_source):
            changed.append(one)
        elif text.path in found:
            tally.refused.append(
                WasyncError(f"{name}: {one.text_id} is here twice.", "Remove one of them.", one.place)
            )
        else:
            if text.text != one.source:
                changed.append(one)
            tally.refused += _lost_or_added(name, one, text)
            found[text.path] = one
    if changed:
        which = ", ".join(one.text_id for one in changed)
        if not changed_source:
            raise WasyncError(
                f"{name}: the {delivery.source} text has changed since the export: {which}.",
                "Export again, so that what is translated is what stands there; or take it as it is with"
                " --allow-changed-source.",
                changed[0].place,
            )
        tally.notes.append(
            f"{name}/{delivery.language}: the {delivery.source} text has changed since: {which}."
        )
    return found


def _lost_or_added(name: str, one: Received, text: Text) -> Iterator[WasyncError]:
    """Refuse a translation whose variables and values are not those of its source."""
    ours, theirs = kept(text.text), kept(one.translation)
    lost = [piece for piece in ours if piece not in theirs]
    added = [piece for piece in theirs if piece not in ours]
    if not lost and not added:
        return
    told = [f"lacks {' and '.join(lost)}"] if lost else []
    told += [f"has {' and '.join(added)}, which the source has not"] if added else []
    fix = f"Use exactly {', '.join(ours)}: they stand for what is filled in." if ours else "Remove it."
    yield WasyncError(f"{name}: the translation of {one.text_id} {' and '.join(told)}.", fix, one.place)


def _change(
    name: str,
    document: Document,
    delivery: Delivery,
    translations: Mapping[TextPath, Received],
    received: Sequence[Received],
    tally: _Tally,
) -> Change | None:
    """What these translations make of the document; None where it says them already, or too few are there."""
    source, language = delivery.source, delivery.language
    original = said(document, source)
    new = language not in declared_languages(document)
    translated = {} if new else said(document, language)
    if not translations:
        return None
    every = texts(original)
    missing = [text.id for text in every if text.path not in translations]
    if new and missing:
        tally.notes.append(
            f"{name}/{language} is not written yet: {len(missing)} of {len(every)} texts have no translation."
        )
        return None
    parts: dict[str, JSON] = {}
    written = 0
    for part in PARTS:
        mine = {path: one.translation for path, one in translations.items() if path[0] == part}
        if not mine:
            continue
        if translated.get(part) is None:
            lacking = [text.id for text in texts_of(part, original) if text.path not in mine]
            if lacking:
                tally.notes.append(f"{name}/{language}: {part} is not written yet: no {', '.join(lacking)}.")
                continue
            parts[part] = _with_texts(original[part], (part,), mine)
        elif shape(part, translated) != shape(part, original):
            raise WasyncError(
                f"{document.file}: {part} of {name}/{language} is of another kind than in {source}.",
                f"Give {language} the {part} that {source} has, then export again.",
                received[0].place,
            )
        elif (value := _with_texts(translated[part], (part,), mine)) != translated[part]:
            parts[part] = value
        same = sum(1 for path, text in mine.items() if text == _text_in(translated, path))
        tally.same += same
        written += len(mine) - same
    if not parts:
        return None
    after = _after(document, source, language, parts, new=new)
    return Change(name, document, language, parts, written, new, after)


def _text_in(data: JSON, path: TextPath) -> str | None:
    return text_at(_at(data, path))


def _at(node: JSON, path: TextPath) -> JSON:
    """What a path leads to; None where it leads nowhere."""
    for step in path:
        match node, step:
            case dict(), str():
                node = node.get(step)
            case list(), int() if step < len(node):
                node = node[step]
            case _:
                return None
    return node


def _with_texts(node: JSON, at: TextPath, translations: Mapping[TextPath, str]) -> JSON:
    """What stands at a path, with some texts replaced; texts that are as wanted stay as written."""
    if at in translations:
        text = translations[at]
        if text_at(node) == text:
            return node
        return {**node, "text": text} if isinstance(node, dict) else text
    if isinstance(node, dict):
        return {key: _with_texts(item, (*at, key), translations) for key, item in node.items()}
    if isinstance(node, list):
        return [_with_texts(item, (*at, index), translations) for index, item in enumerate(node)]
    return node


def _after(
    document: Document, source: str, language: str, parts: Mapping[str, JSON], *, new: bool
) -> dict[str, JSON]:
    """The whole document with the language's keys. A new language is the source with other texts."""
    languages = document.data.get("languages")
    # A list has no texts: the schema allows it only where Meta writes them.
    languages = languages if isinstance(languages, dict) else {}
    own = languages.get(source if new else language)
    own = dict(own) if isinstance(own, dict) else {}
    if new:
        own.pop("ignore", None)  # reasons given for the texts of another language
    return {**document.data, "languages": {**languages, language: {**own, **parts}}}
