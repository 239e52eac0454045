"""Live into files: what is written says what is live, and what nobody changed keeps its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.strategies import documents
from wasync.canonical import as_declared, from_yaml
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Declaration, Document, Key, Spec, Template
from wasync.project.rewrite import Target
from wasync.project.writer import FileChange, Project, Pull, pull_files
from wasync.project.yaml_reader import read
from wasync.project.yaml_writer import dump, dump_new, load, scalar, transplant

SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
VALUES = {"shop_url": "https://shop.example", "shop": "Acme"}

SHIPPED = """\
# Owned by the order team.
category: utility   # Meta agreed
description: Carrier scanned the parcel.
variables:
    first_name: {example: Ana}   # as the CRM has it
    order_id: {example: A-10293, description: public order number}

languages:
    en_US:
        header: "Order {{order_id}} shipped"
        body: |
            Hi {{first_name}}, your order {{order_id}} left today.

            See you.
        footer: '${shop} Store'      # the shop's name
        buttons:
        # customers love this one
        - {type: url, text: Track parcel, url: "${shop_url}/t/{{1}}", example: 'A-10293'}
        - type: quick_reply
          text:   Talk to us
    es_MX:
        body: Hola {{first_name}}, tu pedido {{order_id}} salió   hoy.
        examples: {first_name: Lucía}
