"""What translators gave back, whatever the format it came in."""

from __future__ import annotations

import re
from typing import NamedTuple

from wasync.model.errors import WasyncError
from wasync.model.template import Place

LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read; 6,000 templates in one language make a third of it."""
MOST = 1_000_000
"""Texts, or cells, of a file that is read: what is empty takes little room there and much in memory."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2,4})?")


class Received(NamedTuple):
    """One text that came back; `done` is false where nothing is there, or it is not meant to be used yet."""

    name: str
    text_id: str
    source: str
    translation: str
    done: bool
    place: Place


class Delivery(NamedTuple):
    """One language of a file that came back."""

    source: str
    language: str
    received: tuple[Received, ...]


def language_of(tag: str) -> str:
    """Meta's code for a language tag, which has hyphens and in which letters count alike: es-mx is es_MX."""
    language, *rest = tag.replace("-", "_").split("_")
    return "_".join([language.lower(), *(part.upper() for part in rest)])


def is_language(code: str) -> bool:
    """Whether this has the form of Meta's codes; nothing else becomes a key or the name of a file."""
    return _LANGUAGE.fullmatch(code) is not None


def tag_of(language: str) -> str:
    """The language tag (BCP 47) for a code of Meta's."""
    return language.replace("_", "-")


def check_size(file: str, data: bytes) -> None:
    """Refuse what is larger than any export could be."""
    if len(data) > LARGEST:
        raise WasyncError(
            f"{file} is larger than {LARGEST // (1024 * 1024)} MiB.",
            "Export fewer templates at a time with --target.",
        )
