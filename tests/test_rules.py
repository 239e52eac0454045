"""Every rule by its own examples, through the real reader and schema; then its edges by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulator_client import Client
from wasync.canonical import from_yaml, to_graph
from wasync.checks import RULES, check_declaration, check_project, check_schema, rules_markdown, severity_of
from wasync.checks.registry import Rule, registered
from wasync.checks.run import THEMES, check_document
from wasync.emulator.world import WABA_ID
from wasync.model.template import (
    JSON,
    Declaration,
    Document,
    Key,
    Place,
    Problem,
    Revision,
    Severity,
    Spec,
    Template,
)
from wasync.project.yaml_reader import read

ROOT = Path(__file__).parent.parent
ALL = [pytest.param(rule, id=rule.id) for rule in RULES.values()]
# Found by project.documents, project.values and project.media, whose tests use files on disk.
# Those of the organisation need a policy: test_policy.py.
ELSEWHERE = {"WA011", "WA013", "WA014", "WA015", "WA016"} | {
    rule.id for rule in RULES.values() if rule.policy
}
CONTENT = [pytest.param(rule, id=rule.id) for rule in RULES.values() if rule.id > "WA100"]
EXAMPLES = [pytest.param(rule, id=rule.id) for rule in RULES.values() if rule.id not in ELSEWHERE]


class Looked(NamedTuple):
    """What looking at one file gave: ids found, and what it declares."""

    found: set[str]
    declarations: list[Declaration]


def look_at(data: bytes, name: str = "order_shipped") -> Looked:
    """Read one file as `validate` does: reader, schema, canonical form, rules."""
    reading = read(data)
    found = {spotted.rule for spotted in reading.spotted}
    declarations: list[Declaration] = []
    for index, (body, lines) in enumerate(reading.documents):
        if not isinstance(body, dict):
            continue
        own = body.get("name")
        document = Document("templates/a.yaml", index, own if isinstance(own, str) else name, body, lines)
        if problems := check_schema(document):
            found |= {problem.rule for problem in problems}
            continue
        declarations.append(from_yaml(document))
        found |= {problem.rule for problem in check_document(document)}
        found |= {problem.rule for problem in check_declaration(declarations[-1], {})}
    return Looked(found | {problem.rule for problem in check_project(declarations)}, declarations)


def only(data: str) -> Declaration:
    """The one declaration of a good file."""
    (declaration,) = look_at(data.encode()).declarations
    return declaration


def template(spec: Spec, language: str = "en_US", category: str = "utility") -> Template:
    return Template(Key("order_shipped", language), category, spec, Place("templates/a.yaml", 3))


ORDER = Revision("order_shipped", 1)


def declared(*templates: Template, **variables: str | None) -> Declaration:
    return Declaration("order_shipped", "templates/a.yaml", 0, templates, {}, variables, ORDER)


def problems_of(spec: Spec, language: str = "en_US", category: str = "utility") -> list[Problem]:
    return check_declaration(declared(template(spec, language, category)), {})


def said(spec: Spec, language: str = "en_US", category: str = "utility", **rules: str) -> list[str]:
    """Each problem as `severity rule: message. fix`, of the rules named (or all), in order of rules."""
    problems = problems_of(spec, language, category)
    only_rules = rules.get("rules", "").split()
    return sorted(
        f"{severity_of(problem, {})} {problem.rule}: {problem.message}. {problem.fix}"
        for problem in problems
        if not only_rules or problem.rule in only_rules
    )


def body(text: str, **more: JSON) -> Spec:
    return {"body": text, **more}


# -- the registry ------------------------------------------------------------------------------------------


def test_every_id_of_the_plan_is_there_once_and_in_order() -> None:
    numbers = {0: 16, 1: 11, 2: 9, 3: 14, 4: 5, 5: 3, 6: 1}
    wanted = [
        f"WA{hundred}{number:02}" for hundred, count in numbers.items() for number in range(1, count + 1)
    ]
    kinds = "WA701 WA702 WA703 WA711 WA721 WA731 WA732 WA733 WA741 WA751 WA761 WA771"
    policy = [f"WA80{number}" for number in range(1, 7)]
    assert list(RULES) == wanted + kinds.split() + policy
    assert dict(RULES) == registered
    assert len(THEMES) == len(set(THEMES))


@pytest.mark.parametrize("rule", ALL)
def test_a_rule_is_written_out(rule: Rule) -> None:
    assert rule.anchor == f"docs/rules.md#{rule.id.lower()}"
    assert rule.title[0].islower() or rule.title[0] in "{UO"
    assert not rule.title.endswith(".")
    assert rule.explanation.endswith(".")
    assert rule.good != rule.bad or rule.encoding != "utf-8"
    assert rule.ignorable is (rule.id > "WA100")
    assert rule.severity in {Severity.ERROR, Severity.WARNING}


def test_the_page_of_rules_is_up_to_date() -> None:
    page = ROOT / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == rules_markdown(), (
        "write it anew: python -c 'from wasync.checks import rules_markdown as "
        'r; print(r(), end="")\' > docs/rules.md'
    )


# -- examples ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_bad_example_breaks_this_rule_and_no_other(rule: Rule) -> None:
    assert look_at(rule.bad.encode(rule.encoding)).found == {rule.id}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_good_example_is_quiet(rule: Rule) -> None:
    looked = look_at(rule.good.encode())
    assert looked.found == set()
    assert looked.declarations


@pytest.mark.parametrize("rule", CONTENT)
def test_the_emulator_refuses_the_bad_example_with_the_subcode_of_the_rule(rule: Rule) -> None:
    answers = sent_to_emulator(rule.bad)
    refused = [answer for answer in answers if "error" in answer]
    if rule.subcode is None:
        # Meta's documents name no subcode; what they let pass, the rule only warns about.
        assert all("error_subcode" not in error_of(answer) for answer in refused)
        if not refused:
            assert rule.severity is Severity.WARNING or rule.id == "WA501" or rule.policy
        return
    assert [error_of(answer).get("error_subcode") for answer in refused] == [rule.subcode]


@pytest.mark.parametrize("rule", [pytest.param(r, id=r.id) for r in RULES.values() if r.id != "WA013"])
def test_the_emulator_takes_the_good_example(rule: Rule) -> None:
    if rule.id in {"WA014", "WA015"}:
        pytest.skip("a file that is not there")
    assert [answer for answer in sent_to_emulator(rule.good) if "error" in answer] == []


def sent_to_emulator(example: str) -> list[dict[str, JSON]]:
    """Create every template of an example, one after another, on a fresh account."""
    client = Client()
    answers = []
    for declaration in look_at(example.encode()).declarations:
        for one in declaration.templates:
            payload = with_uploads(to_graph(one, {}), client)
            answers.append(client.call("POST", f"{WABA_ID}/message_templates", json=payload).json())
    assert answers
    return answers


MEDIA = {"IMAGE": "image/png", "VIDEO": "video/mp4", "GIF": "video/mp4", "DOCUMENT": "application/pdf"}


def with_uploads(payload: JSON, client: Client) -> JSON:
    """The payload with a handle from the emulator for each that the example made up."""
    match payload:
        case dict():
            if isinstance(kind := payload.get("format"), str) and kind in MEDIA and "example" in payload:
                handle: JSON = client.upload(kind=MEDIA[kind])
                return {**payload, "example": {"header_handle": [handle]}}
            return {key: with_uploads(value, client) for key, value in payload.items()}
        case list():
            return [with_uploads(value, client) for value in payload]
        case _:
            return payload


def error_of(answer: Mapping[str, JSON]) -> dict[str, JSON]:
    error = answer["error"]
    assert isinstance(error, dict)
    return error


# -- names -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "message", "fix"),
    [
        (
            "Order-Shipped",
            """the name "Order-Shipped" holds '-', 'O' and 'S'; Meta allows only a-z, 0-9 and _""",
            "Call it order_shipped: rename the file, or write it after name:.",
        ),
        ("a" * 513, "the name is 513 characters; Meta allows 512", "Remove 1 characters."),
        (
            "",
            "the name is empty; Meta allows only a-z, 0-9 and _",
            "Give it a name like order_shipped: rename the file, or write it after name:.",
        ),
        (
            "order\n",
            """the name "order\n" holds '\\n'; Meta allows only a-z, 0-9 and _""",
            "Call it order: rename the file, or write it after name:.",
        ),
    ],
)
def test_names_that_meta_refuses(name: str, message: str, fix: str) -> None:
    good = template(body("Your order left our warehouse today."))
    declaration = Declaration(name, "templates/a.yaml", 0, (good,), {}, {}, Revision(name, 1))
    assert check_declaration(declaration, {}) == [Problem("WA101", message, fix, ("name",))]


@given(st.from_regex(r"[a-z0-9_]{1,512}", fullmatch=True))
def test_names_that_meta_takes(name: str) -> None:
    declaration = Declaration(f"x{name}"[:512], "templates/a.yaml", 0, (), {}, {}, Revision("x", 1))
    assert check_declaration(declaration, {}) == []


@pytest.mark.parametrize(
    ("language", "fix"),
    [
        ("en-US", "Did you mean en_US? en and en_US are different templates."),
        ("en_UK", "Did you mean en_GB? en and en_US are different templates."),
        ("EN", "Did you mean en? en and en_US are different templates."),
        ("pt", "Did you mean pt_BR?"),
        ("zh", "Did you mean zh_CN?"),
        ("es_ar", "Did you mean es_AR?"),
        ("es_VE", "Did you mean es?"),
        ("xx", "Write one of Meta's codes, as en_US or es_MX; its documents list them."),
        ("spanish", "Write one of Meta's codes, as en_US or es_MX; its documents list them."),
    ],
)
def test_languages_meta_does_not_list_are_a_warning(language: str, fix: str) -> None:
    spec = body("Your order left our warehouse today.")
    assert said(spec, language) == [f'warning WA103: Meta lists no language "{language}". {fix}']


# -- texts -------------------------------------------------------------------------------------------------


def test_the_sentence_names_the_numbers() -> None:
    assert said(body("word " * 208 + "end")) == [
        "error WA106: body is 1,043 characters; Meta allows 1,024. Remove 19."
    ]


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        (body("a" * 1024), None),
        (body("a" * 1025), "WA106"),
        (body("😀" * 3 + "a" * 1021), None),
        (body("  \n "), "WA106"),
        ({}, "WA106"),
        (body("Hello there.", header={"format": "text", "text": "h" * 60}), None),
        (body("Hello there.", header={"format": "text", "text": "h" * 61}), "WA105"),
        (body("Hello there.", header={"format": "text", "text": " "}), "WA105"),
        (body("Hello there.", header={"format": "location"}), None),
        (body("Hello there.", footer="f" * 60), None),
        (body("Hello there.", footer="f" * 61), "WA107"),
        (body("Hello there.", footer="Order {{ 1"), "WA108"),
        (body("Hello there.", footer="two\nlines"), "WA109"),
        (body("Hello there.", footer="Thanks ❤️"), "WA109"),
        (body("Hello there.", footer="*Acme* ™ ✓"), None),
        (body("Hello there.", header={"format": "text", "text": "Thanks 🎉"}), "WA109"),
        (body("Hello there.", header={"format": "text", "text": "An _old_ one"}), "WA109"),
        (body("Hello there.", header={"format": "text", "text": "An ~old~ one"}), "WA109"),
        (body("Hello there.", header={"format": "text", "text": "file_name_here and a_b"}), None),
        (body("one\n\ntwo"), None),
        (body("one\n\n\ntwo"), "WA110"),
        (body("one\n \n\ntwo"), "WA110"),
        (body("six 🎉🎉🎉🎉🎉🎉"), None),
        (body("seven 🎉🎉🎉🎉🎉🎉👨‍👩‍👧"), "WA110"),
        (body("Hello\u200bthere."), "WA111"),
        (body("Hello\u00a0there."), "WA111"),
        (body("It costs 1\u00a0000 at 20\u00a0%."), None),
        (body("می\u200cخواهم"), None),
        (body("a family 👨‍👩‍👧"), None),
        (body("Hello there.", buttons=[{"type": "quick_reply", "text": "Ok\u00a0then"}]), "WA111"),
    ],
)
def test_texts_at_their_limits(spec: Spec, rule: str | None) -> None:
    assert [problem.rule for problem in problems_of(spec)] == ([rule] if rule else [])


def test_french_keeps_its_spaces() -> None:
    spec = body("Bonjour\u00a0! Voici «\u202fLe Monde\u202f».")
    assert said(spec, "fr") == []
    assert said(spec, "en") == [
        (
            "warning WA111: body holds U+00A0 (no-break space), which nobody sees. "
            "Type a plain space in its place."
        )
    ]


def test_marketing_may_have_ten_emoji() -> None:
    assert said(body("ten " + "🎉" * 10), category="marketing") == []
    assert said(body("many " + "🎉" * 12), category="marketing") == [
        "warning WA110: body has 12 emoji; Meta has refused more than 10. Remove 2."
    ]


# -- variables ---------------------------------------------------------------------------------------------

EXAMPLES_OF_TWO: JSON = {"body": ["a", "b"]}
LONG = "and this is plenty of fixed text so that no other rule has anything to say here"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Hi {{{{1}}}}, {{{{3}}}} {LONG}", "error WA201: body uses {{3}} but not {{2}}"),
        (f"Hi {{{{0}}}}, {{{{1}}}} {LONG}", "error WA201: body uses {{0}} but not {{2}}"),
        (f"Hi {{{{01}}}}, {{{{2}}}} {LONG}", "error WA201: body uses {{01}} but not {{1}}"),
        (f"Hi {{{{2}}}}, {{{{1}}}}, {{{{1}}}} {LONG}", None),
        (f"{{{{1}}}} {LONG}", "error WA202: body starts with {{1}}"),
        (f"*{{{{1}}}}* {LONG}", "error WA202: body starts with {{1}}"),
        (
            f"“{{{{1}}}}” {LONG}",
            (
                "warning WA202: body starts with {{1}}; ““” before it does not count "
                "as text, and Meta has refused that"
            ),
        ),
        (f"{LONG} {{{{1}}}}", "error WA202: body ends with {{1}}"),
        (f"{LONG} {{{{1}}}}\n", "error WA202: body ends with {{1}}"),
        (
            f"{LONG} {{{{1}}}} !.",
            (
                "warning WA202: body ends with {{1}}; “!.” after it does not count as "
                "text, and Meta has refused that"
            ),
        ),
        (f"A {{{{1}}}}{{{{2}}}} {LONG}", "error WA203: body has {{1}}{{2}} side by side"),
        (
            f"A {{{{1}}}} {{{{2}}}} {LONG}",
            "warning WA203: body has {{1}} {{2}} with only white space between them",
        ),
        (f"A {{{{1}}}}, {{{{2}}}} {LONG}", None),
        (
            f"A {{{{first_name}}}} of {{{{1}}}} {LONG}",
            "error WA208: the template mixes {{first_name}} with {{1}}",
        ),
        (
            f"A {{{{line2}}}} {LONG}",
            "warning WA209: {{line2}} has a digit; Meta's documents allow only letters and _",
        ),
        (
            f"A {{{{{'a' * 33}}}}} {LONG}",
            f"warning WA209: {{{{{'a' * 33}}}}} is 33 characters; Meta's form allows 32",
        ),
        (
            f"A {{{{ first_name }}}} {LONG}",
            "error WA207: body holds {{ first_name }} with spaces inside the braces",
        ),
        (
            f"A {{{{First}}}} {LONG}",
            "error WA207: body holds {{First}}; a name has only lower-case letters, digits and _",
        ),
        (f"A {{name}} {LONG}", "error WA207: body holds {name} with single braces, which is no variable"),
        (f"A {{{{1}} {LONG}", "error WA207: body holds {{1}; a variable has two braces on each side"),
        (
            f"A {{{{{{1}}}}}} {LONG}",
            "error WA207: body holds {{{1}}}; a variable has two braces on each side",
        ),
        (f"A {{{{}}}} {LONG}", "error WA207: body holds {{}} without a name"),
        (
            f"A {{{{1 {LONG}",
            "error WA207: body holds {{1; a variable has two braces on each side",
        ),
        (f"A {{x: 1, y}} {LONG}", "warning WA207: body holds {x: 1, y}, which customers see as it is"),
        (f"Costs ${{{{1}}}} {LONG}", None),
        (f"A literal ${{name}} {LONG}", None),
    ],
)
def test_variables_in_a_body(text: str, expected: str | None) -> None:
    rules = "WA201 WA202 WA203 WA207 WA208 WA209"
    found = [line.rsplit(". ", 1)[0] for line in said(body(text, examples=EXAMPLES_OF_TWO), rules=rules)]
    assert [line.removesuffix(".") for line in found] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("{{ First Name }}", "Write {{first_name}}."),
        ("{{first-name}}", "Write {{first_name}}."),
        ("{{1st}}", "Write {{st}}."),
        ("{{ 1 }}", "Write {{1}}."),
        ("{{#}}", "Write a name or a number between {{ and }}."),
    ],
)
def test_the_fix_of_a_malformed_variable_is_well_formed(written: str, fix: str) -> None:
    (problem,) = problems_of(body(f"Hello {written}, your order left our warehouse today."))
    assert (problem.rule, problem.fix, problem.needle) == ("WA207", fix, written)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (2, ("error WA204: body has 2 words of fixed text for 1 variable; Meta wants at least 3. "
            "Add at least 1 (better 2) words of text, or use fewer variables.")),
        (3, ("warning WA204: body has 3 words of fixed text for 1 variable; Meta may want 4. "
            "Add at least 1 to be sure, or use fewer variables.")),
        (4, None),
    ],
)  # fmt: skip
def test_words_for_one_variable_between_both_readings(words: int, expected: str | None) -> None:
    text = f"Hi {{{{name}}}} - {' '.join(['word'] * (words - 1))} ."
    found = said(body(text, examples={"body": {"name": "Ana"}}))
    assert found == ([expected] if expected else [])


def test_words_are_not_counted_where_they_are_not_spaced() -> None:
    assert said(body("您好{{name}}，您的订单已发货。", examples={"body": {"name": "李"}}), "zh_CN") == []


def test_header_variables() -> None:
    spec = body(
        "Your order left our warehouse today.",
        header={"format": "text", "text": "{{2}} and {{2}}"},
        examples={"header": ["x"]},
    )
    assert said(spec) == [
        "error WA104: header has 2 variables; Meta allows 1. Keep one and say the rest in the body.",
        (
            "error WA201: header uses {{2}} but not {{1}}. Number the variables of "
            "the header from 1 without gaps."
        ),
    ]


# -- examples of variables ---------------------------------------------------------------------------------


def test_missing_and_unused_examples() -> None:
    spec = body(
        "Hi {{first_name}}, your order {{order_id}} left our warehouse today, see you soon.",
        header={"format": "text", "text": "Order {{order_id}}"},
        buttons=[
            {"type": "url", "text": "Track", "url": "https://shop.example/{{1}}"},
            {"type": "url", "text": "Shop", "url": "https://shop.example/"},
            {"type": "copy_code"},
        ],
        examples={"body": {"order_id": "A", "old": "x"}, "buttons": {"1": "y"}},
    )
    assert said(spec, category="marketing") == [
        (
            "warning WA205: body's {{first_name}} has no example. "
            "At the top of the file, under variables:, add first_name: {example: ...}."
        ),
        (
            "warning WA205: header's {{order_id}} has no example. "
            "At the top of the file, under variables:, add order_id: {example: ...}."
        ),
        (
            "warning WA205: the URL's {{1}} has no example. Add example: to the "
            "button, with what {{1}} stands for."
        ),
        "warning WA205: the code has no example. Add example: to the button, with a code such as SAVE20.",
        "warning WA206: body has an example for old, but no {{old}}. Remove it, or use old.",
        (
            "warning WA206: the button has an example, but its URL has no variable. "
            "End the URL with {{1}}, or remove example:."
        ),
    ]


def test_examples_by_position_stand_in_order_of_numbers() -> None:
    text = "Hi {{2}}, your order {{1}} left our warehouse today, see you soon."
    assert said(body(text, examples={"body": ["A"]})) == [
        "warning WA205: body's {{2}} has no example. Beside the body add examples: {2: ...}."
    ]
    assert said(body(text, examples={"body": [None, "A"]})) == [
        "warning WA205: body's {{1}} has no example. Beside the body add examples: {1: ...}."
    ]
    assert said(body(text, examples={"body": ["A", "B", "C"]})) == [
        "warning WA206: body has 3 examples for 2 variables. Remove what is too much."
    ]


def test_a_variable_counts_as_used_where_any_language_uses_it() -> None:
    one = template(
        body("Your order {{order_id}} left our warehouse today.", examples={"body": {"order_id": "A"}})
    )
    two = template(body("Tu pedido salió hoy."), "es_MX")
    found = check_declaration(declared(one, two, order_id="A", ordre_id="A"), {"WA502": Severity.OFF})
    assert found == [
        Problem(
            "WA206",
            "the variable ordre_id is declared, but no text uses it",
            "Remove it, or use it in a text.",
            ("variables", "ordre_id"),
            at_key=True,
        )
    ]


def test_unused_examples_of_a_document_are_found_before_they_are_dropped() -> None:
    source = b"""\
