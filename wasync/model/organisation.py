"""What the organisation wants of its templates beyond Meta's rules: `policy:` in wasync.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class PolicySchema(NamedTuple):
    """One JSON Schema that every template document has to fit.

    `rules` are the ids that it and its parts give to what they find. `resources` are the files it refers to,
    each under the address its `$ref` resolves to. Texts, not data, so that a schema is compiled once.
    """

    file: str
    text: str
    rules: frozenset[str] = frozenset()
    resources: tuple[tuple[str, str], ...] = ()


class Organisation(NamedTuple):
    """The organisation's own rules; what is empty asks for nothing.

    `banned_words` and `opt_out` are by language, "*" for all; `required_languages` by glob of names. `owners`
    None means that nobody asks, () that anybody may own a template but somebody must. `python` are ids of
    rules that installed packages bring.
    """

    banned_words: Mapping[str, tuple[str, ...]] = {}
    link_domains: tuple[str, ...] = ()
    opt_out: Mapping[str, str] = {}
    required_languages: Mapping[str, tuple[str, ...]] = {}
    owners: tuple[str, ...] | None = None
    schemas: tuple[PolicySchema, ...] = ()
    python: tuple[str, ...] = ()


NO_POLICY = Organisation()
"""Nothing is asked for."""
EVERYWHERE = "*"
"""The key for every language."""


def ways_of(language: str) -> tuple[str, ...]:
    """Where something by language is looked up, the nearest first: en_US, en, *."""
    base = language.partition("_")[0]
    return (language, base, EVERYWHERE) if base != language else (language, EVERYWHERE)
