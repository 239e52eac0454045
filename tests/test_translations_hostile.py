"""Files that come back broken, made to harm, or from another program: refused at their place, or read."""

from __future__ import annotations

from pathlib import Path

import pytest
from translate.storage.placeables import StringElem
from translate.storage.xliff2 import Xliff2File

from tests.shell import PROJECT, CommandLine, Run
from wasync.model.errors import WasyncError
from wasync.translation.delivery import LARGEST, MOST
from wasync.translation.spreadsheet import read_spreadsheet
from wasync.translation.xliff_in import read_xliff

ORDER = """\
category: utility
languages:
  en_US:
    body: Your order left our warehouse on its way to {{1}} today.
    footer: Acme Store
  es_MX:
    body: {text: "Tu pedido salió hoy de nuestro almacén hacia {{1}}.", examples: [Lima]}
"""
HEAD = '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en-US" trgLang="es-MX">\n'
SEGMENT = '<segment state="final"><source>Acme Store</source><target>Tienda</target></segment>'
UNIT = f'<file id="order"><unit id="footer">{SEGMENT}</unit></file>'


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path)
    line.write("wasync.yaml", PROJECT)
    line.write("templates/order.yaml", ORDER)
    return line


def imported(line: CommandLine, text: str, name: str = "back.xlf") -> Run:
    """What import makes of a file."""
    line.write(name, text)
    return line("import", name)


def written(line: CommandLine) -> str:
    return (line.root / "templates/order.yaml").read_text(encoding="utf-8")


