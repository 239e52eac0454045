"""Every text of a template that people will read, and every address it leads to, each with its path."""

from __future__ import annotations

from collections.abc import Iterator

from wasync.canonical.options import OPTION_SET
from wasync.checks.view import View
from wasync.model.template import JSON, SpecPath

_KNOWN = frozenset({"header", "body", "footer", "buttons", "carousel", "examples"})
"""What View knows; examples are no text of ours, they only show what senders may put in."""
_DOCUMENTED = frozenset({"authentication", "limited_time_offer"})
_WORDS = frozenset({"text", "autofill_text"})
"""What people read of documented parts; the rest of them are names and numbers."""


def texts_of(view: View) -> Iterator[tuple[SpecPath, str]]:
    """Header, body, footer, labels, and the texts of all other components; of what nobody documents, all.

    Of a message, not of its cards: they are views of their own.
    """
    yield from view.texts()
    for number, label in view.labels:
        yield ("buttons", number, "text"), label
    if view.special:
        for path, text in _others(view):
            if (path[0] not in _DOCUMENTED or path[-1] in _WORDS) and not _is_address(text):
                yield path, text


def addresses_of(view: View) -> Iterator[tuple[SpecPath, str]]:
    """What is an address and nothing else: of buttons, of library inputs, of what nobody documents."""
    yield from ((("buttons", number, "url"), url) for number, url in view.urls)
    if not view.special:
        return
    for number, button in enumerate(view.buttons):
        for path, text in _strings(button, ("buttons", number)):
            if _is_address(text) and path[2:] not in (("url",), ("text",)):
                yield path, text
    for path, text in _strings(view.examples.get("library"), ("examples", "library")):
        # The sample only shows what follows the base.
        if _is_address(text) and path[-1] != "url_suffix_example":
            yield path, text
    for path, text in _others(view):
        if _is_address(text):
            yield path, text


def _others(view: View) -> Iterator[tuple[SpecPath, str]]:
    """Every string of the parts that View does not know, those of options apart."""
    for part, value in view.spec.items():
        if part not in _KNOWN and part not in OPTION_SET and part != "library_template_name":
            yield from _strings(value, (part,))


def _is_address(text: str) -> bool:
    return text[:8].lower().startswith(("http://", "https://")) and len(text.split()) == 1


def _strings(value: JSON, path: SpecPath) -> Iterator[tuple[SpecPath, str]]:
    match value:
        case str():
            yield path, value
        case dict():
            for key, part in value.items():
                yield from _strings(part, (*path, key))
        case list():
            for number, part in enumerate(value):
                yield from _strings(part, (*path, number))
