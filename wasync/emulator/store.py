"""The state of the world: accounts, templates, tokens, uploads, timers, settings; to and from JSON."""

from __future__ import annotations

import heapq
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path

from wasync.emulator.shapes import JSON, Row, listed, number, row, rows, text, texts, upper, whole

HOUR = 3600.0
DAY = 24 * HOUR
FIRST_ID = 1_387_372_356_000_000
OPTIONS = (
    "message_send_ttl_seconds", "cta_url_link_tracking_opted_out", "is_primary_device_delivery_only",
    "disable_ios_autofill", "sub_category", "display_format", "library_template_name",
    "degrees_of_freedom_spec", "bid_spec", "creative_sourcing_spec", "optimization_spec", "product_set_id",
    "send_type",
)  # fmt: skip
"""What a create may carry besides name, language, category, components and parameter_format (A1)."""


@dataclass(slots=True, eq=False)
class Template:
    """One template as it was sent; reading.py says how it reads back. Times are seconds since 1970."""

    id: str
    waba_id: str
    name: str
    language: str
    category: str
    components: list[JSON]
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    options: Row = field(default_factory=dict)
    serial: int = 0
    created: float = 0
    updated: float = 0
    approved_once: bool = False
    edits: list[float] = field(default_factory=list)
    pauses: int = 0
    quality: str = "UNKNOWN"
    quality_date: int = 0
    rejected_reason: str = "NONE"
    previous_category: str = ""
    correct_category: str = ""
    former_status: str = ""
    source: str = "manual"
    rendered: dict[str, str] = field(default_factory=dict)
    """Field selection -> this template's JSON; emptied by `touched`."""

    def touched(self, now: float) -> None:
        """Something about the template changed."""
        self.updated = now
        self.rendered.clear()


@dataclass(slots=True)
class Token:
    """Who is calling: kind, until when, what for, and how far into which account."""

    token: str
    kind: str = "SYSTEM_USER"
    name: str = "acme-ci"
    user_id: str = "122100000000000001"
    app_id: str = ""
    scopes: tuple[str, ...] = ("whatsapp_business_management", "whatsapp_business_messaging")
    access: dict[str, str] = field(default_factory=lambda: {"*": "full"})
    """Account id, or "*" for all, -> full | partial | view | hidden; not listed means none."""
    issued_at: int = 0
    expires_at: int = 0
    subcode: int = 0
    """Not 0: the token is dead for this reason (190/460 password changed, 467 invalidated, ...)."""


@dataclass(slots=True)
class Upload:
    """One resumable upload: what was announced, how much arrived, and the handle once all did."""

    id: str
    app_id: str
    file_name: str
    file_type: str
    length: int
    received: int = 0
    handle: str = ""
    content: str = ""
    """The bytes in base64, kept up to uploads.KEPT bytes so that the sample can be read back."""


@dataclass(slots=True)
class Settings:
    """What tests and people may turn."""

    review_seconds: float = 2.0
    latency_seconds: float = 0.0
    calls_per_hour: int = -1
    """-1: 5000 with a registered phone number, else 200 (E); 0: no limit."""
    creates_per_hour: int = 100
    edits_per_day: int = 1
    edits_per_30_days: int = 10
    name_lock_days: float = 30
    lingering_deletes: bool = False
    """A deleted approved template stays, PENDING_DELETION, while its name is locked."""
    reject_duplicates: bool = True
    """Review rejects a body and footer equal to those of another name (F, from the review guide)."""
    nonexisting_fields: list[str] = field(default_factory=list)
    """Fields this world's Graph does not know."""
    app_secret: str = ""
    require_appsecret_proof: bool = False


