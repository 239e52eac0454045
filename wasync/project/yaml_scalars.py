"""Which plain scalars are more than text: YAML 1.2 core, as far as no letter is lost."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wasync.model.template import JSON

TYPED_KEYS = frozenset(
    {
        "absent",
        "add_security_recommendation",
        "code_expiration_minutes",
        "message_send_ttl_seconds",
        "cta_url_link_tracking_opted_out",
        "is_primary_device_delivery_only",
        "zero_tap_terms_accepted",
        "has_expiration",
        "ttl_minutes",
        "call_permission_request",
        "add_contact_number",
        "add_learn_more_link",
        "add_track_package_link",
        "revision",
        "version",
        "updates",
        "updates_percent",
        "deletes",
        "deletes_percent",
    }
)
"""Keys whose plain scalars are typed; every other value is text."""


class _Everything:
    """The set of typed keys below `components`: all of them."""

    def __contains__(self, key: object) -> bool:
        return True


EVERYTHING = _Everything()
NOTHING: frozenset[str] = frozenset()
# Below `examples` and the like people choose the names: a variable called `version` must not turn its
# example into a number.
SUBTREES: dict[str, Container[str]] = {
    "components": EVERYTHING,
    "examples": NOTHING,
    "variables": NOTHING,
    "vars": NOTHING,
}
"""What is typed below these keys, instead of TYPED_KEYS."""

_WORDS: dict[str, bool | None] = {
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    "null": None, "Null": None, "NULL": None, "~": None,
}  # fmt: skip


def core(text: str) -> JSON:
    """Type one plain scalar, if what it becomes is written the same way.

    So 007, +15551230000, 1.10, 0x1F, 1e3 and numbers of over 15 digits stay text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 17 or not text.isascii() or not text[-1:].isdigit():
        return text
    try:
        number: int | float = int(text)
    except ValueError:
        try:
            number = float(text)
        except ValueError:
            return text
    return number if str(number) == text and sum(map(str.isdigit, text)) <= 15 else text
