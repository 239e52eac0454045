"""wasync init: a starting project that validates and plans as it is."""

from __future__ import annotations

from pathlib import Path

import click

PROJECT_FILE = """\
# What this project is: where its templates lie, and which WhatsApp Business Accounts get them.
version: 1
templates: ["templates/**/*.yaml"]

# Names wasync may delete when their file is gone and an account says `prune: delete`.
owns: []

accounts:
  {account}:
    waba_id: "{waba_id}"  # WhatsApp Manager, Account tools, Overview: the WhatsApp Business Account ID
    # app_id: "..."  # the Meta app that uploads media samples
    token_env: WHATSAPP_TOKEN  # the environment variable that holds the token; never the token itself
    vars:
      shop_url: https://example.com
"""

TEMPLATE_FILE = """\
# One file per template name; the name is the file's: order_confirmed.
category: utility
description: Sent when an order was paid.
variables:
  first_name: {example: Ana}
  order_id: {example: A-10293}
languages:
  en_US:
    body: |
      Hi {{first_name}}, thank you for your order {{order_id}}. We will tell you when it ships.
    buttons:
      - {type: url, text: View order, url: "${shop_url}/orders/{{1}}", example: A-10293}
"""


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--account", default="production", show_default=True, help="Name of the first account.")
@click.option("--waba-id", default="000000000000000", help="Its WhatsApp Business Account id.")
def command(folder: Path, account: str, waba_id: str) -> int:
    """Write wasync.yaml, one template and .gitignore into FOLDER. Files that exist are left as they are."""
    import re
    from shlex import quote

    from wasync.cli.output import result
    from wasync.model.errors import WasyncError

    files = {
        "wasync.yaml": PROJECT_FILE.replace("{account}", account).replace("{waba_id}", waba_id),
        "templates/order_confirmed.yaml": TEMPLATE_FILE,
    }
    if not (re.fullmatch(r"[\w.-]+", account) and re.fullmatch(r"[0-9]+", waba_id)):
        raise click.UsageError("--account takes letters, digits, _ . - and --waba-id takes digits.")
    if (folder / "wasync.yaml").exists():
        raise WasyncError(f"{folder / 'wasync.yaml'} is here already.", "Edit it, or choose another folder.")
    try:
        written = [name for name, text in files.items() if _write_new(folder / name, text)]
        _ignore_state(folder / ".gitignore")
    except OSError as error:
        raise WasyncError(
            f"{error.filename}: cannot be written: {error.strerror}.", "Choose a folder that can be written."
        ) from error
    where = "" if folder == Path() else f" --project {quote(str(folder))}"
    result(
        f"Wrote a starting project into {folder.resolve().name}/: {', '.join(written)}.\n\n"
        f"Next:\n"
        f"  wasync validate{where}           check the files; needs no token\n"
        f"  wasync plan{where} --sandbox     see the plan against an emulated account\n"
        f"  wasync apply{where} --sandbox --wait"
    )
    return 0


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
