"""From a problem to a finding: composes the one file again and finds line, column and source there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from yaml import CSafeLoader, MappingNode, Node, ScalarNode, SequenceNode, YAMLError, compose_all

from wasync.model.template import Finding, Place, Problem, Severity, SpecPath
from wasync.project.yaml_reader import Spotted

_NOWHERE = Place("", 0, 0)
_TEXTS = ("header", "body", "footer")


class Spot(NamedTuple):
    """A place inside one file; line and column count from 1."""

    line: int
    column: int
    width: int = 1


class Places:
    """Places findings in the files below `root`; composes a file when the first finding needs it, keeps one.

    `severities` is what the project says per rule id; a rule it does not name has its own severity.
    """

    def __init__(self, root: str, severities: Mapping[str, Severity]) -> None:
        self._root = Path(root)
        self._severities = severities
        self._file: _File | None = None

    def spotted(self, file: str, spotted: Iterable[Spotted]) -> list[Finding]:
        """Findings of the reader, which knows their place."""
        found = []
        for rule, line, column, message, fix, width in spotted:
            problem = Problem(rule, message, fix)
            if (severity := self._severity(problem)) is not Severity.OFF:
                found.append(self._finding(problem, severity, file, Spot(line, column, width)))
        return found

    def problems(
        self, file: str, document: int, problems: Iterable[Problem], lines: Mapping[str, int] | None = None
    ) -> list[Finding]:
        """Findings of checks, at their places in document number `document` of `file`.

        `lines` (Document.lines) serves where the file cannot be composed.
        """
        found = []
        for problem in problems:
            if (severity := self._severity(problem)) is Severity.OFF:
                continue
            if (place := problem.place) is not None:
                found.append(self._finding(problem, severity, place.file, Spot(place.line, place.column)))
                continue
            spot = self._open(file).find(document, problem) or _first_line(problem, lines or {})
            found.append(self._finding(problem, severity, file, spot))
        return found

    def about_file(self, file: str, problem: Problem) -> Finding:
        """A finding about a file as a whole, which may not even be there."""
        place = Place(file, 1)
        return Finding(problem.rule, self._severity(problem), problem.message, problem.fix, place)

    def _severity(self, problem: Problem) -> Severity:
        # Imported at the first finding: good files need no rules.
        from wasync.checks import severity_of

        return severity_of(problem, self._severities)

    def _finding(self, problem: Problem, severity: Severity, file: str, spot: Spot) -> Finding:
        lines = self._open(file).lines
        source = visible(lines[spot.line - 1]) if spot.line <= len(lines) else ""
        place = Place(file, spot.line, spot.column)
        width = max(1, spot.width)
        return Finding(
            problem.rule, severity, problem.message, problem.fix, place, source, width, problem.key
        )

    def _open(self, file: str) -> _File:
        if self._file is None or self._file.name != file:
            self._file = _File(self._root, file)
        return self._file


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by file, line, column, rule; what has no place comes first."""

    def by_place(finding: Finding) -> tuple[str, int, int, str, str]:
        place = finding.place or _NOWHERE
        return (place.file, place.line, place.column, finding.rule, finding.message)

    return tuple(sorted(findings, key=by_place))


def visible(source: str) -> str:
    """A source line that is safe to show: one visible character for each one, nothing that may be a token.

    Tabs become →; control, direction and zero-width characters a sign, non-breaking spaces ⍽.
    """
    line = source.rstrip("\r\n")
    if not line.isascii() or not line.isprintable():
        line = line.translate(_signs())
    if "EAA" in line or "oken" in line.lower() or "ecret" in line.lower():
        line = _secrets().sub(lambda found: (found[1] or "") + "*" * 3, line)
    return line


