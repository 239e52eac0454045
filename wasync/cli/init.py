"""wasync init: a starting project that validates and plans as it is, and editor settings for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import click

PROJECT_FILE = """\
# yaml-language-server: $schema=.vscode/project.schema.json
# What this project is: where its templates lie, and which WhatsApp Business Accounts get them.
version: 1
templates: ["templates/**/*.yaml"]

# Names wasync may delete when their file is gone and an account says `prune: delete`.
owns: []

accounts:
  {account}:
    waba_id: "{waba_id}"  # WhatsApp Manager, Account tools, Overview: the WhatsApp Business Account ID
    {app_id}  # the Meta app that uploads media samples
    token_env: {token_env}  # the environment variable that holds the token; never the token itself
    vars:
      shop_url: https://example.com
"""

TEMPLATE_FILE = """\
# yaml-language-server: $schema=../.vscode/template.schema.json
# One file per template name; the name is the file's: order_confirmed.
category: utility
description: Sent when an order was paid.
variables:
  first_name: {example: Ana}
  order_id: {example: A-10293}
languages:
  {language}:
    body: |
      Hi {{first_name}}, thank you for your order {{order_id}}. We will tell you when it ships.
    buttons:
      - {type: url, text: View order, url: "${shop_url}/orders/{{1}}", example: A-10293}
"""

# Paths of schemas are taken from the folder that is opened: no network is asked.
SETTINGS_FILE = """\
{
  "yaml.schemas": {
    "./.vscode/template.schema.json": ["templates/**/*.yaml"],
    "./.vscode/project.schema.json": ["wasync.yaml"]
  }
}
"""
EXTENSIONS_FILE = """\
{
  "recommendations": ["redhat.vscode-yaml"]
}
"""


class _Question(NamedTuple):
    """What a starting project needs to know; `takes` is a pattern and how it is said."""

    text: str
    default: str
    takes: str
    said: str


_QUESTIONS = {
    "account": _Question("Name of the first account", "production", r"[\w.-]+", "letters, digits, _ . -"),
    "waba_id": _Question(
        "Its WhatsApp Business Account id (WhatsApp Manager, Account tools, Overview)",
        "000000000000000", "[0-9]+", "digits",
    ),
    "app_id": _Question("Id of the Meta app that uploads media (Enter for none)", "", "[0-9]*", "digits"),
    "token_env": _Question(
        "Environment variable that holds the token", "WHATSAPP_TOKEN", "(?!EAA)[A-Za-z_][A-Za-z0-9_]*",
        "the name of a variable, never the token",
    ),
    "language": _Question("First language", "en_US", "", "one of Meta's codes, as en_US or es_MX"),
}  # fmt: skip


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--account", metavar="NAME", help="Name of the first account; default: production.")
@click.option("--waba-id", metavar="ID", help="Its WhatsApp Business Account id.")
@click.option("--app-id", metavar="ID", help="The Meta app that uploads media samples.")
@click.option("--token-env", metavar="NAME", help="Variable that holds the token; default: WHATSAPP_TOKEN.")
@click.option("--language", metavar="CODE", help="Language of the first template; default: en_US.")
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults.")
def command(folder: Path, yes: bool, **given: str | None) -> int:
    """Write wasync.yaml, one template, editor settings and .gitignore into FOLDER.

    In a terminal it asks what no option says. Files that exist are left as they are.
    """
    from shlex import quote

    from wasync.checks.schema_files import schema_text
    from wasync.cli.output import chatter, result
    from wasync.cli.project import is_terminal
    from wasync.model.errors import WasyncError

    _check({name: text for name, text in given.items() if text is not None})
    if (folder / "wasync.yaml").exists():
        raise WasyncError(f"{folder / 'wasync.yaml'} is here already.", "Edit it, or choose another folder.")
    answers = _answers(given, ask=not yes and is_terminal())
    app_id = f'app_id: "{answers["app_id"]}"' if answers["app_id"] else '# app_id: "..."'
    filled = {**answers, "app_id": app_id}
    files = {
        "wasync.yaml": _filled(PROJECT_FILE, filled),
        "templates/order_confirmed.yaml": _filled(TEMPLATE_FILE, filled),
        ".vscode/settings.json": SETTINGS_FILE,
        ".vscode/extensions.json": EXTENSIONS_FILE,
        ".vscode/template.schema.json": schema_text("template"),
        ".vscode/project.schema.json": schema_text("project"),
    }
    try:
        written = [name for name, text in files.items() if _write_new(folder / name, text)]
        _ignore_state(folder / ".gitignore")
    except OSError as error:
        raise WasyncError(
            f"{error.filename}: cannot be written: {error.strerror}.", "Choose a folder that can be written."
        ) from error
    where = "" if folder == Path() else f" --project {quote(str(folder))}"
    shown = [name for name in written if not name.startswith(".vscode/")]
    editor = ", .vscode/" if len(shown) < len(written) else ""
    result(
        f"Wrote a starting project into {folder.resolve().name}/: {', '.join(shown)}{editor}.\n\n"
        f"Next:\n"
        f"  wasync validate{where}           check the files; needs no token\n"
        f"  wasync plan{where} --sandbox     see the plan against an emulated account\n"
        f"  wasync apply{where} --sandbox --wait"
    )
    if ".vscode/settings.json" not in written:
        chatter("Note: .vscode/settings.json is left as it was; docs/authors.md has the lines for it.")
    return 0


def _answers(given: Mapping[str, str | None], *, ask: bool) -> dict[str, str]:
    """What options say, else a person, else the default."""
    answers = {}
    for name, question in _QUESTIONS.items():
        text = given[name]
        if text is None and ask:
            text = click.prompt(
                question.text,
                default=question.default,
                show_default=bool(question.default),
                value_proc=_reader(name),
                err=True,
            )
        answers[name] = question.default if text is None else text
    return answers


def _reader(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not _takes(name, text):
            raise click.UsageError(f"this takes {_QUESTIONS[name].said}.")
        return text

    return read


def _takes(name: str, text: str) -> bool:
    import re

    if name == "language":
        from wasync.checks.known import LANGUAGES

        return text in LANGUAGES
    return re.fullmatch(_QUESTIONS[name].takes, text) is not None


def _check(given: Mapping[str, str]) -> None:
    """Refuse words that would break the file. What was given is not repeated: it may be a token."""
    wrong = [name for name in _QUESTIONS if name in given and not _takes(name, given[name])]
    if wrong:
        told = [f"--{name.replace('_', '-')} takes {_QUESTIONS[name].said}" for name in wrong]
        raise click.UsageError(f"{'; '.join(told)}.")


def _filled(text: str, answers: Mapping[str, str]) -> str:
    for name, answer in answers.items():
        text = text.replace(f"{{{name}}}", answer)
    return text


def _write_new(path: Path, text: str) -> bool:
    """Write a file unless one is there; whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _ignore_state(path: Path) -> None:
    """Keep the state out of git: it belongs to one checkout, and holds no secret but no news either."""
    line = ".wasync/"
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    if line not in present.splitlines():
        newline = "" if not present or present.endswith("\n") else "\n"
        path.write_text(f"{present}{newline}{line}\n", encoding="utf-8")
