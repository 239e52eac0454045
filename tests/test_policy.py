"""Rules of the organisation: by their own examples, their edges by hand, and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shell import PROJECT, CommandLine, shell
from tests.strategies import documents
from wasync.canonical import from_yaml
from wasync.checks import RULES, check_policy
from wasync.checks.banned import _with_origins, banned_in, may_hold
from wasync.checks.links import host_of, is_allowed, links_in
from wasync.checks.registry import Rule, policy_of
from wasync.model.organisation import Organisation
from wasync.model.template import Document
from wasync.project.yaml_reader import read

OURS = [pytest.param(rule, id=rule.id) for rule in RULES.values() if rule.policy]


def project(tmp_path: Path, policy: str = "", more: str = "") -> CommandLine:
    """A project with this policy and one good template."""
    line = shell(tmp_path)
    line.write("wasync.yaml", f"{PROJECT}{policy}{more}")
    return line


def found(line: CommandLine, template: str, name: str = "order") -> list[str]:
    """Each finding about a template as `place rule: message. fix`."""
    line.write(f"templates/{name}.yaml", template)
    run = line("validate", "--format", "json")
    assert run.err == ""
    return [
        f"{one['line']}:{one['column']} {one['rule']}: {one['message']}. {one['fix']}"
        for one in run.document("findings")["findings"]
    ]


def said(organisation: Organisation, template: str, name: str = "promo") -> list[str]:
    """The messages of the organisation's rules about one document."""
    [(body, lines)] = read(template.encode()).documents
    assert isinstance(body, dict)
    document = Document("templates/a.yaml", 0, name, body, lines)
    problems = check_policy(document, from_yaml(document), organisation)
    return [f"{problem.rule} {problem.message}" for problem in problems]


@pytest.mark.parametrize("rule", OURS)
def test_the_bad_example_breaks_this_rule_and_the_good_one_none(rule: Rule, tmp_path: Path) -> None:
    line = project(tmp_path, policy_of(rule).replace("policy/*.json", '"policy/*.json"') + "\n")
    line.write("policy/owner.json", '{"required": ["description"]}')
    assert [one.split()[1] for one in found(line, rule.bad)] == [f"{rule.id}:"]
    assert found(line, rule.good) == []


@pytest.mark.parametrize("rule", OURS)
def test_without_a_policy_the_rules_are_silent(rule: Rule, tmp_path: Path) -> None:
    assert found(project(tmp_path), rule.bad) == []


@pytest.mark.parametrize("rule", OURS)
def test_each_is_silenced_where_it_is_meant_and_set_for_the_project(rule: Rule, tmp_path: Path) -> None:
    line = project(tmp_path, policy_of(rule) + "\n")
    line.write("policy/owner.json", '{"required": ["description"]}')
    assert found(line, f"ignore: {{{rule.id}: asked for by legal}}\n{rule.bad}") == []
    line.write("wasync.yaml", f"{PROJECT}{policy_of(rule)}\nrules: {{{rule.id}: warning}}\n")
    line.write("templates/order.yaml", rule.bad)
    run = line("validate")
    assert run.code == 0
    assert f"warning {rule.id} " in run.out


# -- banned words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "hits"),
    [
        ("Delivery is GUARANTEED.", ["guaranteed"], ["GUARANTEED"]),
        ("*Free* and _free_ and free!", ["free"], ["Free"]),
        ("freedom, carefree, free2go", ["free"], []),
        ("Risk\n  free", ["risk free"], ["Risk\n  free"]),
        ("El año pasado", ["ano"], []),
        ("cafe\u0301 gratis", ["café"], ["café"]),
        ("STRASSE", ["straße"], ["STRASSE"]),
        ("İNDİRİM bugün", ["indirim"], ["İNDİRİM"]),
        ("IŞIK", ["ışık"], ["IŞIK"]),
        ("कमी है", ["कम"], []),
        ("これは無料です", ["無料"], ["無料"]),
        ("ซื้อฟรีวันนี้", ["ฟรี"], ["ฟรี"]),
        ("Hi {{free}}, welcome", ["free"], []),
        ("c++ and c", ["c++"], ["c++"]),
        ("prefree free", ["free"], ["free"]),
        ("All is 𝗙𝗥𝗘𝗘 now", ["free"], ["𝗙𝗥𝗘𝗘"]),
        ("Ｆｒｅｅ gift", ["free gift"], ["Ｆｒｅｅ gift"]),
        ("fr\u200bee and ri\u00adsk", ["free", "risk"], ["fr\u200bee", "ri\u00adsk"]),
        ("می‌خواهم", ["میخواهم"], ["می‌خواهم"]),
        ("한국 무료", ["무료"], ["무료"]),
    ],
)
def test_whole_words_however_they_are_written(text: str, words: list[str], hits: list[str]) -> None:
    assert [written for _, written in banned_in(text, words)] == hits
    assert may_hold(text, words) or not hits


