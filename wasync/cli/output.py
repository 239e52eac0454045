"""Printing: results on stdout, chatter on stderr, colour where a person looks."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping

import click

from wasync.model.template import JSON


def color_wanted(stderr: bool = False) -> bool:
    """Whether to colour: a terminal, unless NO_COLOR; FORCE_COLOR says yes in any case."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return (sys.stderr if stderr else sys.stdout).isatty()


def width() -> int:
    """Columns to wrap sentences at: the terminal's, between 60 and 120."""
    # shutil.get_terminal_size does this too, and brings every compression of the standard library with it.
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return _bounded(int(columns))
    try:
        return _bounded(os.get_terminal_size(1).columns or 100)
    except OSError:
        return 100


def _bounded(columns: int) -> int:
    return max(60, min(120, columns))


def result(text: str) -> None:
    """Print a result."""
    click.echo(text.rstrip("\n"), color=True)


def json_result(value: Mapping[str, JSON]) -> None:
    """Print a result as one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def json_line(value: Mapping[str, JSON]) -> None:
    """Print one of several results as one line of JSON."""
    click.echo(json.dumps(value, ensure_ascii=False))


def chatter(text: str) -> None:
    """Say something that is not the result."""
    click.echo(text.rstrip("\n"), err=True, color=True)


class Progress:
    """One line on stderr for what takes over a second; silent when nobody looks."""

    def __init__(self, what: str) -> None:
        self._what, self._started, self._shown = what, time.monotonic(), False

    def page(self, count: int, total: int | None) -> None:
        """Show how many rows were read."""
        if not sys.stderr.isatty() or time.monotonic() - self._started < 1:
            return
        self._shown = True
        of = f" of {total}" if total is not None else ""
        click.echo(f"\r\x1b[K{self._what}: {count}{of}", err=True, nl=False, color=True)

    def end(self) -> None:
        """Wipe the line."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False, color=True)
            self._shown = False
