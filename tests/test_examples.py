"""Every project in examples/ validates without a finding, is planned and applied, and then is in sync."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.shell import ROOT, CommandLine

EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/wasync.yaml"))


def test_there_are_examples() -> None:
    assert "shop" in EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_goes_all_the_way(name: str, tmp_path: Path) -> None:
    root = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, root, ignore=shutil.ignore_patterns(".wasync"))
    line = CommandLine(root)
    checked = line("validate", "--format", "json")
    assert (checked.code, checked.document("findings")["findings"]) == (0, [])
    planned = line("plan", "--sandbox", "--format", "json").document("plan")
    count = checked.document("findings")["summary"]["templates"]
    summary = planned["summary"]
    assert (summary["create"], summary["update"], summary["delete"], summary["hold"]) == (count, 0, 0, 0)
    applied = line("apply", "--sandbox", "--auto-approve", "--wait", "--format", "json")
    assert applied.code == 0, applied.err
    results = applied.events()[-1]["outcome"]["results"]
    assert {(one["state"], one["status"]) for one in results} == {("done", "APPROVED")}
    again = line("plan", "--sandbox", "--detailed-exitcode")
    assert (again.code, again.err) == (0, "")
    assert f"\nNo changes. {count} templates are in sync." in again.out
