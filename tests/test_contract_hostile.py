"""Names, labels and examples of other people stay inside their literals and comments in generated code."""

from __future__ import annotations

import ast
import json
import re

from hypothesis import example, given
from hypothesis import strategies as st

from wasync.contract import contract
from wasync.model.config import Account
from wasync.model.template import JSON, Desired, Key, Spec, Template
from wasync.render.contract_json import contract_json, contract_json_text
from wasync.render.contract_python import contract_python
from wasync.render.contract_typescript import contract_typescript
from wasync.render.literals import comment, python_literal, typescript_literal

ACCOUNT = Account("production", "102290129340398")
TRAPS = ('"', "'", "\\", "\n", "\r", "*/", "/*", "//", "#", '"""', "\u2028", "\u2029", "\u202e", "\0", "\x0c")
PLAIN = ("x", "é", "👩🏽‍🚀", "{{", "}}", "${a}", "`", "\ud800", "\ufeff", "import os", "\\u0022", " ")
# What a language may take for the end of a line, and what turns the order of letters around.
ENDS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]")
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def texts() -> st.SearchStrategy[str]:
    """Texts that try to break out."""
    pieces = st.sampled_from(TRAPS + PLAIN) | st.characters()
    return st.lists(pieces, max_size=6).map("".join)


@given(texts())
def test_a_python_literal_means_its_text_and_shows_it(text: str) -> None:
    written = python_literal(text)
    assert ast.literal_eval(written) == text
    assert ENDS.search(written) is None


@given(texts())
@example("\U0001f469\U0001f3fd\u200d\U0001f680")
@example("\U000e0041")
def test_a_typescript_literal_means_its_text_and_shows_it(text: str) -> None:
    written = typescript_literal(text)
    # Python reads a pair of escapes as two halves only where they stand for what was two halves.
    units = text.encode("utf-16-be", "surrogatepass")
    assert json.loads(written).encode("utf-16-be", "surrogatepass") == units
    assert ENDS.search(written) is None
    assert STRING.fullmatch(written)


@given(texts())
def test_a_comment_ends_with_its_line(text: str) -> None:
    assert ENDS.search(comment(text)) is None


@st.composite
def hostile(draw: st.DrawFn) -> Desired:
    """Templates whose every text tries to break out; their names, languages, variables too."""
    templates: dict[Key, Template] = {}
    for _ in range(draw(st.integers(1, 3))):
        key = Key(draw(texts()), draw(texts()))
        label, variable, sample = draw(texts()), draw(texts()), draw(texts())
        spec: Spec = {
            "header": {"format": draw(st.sampled_from(["image", "gif"]) | texts())},
            "body": f"Hi {{{{{variable}}}}}, and {{{{{draw(texts())}}}}}.",
            "buttons": [
                {"type": "quick_reply", "text": label},
                {"type": "url", "text": label, "url": f"https://shop.example/{{{{{variable}}}}}"},
                {"type": draw(texts()), "text": label},
            ],
            "examples": {"body": {variable: sample}, "buttons": {"1": sample}},
        }
        templates[key] = Template(key, draw(texts()), spec)
    return Desired(templates, {}, ())


def literals(text: str) -> set[str]:
    """The texts of a Python module's literals."""
    return {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@given(hostile())
def test_generated_python_is_the_same_code_whatever_its_texts(desired: Desired) -> None:
    written = contract_python(contract(ACCOUNT, desired))
    wanted = {text for key in desired.templates for text in key}
    assert wanted <= literals(written)
    compile(written, "generated.py", "exec")
    statements = {type(node) for node in ast.parse(written).body}
    assert statements <= {ast.Expr, ast.ImportFrom, ast.AnnAssign, ast.ClassDef, ast.FunctionDef}
    for node in ast.parse(written).body:
        assert not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant)


@given(hostile())
def test_generated_typescript_is_the_same_code_whatever_its_texts(desired: Desired) -> None:
    written = contract_typescript(contract(ACCOUNT, desired))
    found = {json.loads(literal) for literal in STRING.findall(written)}
    assert {key.name for key in desired.templates} <= {
        one.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass") for one in found
    }
    # What is left without literals and comments is plain code: none of the texts is in it.
    bare = [re.sub(r" ?//.*", "", STRING.sub('""', line)) for line in written.split("\n")]
    assert all(re.fullmatch(r"""[A-Za-z0-9_ {}()\[\]<>:;,.?=|"*/&+-]*""", line) for line in bare), bare
    assert ENDS.search(written.replace("\n", "")) is None


@given(hostile())
def test_the_json_can_be_written_and_means_its_texts(desired: Desired) -> None:
    found = contract(ACCOUNT, desired)
    written = contract_json_text(found).encode("utf-8")
    assert units(json.loads(written)) == units(contract_json(found))


def units(value: JSON) -> bytes:
    """A JSON value as UTF-16: two halves of a pair are the letter they make."""
    return json.dumps(value, ensure_ascii=False).encode("utf-16-be", "surrogatepass")
