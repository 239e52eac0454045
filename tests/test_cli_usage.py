"""Usage: help, options before and after the command, refusals with the nearest name, colour, forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.shell import PROJECT, TOKEN, Account, CommandLine
from wasync import __version__
from wasync.checks import RULES
from wasync.checks.schema_files import schema_names
from wasync.cli.group import COMMANDS, cli

_BEFORE = "No such option before the command"


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command and subcommand by the words that call it."""
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            for inner, one in command.commands.items():
                yield f"{name} {inner}", one


@pytest.mark.parametrize(("words", "command"), sorted(commands()), ids=str)
def test_every_command_says_what_it_does_and_every_option_what_it_is(
    words: str, command: click.Command, tmp_path: Path
) -> None:
    run = CommandLine(tmp_path)(*words.split(), "--help")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"Usage: wasync {words} ")
    first = (command.help or "").partition("\n")[0]
    assert first[0].isupper(), first
    assert "." in first or (command.help or "").partition("\n\n")[0].rstrip().endswith(".")
    unexplained = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
    assert unexplained == []


def test_the_help_lists_every_command_once(tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("--help")
    listed = run.out.partition("Commands:\n")[2].partition("\n\n")[0]
    assert [row.split()[0] for row in listed.splitlines() if row[2] != " "] == list(COMMANDS)
    assert CommandLine(tmp_path)("-h").out == run.out
    assert CommandLine(tmp_path)("--sandbox", "--help").out == run.out


def test_the_version_is_the_package_s(tmp_path: Path) -> None:
    assert CommandLine(tmp_path)("--version").out == f"wasync {__version__}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("--format json plan", "plan --format json"),
        ("--format=json plan", "plan --format=json"),
        ("--account production plan", "plan --account production"),
        ("--target order --detailed-exitcode plan", "plan --target order --detailed-exitcode"),
        ("--var who=Ana --project . validate", "validate --var who=Ana --project ."),
        ("--sandbox account show", "account show --sandbox"),
        ("--format json account inspect-token --sandbox", "account inspect-token --format json --sandbox"),
        ("account --format json show", "account show --format json"),
    ],
)
def test_options_mean_the_same_before_and_after_the_command(
    before: str, after: str, line: CommandLine
) -> None:
    first, second = line(*before.split()), line(*after.split())
    assert (first.code, first.err) == (second.code, second.err)
    assert _without_moments(first.out) == _without_moments(second.out)
    assert first.out


def _without_moments(text: str) -> list[str]:
    return [row for row in text.splitlines() if '"created"' not in row]


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ("plam", "No such command: plam. Did you mean plan?"),
        ("valdate", "No such command: valdate. Did you mean validate?"),
        ("xyzzy", "No such command: xyzzy. See wasync --help."),
        ("plan --taget x", "No such option '--taget'. Did you mean '--target'?"),
        ("apply --auto-aprove", "No such option '--auto-aprove'. Did you mean '--auto-approve'?"),
        ("validate --sandbox", "No such option '--sandbox'."),
        ("show", "Missing argument 'FILE'."),
        ("plan extra", "Got unexpected extra argument (extra)"),
        (
            "plan --format yaml",
            (
                "Invalid value for '--format': 'yaml' is not one of 'terminal', 'json', 'markdown', "
                "'html', 'github', 'sarif', 'junit', 'gitlab'."
            ),
        ),
        ("plan --allow-deletes -1", "Invalid value for '--allow-deletes': -1 is not in the range x>=0."),
        ("wait --timeout -1", "Invalid value for '--timeout': -1.0 is not in the range x>=0."),
        ("plan --var order", "Invalid value for --var: 'order' is not NAME=VALUE"),
        ("account shw", "No such command 'shw'. Did you mean 'show'?"),
        ("emulator srve", "No such command 'srve'. Did you mean 'serve'?"),
        (
            "completion tcsh",
            "Invalid value for '{bash|zsh|fish}': 'tcsh' is not one of 'bash', 'zsh', 'fish'.",
        ),
        ("--debug", "--debug needs a command: wasync COMMAND --debug. See wasync --help."),
        ("--account", "--account needs a command: wasync COMMAND --account. See wasync --help."),
        ("--account production", "--account needs a command: wasync COMMAND --account. See wasync --help."),
        ("--sandbox plam", "No such command: plam. Did you mean plan?"),
        ("--account production plam", "No such command: plam. Did you mean plan?"),
        ("--taget x plan", f"{_BEFORE}: --taget. Did you mean --target?"),
        (
            "--timeout 3 wait",
            f"{_BEFORE}: --timeout. Put it after its command: wasync COMMAND --timeout.",
        ),
    ],
)
def test_wrong_usage_is_64_and_names_what_was_meant(argv: str, sentence: str, line: CommandLine) -> None:
    run = line(*argv.split())
    assert (run.code, run.out) == (64, "")
    assert run.err.endswith(f"Error: {sentence}\n")


