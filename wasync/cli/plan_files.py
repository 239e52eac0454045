"""Plan files: saved 0600 in one piece, read back or refused with a reason."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from wasync.cli.output import chatter
from wasync.model.errors import Exit, WasyncError
from wasync.model.plan import Plan


def save_plan(plan: Plan, path: Path) -> None:
    """Write the plan where asked; an existing file is replaced only by a whole one."""
    import shlex

    from wasync.plan_file.form import plan_to_json
    from wasync.render.reasons import retyped

    text = json.dumps(plan_to_json(plan), ensure_ascii=False, indent=1) + "\n"
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise WasyncError(
            f"{path}: the plan could not be saved: {error.strerror}.", "Choose a place that can be written."
        ) from error
    command = retyped(f"wasync apply {shlex.quote(str(path))}", plan.account)
    chatter(f"Saved the plan to {path}. To do exactly this: {command}")


def load_plan(path: Path) -> Plan:
    """Read a saved plan; WasyncError for what is no plan, newer, damaged or edited."""
    from wasync.plan_file.reader import plan_from_text

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise WasyncError(
            f"{path}: the plan cannot be read: {error.strerror}.", "Save one: wasync plan --out FILE"
        ) from error
    except UnicodeDecodeError as error:
        raise WasyncError(f"{path}: this is no plan file.", "Save one: wasync plan --out FILE") from error
    return plan_from_text(text, str(path))


def refuse_to_replace(path: Path) -> None:
    """Refuse, before any work, to write a plan over a file that is none, such as wasync.yaml."""
    try:
        with path.open("rb") as file:
            start = file.read(200) if path.is_file() else b""
    except OSError:
        return  # not there, or saving says why it cannot be written
    if start and b'"kind": "plan"' not in start:
        raise WasyncError(
            f"{path} is here already and is not a plan: it was left as it is.",
            "Choose another file for --out, or remove this one.",
            code=Exit.USAGE,
        )