REFUSED = {
    "a doctype": ('<!DOCTYPE xliff [<!ENTITY a "b">]>\n' + HEAD, "has a DOCTYPE", "1:17"),
    "other files": ('<!DOCTYPE x SYSTEM "file:///etc/passwd">\n' + HEAD, "has a DOCTYPE", "1:40"),
    "an entity": (HEAD + UNIT.replace("Tienda", "&boom;"), "no well-formed XML: undefined entity", "2:94"),
    "cut short": (HEAD + UNIT, "no well-formed XML: no element found", "2:133"),
    "depth": (HEAD + "<a>" * 100, "Elements are nested more than 64 deep", "2:190"),
    "XLIFF 1.2": ('<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2">', "This is XLIFF 1.2, not", "1:1"),
    "a web page": ("<html></html>", "This is a document of <html>, not XLIFF 2", "1:1"),
    "no language": (HEAD.replace('trgLang="es-MX"', ""), "does not say its languages", "1:1"),
    "a state": (HEAD + UNIT.replace("final", "done"), "The state 'done' is none", "2:36"),
    "markup": (HEAD + UNIT.replace("Tienda", '<pc id="1">T</pc>'), "<pc> is markup", "2:94"),
    "a foreign ph": (HEAD + UNIT.replace("Tienda", '<ph id="9"/>'), "stands for no variable", "2:94"),
    "no character": (HEAD + UNIT.replace("Tienda", '<cp hex="FFFFFF"/>'), "names no character", "2:94"),
    "half a character": (HEAD + UNIT.replace("Tienda", '<cp hex="D800"/>'), "names no character", "2:94"),
    "a strange language": (HEAD.replace("es-MX", "../x"), "trgLang='../x' is no language", "1:1"),
    "a unit twice": (HEAD + UNIT + UNIT, "order: the unit footer is here twice", "2:150"),
    "a language too many": (
        (HEAD + UNIT + "</xliff>").replace("es-MX", "en-US"),
        "Source and translation are both en_US",
        "2:86",
    ),
    "an unknown name": (
        (HEAD + UNIT + "</xliff>").replace('"order"', '"ordr"'),
        "No file declares a template ordr",
        "2:85",
    ),
    "a language that is not there": (
        (HEAD + UNIT + "</xliff>").replace("en-US", "de"),
        "order has no de, which the texts were translated from",
        "2:86",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_xliff_is_refused_at_its_place_and_nothing_is_written(case: str, line: CommandLine) -> None:
    text, message, place = REFUSED[case]
    run = imported(line, text)
    assert (run.code, run.out) == (1, "")
    assert message in run.err
    assert f"--> back.xlf:{place}\n" in run.err
    assert "Next: " in run.err
    assert written(line) == ORDER


TABLES = {
    "no columns": ("a,b\n1,2\n", "names no column template and no column text", "1:1"),
    "an open quote": ('template,text,en_US,es_MX\norder,footer,"Acme', "has no end", "2:14"),
    "a foreign column": ("template,text,en_US,es_MX,Remarks\n", "The column 'Remarks' is none", "1:27"),
    "a language twice": ("template,text,en_US,es_MX,es-mx\n", "There are two columns es_MX", "1:21"),
    "one language": ("template,text,en_US\n", "no column of a language beside", "1:1"),
    "a row twice": (
        "template,text,en_US,es_MX\norder,footer,Acme Store,Tienda\norder,footer,Acme Store,Casa\n",
        "order: footer is here twice",
        "3:25",
    ),
    "a changed source": (
        "template,text,en_US,es_MX\norder,footer,Acme,Tienda\n",
        "the en_US text has changed since the export: footer",
        "2:19",
    ),
    "a text that is gone": (
        "template,text,en_US,es_MX\norder,buttons.0,Go,Ir\n",
        "the en_US text has changed since the export: buttons.0",
        "2:20",
    ),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_table_is_refused_at_its_place_and_nothing_is_written(case: str, line: CommandLine) -> None:
    text, message, place = TABLES[case]
    run = imported(line, text, "back.csv")
    assert (run.code, run.out) == (1, "")
    assert message in run.err
    assert f"--> back.csv:{place}\n" in run.err
    assert written(line) == ORDER


def test_what_is_no_text_at_all(line: CommandLine) -> None:
    (line.root / "back.csv").write_bytes(
        "template;text;en_US;es_MX\norder;footer;Acme;Tiendá\n".encode("latin-1")
    )
    run = line("import", "back.csv")
    assert (run.code, run.err) == (
        1,
        (
            "Error: back.csv is not UTF-8 text, so letters such as é would be lost.\n"
            "  Next: In Excel save it as `CSV UTF-8 (Comma delimited)`.\n"
        ),
    )
    assert line("import", "none.csv").err == (
        "Error: none.csv: cannot be read: No such file or directory.\n  Next: Give a file, or -.\n"
    )


def test_an_encoding_nobody_knows(line: CommandLine) -> None:
    run = imported(line, '<?xml version="1.0" encoding="klingon"?>' + HEAD + UNIT)
    assert run.err == (
        "Error: back.xlf: its encoding cannot be read: unknown encoding: klingon.\n"
        "  Next: Save it as UTF-8.\n"
    )


def test_cells_without_content_do_not_fill_the_memory(line: CommandLine) -> None:
    run = imported(line, "template,text,en_US,es_MX" + "," * MOST, "back.csv")
    assert run.err.startswith("Error: There are more than 1,000,000 cells.\n  --> back.csv:1:1\n")


def test_columns_may_be_in_another_order_and_rows_short(line: CommandLine) -> None:
    text = "en_US,es_MX,template,text\nAcme Store,Tienda,order,footer\nAcme Store\n"
    run = imported(line, text, "back.csv")
    assert (run.code, run.err.splitlines()[0]) == (1, "Error: No file declares a template .")
    assert imported(line, text.rpartition("Acme")[0], "back.csv").code == 0
    assert written(line) == ORDER + "    footer: Tienda\n"


def test_a_language_of_the_files_that_leads_out_of_the_folder_is_refused(line: CommandLine) -> None:
    line.write("templates/order.yaml", ORDER + '  "../../out": {body: Your order left.}\n')
    run = line("export", "--out", "there")
    assert run.code != 0
    assert not (line.root / "there").exists()
    assert line("export", "--language", "../out", "--out", "there").code == 64


@pytest.mark.parametrize("read", [read_xliff, read_spreadsheet])
def test_a_file_too_large_is_not_even_begun(read: object) -> None:
    assert callable(read)
    with pytest.raises(WasyncError, match="back is larger than 64 MiB"):
        read("back", bytes(LARGEST + 1))


def test_terminal_tricks_in_a_file_are_neutralised(line: CommandLine) -> None:
    run = imported(
        line, "template,text,en_US,es_MX\n\x1b[2J\u202eevil,footer,Acme Store,Tienda\n", "back.csv"
    )
    assert run.code == 1
    assert not {"\x1b", "\u202e"} & {*run.err}


@pytest.mark.parametrize(
    "text",
    [
        "template;text;en_US;es_MX\r\norder;footer;Acme Store;Tienda\r\n",
        "sep=;\r\ntemplate;text;en_US;es_MX\r\norder;footer;Acme Store;Tienda\r\n",
        "template\ttext\ten_US\tes_MX\t\norder\tfooter\tAcme Store\tTienda\t\n",
        'template,"text",en_US,es-mx\n\n,,,\n"order",footer,"Acme Store","Tienda"',
    ],
    ids=["semicolons", "sep", "tabs", "empty rows"],
)
def test_what_spreadsheets_make_of_a_table_is_read(text: str, line: CommandLine) -> None:
    assert imported(line, text, "back.csv").err.startswith("1 text written")
    assert written(line) == ORDER + "    footer: Tienda\n"


def test_remarks_segments_and_other_vocabularies_do_not_disturb(line: CommandLine) -> None:
    text = f"""{HEAD}<m:own xmlns:m="urn:m"><m:source>x</m:source></m:own>
<file id="order"><unit id="footer">
<mtc:matches xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"><mtc:match ref="#1"><source>A</source>
<target>B</target></mtc:match></mtc:matches>
<segment state="final"><source>Acme</source>
<target>Tienda<mrk id="m1" type="comment"> de</mrk></target></segment>
<ignorable><source> </source></ignorable>
<segment state="reviewed"><source>Store</source>
<target>Ac<sm id="m2"/>me<em startRef="m2"/></target></segment>
</unit></file></xliff>"""
    assert imported(line, text).code == 0
    assert written(line) == ORDER + "    footer: Tienda de Acme\n"


def test_a_declared_absence_is_not_undone(line: CommandLine) -> None:
    line.write("templates/order.yaml", ORDER + "  fr: absent\n")
    run = imported(line, "template,text,en_US,fr\norder,footer,Acme Store,Magasin\n", "back.csv")
    assert run.err.startswith(
        "Error: templates/order.yaml declares order/fr absent.\n  --> back.csv:2:25\n"
        "  Next: Remove `fr: absent` from the file, or the texts here.\n"
    )


SHARED = """\
category: utility
languages:
  en_US: &both
    body: Your order left our warehouse today.
    footer: Acme Store
  es_MX: *both
"""
PARTED = """\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    footer: Acme Store
  es_MX:
    body: Your order left our warehouse today.
    footer: Tienda
"""


def test_an_anchor_shared_by_two_languages_is_parted_and_the_other_stays(line: CommandLine) -> None:
    line.write("templates/order.yaml", SHARED)
    run = imported(line, "template,text,en_US,es_MX\norder,footer,Acme Store,Tienda\n", "back.csv")
    assert run.out == "  order/es_MX  1 text  templates/order.yaml\n"
    assert written(line) == PARTED


def test_another_program_translates_the_document_and_it_comes_back(line: CommandLine) -> None:
    line("export", "--language", "de", "--out", "de.xlf")
    store = Xliff2File()
    store.parse((line.root / "de.xlf").read_bytes())
    assert (store.sourcelanguage, store.targetlanguage) == ("en-US", "de")
    for unit in store.units:
        (target,) = unit.rich_source
        target.sub.insert(0, StringElem("Neu: "))
        unit.rich_target = [target]
        unit.marktranslated()
    store.savefile(str(line.root / "de.xlf"))
    assert line("import", "de.xlf").out == "  order/de  2 texts, a new language  templates/order.yaml\n"
    assert written(line).endswith(
        '  de:\n    body: "Neu: Your order left our warehouse on its way to {{1}} today."\n'
        '    footer: "Neu: Acme Store"\n'
    )