@cache
def _signs() -> dict[int, str]:
    signs = {code: chr(0x2400 + code) for code in range(0x20)}
    # Direction marks and what has no width; joiners stay, since emoji and Persian need them.
    direction = (0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
    hidden = (*range(0x80, 0xA0), 0xAD, 0x200B, *range(0x2060, 0x2066), 0xFEFF, *direction)
    return signs | dict.fromkeys(hidden, "�") | {0x09: "→", 0x7F: "␡", 0xA0: "⍽", 0x202F: "⍽"}


@cache
def _secrets() -> re.Pattern[str]:
    # A key that holds a secret, with its value; or what looks like a token of Meta's.
    return re.compile(r"(\b\w*(?i:token|secret)[\"']?\s*:\s*)\S.*|EAA[A-Za-z0-9]{16,}")


def place_in(root: str, file: str, path: SpecPath) -> Place:
    """Where a path leads in a file of one document; its first line where it cannot be composed."""
    spot = _File(Path(root), file).find(0, Problem("", "", "", path, at_key=True)) or Spot(1, 1)
    return Place(file, spot.line, spot.column)


def _first_line(problem: Problem, lines: Mapping[str, int]) -> Spot:
    whole = lines.get("", 1)
    return Spot(lines.get(problem.key.language, whole) if problem.key else whole, 1)


class _Found(NamedTuple):
    """How far a path leads: the steps it took, the key (if the last step was one) and the value there."""

    steps: int
    complete: bool
    key: Node | None
    value: Node


class _File:
    """One file's source, its nodes composed when first asked for."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        try:
            data = (root / name).read_bytes()
        except OSError:
            data = b""
        self._text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="replace")
        self.lines = self._text.split("\n")
        self._nodes: list[Node] | None = None

    def find(self, document: int, problem: Problem) -> Spot | None:
        """Where the problem stands; None if the file cannot be composed that far."""
        if self._nodes is None:
            self._nodes = self._compose()
        if document >= len(self._nodes):
            return None
        top = self._nodes[document]
        if problem.key is None:
            found = _descend(top, problem.path)
        else:
            found = _in_template(top, problem.key.language, problem.path)
        if problem.at_key and found.key is not None:
            return _span(found.key)
        return self._in_value(found, problem.needle)

    def _compose(self) -> list[Node]:
        nodes: list[Node] = []
        try:
            nodes.extend(compose_all(self._text, CSafeLoader))
        except (YAMLError, RecursionError):
            return nodes  # the documents before the error still have their places
        return nodes

    def _in_value(self, found: _Found, needle: str) -> Spot:
        value = found.value
        if not found.complete or not isinstance(value, ScalarNode) or _empty(value):
            return _span(found.key if found.key is not None else value)
        start, end = value.start_mark, value.end_mark
        block = value.style in ("|", ">")
        first = start.line + 1 if block else start.line
        for piece in (needle, needle.split("\n")[0]) if needle else ():
            for number in range(first, min(end.line + 1, len(self.lines))):
                begin = start.column if number == start.line else 0
                stop = end.column if number == end.line else None
                at = self.lines[number].find(piece, begin, stop) if piece else -1
                if at >= 0:
                    return Spot(number + 1, at + 1, len(piece))
        if not block:
            return _span(value)
        while first < end.line and not self.lines[first].strip():
            first += 1
        line = self.lines[first] if first < len(self.lines) else ""
        return Spot(first + 1, len(line) - len(line.lstrip()) + 1, len(line.strip()))


def _empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.value and not node.style


def _span(node: Node) -> Spot:
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if isinstance(node, ScalarNode) and start.line == end.line else 1
    return Spot(start.line + 1, start.column + 1, width)


def _descend(node: Node, path: SpecPath, steps: int = 0, key: Node | None = None) -> _Found:
    """Follow a path through the nodes as far as it leads."""
    if not path:
        return _Found(steps, True, key, node)
    step = path[0]
    if isinstance(node, MappingNode):
        for name, value in _pairs(node):
            if isinstance(name, ScalarNode) and name.value == str(step):
                return _descend(value, path[1:], steps + 1, name)
    elif isinstance(node, SequenceNode):
        if isinstance(step, int) and step < len(node.value):
            return _descend(node.value[step], path[1:], steps + 1, None)
        for item in node.value:  # languages: [en, fr]
            if isinstance(item, ScalarNode) and item.value == step:
                return _descend(item, path[1:], steps + 1, item)
    return _Found(steps, False, key, node)


def _pairs(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    """The mapping's own pairs, then those it merges."""
    yield from node.value
    for name, value in node.value:
        if isinstance(name, ScalarNode) and name.value == "<<":
            for source in value.value if isinstance(value, SequenceNode) else [value]:
                if isinstance(source, MappingNode):
                    yield from source.value


def _in_template(top: Node, language: str, path: SpecPath) -> _Found:
    """Follow a path into a template's Spec: in its language first, then among what all languages share."""
    own = _descend(top, ("languages", language))
    if not path:
        return _Found(0, False, own.key, own.value)
    best: _Found | None = None
    roots = [own.value, top] if own.complete and isinstance(own.value, MappingNode) else [top]
    exactly = [(root, way) for root in roots for way in (*_ways(path), *_ways_by_type(root, path))]
    nearby = [(root, way) for root in roots for way in _text_of_samples(path)]
    for root, way in exactly + nearby:
        found = _descend(root, way)
        if found.complete:
            return found
        if found.steps and (best is None or found.steps > best.steps):
            best = found
    if best is not None:
        return best
    return _Found(0, False, own.key, own.value)


def _ways(path: SpecPath) -> Iterator[SpecPath]:
    """How a Spec path may be written in a file."""
    match path:
        case ("carousel", int(card), *rest) if rest:
            for way in _ways(tuple(rest)):
                yield ("carousel", card, *way)
        case ("examples", "carousel", card, *rest) if rest:
            for way in _ways(("examples", *rest)):
                # A card's samples stand in the card; those with a name may stand around it.
                yield ("carousel", int(card), *way) if way[0] not in ("examples", "variables") else way
        case ("examples", "library", "button_inputs" | "body_inputs" as inputs, *rest):
            yield (f"library_template_{inputs}", *rest)
        case (("header" | "body" | "footer") as part,) | ("header" as part, "text"):
            yield (part, "text")
            yield (part,)
        case ("examples", "buttons", place, *_):
            yield ("buttons", int(place), "example")
        case ("examples", str(part), *rest):
            yield (part, "examples", *rest)
            if part == "header":
                yield ("header", "media")
                yield ("header", "handle")
            yield ("examples", *rest)
            for step in rest[:1]:
                # Positional examples count from 0, the numeric keys of `variables` from 1.
                yield ("variables", str(step + 1) if isinstance(step, int) else step, "example")
        case _:
            yield path


def _text_of_samples(path: SpecPath) -> Iterator[SpecPath]:
    """Where samples that are not there would belong: at their text."""
    match path:
        case ("examples", "carousel", card, *rest) if rest:
            for way in _text_of_samples(("examples", *rest)):
                yield ("carousel", int(card), *way)
        case ("examples", str(part), *_):
            yield (part, "text")
            yield (part,)


def _ways_by_type(root: Node, path: SpecPath) -> Iterator[SpecPath]:
    """The same under `components:`, a list that names each component's type."""
    components = _descend(root, ("components",))
    if not components.complete or not isinstance(components.value, SequenceNode):
        return
    part = path[1] if path[0] == "examples" and len(path) > 1 else path[0]
    for index, component in enumerate(components.value.value):
        kind = _descend(component, ("type",))
        if kind.complete and isinstance(kind.value, ScalarNode) and kind.value.value.lower() == part:
            match path:
                case ("carousel", int(card), *rest) | ("examples", "carousel", card, *rest) if rest:
                    inside: SpecPath = ("examples", *rest) if path[0] == "examples" else tuple(rest)
                    where: SpecPath = ("components", index, "cards", int(card))
                    for way in _ways_by_type(_descend(root, where).value, inside):
                        yield (*where, *way)
                case ("limited_time_offer", *rest):
                    yield ("components", index, "limited_time_offer", *rest)
                case ("examples", "buttons", button, *_):
                    yield ("components", index, "buttons", int(button), "example")
                case ("examples", *_):
                    yield ("components", index, "example")
                case ("buttons", *_):
                    yield ("components", index, *path)
                case (("header" | "body" | "footer"),):
                    yield ("components", index, "text")
                case _:
                    yield ("components", index, *path[1:])
            yield ("components", index)
