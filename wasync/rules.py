"""For packages that bring rules of their own: what a rule is given and what it gives back (docs/policy.md).

A rule is a function of one TemplateView that gives back Problems. Its package registers it as an entry point
of the group `wasync.rules` under the id of the rule, and a project asks for it by that id under
`policy.python` in wasync.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from wasync.model.template import JSON

API = 1
"""The version of this module's names and meanings. Within one version values are only added, at the end."""
GROUP = "wasync.rules"


class TemplateView(NamedTuple):
    """One template, that is one name in one language, as a rule looks at it: a copy, changes change nothing.

    Texts are as Meta gets them, "" where there is none. `spec` is the whole canonical form, which
    docs/architecture.md describes; `name` is the live name, `revision` the number of its revision.
    """

    name: str
    language: str
    category: str
    owner: str
    description: str
    header: str
    body: str
    footer: str
    buttons: Sequence[Mapping[str, JSON]]
    variables: Sequence[str]
    spec: Mapping[str, JSON]
    revision: int
    file: str


class Problem(NamedTuple):
    """What a rule found: a sentence, and the way out.

    `path` leads to it in the view's spec: ("buttons", 1, "text"). `needle` is the piece of text meant there.
    What the project sets under `rules:` beats `severity`.
    """

    message: str
    fix: str
    path: tuple[str | int, ...] = ()
    needle: str = ""
    severity: Literal["error", "warning"] = "error"


Rule: TypeAlias = Callable[[TemplateView], Iterable[Problem]]
