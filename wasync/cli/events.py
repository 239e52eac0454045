"""Telling what happens while it happens: lines on stderr for people, JSON lines on stdout for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

import click

from wasync.cli.output import chatter, color_wanted, result, width
from wasync.model.outcome import Event, EventKind, Outcome
from wasync.render.outcome_text import event_json, event_line, outcome_text


class Teller:
    """Tells the events of one run in the form its reader wants."""

    def __init__(self, as_json: bool) -> None:
        self._json, self._lock = as_json, Lock()
        self._last = datetime.min.replace(tzinfo=UTC)

    def tell(self, event: Event) -> None:
        """Tell one event as it happens, in whichever thread: lines are whole, and in order of time."""
        with self._lock:
            # One that waited here for another thread's line happened, for a reader, after it.
            self._last = max(self._last, event.at)
            self._tell(replace(event, at=self._last))

    def _tell(self, event: Event) -> None:
        if self._json:
            click.echo(json.dumps(event_json(event), ensure_ascii=False))
            sys.stdout.flush()
        elif line := event_line(event, color=color_wanted(stderr=True), watched=sys.stderr.isatty()):
            chatter(line)

    def of(self, account: str) -> Callable[[Event], None]:
        """Tell events that do not say it themselves as those of an account."""
        return lambda event: self.tell(replace(event, account=account))

    def pause(self, seconds: float) -> None:
        """Say that Meta rations calls and how long we wait."""
        self.tell(Event(EventKind.PAUSED, datetime.now(UTC), seconds=seconds))

    def end(self, outcome: Outcome) -> None:
        """Say what became of every step."""
        if self._json:
            self.tell(Event(EventKind.APPLY_ENDED, datetime.now(UTC), outcome.account, outcome=outcome))
        else:
            result("\n" + outcome_text(outcome, color=color_wanted(), width=width()))
