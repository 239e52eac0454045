"""What the notes of a journal mean for the state. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from wasync.model.live import Applied, NameLock
from wasync.model.template import JSON, Key
from wasync.state.records import applied_from_json, check_version, name_lock, read_key, read_time


@dataclass(slots=True)
class Asked:
    """An intent that has no answer yet, and the lock that the notes held on the key before it."""

    action: str
    at: datetime
    counted: bool
    lock: NameLock | None
    locked: bool


@dataclass(slots=True)
class Replay:
    """What a journal adds to the state file; None means the entry is gone. `finished`: it ended complete.

    `serial`: the serial that the state has once they are folded in; None before version 2.
    `fresh`: keys whose edits in the state file count no more, because a template of that name is new or gone.
    `asked`: the intents that have no answer; what they may have cost is counted already.
    """

    waba_id: str
    fingerprint: str
    begun: datetime | None
    serial: int | None
    applied: dict[Key, Applied | None] = field(default_factory=dict)
    locks: dict[Key, NameLock | None] = field(default_factory=dict)
    refused: dict[Key, datetime | None] = field(default_factory=dict)
    edits: dict[Key, list[datetime]] = field(default_factory=dict)
    fresh: set[Key] = field(default_factory=set)
    creations: list[datetime] = field(default_factory=list)
    asked: dict[Key, Asked] = field(default_factory=dict)
    finished: bool = False

    def date_unanswered(self, at: datetime) -> None:
        """Count what was begun and never answered from `at` on, if that is later.

        Meta may have asked for a pause before the call that the run died in: it counts when it arrived.
        """
        for key, asked in list(self.asked.items()):
            if asked.at < at:
                _take_back(self, key)
                _ask(self, key, asked.action, at, counted=asked.counted)


def replay(text: bytes) -> Replay | None:
    """What the journal's lines say, or None when not even the first was written whole.

    The last line may be torn: it is dropped. A call that was begun and never answered counts, for Meta may
    have done it: a creation and an edit against their rations, a delete as a locked name. Its record stays,
    for Meta may not have. Raises ValueError, as records.py does.
    """
    lines = text.split(b"\n")
    torn = lines.pop()
    result: Replay | None = None
    for number, line in enumerate(lines, start=1):
        try:
            entry: JSON = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == len(lines) and not torn:
                break
            raise ValueError(f"line {number} is not JSON") from error
        try:
            if result is None:
                result = _begin(entry)
            else:
                _note(result, entry)
        except ValueError as error:
            raise type(error)(*error.args) if number == 1 else ValueError(f"line {number} {error}") from error
    return result


def _begin(entry: JSON) -> Replay:
    if isinstance(entry, dict):
        check_version(entry.get("version"))
        waba_id, fingerprint, serial = entry.get("waba_id"), entry.get("fingerprint"), entry.get("serial")
        if isinstance(waba_id, str) and isinstance(fingerprint, str):
            begun = read_time(entry["at"]) if "at" in entry else None
            return Replay(waba_id, fingerprint, begun, serial if isinstance(serial, int) else None)
    raise ValueError("it does not begin as a journal of wasync's; another program wrote it")


def _note(result: Replay, entry: JSON) -> None:
    match entry:
        case {"event": "intent", "key": str(name), "action": str(action), "at": at, "counted": bool(counted)}:
            _ask(result, read_key(name), action, read_time(at), counted=counted)
        case {"event": "intent", "key": str(name), "action": str(action), "at": at}:
            # Version 1 did not say whether Meta counts it: it may.
            _ask(result, read_key(name), action, read_time(at), counted=True)
        case {"event": "done", "key": str(name), "action": str(action), "applied": None, "at": at}:
            _answer(result, read_key(name), action, None, read_time(at))
        case {"event": "done", "key": str(name), "action": str(action), "applied": dict(record), "at": at}:
            _answer(result, read_key(name), action, applied_from_json(record), read_time(at))
        case {"event": "adopt", "key": str(name), "applied": dict(record)}:
            key = read_key(name)
            result.applied[key] = applied_from_json(record)
            result.locks[key] = result.refused[key] = None
        case {"event": "forget", "key": str(name)}:
            key = read_key(name)
            result.asked.pop(key, None)
            result.applied[key] = result.locks[key] = result.refused[key] = None
            result.fresh.add(key)
            result.edits.pop(key, None)
        case {"event": "failed", "key": str(name), "at": at, "until_later": True}:
            _take_back(result, read_key(name))
            result.refused[read_key(name)] = read_time(at)
        case {"event": "failed", "key": str(name)}:
            _take_back(result, read_key(name))
        case {"event": "end", "complete": bool(complete)}:
            result.finished = complete
        case _:
            raise ValueError("is no note of wasync's")


def _ask(result: Replay, key: Key, action: str, at: datetime, *, counted: bool) -> None:
    # An earlier intent of the same key that was never answered stays counted.
    result.asked[key] = Asked(action, at, counted, result.locks.get(key), key in result.locks)
    match action:
        case "create":
            result.creations.append(at)
        case "update" if counted:
            result.edits.setdefault(key, []).append(at)
        case "delete":
            result.locks[key] = name_lock(at)
        case _:
            pass


def _answer(result: Replay, key: Key, action: str, applied: Applied | None, at: datetime) -> None:
    """Meta did it. It counts from when the call arrived: our note of the answer is later, so it is safe."""
    asked = _take_back(result, key)
    result.applied[key], result.refused[key] = applied, None
    match action:
        case "create":
            # Without an intent it was found done already: it counted when it was made.
            if asked is not None:
                result.creations.append(at)
                result.fresh.add(key)
                result.edits.pop(key, None)
            result.locks[key] = None
        case "update":
            if asked is not None and asked.counted:
                result.edits.setdefault(key, []).append(at)
            result.locks[key] = None
        case "delete":
            result.fresh.add(key)
            result.edits.pop(key, None)
            result.locks[key] = name_lock(at)
        case _:
            raise ValueError("is no note of wasync's")


def _take_back(result: Replay, key: Key) -> Asked | None:
    """Undo what the intent on this key counted; None when there was no intent."""
    asked = result.asked.pop(key, None)
    if asked is None:
        return None
    match asked.action:
        case "create":
            result.creations.remove(asked.at)
        case "update" if asked.counted:
            result.edits[key].remove(asked.at)
        case "delete" if asked.locked:
            result.locks[key] = asked.lock
        case "delete":
            del result.locks[key]
        case _:
            pass
    return asked
