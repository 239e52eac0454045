"""The page of a project: every message in every language, to search, to compare, to read aloud. No network.

Styles and script stand in the page and are allowed by their hash alone: nothing in a text can become either.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from wasync.model.template import Finding, Key, Severity, Template
from wasync.render.message import Message, notes_of
from wasync.render.preview.counters import Counter, counters
from wasync.render.preview.html import Look, escaped, message_html
from wasync.render.preview.icons import sprite
from wasync.render.preview.language import tag
from wasync.render.status_words import status_word

ABSENT = "not at Meta"
"""The status of a template that Meta does not have."""
_LISTED = 50
"""How many findings the page lists; `wasync validate` has all."""


class Shown(NamedTuple):
    """One template of the page. `accounts`: those it is for, where not all have it; `status`: at Meta."""

    template: Template
    message: Message
    accounts: tuple[str, ...] = ()
    status: str | None = None


class Media(NamedTuple):
    """A picture that the page carries."""

    type: str
    data: bytes


def page_html(
    title: str,
    shown: Sequence[Shown],
    findings: Sequence[Finding] = (),
    pictures: Mapping[str, Media] | None = None,
    *,
    reloads: bool = False,
) -> str:
    """The page as one file. `shown` is in order of key; `pictures` by their path in the project.

    `reloads`: the page asks its server whether the files have changed.
    """
    classes = {path: f"p{at}" for at, path in enumerate(pictures or {})}
    look = Look(classes)
    names = [(name, list(group)) for name, group in groupby(shown, key=lambda one: one.template.key.name)]
    languages = sorted({one.template.key.language for one in shown})
    told: dict[Key | None, list[Finding]] = {}
    for finding in findings:
        told.setdefault(finding.key, []).append(finding)
    sections = "".join(_section(name, group, look, told) for name, group in names)
    filters = _filters(shown, languages)
    counted = f"{count(len(names), 'name')}, {count(len(shown), 'message')}"
    body = (
        f'<header class="top"><h1>{escaped(title)}</h1>'
        f'<p id="count" role="status">{counted}</p>{filters}</header>'
        f"<main>{_trouble(findings)}{_matrix(names, languages)}"
        f'<div class="names">{sections or _NOTHING}</div>'
        '<p id="none" hidden>No message matches. <kbd>Esc</kbd> shows all.</p></main>'
    )
    scripts = ("page", "reload") if reloads else ("page",)
    return document(title, body, classes, pictures or {}, scripts)


def document(
    title: str,
    body: str,
    classes: Mapping[str, str] | None = None,
    pictures: Mapping[str, Media] | None = None,
    scripts: Sequence[str] = (),
) -> str:
    """A whole HTML file around a body: styles, signs, pictures, scripts, a policy that allows no other."""
    styles = _resource("message.css") + _resource("page.css")
    styles += "".join(_picture(name, (pictures or {})[path]) for path, name in (classes or {}).items())
    code = [_resource(f"{name}.js") for name in scripts]
    hashes = " ".join(map(_hash, code)) or "'none'"
    connect = " connect-src 'self';" if "reload" in scripts else ""
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(styles)}; script-src {hashes};{connect}"
        " base-uri 'none'; form-action 'none'"
    )
    run = "".join(f"<script>{one}</script>" for one in code)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
        f"<title>{escaped(title)}</title><style>{styles}</style></head>"
        f"<body>{sprite()}{body}{run}</body></html>\n"
    )


def _card(one: Shown, look: Look, notes: Iterable[str]) -> str:
    """One message with its language, status and characters, and what the picture cannot show."""
    key, message = one.template.key, one.message
    facts = {"language": key.language, "category": one.template.category, "status": one.status or ""}
    data = "".join(f' data-{name}="{escaped(value)}"' for name, value in facts.items())
    status = f' <span class="status">{escaped(status_text(one.status))}</span>' if one.status else ""
    accounts = f' <span class="accounts">{escaped(", ".join(one.accounts))}</span>' if one.accounts else ""
    lines = "".join(f"<li>{line}</li>" for line in (*_notes(one), *notes))
    counted = "".join(map(_counter, counters(one.template.spec)))
    return (
        f'<article class="shown" id="{_id(one)}" aria-label="{escaped(str(key))}"{data}>'
        f"<h3>{_language(key.language)}{status}{accounts}</h3>"
        f"{message_html(message, key.language, look)}"
        + (f'<ul class="counters" aria-label="Characters">{counted}</ul>' if counted else "")
        + (f'<ul class="notes">{lines}</ul>' if lines else "")
        + "</article>"
    )


def _section(
    name: str, group: Sequence[Shown], look: Look, findings: Mapping[Key | None, Sequence[Finding]]
) -> str:
    first = group[0].template
    place = f"{escaped(first.place.file)}:{first.place.line}" if first.place else ""
    cards = []
    for one in group:
        told = [found for found in findings.get(one.template.key, ()) if _is_about(found, one)]
        cards.append(_card(one, look, map(_finding, told)))
    return (
        f'<section class="name wide{min(len(cards), 3)}" id="{anchor(name)}"><h2>{escaped(name)}</h2>'
        f'<p class="about"><span class="category">{escaped(first.category)}</span> <code>{place}</code></p>'
        f'<div class="row">{"".join(cards)}</div></section>'
    )


def status_text(status: str) -> str:
    """A template's status at Meta in words."""
    return status if status == ABSENT else status_word(status)


