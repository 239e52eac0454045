"""The documents say what is so: commands, exit codes, schemas, links, whole files, and real output."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from tests.commands_page import EXAMPLES, page
from tests.shell import ROOT, CommandLine
from wasync.checks.schema_files import schema_names
from wasync.cli.group import COMMANDS, cli
from wasync.model.errors import Exit

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
PROJECT = """\
version: 1
accounts:
  production:
    waba_id: "102290129340398"
    token_env: WHATSAPP_TOKEN
    vars: {shop_url: "https://shop.example"}
"""


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(name), re.MULTILINE | re.DOTALL)


def whole_files(first_key: str) -> list[tuple[str, str]]:
    """Every YAML block, with its page, that begins as a file of this kind does.

    Not those of the rules: half of them are wrong on purpose, and test_rules.py tries them all.
    """
    pages = [name for name in NAMES if name != "docs/rules.md"]
    return [(name, one) for name in pages for one in blocks(name, "yaml") if one.startswith(f"{first_key}:")]


# Facts and history are not for people who look for a command.
SPOKEN = "\n".join(
    text(name) for name in NAMES if name not in {"CHANGELOG.md", "docs/meta-api.md", "docs/commands.md"}
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme_or_the_docs(command: str) -> None:
    assert re.search(rf"\bwasync {command}\b|`{command}[ `]", SPOKEN)


def test_the_reference_is_what_the_commands_say_of_themselves() -> None:
    assert text("docs/commands.md") == page(), (
        "write it anew: python -m tests.commands_page > docs/commands.md"
    )


def test_the_reference_has_an_example_of_each_command_that_click_reads() -> None:
    context, read = click.Context(cli, info_name="wasync"), []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts = command.commands if isinstance(command, click.Group) else {}
        leaves = {f"{name} {sub}": part for sub, part in parts.items()} or {name: command}
        for leaf, part in leaves.items():
            assert leaf in EXAMPLES, f"give {leaf} an example, in tests/commands_page.py"
            words = shlex.split(EXAMPLES[leaf])
            assert words[: len(leaf.split())] == leaf.split()
            # a word or an option that the command does not have is refused here
            part.make_context(leaf, words[len(leaf.split()) :])
            read.append(leaf)
    assert sorted(read) == sorted(EXAMPLES)


def test_every_page_is_on_the_site() -> None:
    config = yaml.safe_load(text("mkdocs.yml"))
    listed = [page for part in config["nav"] for pages in part.values() for page in _pages(pages)]
    assert sorted(listed) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def _pages(part: str | list[dict[str, str]]) -> list[str]:
    return [part] if isinstance(part, str) else [page for one in part for page in one.values()]


def test_every_command_the_documents_call_exists() -> None:
    called = set(re.findall(r"^\$ wasync ([a-z-]+)|`wasync ([a-z-]+)", SPOKEN, re.MULTILINE))
    assert {first or second for first, second in called} - set(COMMANDS) == set()


def test_the_table_of_exit_codes_has_each_once() -> None:
    codes = sorted(value for name, value in vars(Exit).items() if name.isupper())
    listed = [int(code) for code in re.findall(r"^\| (\d+) \|", text("docs/exit-codes.md"), re.MULTILINE)]
    assert listed == codes


@pytest.mark.parametrize(("page", "block"), whole_files("category"))
def test_a_whole_template_in_a_document_has_no_finding(page: str, block: str, tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.write("wasync.yaml", PROJECT)
    line.write("templates/order_shipped.yaml", block)
    run = line("validate")
    assert re.fullmatch(r"No findings in 1 file with \d templates?\.\n", run.out), run.out


@pytest.mark.parametrize(("page", "block"), whole_files("version"))
def test_a_whole_project_file_in_a_document_is_accepted(page: str, block: str, tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.write("wasync.yaml", block)
    line.write(
        "templates/order.yaml", "category: utility\nlanguages: {en_US: {body: Your order left today.}}\n"
    )
    assert line("validate").out == "No findings in 1 file with 1 template.\n"


def test_the_documents_hold_whole_files() -> None:
    assert "docs/format.md" in [page for page, _ in whole_files("category")]
    assert "docs/format.md" in [page for page, _ in whole_files("version")]


@pytest.mark.parametrize("name", NAMES)
def test_links_inside_the_repository_lead_somewhere(name: str) -> None:
    prose = re.sub(r"^```.*?^```$", "", text(name), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        file, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        page = (ROOT / name).parent / file if file else ROOT / name
        if not page.exists() or (anchor and anchor not in anchors(page)):
            broken.append(target)
    assert broken == []


def anchors(page: Path) -> set[str]:
    """The anchors that headings of a page get, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_wasync_schema_names_every_schema_file(tmp_path: Path) -> None:
    files = sorted(
        path.name.removesuffix(".schema.json") for path in (ROOT / "schemas").glob("*.schema.json")
    )
    assert list(schema_names()) == files
    told = " ".join(CommandLine(tmp_path)("schema", "none").err.split())
    assert f"There are: {', '.join(files)}." in told


def outputs() -> list[tuple[str, str, str]]:
    """(page, command, block) of every fenced block under a comment `<!-- output: wasync ... -->`."""
    marked = r"^<!-- output: wasync (.+?) -->\n+```\w*\n(.*?)^```$"
    found = ((name, re.findall(marked, text(name), re.MULTILINE | re.DOTALL)) for name in NAMES)
    return [(name, command, block) for name, pairs in found for command, block in pairs]


def test_output_marked_as_real_is_real(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    shown = [(page, command, block) for page, command, block in outputs()]
    real = [(page, command, line(*shlex.split(command)).out) for page, command, _ in shown]
    assert shown == real
