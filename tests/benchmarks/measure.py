"""Measuring: fresh processes, two sides in turn, so that a noisy machine hurts both."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = sys.executable
WASYNC = str(Path(sys.executable).with_name("wasync"))


@dataclass(frozen=True, slots=True)
class Work:
    """One process to run: what, where, environment besides ours, the exit code it must have."""

    argv: Sequence[str]
    folder: Path = Path()
    environ: Mapping[str, str] | None = None
    code: int = 0


class Cost(NamedTuple):
    """What a process took: wall-clock seconds, and the most memory it held, in MiB."""

    seconds: float
    peak: float


def _environ(work: Work) -> dict[str, str]:
    """Ours, less what changes how Python runs: a user's installation has its compiled modules, for one."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "WASYNC"))}
    return {**ours, **(work.environ or {})}


def run(work: Work) -> str:
    """Run one process to prepare something, and return what it printed."""
    return subprocess.run(
        work.argv, cwd=work.folder, env=_environ(work), check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def cost(work: Work) -> Cost:
    """Run one process from start to end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        work.argv,
        cwd=work.folder,
        env=_environ(work),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.stderr.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != work.code:
        raise RuntimeError(f"{' '.join(work.argv)} exited with {process.returncode}: {said.decode()}")
    # Linux counts in KiB, macOS in bytes.
    return Cost(seconds, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024))


def in_turn(one: Work, other: Work, times: int) -> tuple[Cost, Cost]:
    """The medians of both, run alternately; a first run of each, to warm caches, does not count."""
    cost(one)
    cost(other)
    pairs = [(cost(one), cost(other)) for _ in range(times)]
    ones, others = zip(*pairs, strict=True)
    return _median(ones), _median(others)


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(median(cost.seconds for cost in costs), median(cost.peak for cost in costs))


@contextmanager
def emulator(seed: Path, latency: float) -> Iterator[tuple[str, str]]:
    """Serve the live rows of `seed` from another process; yields its address and token."""
    argv = (WASYNC, "emulator", "serve", "--seed", str(seed), "--latency", str(latency))
    process = subprocess.Popen(argv, env=_environ(Work(argv)), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url, _, token = process.stdout.readline().strip().partition(" ")
        yield url, token
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()