@given(st.text(), st.text(min_size=1))
def test_a_word_between_spaces_is_found(before: str, word: str) -> None:
    if word.split() == [word] and "{{" not in word and _with_origins(word)[0].strip():
        assert [one for one, _ in banned_in(f"{before.replace('{{', '')} {word} after", [word])] == [word]


def test_words_by_language_and_in_every_text_people_read() -> None:
    banned = Organisation(banned_words={"en": ("free",), "es_MX": ("gratis",), "*": ("spam",)})
    template = """\
category: marketing
languages:
  en_US:
    header: A free header
    body: Not gratis, no spam.
    footer: Free footer
    buttons: [{type: quick_reply, text: Free}]
    carousel:
      - {header: {format: product}, body: Free card, buttons: [{type: quick_reply, text: Spam}]}
  es_MX: {body: Algo gratis y free}
  es: {body: Algo gratis y free}
"""
    assert said(banned, template) == [
        'WA801 header holds "free", which policy.banned_words bans',
        'WA801 body holds "spam", which policy.banned_words bans',
        'WA801 footer holds "free", which policy.banned_words bans',
        'WA801 the label of button 1 holds "free", which policy.banned_words bans',
        'WA801 card 1: body holds "free", which policy.banned_words bans',
        'WA801 card 1: the label of button 1 holds "spam", which policy.banned_words bans',
        'WA801 body holds "gratis", which policy.banned_words bans',
    ]


def test_no_component_is_a_way_around() -> None:
    ours = Organisation(banned_words={"*": ("free",)}, link_domains=("acme.example",))
    template = """\
category: marketing
languages:
  en_US:
    components:
      - {type: BODY, text: Free things}
      - {type: NEW_THING, parts: [{title: It is free, link: "https://evil.example/a"}]}
      - {type: LIMITED_TIME_OFFER, limited_time_offer: {text: Free now, has_expiration: true}}
      - {type: FOOTER, text: More on evil.example/b}
"""
    assert sorted(said(ours, template)) == [
        'WA801 body holds "free", which policy.banned_words bans',
        'WA801 limited_time_offer holds "free", which policy.banned_words bans',
        'WA801 new_thing holds "free", which policy.banned_words bans',
        "WA802 footer leads to evil.example, which is none of policy.link_domains",
        "WA802 new_thing leads to evil.example, which is none of policy.link_domains",
    ]


# -- links -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://acme.example/a?b=c. Bye", ["https://acme.example/a?b=c"]),
        ("HTTP://EVIL and www.evil.example!", ["HTTP://EVIL", "www.evil.example"]),
        ("go to bit.ly/x, or bit.ly.", ["bit.ly/x", "bit.ly"]),
        ("(acme.com) *acme.co.uk*", ["acme.com", "acme.co.uk"]),
        ("EVIL.EXAMPLE/x", ["EVIL.EXAMPLE/x"]),
        ("Shipped today.It arrives. 3.5kg, v1.2, e.g. p.ej. S.A. 10.30", []),
        ("write to ana@acme.com or first.de@acme.com", []),
        ("invoice.pdf, node.js", []),
    ],
)  # fmt: skip
def test_what_is_a_link_in_a_text(text: str, links: list[str]) -> None:
    assert list(links_in(text)) == links


DOMAINS = ("acme.example", "*.acme.example", "bücher.example")


