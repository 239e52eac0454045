"""Files that are wrong: each gets its sentence, nothing is sent, nothing on disk is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import command_line
from tests.command_line import PROJECT, WABA, WELCOME, Shop, shop
from wasync.emulator import world

__all__ = ["shop"]

GOLDEN = "bad_input_files.txt"
SHOP = Path(__file__).parent.parent / "examples" / "shop"
Setup = Callable[[Shop], object]


def body(text: str) -> Setup:
    """A template whose body stands in the file as `text`."""
    return lambda shop: shop.template(text)


def template(text: str | bytes) -> Setup:
    """A template file with this content."""
    return lambda shop: shop.write("templates/welcome.yaml", text)


def config(text: str | bytes) -> Setup:
    """A wasync.yaml with this content."""
    return lambda shop: shop.write("wasync.yaml", text)


def account(more: str, *, without: str = "") -> Setup:
    """A wasync.yaml with more keys in its account."""
    lines = [line for line in PROJECT.splitlines() if not without or without not in line]
    return config("\n".join(lines) + f"\n    {more}\n")


def both(*setups: Setup) -> Setup:
    """One after the other."""

    def do(shop: Shop) -> None:
        for setup in setups:
            setup(shop)

    return do


def header(media: str, kind: str = "image") -> Setup:
    """A template with a media header."""
    return template(
        f"category: utility\nlanguages:\n  en_US:\n    header: {{format: {kind}, media: {media}}}\n"
        "    body: Your table is ready.\n"
    )


def file(path: str, content: bytes) -> Setup:
    """One more file."""
    return lambda shop: shop.write(path, content)


def linked(path: str, target: str) -> Setup:
    """A link in the project."""

    def do(shop: Shop) -> None:
        link = shop.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)

    return do


def folder(path: str) -> Setup:
    """A folder where a file is expected: unreadable for everyone, root too."""

    def do(shop: Shop) -> None:
        (shop.root / path).unlink(missing_ok=True)
        (shop.root / path).mkdir(parents=True)

    return do


def outside(shop: Shop) -> None:
    """A file beside the project."""
    (shop.root.parent / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n secret")


def nothing(shop: Shop) -> None:
    """No template at all."""
    shutil.rmtree(shop.root / "templates")
    (shop.root / "templates").mkdir()


def nested(depth: int) -> str:
    return f"category: utility\nlanguages:\n  en_US:\n    body: {'[' * depth}x{']' * depth}\n"


LAUGHS = "".join(
    [f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1)] * 10)}]\n" if n else "a0: &a0 [ha]\n" for n in range(9)]
)
EN = "category: utility\nlanguages:\n  en_US:\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def policy(text: str) -> Setup:
    """A wasync.yaml with a policy."""
    return config(f"{PROJECT}policy:\n  {text}\n")


POLICY = """\
banned_words: [guaranteed]
  link_domains: [shop.example]
  opt_out: {en: Reply STOP}
  required_languages: [en_US, es_MX]
  owners: ["@acme/orders"]
  schemas: [house.json]"""
HOUSE = """{
  "required": ["description"],
  "properties": {"owner": {"pattern": "^@", "x-rule": "ACME-1", "x-message": "\\u001b[31mwho is it?\\u202e"}}
}"""
AGAINST = """\
category: marketing
owner: "\\e[31mme"
languages:
  en_US:
    body: It is *Guaranteed*, says https://shop.example@evil.example/a.
    footer: Acme
