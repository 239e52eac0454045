"""wasync export and import: what is printed and written, and what is refused, with its place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.command_line import WRITE_GOLDEN
from tests.shell import PROJECT, CommandLine, Run

GOLDEN = Path(__file__).parent / "translations"
SHIPPED = """\
category: utility
description: Carrier scanned the parcel.
variables:
  first_name: {example: Ana}
  order_id: {example: A-10293, description: public order number}
languages:
  en_US:
    header: "Order {{order_id}} shipped"
    body: |
      Hi {{first_name}}, your order {{order_id}} left our
      <warehouse> & is on its way with *${brand}* today.
    footer: =Acme Store
    buttons:
      - {type: url, text: Track parcel, url: "https://shop.example/t/{{1}}", example: A-10293}
      - type: quick_reply
        text: Talk to us   # senders match this
  es_MX:
    # by Lucía
    header: "Tu pedido {{order_id}} va en camino"
    body: 'Hola {{first_name}}, tu pedido {{order_id}} salió hoy del almacén con ${brand}.'
    examples: {first_name: Lucía}
"""
SALE = """\
category: marketing
languages:
  en_US:
    limited_time_offer: {text: Ends soon!, has_expiration: true}
    body: "Everything is *30 % off* until Sunday, and then it is not."
    buttons:
      - {type: copy_code, example: SPRING30}
      - {type: url, text: Shop now, url: "https://shop.example/sale"}
"""
CARDS = """\
category: marketing
languages:
  en_US:
    body: Here is what is new in our shop this week.
    carousel:
      - header: {format: image}
        body: A lamp that follows you.
        buttons: [{type: quick_reply, text: More}]
      - header: {format: image}
        body: {text: "A chair for {{1}}.", examples: [Ana]}
        buttons: [{type: quick_reply, text: More}]
"""
CODE = """\
category: authentication
languages: [en_US, es_MX]
authentication:
  add_security_recommendation: true
  otp: {type: copy_code}
