"""A template file in its one layout: order of keys, indentation, quotes, long texts; comments stay.

Every change is an edit of the text as it stands, so that nothing is lost which no edit names. Each step is
read back before it counts: one after which the file would say something else is left out, and told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from wasync.canonical.yaml_out import DOCUMENT_ORDER, LANGUAGE_ORDER
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Place
from wasync.project.indentation import indented
from wasync.project.yaml_nodes import end_line, roots, scalars, shares
from wasync.project.yaml_reader import read
from wasync.project.yaml_scalars import core

LONG = 80
"""A body longer than this stands on its own lines, where nothing needs quotes."""
_ROUNDS = 4
# Text that needs no quotes anywhere and is no trap when its first words are changed.
_PLAIN = re.compile(r"[^\W\d_][\w .!?;()/+='’…–-]*(?<! )")
_PLAIN_IN_BLOCK = re.compile(r"[^\W\d_](?:[\w .!?;()/+='’…–-]|,(?= ))*(?<! )")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# What a block would not keep, or what an editor strips from it.
_NOT_IN_BLOCK = re.compile(
    "[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|\x20\n"
)
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]|\r(?!\n)")


class Formatted(NamedTuple):
    """What a file becomes, and what was left as it is, in a sentence each."""

    data: bytes
    notes: tuple[str, ...] = ()


def formatted(data: bytes, file: str) -> Formatted:
    """The file in its one layout, which formatted again is the same; says what it said.

    Raises WasyncError for a file that cannot be read: its meaning cannot be kept.
    """
    _refuse_unreadable(data, file)
    text = data.removeprefix(b"\xef\xbb\xbf").decode().replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    notes: dict[str, None] = {}
    for _ in range(_ROUNDS):
        before = text
        for what, step in _STEPS:
            changed = step(text)
            if changed == text:
                continue
            where = _differs(text, changed)
            if where is None:
                text = changed
            else:
                notes[f"{file}:{where}: {what} left as it is: the file would read differently"] = None
        if text == before:
            break
    return Formatted(text.encode(), tuple(notes))


def _refuse_unreadable(data: bytes, file: str) -> None:
    for one in read(data).spotted:
        if one.rule != "WA010":
            raise WasyncError(
                f"{one.message}: the file cannot be formatted.", one.fix, Place(file, one.line, one.column)
            )
    if (other := _OTHER_BREAKS.search(data.decode())) is not None:
        line = data.decode().count("\n", 0, other.start()) + 1
        raise WasyncError(
            "a line ends in a character that only YAML takes for a line end: the file cannot be formatted.",
            "Replace it by a line end, or write it as an escape in double quotes.",
            Place(file, line, 1),
        )


def _differs(before: str, after: str) -> int | None:
    """The first line of the first document that the two texts do not agree on; None where they do."""
    ours, theirs = read(before.encode()), read(after.encode())
    for index, (data, lines) in enumerate(ours.documents):
        if index >= len(theirs.documents) or not _same(data, theirs.documents[index][0]):
            return lines[""]
    return 1 if theirs.spotted or len(ours.documents) != len(theirs.documents) else None


def _same(one: JSON, other: JSON) -> bool:
    """Equal in value and in type: True is no 1."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
        case _:
            return type(one) is type(other) and one == other


# -- the steps -----------------------------------------------------------------------------------------


def _tidied(text: str) -> str:
    """No spaces at the end of a line, one empty line in a row, one newline at the end."""
    lines = text.split("\n")
    kept = {line for root in roots(text) for node in scalars(root) for line in _inside(node)}
    result: list[str] = []
    for number, line in enumerate(lines):
        if number in kept:
            result.append(line)
        elif line.strip() or (result and result[-1].strip()):
            result.append(line.rstrip())
    return "\n".join(result).rstrip("\n") + "\n"


def _inside(node: ScalarNode) -> range:
    """The lines whose end, or whose beginning, is the text's own."""
    if node.style in ("|", ">"):
        return range(node.start_mark.line + 1, node.end_mark.line)
    return range(node.start_mark.line, node.end_mark.line)


