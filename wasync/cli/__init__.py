"""The command line: the only place that prints, prompts or exits."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from wasync.cli.group import cli, commands_before_options
from wasync.model.errors import Exit, WasyncError


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with the code its outcome has in docs/exit-codes.md."""
    if argv is None:
        # One command makes much that stays and few cycles: the collector would walk it all again and again.
        gc.set_threshold(100_000, 20, 20)
    try:
        arguments = commands_before_options(list(sys.argv[1:] if argv is None else argv))
        code = cli.main(arguments, prog_name="wasync", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        error.show()
        code = Exit.USAGE
    except click.ClickException as error:
        error.show()
        code = Exit.FAILED
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = Exit.INTERRUPTED
    except WasyncError as error:
        from wasync.cli.errors import show_error

        show_error(error)
        code = error.code
    except BrokenPipeError:
        # The reader went away (| head): say nothing more.
        _give_up_stdout()
        code = Exit.FAILED
    except OSError as error:
        # Files are read and written where their errors are told: what is left is stdout on a full disk.
        _give_up_stdout()
        where, why = error.filename or "stdout", error.strerror or type(error).__name__
        click.echo(f"Error: {where}: {why}.\n  Next: Mend that, then run again: nothing is lost.", err=True)
        code = Exit.FAILED
    code = code if isinstance(code, int) else Exit.DONE
    if argv is None:
        _leave(code)
    sys.exit(code)


def _give_up_stdout() -> None:
    """Write what is still buffered; if that fails let it vanish, or the interpreter complains at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _leave(code: int) -> NoReturn:
    """End the process at once: to free a large project's memory piece by piece takes a tenth of the run.

    Nothing waits for the interpreter's shutdown here: files are closed where they are written, and the
    kernel frees locks and connections.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(code)
    os._exit(code)
