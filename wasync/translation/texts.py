"""Which texts of a template are translated, where they stand in its document, and how long they may be.

Texts are taken as files hold them: `${values}` not filled in, so that a translation serves every account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from wasync.canonical.yaml_in import CONTENT
from wasync.checks.buttons import MAX_CALL_LABEL, MAX_LABEL
from wasync.checks.carousels import MAX_CARD_BODY
from wasync.checks.headers import MAX_PRODUCT_BODY
from wasync.checks.offers import MAX_OFFER, MAX_OFFER_BODY
from wasync.checks.texts import MAX_BODY, MAX_FOOTER, MAX_HEADER
from wasync.model.template import JSON, Document

TextPath: TypeAlias = tuple[str | int, ...]
"""Steps to a text in what a language says, or to what has it as `text`: ("buttons", 1)."""

PARTS = ("header", "body", "footer", "limited_time_offer", "buttons", "carousel", "components")
"""The keys of a template that hold texts, as a reader meets them."""

KEPT = re.compile(r"\{\{[^{}]*\}\}|\$\$?\{(?!\{)[^{}\n]*\}?")
"""What a translation keeps as it is: `{{variables}}` and `${values}`."""

_NO_TEXT = {
    "authentication": "Meta writes the text of authentication templates",
    "library_template_name": "Meta writes the text of library templates",
}
_METAS = frozenset({"copy_code", "otp"})
_SHARED_ONLY = frozenset({"name", "revision", "variables", "languages", "absent", "description", "owner"})


class Text(NamedTuple):
    """One text of a template; `what` says it in words, `kind` is a button's type."""

    path: TextPath
    text: str
    limit: int
    what: str
    kind: str = ""

    @property
    def id(self) -> str:
        """The path as translators' files name it: buttons.1, counted from 0 as in plans."""
        return ".".join(map(str, self.path))


def declared_languages(document: Document) -> tuple[str, ...]:
    """The languages of a document, less those it declares absent, in its order."""
    languages = document.data.get("languages")
    if isinstance(languages, dict):
        return tuple(code for code, own in languages.items() if own != "absent")
    return tuple(code for code in languages if isinstance(code, str)) if isinstance(languages, list) else ()


def said(document: Document, language: str) -> dict[str, JSON]:
    """What a language says: its own keys, and those above all languages that it leaves alone.

    Keyed content of its own replaces the `components:` above, as canonical.from_yaml has it.
    """
    data = document.data
    languages = data.get("languages")
    own = languages.get(language) if isinstance(languages, dict) else None
    shared = {key: value for key, value in data.items() if key not in _SHARED_ONLY}
    if not isinstance(own, dict):
        return shared
    if "components" not in own and not CONTENT.isdisjoint(own):
        shared.pop("components", None)
    return {**shared, **own}


def why_none(data: Mapping[str, JSON]) -> str:
    """Why a template has no text that is translated, or ""."""
    return next((why for key, why in _NO_TEXT.items() if data.get(key) is not None), "")


def why_apart(source: Mapping[str, JSON], translated: Mapping[str, JSON]) -> str:
    """Why two languages cannot be set side by side, or ""."""
    if (source.get("components") is None) == (translated.get("components") is None):
        return ""
    return "only one of the two languages is written as `components:`"


def texts(data: Mapping[str, JSON]) -> tuple[Text, ...]:
    """The texts of what one language says, in the order of PARTS."""
    return tuple(text for part in PARTS for text in texts_of(part, data))