def _ordered(text: str) -> str:
    """Keys of each document and of each language in the order of docs/format.md."""
    lines = text.splitlines(keepends=True)
    for root in roots(text):
        if not isinstance(root, MappingNode) or shares(root):
            continue
        for key, value in root.value:
            if key.value == "languages" and isinstance(value, MappingNode) and not value.flow_style:
                for code, language in value.value:
                    if isinstance(language, MappingNode) and not language.flow_style:
                        _order(lines, language, LANGUAGE_ORDER, code.start_mark.line + 1)
        if not root.flow_style:
            _order(lines, root, (*DOCUMENT_ORDER[:-1], *LANGUAGE_ORDER, "languages"), None)
    return "".join(lines)


def _order(lines: list[str], node: MappingNode, order: tuple[str, ...], begin: int | None) -> None:
    """Sort the lines of a block mapping by key, each key with the comments above it.

    What stands above the first key of a document (`begin` None) belongs to the document.
    """
    keys = [key for key, _ in node.value]
    if any(lines[key.start_mark.line][: key.start_mark.column].strip() for key in keys):
        return
    column, ends = node.start_mark.column, [end_line(value) for _, value in node.value]
    ends = [max(end, key.start_mark.line + 1) for key, end in zip(keys, ends, strict=True)]
    if begin is None:
        begin, least = keys[0].start_mark.line, 1
    else:
        least = column
    starts = [begin]
    for end, following in zip(ends, keys[1:], strict=False):
        starts.append(_past(lines, end, following.start_mark.line, column + 1))
    stops = [*starts[1:], _past(lines, ends[-1], len(lines), least)]
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(order))}
    chunks = sorted(
        zip(keys, starts, stops, strict=True), key=lambda chunk: ranks.get(chunk[0].value, len(ranks))
    )
    lines[begin : stops[-1]] = [line for _, start, stop in chunks for line in lines[start:stop]]


def _past(lines: list[str], start: int, end: int, least: int) -> int:
    """The first line from `start` that is no comment indented by `least` at least."""
    while start < end and lines[start].lstrip(" ").startswith("#") and _indent(lines[start]) >= least:
        start += 1
    return start


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _restyled(text: str) -> str:
    """Quotes only where needed, a long body as a block."""
    edits: list[tuple[int, int, str]] = []
    for root in roots(text):
        if not shares(root):
            edits += _edits(text, root, flow=False)
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _edits(text: str, node: Node, *, flow: bool) -> Iterator[tuple[int, int, str]]:
    match node:
        case MappingNode():
            flow = flow or bool(node.flow_style)
            for key, value in node.value:
                yield from _edits(text, value, flow=flow)
                if isinstance(value, ScalarNode) and value.style not in ("|", ">"):
                    yield from _restyle(text, key, value, flow=flow)
        case SequenceNode():
            for item in node.value:
                yield from _edits(text, item, flow=flow or bool(node.flow_style))


def _restyle(text: str, key: Node, value: ScalarNode, *, flow: bool) -> Iterator[tuple[int, int, str]]:
    """How a text is written better than it stands; nothing where it stands well."""
    start, end = value.start_mark.index, value.end_mark.index
    if text[start : start + 1] in ("&", "!"):
        return
    if not flow and key.value in ("body", "text") and (lines := _block(value, key)) is not None:
        # A comment behind the text stays behind the key.
        line_end = text.index("\n", end)
        yield start, line_end, f"|{text[end:line_end].rstrip()}\n{lines}"
    elif (plain := _unquoted(value, flow=flow)) is not None:
        yield start, end, plain


def _unquoted(node: ScalarNode, *, flow: bool) -> str | None:
    text: str = node.value
    plain = _PLAIN if flow else _PLAIN_IN_BLOCK
    if node.style is None or not plain.fullmatch(text) or text.lower() in _WORDS or core(text) != text:
        return None
    return text


def _block(node: ScalarNode, key: Node) -> str | None:
    """The lines of a long text as a block below its key; None if it is short, or no block can hold it."""
    text: str = node.value
    if len(text) <= LONG and "\n" not in text:
        return None
    if not text or text[0].isspace() or text.endswith(("\n", " ")) or _NOT_IN_BLOCK.search(text):
        return None
    indent = " " * (key.start_mark.column + 2)
    return "\n".join(indent + line if line else "" for line in text.split("\n"))


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("order of keys", _ordered),
    ("indentation", indented),
    ("quotes and long texts", _restyled),
    ("empty lines", _tidied),
)
