"""What a project says about itself: accounts, limits, policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from wasync.model.organisation import NO_POLICY, Organisation
from wasync.model.template import Place, Severity

SANDBOX = "sandbox"
"""What the emulated account of --sandbox is called."""


class Prune(StrEnum):
    """Whether templates of ours that left the files are deleted."""

    NEVER = "never"
    DELETE = "delete"


class Breaking(StrEnum):
    """What a plan says of steps that break the contract with senders."""

    ALLOW = "allow"
    WARN = "warn"
    REFUSE = "refuse"


class Limits(NamedTuple):
    """How many steps a plan may hold; None means no limit."""

    updates: int | None = None
    updates_percent: int | None = None
    deletes: int | None = 5
    deletes_percent: int | None = 20


class Account(NamedTuple):
    """One WhatsApp Business Account of wasync.yaml."""

    name: str
    waba_id: str
    app_id: str | None = None
    token_env: str | None = None
    token_command: tuple[str, ...] = ()
    app_secret_env: str | None = None
    values: Mapping[str, str] = {}
    prune: Prune = Prune.NEVER
    select: tuple[str, ...] = ("*",)
    place: Place | None = None


class Config(NamedTuple):
    """wasync.yaml, read and checked. `root` is the absolute folder it lies in."""

    root: str
    accounts: tuple[Account, ...]
    templates: tuple[str, ...] = ("templates/**/*.yaml",)
    owns: tuple[str, ...] = ()
    graph_version: str = "v26.0"
    base_url: str = "https://graph.facebook.com"
    limits: Limits = Limits()
    protect: tuple[str, ...] = ()
    breaking: Breaking = Breaking.WARN
    severities: Mapping[str, Severity] = {}
    state: str = ".wasync/state.json"
    organisation: Organisation = NO_POLICY


class Remote(NamedTuple):
    """A state in an object store: which, its bucket or container, and the object's key."""

    scheme: str
    bucket: str
    key: str


def remote_state(state: str) -> Remote | None:
    """The object that `state:` names; None when it names none: then it is a path, or wrong if it holds ://."""
    found = re.fullmatch(r"(s3|gs|az)://([A-Za-z0-9][A-Za-z0-9._-]*)/([^/?#\s@]+(?:/[^/?#\s@]+)*)", state)
    return Remote(found[1], found[2], found[3]) if found and ".." not in found[3].split("/") else None


class Policy(NamedTuple):
    """What the project and this run's flags allow."""

    prune: Prune = Prune.NEVER
    owns: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    limits: Limits = Limits()
    breaking: Breaking = Breaking.WARN
    targets: tuple[str, ...] = ()
    overwrite: tuple[str, ...] = ()
    resend: tuple[str, ...] = ()
    allow_updates: int | None = None
    allow_deletes: int | None = None
    allow_breaking: int | None = None
