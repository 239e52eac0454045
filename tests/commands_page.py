"""docs/commands.md, written from the commands themselves: what each says of itself with --help.

Write it anew: python -m tests.commands_page > docs/commands.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from wasync.cli.group import COMMANDS, EVERYWHERE, cli

_INTRODUCTION = """\
# Commands

What `wasync COMMAND --help` says; this page is generated from it. Results go to stdout, all else to stderr.
"""


def page() -> str:
    """The whole page."""
    everywhere = EVERYWHERE.replace("\b\n", "").strip()
    return "\n".join([_INTRODUCTION, f"```text\n{everywhere}\n```\n", *_commands()])


def _commands() -> Iterator[str]:
    settings = {**cli.context_settings, "terminal_width": 100}
    context = click.Context(cli, info_name="wasync", **settings)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context)
        yield f"## {name}\n\n{_help(command, inner)}"
        if isinstance(command, click.Group):
            for sub in command.list_commands(inner):
                found = command.get_command(inner, sub)
                assert found is not None
                yield f"### {name} {sub}\n\n{_help(found, click.Context(found, info_name=sub, parent=inner))}"


def _help(command: click.Command, context: click.Context) -> str:
    lines = (line.rstrip() for line in command.get_help(context).split("\n"))
    return "```text\n" + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    sys.stdout.write(page())