@pytest.mark.parametrize(
    "address",
    ["https://acme.example", "HTTPS://ACME.example:443/a", "https://a.b.acme.example/{{1}}", "acme.example/x",
     "https://user@acme.example/", "https://acme.example./", "https://xn--bcher-kva.example/", "https://BÜCHER.example"],
)  # fmt: skip
def test_addresses_that_are_allowed(address: str) -> None:
    assert is_allowed(host_of(address), DOMAINS)


@pytest.mark.parametrize(
    "address",
    ["https://acme.example.evil.com", "https://evil.com/acme.example", "https://acme.example@evil.com/",
     "https://evil.com\\@acme.example", "https://evil.com#.acme.example", "https://evilacme.example", "https://acme.example{{1}}",
     "https://{{1}}.acme.example", "https:///evil.com", "https:\\\\evil.com", "https://evil.com?.acme.example",
     "https://acme.exаmple", "https://evil.com%2f.acme.example", "https://", "https://127.0.0.1"],
)  # fmt: skip
def test_addresses_that_are_not(address: str) -> None:
    assert not is_allowed(host_of(address), DOMAINS)


def test_the_domain_of_a_wildcard_is_not_below_itself() -> None:
    assert not is_allowed("acme.example", ["*.acme.example"])


def test_links_of_every_kind_are_looked_at() -> None:
    ours = Organisation(link_domains=("acme.example",))
    template = """\
category: marketing
languages:
  en_US:
    body: Look at evil.com today.
    buttons:
      - {type: url, text: Go, url: "https://acme.example/{{1}}", example: a, app_deep_link:
          {meta_app_id: 1, android_deep_link: 'acme://a', android_fallback_playstore_url: 'https://play.evil.com'}}
      - {type: url, text: Go too, url: https://evil.com/}
"""
    assert said(ours, template) == [
        "WA802 button 2 leads to evil.com, which is none of policy.link_domains",
        "WA802 button 1 leads to play.evil.com, which is none of policy.link_domains",
        "WA802 body leads to evil.com, which is none of policy.link_domains",
    ]
    library = """\
category: utility
library_template_name: delivery_update_1
library_template_button_inputs:
  - {type: url, url: {base_url: 'https://evil.com/{{1}}', url_suffix_example: 'https://evil.com/1'}}
languages: [en]
"""
    assert said(ours, library) == [
        "WA802 an input of the library template leads to evil.com, which is none of policy.link_domains"
    ]


# -- opt-out, languages, owners ----------------------------------------------------------------------------


def test_the_line_of_the_nearest_language_counts() -> None:
    ours = Organisation(opt_out={"en": "Reply STOP", "en_GB": "Text STOP", "*": "STOP"})
    template = """\
category: marketing
languages:
  en_US: {body: Sale., footer: reply  stop}
  en_GB: {body: Sale., footer: Reply STOP}
  fr: {body: "Soldes. STOP pour arrêter."}
  de: {body: Angebot.}
"""
    says = "neither footer nor body of this marketing template says how to opt out"
    assert said(ours, template) == [f"WA803 {says}: Text STOP", f"WA803 {says}: STOP"]
    assert said(ours, template.replace("marketing", "utility")) == []


def test_a_language_without_a_line_is_found() -> None:
    ours = Organisation(opt_out={"en": "Reply STOP"})
    assert said(ours, "category: marketing\nlanguages: {fr_CA: {body: Soldes.}}") == [
        "WA803 policy.opt_out has no line for fr_CA, so nobody can tell how its readers opt out"
    ]


def test_required_languages_by_name() -> None:
    ours = Organisation(required_languages={"promo*": ("en_US", "es_MX"), "*_news": ("fr",), "x": ("de",)})
    template = "category: utility\nlanguages: {en_US: {body: Hi there.}, es_MX: absent}"
    assert said(ours, template) == ["WA804 the language es_MX is missing"]
    assert said(ours, template, "promo_news") == ["WA804 the languages es_MX and fr are missing"]
    assert said(ours, template, "order") == []
    assert said(ours, "revision: 2\n" + template, "x") == ["WA804 the language de is missing"]
    assert said(ours, "absent: true") == []