class World:
    """Everything the emulator knows. Not thread-safe: app.py holds one lock around it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.offset = 0.0
        self.accounts: dict[str, Row] = {}
        self.apps: dict[str, Row] = {}
        self.templates: dict[str, Template] = {}
        self.by_account: dict[str, list[Template]] = {}
        self.by_name: dict[tuple[str, str], list[Template]] = {}
        self.tokens: dict[str, Token] = {}
        self.uploads: dict[str, Upload] = {}
        self.handles: dict[str, str] = {}
        self.locks: dict[str, float] = {}
        self.creations: dict[str, list[float]] = {}
        self.timers: list[tuple[float, str, str]] = []
        self.faults: list[Row] = []
        self.review_rules: list[Row] = []
        self.settings = Settings()
        self.wordings: dict[tuple[str, ...], set[str]] | None = None
        self.serial = 0
        self.counter = 0
        self.cursor_epoch = 0

    @property
    def now(self) -> float:
        """The emulator's clock: the caller's, moved by `offset`."""
        return self._clock().timestamp() + self.offset

    def next_id(self) -> str:
        """A fresh id: a decimal string, the same in every run."""
        self.serial += 1
        return str(FIRST_ID + self.serial * 7919)

    def add(self, template: Template) -> Template:
        """Keep a template, last in its account's listing."""
        if not template.serial:
            self.serial += 1
            template.serial = self.serial
        self.templates[template.id] = template
        self.by_account.setdefault(template.waba_id, []).append(template)
        self.by_name.setdefault((template.waba_id, template.name), []).append(template)
        return template

    def remove(self, template: Template) -> None:
        """Forget a template; its name lock is limits.py's affair."""
        del self.templates[template.id]
        self.by_account[template.waba_id].remove(template)
        self.by_name[template.waba_id, template.name].remove(template)

    def named(self, waba_id: str, name: str, language: str = "") -> list[Template]:
        """The templates of one name, or of one name in one language."""
        found = self.by_name.get((waba_id, name), [])
        return [one for one in found if not language or one.language == language]

    def schedule(self, due: float, template: Template, what: str) -> None:
        """Have review.py look at this template at that time."""
        heapq.heappush(self.timers, (due, template.id, what))

    def seed(self, data: Row) -> None:
        """Lay a seed over the world. Unchecked: seeds may hold what Meta would refuse today."""
        for account in rows(data.get("accounts")):
            self.accounts[text(account.get("id"))] = account
        for app in rows(data.get("apps")):
            self.apps[text(app.get("id"))] = app
        for token in rows(data.get("tokens")):
            self.tokens[text(token.get("token"))] = token_from(token, next(iter(self.apps), ""))
        self.change_settings(row(data.get("settings")))
        self.faults.extend(rows(data.get("faults")))
        self.review_rules.extend(rows(data.get("review_rules")))
        self.seed_templates(rows(data.get("templates")))

    def seed_templates(self, templates: Iterable[Row]) -> list[Template]:
        """Add templates shaped as a create payload, with `status`, `id` and the like beside it."""
        now = self.now
        default = next(iter(self.accounts), "")
        self.wordings = None
        return [self.add(template_from(one, one_id(one, self), default, now)) for one in templates]

    def change_settings(self, changes: Row) -> None:
        """Set the settings named; unknown names raise KeyError."""
        kinds = {one.name: getattr(self.settings, one.name) for one in fields(Settings)}
        for name, value in changes.items():
            was = kinds[name]
            if isinstance(was, bool):
                setattr(self.settings, name, bool(value))
            elif isinstance(was, int):
                setattr(self.settings, name, whole(value))
            elif isinstance(was, float):
                setattr(self.settings, name, number(value))
            elif isinstance(was, list):
                setattr(self.settings, name, texts(value))
            else:
                setattr(self.settings, name, text(value))

    def to_json(self) -> Row:
        """The whole world as plain data."""
        return {
            "version": 1,
            "offset": self.offset,
            "serial": self.serial,
            "cursor_epoch": self.cursor_epoch,
            "accounts": list(self.accounts.values()),
            "apps": list(self.apps.values()),
            "tokens": [plain(one) for one in self.tokens.values()],
            "uploads": [plain(one) for one in self.uploads.values()],
            "locks": dict(self.locks),
            "creations": {name: list[JSON](times) for name, times in self.creations.items()},
            "timers": [list[JSON](timer) for timer in self.timers],
            "settings": plain(self.settings),
            "faults": list[JSON](self.faults),
            "review_rules": list[JSON](self.review_rules),
            "templates": [plain(one) for one in self.templates.values()],
        }

    def restore(self, data: Row) -> None:
        """Become the world that `to_json` gave."""
        self.offset = number(data.get("offset"))
        self.cursor_epoch = whole(data.get("cursor_epoch"))
        for upload in rows(data.get("uploads")):
            one = Upload(
                id=text(upload["id"]),
                app_id=text(upload["app_id"]),
                file_name=text(upload["file_name"]),
                file_type=text(upload["file_type"]),
                length=whole(upload["length"]),
                received=whole(upload["received"]),
                handle=text(upload["handle"]),
                content=text(upload.get("content")),
            )
            self.uploads[one.id] = one
            if one.handle:
                self.handles[one.handle] = one.id
        self.locks = {name: number(until) for name, until in row(data.get("locks")).items()}
        self.creations = {
            name: [number(one) for one in listed(times)] for name, times in row(data.get("creations")).items()
        }
        self.timers = [
            (number(one[0]), text(one[1]), text(one[2]))
            for one in listed(data.get("timers"))
            if isinstance(one, list)
        ]
        heapq.heapify(self.timers)
        self.seed(data)
        self.serial = whole(data.get("serial"))

    def save(self, path: Path) -> None:
        """Write the world to a file in one step: a reader sees the old state or the new, never half."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(self.to_json(), stream, ensure_ascii=False, separators=(",", ":"))
            Path(temporary).replace(path)
        except BaseException as error:
            Path(temporary).unlink(missing_ok=True)
            if isinstance(error, OSError):
                error.filename = path.name  # a full disk does not say which file it was
            raise


def plain(value: Template | Token | Upload | Settings) -> Row:
    """A record as JSON, without what is only a cache."""
    found: Row = {}
    for one in fields(value):
        if one.name != "rendered":
            content = getattr(value, one.name)
            found[one.name] = list(content) if isinstance(content, tuple) else content
    return found


def one_id(given: Row, world: World) -> str:
    """The id a seed gives, or a fresh one."""
    return text(given.get("id")) or world.next_id()


def template_from(given: Row, template_id: str, default_account: str, now: float) -> Template:
    """A template from a seed or a state file."""
    options = row(given.get("options")) or {
        name: given[name] for name in OPTIONS if given.get(name) is not None
    }
    status = upper(given.get("status")) or "APPROVED"
    score = row(given.get("quality_score"))
    return Template(
        id=template_id,
        waba_id=text(given.get("waba_id")) or default_account,
        name=text(given.get("name")),
        language=text(given.get("language")),
        category=upper(given.get("category")),
        components=listed(given.get("components")),
        status=status,
        parameter_format=upper(given.get("parameter_format")) or "POSITIONAL",
        options=options,
        serial=whole(given.get("serial")),
        created=number(given.get("created"), now),
        updated=number(given.get("updated"), now),
        approved_once=bool(
            given.get("approved_once", status in {"APPROVED", "PAUSED", "DISABLED", "ARCHIVED"})
        ),
        edits=[number(one) for one in listed(given.get("edits"))],
        pauses=whole(given.get("pauses")),
        quality=upper(given.get("quality")) or upper(score.get("score")) or "UNKNOWN",
        quality_date=whole(given.get("quality_date")) or whole(score.get("date")),
        rejected_reason=upper(given.get("rejected_reason")) or "NONE",
        previous_category=upper(given.get("previous_category")),
        correct_category=upper(given.get("correct_category")),
        former_status=text(given.get("former_status")),
        source=text(given.get("source")).lower() or "manual",
    )


def token_from(given: Row, default_app: str) -> Token:
    """A token from a seed, a state file or a control call."""
    usual = Token("")
    access = {name: text(level) for name, level in row(given.get("access")).items()}
    return Token(
        token=text(given.get("token")),
        kind=upper(given.get("kind")) or usual.kind,
        name=text(given.get("name")) or usual.name,
        user_id=text(given.get("user_id")) or usual.user_id,
        app_id=text(given.get("app_id")) or default_app,
        scopes=tuple(texts(given["scopes"])) if "scopes" in given else usual.scopes,
        access=access if "access" in given else usual.access,
        issued_at=whole(given.get("issued_at")),
        expires_at=whole(given.get("expires_at")),
        subcode=whole(given.get("subcode")),
    )
