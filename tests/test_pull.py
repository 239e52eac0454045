"""pull: live into files, through the command line against the sandbox; nothing else is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from wasync.checks.schema_files import schema_text
from wasync.cli import main

ORDER = """\
# Reviewed by legal in March.
category: utility
variables:
  first_name: {example: Ana}  # as the shop greets people
languages:
  en_US:
    body: |
      Hi {{first_name}}, your order left our ${place} today.
    footer: Acme Store
  es_MX: {body: "Hola {{first_name}}, tu pedido salió hoy de nuestro almacén."}
"""
PROJECT = """\
version: 1
templates: ["templates/**/*.yaml"]
accounts:
  production: {waba_id: "102290129340398", app_id: "2790000000000001", token_env: T, vars: {place: warehouse}}
"""


def run(root: Path, *argv: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*argv, "--project", str(root), "--sandbox"])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "wasync.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "templates/order.yaml").write_text(ORDER, encoding="utf-8")
    assert run(tmp_path, "apply", "--auto-approve", "--wait") == 0
    return tmp_path


def ctl(root: Path, *argv: str) -> None:
    assert run(root, "emulator", "ctl", *argv) == 0


def test_pull_takes_over_an_account_that_nobody_declared(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "templates/order.yaml").unlink()
    (root / "templates/keep.yaml").write_text(
        "category: utility\nlanguages:\n  de:\n    body: Ein Text, der so bleibt, wie er ist.\n",
        encoding="utf-8",
    )
    assert run(root, "pull") == 0
    assert sorted(path.name for path in (root / "templates").iterdir()) == [
        "hello_world.yaml",
        "keep.yaml",
        "order.yaml",
    ]
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["validate", "--project", str(root)])
    assert (ended.value.code, capsys.readouterr().out) == (0, "No findings in 3 files with 4 templates.\n")
    assert run(root, "plan", "--target", "order", "--target", "hello_world", "--detailed-exitcode") == 0


def test_pull_rewrites_only_what_differs(root: Path) -> None:
    ctl(root, "edit", "order/en_US", "--footer", "Acme Megastore")
    assert run(root, "pull", "--target", "order") == 0
    text = (root / "templates/order.yaml").read_text(encoding="utf-8")
    assert text == ORDER.replace("Acme Store", "Acme Megastore")
    assert run(root, "pull", "--target", "order") == 0
    assert (root / "templates/order.yaml").read_text(encoding="utf-8") == text


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(root: Path) -> None:
    kept, link = root / "shared.yaml", root / "templates/order.yaml"
    link.rename(kept)
    link.symlink_to("../shared.yaml")
    ctl(root, "edit", "order/en_US", "--footer", "Acme Megastore")
    assert run(root, "pull", "--target", "order") == 0
    assert link.is_symlink()
    assert kept.read_text(encoding="utf-8") == ORDER.replace("Acme Store", "Acme Megastore")


def test_what_no_target_names_is_not_called_missing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ctl(root, "edit", "order/en_US", "--footer", "Acme Megastore")
    capsys.readouterr()
    assert run(root, "pull", "--target", "order/en_US") == 0
    assert "not live" not in capsys.readouterr().err


def test_the_json_form_meets_its_schema(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(root, "pull", "--format", "json") == 0
    form = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(schema_text("pull"))).validate(form)
    assert form["files"] == [{"path": "templates/hello_world.yaml", "change": "new"}]


def test_diff_shows_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ctl(root, "edit", "order/en_US", "--footer", "Acme Megastore")
    capsys.readouterr()
    assert run(root, "pull", "--target", "order", "--diff") == 0
    assert (
        capsys.readouterr().out
        == """\
--- templates/order.yaml
+++ templates/order.yaml
@@ -6,5 +6,5 @@
   en_US:
     body: |
       Hi {{first_name}}, your order left our ${place} today.
