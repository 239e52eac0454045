"""A sheet as XLIFF 2.0, the standard for translators' programs: one document per language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wasync.translation.delivery import tag_of
from wasync.translation.sheet import Entry, Sheet, Unit
from wasync.translation.texts import KEPT, kept

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
_SIZES = "urn:oasis:names:tc:xliff:sizerestriction:2.0"

# What XML 1.0 cannot hold, not even escaped.
_UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_IN_ATTRIBUTE = {**_ESCAPES, "\n": "&#10;", "\t": "&#9;"}


def xliff(sheet: Sheet) -> str:
    """The document: a `file` per template, a `unit` per text, placeholders as `ph` that may not be deleted.

    A text with a translation has the state translated, one without has no target and the state initial.
    Limits stand in a note, and in attributes of the module Size and Length Restriction, in code points.
    """
    languages = f'srcLang="{tag_of(sheet.source)}" trgLang="{tag_of(sheet.language)}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xliff xmlns="{NAMESPACE}" xmlns:slr="{_SIZES}" version="2.0" {languages}>',
    ]
    for entry in sheet.entries:
        lines += _file(entry)
    lines.append("</xliff>")
    return "\n".join(lines) + "\n"


def _file(entry: Entry) -> Iterator[str]:
    yield f'  <file id="{_attribute(entry.name)}" original="{_attribute(entry.file)}">'
    yield '    <slr:profiles generalProfile="xliff:codepoints"/>'
    if entry.description:
        yield f"    <notes><note>{_text(entry.description)}</note></notes>"
    for unit in entry.units:
        yield from _unit(unit)
    yield "  </file>"


def _unit(unit: Unit) -> Iterator[str]:
    text = unit.text
    yield (
        f'    <unit id="{_attribute(text.id)}" canResegment="no" xml:space="preserve"'
        f' slr:sizeRestriction="{text.limit}">'
    )
    yield "      <notes>"
    for note in unit.notes:
        yield f"        <note>{_text(note)}</note>"
    yield "      </notes>"
    pieces = kept("\n".join([text.text, unit.translation or ""]))
    if pieces:
        yield "      <originalData>"
        for number, piece in enumerate(pieces, 1):
            yield f'        <data id="d{number}">{_content(piece)}</data>'
        yield "      </originalData>"
    state = "initial" if unit.translation is None else "translated"
    yield f'      <segment state="{state}">'
    numbers: dict[str, list[int]] = {}
    for number, piece in enumerate(KEPT.findall(text.text), 1):
        numbers.setdefault(piece, []).append(number)
    yield f"        <source>{_inline(text.text, pieces, numbers)}</source>"
    if unit.translation is not None:
        yield f"        <target>{_inline(unit.translation, pieces, numbers)}</target>"
    yield "      </segment>"
    yield "    </unit>"


def _inline(text: str, pieces: list[str], numbers: dict[str, list[int]]) -> str:
    """The text with placeholders as elements; in a target each bears the number it has in the source."""
    free = {piece: list(own) for piece, own in numbers.items()}
    spare = sum(map(len, numbers.values()))
    parts: list[str] = []
    at = 0
    for found in KEPT.finditer(text):
        parts.append(_content(text[at : found.start()]))
        piece, at = found[0], found.end()
        if free.get(piece):
            number = free[piece].pop(0)
        else:
            spare += 1
            number = spare
        parts.append(
            f'<ph id="{number}" dataRef="d{pieces.index(piece) + 1}" disp="{_attribute(piece)}"'
            f' canDelete="no" slr:sizeInfo="{len(piece)}"/>'
        )
    return "".join([*parts, _content(text[at:])])


def _content(text: str) -> str:
    """Text where `cp` may stand for what XML cannot hold."""
    parts: list[str] = []
    at = 0
    for found in _UNSAYABLE.finditer(text):
        parts += [_escaped(text[at : found.start()], _ESCAPES), f'<cp hex="{ord(found[0]):04X}"/>']
        at = found.end()
    return "".join([*parts, _escaped(text[at:], _ESCAPES)])


def _text(text: str) -> str:
    return _escaped(_UNSAYABLE.sub("\ufffd", text), _ESCAPES)


def _attribute(text: str) -> str:
    return _escaped(_UNSAYABLE.sub("\ufffd", text), _IN_ATTRIBUTE)


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(letter, letter) for letter in text)
