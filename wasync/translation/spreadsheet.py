"""Sheets as CSV, one row per text and one column per language; and reading what a spreadsheet made of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import NamedTuple

from wasync.model.errors import WasyncError
from wasync.model.template import Place
from wasync.translation.delivery import MOST, Delivery, Received, check_size, is_language, language_of
from wasync.translation.sheet import Sheet, Unit
from wasync.translation.texts import one_line_end

_FIRST = ("template", "text", "note", "limit")

# What a spreadsheet takes for a formula begins so. Wide signs are formulas where wide letters are typed.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MADE_TEXT = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_WHOLE_AGAIN = "Export again, and change only the columns of languages."


def spreadsheet(sheets: Sequence[Sheet]) -> str:
    """The rows of all sheets, all of one source language; first comes the mark that tells Excel UTF-8."""
    rows: dict[tuple[str, str], tuple[Unit, dict[str, str]]] = {}
    notes: dict[str, str] = {}
    for sheet in sheets:
        for entry in sheet.entries:
            notes[entry.name] = entry.description
            for unit in entry.units:
                _, row = rows.setdefault((entry.name, unit.text.id), (unit, {}))
                row[sheet.language] = unit.translation or ""
    languages = [sheet.language for sheet in sheets]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_FIRST, *(sheet.source for sheet in sheets[:1]), *languages])
    for (name, text_id), (unit, row) in rows.items():
        note = "\n".join([*unit.notes, *([notes[name]] if notes[name] else [])])
        texts = [unit.text.text, *(row.get(language, "") for language in languages)]
        cells = [name, text_id, note, str(unit.text.limit), *texts]
        writer.writerow([made_text(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def made_text(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_typed(text: str) -> str:
    """The text without the apostrophe of made_text(): any text comes back as it was."""
    return text[1:] if _MADE_TEXT.match(text) else text


class Cell(NamedTuple):
    """One cell as it stands, and where."""

    text: str
    place: Place


def read_spreadsheet(file: str, data: bytes) -> tuple[Delivery, ...]:
    """What each language column delivers. Raises WasyncError at the first thing amiss.

    Takes commas, semicolons and tabs, UTF-8 and Excel's "Unicode text", quoted or not, a line `sep=;` above.
    """
    check_size(file, data)
    text, line = _without_separator_line(_decoded(file, data))
    separator = _separator(text)
    rows = [row for row in cells(file, text, separator, line) if any(cell.text.strip() for cell in row)]
    head = [cell.text.strip() for cell in rows[0]] if rows else []
    missing = [name for name in ("template", "text") if name not in head]
    if missing:
        raise WasyncError(
            f"The first row names no column {' and no column '.join(missing)}.",
            _WHOLE_AGAIN,
            Place(file, line),
        )
    columns = _languages(head, rows[0])
    (source_at, source), *others = columns
    return tuple(
        Delivery(source, language, tuple(_received(head, row, source_at, at) for row in rows[1:]))
        for at, language in others
    )


def _languages(head: list[str], row: Sequence[Cell]) -> list[tuple[int, str]]:
    """Position and code of each language's column; the first is the source."""
    found: list[tuple[int, str]] = []
    for at, name in enumerate(head):
        if not name or name in _FIRST:
            continue
        if not is_language(language_of(name)):
            raise WasyncError(
                f"The column {name!r} is none of wasync's, and no language.", "Remove it.", row[at].place
            )
        found.append((at, language_of(name)))
    for at, code in found:
        if [one for _, one in found].count(code) > 1:
            raise WasyncError(f"There are two columns {code}.", "Remove one of them.", row[at].place)
    if len(found) < 2:
        raise WasyncError(
            "There is no column of a language beside that of the source.", _WHOLE_AGAIN, row[0].place
        )
    return found


def _received(head: list[str], row: Sequence[Cell], source_at: int, at: int) -> Received:
    row = [*row, *[Cell("", row[-1].place)] * (len(head) - len(row))]
    source, target = (one_line_end(as_typed(row[column].text)) for column in (source_at, at))
    name, text_id = (as_typed(row[head.index(column)].text).strip() for column in ("template", "text"))
    return Received(name, text_id, source, target, bool(target.strip()), row[at].place)


def _decoded(file: str, data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise WasyncError(
            f"{file} is not UTF-8 text, so letters such as é would be lost.",
            "In Excel save it as `CSV UTF-8 (Comma delimited)`.",
        ) from error


def _without_separator_line(text: str) -> tuple[str, int]:
    """The text without Excel's first line `sep=;`, and the number of the line it begins with."""
    first, end, rest = text.partition("\n")
    return (rest, 2) if end and re.fullmatch(r'"?sep=.?"?\r?', first) else (text, 1)


def _separator(text: str) -> str:
    """The sign between cells: whichever the first row has most of. Its names hold none of them."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def cells(file: str, text: str, separator: str, line: int) -> list[list[Cell]]:
    """The rows as they stand; csv.reader would do, but it does not say where a cell begins."""
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at, start_of_line, count = 0, 0, 0
    while at < len(text):
        count += 1
        if count > MOST:
            raise WasyncError(f"There are more than {MOST:,} cells.", _WHOLE_AGAIN, Place(file, line))
        place = Place(file, line, at - start_of_line + 1)
        if text[at] == '"':
            content, closed = _quoted(text, at, place)
        else:
            content, closed = "", at
        end = _end_of_cell(text, closed, separator)
        content += text[closed:end]
        inside = text.count("\n", at, end)
        if inside:
            line, start_of_line = line + inside, text.rfind("\n", at, end) + 1
        row.append(Cell(content, place))
        at = end
        if text[at : at + 1] == separator:
            at += 1
            if at == len(text):
                row.append(Cell("", Place(file, line, at - start_of_line + 1)))
            continue
        at += 2 if text[at : at + 2] == "\r\n" else 1
        line, start_of_line = line + 1, at
        rows.append(row)
        row = []
    return [*rows, row] if row else rows


def _quoted(text: str, at: int, place: Place) -> tuple[str, int]:
    """The content between the quotes of a cell, and where they close; text may follow."""
    parts: list[str] = []
    start = at + 1
    while True:
        end = text.find('"', start)
        if end < 0:
            raise WasyncError("The quote that begins here has no end.", "Add the missing quote.", place)
        parts.append(text[start:end])
        if text[end + 1 : end + 2] != '"':
            return "".join(parts), end + 1
        parts.append('"')
        start = end + 2


def _end_of_cell(text: str, at: int, separator: str) -> int:
    while at < len(text) and text[at] not in (separator, "\n", "\r"):
        at += 1
    return at
