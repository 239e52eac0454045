"""fmt: one layout, every comment, not a letter of a text changed; what it prints and what it leaves."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from tests.shell import ORDER, ROOT, CommandLine, shell
from tests.strategies import documents, templates
from wasync.canonical import from_yaml, to_yaml
from wasync.model.template import Document, Template
from wasync.project.formatting import formatted
from wasync.project.language_edit import escaped
from wasync.project.yaml_reader import read
from wasync.project.yaml_writer import dump_new, load

LONG = "more words than eighty letters hold " * 3 + "at last"
UNTIDY = """\
# yaml-language-server: $schema=../.vscode/template.schema.json
# Carrier scanned the parcel.

languages:
    # English, by Ana
    en_US:
        # legal wants this
        footer: "Acme Store"   # ours
        body: "Hi {{first_name}}, your order {{order_id}} left us today. It usually arrives in two days."
        # the top
        header: 'Order shipped, at last'
        buttons:
        -   type: "url"
            text: "Track parcel"
            # our own tracking
            url: "https://shop.example/t/{{1}}"
            example: "012"
        # and a way back
        - {type: quick_reply, text: "Talk to us"}
        # no third button
    # Spanish
    es_MX:
        body: |
            Hola {{first_name}},

              tu pedido {{order_id}} salió.
        # after the text
        footer: "yes"


category: utility

owner: "@acme/order-comms"
variables: {first_name: {example: "Ana"}, order_id: {example: "10:30"}}
# the end
"""
TIDY = """\
# yaml-language-server: $schema=../.vscode/template.schema.json
# Carrier scanned the parcel.

category: utility

owner: "@acme/order-comms"
variables: {first_name: {example: Ana}, order_id: {example: "10:30"}}
languages:
  # English, by Ana
  en_US:
    # the top
    header: Order shipped, at last
    body: |
      Hi {{first_name}}, your order {{order_id}} left us today. It usually arrives in two days.
    # legal wants this
    footer: Acme Store   # ours
    buttons:
      - type: url
        text: Track parcel
        # our own tracking
        url: "https://shop.example/t/{{1}}"
        example: "012"
      # and a way back
      - {type: quick_reply, text: Talk to us}
      # no third button
  # Spanish
  es_MX:
    body: |
      Hola {{first_name}},

        tu pedido {{order_id}} salió.
    # after the text
    footer: "yes"
# the end
"""


def fmt(text: str) -> str:
    """The text formatted; formatted again it must be the same, and nothing may be left out."""
    once = formatted(text.encode(), "a.yaml")
    assert once.notes == ()
    assert formatted(once.data, "a.yaml") == once
    return once.data.decode()


def test_an_untidy_file_gets_the_one_layout() -> None:
    assert fmt(UNTIDY) == TIDY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeffa: b\r\nc: d\r\n", "a: b\nc: d\n"),
        ("a: b", "a: b\n"),
        ("a: b   \n\n\n\nc: d\n\n", "a: b\n\nc: d\n"),
        # What quotes are needed for.
        ('a: "12"\nb: "true"\nc: "x: y"\nd: "x #y"\ne: "{x}"\nf: ""\ng: "x "\n', None),
        # A text that is written twice by an alias is read twice; nothing is moved.
        ("languages:\n    en: &a\n        footer: x\n        body: y\n    fr: *a\ncategory: utility\n", None),
        # Spaces that belong to a text.
        ("body: |\n  a  \n\n\n  b\n", None),
        ("body: >-\n  a\n  b\n", None),
        ('footer: "a\n\n\n  b"\n', None),
        # The indicator says how deep the text begins.
        ("body: |2\n    a\n   b\n", None),
        ("---\nname: a\ncategory: utility\n---\n# b\nbody: x\nname: b\n",
         "---\nname: a\ncategory: utility\n---\n# b\nname: b\nbody: x\n"),
        ("languages: [en, fr]\ncategory: x\n", "category: x\nlanguages: [en, fr]\n"),
        ("languages:\n- en\n- fr\n", "languages:\n  - en\n  - fr\n"),
        (f"body: '{LONG}'   # ours\nfooter: x\n", f"body: |   # ours\n  {LONG}\nfooter: x\n"),
        (f"body: {LONG}\n  and on\n", f"body: |\n  {LONG} and on\n"),
        (f"body: {{text: '{LONG}'}}\nfooter: '{LONG}'\n", f"body: {{text: {LONG}}}\nfooter: {LONG}\n"),
        ("{languages: {en: {body: x}}, category: y}\n", None),
        ("- a\n-   b\n", "- a\n- b\n"),
        ("# nothing\n", None),
    ],
)  # fmt: skip
def test_small_files(before: str, after: str | None) -> None:
    assert fmt(before) == (before if after is None else after)


def test_what_would_read_differently_is_left_and_said() -> None:
    text = "body: |+\n  a\n\n\n"
    assert formatted(text.encode(), "a.yaml") == (
        text.encode(),
        ("a.yaml:1: empty lines left as it is: the file would read differently",),
    )


def _shuffled(node: object, dice: random.Random) -> None:
    """Bring keys out of order, but for languages and variables: their order is the author's."""
    if isinstance(node, CommentedMap):
        keys = list(node)
        dice.shuffle(keys)
        for key in keys:
            node.move_to_end(key)
            _shuffled(node[key], dice)
    elif isinstance(node, CommentedSeq):
        for item in node:
            _shuffled(item, dice)


