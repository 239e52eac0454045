"""One field that differs, as rows of label and text: word by word, or all three sides where both moved."""

from __future__ import annotations

from wasync.model.template import JSON
from wasync.render.colour import Style, styled
from wasync.render.safe_text import safe
from wasync.render.template_text import Row, value_text
from wasync.render.words import word_change


def change_row(path: str, before: JSON, after: JSON) -> Row:
    """How one side becomes the other; None means not there."""
    return safe(path), _change_text(path, before, after)


def conflict_rows(path: str, applied: JSON, live: JSON, file: JSON) -> list[Row]:
    """A field that live and the file both moved, with what was last applied there."""
    return [
        (safe(path), ""),
        ("  applied", _side(applied, path, Style.DIM)),
        ("  live", _side(live, path, Style.REMOVED)),
        ("  file", _side(file, path, Style.ADDED)),
    ]


def _change_text(path: str, before: JSON, after: JSON) -> str:
    if before is None:
        return _marked("added: ", value_text(after, path), Style.ADDED)
    if after is None:
        return _marked("removed: ", value_text(before, path), Style.REMOVED)
    if isinstance(before, str) and isinstance(after, str):
        return word_change(before, after)
    return word_change(_one_line(before, path), _one_line(after, path))


def _side(value: JSON, path: str, style: Style) -> str:
    return styled("(not there)" if value is None else value_text(value, path), style)


def _one_line(value: JSON, path: str) -> str:
    return value_text(value, path).replace("\n", "; ")


def _marked(label: str, text: str, style: Style) -> str:
    return "\n".join(
        styled((label if at == 0 else "") + line, style) for at, line in enumerate(text.split("\n"))
    )
