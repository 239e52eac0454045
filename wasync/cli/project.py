"""What a command stands on: the project found, its accounts chosen, and the way to Graph and state."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wasync.cli.output import Progress, chatter
from wasync.model.config import SANDBOX, Account, Config
from wasync.model.errors import Exit, InputError, WasyncError

if TYPE_CHECKING:
    from wasync.cli.options import Allowed, Options
    from wasync.emulator.app import Emulator
    from wasync.graph.client import Graph
    from wasync.model.config import Policy
    from wasync.model.live import Listing, Snapshot
    from wasync.model.template import Desired, Key
    from wasync.project.documents import Documents
    from wasync.project.second_process import Halves
    from wasync.promotion import Approvals
    from wasync.state.store import State

SHARE_BESIDE_LISTING = 0.8
"""How much of a large project a second process reads while this one reads live as well."""
SANDBOX_FOLDER = ".wasync/sandbox"
SANDBOX_URL = "http://127.0.0.1"


@dataclass(frozen=True, slots=True)
class Project:
    """One project opened for one command."""

    config: Config
    accounts: tuple[Account, ...]
    options: Options
    environ: Mapping[str, str]

    @property
    def root(self) -> Path:
        """The folder of wasync.yaml."""
        return Path(self.config.root)

    def one_account(self) -> Account:
        """Return the only account chosen; refuse several, naming them."""
        if len(self.accounts) > 1:
            names = ", ".join(account.name for account in self.accounts)
            raise WasyncError(
                f"This writes to one account, and {len(self.accounts)} match: {names}.",
                "Choose one with --account NAME.",
                code=Exit.USAGE,
            )
        return self.accounts[0]

    def documents(self) -> Documents:
        """Read every template file once."""
        from wasync.project.documents import read_documents

        return read_documents(self.config)

    def halves(self, accounts: Sequence[Account], share: float = 0.5) -> Halves | None:
        """Start reading a large project in two processes, if it is for one account only."""
        if len(accounts) != 1:
            return None
        from wasync.project.documents import LARGE, find_files

        files, findings = find_files(self.config)
        if len(files) < LARGE:
            return None
        from wasync.project.second_process import begin

        return begin(self.config, accounts[0], self.values(accounts[0]), files, findings, share)

    def desired(self, documents: Documents | Halves, account: Account) -> Desired:
        """Return what the files say for one account, with every finding."""
        from wasync.project.desired import desired
        from wasync.project.documents import Documents

        if not isinstance(documents, Documents):
            return documents.desired()
        return desired(documents, self.config, account, self.values(account))

    def values(self, account: Account) -> dict[str, str]:
        """Return the values of `${name}`: --var beats WASYNC_VAR_<name> beats wasync.yaml."""
        from wasync.project.values import account_values

        return account_values(account, self.environ, dict(self.options.values))

    def snapshots(
        self, accounts: Sequence[Account], open_graph: Callable[[Account], Graph] | None = None
    ) -> Iterator[Snapshot]:
        """Read files, live and state of some accounts; progress is shown on stderr.

        One of several accounts that cannot be read is told, and the others go on; the end then raises.
        """
        from wasync.snapshot import Sources, take_snapshots

        progress = Progress("Reading live templates")
        failed: list[str] = []

        def tell(account: Account, error: WasyncError) -> None:
            from wasync.cli.errors import show_error

            progress.end()
            chatter(f"\naccount {account.name} ({account.waba_id})")
            show_error(error)
            failed.append(account.name)

        state = self.state()
        # Before any thread is started: see second_process.begin().
        halves = self.halves(accounts, SHARE_BESIDE_LISTING)
        sources: Sources[Documents | Halves] = Sources(
            read_documents=(lambda: halves) if halves is not None else self.documents,
            desired=self.desired,
            graph=open_graph or self.graph,
            memory=lambda account: state.read(account.waba_id),
            on_page=progress.page,
            on_failure=tell if len(accounts) > 1 else None,
        )
        for snapshot in take_snapshots(accounts, sources, self.config.graph_version, datetime.now(UTC)):
            live = [row.template.key for row in snapshot.listing.rows] if self.options.targets else []
            progress.end()
            tell_unmatched(self.options.targets, snapshot.account, [*snapshot.desired.templates, *live])
            yield snapshot
        if failed:
            raise WasyncError(
                f"{len(failed)} of {len(accounts)} accounts could not be read: {', '.join(failed)}.",
                "What is told of the others stands. Mend that, then run again.",
            )

    def first_account(self, allowed: Allowed, chosen: Sequence[Account]) -> Account | None:
        """Return the account that has to approve first, if asked for; it is none of those chosen."""
        name = allowed.require_approved_in
        if name is None:
            return None
        for account in self.config.accounts:
            if account.name == name and account not in chosen:
                return account
        others = ", ".join(account.name for account in self.config.accounts if account not in chosen)
        raise WasyncError(
            f"--require-approved-in {name}: that is no other account of wasync.yaml.",
            f"There are: {others}." if others else "Declare it under accounts:.",
            code=Exit.USAGE,
        )

    def approved_in(self, account: Account) -> Approvals:
        """Read what an account has approved of what its files say."""
        from wasync.promotion import approvals

        return approvals(next(self.snapshots([account])))

    def read_live(self, graph: Graph, account: Account) -> Listing:
        """Read what is live in one account; progress is shown on stderr."""
        from wasync.snapshot import read_live

        progress = Progress("Reading live templates")
        listing = read_live(graph, account, progress.page)
        progress.end()
        return listing

    def state(self) -> State:
        """Return the memory of this project, or of its sandbox."""
        from wasync.model.config import remote_state
        from wasync.state.local import LocalState

        remote = None if self.options.sandbox else remote_state(self.config.state)
        if remote is not None:
            from wasync.state.objects import open_objects
            from wasync.state.remote import RemoteState

            return RemoteState(open_objects(remote.scheme, remote.bucket, self.environ), remote.key)
        path = f"{SANDBOX_FOLDER}/state.json" if self.options.sandbox else self.config.state
        return LocalState(self.root / path)

    def graph(
        self,
        account: Account,
        max_wait: float = 60.0,
        on_pause: Callable[[float], None] | None = None,
    ) -> Graph:
        """Open the way to one account: Meta's Graph API, or the emulator in this process."""
        from wasync.graph.client import Graph
        from wasync.graph.token import read_app_secret, read_token

        log = partial(click.echo, err=True) if self.options.debug else None
        read_only = self.environ.get("WASYNC_READ_ONLY", "") not in {"", "0"}
        common = partial(
            Graph,
            version=self.config.graph_version,
            read_only=read_only,
            log=log,
            max_wait=max_wait,
            on_pause=on_pause,
        )
        if self.options.sandbox:
            from wasync.emulator import world

            emulator = sandbox(self.root)
            return common(base_url=SANDBOX_URL, token=world.TOKEN, adapter=emulator.adapter())
        return common(
            base_url=self.config.base_url,
            token=read_token(account, self.environ, self.root),
            app_secret=read_app_secret(account, self.environ),
        )

    def policy(
        self,
        account: Account,
        allowed: Allowed,
    ) -> Policy:
        """Return what the project and this run's options allow."""
        from wasync.model.config import Policy

        return Policy(
            prune=account.prune,
            owns=self.config.owns,
            protect=self.config.protect,
            limits=self.config.limits,
            breaking=self.config.breaking,
            targets=self.options.targets,
            overwrite=allowed.overwrite,
            resend=allowed.resend,
            allow_updates=allowed.allow_updates,
            allow_deletes=allowed.allow_deletes,
            allow_breaking=allowed.allow_breaking,
        )


