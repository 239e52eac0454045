"""Rules of one's own: JSON Schemas in the project, and functions of installed packages; no fetching."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.shell import PROJECT, ROOT, CommandLine, shell
from tests.strategies import documents
from wasync.canonical import from_yaml
from wasync.checks.policy_python import Installed, check_python
from wasync.model.template import Document, Severity
from wasync.project.installed_rules import installed_paths
from wasync.rules import API, Problem, TemplateView

SCHEMAS = "policy: {schemas: [policy/*.json]}\n"
GOOD = "category: utility\nlanguages:\n  en_US:\n    body: Your order left our warehouse today.\n"


def project(root: Path, policy: str = SCHEMAS, **schemas: Any) -> CommandLine:
    """A project with one good template and these schemas below policy/."""
    line = shell(root)
    line.write("wasync.yaml", PROJECT + policy)
    for name, schema in schemas.items():
        text = schema if isinstance(schema, str) else json.dumps(schema, indent=1)
        line.write(f"policy/{name}.json", text)
    return line


def findings(line: CommandLine) -> list[str]:
    """Each finding as `place severity rule message. fix`."""
    run = line("validate", "--format", "json")
    assert run.err == ""
    return [
        f"{one['file']}:{one['line']}:{one['column']} {one['severity']} {one['rule']}"
        f" {one['message']}. {one['fix']}"
        for one in run.document("findings")["findings"]
    ]


def refused(line: CommandLine) -> str:
    """What is said of a project file that cannot be used."""
    run = line("validate")
    assert run.code == 1
    return " ".join(run.err.split())


# -- schemas -----------------------------------------------------------------------------------------------


def test_what_a_schema_refuses_is_a_finding_at_its_place(tmp_path: Path) -> None:
    schema = {
        "required": ["description"],
        "properties": {
            "owner": {"pattern": "^@acme/"},
            "languages": {"additionalProperties": {"properties": {"footer": {"const": "Acme"}}}},
        },
    }
    line = project(tmp_path, house=schema)
    at = "templates/order.yaml"
    line.write(at, f"owner: me\n{GOOD}    footer: Shop\n")
    unfit, fix = "does not fit policy/house.json:", "Change it so that it fits policy/house.json."
    assert findings(line) == [
        f"{at}:1:1 error WA806 the template {unfit} 'description' is a required property. {fix}",
        f"{at}:1:8 error WA806 owner {unfit} 'me' does not match '^@acme/'. {fix}",
        f"{at}:6:13 error WA806 languages.en_US.footer {unfit} 'Acme' was expected. {fix}",
    ]
    line.write(at, "description: d\n" + GOOD)
    assert findings(line) == []


def test_a_schema_says_its_own_rule_sentence_mend_and_severity(tmp_path: Path) -> None:
    schema = {
        "x-rule": "ACME-1",
        "x-fix": "Ask legal.",
        "properties": {
            "languages": {"additionalProperties": {"$ref": "parts/text.json#/$defs/language"}},
            "owner": False,
        },
    }
    parts = {
        "$defs": {
            "language": {
                "x-message": "a body names Acme",
                "x-severity": "warning",
                "properties": {"body": {"allOf": [{"pattern": "Acme"}]}, "footer": {"$ref": "#/$defs/short"}},
            },
            "short": {"x-rule": "ACME-2", "maxLength": 4, "x-message": "a footer is short"},
        }
    }
    line = project(tmp_path, house=schema)
    line.write("policy/parts/text.json", json.dumps(parts))
    line.write("templates/order.yaml", f"owner: me\n{GOOD}    footer: Shops\n")
    at, unfit = "templates/order.yaml", "does not fit policy/house.json: it may not be there"
    assert findings(line) == [
        f"{at}:1:8 error ACME-1 owner {unfit}. Ask legal.",
        f"{at}:5:11 warning ACME-1 a body names Acme. Ask legal.",
        f"{at}:6:13 warning ACME-2 a footer is short. Ask legal.",
    ]
    line.write(at, f"ignore: {{ACME-2: short of words}}\nowner: me\n{GOOD}    footer: Shops\n")
    line.write("wasync.yaml", f"{PROJECT}{SCHEMAS}rules: {{ACME-1: off}}\n")
    assert findings(line) == []


def test_a_language_silences_what_stands_in_it(tmp_path: Path) -> None:
    schema = {"properties": {"languages": {"additionalProperties": {"required": ["footer"]}}}}
    line = project(tmp_path, house=schema)
    line.write(
        "templates/order.yaml", f"{GOOD}    ignore: {{WA806: no room}}\n  fr: {{body: Salut à vous.}}\n"
    )
    assert [one.split()[0] for one in findings(line)] == ["templates/order.yaml:6:3"]


def test_a_document_that_only_deletes_is_not_asked(tmp_path: Path) -> None:
    line = project(tmp_path, house={"required": ["description"]})
    line.write("templates/order.yaml", "absent: true\n")
    assert findings(line) == []


@pytest.mark.parametrize(
    ("schema", "place", "told"),
    [
        ('{\n "a": 1,\n}', "3:1", "this schema is no JSON"),
        ("[]", "1:1", "a schema is a JSON object"),
        ({"properties": 3}, "2:2", "this is no good schema: 3 is not of type"),
        ({"properties": {"owner": {"pattern": "["}}}, "4:4", "the pattern [ is none"),
        ({"$ref": "#/$defs/none"}, "1:1", "does not exist"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "2:2", "wasync reads draft 2020-12"),
        ({"x-rule": "WA101"}, "2:2", "x-rule is the id of a rule of yours"),
        ({"x-severity": "off"}, "2:2", "x-severity is error or warning"),
        ({"x-message": ""}, "2:2", "x-message is a sentence"),
        ({"$ref": "https://evil.example/a.json"}, "2:2", "leads to https://evil.example/a.json; only files"),
        ({"$ref": "file:///etc/passwd"}, "2:2", "only files of this project"),
        ({"$ref": "../../outside.json"}, "2:2", "which is no file of this project"),
        ({"allOf": [{"$ref": "link.json"}]}, "4:4", "only files of this project"),
        ({"$ref": "missing.json"}, "2:2", "which is no file of this project"),
        ({"allOf": [{"$id": "https://evil.example/", "$ref": "a.json"}]}, "5:4", "which is no file of this"),
        ({"$dynamicRef": "https://evil.example/a.json"}, "2:2", "only files of this project"),
    ],
)  # fmt: skip
def test_a_broken_schema_is_told_at_its_place(schema: Any, place: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text("{}")
    root = tmp_path / "shop"
    line = project(root, house=schema)
    (root / "policy" / "link.json").symlink_to(tmp_path / "outside.json")
    line.write("wasync.yaml", PROJECT + "policy: {schemas: [policy/house.json]}\n")
    text = refused(line)
    assert told in text
    assert f"--> policy/house.json:{place}" in text


def test_an_id_inside_a_schema_makes_no_address_to_fetch(tmp_path: Path) -> None:
    inner = {"allOf": [{"$id": "https://evil.example/", "$ref": "parts.json"}]}
    line = project(tmp_path, house=inner, parts={})
    assert "Resource 'https://evil.example/parts.json' is not present" in refused(line)
    line.write(
        "policy/house.json", json.dumps({"$id": "https://acme.example/house.json", "$ref": "parts.json"})
    )
    assert findings(line) == []


def test_a_link_out_of_the_project_is_no_schema(tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text("{}")
    line = project(tmp_path / "shop", house={})
    (tmp_path / "shop" / "policy" / "b.json").symlink_to(tmp_path / "outside.json")
    assert "policy/b.json is a link that leads out of the project" in refused(line)


def test_schemas_that_refer_to_themselves_come_to_an_end(tmp_path: Path) -> None:
    tree = {"$ref": "#", "x-message": "never"}
    schema = {
        "additionalProperties": {"$ref": "house.json"},
        "maxProperties": 1,
        "allOf": [{"$ref": "b.json"}],
    }
    line = project(
        tmp_path, house=schema, b={"anyOf": [{"$ref": "house.json#/$defs/a"}, {}], "$defs": {"x": tree}}
    )
    assert "does not exist" in refused(line)
    line.write("policy/house.json", json.dumps({**schema, "$defs": {"a": {}}}))
    assert {one.split()[2] for one in findings(line)} == {"WA806"}


# -- Python ------------------------------------------------------------------------------------------------

MODULE = '''\
from wasync.rules import API, Problem

assert API == 1


def names_shop(template):
    """A body names our shop."""
    if "Acme" not in template.body:
        which = f"{template.name}/{template.language}"
        yield Problem(f"{which} does not name Acme", "Name it.", ("body",), "warehouse")


def careful(template):
    template.spec["body"] = "changed"
    template.buttons[0]["text"] = "changed"
    if template.owner != "@acme":
        return [Problem("owned by " + (template.owner or "nobody"), "Own it.", severity="warning")]
    return []


def breaks(template):
    return 1 / 0


def exits(template):
    raise SystemExit(3)


def answers(template):
    return ["wrong"]


def talks(template):
    print("looking at", template.name)
    return []


NO_FUNCTION = 1
'''
ENTRIES = """\
[wasync.rules]
ACME-1 = acme_rules:names_shop
ACME-2 = acme_rules:careful
ACME-3 = acme_rules:breaks
ACME-4 = acme_rules:answers
ACME-5 = acme_rules:NO_FUNCTION
ACME-6 = acme_rules_gone:anything
ACME-7 = acme_rules:exits
ACME-8 = acme_rules:talks
"""


def install(site: Path, package: str = "acme-rules") -> None:
    """What pip leaves of a package of rules."""
    info = site / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    (site / "acme_rules.py").write_text(MODULE)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages, with ours in it."""
    folder = tmp_path / "site"
    install(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "acme_rules", raising=False)
    return folder


