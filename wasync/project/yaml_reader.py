"""Bytes of YAML to plain data in one pass over libyaml's events, every text kept as it was written.

No node trees, no resolver: a scalar is text, but for those that yaml_scalars types. What YAML would lose
silently is reported: duplicate keys, text cut by a comma or a `#`. Why a file is not YAML at all, and
everything else that needs a second look at the source, is worked out in yaml_traps, imported only then.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from sys import intern
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from yaml import YAMLError, events
from yaml._yaml import CParser

from wasync.project.yaml_scalars import EVERYTHING, NOTHING, SUBTREES, TYPED_KEYS, core

if TYPE_CHECKING:
    from wasync.model.template import JSON

EXPANSION_LIMIT = 20_000
"""How many values the aliases of one file may add; enough for 60 languages that share their buttons."""

_LISTED = frozenset({"languages", "accounts"})
"""Top-level keys whose own keys have their lines kept."""

QUOTE_IT = "Quote it or use |"
"""The way out of every trap in a text key."""

_ALIAS: object = events.AliasEvent
_DOCUMENT_START: object = events.DocumentStartEvent
_MAPPING_END: object = events.MappingEndEvent
_MAPPING_START: object = events.MappingStartEvent
_SCALAR: object = events.ScalarEvent
_SEQUENCE_END: object = events.SequenceEndEvent
_SEQUENCE_START: object = events.SequenceStartEvent
_STREAM_END: object = events.StreamEndEvent


class Spotted(NamedTuple):
    """Something found while reading, already at its place; line and column count from 1."""

    rule: str
    line: int
    column: int
    message: str
    fix: str
    width: int = 1


_TOO_DEEP = Spotted(
    "WA008", 1, 1, "the file nests too deeply", "Nest less; no template needs more than ten levels."
)


class Reading(NamedTuple):
    """One file as read: per document its data (any shape), and the lines of its start ("") and languages."""

    documents: tuple[tuple[JSON, dict[str, int]], ...]
    spotted: tuple[Spotted, ...]


class _Mark(Protocol):
    line: int
    column: int
    index: int


class _Event(Protocol):
    """What the events share; which attributes are really there depends on the class, as yaml.events says."""

    value: str
    anchor: str | None
    tag: str | None
    style: str | None
    start_mark: _Mark
    end_mark: _Mark


class _TooLargeError(Exception):
    """Aliases of this file add more than EXPANSION_LIMIT."""


def read(data: bytes) -> Reading:
    """Read one file. Never raises: a file that is no YAML gives its documents up to the error, and why."""
    spotted: list[Spotted] = []
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
        fix = "Save it as UTF-8 without BOM; `wasync fmt FILE` does it."
        spotted.append(Spotted("WA010", 1, 1, "the file starts with a byte order mark", fix))
    if b"\r" in data:
        fix = "Save the file with LF line ends; `wasync fmt FILE` does it."
        spotted.append(Spotted("WA010", 1, 1, "lines end the Windows way (CR LF)", fix))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # libyaml would decode UTF-16 in silence
        from wasync.project.yaml_traps import not_utf8

        return Reading((), (*spotted, not_utf8(data)))
    documents: list[tuple[JSON, dict[str, int]]] = []
    builder = _Builder(data, spotted)
    try:
        while (document := builder.document()) is not None:
            documents.append(document)
    except YAMLError as error:
        from wasync.project.yaml_traps import explain

        why = explain(data, error) if _parsable_depth(error) else _TOO_DEEP
        spotted = [one for one in spotted if (one.rule, one.line) != (why.rule, why.line)]
        spotted.append(why)
        return Reading(tuple(documents), tuple(spotted))
    except _TooLargeError:
        return Reading(tuple(documents), tuple(spotted))
    except RecursionError:
        spotted.append(_TOO_DEEP)
    if any(one.rule == "WA002" for one in spotted):
        from wasync.project.yaml_traps import with_first

        spotted = with_first(data, spotted)
    if b" #" in data or b"\t#" in data:
        from wasync.project.yaml_traps import cut_short

        spotted += cut_short(data)
    return Reading(tuple(documents), tuple(spotted))


def _parsable_depth(error: YAMLError) -> bool:
    """Whether something else than depth stopped the parser; libyaml gives up at 1,000 levels since 0.2.6."""
    return getattr(error, "problem", None) != "exceeded maximum nesting depth"


class _Builder:
    """Plain data out of one stream of events."""

    __slots__ = ("_anchors", "_expanded", "_get", "_spotted")

    def __init__(self, data: bytes, spotted: list[Spotted]) -> None:
        self._get = cast("Callable[[], _Event]", CParser(data).get_event)
        self._spotted = spotted
        self._anchors: dict[str, JSON] = {}
        self._expanded = 0

    def document(self) -> tuple[JSON, dict[str, int]] | None:
        """Build the next document; None at the end of the stream."""
        while (event := self._get()).__class__ is not _DOCUMENT_START:
            if event.__class__ is _STREAM_END:
                return None
        self._anchors.clear()
        event = self._get()
        lines = {"": event.start_mark.line + 1}
        if event.__class__ is _MAPPING_START:
            data = self._mapping(TYPED_KEYS, listed=lines)
            self._remark(event, data)
            return data, lines
        return self._node(event, TYPED_KEYS), lines

    def _mapping(
        self,
        typed: Container[str],
        lines: dict[str, int] | None = None,
        listed: dict[str, int] | None = None,
    ) -> JSON:
        """Build one mapping. `lines` takes the line of each key; `listed`, of each language or account."""
        get = self._get
        result: dict[str, JSON] = {}
        merged: list[JSON] = []
        while True:
            key_event = get()
            if key_event.__class__ is _SCALAR:
                key = intern(key_event.value)
                if key_event.anchor is not None or key_event.tag is not None:
                    self._remark(key_event, key)
            elif key_event.__class__ is _MAPPING_END:
                break
            elif (text := self._odd_key(key_event)) is not None:
                self._node(get(), NOTHING)
                return self._rest(text)
            else:
                self._node(get(), NOTHING)
                continue
            event = get()
            kind = event.__class__
            value: JSON
            if kind is _SCALAR:
                value = event.value
                if not value or key in typed or value[-1] == "\n":
                    if not value and result and self._comma(key_event, event, result):
                        continue
                    value = self._scalar(event, key in typed)
                if event.anchor is not None or event.tag is not None:
                    self._remark(event, value)
            else:
                value = self._child(event, SUBTREES.get(key, typed) if typed is TYPED_KEYS else typed,
                                    listed if key in _LISTED else None)  # fmt: skip
                if key == "<<":
                    merged.append(value)
                    continue
            if key in result:
                self._duplicate(key_event)
            result[key] = value
            if lines is not None:
                lines[key] = key_event.start_mark.line + 1
        if merged:
            self._merge(result, merged)
        return result

    def _sequence(self, typed: Container[str], lines: dict[str, int] | None = None) -> JSON:
        get = self._get
        result: list[JSON] = []
        while True:
            event = get()
            kind = event.__class__
            value: JSON
            if kind is _SCALAR:
                value = event.value
                if not value or typed is EVERYTHING or value[-1] == "\n":
                    value = self._scalar(event, typed is EVERYTHING)
                if event.anchor is not None or event.tag is not None:
                    self._remark(event, value)
                if lines is not None and isinstance(value, str):
                    lines[value] = event.start_mark.line + 1
            elif kind is _SEQUENCE_END:
                return result
            else:
                value = self._child(event, typed, None)
            result.append(value)

    def _node(self, event: _Event, typed: Container[str]) -> JSON:
        if event.__class__ is _SCALAR:
            value = self._scalar(event, typed is EVERYTHING)
            self._remark(event, value)
            return value
        return self._child(event, typed, None)

    def _child(self, event: _Event, typed: Container[str], lines: dict[str, int] | None) -> JSON:
        """Build what is not a scalar."""
        kind = event.__class__
        if kind is _MAPPING_START:
            value = self._mapping(typed, lines)
        elif kind is _SEQUENCE_START:
            value = self._sequence(typed, lines)
        else:
            return self._alias(event)
        if event.anchor is not None or event.tag is not None:
            self._remark(event, value)
        return value

    def _scalar(self, event: _Event, typed: bool) -> JSON:
        """A scalar that is empty, ends in a newline, or may be typed."""
        value, style = event.value, event.style
        if not style:
            if not value:
                return None
            return core(value) if typed else value
        # A block scalar ends in a newline only because YAML is written in lines; a quoted "\n" is meant.
        return value[:-1] if style in "|>" and value.endswith("\n") else value

    def _remark(self, event: _Event, value: JSON) -> None:
        """Note the anchor, refuse the tag."""
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        if event.tag is not None:
            message = f"text that starts with ! must be quoted: {event.tag} is a tag, and refused"
            fix = f"{QUOTE_IT} if the ! belongs to the text; else remove the tag."
            self._spot("WA007", event, message, fix, len(event.tag))

    def _alias(self, event: _Event) -> JSON:
        anchor = event.anchor or ""
        width = len(anchor) + 1
        if anchor in self._anchors:
            try:
                return self._copy(self._anchors[anchor])
            except _TooLargeError:
                message = f"with this alias the file expands to more than {EXPANSION_LIMIT:,} values"
                fix = "Write the repeated part out where it is needed, or split the file."
                self._spot("WA008", event, message, fix, width)
                raise
        message = f"an unquoted * points to another place of the file, and none above is named &{anchor}"
        self._spot(
            "WA001", event, message, f'{QUOTE_IT} if the * belongs to the text: "*{anchor}...".', width
        )
        return f"*{anchor}"

    def _copy(self, value: JSON) -> JSON:
        """A copy of an anchored value; counts what it adds."""
        self._expanded += 1
        if self._expanded > EXPANSION_LIMIT:
            raise _TooLargeError
        match value:
            case dict():
                return {key: self._copy(item) for key, item in value.items()}
            case list():
                return [self._copy(item) for item in value]
            case str():
                self._expanded += len(value) // 200  # so that a long text repeated is bounded as well
                return value
            case _:
                return value

    def _merge(self, result: dict[str, JSON], merged: list[JSON]) -> None:
        """Fill in `<<`: keys of the mapping itself win, then those of earlier sources."""
        sources = [source for item in merged for source in (item if isinstance(item, list) else [item])]
        for source in sources:
            if isinstance(source, dict):
                for key, value in source.items():
                    result.setdefault(key, value)

    def _comma(self, key: _Event, value: _Event, result: dict[str, JSON]) -> bool:
        """Whether `key` is the rest of a text that a comma ended; if so, gives the text back."""
        last = next(reversed(result))
        text = result[last]
        # Only inside {} can a key stand without a colon; its empty value then begins where the key ends.
        if value.style or key.end_mark.index != value.start_mark.index or not isinstance(text, str):
            return False
        whole = f"{text}, {key.value}"
        message = f"`{key.value}` stands alone: comma in unquoted text inside {{}}"
        self._spot("WA006", key, message, f'Quote the whole text: {last}: "{whole}".', len(key.value))
        result[last] = whole
        return True

    def _odd_key(self, event: _Event) -> str | None:
        """A key that is no text. Gives the text back if it was an unquoted {{variable}}."""
        key = self._child(event, NOTHING, None)
        if event.__class__ is _MAPPING_START and isinstance(key, dict) and len(key) == 1:
            text = "{{" + next(iter(key)) + "}}"
            message = f"text that starts with {text} must be quoted: without quotes {{ begins a list of keys"
            self._spot("WA001", event, message, f'{QUOTE_IT}: "{text}".', len(text) - 1)
            return text
        if event.__class__ is not _ALIAS:
            fix = "Write `key: value`, the key on one line, without [ ] or { }."
            self._spot("WA001", event, "a key must be text", fix)
        return None

    def _rest(self, text: str) -> JSON:
        """Skip to the end of the mapping that was a text."""
        while (event := self._get()).__class__ is not _MAPPING_END:
            self._node(event, NOTHING)
        return text

    def _duplicate(self, event: _Event) -> None:
        message = f"the key `{event.value}` is given twice; one of the two would be lost in silence"
        self._spot("WA002", event, message, "Remove one of the two.", len(event.value))

    def _spot(self, rule: str, event: _Event, message: str, fix: str, width: int = 1) -> None:
        mark = event.start_mark
        self._spotted.append(Spotted(rule, mark.line + 1, mark.column + 1, message, fix, width))