def find_config(options: Options) -> Config:
    """Find and read wasync.yaml."""
    from wasync.project.config import find_root, load_config

    start = options.project if options.project is not None else Path.cwd()
    root = start if options.project is not None else find_root(start)
    return load_config(root, os.environ)


def open_project(options: Options) -> Project:
    """Open the project at hand and choose its accounts; every problem of wasync.yaml is an InputError."""
    config = find_config(options)
    chosen = _choose(config, options.account)
    if options.sandbox:
        chosen = (_sandboxed(chosen[0] if chosen else None),)
    if not chosen:
        raise InputError("wasync.yaml declares no account.", "Add one under accounts:, or use --sandbox.")
    return Project(config, chosen, options, os.environ)


def sandbox(root: Path) -> Emulator:
    """Return the emulated account kept in the project's sandbox folder."""
    try:
        from wasync.emulator.app import Emulator
    except ModuleNotFoundError as error:
        raise WasyncError(
            f"The sandbox needs the package {error.name}, which is not installed.",
            "pip install 'wasync[emulator]'",
        ) from error
    folder = root / SANDBOX_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return Emulator(state_file=folder / "emulator.json")
    except (OSError, ValueError, KeyError) as error:
        raise WasyncError(
            f"{SANDBOX_FOLDER}/emulator.json: cannot be used: it is damaged, or no sandbox of wasync's.",
            f"Remove the folder {SANDBOX_FOLDER} to begin anew: it holds nothing but the emulated account.",
        ) from error


def _choose(config: Config, glob: str | None) -> tuple[Account, ...]:
    if glob is None:
        return config.accounts
    chosen = tuple(account for account in config.accounts if fnmatchcase(account.name, glob))
    if not chosen:
        names = ", ".join(account.name for account in config.accounts) or "none"
        raise WasyncError(f"No account matches {glob!r}.", f"wasync.yaml declares: {names}.", code=Exit.USAGE)
    return chosen


def _sandboxed(account: Account | None) -> Account:
    """Give the sandbox's ids to the account chosen; its values, prune and select stay."""
    from wasync.emulator import world

    base = account or Account(SANDBOX, world.WABA_ID)
    return base._replace(
        name=SANDBOX, waba_id=world.WABA_ID, app_id=world.APP_ID, token_env=None, token_command=()
    )


def tell_unmatched(
    globs: Sequence[str], account: Account, keys: Iterable[Key], option: str = "--target"
) -> None:
    """Say which globs of an option name nothing: a mistyped one would look like being in sync."""
    if not globs:
        return
    from wasync.limits import matches

    known = list(keys)
    for glob in globs:
        if not any(matches((glob,), key) for key in known):
            chatter(f"Note: {option} {glob} matches no template of account {account.name}.")


def tell_unmatched_allowances(allowed: Allowed, snapshot: Snapshot) -> None:
    """The same for the templates that one run allows something; only what is declared can be sent."""
    for option, globs in (("--overwrite", allowed.overwrite), ("--resend", allowed.resend)):
        tell_unmatched(globs, snapshot.account, snapshot.desired.templates, option)


def is_terminal() -> bool:
    """Whether a person sits before stdin and stderr."""
    return sys.stdin.isatty() and sys.stderr.isatty()
