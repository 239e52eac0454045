"""wasync contract: what it prints, writes and compares, and when it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import ORDER, PROJECT, WABA_ID, CommandLine, served, shell

SHIPPED = """\
category: utility
variables:
  first_name: {example: Ana}
languages:
  en_US:
    body: "Hi {{first_name}}, it left."
    buttons:
      - {type: url, text: Track parcel, url: "${shop_url}/t/{{1}}", example: A-1}
"""


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    line = shell(tmp_path)
    line.write("wasync.yaml", PROJECT + '    vars: {shop_url: "https://shop.example"}\n')
    line.write("templates/shipped.yaml", SHIPPED)
    return line


def test_it_needs_no_token_and_says_the_same_each_time(line: CommandLine) -> None:
    first, second = line("contract"), line("contract")
    assert (first.code, first.err, first) == (0, "", second)
    document = first.document("contract")
    assert (document["account"], document["waba_id"]) == ("production", WABA_ID)
    assert [one["name"] for one in document["templates"]] == ["order", "shipped"]
    assert document["templates"][1]["variants"][0]["components"] == [
        {"type": "body", "parameters": [{"field": "first_name", "parameter_name": "first_name"}]},
        {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"field": "button_0_url"}]},
    ]


def test_target_and_a_format_for_people_elsewhere(line: CommandLine) -> None:
    line.environ["WASYNC_FORMAT"] = "terminal"
    run = line("contract", "--target", "shipped/en_*", "--target", "none")
    assert [one["name"] for one in run.document("contract")["templates"]] == ["shipped"]
    assert run.err == "Note: --target none matches no template of account production.\n"


@pytest.mark.parametrize("form", ["json", "python", "typescript"])
def test_what_out_writes_check_accepts_until_a_variable_changes(form: str, line: CommandLine) -> None:
    argv = ("contract", "--format", form)
    assert line(*argv, "--out", "src/generated") == (0, "", "Wrote src/generated.\n")
    written = (line.root / "src/generated").read_text(encoding="utf-8")
    assert written == line(*argv).out
    assert line(*argv, "--check", "src/generated") == (0, "", "src/generated is up to date.\n")
    (line.root / "src/generated").write_text(written, encoding="utf-8", newline="\r\n")
    assert line(*argv, "--check", "src/generated").code == 0
    line.write("templates/shipped.yaml", SHIPPED.replace("first_name", "name"))
    run = line(*argv, "--check", "src/generated")
    assert (run.code, run.err) == (
        1,
        "src/generated is not what the templates say. Next: run it with --out instead of --check.\n",
    )
    assert run.out.startswith("--- src/generated\n+++ src/generated\n@@ ")
    changed = [text for text in run.out.splitlines() if text[:1] in "+-" and "name" in text]
    assert any("first_name" in text for text in changed if text[0] == "-")
    assert not any("first_name" in text for text in changed if text[0] == "+")
    assert (line.root / "src/generated").read_bytes() == written.replace("\n", "\r\n").encode()


def test_check_of_a_file_that_is_not_there_shows_it_whole(line: CommandLine) -> None:
    run = line("contract", "--format", "python", "--target", "order", "--check", "senders.py")
    assert run.code == 1
    assert run.out.startswith("--- /dev/null\n+++ senders.py\n@@ -0,0 +1,")
    assert not (line.root / "senders.py").exists()


def test_languages_that_differ_are_told(line: CommandLine) -> None:
    line.write(
        "templates/order.yaml", ORDER + '  es_MX:\n    body: {text: "Ya va {{1}} hoy.", examples: [A-1]}\n'
    )
    run = line("contract")
    told = "order: body: en_US takes nothing; es_MX takes body_1"
    assert (run.code, run.err) == (0, f"Note: {told}.\n")
    assert run.document("contract")["templates"][0]["differences"] == [told]


def test_refused_together_and_of_two_accounts(line: CommandLine) -> None:
    assert line("contract", "--out", "a", "--check", "a") == (
        64,
        "",
        "Error: --out writes, --check only compares.\n  Next: Give one of them.\n",
    )
    staging = '  staging: {waba_id: "1", token_env: WHATSAPP_TOKEN, vars: {shop_url: "https://a.example"}}\n'
    line.write("wasync.yaml", PROJECT + '    vars: {shop_url: "https://shop.example"}\n' + staging)
    run = line("contract")
    assert (run.code, run.out) == (64, "")
    assert "A contract is of one account, and 2 match: production, staging." in run.err
    assert line("contract", "--account", "staging").document("contract")["account"] == "staging"


def test_files_with_errors_give_no_contract(line: CommandLine) -> None:
    line.write("templates/order.yaml", ORDER.replace("body", "bodies"))
    run = line("contract", "--out", "senders.json")
    assert (run.code, run.out) == (1, "")
    assert "templates/order.yaml:4" in run.err
    assert "The files have errors: no contract." in run.err
    assert not (line.root / "senders.json").exists()


def test_live_reads_ids_and_sends_nothing_else(tmp_path: Path) -> None:
    with served() as account:
        line = shell(tmp_path, account)
        (before,) = line("contract", "--live").document("contract")["templates"][0]["variants"]
        assert before["languages"][0]["live"] is None
        assert line("apply", "--auto-approve", "--wait").code == 0
        account.writes()
        run = line("contract", "--live")
        (after,) = run.document("contract")["templates"][0]["variants"]
        live = after["languages"][0]["live"]
        assert (live["status"], live["category"], live["id"].isdigit()) == ("APPROVED", "utility", True)
        assert account.writes() == []
