"""new: a template file from each pattern, checked as it is written; nothing is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import ROOT, CommandLine, shell
from wasync.project.patterns import PATTERNS

STAND_IN = "Note: templates/media/spring.png is a stand-in: put the medium there that your message shows.\n"
KINDS = ROOT / "examples" / "kinds" / "templates"
SPANISH = "category: utility\nlanguages:\n  es_MX:\n    body: Tu mesa está lista.\n"


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """A project in Spanish."""
    line = shell(tmp_path)
    line.write("templates/order.yaml", SPANISH)
    return line


def test_each_example_is_a_pattern_and_listed_with_what_it_is_for(line: CommandLine) -> None:
    assert sorted(PATTERNS) == sorted(path.stem for path in KINDS.glob("*.yaml"))
    run = line("new", "--list")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [f"{name:23}  {what}" for name, what in PATTERNS.items()]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_new_template_is_right_as_it_is(pattern: str, line: CommandLine) -> None:
    run = line("new", "welcome", "--from", pattern)
    assert run.code == 0, run
    assert run.out.startswith("  new      templates/welcome.yaml\n")
    text = (line.root / "templates/welcome.yaml").read_text(encoding="utf-8")
    assert "en_US" not in text
    checked = line("validate")
    assert (checked.code, checked.out) == (0, "No findings in 2 files with 2 templates.\n")
    assert line("fmt", "--check").code == 0
    planned = line("plan", "--sandbox", "--target", "welcome/es_MX").out
    assert "Plan: 1 to create, 0 to update, 0 to delete, 0 on hold." in planned


def test_media_come_with_it_and_are_told(line: CommandLine) -> None:
    run = line("new", "spring", "--from", "header_image")
    assert run == (
        0,
        "  new      templates/spring.yaml\n  new      templates/media/spring.png\n",
        STAND_IN + "Next: change its words, then wasync validate\n",
    )
    line.write("templates/media/spring.png", "ours")
    assert line("new", "summer", "--from", "header_image").out.startswith(
        "  new      templates/summer.yaml\n"
    )
    assert (line.root / "templates/media/spring.png").read_text(encoding="utf-8") == "ours"


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (["order"], 1, "Error: templates/order.yaml: order is declared here already: nothing was written.\n"),
        (
            ["order_v2"],
            1,
            "Error: templates/order.yaml: order_v2 is declared here already: nothing was written.\n",
        ),
        (["taken"], 1, "Error: templates/taken.yaml is here already: nothing was written.\n"),
        (["Order Shipped"], 64, "Next: Call it order_shipped.\n"),
        (["x", "--from", "cupon"], 64, "Next: Did you mean coupon?\n"),
        (["x", "--from", "?"], 64, "Next: wasync new --list shows all.\n"),
        ([], 64, "Give the name of the new template, or --list.\n"),
    ],
)
def test_what_exists_or_cannot_be_is_refused(
    given: list[str], code: int, said: str, line: CommandLine
) -> None:
    line.write("templates/taken.yaml", "name: another\n" + SPANISH)
    line.write("templates/order.yaml", "revision: 2\n" + SPANISH)
    before = sorted(line.root.rglob("*"))
    run = line("new", *given)
    assert (run.code, run.out) == (code, "")
    assert said in run.err
    assert sorted(line.root.rglob("*")) == before


def test_a_language_that_is_none_goes_into_no_file(line: CommandLine) -> None:
    line.write("templates/order.yaml", SPANISH.replace("es_MX", '"a: b"'))
    assert line("new", "welcome").code == 0
    assert "  en_US:\n" in (line.root / "templates/welcome.yaml").read_text(encoding="utf-8")


def test_a_project_without_a_template_begins_in_english(line: CommandLine) -> None:
    (line.root / "templates/order.yaml").unlink()
    assert line("new", "welcome").code == 0
    assert "  en_US:\n" in (line.root / "templates/welcome.yaml").read_text(encoding="utf-8")
