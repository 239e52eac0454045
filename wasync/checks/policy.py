"""Rules of the organisation: what `policy:` in wasync.yaml asks of every template.

They are asked apart from Meta's rules, so that checks/good.py, which accepts what Meta's rules have no word
about, cannot let anything past them; and a project without a policy pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from wasync.checks.banned import banned_in, may_hold
from wasync.checks.links import host_of, is_allowed, links_in, may_link
from wasync.checks.policy_texts import addresses_of, texts_of
from wasync.checks.registry import Rule, declare, listed
from wasync.checks.view import View
from wasync.model.organisation import Organisation, ways_of
from wasync.model.template import JSON, Declaration, Document, Key, Problem, SpecPath

_RULES = (
    Rule(
        "WA801",
        "no text holds a word that the organisation bans",
        """\
`policy.banned_words` lists words and phrases, for all languages or by language (`en` counts for `en_US`
too). Whole words are meant, in capitals or fancy letters or not; `free` is not in `freedom`. Accents count:
Spanish `ano` is not `año`, so write each spelling that is meant. In scripts without spaces a word is found
wherever it stands. All texts that people read are looked at, labels of buttons too; samples are not.""",
        policy="banned_words: [guaranteed, risk free]",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left today. Delivery tomorrow is guaranteed.
""",
    ),
    Rule(
        "WA802",
        "links lead to the organisation's domains",
        """\
`policy.link_domains` lists the hosts that URLs of buttons and links in texts may lead to; `*.acme.example`
stands for every host below acme.example, and not for itself. A variable in the host may lead anywhere, so
it is refused. In texts a link is what begins with https://, http:// or www., a host before a slash, and a
bare host in small letters with a usual ending.""",
        policy='link_domains: [shop.example, "*.shop.example"]',
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Track parcel, url: "https://go.shop.example/t/{{1}}", example: A-10293}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Track parcel, url: "https://parcels.example/t/{{1}}", example: A-10293}
""",
    ),
    Rule(
        "WA803",
        "a marketing template says how to opt out",
        """\
`policy.opt_out` gives the line for each language; the footer or the body holds it, capitals and white space
apart. For en_US that of `en_US` counts, else that of `en`, else that of `"*"`. A language without a line is
a finding too, since nobody could tell whether its text says it. Templates of Meta's library are left alone:
Meta has written them.""",
        policy="opt_out: {en: Reply STOP to stop, es: Responde ALTO para no recibir más}",
        good="""\
category: marketing
languages:
  en_US:
    body: Our spring sale has begun. Take a look.
    footer: Reply STOP to stop
""",
        bad="""\
category: marketing
languages:
  en_US:
    body: Our spring sale has begun. Take a look.
""",
    ),
    Rule(
        "WA804",
        "a name has every language that the organisation requires",
        """\
