"""Writing files of the project: each in one piece, so that a reader sees the old text or the new."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wasync.model.errors import WasyncError

if TYPE_CHECKING:
    from wasync.project.writer import FileChange


def write_files(root: Path, changes: Sequence[FileChange]) -> None:
    """Write every change below `root`; WasyncError names the file that cannot be written."""
    for written, change in enumerate(changes):
        # A link stays one: what it leads to is written. Globs follow none that leads out of the project.
        path = (root / change.path).resolve()
        temporary = ""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".wasync-")
            with os.fdopen(handle, "wb") as file:
                file.write(change.after)
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise WasyncError(
                f"{change.path}: cannot be written: {error.strerror}. {files(written)} written before it.",
                "Mend that and run it again: it writes the rest.",
            ) from error


def files(count: int) -> str:
    """Count files in words."""
    return "1 file" if count == 1 else f"{count} files"
