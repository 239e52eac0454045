"""The pictures of the docs, made from the real thing: `make pictures` writes docs/pictures anew.

A picture of each kind as SVG needs no browser, so that every test run holds it to the truth; those of pages
are taken in Chromium.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.shell import CommandLine, served, shell
from tests.templates_page import FOLDER as KINDS
from tests.templates_page import first_language
from wasync.project.media import with_media
from wasync.project.pictures import read_pictures
from wasync.render.message import message_of
from wasync.render.preview.gather import picture_paths
from wasync.render.preview.page import Shown
from wasync.render.preview.svg import message_svg

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
EXAMPLES = ROOT / "examples"
HEIGHTS = {"preview": 760, "plan": 640, "comment": 640}
_COMMENT = """
body { margin: 0; background: #fff; color: #1f2328; font: 15px/1.5 system-ui, "Segoe UI", Arial, sans-serif; }
main { margin: 16px; padding: 8px 20px; border: 1px solid #d1d9e0; border-radius: 6px; }
table { border-collapse: collapse; margin: 12px 0; } th, td { border: 1px solid #d1d9e0; padding: 6px 12px; }
td { vertical-align: top; } pre, code { font: 12.5px/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre { background: #f6f8fa; padding: 12px; border-radius: 6px; margin: 0; overflow: hidden; }
details > pre { margin: 12px 0; }
"""
_WAREHOUSE, _DEPOT = "left our warehouse today", "leaves our *depot in Reno* tomorrow"


def kind_pictures() -> dict[str, str]:
    """The picture of each kind of docs/templates.md, by its file's name."""
    found = {}
    for name in sorted(path.stem for path in KINDS.glob("*.yaml")):
        template, problems = with_media(
            str(EXAMPLES / "kinds"), f"templates/{name}.yaml", first_language(name), {}
        )
        assert problems == []
        message = message_of(template.spec)
        paths = picture_paths([Shown(template, message)])
        seen = read_pictures(EXAMPLES / "kinds", paths)
        found[f"{name}.svg"] = message_svg(message, template.key.language, seen)
    return found


def pages(folder: Path) -> dict[str, Path]:
    """The page of examples/shop, and that of a plan after somebody changed a text, made by the commands."""
    with served(review_seconds=0) as account:
        line = shell(folder, account)
        (folder / "templates/order.yaml").unlink()
        shutil.copytree(EXAMPLES / "shop" / "templates", folder / "templates", dirs_exist_ok=True)
        config = (EXAMPLES / "shop" / "wasync.yaml").read_text(encoding="utf-8")
        line.write("wasync.yaml", config)
        _done(line, "apply", "--account", "production", "--auto-approve")
        account.do("clock", seconds=100_000)
        _edit(folder / "templates/orders/order_shipped.yaml", _WAREHOUSE, _DEPOT)
        _edit(
            folder / "templates/orders/order_shipped.yaml", "text: Track parcel", "text: Where is my parcel?"
        )
        _done(line, "preview", "--account", "production", "--out", "preview.html")
        plan = line("plan", "--account", "production", "--format", "html")
        assert plan.code == 0, plan.err
        line.write("plan.html", plan.out)
        comment = line("plan", "--account", "production", "--format", "markdown")
        assert comment.code == 0, comment.err
        line.write("comment.html", _as_comment(comment.out))
    return {name: folder / f"{name}.html" for name in HEIGHTS}


def _as_comment(markdown: str) -> str:
    """A comment as a forge shows it, near enough: its Markdown with tables and details, in its usual look."""
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    html = html.replace("<details>", "<details open>", 1)
    return f'<!doctype html><meta charset="utf-8"><style>{_COMMENT}</style><main>{html}</main>'


def _done(line: CommandLine, *argv: str) -> None:
    run = line(*argv)
    assert run.code == 0, run.err


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def main() -> None:
    """Write them all."""
    from tests.browser import browser, open_page

    kinds = FOLDER / "kinds"
    shutil.rmtree(kinds, ignore_errors=True)
    kinds.mkdir(parents=True)
    for name, picture in kind_pictures().items():
        (kinds / name).write_text(picture, encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, browser() as opened:
        project = Path(folder) / "shop"
        project.mkdir()
        for name, page in pages(project).items():
            size = (860 if name == "comment" else 1180, HEIGHTS[name])
            with open_page(opened, page.as_uri(), size=size, scale=1.5) as shown:
                shown.screenshot(path=FOLDER / f"{name}.png")
    sys.stdout.write(f"{len(list(FOLDER.rglob('*.*')))} pictures in docs/pictures\n")


if __name__ == "__main__":
    main()
