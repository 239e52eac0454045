"""Options that most commands share, gathered into one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click
from click.shell_completion import CompletionItem

from wasync.model.errors import Exit

SECONDS = click.FloatRange(min=0)
Command = TypeVar("Command", bound=Callable[..., int])


class Options(NamedTuple):
    """What the shared options said; a command that does not offer one leaves its default."""

    project: Path | None = None
    account: str | None = None
    targets: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    output: str = "terminal"
    sandbox: bool = False
    debug: bool = False
    fail_on: frozenset[str] = frozenset()

    def exit_code(self, code: int, alarms: Iterable[str]) -> int:
        """Return 4 where an alarm of a kind named by --fail-on stands, unless the run failed otherwise."""
        asked = bool(self.fail_on.intersection(alarms))
        return Exit.VERDICT if asked and code in (Exit.DONE, Exit.CHANGES, Exit.WAITING) else code

    @property
    def json(self) -> bool:
        """Whether the result is printed as JSON."""
        return self.output == "json"


def _complete_account(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the accounts of the project at hand; a project that cannot be read offers none."""
    from wasync.cli.project import find_config
    from wasync.model.errors import WasyncError

    try:
        config = find_config(Options(project=ctx.params.get("project")))
    except WasyncError:
        return []
    return [
        CompletionItem(account.name) for account in config.accounts if account.name.startswith(incomplete)
    ]


def _read_values(
    _ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    pairs = []
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--var")
        pairs.append((name, value))
    return tuple(pairs)


ALARMS = ("rejected", "paused", "disabled", "archived", "category")
"""What --fail-on can name."""


def _read_alarms(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> frozenset[str]:
    names = [name.strip() for text in given for name in text.split(",")]
    for name in names:
        if name not in ALARMS:
            raise click.BadParameter(f"{name!r} is none of {', '.join(ALARMS)}", param_hint="--fail-on")
    return frozenset(names)


_PROJECT = click.option(
    "--project",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="WASYNC_PROJECT",
    help="Folder of wasync.yaml; default: here, or a parent up to the git root.",
)
_ACCOUNT = click.option(
    "--account",
    metavar="GLOB",
    envvar="WASYNC_ACCOUNT",
    shell_complete=_complete_account,
    help="Which accounts of wasync.yaml.",
)
_TARGET = click.option(
    "--target",
    "targets",
    metavar="GLOB",
    multiple=True,
    help="Only templates whose NAME or NAME/LANGUAGE match.",
)
_VAR = click.option(
    "--var",
    "values",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_read_values,
    help="Value of ${NAME} in files.",
)


def _format(*more: str) -> Callable[[Command], Command]:
    """Offer --format: for people, for programs, and what else the command has."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(["terminal", "json", *more]),
        default="terminal",
        envvar="WASYNC_FORMAT",
        help="How the result is printed.",
    )


REPORTS = ("github", "sarif", "junit", "gitlab")
"""The values of --format that give a report of findings."""
_FORMAT, _PLAN_FORMAT = _format(), _format("markdown", "html", *REPORTS)
_FINDINGS_FORMAT = _format(*REPORTS)
_CONTRACT_FORMAT = click.option(
    "--format",
    "output",
    type=click.Choice(["json", "python", "typescript"]),
    default="json",
    help="Data, or types for the code that sends.",
)
_EXPORT_FORMAT = click.option(
    "--format",
    "output",
    type=click.Choice(["xliff", "csv"]),
    default="xliff",
    help="XLIFF 2.0, one document per language; or one table for a spreadsheet.",
)
_PREVIEW_FORMAT = click.option(
    "--format",
    "output",
    type=click.Choice(["html", "svg", "terminal"]),
    default="html",
    help="One page, a picture of each, or letters.",
)
_SANDBOX = click.option("--sandbox", is_flag=True, help="Use an emulated account kept in .wasync/sandbox/.")
_DEBUG = click.option("--debug", is_flag=True, help="Show HTTP requests on stderr, without secrets.")

_FAIL_ON = click.option(
    "--fail-on",
    metavar="ALARMS",
    multiple=True,
    callback=_read_alarms,
    help=f"Exit 4 when one of these alarms stands, by comma: {', '.join(ALARMS)}.",
)


def _shared(*options: Callable[[Command], Command]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Offer some shared options; the command gets them as one value, `options`."""

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def run(**params: Any) -> int:
            shared = {name: params.pop(name) for name in Options._fields if name in params}
            return command(options=Options(**shared), **params)

        for option in reversed(options):
            run = option(run)
        return run

    return decorate


show_options = _shared(_PLAN_FORMAT)
plan_options = _shared(_PROJECT, _ACCOUNT, _TARGET, _VAR, _PLAN_FORMAT, _SANDBOX, _DEBUG, _FAIL_ON)
findings_options = _shared(_PROJECT, _ACCOUNT, _VAR, _FINDINGS_FORMAT)
live_options = _shared(_PROJECT, _ACCOUNT, _TARGET, _VAR, _FORMAT, _SANDBOX, _DEBUG)
drift_options = _shared(_PROJECT, _ACCOUNT, _TARGET, _VAR, _FINDINGS_FORMAT, _SANDBOX, _DEBUG, _FAIL_ON)
alarm_options = _shared(_PROJECT, _ACCOUNT, _TARGET, _VAR, _FORMAT, _SANDBOX, _DEBUG, _FAIL_ON)
contract_options = _shared(_PROJECT, _ACCOUNT, _TARGET, _VAR, _CONTRACT_FORMAT, _SANDBOX, _DEBUG)
export_options = _shared(_PROJECT, _TARGET, _EXPORT_FORMAT)
import_options = _shared(_PROJECT, _ACCOUNT, _VAR)
preview_options = _shared(_PROJECT, _ACCOUNT, _TARGET, _VAR, _PREVIEW_FORMAT, _SANDBOX, _DEBUG)
sandbox_options = _shared(_PROJECT, _SANDBOX)
account_options = _shared(_PROJECT, _ACCOUNT, _FORMAT, _SANDBOX, _DEBUG)


pull_request_option = click.option(
    "--allow-pr-apply", is_flag=True, help="Write even in a pull request's pipeline."
)


class Allowed(NamedTuple):
    """What one run allows itself beyond what the project does."""

    overwrite: tuple[str, ...] = ()
    resend: tuple[str, ...] = ()
    allow_updates: int | None = None
    allow_deletes: int | None = None
    allow_breaking: int | None = None
    require_approved_in: str | None = None


_COUNT = click.IntRange(min=0)
_POLICY = (
    click.option("--overwrite", metavar="GLOB", multiple=True, help="In these conflicts the file wins."),
    click.option("--resend", metavar="GLOB", multiple=True, help="Send these again, samples included."),
    click.option("--allow-updates", type=_COUNT, help="Allow so many updates in this run."),
    click.option("--allow-deletes", type=_COUNT, help="Allow so many deletes in this run."),
    click.option("--allow-breaking", type=_COUNT, help="Allow so many updates that break senders."),
    click.option(
        "--require-approved-in",
        metavar="ACCOUNT",
        shell_complete=_complete_account,
        help="Hold what this account of wasync.yaml has not got approved.",
    ),
)


def policy_options(command: Callable[..., int]) -> Callable[..., int]:
    """Offer what one run may allow itself; the command gets it as one value, `allowed`."""

    @wraps(command)
    def run(**params: Any) -> int:
        allowed = Allowed(**{name: params.pop(name) for name in Allowed._fields})
        return command(allowed=allowed, **params)

    for option in reversed(_POLICY):
        run = option(run)
    return run
