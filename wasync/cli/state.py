"""wasync state: what is remembered; forget some of it; free the lock of a run that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wasync.cli.options import Options, account_options, complete_template
from wasync.model.errors import Exit, WasyncError

if TYPE_CHECKING:
    from wasync.model.live import Memory
    from wasync.model.template import Key

_APPROVE = click.option("--auto-approve", is_flag=True, help="Do not ask.")


@click.group("state")
def command() -> None:
    """Show what wasync remembers between runs, forget some of it, or free a lock."""


@command.command("show")
@account_options
def show(options: Options) -> int:
    """Show what is remembered: last applied, edits and creations spent, locked names, who holds the lock."""
    from datetime import UTC, datetime

    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.project import open_project
    from wasync.render.state_text import state_json, state_text

    project = open_project(options)
    state, now = project.state(), datetime.now(UTC)
    known = [(account, state.read(account.waba_id)) for account in project.accounts]
    holder = state.holder()
    if options.json:
        json_result(state_json(known, holder))
    else:
        result(state_text(known, holder, now, color=color_wanted(), width=width()))
    return 0


@command.command("forget")
@click.argument("globs", metavar="GLOB...", nargs=-1, required=True, shell_complete=complete_template)
@_APPROVE
@account_options
def forget(options: Options, globs: tuple[str, ...], auto_approve: bool) -> int:
    """Forget all that is remembered of templates whose NAME or NAME/LANGUAGE match.

    wasync then plans them as if it had never applied them: it cannot tell a change made outside from one in
    the file, the file takes over, and prune leaves them alone. Nothing is sent to Meta.
    """
    from datetime import UTC, datetime

    from wasync.cli.lock import locked
    from wasync.cli.output import chatter
    from wasync.cli.project import open_project
    from wasync.render.safe_text import safe

    project = open_project(options)
    account = project.one_account()
    _refuse_silence(options, auto_approve)
    state = project.state()
    with locked(state):
        memory = state.read(account.waba_id)
        keys = _matching(memory, globs)
        if not keys:
            chatter(
                f"Nothing is remembered of {', '.join(map(safe, globs))} in account {safe(account.name)}."
            )
            return 0
        for key in keys:
            chatter(f"  {safe(str(key))}")
        if not auto_approve:
            _ask(
                f"\nForget these on account {safe(account.name)}? They then count as never applied by wasync:"
                " the files take over, prune leaves them alone."
            )
        journal = state.journal(account.waba_id, memory.interrupted or "forget", datetime.now(UTC))
        journal.forget(keys)
        journal.close(complete=memory.interrupted is None)
    chatter(f"Forgot {len(keys)} {'template' if len(keys) == 1 else 'templates'}. Nothing was sent to Meta.")
    return 0


@command.command("unlock")
@_APPROVE
@account_options
def unlock(options: Options, auto_approve: bool) -> int:
    """Free the lock of a run that is gone, before it frees itself.

    A run that still lives then stops before its next write. The lock of a local state needs none of this: it
    ends with the process that holds it.
    """
    from wasync.cli.output import chatter
    from wasync.cli.project import open_project
    from wasync.render.safe_text import safe

    project = open_project(options)
    state = project.state()
    holder = state.holder()
    if not holder:
        chatter("Nobody holds the lock.")
        return 0
    chatter(f"The lock is held by {safe(holder)}.")
    if not state.lock_outlives_runs:
        raise WasyncError(
            "The lock of a local state ends with the process that holds it: there is nothing to remove.",
            "Wait until that run has ended, or end it.",
            code=Exit.STALE,
        )
    _refuse_silence(options, auto_approve)
    if not auto_approve:
        _ask("\nFree it? If that run still lives it stops before its next write.")
    state.unlock()
    chatter("The lock is free.")
    return 0


def _matching(memory: Memory, globs: tuple[str, ...]) -> list[Key]:
    from wasync.limits import matches

    known = {*memory.applied, *memory.locks, *memory.edits, *memory.refused}
    return sorted(key for key in known if matches(globs, key))


def _refuse_silence(options: Options, auto_approve: bool) -> None:
    from wasync.cli.project import is_terminal

    if not auto_approve and (options.json or not is_terminal()):
        raise WasyncError("Nobody is here to approve: nothing was written.", "Add --auto-approve.")


def _ask(question: str) -> None:
    from wasync.cli.output import chatter

    chatter(question)
    answer = click.prompt("Only 'yes' will be accepted to approve", default="", show_default=False, err=True)
    if answer != "yes":
        raise WasyncError("Cancelled: nothing was written.", "Run it again when it is right.")