def python(root: Path, *ids: str, more: str = "") -> CommandLine:
    return project(root / "shop", f"policy: {{python: [{', '.join(ids)}]}}\n{more}")


def test_a_rule_of_an_installed_package_finds_at_its_place(site: Path, tmp_path: Path) -> None:
    line = python(tmp_path, "ACME-1")
    assert findings(line) == [
        "templates/order.yaml:4:31 error ACME-1 order/en_US does not name Acme. Name it."
    ]
    line.write("templates/order.yaml", f"ignore: {{ACME-1: it is obvious}}\n{GOOD}")
    assert findings(line) == []


def test_a_rule_can_be_set_for_the_project_and_cannot_change_a_template(site: Path, tmp_path: Path) -> None:
    line = python(tmp_path, "ACME-2", more="rules: {ACME-2: error}\n")
    button = "    buttons: [{type: quick_reply, text: Fine}]\n"
    line.write("templates/order.yaml", GOOD + button)
    assert findings(line) == ["templates/order.yaml:3:3 error ACME-2 owned by nobody. Own it."]
    line.write("templates/order.yaml", f"owner: '@acme'\n{GOOD}{button}")
    assert "Your order left our warehouse today." in line("plan", "--sandbox").out


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("ACME-3", "ZeroDivisionError: division by zero"),
        ("ACME-4", "it gave back str, not wasync.rules.Problem"),
        ("ACME-7", "SystemExit: 3"),
    ],
)
def test_a_rule_that_breaks_is_told_as_its_own_fault(rule: str, why: str, site: Path, tmp_path: Path) -> None:
    line = python(tmp_path, rule, "ACME-1")
    fix = f"Tell its authors. Until it is mended, in wasync.yaml: rules: {{{rule}: off}}."
    broke = f"{rule} this rule of the package acme-rules broke here: {why}"
    assert findings(line) == [
        f"templates/order.yaml:3:3 error {broke}. {fix}",
        "templates/order.yaml:4:31 error ACME-1 order/en_US does not name Acme. Name it.",
    ]
    line.write("wasync.yaml", f"{PROJECT}policy: {{python: [{rule}]}}\nrules: {{{rule}: off}}\n")
    assert findings(line) == []


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("ACME-5", "the rule ACME-5 of the package acme-rules is no function"),
        ("ACME-6", "the rule ACME-6 of the package acme-rules cannot be loaded: ModuleNotFoundError"),
        ("ACME-9", "no installed package brings the rule ACME-9"),
    ],
)
def test_a_rule_that_cannot_be_had_fails(rule: str, told: str, site: Path, tmp_path: Path) -> None:
    run = python(tmp_path, rule)("validate")
    assert run.code == 1
    assert told in " ".join(run.out.split())
    assert "--> wasync.yaml:7:" in run.out


