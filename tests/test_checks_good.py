"""What is accepted fast: never anything that a rule has a word about, and always a shop's usual templates."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.strategies import documents
from wasync.canonical import from_yaml
from wasync.checks import RULES, check_declaration, check_schema, plainly_good
from wasync.checks.known import LANGUAGES
from wasync.checks.letters import count_emojis, find_emoji, find_invisible, is_plain
from wasync.checks.registry import Rule
from wasync.model.template import JSON, Declaration, Document, Key, Place, Revision, Spec, Template
from wasync.project.yaml_reader import read

CONTENT = [pytest.param(rule, id=rule.id) for rule in RULES.values() if rule.id > "WA100"]

USUAL = """\
category: utility
variables:
  first_name: {example: Ana}
  order_id: {example: A-10293}
languages:
  en_US:
    header: "Order {{order_id}} shipped"
    body: |
      Hi {{first_name}}, your order {{order_id}} left our warehouse today.
      It will be at your door tomorrow.
    footer: Acme Store
    buttons:
      - {type: url, text: Track parcel, url: "https://shop.example/t/{{1}}", example: "https://shop.example/t/1"}
      - {type: phone_number, text: Call us, phone_number: "+16315550123"}
      - {type: quick_reply, text: Talk to us}
  es_MX:
    header: "Tu pedido {{order_id}} va en camino"
    body: Hola {{first_name}}, tu pedido {{order_id}} salió hoy de nuestro almacén.
    footer: Tienda Acme
    buttons:
      - {type: url, text: Rastrear, url: "https://shop.example/t/{{1}}", example: "https://shop.example/t/1"}
      - {type: phone_number, text: Llamar, phone_number: "+16315550123"}
      - {type: quick_reply, text: Hablar con alguien}
"""
NUMBERED = """\
category: marketing
languages:
  ru:
    body:
      text: Ваш заказ {{2}} для {{1}} уже покинул наш склад и скоро будет у вас.
      examples: [Анна, A-10293]