def _untidy(document: Document, dice: random.Random) -> str:
    """A file of this document as somebody in a hurry might have it, with comments."""
    (top,) = load(dump_new(escaped(dict(document.data))).decode())
    _shuffled(top, dice)
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = dice.choice([60, 1 << 30])
    width = dice.choice([2, 3, 4])
    offset = dice.choice([0, 2])
    yaml.indent(mapping=width, sequence=offset + 2, offset=offset)
    stream = StringIO()
    yaml.dump(top, stream)
    lines = stream.getvalue().splitlines(keepends=True)
    said = read("".join(lines).encode())
    for number in range(dice.randrange(8)):
        at = dice.randrange(len(lines) + 1)
        indent = len(lines[at]) - len(lines[at].lstrip(" ")) if at < len(lines) else 0
        more = [*lines[:at], f"{' ' * indent}#c{number}\n", *lines[at:]]
        now = read("".join(more).encode())
        if [data for data, _ in now.documents] == [data for data, _ in said.documents] and not now.spotted:
            lines = more
    return "".join(lines)


@given(documents(), st.randoms(use_true_random=False))
def test_no_file_says_anything_else_and_no_comment_is_lost(document: Document, dice: random.Random) -> None:
    text = _untidy(document, dice)
    before = read(text.encode())
    if before.spotted:
        return
    after = fmt(text)
    (one, _), (other, lines) = before.documents[0], read(after.encode()).documents[0]
    assert one == other
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    assert from_yaml(replace(document, data=one, lines=lines)) == from_yaml(
        replace(document, data=other, lines=lines)
    )
    assert comments(after) == comments(text)


@given(templates())
def test_what_pull_and_convert_write_is_formatted(template: Template) -> None:
    text = dump_new(escaped(to_yaml([template]))).decode()
    assert fmt(text) == text


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"^ *(#c\d)$", text, re.MULTILINE))


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """A project without an account that answers: fmt asks nobody."""
    return shell(tmp_path)


# -- the command ----------------------------------------------------------------------------------------


def test_check_and_diff_write_nothing_and_fmt_does(line: CommandLine) -> None:
    line.write("templates/untidy.yaml", UNTIDY)
    assert line("fmt", "--check") == (
        1, "templates/untidy.yaml\n", "1 of 2 files would be formatted. Next: wasync fmt\n",
    )  # fmt: skip
    shown = line("fmt", "--diff")
    assert shown.code == 0
    assert shown.out.startswith("--- templates/untidy.yaml\n+++ templates/untidy.yaml\n")
    assert '-        footer: "Acme Store"   # ours' in shown.out
    assert "+    footer: Acme Store   # ours" in shown.out
    assert line("fmt", "--diff", "--check").code == 1
    assert (line.root / "templates/untidy.yaml").read_text(encoding="utf-8") == UNTIDY
    assert line("fmt") == (0, "templates/untidy.yaml\n", "Formatted 1 of 2 files.\n")
    assert (line.root / "templates/untidy.yaml").read_text(encoding="utf-8") == TIDY
    assert (line.root / "templates/order.yaml").read_text(encoding="utf-8") == ORDER
    assert line("fmt", "--check") == (0, "", "Nothing to format in 2 files.\n")


def test_only_the_files_named_and_no_project_needed(line: CommandLine) -> None:
    line.write("templates/untidy.yaml", UNTIDY)
    line.write("other/a.yaml", UNTIDY)
    (line.root / "wasync.yaml").unlink()
    assert line("fmt", "other/a.yaml") == (0, "other/a.yaml\n", "Formatted 1 of 1 file.\n")
    assert (line.root / "templates/untidy.yaml").read_text(encoding="utf-8") == UNTIDY


def test_a_file_that_is_no_yaml_stops_no_other(line: CommandLine) -> None:
    line.write("templates/a.yaml", "category: utility\nbody: {{x}} hi\n")
    line.write("templates/untidy.yaml", UNTIDY)
    run = line("fmt")
    assert (run.code, run.out) == (1, "templates/untidy.yaml\n")
    assert "templates/a.yaml:2:7" in run.err
    assert "cannot be formatted." in " ".join(run.err.split())
    missing = line("fmt", "none.yaml")
    assert missing.code == 1
    assert missing.err.startswith(
        "Error: none.yaml: cannot be read: No such file or directory.\n  Next: Give the path of a file.\n"
    )


def test_a_link_stays_a_link(line: CommandLine) -> None:
    line.write("parts/untidy.txt", UNTIDY)
    link = line.root / "templates/linked.yaml"
    link.symlink_to("../parts/untidy.txt")
    run = line("fmt")
    assert (run.code, run.out, link.is_symlink()) == (0, "", True)
    assert "Note: templates/linked.yaml is a link: format the file it leads to.\n" in run.err
    assert line("fmt", "parts/untidy.txt").out == "parts/untidy.txt\n"
    assert link.read_text(encoding="utf-8") == TIDY


def test_the_examples_are_formatted(line: CommandLine) -> None:
    files = [str(path) for path in sorted((ROOT / "examples").rglob("*.yaml"))]
    assert line("fmt", "--check", *files) == (0, "", f"Nothing to format in {len(files)} files.\n")
