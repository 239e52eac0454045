"""From files to what one account should have: every check in its turn, every finding at its place, once."""

from __future__ import annotations

import gc
from pathlib import Path

from wasync.model.config import Account, Config
from wasync.model.template import Desired, Finding, Key, Place, Severity
from wasync.project.desired import desired, merge_findings
from wasync.project.documents import Documents, read_documents

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
ORDER = """\
category: utility
variables:
  order_id: {example: A-1}
languages:
  en_US:
    body: Your order {{order_id}} is on its way today.
    footer: ${shop}
  fr: absent
"""


def project(root: Path, files: dict[str, str], **settings: Severity) -> tuple[Documents, Config]:
    for name, text in files.items():
        (root / "t").mkdir(exist_ok=True)
        (root / "t" / name).write_text(text, "utf-8")
    config = Config(str(root), (), ("t/*.yaml",), severities=settings)
    return read_documents(config), config


def told(result: Desired) -> list[str]:
    return [f"{one.place} {one.rule} {one.severity}" for one in result.findings]


def test_templates_and_absences_with_their_places(tmp_path: Path) -> None:
    documents, config = project(
        tmp_path, {"order.yaml": ORDER, "old.yaml": "category: utility\nabsent: true\n"}
    )
    result = desired(documents, config, Account("p", "1"), {"shop": "Acme"})
    assert result.findings == ()
    assert not result.failed
    (template,) = result.templates.values()
    assert template.key == Key("order", "en_US")
    assert template.place == Place("t/order.yaml", 5)
    assert template.category == "utility"
    assert template.spec == {
        "body": "Your order {{order_id}} is on its way today.",
        "footer": "Acme",
        "examples": {"body": {"order_id": "A-1"}},
    }
    assert result.absent == {
        Key("old", "*"): Place("t/old.yaml", 1),
        Key("order", "fr"): Place("t/order.yaml", 8),
    }


def test_every_kind_of_finding_in_one_run_sorted_by_place(tmp_path: Path) -> None:
    good = "category: utility\nlanguages:\n  en:\n    body: Thank you for your order.\n"
    media = good + "    header: {format: image, media: gone.png}\n"
    files = {
        "a_value.yaml": good.replace("order.", "${ordr}."),
        "b_schema.yaml": good + "colour: red\n",
        "c_rule.yaml": good.replace("Thank", "'{{1}} thank").replace("order.", "new order.'"),
        "d_yaml.yaml": "category: *utility* x\n",
        "e_media.yaml": media,
        "f_one.yaml": "name: twice\n" + good,
        "g_two.yaml": "name: twice\n" + good,
    }
    documents, config = project(tmp_path, files)
    result = desired(documents, config, Account("p", "1"), {})
    errors = [line for line in told(result) if line.endswith("error")]
    assert errors == [
        "t/a_value.yaml:4:30 WA011 error",
        "t/b_schema.yaml:5:1 WA003 error",
        "t/c_rule.yaml:4:12 WA202 error",
        "t/d_yaml.yaml:1:11 WA001 error",
        "t/e_media.yaml:5:36 WA014 error",
        "t/g_two.yaml:4:1 WA012 error",
    ]
    assert result.failed
    assert Key("b_schema", "en") not in result.templates
    assert result.templates[Key("twice", "en")].place == Place("t/f_one.yaml", 4)


def test_rules_are_silenced_where_files_or_project_say_so(tmp_path: Path) -> None:
    head, body = "category: utility\n", "languages:\n  en:\n    body: '{{1}} thanks you for the good order'\n"
    loud = head + body
    silent = head + "ignore: {WA202: it is how we speak, WA205: later}\n" + body
    documents, config = project(tmp_path, {"loud.yaml": loud, "silent.yaml": silent})
    account = Account("p", "1")
    assert told(desired(documents, config, account, {})) == [
        "t/loud.yaml:4:12 WA202 error",
        "t/loud.yaml:4:12 WA205 warning",
    ]
    documents, config = project(tmp_path, {}, WA202=Severity.WARNING, WA205=Severity.OFF)
    result = desired(documents, config, account, {})
    assert told(result) == ["t/loud.yaml:4:12 WA202 warning"]
    assert not result.failed


def test_an_account_gets_the_names_it_selects(tmp_path: Path) -> None:
    documents, config = project(
        tmp_path, {"order.yaml": ORDER, "promo.yaml": ORDER.replace("today.", "{{1}")}
    )
    result = desired(documents, config, Account("p", "1", select=("ord*", "x")), {"shop": "Acme"})
    assert set(result.templates) == {Key("order", "en_US")}
    assert set(result.absent) == {Key("order", "fr")}
    assert result.findings == ()


def test_media_are_filled_in(tmp_path: Path) -> None:
    header = "header: {format: image, media: '../${file}'}"
    text = f"category: utility\nlanguages:\n  en:\n    {header}\n    body: Thanks.\n"
    (tmp_path / "a.png").write_bytes(PNG)
    documents, config = project(tmp_path, {"photo.yaml": text})
    result = desired(documents, config, Account("p", "1"), {"file": "a.png"})
    assert told(result) == []
    sample = result.templates[Key("photo", "en")].spec["examples"]
    assert isinstance(sample, dict)
    assert isinstance(sample["header"], dict)
    assert sample["header"]["path"] == "a.png"
    assert len(str(sample["header"]["sha256"])) == 64


def test_work_that_no_value_changes_is_shared_by_accounts(tmp_path: Path) -> None:
    plain = ORDER.replace("    footer: ${shop}\n", "")
    documents, config = project(tmp_path, {"order.yaml": ORDER, "plain.yaml": plain})
    one = desired(documents, config, Account("one", "1"), {"shop": "Acme"})
    two = desired(documents, config, Account("two", "2"), {"shop": "Ajax"})
    key = Key("plain", "en_US")
    assert one.templates[key] is two.templates[key]
    assert [found.templates[Key("order", "en_US")].spec["footer"] for found in (one, two)] == ["Acme", "Ajax"]


def test_common_findings_are_told_once(tmp_path: Path) -> None:
    broken = ORDER.replace("    footer: ${shop}\n", "").replace("fr: absent", "fr: {}")
    documents, config = project(tmp_path, {"a.yaml": ORDER, "b.yaml": broken, "c.yaml": "- x\n"})
    by_account = {
        name: desired(documents, config, Account(name, "1"), values).findings
        for name, values in [("one", {"shop": "Acme"}), ("two", {}), ("three", {})]
    }
    merged = merge_findings(by_account)
    assert [(str(one.place), one.rule, one.accounts) for one in merged if one.severity is Severity.ERROR] == [
        ("t/a.yaml:7:13", "WA011", ("two", "three")),
        ("t/b.yaml:7:3", "WA004", ()),
        ("t/c.yaml:1:1", "WA004", ()),
    ]
    alone = Finding("WA101", Severity.ERROR, "m", "f")
    assert merge_findings({"only": [alone]}) == (alone,)
    assert merge_findings({}) == ()


def test_the_garbage_collector_is_left_as_it_was(tmp_path: Path) -> None:
    documents, config = project(tmp_path, {"order.yaml": ORDER})
    assert gc.isenabled()
    desired(documents, config, Account("p", "1"), {"shop": "x"})
    assert gc.isenabled()
    gc.disable()
    try:
        desired(documents, config, Account("p", "1"), {"shop": "x"})
        assert not gc.isenabled()
    finally:
        gc.enable()