"""


def declared(text: str, name: str = "order_shipped") -> list[Declaration]:
    """What a file declares, if the schema accepts it."""
    found = []
    for index, (body, lines) in enumerate(read(text.encode()).documents):
        assert isinstance(body, dict)
        own = body.get("name", name)
        document = Document("templates/a.yaml", index, str(own), body, lines)
        if not check_schema(document):
            found.append(from_yaml(document))
    return found


def agree(declaration: Declaration) -> bool:
    """Whether it is accepted fast; the rules must then be silent."""
    accepted = plainly_good(declaration)
    if accepted:
        assert check_declaration(declaration, {}) == []
    return accepted


@pytest.mark.parametrize("text", [USUAL, NUMBERED])
def test_usual_templates_need_no_rules(text: str) -> None:
    (declaration,) = declared(text)
    assert agree(declaration)


@pytest.mark.parametrize("rule", CONTENT)
def test_the_bad_example_of_every_rule_is_left_to_the_rules(rule: Rule) -> None:
    name = rule.file.rpartition("/")[2].removesuffix(".yaml")
    for declaration in declared(rule.bad, name):
        problems = check_declaration(declaration, {})
        assert not (problems and plainly_good(declaration))
    for declaration in declared(rule.good, name):
        agree(declaration)


@given(documents())
def test_valid_documents_of_every_kind(document: Document) -> None:
    agree(from_yaml(document))


# -- templates made of what rules look for -------------------------------------------------------------

# fmt: off
_BITS = st.sampled_from([
    "{{a}}", "{{1}}", "{{2}}", "{{b_c}}", "{{a2}}", "{{A}}", "{{ a }}", "{a}", "{{", "}}", "{", "}", "${x}",
    " ", " ", " ", "\n", "\n\n\n", "\n \n", "\t", "\r", ".", ",", "-", "*", "_", "~", "`", "*b*", "_i_",
    "a", "Z", "9", "é", "ж", "好", "😀", "™", "™\ufe0f", "\u00a0", "\u200b", "\u200d", "\x1b", "\u00ad",
    "Order", "shipped", "left our warehouse today", "for you", "x" * 25, "word " * 12, "y" * 1000,
])
_URL_BITS = st.sampled_from([
    "https://", "http://", "HTTPS://", "shop.example", "bit.ly", "www.bit.ly", "wa.me", "Wa.me", "localhost",
    ":80", "/", "/t/", "?a=", "#", "{{1}}", "{{2}}", "{{a}}", " ", "é", "@", "${x}", "x" * 1990, "\\", "..",
])
# fmt: on
_TEXTS = st.lists(_BITS, max_size=9).map("".join)
_FINE = st.sampled_from(
    ["Your order left our warehouse today.", "Hi {{a}}, your order left our warehouse today."]
)
_URLS = st.lists(_URL_BITS, min_size=1, max_size=6).map("".join)
_GOOD_URLS = st.sampled_from(["https://shop.example/{{1}}", "https://shop.example/", "https://bit.ly/a"])
_SAMPLES: st.SearchStrategy[JSON] = st.one_of(
    st.none(),
    st.builds(dict[str, JSON], a=st.just("Ana")),
    st.lists(st.sampled_from(["Ana", "", None]), max_size=3),
    st.dictionaries(st.sampled_from(["a", "b_c", "1", "x"]), st.sampled_from(["Ana", "", None]), max_size=3),
)


@st.composite
def _buttons(draw: st.DrawFn) -> JSON:
    kind = draw(st.sampled_from(["quick_reply", "url", "phone_number", "copy_code", "flow"]))
    label = draw(st.sampled_from(["Go", "Stop", "Talk to us", "Ask"]) | _TEXTS)
    button: dict[str, JSON] = {"type": kind, "text": label}
    if kind == "url":
        button["url"] = draw(_GOOD_URLS | _URLS)
    if kind == "phone_number":
        button["phone_number"] = draw(st.sampled_from(["16315550123", "0631", "+1631", "1" * 21, "", "١٢٣"]))
    return button


@st.composite
def _specs(draw: st.DrawFn) -> Spec:
    spec: Spec = {}
    examples: dict[str, JSON] = {}
    if draw(st.booleans()):
        spec["header"] = {"format": "text", "text": draw(st.sampled_from(["Order {{a}}", "Order"]) | _TEXTS)}
    spec["body"] = draw(_FINE | _TEXTS)
    if draw(st.booleans()):
        spec["footer"] = draw(st.just("Acme") | _TEXTS)
    if draw(st.booleans()):
        spec["buttons"] = draw(st.lists(_buttons(), max_size=4))
    if draw(st.integers(0, 9)) == 0:
        spec[draw(st.sampled_from(["authentication", "carousel", "more"]))] = {}
    for part in ("header", "body"):
        given_samples = draw(_SAMPLES)
        if given_samples is not None:
            examples[part] = given_samples
    if draw(st.booleans()):
        numbers = st.dictionaries(st.sampled_from(["0", "1", "2"]), st.sampled_from(["x", ""]), max_size=3)
        examples["buttons"] = dict(draw(numbers))
    if examples:
        spec["examples"] = examples
    return spec


@st.composite
def _declarations(draw: st.DrawFn) -> Declaration:
    name = draw(st.sampled_from(["order_shipped", "order_shipped", "hello_world", "Order", "x" * 513, ""]))
    spec = draw(_specs())
    languages = draw(
        st.lists(st.sampled_from(["en_US", "fr", "zh_CN", "en_XX", "de"]), min_size=1, unique=True)
    )
    templates = tuple(
        Template(
            Key(name, language),
            draw(st.sampled_from(["utility", "utility", "marketing", "authentication"])),
            draw(st.just(spec) | _specs()),
            Place("templates/a.yaml", 1),
        )
        for language in languages
    )
    variables = draw(st.dictionaries(st.sampled_from(["a", "b_c", "unused"]), st.just("Ana"), max_size=1))
    return Declaration(name, "templates/a.yaml", 0, templates, {}, dict(variables), Revision(name, 1))


@settings(max_examples=600)
@given(_declarations())
def test_never_accepts_what_a_rule_objects_to(declaration: Declaration) -> None:
    agree(declaration)


@settings(max_examples=400)
@given(st.data())
def test_one_spoiled_part_of_a_usual_template(data: st.DataObject) -> None:
    """Nearly good templates: the ones that a fast look could let pass."""
    (declaration,) = declared(USUAL)
    template = declaration.templates[0]
    spec = template.spec
    part = data.draw(st.sampled_from(["header", "body", "footer", "label", "url", "phone"]))
    header, buttons = spec["header"], spec["buttons"]
    assert isinstance(header, dict)
    assert isinstance(buttons, list)
    holder: dict[str, JSON] = spec
    key = part
    if part == "header":
        holder, key = header, "text"
    elif part not in spec:
        key = {"label": "text", "url": "url", "phone": "phone_number"}[part]
        number = {"label": data.draw(st.integers(0, 2)), "url": 0, "phone": 1}[part]
        button = buttons[number]
        assert isinstance(button, dict)
        holder = button
    text = str(holder[key])
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    holder[key] = text[:start] + data.draw(_BITS) + text[end:]
    agree(declaration)


@given(st.sampled_from(sorted(LANGUAGES)), st.integers(0, 4), st.integers(0, 30))
def test_few_words(language: str, variables: int, words: int) -> None:
    """The words that a body needs for its variables are counted no more generously than by the rule."""
    body = " ".join(["Wir", *(f"{{{{v{'x' * n}}}}} -" for n in range(variables)), *["ok"] * words, "Ende"])
    samples: JSON = {f"v{'x' * n}": "Ana" for n in range(variables)}
    spec: Spec = {"body": body, "examples": {"body": samples}} if variables else {"body": body}
    template = Template(Key("order_shipped", language), "utility", spec)
    revision = Revision("order_shipped", 1)
    agree(Declaration("order_shipped", "templates/a.yaml", 0, (template,), {}, {}, revision))


# -- letters -------------------------------------------------------------------------------------------


@settings(max_examples=500)
@given(st.text() | _TEXTS)
@example("café\u00a0")
@example("a\u00adb")
@example("\x85")
def test_plain_text_has_neither_emoji_nor_anything_invisible(text: str) -> None:
    if is_plain(text):
        assert (find_emoji(text), count_emojis(text), find_invisible(text, french=False)) == ("", 0, None)