"""


def say(
    text: str, values: Mapping[str, str] = VALUES, index: int = 0, name: str = "order_shipped"
) -> Declaration:
    """What a document says, with values put in."""
    document = Document(f"templates/{name}.yaml", index, name, {}, {})
    body = read(text.encode()).documents[index][0]
    assert isinstance(body, dict)
    given_name = body.get("name")
    document = replace(document, data=body, name=given_name if isinstance(given_name, str) else name)
    declaration = Target(document, values).declares(text.encode())
    assert declaration is not None
    return declaration


def live_of(declaration: Declaration) -> dict[Key, Template]:
    return {template.key: replace(template, place=None) for template in declaration.templates}


def changed(templates: Mapping[Key, Template], language: str, **parts: JSON) -> dict[Key, Template]:
    """The live templates with parts of one language changed; None removes one."""
    result = dict(templates)
    for key, template in templates.items():
        if key.language == language:
            spec: Spec = {**template.spec, **parts}
            spec = {part: value for part, value in spec.items() if value is not None}
            result[key] = replace(template, spec=spec)
    return result


def project(files: Mapping[str, str], values: Mapping[str, str] = VALUES) -> Project:
    found = []
    for path, text in files.items():
        for index, (body, lines) in enumerate(read(text.encode()).documents):
            assert isinstance(body, dict)
            name = body.get("name", path.rpartition("/")[2].rpartition(".")[0])
            assert isinstance(name, str)
            found.append(Document(path, index, name, body, lines))
    contents = {path: text.encode() for path, text in files.items()}
    return Project(("templates/**/*.yaml",), found, contents, values, {})


def pull(text: str, live: Mapping[Key, Template], values: Mapping[str, str] = VALUES) -> str:
    """The file after a pull; it must say what is live, and a second pull must find nothing to do."""
    path = "templates/order_shipped.yaml"
    result = pull_files(project({path: text}, values), live)
    if not result.changes:
        return text
    (change,) = result.changes
    assert (change.path, change.before) == (path, text.encode())
    after = change.after.decode()
    assert pull_files(project({path: after}, values), live).changes == ()
    return after


def expect(before: str, after: str, *edits: tuple[str, str]) -> None:
    """`after` is `before` with these pieces replaced, and nothing else."""
    for old, new in edits:
        assert before.count(old) == 1, old
        before = before.replace(old, new)
    assert after == before


# -- existing files ------------------------------------------------------------------------------------


def test_a_file_that_says_what_is_live_is_not_written() -> None:
    assert pull(SHIPPED, live_of(say(SHIPPED))) == SHIPPED


def test_only_the_text_that_differs_is_rewritten() -> None:
    live = changed(
        live_of(say(SHIPPED)), "en_US", body="Hi {{first_name}}, order {{order_id}} is *here*.\n\nBye."
    )
    expect(
        SHIPPED,
        pull(SHIPPED, live),
        (
            "Hi {{first_name}}, your order {{order_id}} left today.",
            "Hi {{first_name}}, order {{order_id}} is *here*.",
        ),
        ("            See you.\n", "            Bye.\n"),
    )


@pytest.mark.parametrize(
    ("part", "value", "old", "new"),
    [
        ("footer", "Acme Shop", "'${shop} Store' ", "'${shop} Shop'  "),
        ("footer", "Other", "'${shop} Store'", "'Other'        "),
        ("footer", "Costs ${price} at Acme", "'${shop} Store'     ", "'Costs $${price} at ${shop}'"),
        ("footer", "it's Acme", "'${shop} Store'", "'it''s ${shop}'"),
        ("footer", None, "        footer: '${shop} Store'      # the shop's name\n", ""),
        (
            "header",
            {"format": "text", "text": 'Order "{{order_id}}" sent'},
            '"Order {{order_id}} shipped"',
            '"Order \\"{{order_id}}\\" sent"',
        ),
        ("header", {"format": "image"}, '"Order {{order_id}} shipped"', "\n            format: image"),
    ],
)
def test_comments_style_and_values_stay(part: str, value: JSON, old: str, new: str) -> None:
    live = changed(live_of(say(SHIPPED)), "en_US", **{part: value})
    after = pull(SHIPPED, live)
    if old.endswith('"') and new.startswith("\n"):
        old = f" {old}"
    expect(SHIPPED, after, (old, new))


def test_one_button_changes_where_it_stands() -> None:
    templates = live_of(say(SHIPPED))
    url: dict[str, JSON] = {"type": "url", "text": "Follow it", "url": "https://shop.example/parcels/{{1}}"}
    reply: JSON = {"type": "quick_reply", "text": "Yes"}
    live = changed(templates, "en_US", buttons=[url, reply])
    expect(
        SHIPPED,
        pull(SHIPPED, live),
        ("text: Track parcel", "text: Follow it"),
        ("${shop_url}/t/", "${shop_url}/parcels/"),
        ("text:   Talk to us", 'text: "Yes"'),
    )


def test_a_button_is_added_and_another_removed() -> None:
    templates = live_of(say(SHIPPED))
    buttons = templates[Key("order_shipped", "en_US")].spec["buttons"]
    assert isinstance(buttons, list)
    reply: JSON = {"type": "quick_reply", "text": "Where? When?"}
    more = pull(SHIPPED, changed(templates, "en_US", buttons=[*buttons, reply]))
    tail = "        - type: quick_reply\n          text: Where? When?\n"
    expect(SHIPPED, more, ("          text:   Talk to us\n", f"          text:   Talk to us\n{tail}"))
    fewer = pull(SHIPPED, changed(templates, "en_US", buttons=buttons[:1]))
    assert "Talk to us" not in fewer
    assert "first_name: {example: Ana}   # as the CRM has it" in fewer


def test_samples_of_new_variables_come_with_the_text() -> None:
    spec = say(SHIPPED).templates[1].spec
    samples: JSON = {"body": {"first_name": "Lucía", "order_id": "A-10293", "day": "10:30"}}
    body = "Hola {{first_name}}, tu pedido {{order_id}} llega hoy a las {{day}} horas."
    live = changed(live_of(say(SHIPPED)), "es_MX", **{**spec, "body": body, "examples": samples})
    expect(
        SHIPPED,
        pull(SHIPPED, live),
        (
            "Hola {{first_name}}, tu pedido {{order_id}} salió   hoy.",
            body,
        ),
        ("{first_name: Lucía}", '{first_name: Lucía, day: "10:30"}'),
    )


def test_a_language_is_added_and_none_removed() -> None:
    templates = live_of(say(SHIPPED))
    del templates[Key("order_shipped", "es_MX")]
    spec: Spec = {
        "body": "Bitte *heute* abholen: {{order_id}} liegt bereit.",
        "examples": {"body": {"order_id": "7"}},
    }
    german = Template(Key("order_shipped", "de"), "utility", spec)
    result = pull_files(project({"templates/order_shipped.yaml": SHIPPED}), {**templates, german.key: german})
    assert result.notes == (
        "templates/order_shipped.yaml: order_shipped/es_MX is not live; the file keeps it.",
    )
    assert result.changes[0].after.decode() == SHIPPED + (
        "    de:\n"
        '        body: "Bitte *heute* abholen: {{order_id}} liegt bereit."\n'
        "        examples:\n"
        '            order_id: "7"\n'
    )


def test_a_category_that_meta_moved_is_changed_once_for_all_languages() -> None:
    live = {key: replace(template, category="marketing") for key, template in live_of(say(SHIPPED)).items()}
    expect(SHIPPED, pull(SHIPPED, live), ("category: utility   #", "category: marketing #"))


def test_what_is_declared_absent_stays_declared() -> None:
    text = "category: utility\nlanguages:\n  fr: absent\n  en: {body: Hello there.}\n"
    spec: Spec = {"body": "Bonjour."}
    live = {Key("t", code): Template(Key("t", code), "utility", spec) for code in ("fr",)}
    assert pull_files(project({"templates/t.yaml": text}), live) == Pull(
        (),
        (
            "templates/t.yaml: t/fr is declared absent and still live; the file stays as it is.",
            "templates/t.yaml: t/en is not live; the file keeps it.",
        ),
    )


def test_languages_in_a_list_get_another() -> None:
    text = (
        "category: authentication\nauthentication: # all\n  otp: {type: copy_code}\n"
        "languages: [en, es] # both\n"
    )
    live = live_of(say(text))
    french = replace(live[Key("order_shipped", "es")], key=Key("order_shipped", "fr"))
    expect(text, pull(text, {**live, french.key: french}), ("[en, es]", "[en, es, fr]"))
    minutes: JSON = {
        "add_security_recommendation": False,
        "code_expiration_minutes": 5,
        "otp": {"type": "copy_code"},
    }
    all_changed = {key: replace(template, spec={"authentication": minutes}) for key, template in live.items()}
    assert "code_expiration_minutes: 5\n" in pull(text, all_changed)


def test_each_document_of_a_file_is_its_own() -> None:
    text = (
        "name: one # 1\ncategory: utility\nlanguages:\n  en: {body: One is here.}\n"
        "---\nname: two # 2\ncategory: utility\nlanguages:\n  en: {body: Two is here.}\n"
    )
    live = {
        Key(name, "en"): Template(Key(name, "en"), "utility", {"body": body})
        for name, body in (("one", "One is here."), ("two", "Two is there."))
    }
    (change,) = pull_files(project({"templates/both.yaml": text}), live).changes
    expect(text, change.after.decode(), ("Two is here.", "Two is there."))


def test_a_revision_is_found_by_its_live_name() -> None:
    text = "revision: 2\ncategory: utility\nlanguages:\n  en:\n    body: Old.\n"
    key = Key("promo_v2", "en")
    (change,) = pull_files(
        project({"templates/promo.yaml": text}), {key: Template(key, "utility", {"body": "New."})}
    ).changes
    expect(text, change.after.decode(), ("Old.", "New."))


def test_shared_parts_and_aliases_change_only_where_meant() -> None:
    text = """\
