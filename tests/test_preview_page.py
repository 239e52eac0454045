"""The page of a project, the page of a plan, and pictures: what they hold; no text becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import json_values
from tests.test_render_markdown import HOSTILE, WAITS, plan_of
from tests.test_render_plan import CREATE, DELETE, UPDATE, template
from tests.web_page import Page, read_page
from wasync.model.plan import Alarm, AlarmKind, Difference, FieldChange, Plan, Reason, Rollout
from wasync.model.template import JSON, Finding, Key, Place, Severity, Spec
from wasync.render.message import message_of
from wasync.render.plan_html import plan_html
from wasync.render.plan_markdown import plan_markdown
from wasync.render.preview.counters import Counter, counters
from wasync.render.preview.page import Media, Shown, page_html
from wasync.render.preview.svg import message_svg

PNG = b"\x89PNG\r\n\x1a\nnot really"
SVG_TAGS = {"svg", "title", "style", "rect", "text", "tspan", "path", "line", "image"}


def spec_of(text: str) -> Spec:
    """A spec with a text wherever a template can have one."""
    buttons: JSON = [
        {"type": "quick_reply", "text": text},
        {"type": "url", "text": text, "url": f"https://a.example/{text}"},
        {"type": text or "x", "text": text},
    ]
    return {
        "header": {"format": "text", "text": text},
        "limited_time_offer": {"text": text, "has_expiration": True},
        "body": f"{text} {{{{1}}}} *{text}* {{{{2}}}}\n> {text}\n- {text}\n```{text}```",
        "footer": text,
        "buttons": buttons,
        "carousel": [{"header": {"format": text or "x"}, "body": text, "buttons": buttons}],
        "examples": {"body": [text], "buttons": {"1": text}, "carousel": {"0": {"header": {"path": text}}}},
        "library_template_name": text,
        text or "x": {"odd": text},
    }


def shown(text: str) -> Shown:
    spec = spec_of(text)
    return Shown(template(Key(text, text), spec), message_of(spec), (text, "b"), text)


def findings(text: str) -> list[Finding]:
    place = Place(text, 3)
    return [
        Finding("WA001", Severity.ERROR, text, text, place, key=Key(text, text)),
        Finding("WA002", Severity.WARNING, text, text, None, key=Key(text, text)),
    ]


def page(text: str) -> str:
    return page_html(text, [shown(text)], findings(text), {"p.png": Media("image/png", PNG)})


def plan_with(text: str) -> Plan:
    """A plan with a text wherever templates, Meta or files can put one."""
    change = FieldChange("body", "before", text)
    key = Key(text, text)
    after, before = template(key, spec_of(text)), template(key, spec_of("before"))
    changed = replace(
        UPDATE, key=key, before=before, after=after, difference=Difference((change,)), breaking=(text,)
    )
    new = replace(CREATE, key=key, after=after)
    gone = replace(DELETE, key=key, before=after, reason=Reason.SUPERSEDED, detail=text)
    held = replace(WAITS, key=key, before=before, after=after, detail=text, live_status=text)
    alarm = Alarm(AlarmKind.STATUS, key, text)
    rollout = Rollout(text, text, text, (text,), (text,))
    return plan_of(
        changed, new, gone, held, account=text, alarms=(alarm,), rollouts=(rollout,), notes=(text,),
        refusals=(text,),
    )  # fmt: skip


def assert_plain(found: Page, text: str) -> None:
    """Nothing that acts is on a page; the text is there, in sight."""
    assert found.text.isprintable() or "\n" in found.text
    assert not {"\u202e", "\x1b", "\x00"} & set(found.text)
    if text.strip() and text.isascii() and text.isprintable():
        assert text in found.text


@pytest.mark.parametrize("text", [*HOSTILE, "'\" onload=alert(1) x='", "&lt;b&gt;", "{{1}}", "\ud800", ""])
def test_hostile_text_on_a_page_is_text(text: str) -> None:
    assert_plain(read_page(page(text)), text)
    assert_plain(read_page(plan_html([plan_with(text)])), text)


@given(st.text(max_size=60))
def test_any_text_on_a_page_is_text(text: str) -> None:
    assert_plain(read_page(page(text)), text)
    assert_plain(read_page(plan_html([plan_with(text)])), text)


@given(st.text(max_size=60), st.sampled_from(["en_US", "ar", "zh_CN"]))
def test_any_text_makes_a_picture_that_is_xml_and_loads_nothing(text: str, language: str) -> None:
    picture = message_svg(message_of(spec_of(text)), language, {text: Media("image/png", PNG)})
    found = list(ElementTree.fromstring(picture).iter())  # the text is our own
    assert {one.tag.rpartition("}")[2] for one in found} <= SVG_TAGS
    for one in found:
        assert not [name for name in one.attrib if name.startswith("on")]
        assert one.get("href", "data:").startswith("data:")


@given(json_values, json_values, st.sampled_from(["ar", "de"]))
def test_any_spec_is_drawn(parts: JSON, samples: JSON, language: str) -> None:
    spec: Spec = {
        "header": parts,
        "body": parts,
        "buttons": parts,
        "carousel": [{"header": parts, "body": "x"}],
    }
    spec = {**spec, "authentication": parts, "examples": samples, "odd": parts}
    key = Key("n", language)
    read_page(page_html("t", [Shown(template(key, spec), message_of(spec))]))
    read_page(plan_html([plan_of(replace(UPDATE, key=key, before=template(key, spec)))]))
    ElementTree.fromstring(message_svg(message_of(spec), language))  # the text is our own


def test_a_page_loads_nothing_and_allows_only_its_own_script() -> None:
    found = read_page(page("plain"))
    policy = dict(part.strip().split(" ", 1) for part in found.policy.split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "data:"
    assert {*policy["script-src"].split(), *policy["style-src"].split()} == found.allowed
    assert "connect-src" not in policy
    served = read_page(page_html("t", [shown("plain")], reloads=True))
    assert "connect-src 'self'" in served.policy


def test_a_picture_is_carried_once_however_often_it_is_shown() -> None:
    spec: Spec = {
        "header": {"format": "image"},
        "body": "x",
        "examples": {"header": {"path": "a.png", "sha256": "ab"}},
    }
    rows = [Shown(template(Key(f"n{at}", "en_US"), spec), message_of(spec)) for at in range(9)]
    html = page_html("t", rows, (), {"a.png": Media("image/png", PNG)})
    assert html.count("base64,") == 1
    assert html.count('class="picture p0"') == 9


def test_right_to_left_languages_are_set_so() -> None:
    spec: Spec = {"body": "مرحبا *بك*", "buttons": [{"type": "quick_reply", "text": "نعم"}]}
    html = page_html("t", [Shown(template(Key("hello", "ar_EG"), spec), message_of(spec))])
    assert '<div class="message" dir="rtl" lang="ar-EG">' in html
    assert 'direction="rtl"' in message_svg(message_of(spec), "ar_EG")


def test_counters_say_what_meta_allows_of_each_part() -> None:
    spec: Spec = {
        "header": {"format": "text", "text": "x" * 61},
        "body": "{{1}}",
        "buttons": [{"type": "voice_call", "text": "y" * 19}, {"type": "url", "text": "z" * 20}],
        "carousel": [{"body": "c"}],
    }
    assert counters(spec) == [
        Counter("header", 61, 60),
        Counter("body", 5, 1024),
        Counter("button", 19, 20),
        Counter("card 1 body", 1, 160),
    ]
    assert counters({"limited_time_offer": {"text": "now"}, "body": "b"})[1] == Counter("body", 1, 600)
    assert counters({"header": {"format": "product"}, "body": "b"}) == [Counter("body", 1, 160)]
    html = page_html("t", [Shown(template(Key("n", "en"), spec), message_of(spec))])
    assert '<li class="over">header 61/60 (too long)</li>' in html
    assert '<li class="near">button 19/20</li>' in html


def test_words_that_change_are_marked_on_both_sides() -> None:
    before, after = (
        template(UPDATE.key, {"body": "It left our *shop* today."}),
        {"body": "It left our *depot* today."},
    )
    step = replace(UPDATE, before=before, after=template(UPDATE.key, {**after}))
    html = plan_html([plan_of(step)])
    assert "left our <strong><del>shop</del></strong> today" in html.replace("<del>*</del>", "")
    assert "left our <strong><ins>depot</ins></strong> today" in html
    assert html.index("Customers get now") < html.index("Customers will get")


@pytest.mark.parametrize(
    ("status", "title"), [("APPROVED", "Customers get now"), ("REJECTED", "Meta has now (rejected)")]
)
def test_what_is_not_approved_nobody_gets(status: str, title: str) -> None:
    assert title in plan_html([plan_of(replace(UPDATE, live_status=status))])


def test_deletes_stand_before_breaking_changes_and_those_before_others() -> None:
    usual = replace(UPDATE, breaking=())
    breaking = replace(UPDATE, key=Key("z", "en_US"), breaking=("a variable is gone",))
    html = plan_html([plan_of(CREATE, usual, breaking, WAITS, DELETE)])
    ids = re.findall(r'<article class="shown" id="production/([^"]+)"', html)
    assert ids == [str(step.key) for step in (DELETE, breaking, usual, CREATE, WAITS)]


def test_what_the_page_could_not_draw_is_said() -> None:
    spec: Spec = {"body": "x {{1}}", "hologram": {}, "examples": {}}
    html = page_html("t", [Shown(template(Key("n", "en"), spec), message_of(spec))])
    assert "Left out: hologram, which wasync cannot draw." in html
    assert "{{1}} has no example." in html


def test_what_the_plan_could_not_draw_is_said_beside_the_message() -> None:
    step = replace(CREATE, key=Key("login", "es_MX"))
    code = replace(step, after=template(step.key, {"authentication": {"otp": {"type": "copy_code"}}}))
    odd = replace(step, after=template(step.key, {"body": "Hi.", "components": [{"type": "HOLOGRAM"}]}))
    for text in (read_page(plan_html([plan_of(code)])).text, plan_markdown([plan_of(code)])):
        assert "Meta writes this in es_MX" in text
    for text in (read_page(plan_html([plan_of(odd)])).text, plan_markdown([plan_of(odd)])):
        assert "Left out: component HOLOGRAM" in text


def test_every_link_of_the_matrix_leads_to_a_message() -> None:
    texts: dict[str, Spec] = {"production": {"body": "one"}, "sta ging": {"body": "two"}}
    rows = [
        Shown(template(Key("n", language), spec), message_of(spec), (name,))
        for language in ("de", "en")
        for name, spec in texts.items()
    ]
    html = page_html("t", rows)
    ids = set(re.findall(' id="([^"]+)"', html))
    links = re.findall('<a href="#([^"]+)"', html)
    assert links == ["n", "n/de@production", "n/en@production"]
    assert ids.issuperset(links)


def test_a_finding_stands_at_the_message_of_its_accounts_only() -> None:
    spec: Spec = {"body": "x"}
    key = Key("n", "en")
    rows = [Shown(template(key, spec), message_of(spec), (name,)) for name in ("production", "staging")]
    told = [
        Finding("WA205", Severity.WARNING, "of both", "Mend it.", key=key),
        Finding("WA205", Severity.WARNING, "of one", "Mend it.", key=key, accounts=("staging",)),
        Finding("WA205", Severity.WARNING, "of another", "Mend it.", key=Key("n", "de")),
    ]
    cards = page_html("t", rows, told).split("<article")[1:]
    assert [re.findall(r"of \w+", card.partition("</article>")[0]) for card in cards] == [
        ["of both"],
        ["of both", "of one"],
    ]


def test_static_files_say_nothing_that_ends_their_element() -> None:
    folder = Path(page_html.__code__.co_filename).parent
    for file in [*folder.glob("*.js"), *folder.glob("*.css")]:
        assert "</" not in file.read_text(encoding="utf-8").lower()
