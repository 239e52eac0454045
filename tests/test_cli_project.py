"""init, validate, status, account: what they print, where they look for the project, and what they leave."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.shell import ORDER, PROJECT, TOKEN, Account, CommandLine, shell
from wasync.checks.schema_files import schema_names
from wasync.project.yaml_reader import read

INIT = """\
Wrote a starting project into {name}/: wasync.yaml, templates/order_confirmed.yaml, .vscode/.

Next:
  wasync validate{where}           check the files; needs no token
  wasync plan{where} --sandbox     see the plan against an emulated account
  wasync apply{where} --sandbox --wait
"""


# -- init -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [None, "shop", "a shop/of mine"])
def test_init_then_validate_plan_and_apply_work_at_once(folder: str | None, tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    where = "" if folder is None else f" --project '{folder}'" if " " in folder else f" --project {folder}"
    name = tmp_path.name if folder is None else Path(folder).name
    given = [] if folder is None else [folder]
    assert line("init", *given) == (0, INIT.format(name=name, where=where), "")
    project = [] if folder is None else ["--project", folder]
    assert line("validate", *project) == (0, "No findings in 1 file with 1 template.\n", "")
    planned = line("plan", "--sandbox", *project)
    assert (planned.code, planned.err) == (0, "")
    assert "\n  + order_confirmed/en_US  utility" in planned.out
    assert line("apply", "--sandbox", "--auto-approve", *project).code == 0
    assert line("plan", "--sandbox", "--detailed-exitcode", *project).code == 0
    assert (tmp_path / (folder or ".") / ".gitignore").read_text(encoding="utf-8") == ".wasync/\n"


def test_init_leaves_files_that_are_there(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line.write("README.md", "Ours.\n")
    line.write(".gitignore", "build/")
    line.write("templates/order_confirmed.yaml", ORDER)
    run = line("init")
    assert run.code == 0
    assert run.out.startswith(f"Wrote a starting project into {tmp_path.name}/: wasync.yaml, .vscode/.\n")
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Ours.\n"
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "build/\n.wasync/\n"
    assert (tmp_path / "templates/order_confirmed.yaml").read_text(encoding="utf-8") == ORDER
    assert line("validate").code == 0


def test_init_refuses_a_project_that_is_there(line: CommandLine) -> None:
    assert line("init") == (
        1,
        "",
        "Error: wasync.yaml is here already.\n  Next: Edit it, or choose another folder.\n",
    )
    assert (line.root / "wasync.yaml").read_text(encoding="utf-8") == PROJECT


def test_init_names_the_account_and_its_id(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line("init", "--account", "staging", "--waba-id", "102290129340398")
    line.environ["WHATSAPP_TOKEN"] = TOKEN
    assert line("plan", "--account", "staging", "--sandbox").code == 0
    assert 'waba_id: "102290129340398"' in (tmp_path / "wasync.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        (["--account", "a: b"], "--account takes letters, digits, _ . -."),
        (["--account", ""], "--account takes letters, digits, _ . -."),
        (["--waba-id", '1"2'], "--waba-id takes digits."),
        (["--app-id", "x", "--waba-id", "y"], "--waba-id takes digits; --app-id takes digits."),
        (["--token-env", TOKEN], "--token-env takes the name of a variable, never the token."),
        (["--language", "en-US"], "--language takes one of Meta's codes, as en_US or es_MX."),
    ],
)
def test_init_takes_no_word_that_would_break_the_file(given: list[str], takes: str, tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("init", *given)
    assert (run.code, run.out, list(tmp_path.iterdir())) == (64, "", [])
    assert takes in run.err
    assert TOKEN not in run.err


def test_init_asks_in_a_terminal_and_asks_again_what_it_cannot_take(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    answers = f"staging\nmine\n102290129340398\n\n{TOKEN}\nSHOP_TOKEN\nes_MX\n"
    run = line.in_terminal("init", question="Name of the first account [production]:", answer=answers)
    assert run.code == 0
    asked = [text for text in (
        "Name of the first account [production]:",
        "Its WhatsApp Business Account id (WhatsApp Manager, Account tools, Overview) [000000000000000]:",
        "Error: this takes digits.",
        "Id of the Meta app that uploads media (Enter for none):",
        "Environment variable that holds the token [WHATSAPP_TOKEN]:",
        "Error: this takes the name of a variable, never the token.",
        "First language [en_US]:",
    ) if text in run.out]  # fmt: skip
    assert len(asked) == 7
    project = (tmp_path / "wasync.yaml").read_text(encoding="utf-8")
    assert '\n  staging:\n    waba_id: "102290129340398"' in project
    assert '\n    # app_id: "..."' in project
    assert "\n    token_env: SHOP_TOKEN" in project
    assert "\n  es_MX:\n" in (tmp_path / "templates/order_confirmed.yaml").read_text(encoding="utf-8")
    assert line("validate").code == 0


def test_init_asks_nothing_that_options_say_or_with_yes(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    run = line.in_terminal("init", "--yes", question="Wrote", answer="")
    assert (run.code, "[production]" in run.out) == (0, False)
    told = line.in_terminal(
        "init", "other", "--account", "a", "--waba-id", "1", "--app-id", "2", "--token-env", "T",
        question="First language", answer="de\n",
    )  # fmt: skip
    assert (told.code, "Name of the first account" in told.out) == (0, False)
    assert '\n    app_id: "2"' in (tmp_path / "other/wasync.yaml").read_text(encoding="utf-8")


def test_init_gives_editors_the_schemas_and_leaves_settings_that_are_there(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    assert line("init").code == 0
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text(encoding="utf-8"))
    for path, globs in settings["yaml.schemas"].items():
        schema = json.loads((tmp_path / path).read_text(encoding="utf-8"))
        assert [*tmp_path.glob(globs[0])] != []
        for file in tmp_path.glob(globs[0]):
            modeline = file.read_text(encoding="utf-8").partition("\n")[0]
            named = modeline.removeprefix("# yaml-language-server: $schema=")
            assert json.loads((file.parent / named).read_text(encoding="utf-8")) == schema
            ((data, _),) = read(file.read_bytes()).documents
            jsonschema.Draft202012Validator(schema).validate(data)
    assert line("fmt", "--check").code == 0
    other = tmp_path / "other"
    line.write("other/.vscode/settings.json", "{}")
    run = line("init", "other")
    assert (run.code, run.err) == (
        0, "Note: .vscode/settings.json is left as it was; docs/authors.md has the lines for it.\n",
    )  # fmt: skip
    assert (other / ".vscode/settings.json").read_text(encoding="utf-8") == "{}"


# -- where the project is -------------------------------------------------------------------------------


def test_the_project_is_found_from_below_and_by_its_option(line: CommandLine) -> None:
    below = CommandLine(line.root / "templates", line.environ)
    assert below("plan") == line("plan")
    elsewhere = CommandLine(line.root.parent, line.environ)
    assert elsewhere("plan", "--project", str(line.root)) == line("plan")
    elsewhere.environ = line.environ | {"WASYNC_PROJECT": str(line.root)}
    assert elsewhere("plan") == line("plan")


def test_the_search_ends_at_the_git_root(line: CommandLine) -> None:
    inner = line.root / "inner"
    (inner / ".git").mkdir(parents=True)
    run = CommandLine(inner)("validate")
    assert (run.code, run.out) == (1, "")
    assert run.err == (
        "Error: There is no wasync.yaml in inner nor in a folder above it.\n"
        "  Next: Run `wasync init` to begin a project here, or name one with --project DIR.\n"
    )


# -- validate -------------------------------------------------------------------------------------------

MISTAKES = """\
category: utility
languages:
  en_US:
    body: "Hi {{first_name}}, your order is on its way to {{2}}"
    footr: Acme Store
