"""Pictures of the project for a page that carries them inside: only small ones, and not too many."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wasync.project.media import mime_type
from wasync.render.preview.page import Media

LARGEST = 400_000
"""Bytes of one picture that a page still carries."""
TOGETHER = 8_000_000
"""Bytes of all pictures of a page."""
_SHOWN = frozenset({"image/jpeg", "image/png"})


def read_pictures(root: Path, paths: Iterable[str]) -> dict[str, Media]:
    """The pictures that fit, by path. What is too large, no picture, or not readable is left out."""
    pictures: dict[str, Media] = {}
    left = TOGETHER
    for path in paths:
        try:
            with (root / path).open("rb") as file:
                data = file.read(LARGEST + 1)
        except (OSError, ValueError):
            continue
        kind = mime_type(data[:32])
        if kind in _SHOWN and len(data) <= min(LARGEST, left):
            pictures[path] = Media(kind or "", data)
            left -= len(data)
    return pictures
