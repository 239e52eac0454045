"""The reader: text kept as written, what YAML would lose is reported, and no input makes it fail."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wasync.model.template import JSON
from wasync.project.yaml_reader import EXPANSION_LIMIT, Reading, read


def data(source: str) -> JSON:
    """The only document of a source in which nothing was spotted."""
    reading = read(source.encode())
    assert reading.spotted == ()
    assert len(reading.documents) == 1
    return reading.documents[0][0]


def shown(reading: Reading) -> list[str]:
    """What was spotted, one line each."""
    return [
        f"{one.rule} {one.line}:{one.column}+{one.width} {one.message} | {one.fix}" for one in reading.spotted
    ]


@pytest.mark.parametrize(
    "text",
    ["Yes", "no", "10:30", "012345", "2026-01-01", "+15551230000", "1.10", "1e3", "0x1F", "~", "null", "=",
     "<<x", "it's", "50% off", "a: b".replace(": ", ":"), "C#", "a,b", "1_000", ".inf", "12"],
)  # fmt: skip
def test_text_keeps_its_letters(text: str) -> None:
    listed = text.replace(",", "")
    assert data(f"body: {text}\nlist: [{listed}]\n") == {"body": text, "list": [listed]}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("FALSE", False), ("null", None), ("~", None), ("1440", 1440), ("-3", -3), ("0", 0),
     ("1.5", 1.5), ("123456789012345", 123456789012345), ("1234567890123456", "1234567890123456"),
     ("007", "007"), ("-0", "-0"),
     ("+15551230000", "+15551230000"), ("10:30", "10:30"), ("1.10", "1.10"), ("1e3", "1e3"), ("0x1F", "0x1F"),
     ("1_000", "1_000"), (".inf", ".inf"), ("nan", "nan"), ("yes", "yes"), ("'1'", "1"), ('"true"', "true"),
     ("١٢", "١٢"), ("", None)],
)  # fmt: skip
def test_typed_keys_and_components_follow_yaml_core_where_nothing_is_lost(text: str, value: JSON) -> None:
    assert data(f"revision: {text}\n") == {"revision": value}
    components = f"components:\n  - type: BODY\n    x: {text}\n    list: [a, {{deep: {text}}}]\n"
    assert data(components) == {"components": [{"type": "BODY", "x": value, "list": ["a", {"deep": value}]}]}


def test_names_people_choose_do_not_type_their_values() -> None:
    source = (
        "variables: {version: {example: 12}}\nlanguages: {en: {examples: {revision: 12, absent: true}}}\n"
    )
    assert data(source) == {
        "variables": {"version": {"example": "12"}},
        "languages": {"en": {"examples": {"revision": "12", "absent": "true"}}},
    }
    assert data("accounts: {p: {vars: {version: 2}}}\n") == {"accounts": {"p": {"vars": {"version": "2"}}}}


def test_block_scalars_lose_one_trailing_newline() -> None:
    source = 'a: |\n  x\n\n  y\nb: |+\n  x\n\nc: |-\n  x\nd: >\n  x\n  y\ne: "x\\n"\nf:\n  - |\n    x\n'
    assert data(source) == {"a": "x\n\ny", "b": "x\n", "c": "x", "d": "x y", "e": "x\n", "f": ["x"]}


def test_empty_is_none_and_quoted_empty_is_text() -> None:
    assert data("a:\nb: ''\nc: [x, ]\nd:\n  -\n  - y\n") == {"a": None, "b": "", "c": ["x"], "d": [None, "y"]}


def test_lines_of_the_document_its_languages_and_accounts() -> None:
    source = "category: x\nlanguages:\n  en_US: {body: a}\n\n  fr:\n    languages: {de: x}\n"
    reading = read(f"# note\n{source}---\n\nname: b\n".encode())
    assert [lines for _, lines in reading.documents] == [{"": 2, "en_US": 4, "fr": 6}, {"": 10}]
    assert read(b"languages: [en,\n  fr]\n").documents[0][1] == {"": 1, "en": 1, "fr": 2}
    assert read(b"accounts:\n  one: {waba_id: 1}\n").documents[0][1] == {"": 1, "one": 2}


def test_anchors_aliases_and_merge_keys() -> None:
    source = """\