"""
FINDINGS = """\
error WA003 unknown key `footr` in language en_US
  --> templates/order.yaml:5:5
  |
5 |     footr: Acme Store
  |     ^^^^^
  = fix: Did you mean `footer`?

1 error in 1 file.
"""


def test_findings_are_results_with_place_line_and_way_out(line: CommandLine) -> None:
    line.write("templates/order.yaml", MISTAKES)
    assert line("validate") == (1, FINDINGS, "")


def test_findings_as_json(line: CommandLine) -> None:
    line.write("templates/order.yaml", MISTAKES)
    run = line("validate", "--format", "json")
    assert (run.code, run.err) == (1, "")
    found = run.document("findings")
    assert found["summary"]["errors"] == len(found["findings"]) > 0
    assert ("templates/order.yaml", 5, 5) in [
        (one["file"], one["line"], one["column"]) for one in found["findings"]
    ]


def test_warnings_alone_are_0(line: CommandLine) -> None:
    line.write("templates/order.yaml", ORDER.replace("en_US", "xx_YY"))
    run = line("validate")
    assert run.code == 0
    assert "WA103" in run.out


def test_validate_needs_neither_token_nor_network(tmp_path: Path) -> None:
    assert shell(tmp_path)("validate") == (0, "No findings in 1 file with 1 template.\n", "")


def test_findings_of_one_account_name_it_and_common_ones_stand_once(line: CommandLine) -> None:
    second = '  staging:\n    waba_id: "222"\n    token_env: WHATSAPP_TOKEN\n    vars: {town: Ghent}\n'
    line.write("wasync.yaml", PROJECT + second)
    line.write("templates/order.yaml", ORDER.replace("warehouse", "${town} {name} shop"))
    found = line("validate", "--format", "json").document("findings")["findings"]
    named = [(one["rule"], one["accounts"]) for one in found]
    assert ("WA011", ["production"]) in named
    assert [accounts for rule, accounts in named if rule == "WA207"] in ([[]], [["production", "staging"]])
    only = line("validate", "--account", "staging", "--format", "json").document("findings")["findings"]
    assert "WA011" not in [one["rule"] for one in only]


# -- status ---------------------------------------------------------------------------------------------


def test_status_shows_what_is_declared(line: CommandLine, account: Account) -> None:
    line.write("templates/sale.yaml", ORDER.replace("Your order", "Our sale").replace("utility", "marketing"))
    line("apply", "--auto-approve", "--target", "order")
    account.do("reject", template="order/en_US", reason="INVALID_FORMAT")
    code, out, err = line("status")
    assert (code, re.sub(r"\b\d+ s\b", "0 s", out), err) == (
        0,
        """\
