"""Translators' files: every text comes back letter by letter, and nothing else changes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import documents
from wasync.canonical import from_yaml
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Document, Place
from wasync.project.translated import write_translation
from wasync.project.yaml_reader import read
from wasync.project.yaml_writer import dump_new
from wasync.translation.delivery import Delivery, Received
from wasync.translation.merge import Merge, merge
from wasync.translation.sheet import Entry, Sheet, Unit, sheets
from wasync.translation.spreadsheet import as_typed, cells, made_text, read_spreadsheet, spreadsheet
from wasync.translation.texts import Text, declared_languages, kept, one_line_end, said, texts
from wasync.translation.xliff_in import read_xliff
from wasync.translation.xliff_out import xliff

ANY = st.text()
TRICKS = st.sampled_from(["{{a}}", "{{1}}", "${shop}", "$${x}", "*b*", "=1+1", "]]>", "&amp;", "\n"])
LINES = st.lists(st.one_of(ANY, TRICKS), max_size=6).map("".join).map(one_line_end)


def unit(source: str, translation: str | None, text_id: str = "body") -> Unit:
    return Unit(Text((text_id,), source, 1024, "Body"), translation, ("A note.",))


def sheet(*units: Unit) -> Sheet:
    return Sheet("en_US", "es_MX", (Entry("order", "templates/order.yaml", "Why & what", units),))


@given(LINES, LINES)
def test_xliff_gives_back_every_text(source: str, translation: str) -> None:
    document = xliff(sheet(unit(source, translation)))
    delivery = read_xliff("es.xlf", document.encode())
    (one,) = delivery.received
    assert (delivery.source, delivery.language) == ("en_US", "es_MX")
    assert (one.name, one.text_id, one.source, one.translation) == ("order", "body", source, translation)
    assert one.done == bool(translation.strip())


@given(LINES, LINES, st.sampled_from(",;\t"))
def test_a_spreadsheet_gives_back_every_text(source: str, translation: str, separator: str) -> None:
    table = spreadsheet([sheet(unit(source, translation))])
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")))
    again = io.StringIO()
    csv.writer(again, delimiter=separator, lineterminator="\r\n").writerows(rows)
    for data in (table.encode(), again.getvalue().encode(), again.getvalue().encode("utf-16")):
        (delivery,) = read_spreadsheet("all.csv", data)
        (one,) = delivery.received
        assert (one.source, one.translation, one.done) == (source, translation, bool(translation.strip()))


@given(st.one_of(ANY, st.builds(str.__add__, st.sampled_from(["=", "'=", "''@", "'", "\t", "＝"]), ANY)))
def test_no_cell_is_a_formula_and_every_text_comes_back(text: str) -> None:
    made = made_text(text)
    assert as_typed(made) == text
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


@given(st.text(alphabet='ab",;\n '), st.sampled_from(",;"))
def test_cells_are_those_of_the_standard_library(text: str, separator: str) -> None:
    try:
        ours = [[cell.text for cell in row] for row in cells("a.csv", text, separator, 1)]
    except WasyncError:
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    assert [row for row in ours if row != [""]] == [row for row in rows if row not in ([], [""])]


def test_each_cell_has_its_place() -> None:
    rows = cells("a.csv", 'a,b\n"c\nd",e\n,f', ",", 1)
    assert [str(cell.place) for row in rows for cell in row] == [
        "a.csv:1:1", "a.csv:1:3", "a.csv:2:1", "a.csv:3:4", "a.csv:4:1", "a.csv:4:2",
    ]  # fmt: skip


def exported(document: Document, source: str, languages: Sequence[str]) -> list[Delivery]:
    """What comes back, in both formats, from translators who did nothing."""
    found = sheets({"any_name": document}, source, languages, new=True).sheets
    back = [read_xliff("x.xlf", xliff(one).encode()) for one in found]
    return [*back, *read_spreadsheet("x.csv", spreadsheet(found).encode())]


@given(documents())
@settings(max_examples=60)
def test_export_and_import_unchanged_writes_nothing(document: Document) -> None:
    codes = declared_languages(document)
    found = merge(
        {"any_name": document}, exported(document, codes[0], [*codes[1:], "sw"]), changed_source=False
    )
    assert (found.changes, found.refused) == ((), ())


def translated(document: Document, source: str, language: str, words: dict[str, str]) -> Merge:
    """A translator's work: for each text the words, with the variables of the source behind them."""
    (found,) = sheets({"any_name": document}, source, [language], new=True).sheets
    entries = [
        entry._replace(
            units=tuple(
                one._replace(translation=f"{words[one.text.id]}{''.join(kept(one.text.text))}")
                for one in entry.units
            )
        )
        for entry in found.entries
    ]
    delivery = read_xliff("x.xlf", xliff(found._replace(entries=tuple(entries))).encode())
    return merge({"any_name": document}, [delivery], changed_source=False)


