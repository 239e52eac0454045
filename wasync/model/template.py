"""What files declare: templates, and what checks find in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
Spec: TypeAlias = dict[str, JSON]
"""The canonical form of one template's content; canonical/__init__.py says what each key holds."""
SpecPath: TypeAlias = tuple[str | int, ...]
"""Steps into a Spec: ("buttons", 1, "text")."""


class Key(NamedTuple):
    """What identifies one template inside an account."""

    name: str
    language: str

    def __str__(self) -> str:
        return f"{self.name}/{self.language}"


class Place(NamedTuple):
    """Where something stands in a file; line and column count from 1, file is relative to the project."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a finding matters; only errors fail `validate`."""

    ERROR = "error"
    WARNING = "warning"
    OFF = "off"


class Problem(NamedTuple):
    """What a check found, before its place in the file is known.

    `path` leads into the YAML document, or into the template's Spec (key is set). `needle` is the
    piece of text meant: the place is its first occurrence inside the value, or the value's start.
    `severity` replaces the rule's own, where one rule knows a certain and a probable case; what the
    project sets for the rule beats both. `place`, where a check knows it already, needs no looking up.
    """

    rule: str
    message: str
    fix: str
    path: SpecPath = ()
    key: Key | None = None
    needle: str = ""
    at_key: bool = False
    severity: Severity | None = None
    place: Place | None = None


class Finding(NamedTuple):
    """The result of a check: rule id, place, sentence, and the way out."""

    rule: str
    severity: Severity
    message: str
    fix: str
    place: Place | None = None
    source: str = ""
    width: int = 1
    key: Key | None = None
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """One name in one language, in canonical form."""

    key: Key
    category: str
    spec: Spec
    place: Place | None = None
    ignore: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document as read: text kept as written, `${values}` not yet replaced.

    `lines` gives the line of the name's document (""), and of each key under `languages`.
    """

    file: str
    index: int
    name: str
    data: dict[str, JSON]
    lines: Mapping[str, int]


class Revision(NamedTuple):
    """Which revision of a name a live name is: `<name>` is 1, `<name>_vN` is N."""

    name: str
    number: int


class Declaration(NamedTuple):
    """One template name as a document declares it, in all its languages.

    `name` is the live name, `revision` tells the one in the files.
    `absent` maps each language deliberately deleted to its place; the key "*" means every language.
    """

    name: str
    file: str
    document: int
    templates: tuple[Template, ...]
    absent: Mapping[str, Place]
    variables: Mapping[str, str | None]
    revision: Revision


class Desired(NamedTuple):
    """What the files say for one account, and everything the checks had to say about it.

    `revisions` has every live name whose file gives a `revision:`.
    """

    templates: Mapping[Key, Template]
    absent: Mapping[Key, Place]
    findings: tuple[Finding, ...]
    revisions: Mapping[str, Revision] = {}

    @property
    def failed(self) -> bool:
        """Whether a finding of severity error forbids planning."""
        return any(f.severity is Severity.ERROR for f in self.findings)