category: utility
examples: {order_id: A, nobody: B}
languages:
  en_US:
    header: {text: "Order {{order_id}}", examples: {order_id: A, extra: C}}
    body: Hi {{first_name}}, your order left our warehouse today.
    examples: {first_name: Ana, frist_name: Ana}
  es_MX:
    body: {text: "Hola {{1}}, tu pedido salio hoy de nuestro almacen.", examples: [Ana, Luz]}
"""
    ((data, lines),) = read(source).documents
    assert isinstance(data, dict)
    problems = check_document(Document("templates/a.yaml", 0, "a", data, lines))
    assert [(problem.path, problem.message) for problem in problems] == [
        (("examples", "nobody"), "there is an example for nobody, but no {{nobody}}"),
        (
            ("languages", "en_US", "examples", "frist_name"),
            "there is an example for frist_name, but no {{frist_name}}",
        ),
        (
            ("languages", "en_US", "header", "examples", "extra"),
            "there is an example for extra, but no {{extra}}",
        ),
        (("languages", "es_MX", "body", "examples"), "there are 2 examples for 1 variable"),
    ]


# -- buttons -----------------------------------------------------------------------------------------------


def quick(label: str) -> JSON:
    return {"type": "quick_reply", "text": label}


def link(label: str, url: str = "https://shop.example/") -> JSON:
    return {"type": "url", "text": label, "url": url}


def phone(number: str) -> JSON:
    return {"type": "phone_number", "text": "Call", "phone_number": number}


@pytest.mark.parametrize(
    ("buttons", "expected"),
    [
        ([quick(f"b{n}") for n in range(10)], None),
        (
            [quick(f"b{n}") for n in range(11)],
            "error WA301: the template has 11 buttons; Meta allows 10. Remove 1.",
        ),
        (
            [link("a"), link("b"), link("c")],
            "error WA301: the template has 3 url buttons; Meta allows 2. Remove 1.",
        ),
        ([quick("a"), quick("b"), link("c")], None),
        ([link("c"), quick("a"), quick("b")], None),
        (
            [link("c"), quick("a"), phone("15551230000")],
            (
                "error WA302: quick replies and other buttons alternate; Meta wants each group together. "
                "Put all quick_reply buttons first, or all last."
            ),
        ),
        ([quick("a"), quick("a")], 'error WA303: buttons 1 and 2 have the same label "a". Change one.'),
        ([quick("a" * 25)], None),
        (
            [quick("a" * 26)],
            f'error WA305: label "{"a" * 26}" is 26 characters; Meta allows 25. Remove 1.',
        ),
        ([quick(" ")], "error WA305: the label has no text. Write what customers are to press."),
        (
            [quick("{{1}}")],
            'error WA306: label "{{1}}" has a variable; Meta allows none. Write the text itself.',
        ),
        ([quick("Yes 👍🏽")], 'error WA306: label "Yes 👍🏽" has the emoji 👍🏽. Remove it.'),
        ([link("Yes 👍")], 'warning WA306: label "Yes 👍" has the emoji 👍. Remove it.'),
        ([quick("a\nb")], "error WA306: the label has a line break. Write it on one line."),
        ([link("a", "https://shop.example/{{order_id}}")], None),
        ([link("a", "${shop_url}/t/{{1}}")], None),
        (
            [link("a", "https://shop.example/{{1}}/{{2}}")],
            "error WA304: the URL has 2 variables; Meta allows 1. Keep the last one, at the end.",
        ),
        (
            [link("a", "https://shop.example/{{2}}")],
            "error WA304: the URL's variable is {{2}}; each URL counts from {{1}}. Write {{1}}.",
        ),
        (
            [link("a", "https://shop.example/{{1}}/x")],
            (
                "error WA304: {{1}} is not at the end of the URL. "
                "Move it to the end; what follows belongs to the value that senders give."
            ),
        ),
        ([link("a", "https://shop.example/" + "a" * 1979)], None),
        (
            [link("a", "https://shop.example/" + "a" * 1980)],
            "error WA307: the URL is 2,001 characters; Meta allows 2,000. Remove 1.",
        ),
        (
            [link("a", "ftp://shop.example/")],
            'error WA307: "ftp://shop.example/" is no full web address. Begin it with https:// and a host.',
        ),
        (
            [link("a", "https://{{1}}")],
            (
                'error WA307: "{{1}}" is no host that Meta can check. '
                "Write the host in full; a variable may only end the URL."
            ),
        ),
        (
            [link("a", "https://localhost/x")],
            (
                'error WA307: "localhost" is no host that Meta can check. '
                "Write the host in full; a variable may only end the URL."
            ),
        ),
        (
            [link("a", "https://shop.example/a b")],
            "error WA307: the URL has white space in it. Remove it, or write %20.",
        ),
        (
            [link("a", "https://WWW.bit.ly/3x")],
            (
                "warning WA307: www.bit.ly shortens; reviewers reject such addresses. "
                "Link to your own site, in full."
            ),
        ),
        (
            [link("a", "https://wa.me/15551230000")],
            (
                "warning WA307: wa.me leads into WhatsApp; reviewers reject such addresses. "
                "Link to your own site, in full."
            ),
        ),
        ([phone("1" * 20)], None),
        ([phone("1" * 21)], "error WA308: phone_number is 21 characters; Meta allows 20. Remove 1."),
        ([phone("CALL")], 'error WA308: phone_number "CALL" is not a number. Write it as +15551230000.'),
        (
            [phone("05551230000")],
            (
                "warning WA308: phone_number 05551230000 begins with 0; no country code does. "
                "Write it with its country code, as +15551230000."
            ),
        ),
    ],
)
def test_buttons(buttons: list[JSON], expected: str | None) -> None:
    examples: JSON = {"buttons": {str(n): "x" for n, one in enumerate(buttons) if "{{" in str(one)}}
    spec = body("Your order left our warehouse today.", buttons=buttons, examples=examples)
    assert said(spec) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (15, None),
        (16, "warning WA309: the code is 16 characters; some of Meta's pages allow 15. Remove 1."),
        (21, "error WA309: the code is 21 characters; Meta allows 20. Remove 1."),
    ],
)
def test_coupon_codes(length: int, expected: str | None) -> None:
    examples: JSON = {"buttons": {"0": "A" * length}}
    spec = body("Our sale has begun.", buttons=[{"type": "copy_code"}], examples=examples)
    assert said(spec, category="marketing") == ([expected] if expected else [])


# -- authentication ----------------------------------------------------------------------------------------

APPS: dict[str, JSON] = {
    "supported_apps": [{"package_name": "com.acme.shop", "signature_hash": "K8a/AINcGX7"}]
}


@pytest.mark.parametrize(
    ("spec", "category", "expected"),
    [
        (
            {"authentication": {"otp": {"type": "copy_code"}}},
            "utility",
            "error WA401: authentication: in a utility template. Make the category authentication.",
        ),
        (
            {"authentication": {"otp": {"type": "copy_code"}}, "footer": "Acme", "body": "Hello there."},
            "authentication",
            (
                "error WA401: an authentication template has body and footer; Meta writes its texts. "
                "Remove body and footer."
            ),
        ),
        (
            {"authentication": {"code_expiration_minutes": 90, "otp": {"type": "copy_code"}}},
            "authentication",
            None,
        ),
        (
            {"authentication": {"code_expiration_minutes": 0, "otp": {"type": "copy_code"}}},
            "authentication",
            (
                "error WA402: code_expiration_minutes is 0; Meta allows 1 to 90. "
                "Write a whole number of minutes, for example 10."
            ),
        ),
        (
            {"authentication": {"otp": {"type": "one_tap", "autofill_text": "a" * 26, **APPS}}},
            "authentication",
            (
                f'error WA403: label "{"a" * 26}" is 26 characters; Meta allows 25. '
                "Remove 1, or leave the label to Meta."
            ),
        ),
    ],
)
def test_authentication(spec: Spec, category: str, expected: str | None) -> None:
    assert said(spec, category=category) == ([expected] if expected else [])


# -- translations ------------------------------------------------------------------------------------------


def test_languages_of_a_name_agree() -> None:
    buttons: list[JSON] = [quick("Yes"), link("Shop", "https://shop.example/{{1}}")]
    english = template(
        body(
            "Your order {{order_id}} left our warehouse today.",
            buttons=buttons,
            examples={"body": {"order_id": "A"}, "buttons": {"1": "x"}},
        )
    )
    spanish = template(
        body(
            "Tu pedido {{pedido}} salió hoy de nuestro almacén.",
            buttons=[link("Tienda"), quick("Si")],
            examples={"body": {"pedido": "A"}},
        ),
        "es_MX",
        "marketing",
    )
    found = check_declaration(declared(english, spanish), {})
    assert sorted(f"{severity_of(p, {})} {p.rule} {p.key}: {p.message}" for p in found) == [
        (
            "error WA501 order_shipped/es_MX: es_MX is marketing, en_US is utility; "
            "Meta wants one category for all languages of a name"
        ),
        "warning WA502 order_shipped/es_MX: es_MX's URL lacks {{1}}, which en_US uses",
        (
            "warning WA502 order_shipped/es_MX: es_MX's body lacks {{order_id}}, which en_US uses "
            "and uses {{pedido}}, which en_US does not"
        ),
        (
            "warning WA503 order_shipped/es_MX: es_MX has buttons url, "
            "quick_reply, en_US has buttons quick_reply, url"
        ),
    ]


def test_two_declarations_of_one_name_are_an_error_at_the_second() -> None:
    spec = body("Your order left our warehouse today.")
    first = declared(template(spec))
    third = Declaration(
        "order_shipped",
        "templates/c.yaml",
        1,
        (),
        {"*": Place("templates/c.yaml", 7)},
        {},
        ORDER,
    )
    other = Declaration("other", "templates/b.yaml", 0, (), {}, {}, Revision("x", 1))
    (problem,) = check_project([first, other, third])
    assert problem.message == "order_shipped is declared here and at templates/a.yaml:3:1"
    assert problem.place == Place("templates/c.yaml", 7)


# -- severities and ignore ---------------------------------------------------------------------------------


def test_a_rule_that_is_off_or_ignored_says_nothing() -> None:
    silenced = """\
