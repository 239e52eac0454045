"""A second process reads half of a large project: parsing YAML keeps one core busy, and there are two.

What it found is taken only when it is plainly clean; everything else this process looks at itself, with the
very same functions. So a project says the same whether it is read by one process or by two.
"""

from __future__ import annotations

import gc
import marshal
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wasync.model.config import Account, Config
from wasync.model.template import Desired, Finding, Key, Place, Revision, Template
from wasync.project.desired import desired
from wasync.project.documents import calm, read_files
from wasync.project.places import sort_findings


@dataclass(frozen=True, slots=True)
class Halves:
    """A large project on its way: the second half is being read by another process."""

    config: Config
    account: Account
    values: Mapping[str, str]
    files: Sequence[str]
    middle: int
    findings: tuple[Finding, ...]
    second: Callable[[], bytes | None]

    def desired(self) -> Desired:
        """Read the first half, take the second, and return what all files say for the account."""
        with calm():
            first = self._read(self.files[: self.middle])
            packed = self.second()
            second = self._read(self.files[self.middle :]) if packed is None else _unpack(packed)
            if not _names(first).isdisjoint(_names(second)):
                # One name in both halves: only all files together tell which two declare it.
                first, second = self._read(self.files), Desired({}, {}, ())
            findings = sort_findings([*self.findings, *first.findings, *second.findings])
            return Desired(
                {**first.templates, **second.templates},
                {**first.absent, **second.absent},
                findings,
                {**first.revisions, **second.revisions},
            )

    def _read(self, files: Sequence[str]) -> Desired:
        return desired(read_files(self.config, files), self.config, self.account, self.values)


def begin(
    config: Config,
    account: Account,
    values: Mapping[str, str],
    files: Sequence[str],
    findings: tuple[Finding, ...],
    share: float,
) -> Halves | None:
    """Start reading these files for one account; None where one process does as well.

    `findings` are those of the globs, `share` is how much the second process reads. Must be called before any
    thread is started: a fork copies only the thread that forks.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1 or (os.cpu_count() or 1) < 2:
        return None
    middle = round(len(files) * (1 - share))
    rest = files[middle:]

    def work() -> bytes | None:
        found = desired(read_files(config, rest), config, account, values)
        return None if found.findings else _pack(found)

    return Halves(config, account, values, files, middle, findings, _in_another_process(work))


def _names(found: Desired) -> set[str]:
    """Every name declared, those declared absent too: one file may delete what another declares."""
    return {key.name for key in (*found.templates, *found.absent)}


def _in_another_process(work: Callable[[], bytes | None]) -> Callable[[], bytes | None]:
    """Run `work` in a forked process; the function returned waits for its bytes, or None."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            gc.disable()
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(work() or b"")
            code = 0
        finally:
            # Whatever happened, nothing of the parent's is flushed or ended twice.
            os._exit(code)
    os.close(writing)

    def result() -> bytes | None:
        with os.fdopen(reading, "rb") as pipe:
            data = pipe.read()
        _, status = os.waitpid(child, 0)
        return data if data and status == 0 else None

    return result


def _pack(found: Desired) -> bytes:
    templates = [
        (key.name, key.language, one.category, one.spec, one.place, dict(one.ignore))
        for key, one in found.templates.items()
    ]
    absent = [(key.name, key.language, *place) for key, place in found.absent.items()]
    revisions = [(live, *revision) for live, revision in found.revisions.items()]
    return marshal.dumps(([_plain(row) for row in templates], absent, revisions))


def _plain(row: tuple[str, str, str, object, Place | None, dict[str, str]]) -> tuple[object, ...]:
    name, language, category, spec, place, ignore = row
    return name, language, category, spec, None if place is None else tuple(place), ignore


def _unpack(packed: bytes) -> Desired:
    rows, absent, revisions = marshal.loads(packed)  # noqa: S302 written by our own child a moment ago
    templates = {}
    for name, language, category, spec, place, ignore in rows:
        key = Key(name, language)
        templates[key] = Template(key, category, spec, Place(*place) if place else None, ignore)
    return Desired(
        templates,
        {Key(name, language): Place(*place) for name, language, *place in absent},
        (),
        {live: Revision(*revision) for live, *revision in revisions},
    )
