"""Single values of texts and phone numbers, brought to the form Meta keeps them in."""

from __future__ import annotations

from sys import intern

from wasync.model.template import JSON

_PHONE_LETTERS = frozenset("0123456789+-(). \u00a0")
_PHONE_SIGNS = dict.fromkeys(map(ord, "+-(). \u00a0"))


def text_of(value: JSON) -> str | None:
    """A scalar as text with line ends `\\n`; None for what is no text at all.

    Equal texts become one object: what files and live say is mostly the same, and 30,000 templates are much.
    """
    if isinstance(value, str):
        return intern(value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value)
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def whole_number(value: JSON) -> JSON:
    """A whole number that came as text as a number; anything else as it is."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value


def phone_digits(value: JSON) -> str:
    """A phone number's digits; text with other letters stays as it is, for the rules to refuse.

    Sent as 15550051310, read back as +15550051310. Seen 2025-11: docs/meta-api.md, section B2.
    """
    text = text_of(value) or ""
    if _PHONE_LETTERS.issuperset(text):
        return text.translate(_PHONE_SIGNS)
    return text


def same_phone(one: str, other: str) -> bool:
    """Whether Meta treats two digit strings as one number.

    A 0 after the country code (of one to three digits) is dropped. Seen 2025-11 in Meta's own form:
    docs/meta-api.md, section B2.
    """
    if len(one) < len(other):
        one, other = other, one
    return one == other or any(
        one[at] == "0" and one[:at] + one[at + 1 :] == other for at in (1, 2, 3) if at < len(one)
    )
