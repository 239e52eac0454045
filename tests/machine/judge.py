"""The judge: sees every request and what it did to the emulator's world, and believes no word of wasync's."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import requests

from wasync.emulator.app import Emulator
from wasync.emulator.reading import read_components
from wasync.emulator.store import Template
from wasync.model.template import JSON, Key

GONE = {"DELETED", "PENDING_DELETION"}
DUPLICATE, NAME_LOCKED, NOT_NOW, BUSY = 2388024, 2388023, 2388039, 80008


class Seen(NamedTuple):
    """One template as it stands; components are never changed in place by the emulator."""

    key: Key
    status: str
    category: str
    components: list[JSON]
    options: dict[str, JSON]


@dataclass
class Judge:
    """What may happen now, what has happened, and what must not: `broken` fills with sentences."""

    emulator: Emulator
    may_delete: set[Key] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    lost: set[Key] = field(default_factory=set)
    """Keys whose create was sent in this run and not answered cleanly."""
    by_hand: set[Key] = field(default_factory=set)
    """Keys a hand touched since the run began."""
    counted_by_hand: set[Key] = field(default_factory=set)
    unknown_locks: set[Key] = field(default_factory=set)
    forgot: bool = False
    """The state was lost once: rations are not known any more."""
    short: bool = False
    """The last listing left rows out."""
    short_lookup: bool = False
    """A look at one name left rows out, in this run."""
    reading: bool = False
    """A command that must write nothing is under way."""
    deleted: set[Key] = field(default_factory=set)

    def new_run(self) -> None:
        """A new run of wasync begins."""
        self.lost, self.by_hand, self.deleted = set(), set(), set()
        self.short = self.short_lookup = False

    def world(self) -> dict[str, Seen]:
        """The templates by id."""
        found = {}
        for one in self.emulator.world.templates.values():
            key = Key(one.name, one.language)
            found[one.id] = Seen(key, one.status, one.category, one.components, one.options)
        return found

    def saw(
        self, request: requests.PreparedRequest, before: dict[str, Seen], answer: requests.Response | None
    ) -> None:
        """Judge one request by what it did."""
        address = urlsplit(request.url or "")
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        after = self.world()
        error = _error(answer)
        if error is not None:
            self.met[f"answer {error.get('code')}/{error.get('error_subcode')}"] += 1
        if request.method == "GET":
            self._expect(before == after, f"a GET changed the world: {address.path}")
            return
        edge = address.path.rsplit("/", 1)[-1]
        if edge == "uploads" or "upload:" in address.path:
            self._expect(not self.reading, "a plan uploaded something")
            return
        self._expect(not self.reading, f"a plan wrote: {request.method} {address.path}")
        body = json.loads(request.body or b"{}")
        if request.method == "DELETE":
            self._deleted(query, before, after, error)
        elif edge in {"message_templates", "upsert_message_templates"}:
            self._created(body, before, after, error, clean=_reads(answer))
        else:
            self._edited(edge, before, after, error)

    def _deleted(
        self,
        query: dict[str, str],
        before: dict[str, Seen],
        after: dict[str, Seen],
        error: dict[str, JSON] | None,
    ) -> None:
        one_id = query.get("hsm_id", "")
        self._expect(bool(one_id), f"deleted by its bare name: {query}")
        changed = [one for one in before if before[one] != after.get(one)]
        self._expect(set(changed) <= {one_id}, f"a delete of {one_id} changed {changed}")
        if one_id in before and before[one_id] != after.get(one_id):
            key = before[one_id].key
            self.met["deleted"] += 1
            self.deleted.add(key)
            self._expect(key in self.may_delete, f"deleted {key}, which nobody asked for")
            self._expect(not self.short, f"deleted {key} on a short listing")

    def _created(
        self,
        body: dict[str, JSON],
        before: dict[str, Seen],
        after: dict[str, Seen],
        error: dict[str, JSON] | None,
        *,
        clean: bool,
    ) -> None:
        languages = body.get("languages") or [body.get("language")]
        assert isinstance(languages, list)
        keys = {Key(str(body.get("name")), str(language)) for language in languages}
        live = {one.key for one in before.values() if one.status not in GONE}
        for key in keys & live:
            # A row that the listing leaves out may be tried: Meta refuses it, and nothing is done.
            known = key not in self.lost | self.by_hand and not (self.short or self.short_lookup)
            self._expect(not known, f"{key} is live and was created again")
            self.met["created what is live"] += 1
            self._expect("languages" not in body or key in self.by_hand, f"an upsert edited {key}")
        for key in keys & self.deleted:
            self._expect(False, f"{key} was deleted and created in one run")
        self._expect(
            all(before[one] == after.get(one) for one in before) or bool(keys & live & self.by_hand),
            f"creating {sorted(map(str, keys))} changed something else",
        )
        new = [after[one].key for one in after if one not in before]
        self._expect(set(new) <= keys, f"creating {keys} made {new}")
        self.met["created"] += len(new)
        self.lost -= keys
        if not clean and (error is None or error.get("code") in {1, 2, 200002}):
            self.lost |= keys
        match error:
            case {"error_subcode": int(code)} if code == NAME_LOCKED:
                known = not self.forgot and not keys & self.unknown_locks
                self._expect(not known, f"created {keys} though its name is locked by our own delete")
            case {"code": int(code)} if code == BUSY:
                self.met["told to wait"] += 1

    def _edited(
        self, one_id: str, before: dict[str, Seen], after: dict[str, Seen], error: dict[str, JSON] | None
    ) -> None:
        others = [one for one in before.keys() | after.keys() if one != one_id]
        for one in others:
            self._expect(before.get(one) == after.get(one), f"an edit of {one_id} changed {one}")
        old, new = before.get(one_id), after.get(one_id)
        if old is None or new is None:
            return
        if error is not None and error.get("error_subcode") == NOT_NOW and old.status == "APPROVED":
            known = not self.forgot and old.key not in self.counted_by_hand
            self._expect(not known, f"edited {old.key} though its edits are used up")
        if old != new:
            self.met["edited"] += 1
            if _form(old) == _form(new):
                free = old.status in {"REJECTED", "PAUSED"} and old.components != new.components
                self._expect(free, f"an edit of {old.key} was spent on nothing")

    def _expect(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.broken.append(sentence)


def _form(one: Seen) -> JSON:
    """What a template says, without samples."""
    parts = json.loads(json.dumps(read_components(one.components, one.category)))
    for part in parts:
        part.pop("example", None)
        for button in part.get("buttons", ()):
            button.pop("example", None)
    options = {name: value for name, value in one.options.items() if name != "sub_category"}
    return [one.category, parts, options]


def body_of(template: Template) -> str:
    """The body as live says it."""
    parts = read_components(template.components, template.category)
    return next((str(one["text"]) for one in parts if isinstance(one, dict) and one["type"] == "BODY"), "")


def _reads(answer: requests.Response | None) -> bool:
    """Whether the answer came whole and says that it is done."""
    if answer is None or not answer.ok:
        return False
    try:
        json.loads(_body(answer))
    except ValueError:
        return False
    return True


def _error(answer: requests.Response | None) -> dict[str, JSON] | None:
    if answer is None or answer.ok:
        return None
    try:
        found = json.loads(_body(answer))["error"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _body(answer: requests.Response) -> bytes:
    """What came back, left to be read again by whom it is for."""
    raw = answer.raw
    assert isinstance(raw, io.BytesIO)
    return raw.getvalue()
