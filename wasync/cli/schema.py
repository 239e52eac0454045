"""wasync schema: print a JSON Schema."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument("name", metavar="[NAME]", default="template")
def command(name: str) -> int:
    """Print a JSON Schema: template (default) and project for the files, others for state and JSON output.

    For editors, save it and name it in a template's first line:
    # yaml-language-server: $schema=template.schema.json
    """
    from wasync.checks.schema_files import schema_names, schema_text
    from wasync.cli.output import result
    from wasync.model.errors import Exit, WasyncError

    if name not in schema_names():
        raise WasyncError(
            f"No schema is called {name!r}.", f"There are: {', '.join(schema_names())}.", code=Exit.USAGE
        )
    result(schema_text(name))
    return 0
