"""One message as HTML. Its text is anybody's: `escaped` is the only way from text into markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import NamedTuple, assert_never

from wasync.render.compare import Marks, Stretches
from wasync.render.markup import Kind, Line, Style, lines_of
from wasync.render.message import Action, Bubble, Filled, Message, Offer, Picture
from wasync.render.preview.icons import button_icon, picture_icon
from wasync.render.preview.language import direction, tag
from wasync.render.runs import Run, plain_line, runs_of
from wasync.render.safe_text import safe

_TAGS = {Style.BOLD: "strong", Style.ITALIC: "em", Style.STRIKE: "s", Style.CODE: "code"}
_PICTURES = {
    "image": "Image",
    "video": "Video",
    "gif": "GIF",
    "document": "Document",
    "location": "Map of a place",
    "product": "Product of the catalog",
}
_ACTS = re.compile("[&<>\"']")


class Look(NamedTuple):
    """What a page adds to its messages: the class of each picture it carries, the tag of what is marked."""

    pictures: Mapping[str, str] = {}
    mark: str = "ins"


_UNMARKED = Marks()
_PLAIN_LOOK = Look()


@lru_cache(maxsize=4096)
def escaped(text: str) -> str:
    """One line of any text as HTML, in content and in quoted attributes; what hides or acts is visible."""
    visible = text if text.isascii() and text.isprintable() else safe(text)
    return escape(visible) if _ACTS.search(visible) else visible


def escaped_lines(text: str) -> str:
    """Several lines of any text as HTML."""
    return escaped(text) if "\n" not in text else "\n".join(map(escaped, text.split("\n")))


def message_html(
    message: Message, language: str, look: Look = _PLAIN_LOOK, marks: Sequence[Marks] = ()
) -> str:
    """The message as a phone shows it. `marks` are those of the bubble, then of each card."""
    given = iter(marks)
    bubble = _bubble(message.bubble, look, next(given, _UNMARKED))
    cards = ""
    if message.cards:
        drawn = "".join(
            f'<li class="card">{_bubble(card, look, next(given, _UNMARKED))}</li>' for card in message.cards
        )
        name = f"{len(message.cards)} cards to swipe"
        cards = f'<ul class="cards" tabindex="0" aria-label="{name}">{drawn}</ul>'
    way = f'dir="{direction(language)}" lang="{escaped(tag(language))}"'
    return f'<div class="message" {way}>{bubble}{cards}</div>'


def icon(name: str) -> str:
    """A sign of the page's sprite, for the eyes only."""
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"/></svg>'


def _bubble(bubble: Bubble, look: Look, marks: Marks) -> str:
    parts = []
    match bubble.header:
        case None:
            pass
        case Filled() as header:
            parts.append(f'<p class="header" dir="auto">{_one_line(header, marks.header, look.mark)}</p>')
        case Picture() as picture:
            parts.append(_marked(_picture(picture, look), marks.picture, look.mark))
        case other:
            assert_never(other)
    if bubble.offer is not None:
        parts.append(_marked(_offer(bubble.offer), marks.offer, look.mark))
    if bubble.body is not None:
        parts.append(f'<div class="body">{_body(bubble.body, marks.body, look.mark)}</div>')
    elif bubble.library is not None:
        parts.append(f'<p class="nobody">Text of {escaped(bubble.library)}, which Meta’s library has</p>')
    if bubble.footer is not None:
        footer = _one_line(Filled(bubble.footer), marks.footer, look.mark)
        parts.append(f'<p class="footer" dir="auto">{footer}</p>')
    if bubble.actions or bubble.asks_to_call:
        actions = [
            _action(action, look.mark if at in marks.actions else "")
            for at, action in enumerate(bubble.actions)
        ]
        if bubble.asks_to_call:
            actions.append(f"<li>{icon('phone')}<span>May the business call you?</span></li>")
        parts.append(f'<ul class="actions" aria-label="Buttons">{"".join(actions)}</ul>')
    return f'<div class="bubble">{"".join(parts)}</div>'


