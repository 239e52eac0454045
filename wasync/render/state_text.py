"""What the state remembers: a table for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from wasync.model.config import Account
from wasync.model.live import Memory
from wasync.model.template import JSON, Key
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, columns, paragraph
from wasync.render.reasons import moment
from wasync.render.safe_text import safe

_HEADS = ("template", "last applied", "edits 24 h", "edits 30 d", "name locked until")
_HOUR, _DAY, _MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)
Known = Sequence[tuple[Account, Memory]]


def state_text(known: Known, holder: str, now: datetime, *, color: bool = False, width: int = WIDTH) -> str:
    """One table an account, then who holds the lock."""
    blocks = [_account(account, memory, now, width) for account, memory in known]
    lock = f"The lock is held by {safe(holder)}." if holder else "Nobody holds the lock."
    return finish("\n\n".join([*blocks, paragraph(lock, 0, width)]), color)


def state_json(known: Known, holder: str) -> dict[str, JSON]:
    """The public form; schemas/memory.schema.json describes it."""
    return {
        "format_version": "1.0",
        "kind": "memory",
        "lock": holder or None,
        "accounts": [
            {
                "account": account.name,
                "waba_id": account.waba_id,
                "interrupted": memory.interrupted,
                "creations": [at.isoformat() for at in memory.creations],
                "templates": [_to_json(key, memory) for key in _keys(memory)],
            }
            for account, memory in known
        ],
    }


def _keys(memory: Memory) -> list[Key]:
    return sorted({*memory.applied, *memory.locks, *memory.edits, *memory.refused})


def _to_json(key: Key, memory: Memory) -> JSON:
    applied, lock, refused = memory.applied.get(key), memory.locks.get(key), memory.refused.get(key)
    return {
        "address": str(key),
        "name": key.name,
        "language": key.language,
        "applied": None
        if applied is None
        else {"live_id": applied.live_id, "category": applied.category, "at": applied.at.isoformat()},
        "edits": [at.isoformat() for at in memory.edits.get(key, ())],
        "locked": None
        if lock is None
        else {"since": lock.since.isoformat(), "until": lock.until.isoformat()},
        "refused": None if refused is None else refused.isoformat(),
    }


def _account(account: Account, memory: Memory, now: datetime, width: int) -> str:
    head = f"account {styled(safe(account.name), Style.STRONG)} ({safe(account.waba_id)})"
    created = _since(memory.creations, now, _HOUR)
    told = [f"{created} {'creation' if created == 1 else 'creations'} in the last hour."]
    if memory.interrupted is not None:
        told.append("An apply did not end: run it again, it goes on where that one stopped.")
    keys = _keys(memory)
    if not keys:
        return "\n".join((head, "", paragraph(" ".join(["No template is remembered.", *told]), 0, width)))
    rows = [_cells(key, memory, now) for key in keys]
    sizes = [max(map(columns, column)) for column in zip(_HEADS, *rows, strict=True)]
    lines = [styled(_line(_HEADS, sizes), Style.DIM), *(_line(row, sizes) for row in rows)]
    count = f"{len(keys)} {'template' if len(keys) == 1 else 'templates'}."
    return "\n".join((head, "", *lines, "", paragraph(" ".join([count, *told]), 0, width)))


def _cells(key: Key, memory: Memory, now: datetime) -> tuple[str, ...]:
    applied, lock, edits = memory.applied.get(key), memory.locks.get(key), memory.edits.get(key, ())
    return (
        safe(str(key)),
        "-" if applied is None else moment(applied.at),
        str(_since(edits, now, _DAY) or "-"),
        str(_since(edits, now, _MONTH) or "-"),
        "-" if lock is None or lock.until <= now else moment(lock.until),
    )


def _since(times: Iterable[datetime], now: datetime, span: timedelta) -> int:
    """How many in the span; a time further ahead than an hour tells of a clock that jumped."""
    return sum(-_HOUR <= now - at < span for at in times)


def _line(cells: Sequence[str], sizes: Sequence[int]) -> str:
    padded = (cell + " " * (size - columns(cell)) for cell, size in zip(cells, sizes, strict=True))
    return "  " + "  ".join(padded).rstrip()
