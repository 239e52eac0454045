"""An HTML page as a browser reads it, as far as safety goes: which tags, attributes and scripts it has."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import NamedTuple

TAGS = frozenset(
    {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "svg",
        "symbol",
        "path",
        "use",
        "header",
        "h1",
        "h2",
        "h3",
        "p",
        "form",
        "label",
        "input",
        "select",
        "option",
        "main",
        "section",
        "details",
        "summary",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "a",
        "ul",
        "ol",
        "li",
        "article",
        "code",
        "span",
        "strong",
        "em",
        "s",
        "mark",
        "ins",
        "del",
        "blockquote",
        "pre",
        "br",
        "kbd",
        "small",
        "dl",
        "dt",
        "dd",
        "script",
    }
)
ATTRIBUTES = frozenset(
    {
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "aria-hidden",
        "focusable",
        "id",
        "viewbox",
        "d",
        "role",
        "type",
        "autocomplete",
        "placeholder",
        "aria-keyshortcuts",
        "value",
        "hidden",
        "scope",
        "href",
        "aria-label",
        "tabindex",
        "dir",
        "data-tag",
        "data-language",
        "data-category",
        "data-status",
        "data-action",
        "data-noun",
        "title",
    }
)


class Page(NamedTuple):
    """What a page holds. `outline`: its tags with the names of their attributes, in order."""

    outline: tuple[tuple[str, tuple[str, ...]], ...]
    links: frozenset[str]
    text: str
    policy: str
    allowed: frozenset[str]


def read_page(html: str) -> Page:
    """The page; fails the test where it holds a tag or an attribute that no page of ours has."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    tags = {tag for tag, _ in reader.outline}
    names = {name for _, attributes in reader.outline for name in attributes}
    assert tags <= TAGS, tags - TAGS
    assert names <= ATTRIBUTES, names - ATTRIBUTES
    assert all(link.startswith("#") for link in reader.links), reader.links
    hashes = frozenset(
        f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" for code in reader.code
    )
    for one in hashes:
        assert one in reader.policy, "a style or script that the page's policy does not allow"
    return Page(tuple(reader.outline), frozenset(reader.links), reader.text, reader.policy, hashes)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.outline: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.text, self.policy = "", ""
        self.code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag, its attributes' names, and where it leads."""
        self.outline.append((tag, tuple(name for name, _ in attrs)))
        given = dict(attrs)
        if (link := given.get("href")) is not None:
            self.links.append(link)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given.get("content") or ""
        if tag in ("script", "style"):
            self.code.append("")

    def handle_data(self, data: str) -> None:
        """Keep what is read, and apart from it what is run."""
        if self.outline and self.outline[-1][0] in ("script", "style") and self.code[-1] == "":
            self.code[-1] = data
        else:
            self.text += data
