"""Where a token comes from, and what is said when it does not come."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wasync.graph.token import read_app_secret, read_token
from wasync.model.config import Account
from wasync.model.errors import WasyncError
from wasync.model.template import Place

TOKEN = "EAAGm0PX4ZCpsBAKsecretTokenOfTheTest"
ACCOUNT = Account("production", "1", token_env="WASYNC_TOKEN", place=Place("wasync.yaml", 12, 5))


def test_from_the_environment() -> None:
    assert read_token(ACCOUNT, {"WASYNC_TOKEN": f" {TOKEN}\n"}) == TOKEN


@pytest.mark.parametrize(
    ("account", "environ", "message", "fix"),
    [
        (
            ACCOUNT,
            {},
            "Account production: the environment variable WASYNC_TOKEN is not set; it holds no token.",
            "Run `export WASYNC_TOKEN=...` with the token of a system user; in CI, set it from a secret.",
        ),
        (
            ACCOUNT,
            {"WASYNC_TOKEN": " "},
            "Account production: the environment variable WASYNC_TOKEN is empty; it holds no token.",
            "Run `export WASYNC_TOKEN=...` with the token of a system user; in CI, set it from a secret.",
        ),
        (
            ACCOUNT,
            {"WASYNC_TOKEN": f'"{TOKEN}"'},
            "Account production: the environment variable WASYNC_TOKEN is no token: it stands in quotes.",
            "Give the token alone, as Meta shows it.",
        ),
        (
            ACCOUNT,
            {"WASYNC_TOKEN": f"{TOKEN}\r\nX-Evil: 1"},
            ("Account production: the environment variable WASYNC_TOKEN is no token: it has spaces or "
            "line breaks in it."),
            "Give the token alone, as Meta shows it.",
        ),
        (
            ACCOUNT,
            {"WASYNC_TOKEN": f"{TOKEN}é"},
            ("Account production: the environment variable WASYNC_TOKEN is no token: it has characters in "
            "it that no token has."),
            "Give the token alone, as Meta shows it.",
        ),
        (
            ACCOUNT._replace(token_env=TOKEN),
            {},
            ("Account production: the environment variable (not the name of a variable) is not set; it "
            "holds no token."),
            ("Run `export (not the name of a variable)=...` with the token of a system user; in CI, set "
            "it from a secret."),
        ),
        (
            ACCOUNT._replace(token_env=None),
            {},
            "Account production does not say where its token comes from.",
            "Give it `token_env:` with the name of an environment variable that holds the token.",
        ),
        (
            ACCOUNT._replace(token_env=None, token_command=("vault", "read")),
            {"WASYNC_ALLOW_COMMANDS": "true"},
            "Account production takes its token from a command, and commands are not allowed to run.",
            "If you trust the files of this project, set WASYNC_ALLOW_COMMANDS=1; or use token_env.",
        ),
    ],
)  # fmt: skip
def test_why_there_is_no_token(account: Account, environ: dict[str, str], message: str, fix: str) -> None:
    with pytest.raises(WasyncError) as caught:
        read_token(account, environ)
    assert (caught.value.message, caught.value.fix) == (message, fix)
    assert caught.value.place == Place("wasync.yaml", 12, 5)
    assert TOKEN not in caught.value.message + caught.value.fix


def command(code: str) -> Account:
    return ACCOUNT._replace(token_env=None, token_command=(sys.executable, "-c", code))


ALLOWED = {"WASYNC_ALLOW_COMMANDS": "1"}


def test_from_a_command_without_a_shell(tmp_path: Path) -> None:
    code = "import os; open('here', 'w').close(); print(os.environ['T'] + '$HOME')"
    assert read_token(command(code), ALLOWED | {"T": TOKEN}, tmp_path) == f"{TOKEN}$HOME"
    assert (tmp_path / "here").exists()


@pytest.mark.parametrize(
    ("code", "reason"),
    [("raise SystemExit(3)", "ended with exit code 3"), ("pass", "printed nothing")],
)
def test_a_command_that_fails(code: str, reason: str) -> None:
    with pytest.raises(WasyncError) as caught:
        read_token(command(code), ALLOWED)
    assert caught.value.message == f"Account production: its token_command {sys.executable} {reason}."


def test_a_command_that_is_not_there() -> None:
    account = ACCOUNT._replace(token_env=None, token_command=("/nowhere/vault", TOKEN))
    with pytest.raises(WasyncError) as caught:
        read_token(account, ALLOWED)
    assert caught.value.message == (
        "Account production: its token_command /nowhere/vault cannot be run: No such file or directory."
    )


def test_app_secret() -> None:
    account = ACCOUNT._replace(app_secret_env="APP_SECRET")
    assert read_app_secret(ACCOUNT, {}) is None
    assert read_app_secret(account, {"APP_SECRET": " s3cret "}) == "s3cret"
    with pytest.raises(WasyncError) as caught:
        read_app_secret(account, {})
    assert caught.value.message == (
        "Account production: the environment variable APP_SECRET is not set; app_secret_env says that it "
        "holds "
        "the app secret."
    )
