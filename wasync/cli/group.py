"""The command group: names and one-line helps without importing any command."""

from __future__ import annotations

from importlib import import_module

import click

from wasync import __version__

COMMANDS = {
    "init": "Write a starting project: wasync.yaml, a template, .gitignore.",
    "validate": "Check the files: YAML, schema, Meta's content rules. Needs no token.",
    "preview": "Show every message as a phone shows it: a page, or pictures.",
    "plan": "Show what apply would do, and why. Writes nothing.",
    "apply": "Do what the plan shows, after approval.",
    "gc": "Delete older revisions, once the new one is approved in every language.",
    "show": "Show a saved plan.",
    "drift": "Show what others changed in live since it was last applied.",
    "pull": "Write live templates into the files; comments are kept.",
    "convert": "Turn a create payload (JSON) into a template file.",
    "status": "Show every declared template's status, category and quality.",
    "contract": "Write what senders must pass, as JSON or as types.",
    "export": "Write the texts for translators, as XLIFF or CSV.",
    "import": "Write what translators gave back into the files; comments are kept.",
    "wait": "Wait until Meta has reviewed the declared templates.",
    "state": "Show what wasync remembers, forget some of it, free a lock.",
    "account": "Show an account, or what its token may do.",
    "emulator": "Serve the Graph API emulator on loopback, or steer it.",
    "explain": "Explain a rule: why it is there, a good and a bad example.",
    "schema": "Print a JSON Schema of the files or of the JSON output.",
    "completion": "Print the shell completion script.",
}
_MODULES = {"import": "import_"}
"""Where a command's name is no name of a module."""
GROUPS = frozenset({"account", "emulator", "state"})

EVERYWHERE = """\b
Options of most commands, before or after the command:
  --project DIR      where wasync.yaml lies (default: here or a parent folder)
  --account GLOB     which accounts of wasync.yaml
  --target GLOB      which templates: NAME or NAME/LANGUAGE; may be repeated
  --var NAME=VALUE   value of ${NAME} in the files; may be repeated
  --format FORMAT    terminal, json, and what else the command can print
  --sandbox          use an emulated account kept in .wasync/sandbox/
  --debug            show HTTP requests on stderr, without secrets

\b
Exit codes: 0 done, 1 failed or findings, 2 changes (--detailed-exitcode), 3 still waiting,
4 Meta's verdict, 5 stale plan or lock held, 64 usage, 130 interrupted.
"""

_WITH_VALUE = frozenset({"--project", "--account", "--target", "--var", "--format"})
_FLAGS = frozenset({"--sandbox", "--debug"})
_ASKING = frozenset({"--help", "-h", "--version"})


class LazyGroup(click.Group):
    """Knows its commands by name; imports one only to run it or to show its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """Return the commands in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import wasync.cli.<name> and return its `command`."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"wasync.cli.{_MODULES.get(cmd_name, cmd_name)}").command
        assert isinstance(command, click.Command)  # noqa: S101 each command module defines one
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown command with the nearest name."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else " See wasync --help."
            raise click.UsageError(f"No such command: {args[0]}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def commands_before_options(arguments: list[str]) -> list[str]:
    """Move options given before the command behind it: `--account a plan` means `plan --account a`."""
    moved, rest = _split_options(arguments)
    if rest and rest[0] in _ASKING:
        return rest
    if moved and (not rest or rest[0] not in COMMANDS):
        _refuse_misplaced(moved, rest)
    if not rest or rest[0] not in GROUPS:
        return [*rest[:1], *moved, *rest[1:]]
    between, inner = _split_options(rest[1:])
    if not inner or inner[0] in _ASKING:
        return [rest[0], *moved, *between, *inner]
    return [rest[0], inner[0], *moved, *between, *inner[1:]]


def _split_options(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return the options at the start, with their values, and the rest."""
    count = 0
    while count < len(arguments) and arguments[count].startswith("-") and arguments[count] not in _ASKING:
        count += 2 if arguments[count] in _WITH_VALUE else 1
    return arguments[:count], arguments[count:]


def _refuse_misplaced(options: list[str], rest: list[str]) -> None:
    """Refuse options without a command, and an unknown one whose value we would take for the command."""
    if not rest:
        name = next(option for option in reversed(options) if option.startswith("-")).partition("=")[0]
        raise click.UsageError(f"{name} needs a command: wasync COMMAND {name}. See wasync --help.")
    name, known = options[-1], _WITH_VALUE | _FLAGS
    if name.startswith("-") and "=" not in name and name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Put it after its command: wasync COMMAND {name}."
        raise click.UsageError(f"No such option before the command: {name}. {hint}")


@click.group(
    cls=LazyGroup,
    epilog=EVERYWHERE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="wasync %(version)s")
def cli() -> None:
    """Infrastructure as code for WhatsApp message templates: declare, validate, plan, apply."""
