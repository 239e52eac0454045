"""wasync.yaml: found, read whole, refused with every mistake at its place, and never a token shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from wasync.model.config import Account, Config, Limits, Prune
from wasync.model.errors import InputError
from wasync.model.template import Place, Severity
from wasync.project.config import find_root, load_config

WHOLE = """\
version: 1
templates: ["templates/**/*.yaml", more/a.yaml]
owns: [order_*]
protect: [login_*]
graph: {version: v25.0, base_url: http://127.0.0.1:8080/}
state: .wasync/other.json
limits: {updates: 50, updates_percent: 60, deletes: 0, deletes_percent: 30}
rules: {WA104: warning, WA205: off}
accounts:
  production:
    waba_id: 012290129340398
    app_id: "670843887433847"
    token_env: WASYNC_TOKEN
    app_secret_env: WASYNC_SECRET
    vars: {shop_url: https://acme.example, version: 2, note: Yes}
    prune: delete
    select: [order_*, 7]

  staging:
    waba_id: 2
    token_command: [pass, show, whatsapp/token]
"""


def load(root: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    (root / "wasync.yaml").write_text(text, "utf-8")
    return load_config(root, environ or {})


def refused(root: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(root, text, environ)
    assert caught.value.fix
    return [f"{one.place} {one.rule} {one.message} | {one.fix}" for one in caught.value.findings]


def test_everything_a_project_can_say(tmp_path: Path) -> None:
    assert load(tmp_path, WHOLE) == Config(
        root=str(tmp_path.resolve()),
        templates=("templates/**/*.yaml", "more/a.yaml"),
        owns=("order_*",),
        protect=("login_*",),
        graph_version="v25.0",
        base_url="http://127.0.0.1:8080",
        state=".wasync/other.json",
        limits=Limits(50, 60, 0, 30),
        severities={"WA104": Severity.WARNING, "WA205": Severity.OFF},
        accounts=(
            Account(
                "production",
                "012290129340398",
                "670843887433847",
                "WASYNC_TOKEN",
                (),
                "WASYNC_SECRET",
                {"shop_url": "https://acme.example", "version": "2", "note": "Yes"},
                Prune.DELETE,
                ("order_*", "7"),
                Place("wasync.yaml", 10, 3),
            ),
            Account(
                "staging",
                "2",
                token_command=("pass", "show", "whatsapp/token"),
                place=Place("wasync.yaml", 19, 3),
            ),
        ),
    )


def test_what_is_not_said_has_its_default(tmp_path: Path) -> None:
    account = Account("p", "1", place=Place("wasync.yaml", 3, 3))
    config = load(tmp_path, "version: 1\naccounts:\n  p: {waba_id: 1}\n")
    assert config == Config(str(tmp_path.resolve()), (account,))


def test_the_environment_beats_the_file(tmp_path: Path) -> None:
    environ = {"WASYNC_BASE_URL": "https://proxy.example/graph/", "WASYNC_GRAPH_VERSION": "v27.0"}
    config = load(tmp_path, WHOLE, environ)
    assert (config.base_url, config.graph_version) == ("https://proxy.example/graph", "v27.0")
    with pytest.raises(InputError, match="WASYNC_BASE_URL is no address"):
        load(tmp_path, WHOLE, {"WASYNC_BASE_URL": "proxy.example"})
    with pytest.raises(InputError, match="WASYNC_GRAPH_VERSION is no version"):
        load(tmp_path, WHOLE, {"WASYNC_GRAPH_VERSION": "27"})


ACCOUNT = "accounts: {p: {waba_id: 1}}\n"


@pytest.mark.parametrize(
    "url",
    ["https://graph.facebook.com", "https://graph.facebook.com/", "http://localhost:9000", "http://[::1]:1", "https://127.0.0.1"],
)  # fmt: skip
def test_hosts_that_may_get_the_token(tmp_path: Path, url: str) -> None:
    text = f"version: 1\n{ACCOUNT}graph: {{base_url: '{url}'}}\n"
    assert load(tmp_path, text).base_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    ["https://evil.example", "http://graph.facebook.com", "https://graph.facebook.com@evil.example",
     "https://graph.facebook.com.evil.example", "http://127.0.0.1.evil.example", "http://localhost@evil.example",
     "http://localhost:80@evil.example", "https://graph.facebook.com/../x", "http://localhost:9000\\nhttps://x"],
)  # fmt: skip
def test_no_other_host_gets_the_token(tmp_path: Path, url: str) -> None:
    text = f'version: 1\n{ACCOUNT}graph: {{base_url: "{url}"}}\n'
    (found,) = refused(tmp_path, text)
    assert found == (
        "wasync.yaml:3:19 WA004 base_url may be https://graph.facebook.com or a loopback address, and nothing"
        " else | Remove it; to use another host set WASYNC_BASE_URL where wasync runs."
    )
    environ = {"WASYNC_BASE_URL": "https://proxy.example"}
    assert load(tmp_path, text, environ).base_url == "https://proxy.example"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("templates: [/etc/*.yaml]", "2:13 WA004 the glob `/etc/*.yaml` must stay inside the project"),
        ("templates: [a/../../b]", "2:13 WA004 the glob `a/../../b` must stay inside the project"),
        (
            "templates: [a/**b/*.yaml]",
            "2:13 WA004 in the glob `a/**b/*.yaml` ** must stand alone between slashes",
        ),
        ("state: ../state.json", "2:8 WA004 the state file must lie inside the project"),
        ("rules: {WA999: off}", "2:9 WA004 there is no rule WA999"),
        (
            "rules: {WA013: warning}",
            "2:16 WA004 WA013 stays an error: with it templates are missing, and prune would delete them",
        ),
    ],
)
def test_what_the_schema_cannot_say(tmp_path: Path, line: str, message: str) -> None:
    found = refused(tmp_path, f"version: 1\n{line}\n{ACCOUNT}")
    assert [one.split(" | ")[0] for one in found] == [f"wasync.yaml:{message}"]


def test_what_does_not_hide_a_template_may_be_silenced(tmp_path: Path) -> None:
    config = load(
        tmp_path, "version: 1\nrules: {WA001: error, WA005: off, WA010: error, WA104: off}\n" + ACCOUNT
    )
    assert [str(severity) for severity in config.severities.values()] == ["error", "off", "error", "off"]


def test_two_names_of_one_account_cannot_prune_what_the_other_selects(tmp_path: Path) -> None:
    both = "accounts:\n  a: {{waba_id: 1, select: [a_*]{0}}}\n  b: {{waba_id: 1, select: [b_*]{1}}}\n"
    assert len(load(tmp_path, "version: 1\n" + both.format("", "")).accounts) == 2
    found = refused(tmp_path, "version: 1\n" + both.format("", ", prune: delete"))
    assert [one.split(" | ")[0] for one in found] == [
        "wasync.yaml:4:41 WA004 accounts a and b have one waba_id; prune would delete what only a selects"
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("version: 1\naccounts:\n  p: {waba_id: 1}\n  p: {waba_id: 2}\n", ["4:3 WA002"]),
        ("version: 1\ntemplatess: [a]\n" + ACCOUNT, ["2:1 WA003"]),
        ("version: 2\naccounts: {p: {waba_id: x}}\nlimits: {deletes: x}\n",
         ["1:10 WA004", "2:25 WA004", "3:19 WA004"]),
        ("version: 1\naccounts: {p: {waba_id: 1, token_command: pass show}}\n", ["2:43 WA004"]),
        ("version: 1\naccounts: [\n", ["2:11 WA001"]),
        ("- version: 1\n", ["1:1 WA004"]),
        ("", ["1:1 WA004"]),
        (f"version: 1\n{ACCOUNT}---\nversion: 1\n", ["1:1 WA004"]),
    ],
)  # fmt: skip
def test_every_mistake_at_its_place(tmp_path: Path, text: str, places: list[str]) -> None:
    assert [" ".join(one.split()[:2]) for one in refused(tmp_path, text)] == [
        f"wasync.yaml:{one}" for one in places
    ]


@pytest.mark.parametrize(
    ("key", "text", "rule"),
    [
        ("token", "EAAGm0PX4ZCpsBA123", "WA003"),
        ("access_token", "'abc def'", "WA003"),
        ("app_secret", "abc123", "WA003"),
        ("token_env", "EAAG" + "x1" * 90, "WA004"),
        ("tokn", "EAAG" + "x1" * 90, "WA003"),
    ],
)
def test_a_literal_token_is_refused_and_not_shown(tmp_path: Path, key: str, text: str, rule: str) -> None:
    (tmp_path / "wasync.yaml").write_text(f"version: 1\naccounts:\n  p:\n    waba_id: 1\n    {key}: {text}\n")
    with pytest.raises(InputError) as caught:
        load_config(tmp_path, {})
    (finding,) = caught.value.findings
    assert finding.place is not None
    assert (finding.place.line, finding.rule) == (5, rule)
    assert "_env" in finding.fix + finding.message
    told = f"{finding.message}{finding.fix}{finding.source}{caught.value.message}{caught.value.fix}"
    assert text.strip("'") not in told


def test_found_in_this_folder_or_above_up_to_the_git_root(tmp_path: Path) -> None:
    inner = tmp_path / "repository/project/templates/deep"
    inner.mkdir(parents=True)
    (tmp_path / "repository/project/wasync.yaml").write_text("version: 1\n")
    project = (tmp_path / "repository/project").resolve()
    assert find_root(inner) == project
    assert find_root(project) == project
    (tmp_path / "wasync.yaml").write_text("version: 1\n")
    (tmp_path / "repository/.git").mkdir()
    (tmp_path / "repository/other").mkdir()
    with pytest.raises(InputError) as caught:
        find_root(tmp_path / "repository/other")
    assert caught.value.message == "There is no wasync.yaml in other nor in a folder above it."
    assert caught.value.fix == "Run `wasync init` to begin a project here, or name one with --project DIR."


def test_a_project_without_its_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file or directory") as caught:
        load_config(tmp_path, {})
    assert "wasync init" in caught.value.fix