`policy.required_languages` lists them, for all names or by glob of names; where several globs match, all
their languages are required. A language counts exactly: `es` is not `es_MX`, since Meta has two templates
there. What is declared absent is not there.""",
        policy="required_languages: [en_US, es_MX]",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
""",
    ),
    Rule(
        "WA805",
        "a template has an owner the organisation knows",
        """\
`policy.owners` is `required`, or the list of all owners there are. `owner:` stands above `languages:`, or
in a language that has another.""",
        policy='owners: ["@acme/order-comms", "@acme/marketing"]',
        good="""\
category: utility
owner: "@acme/order-comms"
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        bad="""\
category: utility
owner: order team
languages:
  en_US:
    body: Your order left our warehouse today.
""",
    ),
    Rule(
        "WA806",
        "a template document fits the organisation's schemas",
        """\
`policy.schemas` names JSON Schemas of yours; what they refuse and give no id of its own (`x-rule`) is a
finding of this rule. [policy.md](policy.md) shows how to write one.""",
        policy='schemas: [policy/*.json]   # one of them has {"required": ["description"]}',
        good="""\
category: utility
description: The carrier has scanned the parcel.
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
""",
    ),
)
_NAMED = 5
_Texts = Sequence[tuple[SpecPath, str]]
for _rule in _RULES:
    declare(_rule)


def check_policy(document: Document, declaration: Declaration, organisation: Organisation) -> list[Problem]:
    """What the organisation's own rules say about one name, in no order, those it ignores too."""
    problems: list[Problem] = []
    if organisation.required_languages:
        problems += _missing_languages(declaration, organisation.required_languages)
    if organisation.owners is not None:
        problems += _owners(document, declaration, organisation.owners)
    if organisation.banned_words or organisation.link_domains or organisation.opt_out:
        for template in declaration.templates:
            view = View(template)
            for one in (view, *view.cards):
                texts = list(texts_of(one))
                problems += _banned(one, texts, organisation.banned_words)
                problems += _foreign_links(one, texts, organisation.link_domains)
            if organisation.opt_out:
                problems += _opt_out(view, organisation.opt_out)
    return problems


def _banned(view: View, texts: _Texts, banned: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    words = [word for way in ways_of(view.key.language) for word in banned.get(way, ())]
    # At one look first: most templates hold none.
    if not words or not may_hold(" ".join([text for _, text in texts]), words):
        return
    for path, text in texts:
        for word, written in banned_in(text, words):
            message = f'{_part(path)} holds "{word}", which policy.banned_words bans'
            yield view.problem("WA801", message, "Say it in other words.", path, written)


def _foreign_links(view: View, texts: _Texts, domains: Sequence[str]) -> Iterator[Problem]:
    if not domains:
        return
    found = [(path, link) for path, text in texts if may_link(text) for link in links_in(text)]
    for path, address in (*addresses_of(view), *found):
        host = host_of(address)
        if not is_allowed(host, domains):
            where = f"leads to {host}" if host else "leads nowhere that can be told"
            message = f"{_part(path)} {where}, which is none of policy.link_domains"
            fix = f"Link to {_some_of(domains)}."
            yield view.problem("WA802", message, fix, path, address)


def _opt_out(view: View, lines: Mapping[str, str]) -> Iterator[Problem]:
    if view.category != "marketing" or "library_template_name" in view.spec:
        return
    language = view.key.language
    line = next((lines[way] for way in ways_of(language) if way in lines), None)
    if line is None:
        message = f"policy.opt_out has no line for {language}, so nobody can tell how its readers opt out"
        fix = f"Add the line for {language.partition('_')[0]} under policy.opt_out in wasync.yaml."
        yield view.problem("WA803", message, fix)
    elif not any(_even(line) in _even(text) for text in (view.footer, view.body)):
        message = f"neither footer nor body of this marketing template says how to opt out: {line}"
        yield view.problem("WA803", message, "Write that line as the footer, or end the body with it.")


def _even(text: str) -> str:
    return " ".join(text.casefold().split())


def _missing_languages(
    declaration: Declaration, required: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    there = [template.key.language for template in declaration.templates]
    names = {declaration.name, declaration.revision.name}
    wanted = dict.fromkeys(
        language
        for glob, languages in required.items()
        if any(fnmatchcase(name, glob) for name in names)
        for language in languages
    )
    missing = [language for language in wanted if language not in there]
    if missing and there:
        noun = "language" if len(missing) == 1 else "languages"
        message = f"the {noun} {listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        fix = f"Add {listed(missing)} under languages:; policy.required_languages asks for it."
        yield Problem("WA804", message, fix, ("languages",), at_key=True)


def _owners(document: Document, declaration: Declaration, known: Sequence[str]) -> Iterator[Problem]:
    """The owner above all languages, then those that languages have of their own."""
    if not declaration.templates:
        return  # only deleted
    languages = document.data.get("languages")
    own = languages if isinstance(languages, dict) else {}
    given = {code: part["owner"] for code, part in own.items() if isinstance(part, dict) and "owner" in part}
    if any(template.key.language not in given for template in declaration.templates):
        shared = document.data.get("owner")
        if shared is None or not str(shared).strip():
            fix = f"Add owner: {known[0] if known else 'and the team that answers for it'}."
            yield Problem("WA805", "nobody owns this template; policy.owners wants an owner", fix)
        else:
            yield from _unknown_owner(shared, known, None)
    for code, owner in given.items():
        yield from _unknown_owner(owner, known, Key(declaration.name, code))


def _unknown_owner(owner: JSON, known: Sequence[str], key: Key | None) -> Iterator[Problem]:
    if known and str(owner) not in known:
        message = f'the owner "{owner}" is none of policy.owners'
        yield Problem("WA805", message, f"Write {_some_of(known)}.", ("owner",), key)


def _some_of(names: Sequence[str]) -> str:
    """What may be written instead: the first few, or a word on where the rest is."""
    if len(names) <= _NAMED:
        return listed(names, "or")
    return f"{', '.join(names[:_NAMED])} or another that policy: in wasync.yaml lists"


def _part(path: SpecPath) -> str:
    """What people call the place of a text: `footer`, `the label of button 2`."""
    match path:
        case ("buttons", int(number), "text"):
            return f"the label of button {number + 1}"
        case ("buttons", int(number), *_):
            return f"button {number + 1}"
        case ("header" | "body" | "footer" as part, *_):
            return part
        case ("examples", "library", *_):
            return "an input of the library template"
        case _:
            return str(path[0])
