"""`python -m tests.benchmarks [ROW ...]`: the whole table, or some rows; exit code 1 when one is over."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.data import LANGUAGES, TOKEN_VARIABLE, WABA_ID, policy, write_project, write_seed
from tests.benchmarks.measure import PYTHON, WASYNC, Cost, Work, emulator, in_turn, run

HERE = Path(__file__).parent
TIMES, TIMES_LARGE = 5, 3
SMALL, USUAL, LARGE = 20, 1200, 6000
"""Files, each in five languages."""


class Result(NamedTuple):
    """One line of the table: a ratio, its limit, and the two medians it comes from, as shown."""

    what: str
    limit: float
    ratio: float
    ours: str
    other: str


class Place:
    """Where the runs happen: projects in a folder, and emulators that serve them, each made when needed."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._served: dict[tuple[int, float], tuple[str, str]] = {}

    def project(self, files: int, every: int = 0) -> Path:
        """A project of so many files; one in `every` templates differs from live."""
        folder = self._folder / f"files-{files}-{every}"
        if not folder.exists():
            write_project(folder, files, lambda number: every > 0 and number % every == 0)
        return folder

    def server(self, files: int, latency: float) -> tuple[str, str]:
        """Address and token of an emulator whose live rows equal the project of so many files."""
        if (files, latency) not in self._served:
            seed = self._folder / f"seed-{files}"
            if not seed.exists():
                write_seed(self.project(files), seed)
            self._served[files, latency] = self._stack.enter_context(emulator(seed, latency))
        return self._served[files, latency]

    def synced(self, files: int, every: int = 0) -> Path:
        """The project, with the state that one apply of the unchanged one left."""
        folder = self.project(files, every)
        if (folder / ".wasync").exists():
            return folder
        if every:
            shutil.copytree(self.synced(files) / ".wasync", folder / ".wasync")
            return folder
        run(self.wasync(files, 0.0, "apply", "--auto-approve", folder=folder))
        planned = run(self.wasync(files, 0.0, "plan", folder=folder))
        if f"{files * len(LANGUAGES)} in sync" not in planned and "No changes" not in planned:
            raise RuntimeError(f"the project is not in sync: {planned}")
        return folder

    def wasync(self, files: int, latency: float, *command: str, folder: Path) -> Work:
        """A command as a user runs it, against the emulator of so many files."""
        url, token = self.server(files, latency)
        return Work((WASYNC, *command), folder, {"WASYNC_BASE_URL": url, TOKEN_VARIABLE: token})

    def plan(self, files: int, latency: float = 0.0, every: int = 0) -> Work:
        """`wasync plan` with a state."""
        return self.wasync(files, latency, "plan", folder=self.synced(files, every))

    def floor(self, files: int, latency: float = 0.0) -> Work:
        """The least that a plan can be: see floor_plan.py."""
        url, token = self.server(files, latency)
        wanted = str(files * len(LANGUAGES))
        script = str(HERE / "floor_plan.py")
        return Work((PYTHON, script, str(self.project(files)), url, token, WABA_ID, wanted))


def _against(what: str, limit: float, ours: Work, other: Work, times: int = TIMES) -> list[Result]:
    """Wall-clock time of ours to the other's."""
    one, two = in_turn(ours, other, times)
    return [Result(what, limit, one.seconds / two.seconds, _seconds(one), _seconds(two))]


def _seconds(cost: Cost) -> str:
    return f"{cost.seconds:.3f} s"


def help_row(_place: Place) -> list[Result]:
    """The command line itself."""
    floor = Work((PYTHON, "-c", "import click"))
    return _against('--help / python -c "import click"', 1.15, Work((WASYNC, "--help")), floor, 4 * TIMES)


def validate_small(place: Place) -> list[Result]:
    """Ten good files."""
    ours = Work((WASYNC, "validate"), place.project(10))
    return _against("validate of 10 good files / --help", 2.0, ours, Work((WASYNC, "--help")), 4 * TIMES)


def validate_usual(place: Place) -> list[Result]:
    """Against the parser most programs would take; both sides include their start and imports."""
    folder = place.project(USUAL)
    floor = Work((PYTHON, str(HERE / "floor_parse.py"), str(folder)))
    return _against("validate of 6,000 / CSafeLoader", 0.9, Work((WASYNC, "validate"), folder), floor)


def validate_policy(place: Place) -> list[Result]:
    """The same files with every rule that an organisation can have, and nothing to find."""
    plain = place.project(USUAL)
    folder = plain.with_name("policed")
    if not folder.exists():
        shutil.copytree(plain, folder)
        with (folder / "wasync.yaml").open("a", encoding="utf-8") as file:
            file.write(policy(words=50))
        (folder / "house.json").write_text('{"required": ["category"]}', encoding="utf-8")
    ours = Work((WASYNC, "validate"), folder)
    return _against("validate of 6,000 with a policy / without", 1.7, ours, Work((WASYNC, "validate"), plain))


