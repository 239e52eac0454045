"""Which files a project's globs name; nothing hidden, nothing that leads out of the project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

_WILD = frozenset("*?[")


class Globs:
    """Walks the folders below `root`. `outside` collects the links that lead out of the project,
    `unread` the files that end in .yml where .yaml is asked for.
    """

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self.outside: dict[str, str] = {}
        self.unread: set[str] = set()

    def files(self, pattern: str) -> set[str]:
        """The files that match, relative to the root, with `/`. `**` matches any number of folders."""
        segments = tuple(part for part in pattern.split("/") if part not in ("", "."))
        return set(self._expand("", segments)) if segments else set()

    def _expand(self, folder: str, segments: tuple[str, ...]) -> Iterator[str]:
        """Files below `folder` ("" or ending in /) that match the rest of the pattern."""
        here, rest = segments[0], segments[1:]
        if not _WILD.intersection(here):
            yield from self._literal(folder + here, rest)
            return
        if here == "**":
            yield from self._expand(folder, rest or ("*",))
        try:
            entries = list(os.scandir(f"{self._root}/{folder}"))
        except OSError:
            return  # a folder that cannot be listed holds nothing for us; the glob says so if that was all
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            if here == "**":
                if entry.is_dir(follow_symlinks=False):
                    yield from self._expand(f"{folder}{name}/", segments)
                elif entry.is_symlink() and Path(entry.path).is_dir():
                    # Not followed: within the project its files have a path of their own.
                    self._inside(folder + name)
            elif fnmatchcase(name, here):
                linked = entry.is_symlink()
                if linked and not self._inside(folder + name):
                    continue
                if rest:
                    if Path(entry.path).is_dir():
                        yield from self._expand(f"{folder}{name}/", rest)
                elif entry.is_file(follow_symlinks=False) or (linked and _to_read(Path(entry.path))):
                    yield folder + name
            else:
                self._pass_over(folder, name, segments)

    def _pass_over(self, folder: str, name: str, segments: tuple[str, ...]) -> None:
        """Note a file that its other ending alone keeps from being read."""
        if len(segments) == 1 and name.endswith(".yml") and fnmatchcase(f"{name[:-4]}.yaml", segments[0]):
            self.unread.add(folder + name)

    def _literal(self, path: str, rest: tuple[str, ...]) -> Iterator[str]:
        whole = f"{self._root}/{path}"
        if not os.path.lexists(whole) or not self._inside(path):
            return
        if rest:
            yield from self._expand(f"{path}/", rest)
        elif _to_read(Path(whole)):
            yield path

    def _inside(self, path: str) -> bool:
        """Whether what stands at `path` really lies in the project; notes it if not."""
        real = os.path.realpath(f"{self._root}/{path}")
        if within(self._root, real):
            return True
        self.outside[path] = real
        return False


def _to_read(path: Path) -> bool:
    """Whether to try: a file, or a link that leads nowhere. A pipe would have us wait for ever."""
    return path.is_file() or not path.exists()


def within(root: str, path: str) -> bool:
    """Whether `path` lies in `root`; both are real, absolute paths."""
    return path == root or path.startswith(root.rstrip("/") + "/")
