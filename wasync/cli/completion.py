"""wasync completion: the script that completes commands, options, names, accounts and rules in a shell."""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script. For bash: eval "$(wasync completion bash)" in ~/.bashrc."""
    from click.shell_completion import get_completion_class

    from wasync.cli.group import cli
    from wasync.cli.output import result

    completion = get_completion_class(shell)
    assert completion is not None  # noqa: S101 click knows each of the choices
    result(completion(cli, {}, "wasync", "_WASYNC_COMPLETE").source())
    return 0
