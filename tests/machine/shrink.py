"""Makes a failing history short: deeds are left out as long as it fails."""

from __future__ import annotations

from collections.abc import Callable

from tests.machine.steps import Apply, ApplySaved, Collect, Declare, Deed


def smallest(deeds: list[Deed], fails: Callable[[list[Deed]], object]) -> list[Deed]:
    """Return a history that still fails, from which nothing can be left out."""
    size = max(1, len(deeds) // 2)
    while True:
        at, shorter = 0, False
        while at < len(deeds):
            fewer = deeds[:at] + deeds[at + size :]
            if fails(fewer):
                deeds, shorter = fewer, True
            else:
                at += size
        if size == 1 and not shorter:
            break
        size = max(1, size // 2)
    for at, deed in enumerate(deeds):
        for simpler in _simpler(deed):
            if fails([*deeds[:at], simpler, *deeds[at + 1 :]]):
                deeds = [*deeds[:at], simpler, *deeds[at + 1 :]]
                break
    return deeds


def _simpler(deed: Deed) -> list[Deed]:
    match deed:
        case Apply(kill) if kill is not None:
            return [deed._replace(kill=None)]
        case ApplySaved(kill) | Collect(kill) if kill is not None:
            return [type(deed)()]
        case Declare(languages=languages):
            alone: list[Deed] = [deed._replace(languages=(one,), absent=()) for one in languages]
            return [*alone, deed._replace(absent=())]
        case _:
            return []
