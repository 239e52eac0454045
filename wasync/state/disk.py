"""The few operations on files that the state is made of, each one an instant at which a run may die."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wasync.model.errors import WasyncError

if TYPE_CHECKING:
    from pathlib import Path


class Disk:
    """The operating system's files. Every method raises OSError.

    It is passed as an argument, so that tests can stop a run between any two.
    """

    def read(self, path: Path) -> bytes | None:
        """The whole file, or None when there is none."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def make_folder(self, path: Path) -> None:
        """A folder that only its owner enters."""
        path.mkdir(mode=0o700)

    def create(self, path: Path) -> int:
        """An open, empty file that only its owner reads; a link in its place is refused, not followed."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)

    def open_lock(self, path: Path) -> int:
        """The lock file, open for reading and writing, its text left as it is."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def write(self, file: int, data: bytes) -> None:
        """All of the data; when OSError is raised a part of it may be written."""
        while data:
            data = data[os.write(file, data) :]

    def truncate(self, file: int, size: int) -> None:
        """Cut to this many bytes, and go on writing there."""
        os.ftruncate(file, size)
        os.lseek(file, size, os.SEEK_SET)

    def sync(self, file: int) -> None:
        """Return only when the data would survive a power cut."""
        os.fsync(file)

    def close(self, file: int) -> None:
        """Let go of an open file."""
        os.close(file)

    def replace(self, source: Path, target: Path) -> None:
        """Put source in target's place in one step."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file; none there is fine."""
        path.unlink(missing_ok=True)

    def sync_folder(self, path: Path) -> None:
        """Return only when files made, replaced or removed in this folder would survive a power cut."""
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_whole(disk: Disk, path: Path, data: bytes) -> None:
    """Write a file so that readers see the old or the new, whole. Raises OSError; the old one then stands.

    The caller holds the lock: the temporary name never varies, so that killed runs leave one file, not many.
    """
    draft = path.with_name(path.name + ".tmp")
    file = disk.create(draft)
    try:
        disk.write(file, data)
        disk.sync(file)
    except OSError:
        disk.remove(draft)
        raise
    finally:
        disk.close(file)
    disk.replace(draft, path)
    disk.sync_folder(path.parent)


def shown(path: Path) -> str:
    """A state file as messages name it: with its folder, but not where in the machine that lies."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def failed(what: str, path: Path, problem: OSError, fix: str) -> WasyncError:
    """The error to raise when the operating system refused."""
    reason = problem.strerror or type(problem).__name__
    if isinstance(problem, IsADirectoryError | NotADirectoryError):
        fix = "Something else stands in its place: move that away, then run again."
    return WasyncError(f"{shown(path)}: cannot {what}: {reason}.", fix)
