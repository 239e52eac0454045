"""Header samples in pull: saved next to new files, fetched without the token and from Meta's hosts only."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.worlds import World
from wasync.cli import main
from wasync.graph.samples import is_media_host
from wasync.model.errors import GraphError
from wasync.model.template import Key
from wasync.snapshot import live_now

SHOP = Path(__file__).parents[1] / "examples/shop"


def run(root: Path, *argv: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main([*argv, "--project", str(root), "--sandbox"])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The shop, applied to its sandbox, then without its files."""
    shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns(".wasync"))
    assert run(tmp_path / "shop", "apply", "--auto-approve", "--wait") == 0
    shutil.move(tmp_path / "shop/templates", tmp_path / "before")
    (tmp_path / "shop/templates").mkdir()
    (tmp_path / "shop/templates/note.yaml").write_text(
        "category: utility\nlanguages:\n  de:\n    body: Ein Text, der so bleibt, wie er ist.\n",
        encoding="utf-8",
    )
    return tmp_path / "shop"


def test_samples_are_saved_next_to_their_files(root: Path) -> None:
    assert run(root, "pull") == 0
    for name, file in (("spring_sale", "spring.png"), ("invoice_ready", "invoice.pdf")):
        saved = root / f"templates/{name}{Path(file).suffix}"
        assert saved.read_bytes() == (root.parent / "before/media" / file).read_bytes()
        assert f"media: {saved.name}" in (root / f"templates/{name}.yaml").read_text(encoding="utf-8")
    (root / "templates/note.yaml").unlink()
    assert run(root, "plan", "--detailed-exitcode") == 0


def test_a_file_of_the_same_name_is_not_overwritten(root: Path) -> None:
    (root / "templates/spring_sale.png").write_bytes(b"mine")
    assert run(root, "pull") == 0
    assert (root / "templates/spring_sale.png").read_bytes() == b"mine"
    assert "media: spring_sale.2.png" in (root / "templates/spring_sale.yaml").read_text(encoding="utf-8")


def test_a_sample_that_cannot_be_fetched_leaves_the_format_and_a_note(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = root / ".wasync/sandbox/emulator.json"
    state.write_text(state.read_text(encoding="utf-8").replace('"content":', '"kept":'), encoding="utf-8")
    capsys.readouterr()
    assert run(root, "pull") == 0
    told = " ".join(capsys.readouterr().err.split())
    assert "spring_sale/en_US: The sample could not be fetched: the media host answered 404." in told
    assert "format: image" in (root / "templates/spring_sale.yaml").read_text(encoding="utf-8")
    assert not (root / "templates/spring_sale.png").exists()


def test_the_token_is_not_sent_to_a_media_host(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(
        "templates/sale.yaml",
        "category: marketing\nlanguages:\n  en_US:\n    header: {format: image, media: spring.png}\n"
        "    body: Everything in the shop is cheaper until Sunday.\n",
    )
    shutil.copy(SHOP / "templates/media/spring.png", tmp_path / "templates")
    world.apply()
    graph = world.graph(base_url="http://127.0.0.1:9")
    ((part, address),) = live_now(graph, world.account)[Key("sale", "en_US")].samples
    assert part == "header"
    world.writes()
    assert graph.sample(address) == (SHOP / "templates/media/spring.png").read_bytes()
    calls = world.emulator.control("calls")["calls"]
    assert isinstance(calls, list)
    assert [call["authorized"] for call in calls if isinstance(call, dict)] == [False]
    with pytest.raises(GraphError, match="not on one of Meta's media hosts"):
        graph.sample("https://evil.example/v/x.png?oe=1")


@pytest.mark.parametrize(
    ("address", "base_url", "allowed"),
    [
        ("https://scontent.whatsapp.net/v/x.png?oe=1", "https://graph.facebook.com", True),
        ("http://scontent.whatsapp.net/v/x.png", "https://graph.facebook.com", False),
        ("https://scontent.whatsapp.net:8443/v/x.png", "https://graph.facebook.com", False),
        ("https://evilwhatsapp.net/x.png", "https://graph.facebook.com", False),
        ("https://scontent.whatsapp.net.evil.example/x.png", "https://graph.facebook.com", False),
        ("https://user@scontent.whatsapp.net@evil.example/x.png", "https://graph.facebook.com", False),
        ("http://127.0.0.1:8000/_media/x.png", "http://127.0.0.1:8000", True),
        ("http://127.0.0.1:9999/_media/x.png", "http://127.0.0.1:8000", False),
        ("http://127.0.0.1/latest/meta-data", "https://graph.facebook.com", False),
        ("http://169.254.169.254/latest/meta-data", "https://graph.facebook.com", False),
        ("https://[::bad/x.png", "https://graph.facebook.com", False),
    ],
)
def test_which_hosts_are_media_hosts(address: str, base_url: str, allowed: bool) -> None:
    assert is_media_host(address, base_url) is allowed


KINDS = Path(__file__).parents[1] / "examples/kinds"


def test_media_of_cards_are_saved_too(tmp_path: Path) -> None:
    shutil.copytree(KINDS, tmp_path / "kinds", ignore=shutil.ignore_patterns(".wasync"))
    root = tmp_path / "kinds"
    assert run(root, "apply", "--auto-approve", "--wait") == 0
    shutil.move(root / "templates", tmp_path / "before")
    (root / "templates").mkdir()
    (root / "templates/note.yaml").write_text(
        "category: utility\nlanguages:\n  de:\n    body: Ein Text, der so bleibt, wie er ist.\n",
        encoding="utf-8",
    )
    assert run(root, "pull") == 0
    media = [path for path in (root / "templates").iterdir() if path.suffix != ".yaml"]
    assert {path.read_bytes() for path in media} == {
        path.read_bytes()
        for path in (tmp_path / "before").rglob("*")
        if path.suffix in {".png", ".mp4", ".pdf", ".jpg"}
    }
    (root / "templates/note.yaml").unlink()
    assert run(root, "plan", "--detailed-exitcode") == 0