def texts_of(part: str, data: Mapping[str, JSON]) -> Iterator[Text]:
    """The texts below one key of a language; beside `components:` no other key counts."""
    if part != "components" and data.get("components") is not None:
        return
    match part, data.get(part):
        case _, None:
            return
        case "carousel", list(cards):
            for at, card in enumerate(cards):
                yield from _card(at, card)
        case "components", components:
            yield from _components((), components, "")
        case "buttons", buttons:
            yield from _buttons((), buttons, "")
        case "body", node if (text := text_at(node)) is not None:
            yield Text(("body",), text, _most_in_body(data), "Body")
        case "header", node if (text := text_at(node)) is not None:
            yield Text(("header",), text, MAX_HEADER, "Header")
        case "footer", node if (text := text_at(node)) is not None:
            yield Text(("footer",), text, MAX_FOOTER, "Footer")
        case "limited_time_offer", node if (text := text_at(node)) is not None:
            yield Text(("limited_time_offer",), text, MAX_OFFER, "Offer")


def text_at(node: JSON) -> str | None:
    """The text that stands there, or below `text`; line ends as Meta gets them."""
    text = node.get("text") if isinstance(node, dict) else node
    return one_line_end(text) if isinstance(text, str) else None


def one_line_end(text: str) -> str:
    """The text with `\\n` for every line end, whatever system wrote it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shape(part: str, data: Mapping[str, JSON]) -> tuple[tuple[TextPath, str], ...]:
    """Where texts stand below a key: two languages of one shape are translated text by text."""
    return tuple((text.path, text.kind) for text in texts_of(part, data))


def kept(text: str) -> list[str]:
    """The variables and values of a text, each once, in order."""
    return list(dict.fromkeys(KEPT.findall(text)))


def _most_in_body(data: Mapping[str, JSON]) -> int:
    header = data.get("header")
    if isinstance(header, dict) and header.get("format") == "product":
        return MAX_PRODUCT_BODY
    return MAX_OFFER_BODY if data.get("limited_time_offer") is not None else MAX_BODY


def _card(at: int, card: JSON) -> Iterator[Text]:
    if not isinstance(card, dict):
        return
    where = f" of card {at + 1}"
    if (text := text_at(card.get("body"))) is not None:
        yield Text(("carousel", at, "body"), text, MAX_CARD_BODY, f"Body{where}")
    yield from _buttons(("carousel", at), card.get("buttons"), where)


def _components(above: TextPath, components: JSON, where: str) -> Iterator[Text]:
    """Texts of Meta's own form, which a carousel's cards have inside it."""
    for at, component in enumerate(components if isinstance(components, list) else ()):
        if not isinstance(component, dict):
            continue
        path: TextPath = (*above, "components", at)
        kind = component.get("type")
        kind = kind.lower() if isinstance(kind, str) else ""
        text = text_at(component)
        match kind:
            case "header" | "footer" | "body" if text is not None:
                limit = {"header": MAX_HEADER, "footer": MAX_FOOTER, "body": MAX_BODY}[kind]
                limit = MAX_CARD_BODY if kind == "body" and above else limit
                yield Text(path, text, limit, f"{kind.capitalize()}{where}", kind)
            case "limited_time_offer":
                offer = text_at(component.get("limited_time_offer"))
                if offer is not None:
                    yield Text((*path, "limited_time_offer"), offer, MAX_OFFER, "Offer", kind)
            case "buttons":
                yield from _buttons(path, component.get("buttons"), where)
            case "carousel":
                cards = component.get("cards")
                for number, card in enumerate(cards if isinstance(cards, list) else ()):
                    inner = card.get("components") if isinstance(card, dict) else None
                    yield from _components((*path, "cards", number), inner, f" of card {number + 1}")
            case _:
                pass


def _buttons(above: TextPath, buttons: JSON, where: str) -> Iterator[Text]:
    for at, button in enumerate(buttons if isinstance(buttons, list) else ()):
        # The labels of these are Meta's (docs/meta-api.md, section B2).
        kind = button.get("type") if isinstance(button, dict) else None
        text = text_at(button)
        if text is not None and isinstance(kind, str) and (kind := kind.lower()) not in _METAS:
            limit = MAX_CALL_LABEL if kind == "voice_call" else MAX_LABEL
            words = f"Button {at + 1}{where} ({kind.replace('_', ' ')})"
            yield Text((*above, "buttons", at), text, limit, words, kind)