category: utility
footer: Acme
base: &greet
  body: Hello there.
languages:
  en: *greet
  de:
    <<: *greet
    header: Hallo
"""
    text = text.replace("base: &greet", "description: &greet").replace(
        "description: &greet\n  body: Hello there.\n", ""
    )
    text = text.replace("en: *greet", "en: &greet\n    body: Hello there.")
    live = changed(live_of(say(text)), "de", body="Guten Tag.")
    after = pull(text, live)
    assert say(after).templates[0].spec == {"body": "Hello there.", "footer": "Acme"}
    assert say(after).templates[1].spec["body"] == "Guten Tag."
    both = {key: replace(one, spec={**one.spec, "footer": "Acme Inc"}) for key, one in live.items()}
    assert pull(after, both).count("Acme Inc") == 1
    only = changed(live, "en", footer=None)
    assert live_of(say(pull(after, only)))[Key("order_shipped", "en")].spec == {"body": "Hello there."}


def test_raw_components_are_rewritten_whole_but_for_what_people_wrote_beside_them() -> None:
    text = """\
# top
category: utility
owner: "@me"  # mine
languages:
  en:
    components:
      - {type: BODY, text: "Hello there."}
  de: {body: Hallo.}
"""
    live = changed(live_of(say(text)), "en", body="Hello you.")
    after = pull(text, live)
    assert after.startswith('# top\ncategory: utility\nowner: "@me"  # mine\n')
    assert after.endswith("  de: {body: Hallo.}\n")
    assert say(after).templates[0].spec == {"body": "Hello you."}


def test_media_that_live_never_shows_stay() -> None:
    text = (
        "category: utility\nlanguages:\n  en:\n    header: {format: image, media: ../media/a.png}\n"
        "    body: Hello there.\n"
    )
    key = Key("order_shipped", "en")
    live = {key: Template(key, "utility", {"header": {"format": "image"}, "body": "Hello you."})}
    expect(text, pull(text, live), ("Hello there.", "Hello you."))


def test_windows_line_ends_and_byte_order_mark_stay() -> None:
    text = "\ufeff# c\r\ncategory: utility\r\nlanguages:\r\n  en:\r\n    body: Hello there.\r\n"
    key = Key("order_shipped", "en")
    expect(text, pull(text, {key: Template(key, "utility", {"body": "Hello you."})}), ("there", "you"))


def test_a_rule_that_live_breaks_is_silenced_where_it_is_broken() -> None:
    live = changed(live_of(say(SHIPPED)), "es_MX", footer="Hola {{first_name}}")
    after = pull(SHIPPED, live)
    assert after.endswith("        ignore:\n            WA108: live already has it; written by wasync pull\n")


def test_a_file_that_is_no_yaml_any_more_is_an_error() -> None:
    stale = replace(
        project({"templates/order_shipped.yaml": SHIPPED}), contents={"templates/order_shipped.yaml": b"{"}
    )
    other = Key("promo", "en")
    live = {
        **changed(live_of(say(SHIPPED)), "en_US", footer="x"),
        other: Template(other, "utility", {"body": "Hi."}),
    }
    result = pull_files(stale, live)
    assert [error.message for error in result.refused] == [
        "templates/order_shipped.yaml: order_shipped: cannot be rewritten to what is live."
    ]
    assert [change.path for change in result.changes] == ["templates/promo.yaml"]


CARDS = """\
category: marketing
languages:
  en_US:
    body: Our new shoes.
    carousel:
      - header: {format: image, media: ../media/a.png}   # red
        body: {text: "Red from {{1}} on.", examples: [Monday]}
        buttons: [{type: url, text: See, url: "https://shop.example/{{1}}", example: a}]
      - header: {format: image, media: ../media/b.png}
        body: Blue for all.
        buttons: [{type: url, text: See, url: "https://shop.example/{{1}}", example: b}]
