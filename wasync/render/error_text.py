"""What stopped a run, in three parts: what, where, what to do next."""

from __future__ import annotations

from wasync.model.errors import GraphError, WasyncError
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, fold
from wasync.render.safe_text import safe


def error_text(error: WasyncError, *, color: bool = False, width: int = WIDTH) -> str:
    """The error for a terminal; Meta's numbers stand in it, for people who ask Meta's support."""
    lines = [fold(f"{styled('Error:', Style.REMOVED)} {safe(error.message)}", 0, 2, width)]
    if error.place:
        lines.append(f"  --> {safe(str(error.place))}")
    if isinstance(error, GraphError):
        told = meta_numbers(error.graph_code, error.subcode, error.trace)
        if told and told not in error.message and (error.trace is None or error.trace not in error.message):
            lines.append(fold(f"  Meta's error: {safe(told)}", 0, 4, width))
        if error.rule:
            lines.append(f"  wasync explain {safe(error.rule)} tells more.")
    lines.append(fold(f"  Next: {safe(error.fix)}", 0, 4, width))
    return finish("\n".join(lines), color)


def meta_numbers(code: int | None, subcode: int | None, trace: str | None) -> str:
    """Meta's own names of an error: `code 100, subcode 2388040, fbtrace_id A1b2`."""
    named = (("code", code), ("subcode", subcode), ("fbtrace_id", trace))
    return ", ".join(f"{name} {value}" for name, value in named if value is not None)
