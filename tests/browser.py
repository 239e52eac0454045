"""Chromium from the system's packages, driven for the tests of pages and for the pictures in the docs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A page needs none of what Chromium asks the network for at its start.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]


def chromium() -> str | None:
    """The path of the browser, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """The browser, closed at the end."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def open_page(
    opened: Browser,
    address: str,
    look: Literal["light", "dark"] = "light",
    size: tuple[int, int] = (1240, 900),
    scale: float = 1,
) -> Iterator[Page]:
    """A page in a window of its own. It asks for nothing but itself, and nothing on it fails."""
    width, height = size
    window = opened.new_context(
        color_scheme=look, viewport={"width": width, "height": height}, device_scale_factor=scale
    )
    page = window.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: dialog.dismiss())
    try:
        page.goto(address)
        yield page
        others = [
            url for url in asked if url != address and not url.startswith((f"{address}version", "data:"))
        ]
        assert others == [], "the page asked for something"
        assert wrong == [], "something on the page failed"
    finally:
        window.close()