-    footer: Acme Store
+    footer: Acme Megastore
   es_MX: {body: "Hola {{first_name}}, tu pedido salió hoy de nuestro almacén."}
"""
    )
    assert (root / "templates/order.yaml").read_text(encoding="utf-8") == ORDER


def test_pull_touches_no_file_in_which_nothing_differs(root: Path) -> None:
    before = (root / "templates/order.yaml").stat().st_mtime_ns
    assert run(root, "pull", "--target", "order") == 0
    assert (root / "templates/order.yaml").stat().st_mtime_ns == before


def test_pull_ends_a_conflict(root: Path) -> None:
    ctl(root, "edit", "order/en_US", "--body", "Hi {{first_name}}, your order left our shop today.")
    (root / "templates/order.yaml").write_text(ORDER.replace("today", "early today"), encoding="utf-8")
    assert run(root, "plan", "--detailed-exitcode") == 2
    assert run(root, "pull", "--target", "order") == 0
    assert run(root, "plan", "--detailed-exitcode") == 0


def test_a_conflict_that_pull_ended_does_not_come_back(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "templates/order.yaml"
    ctl(root, "edit", "order/en_US", "--body", "Hi {{first_name}}, your order left our shop today.")
    file.write_text(ORDER.replace("today", "early today"), encoding="utf-8")
    assert run(root, "pull", "--target", "order") == 0
    file.write_text(file.read_text(encoding="utf-8").replace("our shop", "our depot"), encoding="utf-8")
    capsys.readouterr()
    assert run(root, "plan") == 0
    assert "0 to create, 1 to update, 0 to delete, 0 on hold." in capsys.readouterr().out


def test_what_was_only_pulled_is_not_ours_to_prune(root: Path) -> None:
    assert run(root, "pull") == 0
    state = json.loads((root / ".wasync/sandbox/state.json").read_text(encoding="utf-8"))
    assert sorted(state["accounts"]["102290129340398"]["applied"]) == ["order/en_US", "order/es_MX"]


def test_pull_refuses_a_short_listing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ctl(root, "fault", '{"kind": "short", "method": "GET", "path": "message_templates", "rows": 1}')
    capsys.readouterr()
    assert run(root, "pull") == 1
    assert "nothing was written" in capsys.readouterr().err
    assert (root / "templates/order.yaml").read_text(encoding="utf-8") == ORDER
    assert not (root / "templates/hello_world.yaml").exists()


def test_pull_writes_nothing_into_files_it_cannot_read(root: Path) -> None:
    ctl(root, "edit", "order/en_US", "--footer", "Acme Megastore")
    broken = ORDER.replace("footer: Acme Store", "footer: Acme: Store")
    (root / "templates/order.yaml").write_text(broken, encoding="utf-8")
    assert run(root, "pull") == 1
    assert (root / "templates/order.yaml").read_text(encoding="utf-8") == broken


def test_pull_writes_a_revision_into_its_file_and_makes_none_for_the_older_one(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "templates/order.yaml"
    second = "revision: 2\n" + ORDER.replace("today", "early today").replace("hoy", "hoy temprano")
    file.write_text(second, encoding="utf-8")
    assert run(root, "apply", "--auto-approve", "--wait") == 0
    assert run(root, "pull", "--target", "order*") == 0
    assert file.read_text(encoding="utf-8") == second
    ctl(root, "edit", "order_v2/en_US", "--footer", "Acme Megastore")
    capsys.readouterr()
    assert run(root, "pull", "--target", "order*") == 0
    assert capsys.readouterr().err == "Note: order is left out: order_v2 replaces it.\n"
    assert file.read_text(encoding="utf-8") == second.replace("Acme Store", "Acme Megastore")
    assert [path.name for path in (root / "templates").iterdir()] == ["order.yaml"]
    assert run(root, "gc", "--auto-approve") == 0
    assert run(root, "plan", "--target", "order*", "--detailed-exitcode") == 0
