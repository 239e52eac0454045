"""Imports point down; only cli/ prints, prompts or exits; only diff.py knows deepdiff."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "wasync").rglob("*.py"))

# From the top down, as docs/architecture.md has it. A part imports only from parts below its own line,
# and from itself.
LAYERS = (
    ("cli",),
    ("apply", "snapshot", "status"),
    ("walk",),
    ("attempt",),
    ("project", "graph", "state"),
    ("drift", "plan", "render"),
    ("rollouts",),
    ("deletes",),
    ("alarms", "bulk", "contract", "limits", "plan_file", "promotion", "review", "translation"),
    ("precondition", "quota", "rejection"),
    ("diff", "checks"),
    ("canonical", "rules"),
    ("model", "background"),
)
HEIGHT = {part: len(LAYERS) - level for level, parts in enumerate(LAYERS) for part in parts}


def part_of(path: Path) -> str:
    """Return the layer's name a file belongs to: wasync/graph/client.py -> graph."""
    return path.relative_to(ROOT / "wasync").parts[0].removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and module of every import, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            yield node.lineno, node.module or ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    here = part_of(path)
    for line, module in imports_of(path):
        if not module.startswith("wasync."):
            continue
        there = module.split(".")[1]
        where = f"{path.relative_to(ROOT)}:{line} imports {module}"
        if here == "emulator":
            assert there == "emulator", f"{where}: the emulator is an island"
        elif there == "emulator":
            assert here == "cli", f"{where}: only cli/ may reach the island"
        elif there not in {here, "__init__"} and here != "__init__":
            assert HEIGHT[there] < HEIGHT[here], f"{where}: imports point down"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_command_line_prints_prompts_and_exits(path: Path) -> None:
    if part_of(path) == "cli":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"print", "input", "click.echo", "click.prompt", "click.confirm", "sys.exit"}


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("deepdiff", {"diff"}),
        ("requests", {"graph", "emulator"}),
        ("ruamel", {"project"}),
        ("click", {"cli", "render"}),
    ],
)
def test_who_may_import_a_library(library: str, owners: set[str]) -> None:
    users = {
        part_of(path) for path in SOURCES for _, module in imports_of(path) if module.split(".")[0] == library
    }
    assert users <= owners


def test_every_part_has_its_layer() -> None:
    assert {part_of(path) for path in SOURCES} - {"__init__", "emulator"} == set(HEIGHT)