"""


CASES: dict[str, Setup] = {
    # not YAML, and what YAML would lose
    "not YAML": template("category: utility\n  languages: [\n"),
    "binary": template(bytes(range(256))),
    "a NUL byte": template(f"{EN}    body: Hello\0there\n"),
    "a tab": template("category: utility\nlanguages:\n\ten_US:\n\t\tbody: Your table is ready.\n"),
    "duplicate key": template(f"{EN}    body: One.\n    body: Two.\n"),
    "duplicate language": template(f"{EN}    body: One.\n  en_US:\n    body: Two.\n"),
    "unknown keys": template(f"{EN}    bdy: One.\n    buttons:\n      - {{type: quick_reply, txt: Yes}}\n"),
    "unknown button type": template(
        f"{EN}    body: Hi.\n    buttons:\n      - {{type: quickreply, text: Yes}}\n"
    ),
    "comma in unquoted text": template(
        f"{EN}    body: Hi.\n    buttons:\n      - {{type: quick_reply, text: Yes, send it}}\n"
    ),
    "text cut by a comment": body("We are open #1 in town"),
    "starts with *": body("*Ready* is your table."),
    "starts with >": body("> your table"),
    "starts with a backtick": body("`code` for you"),
    "starts with @": body("@ana your table"),
    "starts with %": body("%50 off"),
    "colon in text": body("Note: your table is ready"),
    "starts with a variable": body("{{name}} is ready"),
    "tag": body("!important your table"),
    "quotes end early": body("'It's ready"),
    "aliases expand": template(LAUGHS + EN + "    body: Hi.\n"),
    "UTF-16": template((EN + "    body: Hi.\n").encode("utf-16")),
    "Latin-1": template((EN + "    body: Señor, table ready.\n").encode("latin-1")),
    "malformed placeholders": template(
        EN + "    body: Hi {{ first_name }}, {{First}} is {name} and {{1} here.\n"
    ),
    "several documents without names": template(f"{WELCOME}---\n{WELCOME}"),
    "a list": template("- category: utility\n"),
    "empty file": template(""),
    "only a comment": template("# later\n"),
    "deeply nested": template(nested(3000)),
    "huge number": template(
        "category: authentication\nlanguages: [en_US]\nauthentication:\n"
        f"  code_expiration_minutes: {'9' * 5000}\n  otp: {{type: copy_code}}\n"
    ),
    "a million letters": template(f"{EN}    body: {'a' * 1_000_000}\n"),
    "escapes in the name": template(f'name: "red\\e[31m\\u202Eevil\\nline"\n{WELCOME}'),
    "escapes in a key": template(f'{EN}    "\\e[31mbody\\u202E": Hi.\n'),
    "escapes in the category": template('category: "\\e[31mutility"\nlanguages:\n  en_US:\n    body: Hi.\n'),
    "a language that is no map": template("category: utility\nlanguages:\n  en_US: Hello\n"),
    "no languages": template("category: utility\n"),
    "body is a map": template(EN + "    body: {txt: Hello}\n"),
    "null everywhere": template("category:\nlanguages:\n  en_US:\n"),
    # which files
    "glob names a folder": config(PROJECT.replace("**/*.yaml", "")),
    "glob names a pipe": both(
        config(PROJECT.replace("templates/**/*.yaml", "pipe.yaml")),
        lambda shop: os.mkfifo(shop.root / "pipe.yaml"),
    ),
    "dangling link": both(linked("templates/gone.yaml", "nowhere.yaml")),
    "a loop of links": linked("templates/loop.yaml", "loop.yaml"),
    "link out of the project": both(
        lambda shop: (shop.root.parent / "other.yaml").write_text(WELCOME),
        linked("templates/other.yaml", "../../other.yaml"),
    ),
    "glob matches nothing": config(PROJECT.replace("templates/**", "tempaltes/**")),
    "one glob of two matches nothing": config(
        PROJECT.replace('["templates/**/*.yaml"]', '["templates/**/*.yaml", "more/*.yaml"]')
    ),
    "glob out of the project": config(PROJECT.replace("templates/**", "../**")),
    "empty project": nothing,
    "no globs": config(PROJECT.replace('["templates/**/*.yaml"]', "[]")),
    "two files, one name": lambda shop: shop.write("templates/more/welcome.yaml", WELCOME),
    "two files, one name, by revision": both(
        lambda shop: shop.write("templates/a.yaml", f"name: x\nrevision: 2\n{WELCOME}"),
        lambda shop: shop.write("templates/b.yaml", f"name: x_v2\n{WELCOME}"),
    ),
    # values
    "undefined value": body("Visit ${shop_url} today."),
    "nearly defined value": both(account("vars: {shop_url: x}"), body("Visit ${shop_ur} today.")),
    "value of odd form": body("Visit ${shop url} or ${} today."),
    # media
    "media missing": header("media/table.png"),
    "media is a folder": both(folder("templates/media/table.png"), header("media/table.png")),
    "media of the wrong type": both(file("templates/t.png", b"GIF89a..."), header("t.png")),
    "media empty": both(file("templates/t.png", b""), header("t.png")),
    "media too large": both(file("templates/t.png", PNG + b"\0" * (5 * 2**20)), header("t.png")),
    "media outside": both(outside, header("../../secret.png")),
    "media outside, absolute": header("/etc/hostname"),
    "media linked outside": both(outside, linked("templates/t.png", "../../secret.png"), header("t.png")),
    "media with a NUL in its path": header('"t\\0.png"'),
    "media is a pipe": both(lambda shop: os.mkfifo(shop.root / "templates/t.png"), header("t.png")),
    # wasync.yaml
    "config not YAML": config("version: 1\naccounts: [\n"),
    "config empty": config(""),
    "config a list": config("- 1\n"),
    "config unknown key": config(PROJECT.replace("templates:", "template:")),
    "config version": config(PROJECT.replace("version: 1", "version: 2")),
    "literal token": account(f"token: {world.TOKEN}xyz", without="token_env"),
    "literal token in token_env": account(f"token_env: {world.TOKEN}xyz", without="token_env"),
    "literal token in vars": account(f"vars: {{t: {world.TOKEN}xyz}}\n    wabaid: 1"),
    "waba_id as a phone number": config(PROJECT.replace(f'"{WABA}"', '"+1 631 555 5555"')),
    "waba_id in scientific form": config(PROJECT.replace(f'"{WABA}"', "1.02e14")),
    "no accounts": config('version: 1\ntemplates: ["templates/**/*.yaml"]\n'),
    "empty accounts": config('version: 1\ntemplates: ["templates/**/*.yaml"]\naccounts: {}\n'),
    "state outside": config(PROJECT + "state: ../../state.json\n"),
    "unknown rule": config(PROJECT + "rules: {WA999: off}\n"),
    "Graph version of odd form": config(PROJECT + "graph: {version: latest}\n"),
    # policy:
    "policy broken in every way": both(policy(POLICY), file("house.json", HOUSE.encode()), template(AGAINST)),
    "policy with a mistyped key": policy("baned_words: [free]"),
    "policy with odd values": policy(
        "link_domains: ['https://acme.example']\n  owners: yes\n  opt_out: {EN: a}"
    ),
    "policy schema that is no JSON": both(policy("schemas: [house.json]"), file("house.json", b'{"a": 1,}')),
    "policy schema that fetches": both(
        policy("schemas: [house.json]"),
        file("house.json", b'{"$ref": "https://evil.example/\\u001b[31m.json"}'),
    ),
    "policy schema outside": both(
        outside, linked("house.json", "../secret.png"), policy("schemas: [house.json]")
    ),
    "policy rule of no package": policy("python: [ACME-1]"),
}


REFUSED = "Error: The files have errors: nothing was planned.\n  Next: Mend them first.\n"


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_file(case: str, shop: Shop) -> None:
    CASES[case](shop)
    before = shop.files()
    validated = shop.run("validate")
    planned = shop.run("plan")
    applied = shop.run("apply", "--auto-approve")
    command_line.compare(GOLDEN, case, shop.shown(validated))
    assert validated.code == planned.code == applied.code == 1
    if validated.out:
        findings = validated.out.rpartition("\n\n")[0]
        assert planned.err == applied.err == f"{findings}\n\n{REFUSED}"
    else:
        assert planned.err == applied.err == validated.err
    assert planned.out == applied.out == ""
    assert shop.written() == []
    assert shop.files() == before
    assert not (shop.root / ".wasync" / "state.json").exists()


WARNED: dict[str, Setup] = {
    "BOM and CRLF": template(b"\xef\xbb\xbf" + (EN + "    body: Hi.\n").replace("\n", "\r\n").encode()),
    "invisible spaces": template(EN + "    body: Your\u00a0table\u200b is ready.\n"),
    "escapes in the body": body('"Your \\e[31mtable\\a is \\u202E ready\\r"'),
    "escapes in an account": config(PROJECT.replace("production:", '"pro\\e[31mduction\\u202E":')),
}


@pytest.mark.parametrize("case", WARNED)
def test_an_odd_file_is_planned_all_the_same(case: str, shop: Shop) -> None:
    WARNED[case](shop)
    validated, planned = shop.run("validate"), shop.run("plan")
    command_line.compare(GOLDEN, case, f"{shop.shown(validated)}\n\nplan: {shop.shown(planned)}")
    assert validated.code == planned.code == 0
    assert shop.written() == []


TOKENS: dict[str, Setup] = {
    "no token named": account("prune: never", without="token_env"),
    "token command not allowed": account("token_command: [touch, ran]", without="token_env"),
    "token variable not set": account("token_env: NOT_SET", without="token_env"),
    "app secret not set": account("app_secret_env: NOT_SET"),
}


@pytest.mark.parametrize("case", TOKENS)
def test_a_token_that_cannot_be_had(case: str, shop: Shop) -> None:
    TOKENS[case](shop)
    assert shop.run("validate").code == 0
    planned, applied = shop.run("plan"), shop.run("apply", "--auto-approve")
    command_line.compare(GOLDEN, case, shop.shown(planned))
    assert planned == applied
    assert shop.calls() == []
    assert not (shop.root / "ran").exists()


def test_a_file_that_asks_for_another_host(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WASYNC_BASE_URL")
    for host in (
        "https://evil.example",
        "https://graph.facebook.com@evil.example",
        "http://127.0.0.1.evil.example",
    ):
        shop.write("wasync.yaml", f"{PROJECT}graph: {{base_url: '{host}'}}\n")
        run = shop.run("plan")
        assert run.code == 1
        assert "base_url may be https://graph.facebook.com or a loopback address" in run.err
    command_line.compare(GOLDEN, "base_url of another host", shop.shown(run))


def test_no_project_at_all(shop: Shop) -> None:
    (shop.root / "wasync.yaml").unlink()
    command_line.compare(GOLDEN, "no wasync.yaml", shop.shown(shop.run("plan")))
    elsewhere = shop.run("plan", "--project", "templates")
    command_line.compare(GOLDEN, "no wasync.yaml in --project", shop.shown(elsewhere))
    command_line.compare(
        GOLDEN, "--project is no folder", shop.shown(shop.run("plan", "--project", "nowhere"))
    )


def test_ten_thousand_findings(shop: Shop) -> None:
    """All of them are printed."""
    wrong = "".join(f"    bdy{n}: One.\n" for n in range(10))
    languages = "".join(f"  l{n}:\n    body: One.\n{wrong}" for n in range(20))
    for n in range(50):
        shop.write(f"templates/t{n}.yaml", f"category: utility\nlanguages:\n{languages}")
    run = shop.run("validate")
    assert run.code == 1
    assert run.out.endswith("\n10000 errors in 51 files.\n")
    assert run.out.count("error WA003 unknown key `bdy") == 10000


def test_an_empty_project_deletes_nothing(shop: Shop) -> None:
    """Everything was applied, prune is on, and all files go away, or none is selected: no step deletes."""
    shop.write("wasync.yaml", f'{PROJECT}    prune: delete\nowns: ["*"]\n')
    for name in "abcdef":
        shop.template(f"Text {name} of the shop.", name)
    assert shop.run("apply", "--auto-approve").code == 0
    assert len(shop.live()) == 8
    written = shop.written()
    shutil.rmtree(shop.root / "templates")
    for argv in (["plan"], ["apply", "--auto-approve"], ["apply", "--auto-approve", "--allow-deletes", "9"]):
        assert shop.run(*argv).code == 1
    assert shop.written() == written
    assert len(shop.live()) == 8
