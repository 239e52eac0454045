"""`policy:` of wasync.yaml to what the organisation wants, the schemas it names read too."""

from __future__ import annotations

from collections.abc import Mapping

from wasync.model.organisation import EVERYWHERE, Organisation, PolicySchema
from wasync.model.template import JSON, Problem


def organisation(policy: Mapping[str, JSON], root: str) -> tuple[Organisation, list[Problem]]:
    """What the organisation wants, and what is wrong with it. The policy has passed its schema."""
    owners, opt_out = policy.get("owners"), policy.get("opt_out")
    schemas: tuple[PolicySchema, ...] = ()
    problems: list[Problem] = []
    if isinstance(globs := policy.get("schemas"), list):
        from wasync.project.policy_schemas import read_schemas

        schemas, problems = read_schemas(root, list(map(str, globs)))
    found = Organisation(
        banned_words=_by_key(policy.get("banned_words")),
        link_domains=_texts(policy.get("link_domains")),
        opt_out={key: str(line) for key, line in opt_out.items()} if isinstance(opt_out, dict) else {},
        required_languages=_by_key(policy.get("required_languages")),
        owners=None if owners is None else _texts(owners),
        schemas=schemas,
        python=_texts(policy.get("python")),
    )
    return found, problems


def _by_key(given: JSON) -> dict[str, tuple[str, ...]]:
    """A list that is for everything, or lists by key."""
    if isinstance(given, dict):
        return {key: _texts(part) for key, part in given.items()}
    return {EVERYWHERE: _texts(given)} if given is not None else {}


def _texts(given: JSON) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, list) else ()
