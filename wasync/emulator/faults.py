"""Faults on demand: which calls they meet, and what goes wrong then.

A fault is a JSON object. It matches by `method`, `path` (a regular expression searched in path and query),
and by count: the first time at the `nth` matching call (1), then for `times` calls (1; 0 means for ever).
`kind` says what happens: error, html, truncate, delay, drop, drop_midway, short, meanwhile.
docs/emulator.md lists their fields.
"""

from __future__ import annotations

import re

from wasync.emulator.limits import usage
from wasync.emulator.refusals import RefusalError
from wasync.emulator.shapes import Row, flag, number, row, text, upper, whole
from wasync.emulator.store import World

KINDS = ("error", "html", "truncate", "delay", "drop", "drop_midway", "short", "meanwhile")


class DroppedConnectionError(Exception):
    """The connection ends without an answer; the doors (adapter.py, serve.py) make it so."""


class TooSlowError(Exception):
    """The answer would come after the caller's timeout."""


def check(fault: Row) -> Row:
    """A fault as kept, or ValueError with what is wrong with it."""
    kind = text(fault.get("kind")) or "error"
    if kind not in KINDS:
        raise ValueError(f"a fault's kind is one of {', '.join(KINDS)}, not {kind!r}")
    re.compile(text(fault.get("path")))
    return fault | {"kind": kind, "seen": 0, "done": 0}


def due(world: World, method: str, path: str) -> Row | None:
    """The fault this call meets, if any; counts the call against every fault that matches it."""
    hit: Row | None = None
    for fault in list(world.faults):
        if upper(fault.get("method")) not in {"", "*", method}:
            continue
        if not re.search(text(fault.get("path")), path):
            continue
        fault["seen"] = whole(fault.get("seen")) + 1
        if hit is None and whole(fault["seen"]) >= whole(fault.get("nth"), 1):
            hit = fault
            fault["done"] = whole(fault.get("done")) + 1
            times = whole(fault.get("times"), 1)
            if times and whole(fault["done"]) >= times:
                world.faults.remove(fault)
    return hit


def comes_after(fault: Row) -> bool:
    """Whether the call takes effect before things go wrong: success whose answer is lost."""
    return flag(fault.get("after")) or text(fault.get("kind")) in {"truncate", "delay", "short", "meanwhile"}


def refusal(fault: Row, waba_id: str) -> RefusalError:
    """The error of a fault of kind `error`."""
    code = whole(fault.get("code"), 1)
    headers = {name: text(value) for name, value in row(fault.get("headers")).items()}
    if "estimated_minutes" in fault:
        headers["x-business-use-case-usage"] = usage(waba_id, 100, whole(fault["estimated_minutes"]))
    return RefusalError(
        code,
        text(fault.get("message")) or f"(#{code}) {_usual_words(code)}",
        subcode=whole(fault["subcode"]) if fault.get("subcode") is not None else None,
        status=whole(fault.get("status"), 500 if code in {1, 2} else 400),
        transient=flag(fault.get("transient", code in {1, 2})),
        title=text(fault.get("title")),
        user_message=text(fault.get("user_message")),
        data=fault.get("data"),
        headers=headers,
    )


def _usual_words(code: int) -> str:
    words = {
        1: "An unknown error occurred",
        2: "Service temporarily unavailable",
        4: "Application request limit reached",
        80008: "There have been too many calls to this WhatsApp Business account",
        80012: "There have been too many calls to this message template",
    }
    return words.get(code, "A fault made on demand")


def seconds(fault: Row | None) -> float:
    """How long a fault of kind `delay` holds the answer back."""
    return number(fault.get("seconds")) if fault and fault.get("kind") == "delay" else 0.0
