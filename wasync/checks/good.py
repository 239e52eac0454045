"""Accepts fast what is plainly good, so that the rules look only at the rest.

It knows the most common shape (texts, links, quick replies, phone numbers) and, for that shape, a little
more than the rules ask. So it may say no to what the rules accept, never yes to what any of them has a word
about: tests/test_checks_good.py holds it to that with the bad example of every rule and with made-up
templates. Whoever adds a rule about this shape adds it here; that test fails until then. At 6,000 templates
the rules take a third of a run, and this a tenth.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wasync.checks.known import LANGUAGES, SAMPLE_NAMES, is_avoided
from wasync.checks.letters import is_plain
from wasync.model.template import JSON, Declaration, Template

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_PARTS = frozenset({"header", "body", "footer", "buttons", "examples"})
_VARIABLE = re.compile(r"\{\{([a-z_]{1,32}|[1-9])\}\}")
_LETTER = re.compile(r"[^\W_]")
_GAP = re.compile(r"\n[^\S\n]*\n[^\S\n]*\n")
_MARKUP = frozenset("*_~`")
_URL = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#][^\s{}$\\]*(\{\{1\}\})?)?")
_UNSPACED = ("zh", "ja", "th", "lo")
_NO_EXAMPLES: dict[str, JSON] = {}
_NO_BUTTONS: list[JSON] = []


class _Contract(NamedTuple):
    """What all languages of a name must have in common."""

    category: str
    header: frozenset[str]
    body: frozenset[str]
    buttons: tuple[JSON, ...]
    links: tuple[bool, ...]


def plainly_good(declaration: Declaration) -> bool:
    """Whether no rule of check_declaration() can have anything to say; False means: ask the rules."""
    if not _NAME.fullmatch(declaration.name) or declaration.name in SAMPLE_NAMES:
        return False
    first: _Contract | None = None
    for template in declaration.templates:
        contract = _contract(template)
        if contract is None or (first is not None and contract != first):
            return False
        first = contract
    if first is None:
        return not declaration.variables
    return all(name in first.body or name in first.header for name in declaration.variables)


def _contract(template: Template) -> _Contract | None:
    """What a plainly good template has to do with senders; None for any other."""
    spec = template.spec
    if (
        not _PARTS.issuperset(spec)
        or template.category not in ("utility", "marketing")
        or template.key.language not in LANGUAGES
    ):
        return None
    header, body, footer, given = "", spec.get("body"), spec.get("footer", ""), spec.get("header")
    if given is not None:
        if not isinstance(given, dict) or len(given) != 2 or given.get("format") != "text":
            return None
        text = given.get("text")
        if not isinstance(text, str) or not 0 < len(text) <= 60 or text.isspace():
            return None
        header = text
    if not isinstance(body, str) or not 0 < len(body) <= 1024 or _GAP.search(body):
        return None
    if not isinstance(footer, str) or len(footer) > 60 or ("footer" in spec and not footer.strip()):
        return None
    examples = spec.get("examples", _NO_EXAMPLES)
    if not isinstance(examples, dict):
        return None
    in_header = _VARIABLE.split(header)
    fixed = header if len(in_header) == 1 else in_header[0] + in_header[-1]
    names = _good_body(body, examples.get("body"), template.key.language)
    if names is None or len(in_header) > 3 or not _MARKUP.isdisjoint(fixed):
        return None
    header_names = in_header[1::2]
    if not _good_samples(header_names, examples.get("header")):
        return None
    if header_names and names and header_names[0].isdigit() != names[0].isdigit():
        return None
    found = _good_buttons(spec.get("buttons", _NO_BUTTONS), examples.get("buttons", _NO_EXAMPLES))
    if found is None:
        return None
    labels, kinds, links = found
    lines = fixed + footer + labels
    # Letters that print, on one line, and no braces but those of variables.
    if "{" in lines or "}" in lines or not lines.isprintable() or not is_plain(lines) or not is_plain(body):
        return None
    return _Contract(template.category, frozenset(header_names), frozenset(names), kinds, links)


def _good_body(body: str, samples: JSON, language: str) -> list[str] | None:
    """The variables of a body that no rule about its sentences can object to."""
    pieces = _VARIABLE.split(body)
    names, texts = pieces[1::2], pieces[::2]
    if not names:
        good = "{" not in body and "}" not in body and not body.isspace() and samples is None
        return [] if good else None
    rest = " ".join(texts)
    if "{" in rest or "}" in rest or not _LETTER.search(texts[0]) or not _LETTER.search(texts[-1]):
        return None
    for between in texts[1:-1]:
        if not between or between.isspace():
            return None
    # Words that begin with a letter are fewer than all words: what suffices here suffices for the rule.
    lacking = 3 * len(names) + 1
    for word in rest.split(None, 2 * lacking):
        if word[0].isalnum():
            lacking -= 1
            if not lacking:
                break
    if lacking or language.startswith(_UNSPACED) or not _good_samples(names, samples):
        return None
    return names


def _good_samples(names: list[str], samples: JSON) -> bool:
    """Whether each variable has its sample and no sample is too many; numbers must run from 1."""
    if not names:
        return samples is None
    if isinstance(samples, dict):
        named = not any(map(str.isdigit, names))
        return named and samples.keys() == set(names) and all(samples.values())
    if not isinstance(samples, list) or not all(samples):
        return False
    return sorted(set(names)) == [str(number) for number in range(1, len(samples) + 1)]


def _good_buttons(buttons: JSON, samples: JSON) -> tuple[str, tuple[JSON, ...], tuple[bool, ...]] | None:
    """The labels in one text, the types, and which URLs end in a variable."""
    if not isinstance(buttons, list) or not isinstance(samples, dict) or len(buttons) > 10:
        return None
    labels: list[str] = []
    kinds: list[JSON] = []
    links: list[bool] = []
    for number, button in enumerate(buttons):
        if not isinstance(button, dict):
            return None
        kind, label = button.get("type"), button.get("text")
        if not isinstance(label, str) or not 0 < len(label) <= 25 or label.isspace():
            return None
        if kind == "url":
            variable = _ends_in_variable(button)
            if variable is None or variable != bool(samples.get(str(number))):
                return None
            links.append(variable)
        elif not (kind == "quick_reply" and len(button) == 2) and not _good_phone(button):
            return None
        labels.append(label)
        kinds.append(kind)
    if len(labels) > 1 and (len(set(labels)) < len(labels) or not _good_order(kinds)):
        return None
    return "".join(labels), tuple(kinds), tuple(links)


def _ends_in_variable(button: dict[str, JSON]) -> bool | None:
    """Whether a link's URL ends in {{1}}; None if a rule may object to it."""
    url = button.get("url")
    if len(button) != 3 or not isinstance(url, str) or len(url) > 2000:
        return None
    found = _URL.fullmatch(url)
    return None if found is None or is_avoided(found[1]) else found[2] is not None


def _good_phone(button: dict[str, JSON]) -> bool:
    phone = button.get("phone_number")
    if button.get("type") != "phone_number" or len(button) != 3 or not isinstance(phone, str):
        return False
    return 0 < len(phone) <= 20 and phone.isascii() and phone.isdigit() and phone[0] != "0"


def _good_order(kinds: list[JSON]) -> bool:
    """Not too many of a type, and quick replies all first or all last."""
    quick = kinds.count("quick_reply")
    if kinds.count("url") > 2 or kinds.count("phone_number") > 1:
        return False
    return not quick or quick in (kinds[:quick].count("quick_reply"), kinds[-quick:].count("quick_reply"))
