"""A template as the message it makes: what a phone shows from top to bottom, before anything is drawn.

Variables are filled with their examples. What Meta writes by itself stands in its English words, unless its
own text is given; what nobody documents, such as the look of a map, is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wasync.canonical.options import OPTION_SET
from wasync.model.live import Written
from wasync.model.template import JSON, Spec

LABELS: Mapping[str, str] = {
    "copy_code": "Copy offer code",
    "catalog": "View catalog",
    "mpm": "View items",
    "spm": "View",
    "order_details": "Review and Pay",
    "voice_call": "Call Now",
    "request_contact_info": "Share Contact Info",
}
"""What Meta writes where the template does not (docs/meta-api.md, sections B2 and C3)."""
PASSCODE = "123456"
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_DRAWN = frozenset(
    {
        "header",
        "body",
        "footer",
        "buttons",
        "carousel",
        "limited_time_offer",
        "authentication",
        "call_permission_request",
        "examples",
    }
)


class Sample(NamedTuple):
    """A stretch of a text that stands for a variable; without an example it shows the variable itself."""

    start: int
    end: int
    name: str
    given: bool = True


class Filled(NamedTuple):
    """A text with examples in place of its variables, and where they stand."""

    text: str
    samples: tuple[Sample, ...] = ()


class Picture(NamedTuple):
    """A header that is no text: its format, and the file name of its sample.

    `path` is where the sample lies in the project, if it was found there and read.
    """

    kind: str
    name: str = ""
    path: str | None = None


class Offer(NamedTuple):
    """A limited-time offer: its text, whether a countdown runs; the coupon's code, "" where none is given."""

    text: str
    countdown: bool = False
    code: str | None = None


class Action(NamedTuple):
    """Something to tap: its kind, its label, and what it opens. `label` None: the library has it."""

    kind: str
    label: str | None
    opens: str = ""


class Bubble(NamedTuple):
    """One frame of a message, or one card of a carousel. `library`: whose text Meta's library has."""

    header: Filled | Picture | None = None
    offer: Offer | None = None
    body: Filled | None = None
    footer: str | None = None
    actions: tuple[Action, ...] = ()
    library: str | None = None
    asks_to_call: bool = False


class Message(NamedTuple):
    """All of it. `stand_in`: Meta writes the text in the template's language, and English stands here.

    `left_out`: what the template has and nobody knows how to draw, by name.
    """

    bubble: Bubble
    cards: tuple[Bubble, ...] = ()
    stand_in: bool = False
    left_out: tuple[str, ...] = ()


_English = Written()
_Map = dict[str, JSON]


def message_of(spec: Spec, written: Written | None = None, samples: JSON = None) -> Message:
    """The message of a spec, whatever it may hold.

    `written` is what Meta says it writes by itself. `samples` stand in for examples that the spec lacks.
    """
    examples = {**_map(samples), **_map(spec.get("examples"))}
    cards = spec.get("carousel")
    of_cards = _map(examples.get("carousel"))
    drawn = [
        _bubble(_map(card), _map(of_cards.get(str(at))), _English)
        for at, card in enumerate(cards if isinstance(cards, list) else [])
    ]
    bubble = _bubble(spec, examples, written or _English)
    stand_in = isinstance(spec.get("authentication"), dict) and (written is None or written.body is None)
    return Message(bubble, tuple(drawn), stand_in, tuple(_left_out(spec)))


def stand_in_note(language: str) -> str:
    """What is said beside a message whose text is Meta's, and not known in its language."""
    if language.partition("_")[0] == "en":
        return "Meta writes this text."
    return f"Meta writes this in {language}; its English stands in."


def left_out_note(part: str) -> str:
    """What is said of a part that is not drawn."""
    return f"Left out: {part}, which wasync cannot draw."


def notes_of(message: Message, language: str) -> list[str]:
    """What a reader must know and no drawing of the message says, each once."""
    notes = [stand_in_note(language)] if message.stand_in else []
    if message.bubble.library:
        notes.append("Meta’s library has the text; it cannot be shown here.")
    notes += map(left_out_note, message.left_out)
    for bubble in (message.bubble, *message.cards):
        for text in (bubble.header, bubble.body):
            samples = text.samples if isinstance(text, Filled) else ()
            notes += [f"{{{{{one.name}}}}} has no example." for one in samples if not one.given]
    return list(dict.fromkeys(notes))


def fill(text: str, samples: JSON) -> Filled:
    """A text with its examples in place of its variables; a variable without one stays."""
    if "{{" not in text:
        return Filled(text)
    given: _Map = {}
    if isinstance(samples, dict):
        given = samples
    elif isinstance(samples, list):
        given = {str(at): value for at, value in enumerate(samples, 1)}
    parts: list[str] = []
    found: list[Sample] = []
    length = end = 0
    for match in _PLACEHOLDER.finditer(text):
        value = given.get(match[1])
        shown = value if isinstance(value, str) and value else match[0]
        before = text[end : match.start()]
        parts += (before, shown)
        start = length + len(before)
        length, end = start + len(shown), match.end()
        found.append(Sample(start, length, match[1], shown is value))
    return Filled("".join((*parts, text[end:])), tuple(found))


