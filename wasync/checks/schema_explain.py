"""Says in sentences what is wrong with a document that its schema refuses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from jsonschema import Draft202012Validator

from wasync.checks.schema_files import load_schema
from wasync.checks.schema_hints import hint_for_key, hint_for_value, looks_like_language, slipped_out
from wasync.checks.schema_words import closest, expected, flow, label, one_of, shown, value_at
from wasync.model.template import JSON, Problem, SpecPath

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_Schema: TypeAlias = Mapping[str, JSON]

_WHOLE = {"template": "the template", "project": "the project file"}
_INSTEAD = {
    "body": frozenset({"authentication", "components", "library_template_name", "absent"}),
    "languages": frozenset({"absent"}),
    "category": frozenset({"absent"}),
    "authentication": frozenset({"library_template_name"}),
    "text": frozenset({"image", "video", "document"}),
}
"""Keys that, had they been spelt right and in place, would have made the missing one needless."""
_NEEDED = frozenset(
    {"category", "languages", "body", "text", "url", "type", "version", "accounts", "waba_id"}
)
_CONTENT_OF_META = ("authentication", "components", "library_template_name")
_SHOWN_KEYS = 9
_LISTED = 6
"""Of more choices than these only the one most likely meant is named."""
_SECRET = frozenset({"token_env", "app_secret_env"})
"""Keys under which people put the secret itself; what stands there is never shown."""


class _Refusal(NamedTuple):
    """One error of jsonschema: which keyword of which schema refused which value (or which key)."""

    keyword: str
    demand: JSON
    value: JSON
    path: SpecPath
    schema: _Schema
    of_key: bool


def explain(name: str, data: dict[str, JSON]) -> list[Problem]:
    """One problem per mistake, in the order of the document; empty if the schema accepts it."""
    refusals = [_refusal(error) for error in _validator(name).iter_errors(data)]
    return _Explanation(name, data).problems(refusals)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(load_schema(name))


def _refusal(error: ValidationError) -> _Refusal:
    return _Refusal(
        str(error.validator),
        cast("JSON", error.validator_value),
        cast("JSON", error.instance),
        tuple(error.absolute_path),
        error.schema if isinstance(error.schema, dict) else {},
        "propertyNames" in error.absolute_schema_path,
    )


class _Explanation:
    """The problems of one document as they are found; each place is complained about once."""

    def __init__(self, name: str, data: dict[str, JSON]) -> None:
        self._schema, self._data, self._whole = load_schema(name), data, _WHOLE[name]
        self._found: dict[tuple[SpecPath, str], Problem] = {}
        self._meant: set[tuple[SpecPath, str]] = set()

    def problems(self, refusals: list[_Refusal]) -> list[Problem]:
        for refusal in refusals:
            if refusal.keyword == "additionalProperties":
                self._unknown_keys(refusal)
        for refusal in refusals:
            match refusal.keyword:
                case "additionalProperties":
                    pass
                case "required":
                    self._missing(refusal)
                case _ if refusal.of_key:
                    self._key(refusal)
                case _:
                    self._value(refusal)
        return sorted(self._found.values(), key=self._position)

    def _add(self, message: str, fix: str, path: SpecPath, *, at_key: bool, about: str = "") -> None:
        self._found.setdefault((path, about), Problem("WA004", message, fix, path, at_key=at_key))

    def _position(self, problem: Problem) -> list[int]:
        """Where in the document: jsonschema visits languages in no fixed order."""
        position: list[int] = []
        value: JSON = self._data
        for step in problem.path:
            position.append(step if isinstance(step, int) else _names(value).index(step))
            value = value_at(value, (step,))
        return position

    def _unknown(self, key: str, path: SpecPath, message: str, fix: str) -> None:
        path = (*path, key)
        self._found.setdefault((path, ""), Problem("WA003", message, fix, path, at_key=True))

    def _label(self, path: SpecPath) -> str:
        return label(path, self._data, self._whole)

    def _unknown_keys(self, refusal: _Refusal) -> None:
        known, present = _properties(refusal.schema), _names(refusal.value)
        for key in present:
            if key not in known and not ("patternProperties" in refusal.schema and key.startswith("x-")):
                free = [name for name in known if name not in present]
                self._unknown_key(key, refusal.path, refusal.schema, free)

    def _unknown_key(self, key: str, path: SpecPath, schema: _Schema, free: list[str]) -> None:
        known, place = _properties(schema), self._label(path)
        hint = hint_for_key(key, str(schema.get("title")), place)
        meant = closest(key, known)
        if hint is not None:
            message, fix = hint
            self._meant.add((path, key))
        elif meant is not None:
            message, fix = f"unknown key `{key}` in {place}", f"Did you mean `{meant}`?"
            self._meant.add((path, meant))
        elif path == () and looks_like_language(key):
            message, fix = (
                f"unknown key `{key}` in {place}",
                "If it is a language, put it below `languages:`.",
            )
        else:
            known_here = f" Possible here: {', '.join(free[:_SHOWN_KEYS])}." if free else ""
            message, fix = f"unknown key `{key}` in {place}", f"Remove it.{known_here}"
        self._unknown(key, path, message, fix)

    def _missing(self, refusal: _Refusal) -> None:
        path, schema, present = refusal.path, refusal.schema, _names(refusal.value)
        told = schema.get("errorMessage")
        if isinstance(told, str) and "properties" not in schema:
            # A list of languages: what is wrong is most likely its form.
            if not any((path, key) in self._meant for key in _CONTENT_OF_META):
                key = "authentication" if self._data.get("category") == "authentication" else "languages"
                fix = f"Write `{self._pair(key, {})}`."
                self._add(f"{self._label(path)} {told}", fix, ("languages",), at_key=True)
            return
        for key in _names(refusal.demand):
            if key not in present and not self._misspelt(key, present, path, schema):
                message = f"{self._label(path)} needs `{key}`"
                self._add(message, self._how_to_add(key, schema), path, at_key=_keyed(path), about=key)

    def _misspelt(self, key: str, present: list[str], path: SpecPath, schema: _Schema) -> bool:
        """Whether the missing key is there under a wrong name, which is then the one thing to say."""
        wanted = {key} | _INSTEAD.get(key, frozenset())
        if any((where, name) in self._meant for where in {path, ()} for name in wanted):
            return True
        if "additionalProperties" in schema:  # its unknown keys were looked at already
            return False
        for name in present:
            if name not in _properties(schema) and closest(name, [key], 0.7):
                self._unknown(
                    name, path, f"unknown key `{name}` in {self._label(path)}", f"Did you mean `{key}`?"
                )
                return True
        return False

    def _how_to_add(self, key: str, schema: _Schema) -> str:
        fix = f"Add `{self._pair(key, schema)}`"
        match self._property(key, schema).get("enum"):
            case [_, _, *_] as choices:
                return f"{fix} (or {', '.join(str(choice) for choice in choices[1:])})."
        return f"{fix}."

    def _pair(self, key: str, schema: _Schema) -> str:
        return f"{key}: {_example(self._property(key, schema))}"

    def _property(self, key: str, owner: _Schema) -> _Schema:
        """The schema of a key: as its owner has it, else the document, else the first of that name."""
        defs = self._schema["$defs"]
        if not isinstance(defs, dict):
            return {}
        for schema in (owner, self._schema, *defs.values()):
            found = _properties(schema).get(key) if isinstance(schema, dict) else None
            if isinstance(found, dict):
                ref = found.get("$ref")
                target = defs.get(ref.rpartition("/")[2]) if isinstance(ref, str) else found
                if isinstance(target, dict) and "examples" in target:
                    return target
        return {}

    def _key(self, refusal: _Refusal) -> None:
        path, key = refusal.path, str(refusal.value)
        if refusal.keyword == "not":
            message = f"`{key}` in {self._label(path)} {refusal.schema.get('errorMessage')}"
            fix = "Move it into `components`, or remove `components`."
            problem = Problem("WA004", message, fix, (*path, key), at_key=True)
            self._found.setdefault((path, "components"), problem)  # once, however many keys stand there
            return
        message = f"`{key}` in {self._label(path)} {refusal.schema.get('errorMessage')}"
        self._add(message, "Correct the name, or remove the line.", (*path, key), at_key=True)

    def _value(self, refusal: _Refusal) -> None:
        path, place, schema = refusal.path, self._label(refusal.path), refusal.schema
        if (slip := slipped_out(path, self._data.get("languages"))) is not None:
            self._add(*slip, path, at_key=True)
            return
        if refusal.value in (None, "", [], {}) and refusal.keyword != "not":
            self._add(f"{place} is empty", _fill(path, schema), path, at_key=_keyed(path))
            return
        if refusal.keyword == "not":
            both = _names(refusal.demand["required"]) if isinstance(refusal.demand, dict) else []
            message, fix = f"{place} has both {' and '.join(f'`{key}`' for key in both)}", "Keep one of them."
        elif hint := hint_for_value(path, place, refusal.value):
            message, fix = hint
        else:
            fix, wrong = _correct(path, schema, refusal.value), shown(refusal.value)
            message = f"{place} {_demand(refusal)}"
            if len(_names(schema.get("enum"))) > _LISTED and fix.startswith("Did"):
                message = f"{place} cannot be {wrong}"
            elif not (path and path[-1] in _SECRET):
                message += f", not {wrong}"
        self._add(message, fix, path, at_key=False)


def _demand(refusal: _Refusal) -> str:
    told = refusal.schema.get("errorMessage")
    match refusal:
        case _ if isinstance(told, str):
            return told
        case _Refusal(keyword="enum", demand=list(choices)):
            return f"must be {one_of([str(choice) for choice in choices])}"
        case _:
            return f"must be {expected(refusal.schema.get('type'))}"


def _correct(path: SpecPath, schema: _Schema, value: JSON) -> str:
    choices = schema.get("enum", [schema.get("const")])
    meant = closest(value, _names(choices)) if isinstance(value, str) else None
    return f"Did you mean `{meant}`?" if meant is not None else f"For example: `{_line(path, schema)}`."


def _fill(path: SpecPath, schema: _Schema) -> str:
    kinds = schema.get("type")
    text = kinds == "string" or (isinstance(kinds, list) and "number" in kinds)
    how = "Write its text" if text else "Fill it"
    away = "" if path[-1] in _NEEDED else " or remove the line"
    return f"{how}{away}. For example: `{_line(path, schema)}`."


def _line(path: SpecPath, schema: _Schema) -> str:
    return f"{path[-1]}: {_example(schema)}" if _keyed(path) else f"- {_example(schema)}"


def _example(schema: _Schema) -> str:
    examples = schema.get("examples")
    return flow(examples[0]) if isinstance(examples, list) else "..."


def _names(value: JSON) -> list[str]:
    """The texts of a list, the keys of a map."""
    return [name for name in value if isinstance(name, str)] if isinstance(value, list | dict) else []


def _properties(schema: _Schema) -> Mapping[str, JSON]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _keyed(path: SpecPath) -> bool:
    return bool(path) and isinstance(path[-1], str)
