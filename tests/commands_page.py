"""docs/commands.md, written from the commands themselves: what each says with --help, and an example.

Write it anew: python -m tests.commands_page > docs/commands.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from wasync.cli.group import COMMANDS, EVERYWHERE, cli

_INTRODUCTION = """\
# Commands

What `wasync COMMAND --help` says, with an example each. Results go to stdout, all else to stderr.
"""

EXAMPLES = {
    "init": "init shop --waba-id 102290129340398",
    "validate": "validate --format github",
    "new": "new order_shipped --from text_named",
    "fmt": "fmt --check --diff",
    "preview": "preview --target 'order_*' --out preview.html",
    "plan": "plan --account production --out plan.json --detailed-exitcode",
    "apply": "apply plan.json --account production --max-wait 600",
    "gc": "gc --account production --target 'order_*'",
    "show": "show plan.json --format markdown",
    "drift": "drift --account production --fail-on rejected,paused",
    "pull": "pull --account production --diff",
    "convert": "convert payload.json --out templates",
    "status": "status --account production --format json",
    "contract": "contract --format typescript --out src/templates.ts",
    "export": "export --format csv --out translations.csv",
    "import": "import translations.csv --diff",
    "wait": "wait --account production --timeout 1800",
    "state forget": "state forget --account production 'order_shipped/*'",
    "state show": "state show --account production",
    "state unlock": "state unlock --account production",
    "account inspect-token": "account inspect-token --account production",
    "account show": "account show --account production",
    "emulator ctl": "emulator ctl --sandbox reject PROMOTIONAL order_shipped/en_US",
    "emulator serve": "emulator serve --port 8080 --review 2",
    "explain": "explain WA101",
    "schema": "schema plan",
    "completion": "completion zsh",
}
"""One for each command, without the word wasync; tests/test_docs.py has click read them."""


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
        yield f"## {name}\n\n{_help(command, inner)}{_example(name)}"
        if isinstance(command, click.Group):
            for sub in command.list_commands(inner):
                found = command.get_command(inner, sub)
                assert found is not None
                told = _help(found, click.Context(found, info_name=sub, parent=inner))
                yield f"### {name} {sub}\n\n{told}{_example(f'{name} {sub}')}"


def _help(command: click.Command, context: click.Context) -> str:
    lines = (line.rstrip() for line in command.get_help(context).split("\n"))
    return "```text\n" + "\n".join(lines) + "\n```\n"


def _example(name: str) -> str:
    return f"\n```sh\nwasync {EXAMPLES[name]}\n```\n" if name in EXAMPLES else ""


if __name__ == "__main__":
    sys.stdout.write(page())
