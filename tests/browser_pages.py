"""The pages in a real browser: looks, keyboard, dark mode, right to left, speed; by `make browser`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser import browser, chromium, open_page
from tests.test_preview_page import page, plan_with
from tests.test_render_markdown import HOSTILE, WHOLE
from tests.test_render_plan import template
from wasync.cli import main
from wasync.cli.preview_server import preview_server
from wasync.model.template import Key, Spec
from wasync.render.message import message_of
from wasync.render.plan_html import plan_html
from wasync.render.preview.page import Shown, page_html

ROOT = Path(__file__).parents[1]
SCREENS = ROOT / "build" / "screens"
pytestmark = pytest.mark.skipif(
    chromium() is None, reason="NO BROWSER: nothing of the pages was looked at. Install the package chromium."
)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    SCREENS.mkdir(parents=True, exist_ok=True)
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of pages by name: the examples, a plan, a large project, texts made to break out."""
    folder = tmp_path_factory.mktemp("pages")
    for example in ("shop", "kinds"):
        with pytest.raises(SystemExit) as ended:
            main(
                [
                    "preview",
                    "--project",
                    str(ROOT / "examples" / example),
                    "--out",
                    f"{folder}/{example}.html",
                ]
            )
        assert ended.value.code == 0
    made = {
        "plan": plan_html([WHOLE]),
        "large": page_html("large", many(500)),
        "arabic": page_html("arabic", [arabic()]),
        "hostile": page("".join(HOSTILE)),
        "hostile_plan": plan_html([plan_with("".join(HOSTILE))]),
    }
    for name, html in made.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return {file.stem: file.as_uri() for file in folder.glob("*.html")}


def many(count: int) -> list[Shown]:
    languages = ("de", "en_US", "es_MX", "fr", "pt_BR")
    rows = []
    for number in range(count):
        spec: Spec = {
            "header": {"format": "text", "text": f"Order {number}"},
            "body": "Hi {{first_name}}, your order *left* our warehouse today.\n\n"
            + f"- parcel {number}\n" * 5,
            "footer": "Acme Store",
            "buttons": [{"type": "url", "text": "Track", "url": "https://a.example/{{1}}"}],
            "examples": {"body": {"first_name": "Ana"}},
        }
        key = Key(f"order_{number // 5:03}", languages[number % 5])
        rows.append(Shown(template(key, spec), message_of(spec)))
    return rows


def arabic() -> Shown:
    spec: Spec = {
        "body": "مرحبا {{name}}، *طلبك* في الطريق.",
        "footer": "متجر أكمي",
        "buttons": [{"type": "quick_reply", "text": "تتبع"}],
        "examples": {"body": {"name": "ليلى"}},
    }
    return Shown(template(Key("order", "ar"), spec), message_of(spec))