account production (102290129340398)

  template     status                     quality  category   age  last applied  edits left
  order/en_US  rejected (INVALID_FORMAT)  -        utility    0 s  0 s           -
    Meta rejected it; change it and apply, edits of it are not counted. Meta's reason:
    INVALID_FORMAT. Its form is broken: variables at an end, out of order or too many for so few
    words, samples that do not fit, links that do not work. Run wasync validate, and look at what it
    warns of.
    --> templates/order.yaml:3:1
  sale/en_US   not at Meta                -        marketing  -    -             -

2 templates: 1 not at Meta, 1 rejected. 1 needs attention. 1 live template is not in the files.
""",
        "",
    )


# -- account --------------------------------------------------------------------------------------------


def test_account_show(line: CommandLine) -> None:
    assert line("account", "show") == (
        0,
        """\
account production
  name          Acme Store
  id            102290129340398
  timezone      1
  namespace     ba30dd89_2ebd_41e4_b805_f2c05ae04cc9
  review        APPROVED
  status        ACTIVE
  verification  verified
  currency      USD
  templates     1 of at most 6000

Phone numbers
  +1 631-555-5555  "Acme Store"  id 106540352242922
    status connected, quality green, name review approved
""",
        "",
    )


def test_inspect_token_tells_kind_scopes_and_reach(line: CommandLine) -> None:
    run = line("account", "inspect-token")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith(
        """\
token of account production (102290129340398)
  kind         system user
  valid        yes
  expires      never
"""
    )
    assert TOKEN not in run.out


@pytest.mark.parametrize(
    ("token", "code", "said"),
    [
        ({"kind": "USER", "expires_in": "+1h"}, 0, "This is a person's token: such tokens end within hours"),
        ({"scopes": ["whatsapp_business_messaging"]}, 1, "whatsapp_business_management"),
        ({"access": {"*": "none"}}, 1, "Advanced Access"),
    ],
)
def test_inspect_token_says_what_a_token_lacks(
    token: dict[str, object], code: int, said: str, line: CommandLine, account: Account
) -> None:
    account.do("token", token="EAAother", name="other", **token)
    line.environ["WHATSAPP_TOKEN"] = "EAAother"
    run = line("account", "inspect-token")
    assert run.code == code
    assert said in run.out
    assert "Warning: " in run.out
    assert "EAAother" not in run.out + run.err


@pytest.mark.parametrize("argv", ["plan", "status", "account show", "account inspect-token", "wait"])
def test_a_token_that_is_none_stops_every_reading_command_with_1(argv: str, line: CommandLine) -> None:
    line.environ["WHATSAPP_TOKEN"] = "EAAnobodys"
    run = line(*argv.split())
    assert (run.code, run.out) == (1, "")
    assert "(code 190, fbtrace_id " in " ".join(run.err.split())
    assert "EAAnobodys" not in run.err
    del line.environ["WHATSAPP_TOKEN"]
    unset = line(*argv.split())
    assert unset.code == 1
    assert unset.err.startswith(
        "Error: Account production: the environment variable WHATSAPP_TOKEN is not set"
    )
    assert "\n  --> wasync.yaml:3:3\n" in unset.err


# -- sandbox, schema ------------------------------------------------------------------------------------


def test_the_sandbox_keeps_everything_below_its_folder(tmp_path: Path) -> None:
    line = shell(tmp_path)
    line.environ["WASYNC_BASE_URL"] = "http://127.0.0.1:9"
    assert line("apply", "--sandbox", "--auto-approve").code == 0
    written = {path.name for path in (tmp_path / ".wasync").iterdir()}
    assert written <= {"sandbox", ".gitignore"}
    assert (
        line("status", "--sandbox", "--format", "json").document("status")["accounts"][0]["account"]
        == "sandbox"
    )


@pytest.mark.parametrize("name", schema_names())
def test_schema_prints_each_schema(name: str, tmp_path: Path) -> None:
    run = CommandLine(tmp_path)("schema", name)
    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_schema_alone_is_the_template_s(tmp_path: Path) -> None:
    assert CommandLine(tmp_path)("schema") == CommandLine(tmp_path)("schema", "template")