def _notes(one: Shown) -> Iterable[str]:
    """What a reader must know and the picture does not say."""
    message = one.message
    yield from map(escaped, notes_of(message, one.template.key.language))
    for bubble in (message.bubble, *message.cards):
        for action in bubble.actions:
            if action.opens:
                yield f"{escaped(action.label or '')} → <code>{escaped(action.opens)}</code>"


def _counter(counter: Counter) -> str:
    part, used, limit = counter
    level = "over" if used > limit else "near" if used > 0.9 * limit else "fits"
    told = " (too long)" if used > limit else ""
    return f'<li class="{level}">{part} {used:,}/{limit:,}{told}</li>'


def _is_about(finding: Finding, one: Shown) -> bool:
    """Whether a finding of its key is about the message of these accounts."""
    return not finding.accounts or not one.accounts or not set(finding.accounts).isdisjoint(one.accounts)


def _finding(finding: Finding) -> str:
    return (
        f'<span class="{finding.severity.value}">{escaped(finding.rule)}</span> {escaped(finding.message)}. '
        f"{escaped(finding.fix)}"
    )


def _trouble(findings: Sequence[Finding]) -> str:
    """What no picture shows: files that say nothing wasync can draw."""
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if not errors:
        return ""
    rows = "".join(
        f"<li><code>{escaped(str(one.place or 'wasync.yaml'))}</code> {_finding(one)}</li>"
        for one in errors[:_LISTED]
    )
    more = len(errors) - _LISTED
    rest = f"<li>{more} more: <code>wasync validate</code></li>" if more > 0 else ""
    return (
        f'<section class="trouble" aria-label="Errors"><h2>{count(len(errors), "error")}</h2>'
        f"<p>What these are about may be missing below.</p><ul>{rows}{rest}</ul></section>"
    )


def _filters(shown: Sequence[Shown], languages: Sequence[str]) -> str:
    statuses = sorted({one.status for one in shown if one.status})
    categories = sorted({one.template.category for one in shown})
    return filter_form(
        {
            "language": dict(zip(languages, languages, strict=True)),
            "category": dict(zip(categories, categories, strict=True)),
            **({"status": {status: status_text(status) for status in statuses}} if statuses else {}),
        }
    )


def filter_form(choices: Mapping[str, Mapping[str, str]]) -> str:
    """Search, a choice for each fact of the articles with its words, and how the page looks."""
    return (
        '<form role="search"><label>Search <input type="search" id="search" autocomplete="off"'
        ' placeholder="name or words" aria-keyshortcuts="/"></label>'
        + "".join(_select(name, words) for name, words in choices.items())
        + '<label class="check"><input type="checkbox" id="names"> Show {{variables}}</label>'
        '<label>Look <select id="theme"><option value="">as the system</option>'
        '<option value="light">light</option><option value="dark">dark</option></select></label></form>'
    )


def _select(name: str, words: Mapping[str, str]) -> str:
    options = "".join(
        f'<option value="{escaped(value)}">{escaped(word)}</option>' for value, word in words.items()
    )
    select = f'<select id="{name}"><option value="">all</option>{options}</select>'
    return f"<label>{name.capitalize()} {select}</label>"


def _matrix(names: Sequence[tuple[str, list[Shown]]], languages: Sequence[str]) -> str:
    """Which names miss which languages."""
    if len(languages) < 2:
        return ""
    heads = "".join(f'<th scope="col">{escaped(language)}</th>' for language in languages)
    rows, lacking = [], 0
    for name, group in names:
        # Where accounts differ, the first of a language.
        there = {one.template.key.language: one for one in reversed(group)}
        lacking += len(there) < len(languages)
        cells = "".join(
            _there(there[language]) if language in there else '<td class="missing">missing</td>'
            for language in languages
        )
        kind = ' class="lacking"' if len(there) < len(languages) else ""
        head = f'<th scope="row"><a href="#{anchor(name)}">{escaped(name)}</a></th>'
        rows.append(f"<tr{kind}>{head}{cells}</tr>")
    some = f"{count(lacking, 'name')} not in every language" if lacking else "every name has them all"
    return (
        f'<details id="matrix"><summary>Languages: {some}</summary><div class="scroll" tabindex="0">'
        f'<table><thead><tr><th scope="col">name</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _there(one: Shown) -> str:
    name, language = one.template.key
    return f'<td><a href="#{_id(one)}" aria-label="{escaped(f"{name} in {language}")}">✓</a></td>'


def _id(one: Shown) -> str:
    return anchor("@".join((str(one.template.key), *one.accounts)))


def _language(code: str) -> str:
    text = escaped(code)
    return f'<span class="language" data-tag="{escaped(tag(code))}" dir="ltr">{text}</span>'


def anchor(text: str) -> str:
    """An id of the page, and what follows # to reach it."""
    return escaped(text).replace(" ", "_")


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _picture(name: str, media: Media) -> str:
    data = b64encode(media.data).decode("ascii")
    return f".bubble .{name}{{background-image:url(data:{media.type};base64,{data})}}"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


@cache
def _resource(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


_NOTHING = '<p class="nothing">The files declare no message.</p>'