PAGES = ["shop", "kinds", "plan", "arabic", "hostile", "hostile_plan"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_names_roles_and_contrast(
    chrome: Browser, pages: dict[str, str], name: str, scheme: Literal["light", "dark"]
) -> None:
    with open_page(chrome, pages[name], scheme) as shown:
        # Off screen nothing is drawn, and what is not drawn is not looked at.
        shown.evaluate(
            "document.querySelectorAll('.name').forEach((one) => one.style.contentVisibility = 'visible')"
        )
        shown.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        found = Axe().run(shown)
        shown.screenshot(path=SCREENS / f"{name}-{scheme}.png")
        assert found.violations_count == 0, found.generate_report()


def test_the_system_decides_the_look_until_the_reader_does(chrome: Browser, pages: dict[str, str]) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with open_page(chrome, pages["shop"], "dark") as shown:
        dark = shown.evaluate(ground)
        shown.get_by_label("Look").select_option("light")
        light = shown.evaluate(ground)
        shown.get_by_label("Look").select_option("")
        assert shown.evaluate(ground) == dark != light
    with open_page(chrome, pages["shop"], "light") as shown:
        assert shown.evaluate(ground) == light
        shown.get_by_label("Look").select_option("dark")
        assert shown.evaluate(ground) == dark


def test_all_is_reached_by_keyboard(chrome: Browser, pages: dict[str, str]) -> None:
    with open_page(chrome, pages["kinds"]) as shown:
        count = shown.locator("#count")
        assert count.inner_text() == "31 names, 36 messages"
        shown.keyboard.press("/")
        shown.keyboard.type("chairs oslo")
        assert count.inner_text() == "1 name, 1 message"
        cards = shown.locator(".cards:visible")
        cards.focus()
        assert cards.evaluate("one => one.scrollLeft") == 0
        shown.keyboard.press("ArrowRight")
        expect(cards).not_to_have_js_property("scrollLeft", 0)
        shown.keyboard.press("Escape")
        assert count.inner_text() == "31 names, 36 messages"
        shown.locator("#category").select_option("authentication")
        shown.locator("#language").select_option("es_MX")
        assert count.inner_text() == "1 name, 1 message"
        shown.keyboard.press("/")
        shown.keyboard.type("nothing has these words")
        assert shown.get_by_text("No message matches.").is_visible()


def test_the_table_of_languages_leads_to_each_message(chrome: Browser, pages: dict[str, str]) -> None:
    with open_page(chrome, pages["shop"]) as shown:
        shown.get_by_text("Languages: ").click()
        assert shown.locator("td.missing").count() > 0
        shown.get_by_role("link", name="order_shipped in es_MX").click()
        article = shown.get_by_role("article", name="order_shipped/es_MX")
        assert article.evaluate("one => one.matches(':target')")
        box, top = article.bounding_box(), shown.locator(".top").bounding_box()
        assert box is not None
        assert top is not None
        assert box["y"] >= top["height"]


def test_examples_turn_back_into_variables(chrome: Browser, pages: dict[str, str]) -> None:
    with open_page(chrome, pages["shop"]) as shown:
        mark = shown.locator("mark").first
        shown.get_by_label("Show {{variables}}").check()
        content = "one => getComputedStyle(one, '::after').content"
        assert mark.evaluate(content) == '"{{order_id}}"'
        shown.get_by_label("Show {{variables}}").uncheck()
        assert mark.evaluate(content) == "none"


def test_right_to_left(chrome: Browser, pages: dict[str, str]) -> None:
    with open_page(chrome, pages["arabic"]) as shown:
        body = shown.locator(".bubble .body p")
        assert body.evaluate("one => getComputedStyle(one).direction") == "rtl"
        mark = shown.locator("mark").bounding_box()
        box = body.bounding_box()
        assert mark is not None
        assert box is not None
        # The greeting stands at the right end of the line, the name to its left.
        assert mark["x"] > box["x"] + box["width"] / 2


def test_five_hundred_messages_open_in_a_second_and_are_searched_at_once(
    chrome: Browser, pages: dict[str, str]
) -> None:
    opened, searched = [], []
    for _ in range(3):
        with open_page(chrome, pages["large"]) as shown:
            opened.append(shown.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
            searched.append(
                shown.evaluate(
                    """() => { const box = document.getElementById("search"); box.value = "order_07";
                    const start = performance.now(); box.dispatchEvent(new Event("input"));
                    document.body.offsetHeight; return performance.now() - start; }"""
                )
            )
            assert shown.locator("#count").inner_text() == "10 names, 50 messages"
    print(f"500 messages: opened in {min(opened):.0f} ms, searched in {min(searched):.0f} ms")  # noqa: T201 the measure
    assert min(opened) < 1000
    assert min(searched) < 200


@pytest.mark.parametrize("name", ["hostile", "hostile_plan"])
def test_text_made_to_break_out_stays_text(chrome: Browser, pages: dict[str, str], name: str) -> None:
    with open_page(chrome, pages[name]) as shown:
        assert shown.locator("script").count() == 1
        assert shown.locator("img, iframe, object, embed, link, base").count() == 0
        assert "<script>alert(1)</script>" in shown.locator("main").inner_text()


def test_the_served_page_reloads_when_a_file_changes(chrome: Browser, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("first")

    def render() -> str:
        return page_html(file.read_text(), [arabic()], reloads=True)

    with preview_server(tmp_path, 0, render) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/"
            with open_page(chrome, address) as shown:
                assert shown.title() == "first"
                with shown.expect_response(lambda answer: answer.url.endswith("version")):
                    pass
                file.write_text("second text")
                expect(shown).to_have_title("second text")
        finally:
            server.shutdown()
            thread.join()
