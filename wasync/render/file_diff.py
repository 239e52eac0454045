"""What a file would become, as a unified diff; control characters in it are made visible."""

from __future__ import annotations

from difflib import unified_diff

from wasync.render.colour import Style, finish, styled
from wasync.render.safe_text import safe


def file_diff(path: str, before: bytes | None, after: bytes, *, color: bool = False) -> str:
    """Return the unified diff of one file; `before` None means that it is new. Of media only the size."""
    if b"\0" in after:
        return f"new media file {safe(path)} ({len(after)} bytes)"
    old = [] if before is None else before.decode("utf-8", "replace").splitlines()
    new = after.decode("utf-8", "replace").splitlines()
    source = "/dev/null" if before is None else path
    lines = (_line(line) for line in unified_diff(old, new, source, path, lineterm=""))
    return finish("\n".join(lines), color)


def _line(line: str) -> str:
    text = safe(line)
    match line[:1]:
        case "+":
            return styled(text, Style.ADDED)
        case "-":
            return styled(text, Style.REMOVED)
        case _:
            return text