@pytest.mark.parametrize("argv", ["", "account", "emulator"])
def test_without_a_command_the_help_is_shown_and_it_is_wrong_usage(argv: str, line: CommandLine) -> None:
    run = line(*argv.split())
    assert (run.code, run.out) == (64, "")
    assert run.err.startswith("Usage: wasync")


@pytest.mark.parametrize(
    ("argv", "error", "fix"),
    [
        ("explain WA999", "No rule is called 'WA999'.", "wasync explain lists all rules."),
        (
            "schema plans",
            "No schema is called 'plans'.",
            f"There are: {', '.join(schema_names())}.",
        ),
        ("plan --account stag*", "No account matches 'stag*'.", "wasync.yaml declares: production."),
        (
            "apply --format json",
            "apply --format json cannot ask.",
            "Add --auto-approve, or apply a saved plan.",
        ),
        (
            "apply plan.json --target order",
            "A saved plan is done as it is: --target, --overwrite, --resend, --allow-... do not go with it.",
            "Give them to wasync plan --out.",
        ),
        (
            "apply plan.json --allow-deletes 3",
            "A saved plan is done as it is: --target, --overwrite, --resend, --allow-... do not go with it.",
            "Give them to wasync plan --out.",
        ),
    ],
)
def test_contradictions_and_unknown_names_are_64(argv: str, error: str, fix: str, line: CommandLine) -> None:
    run = line(*argv.split())
    assert (run.code, run.out) == (64, "")
    assert run.err.split() == f"Error: {error}\n  Next: {fix}\n".split()


# -- colour ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
    ],
)
def test_colour_follows_the_two_variables_where_nobody_looks(
    environ: dict[str, str], coloured: bool, line: CommandLine
) -> None:
    line.environ |= environ
    assert ("\x1b[" in line("plan").out) == coloured
    line.write("templates/bad.yaml", "body: x\n")
    assert ("\x1b[" in line("plan").err) == coloured


def test_json_is_never_coloured(line: CommandLine) -> None:
    line.environ["FORCE_COLOR"] = "1"
    assert "\x1b" not in line("plan", "--format", "json").out


def test_the_format_may_come_from_the_environment(line: CommandLine) -> None:
    line.environ["WASYNC_FORMAT"] = "json"
    assert line("plan").document("plan")["kind"] == "plan"
    assert line("plan", "--format", "terminal").out.startswith("wasync plan ·")


# -- what each printed form is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "schema", "kind"),
    [
        ("validate", "findings", "findings"),
        ("plan", "plan", "plan"),
        ("status", "status", "status"),
        ("drift", "drift", "drift"),
        ("account show", "account", "account"),
        ("account inspect-token", "account", "token"),
        ("pull", "pull", "pull"),
    ],
)
def test_json_on_stdout_is_one_document_with_a_schema(
    argv: str, schema: str, kind: str, line: CommandLine
) -> None:
    run = line(*argv.split(), "--format", "json")
    assert (run.code, run.err) == (0, "")
    assert run.document(schema)["kind"] == kind
    assert TOKEN not in run.out