x-a: &a {b: 1, c: [2]}
x-t: &t hello
one: *a
two: {<<: *a, b: own}
three:
  <<: [{c: first, d: x}, *a]
  e: *t
"""
    found = data(source)
    assert found == {
        "x-a": {"b": "1", "c": ["2"]},
        "x-t": "hello",
        "one": {"b": "1", "c": ["2"]},
        "two": {"b": "own", "c": ["2"]},
        "three": {"e": "hello", "c": "first", "d": "x", "b": "1"},
    }
    assert isinstance(found, dict)
    assert found["one"] is not found["x-a"]


def test_aliases_that_expand_without_end_are_stopped() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    reading = read(bomb.encode())
    assert reading.documents == ()
    (found,) = shown(reading)
    assert found == (
        f"WA008 5:15+3 with this alias the file expands to more than {EXPANSION_LIMIT:,} values"
        " | Write the repeated part out where it is needed, or split the file."
    )
    long = "t: &t '" + "x" * 1_000_000 + "'\nl: [" + "*t, " * 30 + "]\n"
    assert [one.rule for one in read(long.encode()).spotted] == ["WA008"]
    assert [one.rule for one in read(b"a: &a [*a]\n").spotted] == ["WA001"]


def test_nesting_without_end_is_stopped() -> None:
    assert [one.rule for one in read(b"a: " + b"[" * 3000).spotted][-1] in {"WA008", "WA001"}


def test_anchors_do_not_cross_documents() -> None:
    assert [one.rule for one in read(b"a: &x 1\n---\nb: *x\n").spotted] == ["WA001"]


# Each trap as it stands in a file, then what is said about it and the way out.
TRAPS = [
    tuple(block.split("\n  => "))
    for block in Path(__file__)
    .with_name("yaml_traps.txt")
    .read_text("utf-8")
    .removesuffix("\n\n")
    .split("\n\n")
]


@pytest.mark.parametrize(("source", "line"), TRAPS)
def test_a_trap_gets_its_sentence(source: str, line: str) -> None:
    assert shown(read(f"{source}\n".encode())) == [line.replace("\n     ", " | ")]


@pytest.mark.parametrize("source", [source for source, _ in TRAPS])
def test_a_trap_is_named_however_deep_it_stands(source: str) -> None:
    deep = "languages:\n  en_US:\n" + "".join(f"    {line}\n" for line in source.split("\n"))
    first, (found, *_) = read(source.encode()).spotted[0], read(deep.encode()).spotted
    assert (found.rule, found.line, found.column) == (first.rule, first.line + 2, first.column + 4)


@pytest.mark.parametrize(
    ("source", "first"),
    [
        ("a:\n  - text: x\n    url: y\n    text: z\n", " (the first stands on line 2)"),
        ("a:\n  b: |\n    b: x\n  c:\n    b: y\n\n  b: z\n", " (the first stands on line 2)"),
        ("{a: x, a: y}\n", ""),
        ("b:\n  a: x\nc: {a: x, a: y}\n", ""),
    ],
)
def test_a_duplicate_key_names_the_first(source: str, first: str) -> None:
    (found,) = read(source.encode()).spotted
    key = found.message.split("`")[1]
    assert found.message == f"the key `{key}` is given twice; one of the two would be lost in silence{first}"


def test_what_a_trap_took_is_given_back_for_the_other_checks() -> None:
    reading = read(b"{text: Yes, send it, type: x}\n---\nbody: {{x}}\n---\nbody: *bold\n")
    assert [body for body, _ in reading.documents] == [
        {"text": "Yes, send it", "type": "x"},
        {"body": "{{x}}"},
        {"body": "*bold"},
    ]


@pytest.mark.parametrize(
    "source",
    [
        "a: x # a comment\n",
        "a: x # see #12\n",
        "# a comment #1\na: x\n  # another #2\n",
        "a: \"order #1\"\nb: 'order #2'\n",
        "a: |\n  order #1\n    deeper #2\n\n  and #3\nb: >-\n  fold #4\n",
        "list:\n  - |\n    order #1\n  - 'x #y'\n",
        "variables: {first, second}\n",
        "variables: {first: {example: x}, second}\n",
        "a: C#\nb: x#y\n",
        "languages: #here come the languages\n  en: {body: x}\n",
    ],
)
def test_no_false_alarm(source: str) -> None:
    assert read(source.encode()).spotted == ()


FMT = "; `wasync fmt FILE` does it."
LATIN, SAVE = "(in Latin-1 it is", "Save the file as UTF-8."


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"a: caf\xe9\n", [f"WA009 1:7+1 the file is not UTF-8: byte 0xE9 {LATIN} é) | {SAVE}"]),
        (b"a: \xfc\nb: \xe9", [f"WA009 1:4+1 the file is not UTF-8: byte 0xFC {LATIN} ü) | {SAVE}"]),
        (b"a: x\x07", ["WA001 1:5+1 the control character U+0007 cannot stand in a file | Delete it."]),
        ("a: x\n".encode("utf-16"), ["WA009 1:1+1 the file is UTF-16, not UTF-8 | " + SAVE]),
        ("a: xyz\n".encode("utf-16-le"), ["WA009 1:1+1 the file is UTF-16, not UTF-8 | " + SAVE]),
        (b"\xef\xbb\xbfa: x\r\nb: |\r\n  y\r\n  z\r\n",
         ["WA010 1:1+1 the file starts with a byte order mark | Save it as UTF-8 without BOM" + FMT,
          "WA010 1:1+1 lines end the Windows way (CR LF) | Save the file with LF line ends" + FMT]),
    ],
)  # fmt: skip
def test_encodings_and_line_ends(raw: bytes, lines: list[str]) -> None:
    assert shown(read(raw)) == lines


def test_windows_files_read_the_same() -> None:
    source = b"a: x\nb: |\n  y\n  z\nc: 'q\n  r'\n"
    windows = b"\xef\xbb\xbf" + source.replace(b"\n", b"\r\n")
    assert read(windows).documents == read(source).documents


def test_documents_before_a_broken_one_are_kept() -> None:
    reading = read(b"a: x\n---\nb: [\n")
    assert [body for body, _ in reading.documents] == [{"a": "x"}]
    assert [one.rule for one in reading.spotted] == ["WA001"]


TEXTS = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"], exclude_characters="\u2028\u2029\ufeff"
    )
)
KEYS = TEXTS.filter(lambda key: key not in {"<<", "components"})
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12),
    min_size=1,
)


@given(DOCUMENTS)
def test_quoted_text_comes_back_letter_by_letter(document: dict[str, JSON]) -> None:
    source = yaml.dump(document, default_style='"', allow_unicode=True, sort_keys=False)
    assert read(source.encode()).documents[0][0] == document


@given(st.text("ab:-#*&!|>%@`'\"{}[],?~ \n\t\\${}1<é\r", max_size=60))
def test_no_text_makes_the_reader_fail(source: str) -> None:
    reading = read(source.encode())
    height = source.replace("\r", "\n").count("\n") + 2
    for one in reading.spotted:
        assert 1 <= one.line <= height
        assert one.column >= 1
        assert one.width >= 1
        assert one.message
        assert one.fix


@given(st.binary(max_size=40))
def test_no_bytes_make_the_reader_fail(raw: bytes) -> None:
    read(raw)
