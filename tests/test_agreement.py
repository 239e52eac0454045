"""Several accounts pulled into one project: only what they agree about is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import ORDER, served, shell
from wasync.project.agreement import agreed
from wasync.project.writer import FileChange, Pull

TWO = """\
version: 1
accounts:
  staging: {waba_id: "102290129340398", token_env: WHATSAPP_TOKEN, vars: {place: shop}}
  production: {waba_id: "555555555555555", token_env: WHATSAPP_TOKEN, vars: {place: depot}}
"""


def pull(**files: str) -> Pull:
    return Pull(tuple(FileChange(path, None, text.encode()) for path, text in files.items()), (), ())


def test_what_all_say_is_written_and_the_rest_is_noted() -> None:
    found = agreed({"a": pull(same="1", other="2", mine="3"), "b": pull(same="1", other="9")})
    assert [change.path for change in found.changes] == ["same"]
    assert found.notes == (
        "mine is left as it is: it would be changed only by a. Pull one with --account.",
        "other is left as it is: it would be changed differently by a, b. Pull one with --account.",
    )


def test_one_account_is_taken_as_it_is() -> None:
    assert agreed({"a": pull(mine="3")}) == pull(mine="3")


def test_values_of_each_account_are_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served() as account:
        account.do("account", id="555555555555555", name="Second", app_ids=["2790000000000001"])
        line = shell(tmp_path, account)
        line.write("wasync.yaml", TWO)
        line.write("templates/order.yaml", ORDER.replace("our warehouse", "our ${place}"))
        for name in ("staging", "production"):
            assert line("apply", "--auto-approve", "--account", name).code == 0
            assert line("wait", "--account", name).code == 0
        account.do("edit", template="order/en_US", footer="Acme Megastore")
        one = line("pull", "--target", "order")
        assert (one.code, one.out) == (0, "The files say what is live: 1 template, no file written.\n")
        assert "templates/order.yaml is left as it is: it would be changed only by staging." in one.err
        account.do("edit", template="order/en_US", footer="Acme Megastore", waba_id="555555555555555")
        assert line("pull", "--target", "order").code == 0
        text = (tmp_path / "templates/order.yaml").read_text(encoding="utf-8")
        assert text == ORDER.replace("our warehouse", "our ${place}").replace("Acme Store", "Acme Megastore")
        assert line("plan", "--detailed-exitcode").code == 0
