"""What the state knows of Meta's rations: edits, creations, locked names, refusals that only time mends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from wasync.model.live import NAME_LOCK, NameLock
from wasync.model.template import JSON, Key
from wasync.state.records import read_key, read_time, write_time

MOST_EDITS, MOST_CREATIONS = 10, 100
"""How many are kept: so many are all that Meta's limits look back at (docs/meta-api.md, section E)."""


class Note(NamedTuple):
    """One line of the journal that tells of a ration; `event` is intent, done, failed or adopt."""

    event: str
    key: Key
    action: str
    at: datetime
    flag: bool = False
    """Of an intent: Meta counts it. Of a failure: only time mends it."""


@dataclass(slots=True)
class Rations:
    """The notes of one account, as Memory gives them to quota.py. `take` is the one way they change."""

    locks: dict[Key, NameLock] = field(default_factory=dict)
    edits: dict[Key, tuple[datetime, ...]] = field(default_factory=dict)
    creations: tuple[datetime, ...] = ()
    refused: dict[Key, datetime] = field(default_factory=dict)

    def take(self, notes: Iterable[Note]) -> None:
        """Lay the notes of an apply over what was known before.

        What was begun and never answered counts: Meta may have taken it. A refusal takes it back; an answer
        sets its time, which is later than the call's arrival, so that no ration looks free too early.
        """
        begun: dict[Key, datetime] = {}
        locks: dict[Key, NameLock | None] = {}
        for note in notes:
            key, at = note.key, note.at
            match note.event, note.action:
                case "intent", "delete":
                    locks.setdefault(key, self.locks.get(key))
                    self.locks[key] = NameLock(at, at + NAME_LOCK)
                case "intent", _ if note.flag:
                    begun[key] = at
                    self._spend(note, at)
                case "done", "delete":
                    self.locks[key] = NameLock(at, at + NAME_LOCK)
                    self.edits.pop(key, None)
                case "failed", "delete":
                    self._restore(key, locks.pop(key, None))
                case "done", action:
                    if key in begun:
                        self._take_back(note, begun.pop(key))
                        self._spend(note, at)
                    self._is_live(key, anew=action == "create")
                case "failed", _:
                    if key in begun:
                        self._take_back(note, begun.pop(key))
                    if note.flag:
                        self.refused[key] = at
                case "adopt", _:
                    self._is_live(key, anew=False)
                case _:
                    pass

    def _spend(self, note: Note, at: datetime) -> None:
        if note.action == "create":
            self.creations = (*self.creations, at)[-MOST_CREATIONS:]
        else:
            self.edits[note.key] = (*self.edits.get(note.key, ()), at)[-MOST_EDITS:]

    def _take_back(self, note: Note, at: datetime) -> None:
        if note.action == "create":
            self.creations = _without(self.creations, at)
        else:
            self.edits[note.key] = _without(self.edits.get(note.key, ()), at)
            if not self.edits[note.key]:
                del self.edits[note.key]

    def _is_live(self, key: Key, *, anew: bool) -> None:
        self.locks.pop(key, None)
        self.refused.pop(key, None)
        if anew:
            self.edits.pop(key, None)

    def _restore(self, key: Key, lock: NameLock | None) -> None:
        if lock is None:
            self.locks.pop(key, None)
        else:
            self.locks[key] = lock


def _without(times: tuple[datetime, ...], at: datetime) -> tuple[datetime, ...]:
    """The times less the last that is `at`."""
    for index in range(len(times) - 1, -1, -1):
        if times[index] == at:
            return (*times[:index], *times[index + 1 :])
    return times


def rations_to_json(rations: Rations) -> dict[str, JSON]:
    """The members of an account in the state file."""
    return {
        "creations": [write_time(at) for at in rations.creations],
        "refused": {str(key): write_time(at) for key, at in rations.refused.items()},
        "locked": {
            str(key): {"since": write_time(lock.since), "until": write_time(lock.until)}
            for key, lock in rations.locks.items()
        },
        "edits": {str(key): [write_time(at) for at in times] for key, times in rations.edits.items()},
    }


def read_rations(members: Mapping[str, JSON]) -> Rations:
    """Inverse of rations_to_json; version 1 knew only when a name was deleted. Raises ValueError."""
    locks = {read_key(name): _lock(value) for name, value in _map(members, "locked").items()}
    for name, value in _map(members, "deleted").items():
        since = read_time(value)
        locks[read_key(name)] = NameLock(since, since + NAME_LOCK)
    return Rations(
        locks,
        {read_key(name): _times(value) for name, value in _map(members, "edits").items()},
        _times(members.get("creations", [])),
        {read_key(name): read_time(value) for name, value in _map(members, "refused").items()},
    )


def _map(members: Mapping[str, JSON], name: str) -> dict[str, JSON]:
    value = members.get(name, {})
    if isinstance(value, dict):
        return value
    raise ValueError(f"{name} is no object")


def _lock(value: JSON) -> NameLock:
    match value:
        case {"since": since, "until": until}:
            return NameLock(read_time(since), read_time(until))
        case _:
            raise ValueError("a locked name needs since and until")


def _times(value: JSON) -> tuple[datetime, ...]:
    if isinstance(value, list):
        return tuple(map(read_time, value))
    raise ValueError("a list of times is expected")
