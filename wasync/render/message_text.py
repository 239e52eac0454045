"""A template as the message it makes, drawn with letters: header, text, buttons and cards as on a phone.

What nobody documents, such as the look of a map, stands in brackets.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from wasync.render.layout import fold
from wasync.render.message import Action, Bubble, Filled, Message, Offer, Picture, notes_of
from wasync.render.preview.page import Shown, status_text
from wasync.render.safe_text import pieces_of, safe, safe_lines, width

COLUMNS = 44
"""How wide a message is drawn, frame and all."""
_CARD_COLUMNS = 32
_SIGNS = {
    "quick_reply": "↩",
    "url": "↗",
    "phone_number": "✆",
    "voice_call": "✆",
    "copy_code": "⧉",
    "otp": "⧉",
}
_PICTURES = {
    "image": "image",
    "video": "▶ video",
    "gif": "▶ GIF",
    "document": "document",
    "location": "map of a place",
    "product": "product of the catalog",
}


def shown_text(one: Shown) -> str:
    """A template of a preview: whose it is, the message, and what the drawing does not say."""
    key = one.template.key
    facts = [", ".join(one.accounts), status_text(one.status) if one.status else ""]
    title = " · ".join(safe(part) for part in (str(key), *facts) if part)
    notes = [_folded(note, COLUMNS) for note in notes_of(one.message, key.language)]
    return "\n".join((title, message_text(one.message), *notes))


def message_text(message: Message, columns: int = COLUMNS) -> str:
    """The message, `columns` wide (carousels wider), without a line end."""
    lines = _framed(message.bubble, columns)
    cards = [_framed(card, _CARD_COLUMNS) for card in message.cards]
    for at in range(0, len(cards), 2):
        lines += _side_by_side(cards[at : at + 2])
    return "\n".join(line.rstrip() for line in lines)


def _framed(bubble: Bubble, columns: int) -> list[str]:
    """One frame: what is to read above, a compartment for each button below."""
    room = columns - 4
    labels = [_label(action) for action in bubble.actions]
    if bubble.asks_to_call:
        labels.append("✆ (may the business call you?)")
    parts = ["\n".join(_reading(bubble, room)), *(_centred(label, room) for label in labels)]
    rule = "─" * (columns - 2)
    lines = [f"┌{rule}┐"]
    for at, part in enumerate(parts):
        if at:
            lines.append(f"├{rule}┤")
        lines += [f"│ {line}{' ' * (room - width(line))} │" for line in part.split("\n")]
    return [*lines, f"└{rule}┘"]


def _reading(bubble: Bubble, room: int) -> list[str]:
    """Header, offer, body and footer as lines of at most `room` columns, an empty line between them."""
    blocks = []
    match bubble.header:
        case Filled(text):
            blocks.append(_folded(text, room))
        case Picture() as picture:
            blocks.append(_picture(picture, room))
    if bubble.offer is not None:
        blocks.append(_folded(_offer(bubble.offer), room))
    if bubble.body is not None:
        blocks.append(_folded(bubble.body.text, room))
    elif bubble.library is not None:
        blocks.append(_folded(f"(text of the library's {bubble.library})", room))
    if bubble.footer is not None:
        blocks.append(_folded(bubble.footer, room))
    return "\n\n".join(blocks).split("\n")


def _offer(offer: Offer) -> str:
    lines = [offer.text]
    if offer.countdown:
        lines.append("(countdown)")
    if offer.code is not None:
        lines.append(f"Code {offer.code}" if offer.code else "(code)")
    return "\n".join(lines)


def _picture(picture: Picture, room: int) -> str:
    """A medium as a small frame with its kind and the name of its sample."""
    rule = "─" * (room - 2)
    words = f"{_PICTURES.get(picture.kind, picture.kind)} {picture.name}".rstrip()
    label = _centred(words, room - 4)
    inside = [f"│ {line}{' ' * (room - 4 - width(line))} │" for line in label.split("\n")]
    return "\n".join([f"┌{rule}┐", *inside, f"└{rule}┘"])


def _label(action: Action) -> str:
    shown = "(label of the library)" if action.label is None else action.label
    return f"{_SIGNS.get(action.kind, '☰')} {shown}"


def _folded(text: str, room: int) -> str:
    """The text in lines of at most `room` columns; a word that is wider is cut."""
    lines = [line for given in safe_lines(text) for line in fold(given, 0, 0, room).split("\n")]
    return "\n".join(piece for line in lines for piece in (pieces_of(line, room) if line else [""]))


def _centred(text: str, room: int) -> str:
    lines = _folded(safe(text), room).split("\n")
    return "\n".join(" " * ((room - width(line)) // 2) + line for line in lines)


def _side_by_side(boxes: Sequence[list[str]]) -> list[str]:
    empty = " " * _CARD_COLUMNS
    return ["  ".join(row) for row in zip_longest(*boxes, fillvalue=empty)]
