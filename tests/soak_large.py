"""Ten thousand templates with one call in twenty failing: all get live, and memory stays flat.

Only `make soak` runs this. wasync runs in processes of its own, whose memory is measured; the emulator is
here, behind HTTP. Their clocks move together, for creations are rationed by the hour.

Flat means: a first apply of ten times as many templates takes less than ten times the memory above that of
a bare start (and a little, for what does not grow); and of repeated runs over the same templates the last
takes no more than a tenth more than the second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.shell import ROOT, Account, served
from tests.worlds import PROJECT

LARGE = int(os.environ.get("WASYNC_LARGE", "10000"))
SMALL = LARGE // 10
SHARE = 20
"""One call in so many fails."""
REPEATS = 4
A_LITTLE = 8.0
_LOSSES: tuple[dict[str, object], ...] = (
    {"kind": "error", "code": 2, "status": 503},
    {"kind": "error", "code": 2, "status": 500, "after": True},
    {"kind": "drop"},
    {"kind": "drop", "after": True},
    {"kind": "truncate"},
    {"kind": "html", "status": 502},
    {"kind": "error", "code": 80008, "estimated_minutes": 1},
)
# What wasync apply does, with a clock that sleeping moves: 10,000 creations are 100 hours.
_SCRIPT = """
import json, sys
from pathlib import Path
import requests
from tests.worlds import Clock, World
from wasync.graph.client import Graph
from wasync.emulator import world

root, url, offset = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])

class Outside(World):
    def __post_init__(self):
        super().__post_init__()
        self.emulator = None
    def graph(self, read_only=False, base_url=url):
        clock = self.clock
        return Graph(url, "v26.0", world.TOKEN, sleep=clock.sleep, clock=clock.seconds, max_wait=1e9)

class Both(Clock):
    def sleep(self, seconds):
        super().sleep(seconds)
        requests.post(url + "/_emulator/clock", json={"by": seconds}, timeout=60)

now = requests.get(url + "/_emulator/clock", timeout=60).json()["now"]
from datetime import datetime
outside = Outside(root, Both(datetime.fromisoformat(now)))
outside.events = type("Nowhere", (list,), {"append": lambda self, event: None})()
outcome = outside.apply() if sys.argv[3] == "1" else None
states = {}
for result in outcome.results if outcome else ():
    states[result.state.value] = states.get(result.state.value, 0) + 1
# Not getrusage: that begins with what the parent held when it forked.
(peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(json.dumps({"states": states, "kb": int(peak)}))
"""


class Run(NamedTuple):
    """What one run came to: states of its steps, and the most memory it held, in megabytes."""

    states: dict[str, int]
    megabytes: float


def test_memory_is_flat_and_all_get_live(tmp_path: Path) -> None:
    small, large = _life(tmp_path / "small", SMALL), _life(tmp_path / "large", LARGE)
    sys.stderr.write(f"\n{SMALL}: {small}\n{LARGE}: {large}\n")  # what the soak came by is to be read
    bare = small[0].megabytes
    assert large[1].megabytes - bare < LARGE / SMALL * (small[1].megabytes - bare) + A_LITTLE
    for runs in (small, large):
        repeated = [run.megabytes for run in runs[2:] if run.megabytes]
        assert len(repeated) >= REPEATS
        assert repeated[-1] < 1.1 * repeated[0]


def _life(root: Path, count: int) -> list[Run]:
    """A start without work, the first apply, and further ones until nothing is left, REPEATS at least."""
    _write(root, count)
    with served({"accounts": []}) as account:
        account.do("account", template_limit=20_000)
        account.do("settings", calls_per_hour=0)
        runs = [_run(root, account, "0")]
        for number in range(8):
            _trouble(account, count, number)
            runs.append(_run(root, account, "1"))
        account.do("clear-faults")
        runs.append(_run(root, account, "1"))
        assert runs[-1].states == {}
        assert len(account.live()) == count
    return runs


def _write(root: Path, count: int) -> None:
    (root / "templates").mkdir(parents=True)
    (root / "wasync.yaml").write_text(PROJECT, encoding="utf-8")
    for number in range(count):
        text = f"category: utility\nlanguages:\n  en_US:\n    body: Your order {number} left our warehouse.\n"
        (root / f"templates/t{number:05}.yaml").write_text(text, encoding="utf-8")


def _trouble(account: Account, count: int, number: int) -> None:
    """One call in twenty of those to come fails, each by a loss of its own."""
    random = Random(f"{count} {number}")
    account.do("clear-faults")
    calls = 2 * count if number == 0 else count // 10
    nths = (nth for nth in range(1, calls) if random.randrange(SHARE) == 0)
    account.do("seed", faults=[_fault(random, nth) for nth in nths])


def _fault(random: Random, nth: int) -> dict[str, object]:
    return {"method": "*", "path": "", "nth": nth, "times": 1, "seen": 0, "done": 0} | random.choice(_LOSSES)


def _run(root: Path, account: Account, what: str) -> Run:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(root), account.url, what],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # A plan that cannot be read for its faults ends the run; the next one goes on.
        assert "model.errors." in done.stderr, done.stderr
        return Run({"stopped": 1}, 0.0)
    found = json.loads(done.stdout)
    return Run(found["states"], found["kb"] / 1024)
