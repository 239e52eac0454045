"""Messages side by side in a comment: a table of preformatted text, what differs struck out or underlined.

Inside `<pre>` GitHub and GitLab make no mention, link or reference of a text, and the table is one line, so
that nothing in it can end it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wasync.render.before_after import Side
from wasync.render.compare import Marks
from wasync.render.markup import Kind, Line, Style, lines_of
from wasync.render.message import Bubble, Filled, Offer, Picture, left_out_note, stand_in_note
from wasync.render.preview.html import escaped
from wasync.render.runs import Run, fold_runs, plain_line, runs_of
from wasync.render.safe_text import width

COLUMNS = 38
"""Two of these stand side by side where GitHub shows comments."""
_UNMARKED = Marks()
_TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.STRIKE: "s", Style.CODE: "code"}
_BEFORE = {Kind.BULLET: "• ", Kind.QUOTE: "▏ "}
_BOLD = frozenset({Style.BOLD})


def sides_table(sides: Sequence[Side], language: str) -> str:
    """The messages of a step as one line of HTML; "" where there is none to show."""
    if not sides:
        return ""
    heads = "".join(f"<th>{escaped(side.title)}</th>" for side in sides)
    cells = "".join(f"<td><pre>{'&#10;'.join(_message(side, language))}</pre></td>" for side in sides)
    return f"<table><tr>{heads}</tr><tr>{cells}</tr></table>"


def _message(side: Side, language: str) -> Iterable[str]:
    mark = "del" if side.gone else "ins"
    bubbles = (side.message.bubble, *side.message.cards)
    for at, bubble in enumerate(bubbles):
        if at:
            yield from ("", f"— card {at} —")
        yield from _bubble(bubble, side.marks[at] if at < len(side.marks) else _UNMARKED, mark)
    notes = [stand_in_note(language)] if side.message.stand_in else []
    for note in (*notes, *map(left_out_note, side.message.left_out)):
        yield from ("", *_folded([Run(note, frozenset({Style.ITALIC}))], mark))


def _bubble(bubble: Bubble, marks: Marks, mark: str) -> Iterable[str]:
    match bubble.header:
        case Filled() as header:
            runs = runs_of(header, plain_line(header.text), marks.header)
            yield from _folded([run._replace(styles=_BOLD) for run in runs], mark)
        case Picture(kind, name):
            yield from _folded([Run(f"[{f'{kind} {name}'.rstrip()}]", marked=marks.picture)], mark)
        case None:
            pass
    if bubble.offer is not None:
        yield from _folded([Run(_offer(bubble.offer), marked=marks.offer)], mark)
    if bubble.body is not None:
        for line in lines_of(bubble.body.text):
            yield from _line(bubble.body, line, marks, mark)
    elif bubble.library is not None:
        yield from _folded([Run(f"(text of the library's {bubble.library})")], mark)
    if bubble.footer is not None:
        runs = runs_of(Filled(bubble.footer), plain_line(bubble.footer), marks.footer)
        yield from _folded([run._replace(styles=frozenset({Style.ITALIC})) for run in runs], mark)
    for at, action in enumerate(bubble.actions):
        label = "(label of the library)" if action.label is None else action.label
        yield from _folded([Run("▸ "), Run(label, marked=at in marks.actions)], mark)
    if bubble.asks_to_call:
        yield "▸ (may the business call you?)"


def _line(body: Filled, line: Line, marks: Marks, mark: str) -> Iterable[str]:
    if line.kind is Kind.BLOCK:
        text = body.text[line.spans[0].start : line.spans[0].end]
        for one in text.split("\n"):
            yield from _folded([Run(one, frozenset({Style.CODE}))], mark)
        return
    before = f"{line.number}. " if line.kind is Kind.NUMBER else _BEFORE.get(line.kind, "")
    yield from _folded([*([Run(before)] if before else []), *runs_of(body, line, marks.body)], mark)


def _offer(offer: Offer) -> str:
    parts = [offer.text, "countdown" if offer.countdown else "", f"code {offer.code}" if offer.code else ""]
    return f"[{', '.join(part for part in parts if part)}]"


def _folded(runs: Sequence[Run], mark: str) -> Iterable[str]:
    # Examples are not marked here: they are read as what they are, beside what changes.
    plain = [run._replace(sample=None) for run in runs]
    rows = fold_runs(plain, COLUMNS, lambda text, _: width(text), COLUMNS)
    return ("".join(_html(run, mark) for run in row) for row in rows)


def _html(run: Run, mark: str) -> str:
    html = escaped(run.text)
    for style in sorted(run.styles):
        html = f"<{_TAGS[style]}>{html}</{_TAGS[style]}>"
    return f"<{mark}>{html}</{mark}>" if run.marked else html
