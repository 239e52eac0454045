"""One message as an SVG picture of its own, for comments and documents; light or dark as the reader is."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import NamedTuple, assert_never

from wasync.render.markup import Kind, Line, Span, Style, lines_of
from wasync.render.message import Bubble, Filled, Message, Offer, Picture, stand_in_note
from wasync.render.preview.html import escaped
from wasync.render.preview.icons import ICONS, button_icon, picture_icon
from wasync.render.preview.language import direction, tag
from wasync.render.preview.measure import text_width
from wasync.render.preview.page import Media
from wasync.render.runs import Run, fold_runs, plain_line, runs_of
from wasync.render.safe_text import safe

_MARGIN, _INSET = 14, 11
_WIDTH, _CARD = 330, 230
_BODY, _SMALL = 15.0, 13.0
_LEADING = 1.4
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_STYLE = (
    f"text{{font-family:{_FONT};white-space:pre}}"
    ".chat{fill:#efe7de}.box{fill:#fff}.t{fill:#111b21}.soft{fill:#4a5a63}.tap{fill:#00669c}"
    ".i{fill:none;stroke:#00669c;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}"
    ".rule{stroke:#e6e9ea}.media{fill:#dde3e6}.mi{stroke:#4a5a63}.v{fill:#5a4300}.bar{fill:#00664f}"
    "@media(prefers-color-scheme:dark){.chat{fill:#0b141a}.box{fill:#202c33}.t{fill:#e9edef}.soft{fill:#a3b1b8}"
    ".tap{fill:#63c5f5}.i{stroke:#63c5f5}.rule{stroke:#324049}.media{fill:#2f3d45}.mi{stroke:#a3b1b8}"
    ".v{fill:#ffe69c}.bar{fill:#25d3a2}}"
)
_STYLED = {
    Style.BOLD: ' font-weight="700"',
    Style.ITALIC: ' font-style="italic"',
    Style.STRIKE: ' text-decoration="line-through"',
    Style.CODE: ' font-family="monospace"',
}


class _Row(NamedTuple):
    """One line of a picture: its runs, size, class, and how far it is set in."""

    runs: tuple[Run, ...]
    size: float
    name: str
    indent: float = 0
    bold: bool = False
    quoted: bool = False


def message_svg(message: Message, language: str, pictures: Mapping[str, Media] | None = None) -> str:
    """The message as a whole SVG document. It loads nothing; `pictures`, by path, are carried inside."""
    seen = pictures or {}
    rtl = direction(language) == "rtl"
    parts, height = _bubble(message.bubble, _MARGIN, _MARGIN, _WIDTH, rtl, seen)
    total, below = 2 * _MARGIN + _WIDTH, _MARGIN + height
    if message.cards:
        tallest = 0.0
        for at, card in enumerate(message.cards):
            drawn, high = _bubble(card, _MARGIN + at * (_CARD + 8), below + 8, _CARD, rtl, seen)
            parts += drawn
            tallest = max(tallest, high)
        below += 8 + tallest
        total = max(total, 2 * _MARGIN + len(message.cards) * (_CARD + 8) - 8)
    if message.stand_in:
        note = Run(safe(stand_in_note(language)))
        parts.append(_text(_Row((note,), _SMALL, "soft"), _MARGIN, below + 18, _WIDTH, False))
        below += 22
    below += _MARGIN
    label = escaped(_reading(message))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total:g}" height="{below:g}" '
        f'viewBox="0 0 {total:g} {below:g}" role="img" aria-label="{label}" '
        f'xml:lang="{escaped(tag(language))}">'
        f"<title>{label}</title><style>{_STYLE}</style>"
        f'<rect class="chat" width="{total:g}" height="{below:g}" rx="12"/>{"".join(parts)}</svg>\n'
    )


def _reading(message: Message) -> str:
    """The words of a message in one line, for those who do not see it."""
    found = []
    for bubble in (message.bubble, *message.cards):
        found += [part.text for part in (bubble.header, bubble.body) if isinstance(part, Filled)]
        found += [bubble.footer or "", *(action.label or "" for action in bubble.actions)]
    return " ".join(" ".join(found).split())


def _bubble(
    bubble: Bubble, x: float, y: float, wide: float, rtl: bool, pictures: Mapping[str, Media]
) -> tuple[list[str], float]:
    """A frame with its upper left corner at x, y: its parts, and its height."""
    inner = wide - 2 * _INSET
    parts: list[str] = []
    at = y + 8
    match bubble.header:
        case None:
            pass
        case Filled(text, samples):
            header = Filled(text.replace("\n", "⏎"), samples)
            rows = _fold(header, plain_line(text), inner, _BODY, "t", bold=True)
            at = _rows(parts, rows, x, at, wide, rtl)
        case Picture() as picture:
            parts += _picture(picture, x + 6, at, wide - 12, pictures)
            at += 146
        case other:
            assert_never(other)
    if bubble.offer is not None:
        at = _rows(parts, _offer(bubble.offer, inner), x, at, wide, rtl) + 4
    if bubble.body is not None:
        rows = [row for line in lines_of(bubble.body.text) for row in _body(bubble.body, line, inner)]
        at = _rows(parts, rows, x, at, wide, rtl) + 2
    elif bubble.library is not None:
        text = f"Text of {bubble.library}, which Meta’s library has"
        at = _rows(parts, _plain(text, inner, _SMALL, "soft"), x, at, wide, rtl) + 2
    if bubble.footer is not None:
        at = _rows(parts, _plain(bubble.footer, inner, _SMALL, "soft"), x, at, wide, rtl)
    at += 6
    labels = [(button_icon(one.kind), one.label or "label of the library") for one in bubble.actions]
    if bubble.asks_to_call:
        labels.append(("phone", "May the business call you?"))
    for sign, label in labels:
        parts += _action(sign, label, x, at, wide)
        at += 42
    height = at - y
    box = f'<rect class="box" x="{x:g}" y="{y:g}" width="{wide:g}" height="{height:g}" rx="10"/>'
    return [box, *parts], height


def _rows(parts: list[str], rows: Sequence[_Row], x: float, y: float, wide: float, rtl: bool) -> float:
    """Draw rows below y; where the next one begins."""
    for row in rows:
        y += row.size * _LEADING
        if row.quoted:
            left = x + wide - _INSET - 3 if rtl else x + _INSET
            high = row.size * _LEADING
            parts.append(f'<rect class="bar" x="{left:g}" y="{y - row.size:g}" width="3" height="{high:g}"/>')
        if row.runs:
            parts.append(_text(row, x + _INSET, y, wide - 2 * _INSET, rtl))
    return y + 2


def _text(row: _Row, x: float, y: float, wide: float, rtl: bool) -> str:
    start = x + wide - row.indent if rtl else x + row.indent
    spans = "".join(_span(run) for run in row.runs)
    look = (' font-weight="600"' if row.bold else "") + (' direction="rtl"' if rtl else "")
    place = f'x="{start:g}" y="{y:g}" font-size="{row.size:g}"'
    return f'<text class="{row.name}" {place}{look}>{spans}</text>'


def _span(run: Run) -> str:
    styles = "".join(_STYLED[style] for style in sorted(run.styles))
    name = ' class="v"' if run.sample is not None else ""
    text = escaped(run.text)
    return f"<tspan{name}{styles}>{text}</tspan>" if styles or name else text


def _body(body: Filled, line: Line, wide: float) -> list[_Row]:
    match line.kind:
        case Kind.TEXT:
            return _fold(body, line, wide, _BODY, "t")
        case Kind.BULLET:
            return _fold(body, line, wide, _BODY, "t", before="•  ")
        case Kind.NUMBER:
            return _fold(body, line, wide, _BODY, "t", before=f"{line.number}.  ")
        case Kind.QUOTE:
            rows = _fold(body, line, wide - 12, _BODY, "soft")
            return [row._replace(indent=12, quoted=True) for row in rows]
        case Kind.BLOCK:
            start, end, _ = line.spans[0]
            code = frozenset({Style.CODE})
            rows = []
            for text in body.text[start:end].split("\n"):
                whole = Line(Kind.TEXT, (Span(start, start + len(text), code),))
                rows += _fold(body, whole, wide, _SMALL, "t")
                start += len(text) + 1
            return rows
        case _:
            assert_never(line.kind)


def _plain(text: str, wide: float, size: float, name: str) -> list[_Row]:
    filled = Filled(text.replace("\n", "⏎"))
    return _fold(filled, plain_line(text), wide, size, name)


def _offer(offer: Offer, wide: float) -> list[_Row]:
    rows = [row._replace(bold=True) for row in _plain(offer.text, wide, _BODY, "t")]
    if offer.countdown:
        rows += _plain("Countdown to the end of the offer", wide, _SMALL, "soft")
    if offer.code is not None:
        rows += _plain(f"Code {offer.code or '…'}", wide, _SMALL, "soft")
    return rows


def _fold(
    filled: Filled, line: Line, wide: float, size: float, name: str, *, bold: bool = False, before: str = ""
) -> list[_Row]:
    """One line of a message as the rows it takes; a word wider than a row is cut."""
    indent = text_width(before, size)

    def measure(text: str, styles: frozenset[Style]) -> float:
        return text_width(text, size, bold=bold or Style.BOLD in styles)

    rows = fold_runs(runs_of(filled, line), wide - indent, measure, max(4, int(wide / size)))
    if before:
        rows[0].insert(0, Run(before))
    return [_Row(tuple(runs), size, name, indent if at else 0, bold) for at, runs in enumerate(rows)]


def _picture(picture: Picture, x: float, y: float, wide: float, pictures: Mapping[str, Media]) -> list[str]:
    media = pictures.get(picture.path or "")
    if media is not None:
        data = b64encode(media.data).decode("ascii")
        frame = f'x="{x:g}" y="{y:g}" width="{wide:g}" height="138" preserveAspectRatio="xMidYMid slice"'
        return [f'<image {frame} href="data:{media.type};base64,{data}"/>']
    label = next(iter(_plain(f"{picture.kind} {picture.name}".rstrip(), wide, _SMALL, "soft")))
    middle = x + (wide - sum(text_width(run.text, _SMALL) for run in label.runs)) / 2
    at = f"translate({x + wide / 2 - 16:g} {y + 40:g}) scale(1.35)"
    return [
        f'<rect class="media" x="{x:g}" y="{y:g}" width="{wide:g}" height="138" rx="8"/>',
        f'<path class="i mi" transform="{at}" d="{ICONS[picture_icon(picture.kind)]}"/>',
        _text(label, middle, y + 98, wide, False),
    ]


def _action(sign: str, label: str, x: float, y: float, wide: float) -> list[str]:
    text = safe(label)
    long = text_width(text, _BODY)
    left = x + max(8.0, (wide - long - 26) / 2)
    place = f'x="{left + 26:g}" y="{y + 26:g}" font-size="15" font-weight="500"'
    return [
        f'<line class="rule" x1="{x:g}" y1="{y:g}" x2="{x + wide:g}" y2="{y:g}"/>',
        f'<path class="i" transform="translate({left:g} {y + 12:g}) scale(.75)" d="{ICONS[sign]}"/>',
        f'<text class="tap" {place}>{escaped(label)}</text>',
    ]