"""
FOUR = {"cards": CARDS, "code": CODE, "sale": SALE, "shipped": SHIPPED}


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    line = CommandLine(tmp_path)
    line.write("wasync.yaml", PROJECT + "    vars: {brand: Acme}\n")
    line.write("templates/shipped.yaml", SHIPPED)
    return line


def files(line: CommandLine) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in line.root.glob("templates/*")}


def golden(name: str, text: str) -> None:
    """The text is what the golden file has, whole."""
    path = GOLDEN / name
    if WRITE_GOLDEN:
        path.write_text(text, encoding="utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as file:
        assert text == file.read()


def refused(run: Run) -> str:
    """What a run that was refused says, less how it ends."""
    assert (run.code, run.out) == (1, "")
    return run.err


# -- export ----------------------------------------------------------------------------------------------


def test_an_export_of_every_kind_as_xliff_and_as_a_table(line: CommandLine) -> None:
    for name, text in FOUR.items():
        line.write(f"templates/{name}.yaml", text)
    document = line("export", "--language", "es-mx")
    golden("es_MX.xlf", document.out)
    assert (document.code, document.err) == (
        0,
        "Note: code is left out: Meta writes the text of authentication templates.\n",
    )
    table = line("export", "--format", "csv", "--language", "es_MX", "--language", "fr", "--out", "all.csv")
    golden("all.csv", (line.root / "all.csv").read_bytes().decode())
    assert table.out == ""
    assert table.err.endswith("Wrote 26 texts in 1 file: all.csv.\n")


def test_without_languages_each_that_the_files_have_and_only_where_they_have_it(line: CommandLine) -> None:
    line.write("templates/sale.yaml", SALE)
    assert line("export", "--out", "out") == (0, "", "Wrote 5 texts in 1 file: out/es_MX.xlf.\n")
    document = (line.root / "out/es_MX.xlf").read_text(encoding="utf-8")
    assert (document.count('<file id="shipped"'), document.count("<file ")) == (1, 1)


def test_several_languages_need_a_folder_as_xliff(line: CommandLine) -> None:
    two = ("export", "--language", "fr", "--language", "de")
    message = (
        "Error: An XLIFF document has one language, and 2 are asked for: fr, de.\n"
        "  Next: Give a folder, --out FOLDER; or one --language; or --format csv.\n"
    )
    assert line(*two) == (64, "", message)
    assert line(*two, "--out", "one.xlf") == (64, "", message)
    assert line(*two, "--out", "two").err == "Wrote 10 texts in 2 files: two/fr.xlf, two/de.xlf.\n"


def test_targets_choose_names_and_languages(line: CommandLine) -> None:
    line.write("templates/sale.yaml", SALE)
    run = line("export", "--language", "fr", "--target", "sale", "--target", "none")
    assert run.err == "Note: --target none matches no template.\n"
    assert ('<file id="sale"' in run.out, run.out.count("<file ")) == (True, 1)
    line("export", "--language", "fr", "--language", "de", "--target", "sale/d*", "--out", "out")
    assert [path.name for path in (line.root / "out").iterdir()] == ["de.xlf"]


def test_the_source_is_chosen_where_files_begin_with_different_languages(line: CommandLine) -> None:
    line.write("templates/sale.yaml", SALE.replace("en_US", "de"))
    assert line("export") == (
        64,
        "",
        (
            "Error: The files begin with different languages: de, en_US.\n"
            "  Next: Choose one with --source LANG.\n"
        ),
    )
    assert (
        line("export", "--source", "en_US", "--language", "fr").err == "Note: sale has no en_US: left out.\n"
    )


def test_nothing_to_translate_into_or_from(line: CommandLine) -> None:
    assert line("export", "--language", "en_US") == (
        64,
        "",
        "Error: en_US is what is translated from.\n  Next: Name another language with --language.\n",
    )
    assert line("export", "--source", "fr", "--language", "de") == (
        1,
        "",
        (
            "Note: shipped has no fr: left out.\n"
            "Error: There is no text to translate from fr into de.\n"
            "  Next: Name other languages or templates with --source, --language and --target.\n"
        ),
    )


def test_what_cannot_be_translated_text_by_text_is_left_out_and_told(line: CommandLine) -> None:
    line.write(
        "templates/sale.yaml",
        SALE + "  es_MX:\n    body: Todo con 30 % de descuento hasta el domingo, y luego ya no.\n"
        "    buttons: [{type: quick_reply, text: Ver}]\n  fr: absent\n",
    )
    run = line("export", "--language", "es_MX", "--language", "fr", "--target", "sale", "--format", "csv")
    assert run.err == (
        "Note: sale/es_MX: buttons is of another kind than in en_US: left out.\n"
        "Note: sale/fr is declared absent: left out.\n"
    )
    assert [row.split(",")[1] for row in run.out.splitlines() if row.startswith("sale")] == [
        "body",
        "limited_time_offer",
    ]


RAW = """\
category: marketing
languages:
  en_US:
    components:
      - {type: HEADER, format: IMAGE}
      - {type: BODY, text: "Here is what is new, {{1}}, this week.", example: {body_text: [[Ana]]}}
      - {type: LIMITED_TIME_OFFER, limited_time_offer: {text: Ends soon!, has_expiration: true}}
      - type: BUTTONS
        buttons:
          - {type: COPY_CODE, example: SPRING30}
          - {type: URL, text: Shop now, url: "https://shop.example/sale"}
      - type: CAROUSEL
        cards:
          - components:
              - {type: BODY, text: A lamp.}
              - {type: BUTTONS, buttons: [{type: QUICK_REPLY, text: More}]}