@given(documents(), st.data())
@settings(max_examples=60)
def test_any_translation_reads_back_and_nothing_else_changes(document: Document, data: st.DataObject) -> None:
    written = dump_new(document.data)
    document = replace(document, index=0, data=reading(written))
    codes = declared_languages(document)
    language = data.draw(st.sampled_from([*codes[1:], "sw"]))
    original = {text.id: text for text in texts(said(document, codes[0]))}
    # What a person types: no control characters, and nothing that is a variable.
    typed = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="{}$")
    letters = st.text(typed).map("a".__add__)
    words = {text_id: data.draw(letters) for text_id in original}
    found = translated(document, codes[0], language, words)
    assert found.refused == ()
    if not found.changes:
        return
    (change,) = found.changes
    after = replace(document, data=reading(write_translation(written, change)))
    for text in texts(said(after, language)):
        if text.id in words and text.path[0] in change.parts:
            assert text.text == words[text.id] + "".join(kept(original[text.id].text))
    assert without(after.data, language) == without(document.data, language)
    assert from_yaml(after).variables == from_yaml(document).variables


STYLED = """\
# Reviewed by Ana
category: utility
languages:
  en_US: {header: H, body: Hello there, footer: 'It', buttons: [{type: quick_reply, text: yes}]}
  es_MX: # by Lucía
    body: >
      folded text
      here
    footer: plain   # a note
    header: {text: "quoted", examples: []}
    buttons: [{type: quick_reply, text: 'si'}]  # more
""".encode()


@given(st.lists(ANY.map(one_line_end).filter(lambda text: not kept(text)), min_size=4, max_size=4))
def test_whatever_the_text_a_file_reads_back_to_it_and_keeps_its_comments(words: list[str]) -> None:
    document = Document("templates/styled.yaml", 0, "styled", reading(STYLED), {})
    original = {text.id: text.text for text in texts(said(document, "en_US"))}
    before = {text.id: text.text for text in texts(said(document, "es_MX"))}
    given_back = dict(zip(original, words, strict=True))
    received = tuple(
        Received("styled", text_id, original[text_id], text, bool(text.strip()), Place("es.csv", 1))
        for text_id, text in given_back.items()
    )
    found = merge({"styled": document}, [Delivery("en_US", "es_MX", received)], changed_source=False)
    assert found.refused == ()
    data = STYLED
    for change in found.changes:
        data = write_translation(data, change)
    after = replace(document, data=reading(data))
    wanted = {
        text_id: given_back[text_id] if given_back[text_id].strip() else before[text_id] for text_id in before
    }
    assert {text.id: text.text for text in texts(said(after, "es_MX"))} == wanted
    lines = data.decode().split("\n")
    assert lines[:5] == STYLED.decode().split("\n")[:5]
    assert "# more" in data.decode()


def reading(data: bytes) -> dict[str, JSON]:
    body = read(data).documents[0][0]
    assert isinstance(body, dict)
    return body


def without(data: dict[str, JSON], language: str) -> dict[str, JSON]:
    """The document without one language."""
    languages = data["languages"]
    if isinstance(languages, dict):
        return {**data, "languages": {code: own for code, own in languages.items() if code != language}}
    return data
