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
_NOTHING = str.maketrans("", "", OFF + "".join(Style))


def styled(text: str, style: Style) -> str:
    """The text between the marks of a style."""
    return f"{style.value}{text}{OFF}"


def plain(text: str) -> str:
    """The text without marks."""
    return text if text.isascii() else text.translate(_NOTHING)


def finish(text: str, color: bool) -> str:
    """The laid out text for the terminal: marks become colours, or nothing."""
    if text.isascii():
        return text
    if not color:
        return text.translate(_NOTHING)
    return "\n".join(_closed(line) for line in _each_line_styled(text))


def _each_line_styled(text: str) -> list[str]:
    """The lines, each beginning again the style that the one before left open: pagers reset at line ends."""
    lines, open_style = [], ""
    for line in text.split("\n"):
        lines.append(open_style + line)
        for char in line:
            if OFF <= char <= Style.STRONG:
                open_style = "" if char == OFF else char
    return lines


def _closed(line: str) -> str:
    shown = line.translate(_SEQUENCES)
    last = max((line.rfind(style) for style in Style), default=-1)
    return shown + "\x1b[0m" if last > line.rfind(OFF) else shown