"""


def test_texts_in_metas_own_form_are_found_translated_and_written(line: CommandLine) -> None:
    line.write("templates/shipped.yaml", RAW)
    line("export", "--format", "csv", "--language", "de", "--out", "de.csv")
    head, *rows = (line.root / "de.csv").read_bytes().decode().replace("\r\n", "\n").splitlines()
    assert [row.split(",")[1] for row in rows] == [
        "components.1",
        "components.2.limited_time_offer",
        "components.3.buttons.1",
        "components.4.cards.0.components.0",
        "components.4.cards.0.components.1.buttons.0",
    ]
    line.write(
        "de.csv", "\n".join([head, *(f"{row}Neu{' {{1}}' if '{{1}}' in row else ''}" for row in rows)])
    )
    assert line("import", "de.csv").out == "  shipped/de  5 texts, a new language  templates/shipped.yaml\n"
    written = files(line)["shipped.yaml"]
    assert written.startswith(RAW)
    assert (written.removeprefix(RAW).count("Neu"), written.count("SPRING30")) == (5, 2)


def test_a_language_in_metas_form_beside_one_that_is_not_is_left_out(line: CommandLine) -> None:
    line.write("templates/shipped.yaml", RAW + "  es_MX:\n    body: Esto es lo nuevo en nuestra tienda.\n")
    run = line("export", "--language", "es_MX")
    assert run.err.startswith(
        "Note: shipped/es_MX is left out: only one of the two languages is written as `components:`.\n"
    )
    table = "template,text,en_US,es_MX\nshipped,components.3.buttons.1,Shop now,Ver\n"
    line.write("back.csv", table)
    told = refused(line("import", "back.csv"))
    assert told.startswith("Error: shipped/es_MX takes no translations: only one of the two languages is")
    assert "components" not in files(line)["shipped.yaml"].partition("es_MX")[2]


# -- import ----------------------------------------------------------------------------------------------


def spanish(line: CommandLine, *changes: tuple[str, str]) -> Path:
    """An export into Spanish, changed as a translator would."""
    text = line("export", "--language", "es_MX").out
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return line.write("es.xlf", text)


FOOTER = ('"initial">\n        <source>=Acme', '"reviewed">\n        <source>=Acme')
TIENDA = ("<source>=Acme Store</source>", "<source>=Acme Store</source><target>Tienda Acme</target>")


def test_one_text_is_written_and_everything_else_stays(line: CommandLine) -> None:
    spanish(line, FOOTER, TIENDA)
    preview = line("import", "es.xlf", "--dry-run")
    assert preview == (
        0,
        (
            "--- templates/shipped.yaml\n+++ templates/shipped.yaml\n@@ -19,3 +19,4 @@\n"
            '     header: "Tu pedido {{order_id}} va en camino"\n'
            "     body: 'Hola {{first_name}}, tu pedido {{order_id}} salió hoy del almacén con ${brand}.'\n"
            "     examples: {first_name: Lucía}\n+    footer: Tienda Acme\n"
        ),
        "1 text would be written, 2 as the files have them, 2 not translated yet.\n",
    )
    assert files(line) == {"shipped.yaml": SHIPPED}
    run = line("import", "es.xlf")
    assert (run.code, run.out) == (0, "  shipped/es_MX  1 text  templates/shipped.yaml\n")
    assert files(line) == {"shipped.yaml": SHIPPED + "    footer: Tienda Acme\n"}
    again = line("import", "es.xlf")
    assert again == (
        0,
        "",
        "0 texts written, 3 as the files have them, 2 not translated yet.\n",
    )


@pytest.mark.parametrize("state", ['state="initial"', ""])
def test_a_text_whose_state_is_initial_is_passed_over_and_counted(state: str, line: CommandLine) -> None:
    spanish(line, ('"initial">\n        <source>=Acme', '"initial" >\n        <source>=Acme'), TIENDA)
    text = (line.root / "es.xlf").read_text(encoding="utf-8").replace('state="initial" ', state)
    line.write("es.xlf", text)
    assert line("import", "es.xlf") == (
        0,
        "",
        (
            "0 texts written, 2 as the files have them, 2 not translated yet,"
            " 1 passed over, since their state is initial and not translated.\n"
        ),
    )


def test_a_text_that_changes_keeps_its_quotes_and_comments(line: CommandLine) -> None:
    spanish(line, ("salió hoy del", "ya salió: del"))
    assert line("import", "es.xlf").code == 0
    assert files(line) == {"shipped.yaml": SHIPPED.replace("salió hoy del", "ya salió: del")}


def test_a_new_language_gets_the_structure_and_samples_of_its_source(line: CommandLine) -> None:
    line("export", "--format", "csv", "--language", "fr", "--out", "fr.csv")
    table = (line.root / "fr.csv").read_bytes().decode()
    for english, french in (
        ("Order {{order_id}} shipped", "Commande {{order_id}} expédiée"),
        ("'=Acme Store", "'=Acme"),
        ("Track parcel", "Suivre"),
        ("Talk to us", "Nous écrire"),
        (
            (
                '"Hi {{first_name}}, your order {{order_id}} left our\n'
                '<warehouse> & is on its way with *${brand}* today."'
            ),
            '"Bonjour {{first_name}}, votre commande {{order_id}} est\nen route avec *${brand}*."',
        ),
    ):
        assert f"{english},\r\n" in table
        table = table.replace(f"{english},\r\n", f"{english},{french}\r\n")
    line.write("fr.csv", table)
    run = line("import", "fr.csv")
    assert (run.code, run.out) == (0, "  shipped/fr  5 texts, a new language  templates/shipped.yaml\n")
    assert files(line) == {
        "shipped.yaml": SHIPPED
        + """\
  fr:
    header: Commande {{order_id}} expédiée
    body: |
      Bonjour {{first_name}}, votre commande {{order_id}} est
      en route avec *${brand}*.
    footer: "=Acme"
    buttons:
      - type: url
        text: Suivre
        url: https://shop.example/t/{{1}}
        example: A-10293
      - type: quick_reply
        text: Nous écrire