@pytest.mark.parametrize(
    ("argv", "schema", "kind"),
    [
        ("plan", "plan", "plans"),
        ("account show", "account", "accounts"),
        ("account inspect-token", "account", "tokens"),
    ],
)
def test_json_of_several_accounts_is_one_document_too(
    argv: str, schema: str, kind: str, line: CommandLine, account: Account
) -> None:
    account.do("account", id="222000222000222")
    line.write("wasync.yaml", PROJECT + _STAGING)
    run = line(*argv.split(), "--format", "json")
    assert (run.code, run.err) == (0, "")
    found = run.document(schema)
    assert found["kind"] == kind
    assert [one["account"] for one in found[kind]] == ["production", "staging"]


_STAGING = '  staging:\n    waba_id: "222000222000222"\n    token_env: WHATSAPP_TOKEN\n'


# -- commands without a project -------------------------------------------------------------------------


def test_explain_shows_a_rule_however_it_is_written(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    run = line("explain", "WA104")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(f"WA104 {RULES['WA104'].title} (error)\n")
    assert run.out == line("explain", "wa104").out


def test_explain_alone_lists_every_rule(tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("explain")
    assert [rule for rule in RULES if rule not in run.out] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str, tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("completion", shell)
    assert (run.code, run.err) == (0, "")
    assert f"_WASYNC_COMPLETE={shell}_complete" in run.out


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("wasync pl", ["plan"]),
        ("wasync account ins", ["inspect-token"]),
        ("wasync plan --allow-d", ["--allow-deletes"]),
        ("wasync plan --account pro", ["production"]),
        ("wasync explain wa10", [rule for rule in RULES if rule.startswith("WA10")]),
        ("wasync explain WA10", [rule for rule in RULES if rule.startswith("WA10")]),
    ],
)
def test_the_script_completes_commands_options_accounts_and_rules(
    words: str, offered: list[str], line: CommandLine
) -> None:
    assert completed(line, words) == offered


def completed(line: CommandLine, words: str) -> list[str]:
    """What a shell is offered for the last word."""
    last = str(len(words.split(" ")) - 1)
    line.environ |= {"_WASYNC_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": last}
    return [row.partition(",")[2] for row in line().out.splitlines() if row]


@pytest.mark.parametrize(
    "command",
    ["plan --target", "apply --resend", "apply --overwrite", "drift --accept-category", "state forget"],
)
def test_the_script_completes_the_names_that_files_declare(command: str, line: CommandLine) -> None:
    text = "category: utility\nlanguages: {en_US: {body: Your table is ready.}, es_MX: {body: Tu mesa.}}\n"
    line.write("templates/welcome.yaml", text)
    line.write("templates/two.yaml", f"name: welcome_back\n{text}---\n{text}name: 'farewell'  # bye\n")
    line.write("templates/new.yaml", f"{text}revision: 2\n")
    line.write("templates/no name.yaml", text)
    line.write("templates/broken.yaml", "category: [\n")
    assert completed(line, f"wasync {command} wel") == ["welcome", "welcome_back"]
    assert completed(line, f"wasync {command} f") == ["farewell"]
    assert completed(line, f"wasync {command} new") == ["new_v2"]
    assert completed(line, f"wasync {command} b") == ["broken"]
    assert completed(line, f"wasync {command} no") == []
    assert completed(line, f"wasync {command} welcome/e") == ["welcome/en_US", "welcome/es_MX"]
    assert completed(line, f"wasync {command} welcome/es") == ["welcome/es_MX"]
    assert completed(line, f"wasync {command} broken/") == []
    (line.root / "wasync.yaml").unlink()
    assert completed(line, f"wasync {command} wel") == []


def test_the_script_completes_the_patterns_of_new(line: CommandLine) -> None:
    assert completed(line, "wasync new spring --from cou") == ["coupon"]
