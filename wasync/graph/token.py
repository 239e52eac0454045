"""Where an account's token comes from: an environment variable, or a command that prints it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wasync.model.config import Account
from wasync.model.errors import WasyncError

COMMAND_SECONDS = 60.0
_ALLOW = "WASYNC_ALLOW_COMMANDS"


def read_token(account: Account, environ: Mapping[str, str], root: Path | None = None) -> str:
    """The account's token. `root` is the folder a token_command runs in.

    WasyncError names the account, where it is declared and the variable or command; never the token.
    """
    if account.token_env:
        return _from_environment(account, account.token_env, environ)
    if account.token_command:
        return _from_command(account, account.token_command, environ, root)
    raise WasyncError(
        f"Account {account.name} does not say where its token comes from.",
        "Give it `token_env:` with the name of an environment variable that holds the token.",
        account.place,
    )


def read_app_secret(account: Account, environ: Mapping[str, str]) -> str | None:
    """The app secret that proves calls are ours; None when the account names no variable for it."""
    name = account.app_secret_env
    if not name:
        return None
    secret = environ.get(name, "").strip()
    if not secret:
        raise WasyncError(
            f"Account {account.name}: the environment variable {_shown(name)} is not set; "
            "app_secret_env says that it holds the app secret.",
            f"Set {_shown(name)} to the app secret, or remove app_secret_env.",
            account.place,
        )
    return secret


def _from_environment(account: Account, name: str, environ: Mapping[str, str]) -> str:
    token = environ.get(name, "").strip()
    if not token:
        state = "is empty" if name in environ else "is not set"
        raise WasyncError(
            f"Account {account.name}: the environment variable {_shown(name)} {state}; it holds no token.",
            f"Run `export {_shown(name)}=...` with the token of a system user; in CI, set it from a secret.",
            account.place,
        )
    return _checked(token, account, f"the environment variable {_shown(name)}")


def _from_command(
    account: Account, command: Sequence[str], environ: Mapping[str, str], root: Path | None
) -> str:
    # Whoever writes the files could otherwise run anything on the machine that plans a pull request.
    if environ.get(_ALLOW) != "1":
        raise WasyncError(
            f"Account {account.name} takes its token from a command, and commands are not allowed to run.",
            f"If you trust the files of this project, set {_ALLOW}=1; or use token_env.",
            account.place,
        )
    import subprocess

    program = command[0]
    try:
        # An argument list of the project's own, no shell, allowed by whoever runs us. What the command
        # says on stderr goes to the terminal past us: it may hold anything.
        done = subprocess.run(  # noqa: S603
            list(command),
            env=dict(environ),
            cwd=root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except OSError as error:
        reason = f"cannot be run: {error.strerror or 'unknown reason'}"
        raise _command_failed(account, program, reason) from None
    except subprocess.TimeoutExpired:
        raise _command_failed(account, program, f"gave no token within {COMMAND_SECONDS:g} s") from None
    if done.returncode != 0:
        raise _command_failed(account, program, f"ended with exit code {done.returncode}")
    token = done.stdout.decode("utf-8", "replace").strip()
    if not token:
        raise _command_failed(account, program, "printed nothing")
    return _checked(token, account, f"what {program} printed")


def _command_failed(account: Account, program: str, reason: str) -> WasyncError:
    return WasyncError(
        f"Account {account.name}: its token_command {program} {reason}.",
        "Run the command by hand in the project's folder; it must print the token and nothing else.",
        account.place,
    )


def _checked(token: str, account: Account, source: str) -> str:
    """Refuse what cannot be a token before it breaks a header; what it holds is not shown."""
    if token[0] in "\"'" and token[-1] == token[0]:
        flaw = "stands in quotes"
    elif any(c.isspace() for c in token):
        flaw = "has spaces or line breaks in it"
    elif not (token.isascii() and token.isprintable()):
        flaw = "has characters in it that no token has"
    else:
        return token
    raise WasyncError(
        f"Account {account.name}: {source} is no token: it {flaw}.",
        "Give the token alone, as Meta shows it.",
        account.place,
    )


def _shown(name: str) -> str:
    """The variable's name, unless somebody put the token itself there."""
    return name if name.isidentifier() and not name.startswith("EAA") else "(not the name of a variable)"
