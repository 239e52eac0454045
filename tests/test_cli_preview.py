"""wasync preview: the page, pictures, letters; what Meta says; and the server that reloads."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.shell import Account, CommandLine
from tests.web_page import read_page
from wasync.cli.preview_server import preview_server
from wasync.model.errors import InputError, WasyncError

CODE = """\
category: authentication
authentication: {code_expiration_minutes: 7, otp: {type: copy_code}}
languages: [es_MX, de]
"""
IMAGE = """\
category: marketing
languages:
  en_US:
    header: {{format: image, media: {}}}
    body: Look at this.
"""
LONG = """\
category: utility
languages:
  en_US: {body: Your order left our warehouse today.}
"""
ODD = """\
category: utility
languages:
  en_US:
    components:
      - {type: BODY, text: "Your order at ${brand} left today."}
      - {type: HOLOGRAM}
"""
TWO_ACCOUNTS = """\
version: 1
accounts:
  production: {waba_id: "102290129340398", token_env: T, vars: {brand: Acme}}
  sta/ging: {waba_id: "102290129340399", token_env: T, vars: {brand: Emca}}
"""
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def page_of(line: CommandLine, name: str = "preview.html") -> str:
    return (line.root / name).read_text(encoding="utf-8")


def test_the_page_needs_no_token_and_says_where_it_is(line: CommandLine) -> None:
    line.environ.clear()
    run = line("preview")
    assert (run.code, run.out, run.err) == (0, "", "1 message in preview.html\n")
    page = read_page(page_of(line))
    assert "order/en_US" not in page.text
    assert "Your order left our warehouse today." in page.text


def test_the_page_on_stdout(line: CommandLine) -> None:
    run = line("preview", "--out", "-")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("<!doctype html>\n")
    assert not (line.root / "preview.html").exists()


def test_targets_choose_and_letters_draw(line: CommandLine) -> None:
    line.write("templates/code.yaml", CODE)
    run = line("preview", "--format", "terminal", "--target", "code/de")
    assert (run.code, run.err) == (0, "")
    assert run.out == (
        "code/de\n"
        "┌──────────────────────────────────────────┐\n"
        "│ *123456* is your verification code.      │\n"
        "│                                          │\n"
        "│ This code expires in 7 minutes.          │\n"
        "├──────────────────────────────────────────┤\n"
        "│               ⧉ Copy code                │\n"
        "└──────────────────────────────────────────┘\n"
        "Meta writes this in de; its English stands\n"
        "in.\n"
    )


def test_a_target_that_names_nothing_is_told(line: CommandLine) -> None:
    run = line("preview", "--target", "ordr")
    assert (run.code, run.err) == (
        0,
        "Note: --target ordr matches no template of account production.\n0 messages in preview.html\n",
    )


def test_letters_say_whose_a_message_is_and_what_is_left_out(line: CommandLine) -> None:
    line.write("templates/odd.yaml", ODD)
    line.write("wasync.yaml", TWO_ACCOUNTS)
    run = line("preview", "--format", "terminal", "--target", "odd")
    assert (run.code, run.err) == (0, "")
    assert [text for text in run.out.split("\n") if text[:1] not in "┌│└"] == [
        "odd/en_US · production",
        "Left out: hologram, which wasync cannot",
        "draw.",
        "odd/en_US · sta/ging",
        "Left out: hologram, which wasync cannot",
        "draw.",
    ]


def test_a_picture_of_each_message(line: CommandLine) -> None:
    line.write("templates/code.yaml", CODE)
    run = line("preview", "--format", "svg", "--out", "pictures")
    assert (run.code, run.err) == (0, "3 messages in pictures/\n")
    assert sorted(path.name for path in (line.root / "pictures").iterdir()) == [
        "code_de.svg",
        "code_es_MX.svg",
        "order_en_US.svg",
    ]
    assert "Meta writes this in de; its English stands in." in page_of(line, "pictures/code_de.svg")


def test_every_picture_lies_in_its_folder_whatever_its_names(line: CommandLine) -> None:
    line.write("templates/odd.yaml", ODD)
    long = "a" * 511
    for number in range(2):
        line.write(f"templates/{number}.yaml", f"name: {long}{number}\n{LONG}")
    line.write("wasync.yaml", TWO_ACCOUNTS)
    run = line("preview", "--format", "svg")
    assert (run.code, run.err) == (0, "5 messages in preview/\n")
    names = sorted(path.name for path in (line.root / "preview").iterdir())
    assert names[2] == "odd_en_US_production.svg"
    assert re.fullmatch("odd_en_US_sta-ging-[0-9a-f]{12}.svg", names[3])
    assert len(names) == 5
    assert max(map(len, names)) <= 255


def test_what_has_errors_is_named_and_the_rest_is_shown(line: CommandLine) -> None:
    line.write("templates/bad.yaml", "category: utility\nlanguages:\n  en_US: {body: 7, hedder: x}\n")
    run = line("preview")
    assert run.code == 1
    assert run.err.endswith("in the files: wasync validate lists them.\n")
    page = read_page(page_of(line))
    assert "templates/bad.yaml:3:" in page.text
    assert "Your order left our warehouse today." in page.text


def test_media_that_lie_in_the_project_are_seen_and_others_named(line: CommandLine) -> None:
    line.write("templates/seen.yaml", IMAGE.format("seen.png"))
    (line.root / "templates/seen.png").write_bytes(PNG)
    line.write("templates/missing.yaml", IMAGE.format("missing.png"))
    run = line("preview")
    assert run.code == 1
    html = page_of(line)
    assert html.count("data:image/png;base64,") == 1
    assert "Image missing.png" in read_page(html).text


def test_nothing_outside_the_project_is_carried_and_nothing_is_shown_in_its_place(line: CommandLine) -> None:
    outside = line.root.parent / "outside.png"
    outside.write_bytes(PNG)
    (line.root / "templates/link.png").symlink_to(outside)
    (line.root / "missing.png").write_bytes(PNG)  # not beside the template that names a missing.png
    line.write("templates/seen.yaml", IMAGE.format("../missing.png"))
    for number, path in enumerate((outside, "../../outside.png", "link.png", "missing.png")):
        line.write(f"templates/image{number}.yaml", IMAGE.format(path))
    assert line("preview").code == 1
    html = page_of(line)
    assert html.count("data:image/png;base64,") == 1
    assert html.count('class="picture p0"') == 1
    assert html.count('class="picture none"') == 4


def test_live_shows_statuses_and_metas_own_words(line: CommandLine, account: Account) -> None:
    line.write("templates/code.yaml", CODE)
    assert line("apply", "--auto-approve", "--target", "code").code == 0
    account.do("clock", seconds=60)
    run = line("preview", "--live")
    assert (run.code, run.err) == (0, "3 messages in preview.html\n")
    text = read_page(page_of(line)).text
    assert "approved" in text
    assert "not at Meta" in text
    assert "stands in" not in text


def test_what_meta_has_deleted_is_not_at_meta(line: CommandLine, account: Account) -> None:
    assert line("apply", "--auto-approve").code == 0
    account.do("set", template="order/en_US", status="DELETED")
    assert line("preview", "--live").code == 0
    html = page_of(line)
    assert '<span class="status">not at Meta</span>' in html
    assert '<span class="status">deleted</span>' not in html


def test_a_place_that_cannot_be_written(line: CommandLine) -> None:
    line.write("taken", "a file")
    run = line("preview", "--out", "taken/preview.html")
    assert run.code == 1
    assert "taken/preview.html: cannot be written: " in run.err
    assert "Choose another place with --out." in run.err


def test_serve_goes_with_no_other_form(line: CommandLine) -> None:
    run = line("preview", "--serve", "--format", "svg")
    assert run.code == 64
    assert "--serve shows the page itself." in run.err


# -- the server ----------------------------------------------------------------------------------------------


@contextmanager
def serving(root: Path, pages: list[str | WasyncError | OSError]) -> Iterator[int]:
    """A server whose page is the first of `pages`, then the next whenever files change."""

    def render() -> str:
        page = pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page

    with preview_server(root, 0, render) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def asked(port: int, path: str = "/", host: str | None = None, method: str = "GET") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={} if host is None else {"Host": host})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_the_page_is_made_anew_when_a_file_changes_and_only_then(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("one")
    with serving(tmp_path, ["first", "second"]) as port:
        assert asked(port) == asked(port) == (200, "first")
        known = asked(port, "/version")
        (tmp_path / "a.yaml").write_text("another")
        assert asked(port, "/version") != known
        assert asked(port) == (200, "second")


def test_a_project_that_cannot_be_read_is_a_page_that_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, [InputError("wasync.yaml:1:1: <b>odd</b>", "Mend it.")]) as port:
        status, html = asked(port)
    assert status == 200
    assert "<b>odd</b>" in read_page(html).text


def test_a_folder_that_is_gone_is_a_page_that_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, [FileNotFoundError(2, "No such file or directory")]) as port:
        status, html = asked(port)
    assert status == 200
    assert "cannot be read: No such file or directory." in read_page(html).text


def test_only_this_machine_is_answered_and_only_the_page(tmp_path: Path) -> None:
    with serving(tmp_path, ["page"]) as port:
        assert asked(port, host="evil.example") == (403, "This page is for this machine only.")
        assert asked(port, host=f"localhost:{port}")[0] == 200
        assert asked(port, host="localhost")[0] == 200  # as a browser asks on port 80
        assert asked(port, "/../wasync.yaml")[0] == 404
        assert asked(port, method="POST")[0] == 501


def test_a_reader_who_leaves_is_not_worth_a_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(tmp_path, ["page" * 1_000_000]) as port:
        asked(port)
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as reader:
                # Closing then resets the connection at once.
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                reader.sendall(f"GET / HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
                reader.recv(10)
        assert asked(port)[0] == 200
    assert capfd.readouterr().err == ""


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WasyncError, match=f"Port {port} of this machine cannot be used"):
            preview_server(tmp_path, port, lambda: "")
