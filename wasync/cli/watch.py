"""Doing something again whenever a file of the project changes, until Ctrl-C."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from wasync.cli.errors import show_error
from wasync.cli.options import Options
from wasync.cli.output import chatter
from wasync.model.errors import WasyncError
from wasync.render.safe_text import safe

_PAUSE = 0.3
_SHARE = 10
"""Looking at the times of all files takes at most one part of this many of a core."""
_SETTLE = 0.05
"""Editors write a file in several steps; this long without one, they are through."""
_NAMED = 3

Stamps = Mapping[str, tuple[int, int, int]]


def watched(options: Options, look: Callable[[], object]) -> NoReturn:
    """Look, and look again after each change, until KeyboardInterrupt. What stops one look stops no other."""
    root = _root(options)
    while True:
        stamps, _ = _stamps(root)
        try:
            look()
        except WasyncError as error:
            show_error(error)
        # A look keeps what it read out of the collector's way; here it is done with.
        gc.unfreeze()
        chatter("Watching for changes; Ctrl-C ends it.")
        while not (changed := _await_change(root, stamps)):
            pass  # a file changed, and back again
        if not changed:  # and back again
            continue
        more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        chatter(f"\nChanged: {safe(', '.join(changed[:_NAMED]))}{more}")


def _root(options: Options) -> Path:
    """The folder of wasync.yaml, whether or not that can be read as it is now."""
    from wasync.project.config import find_root

    return options.project if options.project is not None else find_root(Path.cwd())


def _await_change(root: Path, before: Stamps) -> list[str]:
    """The files that changed, came or went, once whoever writes them is through."""
    after, seconds = _stamps(root)
    while after == before:
        time.sleep(max(_PAUSE, _SHARE * seconds))
        after, seconds = _stamps(root)
    settled: Stamps = {}
    while settled != after:
        settled = after
        time.sleep(_SETTLE)
        after, _ = _stamps(root)
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _stamps(root: Path) -> tuple[Stamps, float]:
    """What tells that a file changed, by path, and how many seconds that took. Nothing hidden counts."""
    began = time.monotonic()
    stamps = dict(_walk(str(root), ""))
    return stamps, time.monotonic() - began


def _walk(root: str, folder: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    try:
        entries = list(os.scandir(f"{root}/{folder}"))
    except OSError:
        return  # gone while we looked, or not ours to read: validate says so if it matters
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = folder + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, f"{path}/")
            continue
        try:
            told = entry.stat()
        except OSError:
            continue
        yield path, (told.st_mtime_ns, told.st_size, told.st_ino)
