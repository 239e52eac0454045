"""Write translations into a file: the texts of one language, and nothing else in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from wasync.model.errors import WasyncError
from wasync.model.template import JSON
from wasync.project.language_edit import BeyondError
from wasync.project.rewrite import edit
from wasync.project.yaml_reader import read
from wasync.project.yaml_writer import Node, new_map, new_node, scalar, text_of
from wasync.translation.merge import Change


def write_translation(data: bytes, change: Change) -> bytes:
    """The file's new text. It is read back: every document but this one says what it said, this one `after`.

    Raises WasyncError where no way of writing does that.
    """
    index = change.document.index
    wanted = [body for body, _ in read(data).documents]
    wanted[index] = change.after
    for attempt in (_texts, _parts, _language):
        try:
            changed = edit(data, index, partial(_put, attempt, change))
        except (BeyondError, YAMLError):
            continue
        reading = read(changed)
        broken = any(one.rule != "WA010" for one in reading.spotted)
        if not broken and [body for body, _ in reading.documents] == wanted:
            return changed
    raise WasyncError(
        f"{change.document.file}: {change.name}/{change.language} cannot be written in place.",
        "Write the language out in the file, without anchors, aliases and merge keys; then import again.",
    )


Attempt = Callable[[CommentedMap, CommentedMap, Change], None]


def _put(attempt: Attempt, change: Change, top: CommentedMap) -> None:
    languages = top.get("languages")
    if not isinstance(languages, CommentedMap):
        raise BeyondError
    if change.new:
        attempt = _language
    attempt(top, languages, change)


def _texts(_top: CommentedMap, languages: CommentedMap, change: Change) -> None:
    """Replace the texts that differ where they stand; write keys that the language lacks."""
    own = _own(languages, change)
    for part, wanted in change.parts.items():
        if part in own:
            own[part] = _replaced(part, own[part], wanted)
        else:
            own[part] = new_node(part, wanted)


def _parts(_top: CommentedMap, languages: CommentedMap, change: Change) -> None:
    """Write whole keys anew."""
    own = _own(languages, change)
    for part, wanted in change.parts.items():
        own[part] = new_node(part, wanted)


def _language(_top: CommentedMap, languages: CommentedMap, change: Change) -> None:
    """Write the language anew."""
    after = change.after["languages"]
    own = after.get(change.language) if isinstance(after, dict) else None
    if not isinstance(own, dict):
        raise BeyondError
    languages[change.language] = new_map(own)


def _own(languages: CommentedMap, change: Change) -> CommentedMap:
    if not isinstance(languages.get(change.language), CommentedMap):
        languages[change.language] = CommentedMap()
    own = languages[change.language]
    assert isinstance(own, CommentedMap)  # noqa: S101 made so just above
    return own


def _replaced(key: str, node: Node, wanted: JSON) -> Node:
    """The node with what differs replaced below it; a text in the style of the one it replaces."""
    match node, wanted:
        case CommentedMap(), dict():
            for name, value in wanted.items():
                node[name] = _replaced(name, node[name], value) if name in node else new_node(name, value)
        case CommentedSeq(), list() if len(node) == len(wanted):
            for at, value in enumerate(wanted):
                node[at] = _replaced(key, node[at], value)
        case _, str():
            return node if text_of(node) == wanted else scalar(wanted, node)
        case _ if node is not None and isinstance(wanted, (int, float, bool)):
            return node
        case _:
            return new_node(key, wanted)
    return node