def _bubble(spec: Spec, samples: _Map, written: Written) -> Bubble:
    header: Filled | Picture | None = None
    match spec.get("header"):
        case {"text": str(text)}:
            header = fill(text, samples.get("header"))
        case {"format": str(kind)}:
            header = _picture(kind, _map(samples.get("header")))
    body: Filled | None = None
    footer = _text(spec.get("footer"))
    library, authentication = spec.get("library_template_name"), spec.get("authentication")
    if isinstance(authentication, dict):
        body, footer = _passcode(authentication, written)
    elif (own := _text(spec.get("body"))) is not None:
        body = fill(own.strip("\n"), samples.get("body"))
    return Bubble(
        header,
        _offer(spec, samples),
        body,
        footer,
        tuple(_actions(spec, samples, written)),
        library if isinstance(library, str) and body is None else None,
        "call_permission_request" in spec,
    )


def _picture(kind: str, sample: _Map) -> Picture:
    path = _text(sample.get("path"))
    if path is None:
        return Picture(kind)
    # Only what was read has a hash: a path alone may lead anywhere.
    return Picture(kind, path.rpartition("/")[2], path if sample.get("sha256") else None)


def _passcode(authentication: _Map, written: Written) -> tuple[Filled, str | None]:
    """The text of a passcode message, as Meta writes it in English (docs/meta-api.md, section B2)."""
    body = written.body
    if body is None:
        body = "*{{1}}* is your verification code."
        if authentication.get("add_security_recommendation") is True:
            body += " For your security, do not share this code."
    footer, minutes = written.footer, authentication.get("code_expiration_minutes")
    if footer is None and minutes is not None:
        footer = f"This code expires in {minutes} minutes."
    return fill(body, [PASSCODE]), footer


def _offer(spec: Spec, samples: _Map) -> Offer | None:
    offer = spec.get("limited_time_offer")
    if not isinstance(offer, dict):
        return None
    buttons = spec.get("buttons")
    kinds = [_map(button).get("type") for button in buttons] if isinstance(buttons, list) else []
    code: JSON = None
    if "copy_code" in kinds:
        code = _map(samples.get("buttons")).get(str(kinds.index("copy_code")), "")
    text = offer.get("text")
    return Offer(
        text if isinstance(text, str) else "",
        offer.get("has_expiration") is True,
        code if isinstance(code, str) else None,
    )


def _actions(spec: Spec, samples: _Map, written: Written) -> Iterable[Action]:
    """What people can tap, from top to bottom."""
    buttons = spec.get("buttons")
    of_buttons = _map(samples.get("buttons"))
    for at, button in enumerate(buttons if isinstance(buttons, list) else []):
        yield _action(_map(button), of_buttons.get(str(at)))
    if isinstance(authentication := spec.get("authentication"), dict):
        yield _otp(_map(authentication.get("otp")), written)
    if "library_template_name" in spec and not buttons:
        inputs = _map(_map(samples.get("library"))).get("button_inputs")
        for one in inputs if isinstance(inputs, list) else []:
            yield Action(str(_map(one).get("type", "")), None)


def _action(button: _Map, sample: JSON) -> Action:
    kind = str(button.get("type", ""))
    label = button.get("text")
    shown = label if isinstance(label, str) and label else LABELS.get(kind, f"({kind})")
    match button:
        case {"url": str(url)}:
            return Action(kind, shown, _address(url, sample))
        case {"phone_number": str(phone)}:
            return Action(kind, shown, f"+{phone}")
        case _:
            code = sample if kind == "copy_code" and isinstance(sample, str) else ""
            return Action(kind, shown, code)


def _address(url: str, sample: JSON) -> str:
    """Where a button leads: Meta takes the whole address as an example, or what stands for the variable."""
    if not isinstance(sample, str) or "{{" not in url:
        return url
    return sample if sample.startswith(("http:", "https:")) else _PLACEHOLDER.sub(lambda _: sample, url)


def _otp(otp: _Map, written: Written) -> Action:
    # What the button of an app says where the template leaves it open is in English: section A1, Preview.
    one_tap = otp.get("type") == "one_tap"
    default = (written.autofill or "Autofill") if one_tap else (written.label or "Copy code")
    label = otp.get("autofill_text" if one_tap else "text")
    return Action("otp", label if isinstance(label, str) and label else default)


def _left_out(spec: Spec) -> Iterable[str]:
    """What a template and its cards have beyond what is drawn and beyond their options."""
    for name, value in spec.items():
        if name in _DRAWN or name in OPTION_SET:
            continue
        if name == "components":
            for odd in value if isinstance(value, list) else [value]:
                yield f"component {_map(odd).get('type', 'of no type')}"
        elif name == "more":
            yield from (f"what is new in {part}" for part in _map(value))
        else:
            yield name
    cards = spec.get("carousel")
    for at, card in enumerate(cards if isinstance(cards, list) else [], 1):
        yield from (f"{part} of card {at}" for part in _left_out(_map(card)))


def _map(value: JSON) -> _Map:
    return value if isinstance(value, dict) else {}


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) else None