"""
    }
    assert line("validate").code == 0


def test_a_language_or_a_part_is_added_only_whole(line: CommandLine) -> None:
    spanish(
        line,
        ('"initial">\n        <source>Track', '"final">\n        <source>Track'),
        ("<source>Track parcel</source>", "<source>Track parcel</source><target>Rastrear</target>"),
    )
    french = line("export", "--language", "fr").out.replace(*FOOTER).replace(*TIENDA)
    line.write("fr.xlf", french)
    run = line("import", "es.xlf", "fr.xlf")
    assert run == (
        0,
        "",
        (
            "Note: shipped/es_MX: buttons is not written yet: no buttons.1.\n"
            "Note: shipped/fr is not written yet: 4 of 5 texts have no translation.\n"
            "0 texts written, 2 as the files have them, 6 not translated yet.\n"
        ),
    )
    assert files(line) == {"shipped.yaml": SHIPPED}


ABOVE = """\
category: utility
footer: Acme Store  # for all
languages:
  en_US:
    body: Your order left our warehouse today.
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
"""


def test_a_text_above_the_languages_is_translated_in_the_language_alone(line: CommandLine) -> None:
    line.write("templates/shipped.yaml", ABOVE)
    line.write("es.csv", "template,text,en_US,es_MX\nshipped,footer,Acme Store,Tienda Acme\n")
    assert line("import", "es.csv").out == "  shipped/es_MX  1 text  templates/shipped.yaml\n"
    assert files(line)["shipped.yaml"] == ABOVE + "    footer: Tienda Acme\n"


def test_a_file_may_come_through_a_pipe(line: CommandLine) -> None:
    spanish(line, FOOTER, TIENDA)
    process = line.start("import", "-", stdin=subprocess.PIPE)
    out, err = process.communicate((line.root / "es.xlf").read_text(encoding="utf-8"), timeout=60)
    assert (process.returncode, out) == (0, "  shipped/es_MX  1 text  templates/shipped.yaml\n"), err


def test_a_source_that_has_changed_is_told_and_needs_a_flag(line: CommandLine) -> None:
    spanish(line, FOOTER, TIENDA)
    line.write("templates/shipped.yaml", SHIPPED.replace("=Acme Store", "Acme Stores"))
    assert refused(line("import", "es.xlf")) == (
        "Error: shipped: the en_US text has changed since the export: footer.\n"
        "  --> es.xlf:41:37\n"
        "  Next: Export again, so that what is translated is what stands there; or take it as it is with\n"
        "    --allow-changed-source.\n"
        "Error: 1 refusal: nothing was written.\n"
        "  Next: Mend them, then import again.\n"
    )
    run = line("import", "es.xlf", "--allow-changed-source")
    assert run.err.startswith(
        "Note: shipped/es_MX: the en_US text has changed since: footer.\n1 text written"
    )
    assert "    footer: Tienda Acme\n" in files(line)["shipped.yaml"]


def test_every_lost_and_added_variable_is_told_with_its_place_and_nothing_is_written(
    line: CommandLine,
) -> None:
    spanish(
        line,
        FOOTER,
        ("<source>=Acme Store</source>", "<source>=Acme Store</source><target>Tienda {{shop}}</target>"),
        ("<target>Hola ", "<target>Hola, "),
        (', tu pedido <ph id="2" dataRef="d2"', ', tu pedido <ph id="2" dataRef="d1"'),
    )
    assert refused(line("import", "es.xlf")) == (
        "Error: shipped: the translation of body lacks {{order_id}}.\n"
        "  --> es.xlf:33:9\n"
        "  Next: Use exactly {{first_name}}, {{order_id}}, ${brand}: they stand for what is filled in.\n"
        "Error: shipped: the translation of footer has {{shop}}, which the source has not.\n"
        "  --> es.xlf:41:37\n"
        "  Next: Remove it.\n"
        "Error: 2 refusals: nothing was written.\n"
        "  Next: Mend them, then import again.\n"
    )
    assert files(line) == {"shipped.yaml": SHIPPED}


def test_what_is_now_invalid_is_told_and_fails(line: CommandLine) -> None:
    long = "T" * 61
    spanish(line, FOOTER, (TIENDA[0], TIENDA[1].replace("Tienda Acme", long)))
    run = line("import", "es.xlf")
    assert run.code == 1
    assert run.out == "  shipped/es_MX  1 text  templates/shipped.yaml\n"
    assert "error WA107 footer is 61 characters; Meta allows 60" in run.err
    assert run.err.endswith(
        "The translations were written. Next: mend what is found, here or at the translators'.\n"
    )
    assert long in files(line)["shipped.yaml"]
