"""A template as the message it makes, drawn with letters: header, text, buttons and cards as on a phone.

Variables are filled with their examples. What Meta writes by itself stands in its English words; what nobody
documents, such as the look of a map, in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

from wasync.model.template import JSON, Spec
from wasync.render.layout import fold
from wasync.render.safe_text import pieces_of, safe, safe_lines, width

COLUMNS = 44
"""How wide a message is drawn, frame and all."""
_CARD_COLUMNS = 32
_SIGNS = {"quick_reply": "↩", "url": "↗", "phone_number": "✆", "voice_call": "✆", "copy_code": "⧉"}
_LABELS = {
    "copy_code": "Copy offer code",
    "catalog": "View catalog",
    "mpm": "View items",
    "spm": "View",
    "order_details": "Review and Pay",
    "voice_call": "Call Now",
    "request_contact_info": "Share Contact Info",
}
"""What Meta writes where the template does not (docs/meta-api.md, sections B2 and C3)."""
_PICTURES = {
    "image": "image",
    "video": "▶ video",
    "gif": "▶ GIF",
    "document": "document",
    "location": "map of a place",
    "product": "product of the catalog",
}

_Map = dict[str, JSON]


def message_text(spec: Spec, columns: int = COLUMNS) -> str:
    """The message, `columns` wide (carousels wider), without a line end. Takes whatever a spec may hold."""
    lines = _bubble(spec, _map(spec.get("examples")), columns)
    cards = spec.get("carousel")
    if isinstance(cards, list):
        of_cards = _map(_map(spec.get("examples")).get("carousel"))
        drawn = [
            _bubble(_map(card), _map(of_cards.get(str(at))), _CARD_COLUMNS) for at, card in enumerate(cards)
        ]
        for at in range(0, len(drawn), 2):
            lines += _side_by_side(drawn[at : at + 2])
    return "\n".join(line.rstrip() for line in lines)


def _bubble(spec: Spec, samples: _Map, columns: int) -> list[str]:
    """One frame: what is to read above, a compartment for each button below."""
    room = columns - 4
    blocks = _reading(spec, samples, room)
    parts = ["\n".join(blocks), *(_centred(label, room) for label in _actions(spec))]
    rule = "─" * (columns - 2)
    lines = [f"┌{rule}┐"]
    for at, part in enumerate(parts):
        if at:
            lines.append(f"├{rule}┤")
        lines += [f"│ {line}{' ' * (room - width(line))} │" for line in part.split("\n")]
    return [*lines, f"└{rule}┘"]


def _reading(spec: Spec, samples: _Map, room: int) -> list[str]:
    """Header, offer, body and footer as lines of at most `room` columns, an empty line between them."""
    if isinstance(authentication := spec.get("authentication"), dict):
        spec = {**spec, **_written_by_meta(authentication)}
    blocks = []
    match spec.get("header"):
        case {"text": str(text)}:
            blocks.append(_folded(_filled(text, samples.get("header")), room))
        case {"format": str(kind)}:
            blocks.append(_picture(kind, samples.get("header"), room))
    if isinstance(offer := spec.get("limited_time_offer"), dict):
        blocks.append(_folded(_offer(offer, spec, samples), room))
    if isinstance(body := spec.get("body"), str):
        blocks.append(_folded(_filled(body.strip("\n"), samples.get("body")), room))
    elif isinstance(library := spec.get("library_template_name"), str):
        blocks.append(_folded(f"(text of the library's {library})", room))
    if isinstance(footer := spec.get("footer"), str):
        blocks.append(_folded(footer, room))
    return "\n\n".join(blocks).split("\n")


def _written_by_meta(authentication: _Map) -> Spec:
    """The text of a passcode message, as Meta writes it in English (docs/meta-api.md, section B2)."""
    body = "*123456* is your verification code."
    if authentication.get("add_security_recommendation") is True:
        body += " For your security, do not share this code."
    written: Spec = {"body": body}
    if (minutes := authentication.get("code_expiration_minutes")) is not None:
        written["footer"] = f"This code expires in {minutes} minutes."
    return written


def _offer(offer: _Map, spec: Spec, samples: _Map) -> str:
    lines = [str(offer.get("text", ""))]
    if offer.get("has_expiration") is True:
        lines.append("(countdown)")
    buttons = spec.get("buttons")
    kinds = [_map(button).get("type") for button in buttons] if isinstance(buttons, list) else []
    if "copy_code" in kinds:
        code = _map(samples.get("buttons")).get(str(kinds.index("copy_code")))
        lines.append(f"Code {code}" if isinstance(code, str) else "(code)")
    return "\n".join(lines)


def _picture(kind: str, sample: JSON, room: int) -> str:
    """A medium as a small frame with its kind and the name of its sample."""
    path = _map(sample).get("path")
    name = f" {path.rpartition('/')[2]}" if isinstance(path, str) else ""
    rule = "─" * (room - 2)
    label = _centred(_PICTURES.get(kind, kind) + name, room - 4)
    inside = [f"│ {line}{' ' * (room - 4 - width(line))} │" for line in label.split("\n")]
    return "\n".join([f"┌{rule}┐", *inside, f"└{rule}┘"])


def _actions(spec: Spec) -> list[str]:
    """What people can tap, from top to bottom."""
    buttons = spec.get("buttons")
    labels = [_action(_map(button)) for button in buttons] if isinstance(buttons, list) else []
    if isinstance(authentication := spec.get("authentication"), dict):
        labels.append(_otp(_map(authentication.get("otp"))))
    if "library_template_name" in spec and not labels:
        inputs = _map(_map(spec.get("examples")).get("library")).get("button_inputs")
        given = inputs if isinstance(inputs, list) else []
        labels += [f"{_SIGNS.get(str(_map(one).get('type')), '☰')} (label of the library)" for one in given]
    if "call_permission_request" in spec:
        labels.append("✆ (may the business call you?)")
    return labels


def _action(button: _Map) -> str:
    kind = str(button.get("type", ""))
    label = button.get("text")
    shown = label if isinstance(label, str) and label else _LABELS.get(kind, f"({kind})")
    return f"{_SIGNS.get(kind, '☰')} {shown}"


def _otp(otp: _Map) -> str:
    # What the button of an app says where the template leaves it open is in English: section A1, Preview.
    kind, label, autofill = (
        otp.get("type"),
        otp.get("text", "Copy code"),
        otp.get("autofill_text", "Autofill"),
    )
    return f"⧉ {autofill}" if kind == "one_tap" else f"⧉ {label}"


def _filled(text: str, samples: JSON) -> str:
    """A text with its examples in place of its variables; a variable without one stays."""
    given: _Map = {}
    if isinstance(samples, dict):
        given = samples
    elif isinstance(samples, list):
        given = {str(at): value for at, value in enumerate(samples, 1)}

    def example(found: re.Match[str]) -> str:
        value = given.get(found[1])
        return value if isinstance(value, str) else found[0]

    return re.sub(r"\{\{\s*(\w+)\s*\}\}", example, text)


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


def _map(value: JSON) -> _Map:
    return value if isinstance(value, dict) else {}
