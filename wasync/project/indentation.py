"""Two spaces a level, list items below their key: each line moved as a whole, its comments with it."""

from __future__ import annotations

import re

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from wasync.project.yaml_nodes import roots, shares

_STEP = 2
_DASH = re.compile(r" *- +$")


class _OddError(Exception):
    """The text is laid out in a way that lines cannot follow: it stays as it is."""


def indented(text: str) -> str:
    """The text with every block indented by two spaces; unchanged where its lines are no blocks."""
    lines = text.split("\n")
    moves = _Moves(lines)
    try:
        for root in roots(text):
            if shares(root):
                return text
            moves.block(root, 0)
    except _OddError:
        return text
    return "\n".join(moves.moved(number, line) for number, line in enumerate(lines))


class _Moves:
    """By how much each line goes to the right (or left, below 0)."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._by: dict[int, int] = {}
        # Of lines that begin a key or an item: the columns at which something begins, and their moves.
        self._begins: dict[int, dict[int, int]] = {}
        self._dashes: dict[int, tuple[int, int]] = {}

    def moved(self, number: int, line: str) -> str:
        """One line at its new place."""
        if not line.strip():
            return line[max(-self._by.get(number, 0), 0) :]
        if number in self._dashes:
            content, column = self._dashes[number]
            return f"{' ' * column}- {line[content:]}"
        width = _width(line)
        if number in self._by:
            by = self._by[number]
        else:
            by = self._of_comment(number, width) if line[width] == "#" else 0
        return " " * max(width + by, 0) + line[width:]

    def _of_comment(self, number: int, column: int) -> int:
        """A comment goes with what it is in line with: what follows, else the nearest above."""
        below = next((one for one in range(number + 1, len(self._lines)) if one in self._begins), None)
        above = [one for one in range(number - 1, -1, -1) if one in self._begins]
        for line in (*(() if below is None else (below,)), *above):
            if column in self._begins[line]:
                return self._begins[line][column]
        near = below if below is not None else above[0] if above else None
        return 0 if near is None else next(iter(self._begins[near].values()))

    def block(self, node: Node, column: int) -> None:
        """Move a block whose keys or dashes shall stand at `column`."""
        match node:
            case MappingNode() if not node.flow_style:
                for key, value in node.value:
                    self._begin(key, column)
                    self._below(value, key.start_mark.line, key.start_mark.column, column)
            case SequenceNode() if not node.flow_style:
                for item in node.value:
                    self._item(item, column)
            case _:
                pass

    def _begin(self, key: Node, column: int) -> None:
        line, old = key.start_mark.line, key.start_mark.column
        if self._lines[line][:old].strip():
            if line not in self._dashes or self._dashes[line][0] != old:
                raise _OddError
        else:
            self._by[line] = column - old
        self._begins.setdefault(line, {})[old] = column - old

    def _item(self, item: Node, column: int) -> None:
        line, content = item.start_mark.line, item.start_mark.column
        before = self._lines[line][:content]
        if not _DASH.fullmatch(before):
            raise _OddError
        dash = _width(before)
        self._dashes[line] = (content, column)
        self._begins.setdefault(line, {})[dash] = column - dash
        self._below(item, line, dash, column, item=True)

    def _below(self, value: Node, line: int, old: int, column: int, *, item: bool = False) -> None:
        """Move what a key or a dash at column `old` of `line` has; it stands at `column` now."""
        match value:
            case MappingNode() | SequenceNode() if not value.flow_style:
                if isinstance(value, SequenceNode) and item:
                    raise _OddError
                self.block(value, column + _STEP)
            case ScalarNode() if value.style in ("|", ">"):
                if re.search(r"[|>][-+]?\d", self._lines[value.start_mark.line]):
                    raise _OddError
                inside = range(value.start_mark.line + 1, value.end_mark.line)
                widths = [_width(self._lines[one]) for one in inside if self._lines[one].strip()]
                for one in inside:
                    self._by[one] = column + _STEP - min(widths, default=0)
            case _:
                for one in range(line + 1, value.end_mark.line + 1):
                    self._by[one] = column - old


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
