"""The palette: a few styles, as private-use marks while text is laid out, as terminal colours at the end.

The marks take no columns. Text from outside cannot hold them: safe() shows such characters as code points.
"""

from __future__ import annotations

from enum import StrEnum

OFF = "\U000f0000"


class Style(StrEnum):
    """What a piece of text is; the value is the mark that begins it."""

    ADDED = "\U000f0001"
    CHANGED = "\U000f0002"
    REMOVED = "\U000f0003"
    HELD = "\U000f0004"
    DIM = "\U000f0005"
    STRONG = "\U000f0006"


_CODES = {
    Style.ADDED: "32",
    Style.CHANGED: "33",
    Style.REMOVED: "31",
    Style.HELD: "35",
    Style.DIM: "2",
    Style.STRONG: "1",
}
_SEQUENCES = str.maketrans(
    {OFF: "\x1b[0m", **{style.value: f"\x1b[{code}m" for style, code in _CODES.items()}}
)
_MARKS = (OFF, *(style.value for style in Style))


def styled(text: str, style: Style) -> str:
    """The text between the marks of a style."""
    return f"{style.value}{text}{OFF}"


def plain(text: str) -> str:
    """The text without marks."""
    if not text.isascii():
        # Ten times as fast as translate(), which looks every letter up.
        for mark in _MARKS:
            text = text.replace(mark, "")
    return text


def finish(text: str, color: bool) -> str:
    """The laid out text for the terminal: marks become colours, or nothing."""
    if text.isascii():
        return text
    if not color:
        return plain(text)
    # A style left open at a line's end is closed there and begun again: pagers reset at line ends.
    lines, still = [], ""
    for line in text.split("\n"):
        marked = still + line
        if not marked.isascii():
            still = _open_at_end(marked)
            marked = (marked + OFF if still else marked).translate(_SEQUENCES)
        lines.append(marked)
    return "\n".join(lines)


def _open_at_end(line: str) -> str:
    """The mark of the style that a line leaves open, or nothing."""
    last = max(Style, key=line.rfind)
    return last.value if line.rfind(last) > line.rfind(OFF) else ""
