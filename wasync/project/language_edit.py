"""Change one language of a loaded document where its parts stand, keeping comments, style and `${values}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from wasync.canonical.options import OPTION_SET
from wasync.canonical.variables import sample_names
from wasync.model.template import JSON, Document, Template
from wasync.project.values import with_values
from wasync.project.yaml_writer import new_node, scalar, text_of

if TYPE_CHECKING:
    from wasync.project.yaml_writer import Node

_VALUE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_LITERAL = re.compile(r"\$\{(?!\{)")


class BeyondError(Exception):
    """A part that cannot be changed in place."""


def samples_of(template: Template) -> dict[str, JSON]:
    """The template's examples, by part."""
    samples = template.spec.get("examples")
    return samples if isinstance(samples, dict) else {}


class LanguageEdit:
    """Changes parts of one language where they stand: in it, or above all languages."""

    def __init__(
        self,
        top: CommentedMap,
        code: str,
        have: Template,
        wanted: Mapping[str, Template],
        values: Mapping[str, str],
    ) -> None:
        self._top, self._wanted, self._values = top, wanted, values
        self._have, self._want = have, wanted[code]
        languages = top.get("languages")
        if not isinstance(languages, CommentedMap):
            languages = None
        if languages is not None and not isinstance(languages.get(code), CommentedMap):
            languages[code] = CommentedMap()
        self._own: CommentedMap | None = languages[code] if languages is not None else None

    def change(self, part: str) -> None:
        """Bring one part to what is wanted. Raises BeyondError."""
        want = self._want.spec.get(part)
        if part == "category":
            holder = self._holder(part)
            holder[part] = scalar(self._want.category, holder.get(part))
        elif part.startswith("examples."):
            self._set_samples(part.removeprefix("examples."))
        elif part not in ("header", "body", "footer", "buttons", "authentication", *OPTION_SET):
            raise BeyondError
        elif want is None:
            self._remove(part)
        elif part == "buttons":
            self._buttons(want)
        elif part == "header":
            self._header(want)
        elif isinstance(want, str) and part not in OPTION_SET:
            self._text(part, want)
        else:
            self._holder(part)[part] = new_node(part, want)

    def _holder(self, key: str) -> CommentedMap:
        """The mapping to write `key` into: above the languages only if all that inherit it want the same."""
        if self._own is not None and key in self._own:
            return self._own
        heirs = [self._want]
        languages = self._top.get("languages")
        for code, want in self._wanted.items():
            node = languages.get(code) if isinstance(languages, CommentedMap) else None
            if not (isinstance(node, CommentedMap) and key in node):
                heirs.append(want)
        values = [want.category if key == "category" else want.spec.get(key) for want in heirs]
        if key in self._top and all(value == values[0] for value in values):
            return self._top
        if self._own is None:
            raise BeyondError
        return self._own

    def _remove(self, key: str) -> None:
        holder = self._holder(key)
        if key not in holder:
            raise BeyondError
        del holder[key]

    def _node(self, key: str) -> Node:
        node: Node = self._own.get(key) if self._own is not None else None
        return self._top.get(key) if node is None else node

    def _written(self, text: str, old: object) -> Node:
        """The text as files hold it: with the `${values}` that the old one had, and in its style."""
        raw, literal = text_of(old), _escape(text)
        if raw is not None:
            values = self._values
            names = sorted({*_VALUE.findall(raw)} & values.keys(), key=lambda name: -len(values[name]))
            for name in names:
                if values[name]:
                    literal = literal.replace(_escape(values[name]), f"${{{name}}}")
        return scalar(literal, old)

    def _text(self, key: str, text: str) -> None:
        node, holder = self._node(key), self._holder(key)
        if not isinstance(node, CommentedMap):
            holder[key] = self._written(text, node)
        elif holder.get(key) is node:
            node["text"] = self._written(text, node.get("text"))
        else:
            holder[key] = self._written(text, node.get("text"))

    def _header(self, want: JSON) -> None:
        match want:
            case {"format": "text", "text": str(text), **rest} if not rest:
                node = self._node("header")
                if isinstance(node, CommentedMap) and "text" not in node:
                    self._holder("header")["header"] = scalar(_escape(text))
                else:
                    self._text("header", text)
            case {"format": str(shape), **rest} if not rest:
                self._holder("header")["header"] = new_node("header", {"format": shape})
            case _:
                raise BeyondError

    def _buttons(self, want: JSON) -> None:
        node, holder = self._node("buttons"), self._holder("buttons")
        if not isinstance(want, list):
            raise BeyondError
        if not isinstance(node, CommentedSeq) or holder.get("buttons") is not node or len(node) > len(want):
            node = CommentedSeq()
            holder["buttons"] = node
        samples = samples_of(self._want).get("buttons")
        for index, button in enumerate(want):
            if not isinstance(button, dict):
                raise BeyondError
            example = samples.get(str(index)) if isinstance(samples, dict) else None
            if index >= len(node):
                node.append(CommentedMap())
            self._button(node, index, button, example)

    def _button(self, node: CommentedSeq, index: int, want: dict[str, JSON], example: JSON) -> None:
        old = node[index]
        if not (
            isinstance(old, CommentedMap) and (text_of(old.get("type")) or "").lower() == want.get("type")
        ):
            old = node[index] = CommentedMap()
            old["type"] = scalar(str(want.get("type")))
        given = {key: text for key, value in old.items() if (text := text_of(value)) is not None}
        filled, _ = with_values(Document("", 0, "", {**given}, {}), self._values)
        for key in [key for key in old if key not in want and key not in ("type", "example")]:
            del old[key]
        for key, value in {**want, **({} if example is None else {"example": example})}.items():
            said = filled.data.get(key)
            if key == "phone_number" and isinstance(value, str):
                if isinstance(said, str) and re.sub("[^0-9]", "", said) == value:
                    continue
                value = f"+{value}"
            if key == "type" or said == value:
                continue
            if isinstance(value, str):
                old[key] = self._written(value, old.get(key))
            else:
                old[key] = new_node(key, value)

    def _set_samples(self, part: str) -> None:
        want = samples_of(self._want).get(part)
        if part == "buttons":
            self._buttons(self._want.spec.get("buttons"))
            return
        match part, self._want.spec:
            case ("body", {"body": str(text)}) | ("header", {"header": {"text": str(text)}}):
                pass
            case _:
                raise BeyondError
        by_name = _by_name(text, want)
        node = self._node(part)
        if part == "header" and isinstance(want, list) and not isinstance(node, CommentedMap):
            node = CommentedMap(text=node, examples=None)
        if isinstance(node, CommentedMap) and "examples" in node:
            node["examples"] = new_node("examples", want)
            self._holder(part)[part] = node
            return
        if self._own is None:
            raise BeyondError
        examples = self._own.get("examples")
        if not isinstance(examples, CommentedMap):
            examples = self._own["examples"] = CommentedMap()
        said = _by_name(text, samples_of(self._have).get(part, []))
        for name, value in by_name.items():
            if said.get(name) != value:
                examples[name] = self._written(value, examples.get(name))


def _by_name(text: str, samples: JSON) -> dict[str, str]:
    """Samples by the name of their variable, also where they are given by position."""
    if isinstance(samples, dict):
        return {name: value for name, value in samples.items() if isinstance(value, str)}
    if not isinstance(samples, list):
        raise BeyondError
    return {
        name: value
        for name, value in zip(sample_names(text), samples, strict=False)
        if isinstance(value, str)
    }


def escaped(data: dict[str, JSON]) -> dict[str, JSON]:
    """The data with `${` written so that it stays itself, wherever values would be put in."""
    filled, problems = with_values(Document("", 0, "", data, {}), {})
    paths = {problem.path for problem in problems}

    def walk(value: JSON, now: JSON, path: tuple[str | int, ...]) -> JSON:
        match value, now:
            case str(), _:
                return _escape(value) if value != now or path in paths else value
            case dict(), dict():
                return {key: walk(item, now[key], (*path, key)) for key, item in value.items()}
            case list(), list():
                return [walk(item, now[at], (*path, at)) for at, item in enumerate(value)]
            case _:
                return value

    return {key: walk(value, filled.data[key], (key,)) for key, value in data.items()}


def _escape(text: str) -> str:
    return _LITERAL.sub("$${", text)