"""


def test_cards_keep_their_media_and_samples_when_a_card_moved() -> None:
    live = live_of(say(CARDS))
    spec = live[Key("order_shipped", "en_US")].spec
    cards = cast("list[dict[str, JSON]]", spec["carousel"])
    samples = cast("dict[str, dict[str, JSON]]", cast("dict[str, JSON]", spec["examples"])["carousel"])
    moved: list[JSON] = [cards[0], {**cards[1], "body": "Blue again."}]
    readable: JSON = {index: {**card, "header": None} for index, card in samples.items()}
    after = pull(CARDS, changed(live, "en_US", carousel=moved, examples={"carousel": readable}))
    said = live_of(say(after))[Key("order_shipped", "en_US")].spec
    assert said == {**spec, "carousel": moved}


# -- new files -----------------------------------------------------------------------------------------

TRAPS: Spec = {
    "header": {"format": "text", "text": "Yes"},
    "body": "*bold* Note: {{1}} #4\n\n  10:30  \nends with newline\n",
    "footer": " {{x}} #",
    "buttons": [
        {"type": "quick_reply", "text": "10:30"},
        {"type": "phone_number", "text": "no", "phone_number": "15551230000"},
    ],
    "examples": {"body": ["007"]},
}


def new(templates: Mapping[Key, Template], *globs: str) -> tuple[FileChange, ...]:
    return pull_files(Project(globs or ("templates/**/*.yaml",), (), {}, {}, {}), templates).changes


def test_a_new_file_reads_well_and_back() -> None:
    key = Key("trap", "no")
    (change,) = new({key: Template(key, "utility", TRAPS)})
    assert (change.path, change.before) == ("templates/trap.yaml", None)
    assert (
        change.after.decode()
        == """\
