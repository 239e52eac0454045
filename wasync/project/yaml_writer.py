"""Plain data to YAML that people like to read and that yaml_reader gives back letter by letter.

Imports ruamel.yaml, which costs 0.1 s: import this module only where files are written.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from io import StringIO
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    FoldedScalarString,
    LiteralScalarString,
    PlainScalarString,
    ScalarString,
    SingleQuotedScalarString,
)

from wasync.project.yaml_scalars import EVERYTHING, SUBTREES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wasync.model.template import JSON

Node = CommentedMap | CommentedSeq | ScalarString | None

# Text that no YAML, old or new, takes for anything else: it begins with a letter and holds nothing that is
# a sign to YAML anywhere.
_PLAIN = re.compile(r"""[^\W\d_](?:[\w .!?;()/+='"’…–-]|,(?= )|:(?=\S)|[{}]|[&*%@$](?=\S))*""")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# What a block scalar would not keep: characters YAML calls unprintable or takes for a line end.
_UNSAFE = re.compile(
    "[^\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)

_LONG = 80
"""A new text longer than this stands on its own lines, where nothing needs quotes."""


class _Text(VersionedResolver):
    """Takes every plain scalar for text, so that what is not rewritten keeps its letters: 10:30, 007, yes."""

    def resolve(self, kind: object, value: str | None, implicit: tuple[bool, bool]) -> object:
        if kind is ScalarNode and value:
            implicit = (False, implicit[1])
        return super().resolve(kind, value, implicit)


def load(text: str) -> list[CommentedMap | None]:
    """Every document of a file, to be changed in place and dumped. Raises ruamel.yaml.YAMLError."""
    return [
        document if isinstance(document, CommentedMap) else None for document in _yaml(text).load_all(text)
    ]


def dump(documents: Sequence[CommentedMap | None], like: str = "") -> str:
    """The text of some documents, indented as `like` is."""
    stream = StringIO()
    _yaml(like).dump_all(documents, stream)
    return stream.getvalue()


def dump_new(data: dict[str, JSON]) -> bytes:
    """A new file of one document."""
    return dump([new_map(data)]).encode()


def new_map(data: dict[str, JSON]) -> CommentedMap:
    """A template's document, ready to dump."""
    return _map(data, typed=False)


def new_node(key: str, value: JSON) -> Node:
    """What stands under `key` of a template or a language, ready to dump."""
    return _node(value, typed=SUBTREES.get(key) is EVERYTHING)


def text_of(node: object) -> str | None:
    """The text a scalar of a loaded document stands for; None for what is none."""
    if isinstance(node, LiteralScalarString | FoldedScalarString):
        return str(node).removesuffix("\n")
    return str(node) if isinstance(node, str) else None


def scalar(text: str, like: object = None) -> ScalarString:
    """A text in the style of the one it replaces if that can hold it; else in the plainest that can."""
    long = like is None and len(text) > _LONG and " " in text
    if "\n" in text or long or isinstance(like, LiteralScalarString):
        if _fits_block(text):
            # The reader drops the newline that every block ends in.
            return _styled(LiteralScalarString, text + "\n")
        return _styled(DoubleQuotedScalarString, text)
    if _UNSAFE.search(text) or isinstance(like, DoubleQuotedScalarString):
        return _styled(DoubleQuotedScalarString, text)
    if isinstance(like, SingleQuotedScalarString):
        return _styled(SingleQuotedScalarString, text)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and text[-1] not in " :":
        return _styled(PlainScalarString, text)
    return _styled(DoubleQuotedScalarString, text)


def transplant(original: str, as_dumped: str, changed: str) -> str:
    """Bring into `original` what differs between its own dump and the changed dump.

    Dumping may re-indent or re-quote lines that nobody touched; this leaves them as they were. Where the two
    dumps differ at lines that the dump itself had altered, the lines of the changed dump are taken.
    """
    if original == as_dumped:
        return changed
    ours, dumped, theirs = (text.splitlines(keepends=True) for text in (original, as_dumped, changed))
    place = _places(ours, dumped)
    result: list[str] = []
    at = 0
    for kind, start, end, new_start, new_end in _opcodes(dumped, theirs):
        if kind == "equal":
            continue
        result += ours[at : place[start]]
        result += theirs[new_start:new_end]
        at = max(at, place[end])
    return "".join([*result, *ours[at:]])


def _places(ours: list[str], dumped: list[str]) -> list[int]:
    """For each line of the dump, and its end, the line of the original that corresponds."""
    place = [0] * (len(dumped) + 1)
    for kind, start, end, other, other_end in _opcodes(dumped, ours):
        for line in range(start, end):
            same = kind == "equal" or end - start == other_end - other
            place[line] = other + (line - start) if same else other
        place[end] = other_end
    return place


def _opcodes(before: list[str], after: list[str]) -> list[tuple[str, int, int, int, int]]:
    return list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())


def _styled(style: type[ScalarString], text: str) -> ScalarString:
    # Its __new__ declares no type.
    result: ScalarString = style(text)
    return result


def _fits_block(text: str) -> bool:
    first = text.partition("\n")[0]
    return bool(first) and not first[0].isspace() and not _UNSAFE.search(text)


def _node(value: JSON, typed: bool) -> Node:
    match value:
        case None:
            return _styled(PlainScalarString, "null") if typed else None
        case bool():
            return _styled(PlainScalarString, "true" if value else "false")
        case int() | float():
            return _styled(PlainScalarString, str(value))
        case str():
            return scalar(value)
        case list():
            return CommentedSeq(_node(item, typed) for item in value)
        case dict():
            return _map(value, typed)


def _map(data: dict[str, JSON], typed: bool) -> CommentedMap:
    """`typed`: whether `null` means nothing here, as below `components`. Keys the reader types are plain."""
    result = CommentedMap()
    for name, value in data.items():
        below = typed or (SUBTREES.get(name) is EVERYTHING)
        result[_key(name)] = _node(value, below)
    if not result:
        result.fa.set_flow_style()
    return result


def _key(name: str) -> ScalarString:
    written = scalar(name)
    return (
        written
        if isinstance(written, PlainScalarString) and name.isascii()
        else _styled(DoubleQuotedScalarString, name)
    )


def _yaml(like: str) -> YAML:
    yaml = YAML(typ="rt")
    yaml.Resolver = _Text
    yaml.preserve_quotes = True
    yaml.width = 1 << 30
    yaml.allow_unicode = True
    dash = re.search(r"^( *)[^\s#-][^\n]*:[ \t]*\n(?:[ \t]*(?:#.*)?\n)*( *)- ", like, re.MULTILINE)
    offset = len(dash[2]) - len(dash[1]) if dash else 2
    nested = re.search(r"^[^\s#-][^\n]*:[ \t]*\n(?:[ \t]*(?:#.*)?\n)*( +)[^\s-]", like, re.MULTILINE)
    yaml.indent(mapping=len(nested[1]) if nested else 2, sequence=max(offset, 0) + 2, offset=max(offset, 0))
    yaml.explicit_start = like.startswith("---")
    return yaml
