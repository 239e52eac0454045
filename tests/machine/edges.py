"""The edges of a process that may die: its disk and its way to Meta, each operation an instant to die at."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.machine.steps import Kill
from wasync.state.disk import Disk

T = TypeVar("T")


class Killed(BaseException):
    """The process ends here: nothing of wasync may catch it."""


@dataclass
class Doom:
    """When the process dies. Once it is dead every further operation does nothing but say so."""

    kill: Kill | None = None
    seen: int = 0
    dead: bool = False
    met: Counter[str] = field(default_factory=Counter)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def arm(self, kill: Kill | None) -> None:
        """A new process, which dies as told."""
        self.kill, self.seen, self.dead = kill, 0, False

    def do(self, what: str, work: Callable[[], T], half: Callable[[], object] | None = None) -> T:
        """Do one operation, or die before it, in the middle, or after it. One at a time."""
        with self._lock:
            return self._do(what, work, half)

    def _do(self, what: str, work: Callable[[], T], half: Callable[[], object] | None) -> T:
        if self.dead:
            raise Killed
        self.seen += 1
        due = self.kill is not None and self.seen == self.kill.nth
        if not due or self.kill is None:
            return work()
        self.dead = True
        self.met[f"killed {self.kill.when} {what}"] += 1
        if self.kill.when == "after":
            work()
        elif self.kill.when == "half" and half is not None:
            half()
        raise Killed


class DyingDisk(Disk):
    """A disk on which nothing outlives a power cut, and whose process may die."""

    def __init__(self, doom: Doom) -> None:
        self._doom = doom
        self._open: set[int] = set()

    def release(self) -> None:
        """What the kernel does when a process ends: files are closed, locks are free."""
        for file in self._open:
            os.close(file)
        self._open.clear()

    def read(self, path: Path) -> bytes | None:
        return self._doom.do("read", lambda: Disk.read(self, path))

    def make_folder(self, path: Path) -> None:
        self._doom.do("make_folder", lambda: Disk.make_folder(self, path))

    def create(self, path: Path) -> int:
        return self._doom.do("create", lambda: self._keep(Disk.create(self, path)))

    def open_lock(self, path: Path) -> int:
        return self._doom.do("open_lock", lambda: self._keep(Disk.open_lock(self, path)))

    def write(self, file: int, data: bytes) -> None:
        part = data[: len(data) // 2]
        self._doom.do("write", lambda: Disk.write(self, file, data), lambda: Disk.write(self, file, part))

    def truncate(self, file: int, size: int) -> None:
        self._doom.do("truncate", lambda: Disk.truncate(self, file, size))

    def sync(self, file: int) -> None:
        self._doom.do("sync", lambda: None)

    def close(self, file: int) -> None:
        self._doom.do("close", lambda: self._let_go(file))

    def replace(self, source: Path, target: Path) -> None:
        self._doom.do("replace", lambda: Disk.replace(self, source, target))

    def remove(self, path: Path) -> None:
        self._doom.do("remove", lambda: Disk.remove(self, path))

    def sync_folder(self, path: Path) -> None:
        self._doom.do("sync_folder", lambda: None)

    def _keep(self, file: int) -> int:
        self._open.add(file)
        return file

    def _let_go(self, file: int) -> None:
        self._open.discard(file)
        Disk.close(self, file)
