"""The Dockerfile and docs/kubernetes.md, as far as they run without an engine."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.shell import ROOT, Account, CommandLine, shell
from tests.test_cli_plan import body
from tests.test_recipes import RECIPES

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
PAGE = (ROOT / "docs/kubernetes.md").read_text(encoding="utf-8")
JOB, CRON = (
    yaml.safe_load(text) for text in re.findall(r"<!-- manifest -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
)
PODS: dict[str, Any] = {
    "job": JOB["spec"]["template"]["spec"],
    "cron": CRON["spec"]["jobTemplate"]["spec"]["template"]["spec"],
}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def test_the_image_is_built_from_what_it_copies_and_that_is_enough(tmp_path: Path) -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")}
    copied = {name for line in instructions("COPY") if "--from" not in line for name in line.split()[:-1]}
    assert copied == kept
    for name in copied:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "dist").iterdir()
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "wasync/cli/__init__.py",
        "wasync/schemas/template.schema.json",
        "wasync/render/preview/page.css",
    } <= names


def test_the_image_runs_wasync_and_not_as_root() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^(USER|ENTRYPOINT|CMD) (.+)$", last, re.MULTILINE) == [
        ("USER", "10001:10001"),
        ("ENTRYPOINT", '["wasync"]'),
        ("CMD", '["--help"]'),
    ]
    assert "RUN" not in last, "the last stage only copies: no package manager, no cache"


@pytest.mark.parametrize("pod", PODS)
def test_a_pod_may_nothing_that_it_needs_not(pod: str) -> None:
    spec = PODS[pod]
    assert spec["restartPolicy"] == "Never"
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert f"USER {spec['securityContext']['runAsUser']}:" in DOCKERFILE
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [sorted(one) for one in container["env"]] == [["name", "valueFrom"]], (
        "a token stands in no manifest"
    )


def test_runs_do_not_overlap_or_repeat() -> None:
    assert CRON["spec"]["concurrencyPolicy"] == "Forbid"
    assert JOB["spec"]["backoffLimit"] == CRON["spec"]["jobTemplate"]["spec"]["backoffLimit"] == 0


def test_the_cron_job_is_the_hourly_recipe() -> None:
    (container,) = PODS["cron"]["containers"]
    assert container["args"] == [RECIPES["hourly"].replace('"$ACCOUNT"', "production")]


@pytest.fixture
def line(tmp_path: Path, account: Account) -> CommandLine:
    line = shell(tmp_path, account)
    text = f'#!/bin/sh\nexec "{sys.executable}" -c "from wasync.cli import main; main()" "$@"\n'
    line.write("bin/wasync", text).chmod(0o755)
    return line


def run(line: CommandLine, pod: str) -> int:
    (container,) = PODS[pod]["containers"]
    environ = line.exported()
    return subprocess.run(
        [*container["command"], *container["args"]],
        cwd=line.root,
        env=environ | {"PATH": f"{line.root}/bin:{environ['PATH']}"},
        capture_output=True,
        timeout=60,
        check=False,
    ).returncode


def test_what_the_pods_run(line: CommandLine, account: Account) -> None:
    assert run(line, "job") == 0
    assert account.live() == {"order/en_US": "APPROVED"}
    assert run(line, "cron") == 0
    account.do("edit", template="order/en_US", footer="Acme Megastore")
    assert run(line, "cron") == 2
    account.do("reject", template="order/en_US", reason="PROMOTIONAL")
    assert run(line, "cron") == 4
    line.write("templates/order.yaml", body("'{{1}}'"))
    assert run(line, "job") == 1
