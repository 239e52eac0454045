"""Showing what stopped a run."""

from __future__ import annotations

from wasync.cli.output import chatter, color_wanted, width
from wasync.model.errors import InputError, WasyncError


def show_error(error: WasyncError) -> None:
    """Print where, what and what to do next on stderr; findings of the files first."""
    from wasync.render.error_text import error_text

    color = color_wanted(stderr=True)
    if isinstance(error, InputError) and error.findings:
        from wasync.render.findings_text import findings_text

        chatter(findings_text(error.findings, color=color, width=width()))
        chatter("")
    chatter(error_text(error, color=color, width=width()))