def preview_usual(place: Place) -> list[Result]:
    """The page of the same files as validate reads."""
    folder = place.project(USUAL)
    ours = Work((WASYNC, "preview", "--out", "../preview.html"), folder)
    return _against("preview of 6,000 / validate", 3.0, ours, Work((WASYNC, "validate"), folder))


def show_usual(place: Place) -> list[Result]:
    """A plan that changes every template, as a page and as a comment, beside what a terminal gets."""
    folder = place.synced(USUAL, every=1)
    saved = folder.parent / "plan.json"
    if not saved.exists():
        run(place.wasync(USUAL, 0.0, "plan", "--out", str(saved), folder=folder))
    terminal = Work((WASYNC, "show", str(saved)), folder)
    return [
        _against(
            f"show of 6,000 changes: {form} / terminal",
            limit,
            Work((WASYNC, "show", str(saved), "--format", form), folder),
            terminal,
        )[0]
        for form, limit in (("html", 2.0), ("markdown", 1.1))
    ]


def plan_in_sync(place: Place) -> list[Result]:
    """Nothing to do, at no delay."""
    return _against("plan of 6,000 in sync / floor", 0.9, place.plan(USUAL), place.floor(USUAL))


def plan_in_sync_50ms(place: Place) -> list[Result]:
    """Nothing to do, each answer 50 ms late."""
    ours, floor = place.plan(USUAL, 0.05), place.floor(USUAL, 0.05)
    return _against("plan of 6,000 in sync, 50 ms / floor", 0.75, ours, floor)


def plan_small(place: Place) -> list[Result]:
    """A usual account."""
    return _against("plan of 100 / floor", 1.15, place.plan(SMALL), place.floor(SMALL), 2 * TIMES)


def plan_changed(place: Place) -> list[Result]:
    """Every template to be updated, and each shown."""
    ours, few = place.plan(USUAL, every=1), place.plan(USUAL, every=100)
    return _against("plan of 6,000, all changed / 1 % changed", 1.5, ours, few)


def plan_large(place: Place) -> list[Result]:
    """Growth, and memory."""
    usual, large = in_turn(place.plan(USUAL), place.plan(LARGE), TIMES_LARGE)
    ours, floor = in_turn(place.plan(LARGE), place.floor(LARGE), TIMES_LARGE)
    factor = LARGE / USUAL
    growth = large.seconds / usual.seconds / factor
    per = [f"{cost.seconds / files / len(LANGUAGES) * 1e6:.0f} us" for cost, files in
           ((large, LARGE), (usual, USUAL))]  # fmt: skip
    return [
        Result("plan: time a template at 30,000 / at 6,000", 1.1, growth, *per),
        Result(
            "plan of 30,000: peak memory / floor's",
            0.8,
            ours.peak / floor.peak,
            f"{ours.peak:.0f} MiB",
            f"{floor.peak:.0f} MiB",
        ),
    ]


ROWS: dict[str, Callable[[Place], list[Result]]] = {
    "help": help_row,
    "validate-10": validate_small,
    "validate-6000": validate_usual,
    "validate-policy": validate_policy,
    "preview-6000": preview_usual,
    "show-6000": show_usual,
    "plan-in-sync": plan_in_sync,
    "plan-in-sync-50ms": plan_in_sync_50ms,
    "plan-100": plan_small,
    "plan-changed": plan_changed,
    "plan-30000": plan_large,
}

NOTES = f"""\
Wall-clock time of whole processes, interpreter start and imports included, on both sides; medians of \
{TIMES} runs
(help, validate-10: {4 * TIMES}; plan-100: {2 * TIMES}; plan-30000: {TIMES_LARGE}), the two sides in turn. \
Six thousand templates are 1,200 files
in 5 languages. The floor of plan reads all pages (500 rows, only the fields that are needed), then all files,
then compares the bodies; `plan` does all that plan does, with the whole state of an apply before it.
"""


def _show(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(wanted: Sequence[str]) -> int:
    """Measure and print the table, row by row."""
    unknown = [name for name in wanted if name not in ROWS]
    if unknown:
        sys.stderr.write(f"No such row: {', '.join(unknown)}. There are: {', '.join(ROWS)}.\n")
        return 64
    _show(NOTES)
    _show(f"{'row':18} {'what':43} {'limit':>5} {'is':>6}       {'ours':>9}  {'other':>9}")
    over = 0
    with tempfile.TemporaryDirectory(prefix="wasync-bench-") as folder, ExitStack() as stack:
        place = Place(Path(folder), stack)
        for name in wanted or ROWS:
            for what, limit, ratio, ours, other in ROWS[name](place):
                verdict = "ok" if ratio <= limit else "OVER"
                over += ratio > limit
                _show(f"{name:18} {what:43} {limit:5.2f} {ratio:6.3f} {verdict:4}  {ours:>9}  {other:>9}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
