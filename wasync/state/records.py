"""The state file's text: read without keeping a tree per template, written one template a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from wasync.model.live import Applied
from wasync.model.template import JSON, Key

VERSION = 2
"""Version 1 knew of no edits, creations and refusals; it is read, and written as 2."""
_SIGN = re.compile(r"[ \t\n\r]*([{}:,])[ \t\n\r]*")
_DECODER = json.JSONDecoder()


class NewerVersionError(ValueError):
    """The file was written by a later wasync; args[0] is its version."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One account of the state file; `members` are the others, small and as they stand."""

    applied: Mapping[Key, Applied]
    members: Mapping[str, JSON]
    interrupted: str | None


class AppliedRecords(Mapping[Key, Applied]):
    """Applied by key, decoded when asked for: most plans need few, and 30,000 trees would fill the memory.

    `starts` tells where in the text each key's record begins; `changes` win over it, None meaning removed.
    """

    __slots__ = ("_changes", "_starts", "_text")

    def __init__(self, text: str, starts: dict[Key, int], changes: Mapping[Key, Applied | None]) -> None:
        self._text, self._starts = text, starts
        self._changes: dict[Key, Applied] = {}
        for key, applied in changes.items():
            self._starts.pop(key, None)
            if applied is not None:
                self._changes[key] = applied

    def __getitem__(self, key: Key) -> Applied:
        changed = self._changes.get(key)
        if changed is not None:
            return changed
        record, _ = _DECODER.raw_decode(self._text, self._starts[key])
        return applied_from_json(record)

    def __contains__(self, key: object) -> bool:
        return key in self._starts or key in self._changes

    def __iter__(self) -> Iterator[Key]:
        yield from self._starts
        yield from self._changes

    def __len__(self) -> int:
        return len(self._starts) + len(self._changes)


class _Cursor:
    """A place in JSON text that walks into objects without building them."""

    __slots__ = ("at", "text")

    def __init__(self, text: str, at: int = 0) -> None:
        self.text, self.at = text, at

    def value(self) -> JSON:
        """Decode the value here and step behind it."""
        value: JSON
        value, self.at = _DECODER.raw_decode(self.text, self.at)
        return value

    def members(self) -> Iterator[str]:
        """Each key of the object here, standing at its value; who iterates must step behind that value."""
        if not self._sign("{"):
            raise ValueError(f"an object is expected {_where(self.text, self.at)}")
        if self._sign("}"):
            return
        while True:
            key = self.value()
            if not isinstance(key, str) or not self._sign(":"):
                raise json.JSONDecodeError("Expecting a name and ':'", self.text, self.at)
            yield key
            sign = self._sign(",}")
            if sign == "}":
                return
            if not sign:
                raise json.JSONDecodeError("Expecting ',' or '}'", self.text, self.at)

    def finish(self) -> None:
        """Make sure that nothing follows."""
        if self.at != len(self.text):
            raise json.JSONDecodeError("Extra data", self.text, self.at)

    def _sign(self, allowed: str) -> str:
        """Step behind one of these signs and the space around it; "" when something else stands here."""
        found = _SIGN.match(self.text, self.at)
        if found is None or found[1] not in allowed:
            return ""
        self.at = found.end()
        return found[1]


def read_account(text: str, waba_id: str, changes: Mapping[Key, Applied | None]) -> Remembered:
    """Read one account of the state file's text and lay `changes` over it; every record of it is checked.

    Raises NewerVersionError, or ValueError that says what is wrong and where.
    """
    cursor, version, accounts_at = _Cursor(text), None, None
    found: Remembered | None = None
    try:
        for member in cursor.members():
            if member == "accounts" and version is not None:
                found = _find_account(cursor, waba_id, changes)
            elif member == "accounts":
                # Another tool sorted the keys: the version comes later and decides how to read this.
                accounts_at = cursor.at
                cursor.value()
            elif member == "version":
                version = check_version(cursor.value())
            else:
                cursor.value()
        cursor.finish()
        check_version(version)
        if accounts_at is not None:
            found = _find_account(_Cursor(text, accounts_at), waba_id, changes)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return found or Remembered(AppliedRecords("", {}, changes), {}, None)