def test_owners_above_and_in_languages() -> None:
    ours = Organisation(owners=("@a", "@b"))
    template = "category: utility\nlanguages: {en: {body: Hi there., owner: '@c'}, fr: {body: Salut.}}"
    nobody = "WA805 nobody owns this template; policy.owners wants an owner"
    unknown = 'WA805 the owner "@c" is none of policy.owners'
    assert said(ours, template) == [nobody, unknown]
    assert said(ours, f"owner: '@b'\n{template}") == [unknown]
    assert said(ours, f"owner: '@c'\n{template}") == [unknown, unknown]
    assert said(Organisation(owners=()), template) == [nobody]
    assert said(Organisation(owners=()), f"owner: anybody\n{template}") == []
    assert said(ours, "absent: true") == []


EVERYTHING = Organisation(
    banned_words={"*": ("a", "the shop", "ñ"), "en": ("hi",)},
    link_domains=("acme.example", "*.shop.example"),
    opt_out={"en": "Reply STOP"},
    required_languages={"*": ("en_US", "xx")},
    owners=("@acme",),
)


@given(documents())
def test_no_document_is_too_odd_for_a_policy(document: Document) -> None:
    declaration = from_yaml(document)
    problems = check_policy(document, declaration, EVERYTHING)
    assert {problem.rule for problem in problems} <= {rule for rule in RULES if rule > "WA800"}
    assert all(problem.message and problem.fix for problem in problems)
    assert check_policy(document, declaration, Organisation()) == []


# -- the project file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("banned_words: free", "must be a list of words, or a map from language to such a list"),
        ("banned_words: []", "is empty"),
        ("banned_words: ['  ']", "must be a word"),
        ("banned_words: {en-US: [a]}", "is no language; write one as en or en_US, or * for all"),
        ("link_domains: ['https://acme.example']", "must be a domain as acme.example or *.acme.example"),
        ("link_domains: ['*']", "must be a domain as acme.example or *.acme.example"),
        ("opt_out: Reply STOP", "must be a map from language to a line"),
        ("required_languages: [english]", "must be a language as en or en_US"),
        ("owners: optional", "must be `required`, or a list of owners"),
        ("python: [acme]", "must be the id of a rule of yours, as ACME-1"),
        ("python: [ACME-1]", "no installed package brings the rule ACME-1"),
        ("schemas: [policy/*.json]", "no file matches `policy/*.json`"),
        ("schemas: [../*.json]", "the glob `../*.json` must stay inside the project"),
    ],
)
def test_a_mistake_in_the_policy_is_told_at_its_place(policy: str, told: str, tmp_path: Path) -> None:
    line = project(tmp_path, f"policy:\n  {policy}\n")
    run = line("validate")
    assert run.code == 1
    assert told in " ".join((run.out + run.err).split())
    assert f"--> wasync.yaml:{len(PROJECT.splitlines()) + 2}:" in run.out + run.err


def test_a_rule_set_for_the_project_has_to_be_there(tmp_path: Path) -> None:
    run = project(tmp_path, more="rules: {ACME-1: warning}\n")("validate")
    assert (run.code, "there is no rule ACME-1" in run.err) == (1, True)


def test_a_policy_finding_is_a_finding_like_any_other(tmp_path: Path) -> None:
    line = project(tmp_path, "policy: {banned_words: [warehouse]}\n")
    run = line("validate", "--format", "sarif")
    assert (run.code, json.loads(run.out)["runs"][0]["results"][0]["ruleId"]) == (1, "WA801")
    assert line("plan", "--sandbox").code == 1


def test_pull_never_silences_the_organisation(tmp_path: Path) -> None:
    line = project(tmp_path)
    assert line("apply", "--sandbox", "--auto-approve").code == 0
    (tmp_path / "templates/order.yaml").unlink()
    line.write("wasync.yaml", f"{PROJECT}policy: {{banned_words: [warehouse]}}\n")
    assert line("pull", "--sandbox").code == 0
    assert [one.split()[1] for one in line("validate").out.splitlines() if "error WA" in one] == ["WA801"]