name: order_shipped
category: utility
ignore: {WA103: we know}
languages:
  en-GB:
    ignore: {WA106: taken over as it is}
    body: "%s"
  xx:
    body: Your order left our warehouse today.
""" % ("a" * 1025)
    assert look_at(silenced.encode()).found == set()
    spec = body("a" * 1025)
    assert check_declaration(declared(template(spec)), {"WA106": Severity.OFF}) == []


def test_a_rule_about_the_name_is_ignored_only_above_all_languages() -> None:
    source = """\
name: hello_world
category: utility
languages:
  en_US:
    ignore: {WA102: adopted}
    body: Welcome to our shop.
  es_MX:
    body: Te damos la bienvenida a nuestra tienda.
"""
    assert look_at(source.encode()).found == {"WA102"}
    above = source.replace("    ignore: {WA102: adopted}\n", "").replace(
        "category: utility", "category: utility\nignore: {WA102: adopted}"
    )
    assert look_at(above.encode()).found == set()


def test_the_project_beats_the_check_and_the_check_beats_the_rule() -> None:
    certain = Problem("WA202", "m", "f")
    probable = Problem("WA202", "m", "f", severity=Severity.WARNING)
    assert severity_of(certain, {}) is Severity.ERROR
    assert severity_of(probable, {}) is Severity.WARNING
    assert severity_of(probable, {"WA202": Severity.ERROR}) is Severity.ERROR


# -- whatever comes ----------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{",
        "}",
        "1",
        "2",
        "name",
        "First",
        " ",
        "\n",
        ".",
        "*",
        "_",
        "🎉",
        "\u200d",
        "\u00a0",
        "ä",
        "word ",
    ]
)
TEXTS = st.lists(PIECES, max_size=20).map("".join)
JUNK: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_text_makes_a_rule_fail(header: str, text: str, footer: str, label: str, url: str) -> None:
    spec: Spec = {
        "header": {"format": "text", "text": header},
        "body": text,
        "footer": footer,
        "buttons": [link(label, url), quick(label)],
    }
    for problem in problems_of(spec):
        assert problem.rule in RULES
        assert problem.message
        assert problem.fix.endswith((".", "?", ":."))


PARTS = (
    "header",
    "body",
    "footer",
    "buttons",
    "authentication",
    "examples",
    "carousel",
    "limited_time_offer",
    "call_permission_request",
    "message_send_ttl_seconds",
    "sub_category",
    "display_format",
    "library_template_name",
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, JUNK)))
def test_no_junk_makes_a_rule_fail(spec: Spec) -> None:
    problems_of(spec, category="marketing")