def _marked(html: str, marked: bool, mark: str) -> str:
    return f"<{mark}>{html}</{mark}>" if marked else html


def _picture(picture: Picture, look: Look) -> str:
    kind = _PICTURES.get(picture.kind, picture.kind)
    label = escaped(f"{kind} {picture.name}".rstrip())
    seen = look.pictures.get(picture.path or "")
    if seen is not None:
        return f'<div class="picture {seen}" role="img" aria-label="{label}"></div>'
    return (
        f'<div class="picture none">{icon(picture_icon(picture.kind))}<span dir="auto">{label}</span></div>'
    )


def _offer(offer: Offer) -> str:
    rows = [f"<strong>{escaped(offer.text)}</strong>"]
    if offer.countdown:
        rows.append("<span>Countdown to the end of the offer</span>")
    if offer.code is not None:
        rows.append(f"<span>Code <mark>{escaped(offer.code) or '…'}</mark></span>")
    return f'<div class="offer">{icon("gift")}<div>{"".join(rows)}</div></div>'


@lru_cache(maxsize=1024)
def _action(action: Action, mark: str) -> str:
    label = "label of the library" if action.label is None else action.label
    kind = '<span class="unsaid">' if action.label is None else "<span>"
    inside = _marked(f"{kind}{escaped(label)}</span>", mark != "", mark)
    return f"<li>{icon(button_icon(action.kind))}{inside}</li>"


def _body(body: Filled, marked: Stretches, mark: str) -> str:
    """The lines of a body, those of a kind together."""
    parts = []
    for kind, lines in groupby(lines_of(body.text), key=lambda line: line.kind):
        match kind:
            case Kind.TEXT:
                inside = "<br>".join(_line(body, line, marked, mark) for line in lines)
                parts.append(f'<p dir="auto">{inside}</p>')
            case Kind.QUOTE:
                inside = "<br>".join(_line(body, line, marked, mark) for line in lines)
                parts.append(f'<blockquote dir="auto">{inside}</blockquote>')
            case Kind.BULLET:
                items = (f"<li>{_line(body, line, marked, mark)}</li>" for line in lines)
                parts.append(f'<ul dir="auto">{"".join(items)}</ul>')
            case Kind.NUMBER:
                items = (f'<li value="{one.number}">{_line(body, one, marked, mark)}</li>' for one in lines)
                parts.append(f'<ol dir="auto">{"".join(items)}</ol>')
            case Kind.BLOCK:
                parts += [f"<pre>{_line(body, line, marked, mark)}</pre>" for line in lines]
            case _:
                assert_never(kind)
    return "".join(parts)


@lru_cache(maxsize=256)
def _kept_line(text: Filled, marked: Stretches, mark: str) -> str:
    return _line(text, plain_line(text.text), marked, mark)


def _one_line(text: Filled, marked: Stretches, mark: str) -> str:
    """A text in which nothing is markup; where nothing is marked, both sides of a change share it."""
    return _kept_line(text, marked, mark if marked else "")


def _line(filled: Filled, line: Line, marked: Stretches, mark: str) -> str:
    if not marked and not filled.samples and len(line.spans) == 1 and not line.spans[0].styles:
        return escaped_lines(filled.text[line.spans[0].start : line.spans[0].end])
    return "".join([_run(run, mark) for run in runs_of(filled, line, marked)])


def _run(run: Run, mark: str) -> str:
    text, styles, sample, marked = run
    html = escaped_lines(text)
    if sample is not None:
        html = f"{_sample_tag(sample.name, sample.given)}{html}</mark>"
    if marked:
        html = f"<{mark}>{html}</{mark}>"
    for style in sorted(styles) if styles else ():
        html = f"<{_TAGS[style]}>{html}</{_TAGS[style]}>"
    return html


@lru_cache(maxsize=1024)
def _sample_tag(name: str, given: bool) -> str:
    kind = "" if given else ' class="open"'
    return f'<mark{kind} title="{escaped(f"{{{{{name}}}}}")}">'
