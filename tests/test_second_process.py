"""A large project read by two processes says what it says when one reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wasync.model.template import Desired, Key, Place, Spec, Template
from wasync.project.documents import LARGE
from wasync.project.second_process import _in_another_process, _pack, _unpack

ROOT = Path(__file__).parents[1]
PROJECT = """\
version: 1
accounts:
  production: {waba_id: "102290129340398", token_env: T, vars: {place: depot}, select: ["t*"]}
"""
GOOD = """\
category: utility
ignore: {WA111: ours}
languages:
  en_US:
    body: Your order with the number NUMBER left our ${place} today.
    footer: "10:30"
  de: absent
"""
# Run by itself: under pytest a worker has threads, and then nothing is forked.
SCRIPT = """
import sys
from pathlib import Path
from wasync.project.config import load_config
from wasync.project.desired import desired
from wasync.project.documents import find_files, read_documents
from wasync.project.second_process import begin

config = load_config(Path(sys.argv[1]), {})
account = config.accounts[0]
files, findings = find_files(config)
for share in (0.2, 0.5, 0.8):
    halves = begin(config, account, account.values, files, findings, share)
    assert halves is not None
    two = halves.desired()
    one = desired(read_documents(config), config, account, account.values)
    assert two == one, (two, one)
print(len(one.templates), len(one.absent), len(one.findings))
"""


def project(root: Path, **files: str) -> Path:
    (root / "wasync.yaml").write_text(PROJECT, encoding="utf-8")
    (root / "templates").mkdir()
    for number in range(LARGE + 20):
        text = GOOD.replace("NUMBER", str(number))
        (root / f"templates/t{number:03}.yaml").write_text(text, encoding="utf-8")
    for name, text in files.items():
        (root / f"templates/{name}.yaml").write_text(text, encoding="utf-8")
    return root


def compared(root: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(root)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "320 320 0"),
        ({"zz": "category: utilty\n"}, "320 320 2"),  # a finding in the second half
        ({"a": "category: utility\nlanguages: {de: {body: '{{1}} x'}}\n"}, None),  # and in the first
        ({"zz": f"name: t000\n{GOOD}"}, None),  # one name in both halves
        # One live name in both halves, by revision; and the revisions of both.
        ({"t000_v2": GOOD, "zz": f"name: t000\nrevision: 2\n{GOOD}"}, "321 321 1"),
        (
            {"t000b": f"name: t400\nrevision: 2\n{GOOD}", "zz": f"name: t400\nrevision: 3\n{GOOD}"},
            "322 322 0",
        ),
        ({"zz": "name: t000\nabsent: true\n"}, "320 321 1"),  # declared in one half, absent in the other
        ({"tzz": GOOD.replace("place", "nobody")}, None),  # an undefined value
        ({"other": GOOD}, "320 320 0"),  # not selected
    ],
)
def test_two_say_what_one_says(tmp_path: Path, files: dict[str, str], said: str | None) -> None:
    found = compared(project(tmp_path, **files))
    assert said is None or found == said


def test_two_say_of_a_policy_what_one_says(tmp_path: Path) -> None:
    root = project(tmp_path, tzz=GOOD.replace("depot", "shop").replace("de: absent", "fr: {body: Bonjour.}"))
    policy = "policy: {banned_words: [bonjour], required_languages: [en_US], schemas: [a.json]}\n"
    (root / "wasync.yaml").write_text(PROJECT + policy, encoding="utf-8")
    (root / "a.json").write_text('{"properties": {"languages": {"required": ["de"]}}}', encoding="utf-8")
    assert compared(root) == "322 320 2"


def test_what_the_other_found_comes_back_whole() -> None:
    key = Key("order", "ar")
    spec: Spec = {"body": "مرحبا", "examples": {"body": ["a", None]}, "header": {"format": "text"}}
    template = Template(key, "utility", spec, Place("t.yaml", 3, 2), {"WA204": "meant"})
    found = Desired({key: template}, {Key("order", "*"): Place("t.yaml", 1, 1)}, ())
    assert _unpack(_pack(found)) == found


def test_another_process_that_fails_gives_nothing() -> None:
    def fail() -> bytes:
        raise SystemExit(3)

    assert _in_another_process(lambda: b"found")() == b"found"
    assert _in_another_process(lambda: None)() is None
    assert _in_another_process(fail)() is None
