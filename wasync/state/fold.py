"""The notes of a journal laid over the state: to read both as one, and to write them as one. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from wasync.model.live import Memory
from wasync.model.template import JSON
from wasync.state.notes import Replay
from wasync.state.records import (
    VERSION,
    applied_to_json,
    members_to_json,
    name_lock,
    read_account,
    read_key,
    read_serial,
    read_time,
    write_state,
)

EMPTY = f'{{"version": {VERSION}, "accounts": {{}}}}'
"""The state before there is one."""
_EDITS_KEPT, _CREATIONS_KEPT, _REFUSED_KEPT = timedelta(days=31), timedelta(hours=2), timedelta(days=2)


def remembered(text: str, notes: Replay | None, waba_id: str) -> Memory:
    """What is known of one account. Raises ValueError, as records.py does."""
    if notes is None or notes.waba_id != waba_id or _has(text, notes):
        return read_account(text, waba_id, {})
    found = read_account(text, waba_id, notes.applied)
    locks, refused = {**found.locks, **notes.locks}, {**found.refused, **notes.refused}
    edits = {key: at for key, at in found.edits.items() if key not in notes.fresh}
    for key, added in notes.edits.items():
        if added:
            edits[key] = tuple(sorted((*edits.get(key, ()), *added)))
    return found._replace(
        locks={key: lock for key, lock in locks.items() if lock is not None},
        refused={key: at for key, at in refused.items() if at is not None},
        edits=edits,
        creations=tuple(sorted((*found.creations, *notes.creations))),
        interrupted=None if notes.finished else notes.fingerprint,
    )


def folded(text: str, notes: Replay, died_by: datetime | None = None) -> bytes:
    """The state file with the notes in it, in today's version. Raises ValueError, as records.py does.

    `died_by`: the run was killed, at this time at the latest.
    """
    if _has(text, notes):
        return text.encode()
    if died_by is not None:
        notes.date_unanswered(died_by)
    # Read first: it checks as a whole what is changed below.
    memory = remembered(text, notes, notes.waba_id)
    if notes.begun is not None:
        memory = pruned(memory, notes.begun)
    data: dict[str, JSON] = json.loads(text)
    accounts = _object(data, "accounts")
    migrate(accounts)
    account = _object(accounts, notes.waba_id)
    applied = _object(account, "applied")
    for key, record in notes.applied.items():
        applied.pop(str(key), None)
        if record is not None:
            applied[str(key)] = applied_to_json(record)
    account |= members_to_json(memory)
    account.pop("interrupted", None)
    if memory.interrupted is not None:
        account["interrupted"] = memory.interrupted
    data["serial"] = notes.serial or read_serial(text) + 1
    return write_state(data)


def _has(text: str, notes: Replay) -> bool:
    """Whether the state holds the notes already: then they must not count a second time."""
    return notes.serial is not None and read_serial(text) >= notes.serial


def pruned(memory: Memory, now: datetime) -> Memory:
    """The memory without what no longer counts. `now` is when the journal was begun: a clock that jumps
    ahead while apply runs then forgets nothing."""
    edits = {key: tuple(one for one in at if now - one <= _EDITS_KEPT) for key, at in memory.edits.items()}
    return memory._replace(
        locks={key: lock for key, lock in memory.locks.items() if lock.until > now},
        edits={key: at for key, at in edits.items() if at},
        creations=tuple(at for at in memory.creations if now - at <= _CREATIONS_KEPT),
        refused={key: at for key, at in memory.refused.items() if now - at <= _REFUSED_KEPT},
    )


def migrate(accounts: Mapping[str, JSON]) -> None:
    """Bring every account to today's version, in place. Raises ValueError when one is none."""
    for waba_id, account in accounts.items():
        if not isinstance(account, dict):
            raise ValueError(f"account {waba_id[:80]} is no object")  # noqa: TRY004 - the file is wrong, not the caller
        deleted = account.pop("deleted", None)
        if isinstance(deleted, dict):
            locks = {read_key(name): name_lock(read_time(at)) for name, at in deleted.items()}
            account["locked"] = members_to_json(Memory(locks=locks))["locked"]


def _object(data: dict[str, JSON], name: str) -> dict[str, JSON]:
    value = data.setdefault(name, {})
    if not isinstance(value, dict):
        raise ValueError(f"{name[:80]} is no object")  # noqa: TRY004 - the file is wrong, not the caller
    return value
