"""The state's text and the notes of an apply that lie over it: read together, folded together. Pure."""

from __future__ import annotations

import json

from wasync.model.live import Memory
from wasync.model.template import JSON
from wasync.state.journal import Replay
from wasync.state.rations import rations_to_json, read_rations
from wasync.state.records import VERSION, applied_to_json, read_account, write_state

EMPTY = f'{{"version": {VERSION}, "accounts": {{}}}}'
"""The text of a state that knows nothing."""


def recall(text: str, waba_id: str, notes: Replay | None) -> Memory:
    """What is remembered of one account. Raises ValueError that completes "cannot be used: ..."."""
    if notes is not None and notes.waba_id != waba_id:
        notes = None
    found = read_account(text, waba_id, notes.applied if notes else {})
    rations = read_rations(found.members)
    interrupted = found.interrupted
    if notes is not None:
        rations.take(notes.notes)
        interrupted = None if notes.finished else notes.fingerprint
    return Memory(
        found.applied, rations.locks, interrupted, rations.edits, rations.creations, rations.refused
    )


def fold(text: str, notes: Replay) -> bytes:
    """The state's text with the notes in it. Raises ValueError, as recall() does."""
    # Checked first as a whole, so that merging works on what it expects.
    found = read_account(text, notes.waba_id, {})
    rations = read_rations(found.members)
    rations.take(notes.notes)
    data = json.loads(text)
    account = data["accounts"].setdefault(notes.waba_id, {})
    applied: dict[str, JSON] = account.setdefault("applied", {})
    for key, record in notes.applied.items():
        applied.pop(str(key), None)
        if record is not None:
            applied[str(key)] = applied_to_json(record)
    account.pop("deleted", None)  # version 1
    account.pop("interrupted", None)
    if not notes.finished:
        account["interrupted"] = notes.fingerprint
    account |= rations_to_json(rations)
    return write_state(data)
