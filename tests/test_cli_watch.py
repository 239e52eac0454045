"""validate --watch: each change is looked at, what is broken stops nothing, Ctrl-C ends it with 130."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.shell import ORDER, PROJECT, CommandLine, shell

CLEAN = "No findings in 1 file with 1 template.\n"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """A project; nobody answers, nobody is asked."""
    return shell(tmp_path)


@contextmanager
def watching(line: CommandLine, *argv: str) -> Iterator[IO[str]]:
    """What `validate --watch` prints, stderr among it; Ctrl-C at the end."""
    process = line.start("validate", "--watch", *argv, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    try:
        yield process.stdout
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().endswith("Interrupted.\n")
        assert process.wait(20) == 130
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def one_look(stream: IO[str]) -> str:
    """All that is printed until it waits for the next change."""
    said = ""
    for row in stream:
        if row.startswith("Watching for changes"):
            return said
        said += row
    raise AssertionError(f"it ended: {said}")


def test_each_change_is_looked_at(line: CommandLine) -> None:
    with watching(line) as stream:
        assert one_look(stream) == CLEAN
        line.write("templates/order.yaml", ORDER.replace("utility", "utilities"))
        broken = one_look(stream)
        assert broken.startswith("\nChanged: templates/order.yaml\n")
        assert "templates/order.yaml:1" in broken
        line.write("wasync.yaml", "version: 1\naccounts: [\n")
        assert "Error:" in one_look(stream)
        (line.root / "wasync.yaml").unlink()
        assert "\nChanged: wasync.yaml\nError:" in one_look(stream)
        line.write("wasync.yaml", PROJECT)
        one_look(stream)
        line.write("templates/order.yaml", ORDER)
        assert one_look(stream) == f"\nChanged: templates/order.yaml\n{CLEAN}"
        line.write("templates/second.yaml", ORDER)
        assert "in 2 files with 2 templates" in one_look(stream)
        line.write(".hidden/other.yaml", ORDER)
        (line.root / "templates/second.yaml").unlink()
        assert one_look(stream) == f"\nChanged: templates/second.yaml\n{CLEAN}"


def test_json_is_one_line_a_look(line: CommandLine) -> None:
    with watching(line, "--format", "json") as stream:
        (first,) = one_look(stream).splitlines()
        line.write("templates/order.yaml", ORDER.replace("utility", "utilities"))
        *_, second = one_look(stream).splitlines()
    assert json.loads(first) == json.loads(shell(line.root)("validate", "--format", "json").out)
    assert json.loads(second)["summary"]["errors"] == 1


@pytest.mark.parametrize("form", ["github", "sarif", "junit", "gitlab"])
def test_reports_are_of_one_look(form: str, line: CommandLine) -> None:
    run = line("validate", "--watch", "--format", form)
    assert (run.code, run.out) == (64, "")
    assert f"--watch goes with --format terminal or json, not {form}." in run.err


def test_without_a_project_there_is_nothing_to_watch(tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("validate", "--watch")
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("Error: There is no wasync.yaml in ")