def test_what_a_rule_prints_is_no_result(site: Path, tmp_path: Path) -> None:
    run = python(tmp_path, "ACME-8")("validate", "--format", "json")
    assert run.document("findings")["findings"] == []
    assert "looking at order" in run.err


def test_two_packages_with_one_rule_are_refused(site: Path, tmp_path: Path) -> None:
    install(site, "other-rules")
    told = "several installed packages bring a rule ACME-1: acme-rules, other-rules"
    assert told in " ".join(python(tmp_path, "ACME-1")("validate").out.split())


def test_a_pull_request_cannot_bring_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = python(tmp_path, "ACME-1")
    install(line.root)
    (line.root / "acme_rules.py").write_text("raise SystemExit('stolen')")
    monkeypatch.setattr(sys, "path", ["", str(line.root), *sys.path])
    monkeypatch.delitem(sys.modules, "acme_rules", raising=False)
    run = line("validate")
    assert (run.code, "no installed package brings the rule ACME-1" in run.out) == (1, True)
    assert "acme_rules" not in sys.modules


def test_no_file_of_the_project_stands_in_for_an_installed_module(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = python(tmp_path, "ACME-1")
    (line.root / "acme_rules.py").write_text("raise SystemExit('stolen')")
    monkeypatch.setattr(sys, "path", ["", str(line.root), *sys.path])
    assert [one.split()[2] for one in findings(line)] == ["ACME-1"]


def test_a_virtual_environment_inside_the_project_holds_installed_packages(tmp_path: Path) -> None:
    here = str(tmp_path)
    assert installed_paths((here, "", "/elsewhere"), "/project", here) == ("/elsewhere",)
    assert installed_paths((here, "", "/elsewhere"), here, "/current") == ("/elsewhere",)
    real = next(path for path in sys.path if path.endswith("site-packages"))
    assert installed_paths((real,), str(Path(real).parents[3]), here) == (real,)


@given(documents())
def test_no_document_is_too_odd_for_a_rule(document: Document) -> None:
    views: list[TemplateView] = []

    def look(view: TemplateView) -> list[Problem]:
        views.append(view)
        return [Problem("seen", "Nothing.", ("body",), view.body, "warning")]

    declaration = from_yaml(document)
    found = check_python(document, declaration, (Installed("ACME-1", "acme-rules", look),), {})
    assert [view.language for view in views] == [one.key.language for one in declaration.templates]
    assert [(one.rule, one.severity) for one in found] == [("ACME-1", Severity.WARNING)] * len(views)


# -- explained ---------------------------------------------------------------------------------------------


def test_rules_of_ones_own_are_explained(site: Path, tmp_path: Path) -> None:
    line = project(
        tmp_path / "shop",
        "policy: {schemas: [policy/*.json], python: [ACME-1]}\n",
        house=json.loads(documented("schema").replace("ACME-1", "ACME-9")),
    )
    listed = line("explain").out.splitlines()
    assert [row.split(None, 2) for row in listed[-2:]] == [
        ["ACME-1", "error", "A body names our shop"],
        ["ACME-9", "warning", "an owner is a team of Acme's"],
    ]
    silence = (
        "To silence it where that is meant, at template or language level: ignore: {ACME-1: why}."
        " For the whole project, in wasync.yaml: rules: {ACME-1: warning}, or off."
    )
    assert " ".join(line("explain", "acme-1").out.split()) == (
        f"ACME-1 A body names our shop (error) A rule of your own, from the package acme-rules. {silence}"
        " More: docs/policy.md"
    )
    told = " ".join(line("explain", "ACME-9").out.split())
    assert told.startswith("ACME-9 an owner is a team of Acme's (warning) Write owner:")
    assert "from policy/house.json." in told
    assert line("explain", "ACME-3").code == 64


# -- the documentation -------------------------------------------------------------------------------------


def documented(mark: str) -> str:
    """The block of docs/policy.md under a comment."""
    page = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    return page.partition(f"<!-- {mark} -->\n")[2].partition("\n")[2].partition("```\n")[0]


def test_the_schema_of_the_page_finds_what_it_says(tmp_path: Path) -> None:
    line = project(tmp_path, house=documented("schema"))
    line.write("templates/order.yaml", f"owner: me\n{GOOD}")
    described = "say what the template is for. Add description: and one sentence."
    assert findings(line) == [
        f"templates/order.yaml:1:1 error WA806 {described}",
        'templates/order.yaml:1:8 warning ACME-1 an owner is a team of Acme\'s. Write owner: "@acme/<team>".',
    ]


def test_the_rule_of_the_page_finds_what_it_says(site: Path, tmp_path: Path) -> None:
    (site / "acme_rules.py").write_text(documented("rule"))
    line = python(tmp_path, "ACME-1")
    assert findings(line) == []
    line.write("templates/order.yaml", GOOD.replace("utility", "marketing"))
    assert findings(line) == [
        "templates/order.yaml:4:11 error ACME-1 the body does not name Acme. Say who writes."
    ]


def test_the_page_names_every_field_that_a_rule_gets() -> None:
    page = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    assert [field for field in TemplateView._fields if f"`{field}`" not in page] == []
    assert f"`wasync.rules.API` is {API};" in page