def check_version(version: JSON) -> int:
    """The version of a state file or journal that this wasync reads."""
    if type(version) is not int or version < 1:
        raise ValueError("it has no version of wasync's; another program wrote it")
    if version > VERSION:
        raise NewerVersionError(version)
    return version


def _find_account(cursor: _Cursor, waba_id: str, changes: Mapping[Key, Applied | None]) -> Remembered | None:
    found = None
    for account in cursor.members():
        if account == waba_id:
            found = _read_members(cursor, changes)
        else:
            cursor.value()
    return found


def _read_members(cursor: _Cursor, changes: Mapping[Key, Applied | None]) -> Remembered:
    starts: dict[Key, int] = {}
    members: dict[str, JSON] = {}
    interrupted: str | None = None
    for member in cursor.members():
        if member == "applied":
            for name in cursor.members():
                start = cursor.at
                key = read_key(name)
                try:
                    applied_from_json(cursor.value())
                except json.JSONDecodeError:
                    raise
                except ValueError as error:
                    raise ValueError(f"the record of {name} {_where(cursor.text, start)} {error}") from error
                starts[key] = start
        elif member == "interrupted":
            value = cursor.value()
            interrupted = value if isinstance(value, str) else None
        else:
            members[member] = cursor.value()
    return Remembered(AppliedRecords(cursor.text, starts, changes), members, interrupted)


def write_state(data: Mapping[str, JSON]) -> bytes:
    """The whole state file, one template a line, so that a person can search it. Every character is ASCII:
    Python then keeps the text at one byte a letter, and no tool breaks it."""
    accounts = data["accounts"]
    parts: list[str] = []
    end = "\n    "
    for waba_id, account in sorted(accounts.items() if isinstance(accounts, dict) else ()):
        members = dict(account) if isinstance(account, dict) else {}
        lists = []
        for name in ("refused", "locked", "edits", "applied"):
            records = members.pop(name, None) or {}
            lines = ",".join(
                f"\n      {json.dumps(key)}: {json.dumps(record)}"
                for key, record in sorted(records.items() if isinstance(records, dict) else ())
            )
            lists.append(f'    "{name}": {{{lines}{end if lines else ""}}}')
        others = [f"    {json.dumps(name)}: {json.dumps(value)}" for name, value in members.items()]
        body = ",\n".join(others + lists)
        parts.append(f"\n  {json.dumps(waba_id)}: {{\n{body}\n  }}")
    rest = {name: value for name, value in data.items() if name not in ("version", "accounts")}
    extra = "".join(f"{json.dumps(name)}: {json.dumps(value)},\n" for name, value in rest.items())
    text = f'{{"version": {VERSION},\n{extra}"accounts": {{{",".join(parts)}\n}}}}\n'
    return text.encode("ascii")


def applied_to_json(applied: Applied) -> dict[str, JSON]:
    """One record as the state file and the journal hold it."""
    return {
        "live_id": applied.live_id,
        "category": applied.category,
        "at": write_time(applied.at),
        "spec": applied.spec,
    }


def applied_from_json(record: JSON) -> Applied:
    """The record of one template. ValueError completes the sentence "the record of x ..."."""
    if isinstance(record, dict):
        live_id, category, spec = record.get("live_id"), record.get("category"), record.get("spec")
        # Not match: at 6,000 templates a pattern costs 20 ms more.
        if isinstance(live_id, str) and isinstance(category, str) and isinstance(spec, dict):
            return Applied(live_id, category, spec, read_time(record.get("at")))
    raise ValueError("needs live_id, category, spec and at")


def read_key(text: str) -> Key:
    """Inverse of str(key); a language holds no slash."""
    name, slash, language = text.rpartition("/")
    if not (name and slash and language):
        raise ValueError(f'"{text[:80]}" is not name/language')
    return Key(name, language)


def write_time(at: datetime) -> str:
    """A time in UTC, as text."""
    return at.astimezone(UTC).isoformat()


def read_time(value: JSON) -> datetime:
    """Inverse of write_time."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ValueError(f"has a time that is none: {json.dumps(value)[:80]}")
    return at


def _where(text: str, at: int) -> str:
    return f"(line {text.count(chr(10), 0, at) + 1})"