category: utility
ignore:
  WA108: live already has it; written by wasync pull
variables:
  "1":
    example: "007"
languages:
  "no":
    header: "Yes"
    body: |+
      *bold* Note: {{1}} #4

        10:30{blanks}
      ends with newline

    footer: " {{x}} #"
    buttons:
      - type: quick_reply
        text: "10:30"
      - type: phone_number
        text: "no"
        phone_number: "15551230000"
""".replace("{blanks}", "  ")
    )
    assert say(change.after.decode(), {}, name="trap").templates[0].spec == TRAPS


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".", "CON", "a b", "a\nb", "名前", "/etc/passwd"])
def test_a_name_that_is_no_template_name_becomes_no_file(name: str) -> None:
    key = Key(name, "en")
    result = pull_files(
        Project(("templates/**/*.yaml",), (), {}, {}, {}), {key: Template(key, "utility", {"body": "Hi."})}
    )
    assert result == Pull((), (f"{name!r} is no name Meta's rules allow, so no file was written for it.",))


@pytest.mark.parametrize(
    ("globs", "path"),
    [
        (("templates/**/*.yaml",), "templates/promo.yaml"),
        (("*.yml",), "promo.yml"),
        (("./a/*/b/*.yaml",), "a/live/b/promo.yaml"),
        (("templates/one.yaml", "more/wa_*.yaml"), "more/wa_promo.yaml"),
        (("../outside/*.yaml", "t/*"), "t/promo"),
    ],
)
def test_a_new_file_lies_where_a_glob_finds_it(globs: tuple[str, ...], path: str) -> None:
    key = Key("promo", "en")
    (change,) = new({key: Template(key, "utility", {"body": "Hi."})}, *globs)
    assert change.path == path
    if path.rpartition("/")[2] != "promo.yaml" and not path.endswith("promo.yml"):
        assert change.after.startswith(b"name: promo\n")


def test_without_a_glob_with_room_the_error_says_so() -> None:
    key = Key("promo", "en")
    start = Project(("templates/one.yaml",), (), {}, {}, {})
    (error,) = pull_files(start, {key: Template(key, "utility", {"body": "Hi."})}).refused
    assert error.message == (
        "wasync.yaml: none of the `templates:` globs leaves room for a new file for promo."
    )


def test_a_file_of_that_name_that_declares_another_is_left_alone() -> None:
    text = "name: other\ncategory: utility\nlanguages:\n  en: {body: Hi.}\n"
    key = Key("promo", "en")
    (change,) = pull_files(
        project({"templates/promo.yaml": text}), {key: Template(key, "utility", {"body": "Hi."})}
    ).changes
    assert (change.path, change.after.splitlines()[0]) == ("templates/promo.2.yaml", b"name: promo")


def test_two_files_of_one_name_stop_the_pull() -> None:
    text = "name: promo\ncategory: utility\nlanguages:\n  en: {body: Hi.}\n"
    with pytest.raises(
        WasyncError, match=r"^templates/b\.yaml: promo is declared in templates/a\.yaml too\.$"
    ):
        pull_files(project({"templates/a.yaml": text, "templates/b.yaml": text}), {})


def test_a_very_long_name_gets_a_file_that_can_be_made() -> None:
    key = Key("a" * 512, "en")
    (change,) = new({key: Template(key, "utility", {"body": "Hi."})})
    assert len(change.path.rpartition("/")[2]) < 255
    assert say(change.after.decode(), {}, name="x").name == key.name


def test_a_long_text_stands_on_its_own_line() -> None:
    body = "Hi {{1}}, we are sorry: " + "order {{2}} is *late* " * 4 + "today."
    (change,) = new({Key("late", "en"): Template(Key("late", "en"), "utility", {"body": body})})
    assert f"    body: |\n      {body}\n" in change.after.decode()


def test_a_kind_we_do_not_know_goes_into_components() -> None:
    spec: Spec = {
        "body": "Now ${price} or $${x} at ${{1}}.",
        "carousel_of_tomorrow": {"n": 1, "x": None, "y": "true"},
    }
    key = Key("promo", "en")
    (change,) = new({key: Template(key, "marketing", spec)})
    assert b"components:" in change.after
    assert say(change.after.decode(), {"price": "5", "x": "6"}, name="promo").templates[0].spec == spec


@SLOW
@given(documents())
def test_every_template_is_written_as_it_is(document: Document) -> None:
    templates = {one.key: replace(one, place=None) for one in from_yaml(document).templates}
    (change,) = new(templates)
    assert read(change.after).spotted == ()
    again = live_of(say(change.after.decode(), {}, name=document.name))
    assert again.keys() == templates.keys()
    for key, template in templates.items():
        assert again[key].category == template.category
        assert as_declared(template.spec, again[key].spec) == again[key].spec
        assert as_declared(again[key].spec, template.spec) == template.spec


@settings(SLOW, max_examples=40)
@given(documents(), documents())
def test_any_file_can_be_brought_to_any_live(document: Document, other: Document) -> None:
    before = dump_new(document.data).decode()
    path = f"templates/{document.name}.yaml"
    live = {
        Key(document.name, one.key.language): replace(
            one, key=Key(document.name, one.key.language), place=None
        )
        for one in from_yaml(other).templates
    }
    result = pull_files(project({path: before}), live)
    after = result.changes[0].after if result.changes else before.encode()
    assert read(after).spotted == ()
    said = live_of(say(after.decode(), name=document.name))
    for key, template in live.items():
        assert said[key].category == template.category
        seen = as_declared(template.spec, said[key].spec)
        assert {**seen, "examples": 0} == {**said[key].spec, "examples": 0}
    assert pull_files(project({path: after.decode()}), live).changes == ()


@given(st.text())
def test_any_text_survives_yaml(text: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        return
    data: dict[str, JSON] = {
        "t": text,
        "m": {"t": text},
        "l": [text, [text]],
        "components": [text, {"t": text}],
    }
    reading = read(dump_new(data))
    assert reading.documents[0][0] == data
    assert reading.spotted == ()


# A key << is a merge to the reader, even in quotes.
_keys = st.text(max_size=8).filter(lambda key: key != "<<")
# Numbers of over 15 digits, and those with an exponent, are text to the reader.
plain_json: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc_", min_size=1), plain_json))
def test_any_json_survives_below_components(data: dict[str, JSON]) -> None:
    reading = read(dump_new({"components": [data]}))
    body = reading.documents[0][0]
    assert isinstance(body, dict)
    assert body == {"components": [data]}


def test_lines_nobody_touched_keep_their_odd_shape() -> None:
    original = "a:    1   # x\nb:\n      - {c: 1,   d: 2}\ne: 'f'\n"
    dumped = dump(load(original), original)
    assert dumped != original
    documents_ = load(original)
    assert documents_[0] is not None
    documents_[0]["e"] = scalar("g")
    assert transplant(original, dumped, dump(documents_, original)) == original.replace("'f'", "g")


@pytest.mark.parametrize("category", ["news", "", "account_update"])
def test_what_no_file_can_say_is_left_out_and_said(category: str) -> None:
    odd = Template(Key("odd", "en_US"), category, {"body": "A text that is live."})
    pull = pull_files(Project(["templates/*.yaml"], (), {}, {}, {}), {odd.key: odd})
    assert pull.changes == ()
    assert len(pull.notes) == 1
    assert pull.notes[0].startswith("odd/en_US is left out, since no file can say it: category")
