"""The wheel: what is in it, and that wasync installed from it in a clean venv is the one of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from wasync import __version__
from wasync.checks.schema_files import schema_names, schema_text

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / ".venv" / "wheels"
WHEEL = f"wasync-{__version__}-py3-none-any.whl"
KINDS = ROOT / "examples" / "kinds" / "templates"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without isolation and so without an index."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert built.returncode == 0, built.stderr
    return folder / WHEEL


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder of programs of a clean venv that holds the wheel and its dependencies, nothing else."""
    assert WHEELS.is_dir(), "There is no .venv/wheels with wasync's dependencies; `make test` makes it."
    folder = wheel.parent / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    command = [sys.executable, "-m", "pip", "--isolated", "--python", str(folder / "bin" / "python")]
    options = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-index", "--find-links"]
    done = subprocess.run(
        [*command, "install", *options, str(WHEELS), f"{wheel}[emulator]"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def wasync(programs: Path, *argv: str, cwd: Path) -> tuple[int, str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WASYNC"))}
    done = subprocess.run(
        [programs / "wasync", *argv],
        cwd=cwd,
        env=clean | {"COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_the_wheel_holds_the_package_its_schemas_and_patterns_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = set(archive.namelist())
        metadata = archive.read(f"wasync-{__version__}.dist-info/METADATA").decode()
    kinds = ("*.py", "*.css", "*.js")
    modules = {str(path.relative_to(ROOT)) for kind in kinds for path in (ROOT / "wasync").rglob(kind)}
    schemas = {f"wasync/schemas/{name}.schema.json" for name in schema_names()}
    patterns = {f"wasync/patterns/{path.relative_to(KINDS)}" for path in KINDS.rglob("*") if path.is_file()}
    info = {name for name in found if name.startswith(f"wasync-{__version__}.dist-info/")}
    assert found - info == modules | schemas | patterns | {"wasync/py.typed"}
    assert f"\nVersion: {__version__}\n" in metadata
    assert "\nLicense-Expression: MIT\n" in metadata


def test_the_installed_program_checks_the_example(installed: Path, tmp_path: Path) -> None:
    project = str(ROOT / "examples" / "shop")
    assert wasync(installed, "--version", cwd=tmp_path) == (0, f"wasync {__version__}\n", "")
    ours = wasync(Path(sys.executable).parent, "validate", "--project", project, cwd=tmp_path)
    assert ours[0] == 0
    assert wasync(installed, "validate", "--project", project, cwd=tmp_path) == ours


def test_the_installed_program_has_the_schemas_and_the_sandbox(installed: Path, tmp_path: Path) -> None:
    assert wasync(installed, "schema", "template", cwd=tmp_path) == (0, schema_text("template"), "")
    assert wasync(installed, "init", cwd=tmp_path)[0] == 0
    assert wasync(installed, "new", "spring", "--from", "header_image", cwd=tmp_path)[0] == 0
    planned = wasync(installed, "plan", "--sandbox", "--detailed-exitcode", cwd=tmp_path)
    assert planned[0] == 2, planned
    assert planned == wasync(
        Path(sys.executable).parent, "plan", "--sandbox", "--detailed-exitcode", cwd=tmp_path
    )
