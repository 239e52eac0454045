"""The machine runs histories: 200 in `make test`, always the same; as many as WASYNC_EXAMPLES in `make soak`.

A failure prints the shortest history that still fails, as Python to paste into `run([...], tmp_path)`.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.machine.history import run
from tests.machine.shrink import smallest
from tests.machine.steps import Apply, Declare, Deed, Fault, Hand, Pass, draw_history
from wasync.model.errors import WasyncError

HISTORIES = int(os.environ.get("WASYNC_EXAMPLES", "200"))
PARTS = 8
"""A part is a test: so two workers share them evenly, and a long run tells how far it is."""
_FAST = Path("/dev/shm")
REACHED = (
    "created", "edited", "deleted", "killed", "resumed", "stale", "meanwhile", "Forget", "Collect",
    "told to wait", "stopped with an error", "fault error on POST",
    "fault error after on POST", "fault html on POST", "fault html after on POST", "fault drop on POST",
    "fault drop after on POST", "fault truncate on POST", "fault delay on POST", "fault error on GET",
    "fault drop on GET", "fault truncate on GET", "fault short on GET", "fault error on DELETE",
    "fault drop after on DELETE", "fault truncate on DELETE", "hand edit", "hand delete", "hand set",
    "hand recategorise", "hand pause", "hand archive", "hand reject", "held category", "held conflict",
    "held disabled",
    *(f"killed {when} {what}" for when in ("before", "half", "after")
      for what in ("POST", "read", "create", "write", "sync", "replace", "remove", "close", "sync_folder")),
    *(f"killed {when} DELETE" for when in ("before", "after")),
)  # fmt: skip
"""What a long run has to come by: a machine that no longer gets there proves nothing."""


@pytest.mark.parametrize("part", range(PARTS))
def test_after_every_history_nothing_is_lost_doubled_or_spent(part: int) -> None:
    met: Counter[str] = Counter()
    seeds = range(part, HISTORIES, PARTS)
    for seed in seeds:
        deeds = draw_history(seed)
        try:
            met += _run(deeds)
        except (AssertionError, WasyncError) as error:
            pytest.fail(_reproducer(seed, deeds, error))
    _record(part, len(seeds), met)
    assert min(met["created"], met["edited"], met["killed"]) > 0
    if len(seeds) >= 2000:
        assert not [one for one in REACHED if not met[one]]


def test_a_history_is_the_same_every_time() -> None:
    assert draw_history(7) == draw_history(7)
    assert _run(draw_history(7)) == _run(draw_history(7))


def test_the_judge_sees_what_must_not_be() -> None:
    """A hand that spends the edits behind the judge's back looks as if wasync had spent one too many."""
    deeds: list[Deed] = [
        Declare("alpha", "utility", ("de",)),
        Apply(),
        Pass(26 * 3600),
        Hand("edit", 0, (("counts", True),)),
        Declare("alpha", "utility", ("de",), 1),
        Apply(),
    ]
    with TemporaryDirectory(dir=_fast()) as folder:
        machine = run(deeds[:5], Path(folder) / "project", settle=False)
        machine.judge.counted_by_hand.clear()
        machine.do(deeds[5])
        assert machine.judge.broken == ["edited alpha/de though its edits are used up"]


def test_a_failing_history_is_made_short() -> None:
    deeds: list[Deed] = [*draw_history(3), Fault("short"), *draw_history(4)]
    assert smallest(deeds, lambda some: Fault("short") in some) == [Fault("short")]


def _run(deeds: list[Deed]) -> Counter[str]:
    with TemporaryDirectory(dir=_fast()) as folder:
        return run(deeds, Path(folder) / "project").met


def _fast() -> Path | None:
    return _FAST if _FAST.is_dir() else None


def _reproducer(seed: int, deeds: list[Deed], error: Exception) -> str:
    kind = _kind(error)

    def fails(some: list[Deed]) -> bool:
        try:
            _run(some)
        except (AssertionError, WasyncError) as other:
            return _kind(other) == kind
        return False

    short = smallest(deeds, fails) if fails(deeds) else deeds
    lines = "".join(f"    {deed},\n" for deed in short)
    return f"history {seed}: {error}\nrun([\n{lines}], tmp_path)"


def _kind(error: Exception) -> tuple[type[Exception], str]:
    words = str(error).replace("'", " ").split()
    return type(error), " ".join(word for word in words if "/" not in word)[:40]


def _record(part: int, count: int, met: Counter[str]) -> None:
    """Leave what a long run came by where the person who started it asked for it."""
    if folder := os.environ.get("WASYNC_MACHINE_LOG"):
        lines = [f"{count} histories", *(f"{one} {number}" for one, number in sorted(met.items()))]
        (Path(folder) / f"part{part:02}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
