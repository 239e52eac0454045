"""docs/templates.md is what examples/kinds make; those are every kind; any message can be drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pictures import kind_pictures
from tests.shell import ROOT
from tests.strategies import json_values, templates
from tests.templates_page import FOLDER, SECTIONS, page
from wasync.checks.schema_files import load_schema
from wasync.model.template import JSON, Spec, Template
from wasync.project.yaml_reader import read
from wasync.render.message import message_of
from wasync.render.message_text import COLUMNS, message_text
from wasync.render.safe_text import width


def test_the_page_is_what_the_examples_make() -> None:
    written = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    assert written == page(), "write it anew: python -m tests.templates_page > docs/templates.md"


def test_each_kind_has_the_picture_that_wasync_draws() -> None:
    folder = ROOT / "docs" / "pictures" / "kinds"
    kept = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert kept == kind_pictures(), "make them anew: make pictures"


def test_the_page_shows_each_example_once() -> None:
    shown = [name for _, _, kinds in SECTIONS for name, _, _ in kinds]
    assert sorted(shown) == sorted(path.stem for path in FOLDER.glob("*.yaml"))


def used(value: JSON, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The keys of a file, and the enumerated values as key=value."""
    match value:
        case dict():
            for key, inner in value.items():
                yield key
                yield from used(inner, (*path, key))
        case list():
            for inner in value:
                yield from used(inner, path)
        case str() if path:
            yield f"{path[-2] if len(path) > 1 else ''}.{path[-1]}={value}"


@pytest.fixture(scope="module")
def examples() -> set[str]:
    files = sorted(FOLDER.glob("*.yaml"))
    return {word for file in files for word in used(read(file.read_bytes()).documents[0][0])}


@pytest.mark.parametrize(
    ("definition", "key", "place"),
    [
        ("media_format", None, "header.format"),
        ("button", "type", "buttons.type"),
        ("otp", "type", "otp.type"),
        ("category", None, ".category"),
        ("flow_button", "flow_action", "buttons.flow_action"),
    ],
)
def test_the_examples_have_every_kind(
    examples: set[str], definition: str, key: str | None, place: str
) -> None:
    defs = load_schema("template")["$defs"]
    assert isinstance(defs, dict)
    schema = defs[definition]
    assert isinstance(schema, dict)
    if key is not None:
        properties = schema["properties"]
        assert isinstance(properties, dict)
        schema = properties[key]
        assert isinstance(schema, dict)
    choices = schema["enum"]
    assert isinstance(choices, list)
    assert {f"{place}={choice}" for choice in choices} <= examples


def test_the_examples_have_every_key_of_a_language(examples: set[str]) -> None:
    defs = load_schema("template")["$defs"]
    assert isinstance(defs, dict)
    language = defs["language"]
    assert isinstance(language, dict)
    keys = language["properties"]
    assert isinstance(keys, dict)
    assert keys.keys() - examples == {"components", "ignore", "description", "owner"}


# -- the drawing ---------------------------------------------------------------------------------------


def test_what_is_not_declared_is_drawn_too() -> None:
    spec: Spec = {
        "header": {"format": "hologram"},
        "limited_time_offer": {"text": "Soon"},
        "body": "Hi {{first_name}}, see https://shop.example/a/very/long/address/of/a/page/in/the/shop now",
        "buttons": [{"type": "copy_code"}, {"type": "reminder"}, "odd"],
        "examples": {"body": {"first_name": "Ana\u202e"}},
    }
    assert message_text(message_of(spec), 30) == (
        "┌────────────────────────────┐\n"
        "│ ┌────────────────────────┐ │\n"
        "│ │        hologram        │ │\n"
        "│ └────────────────────────┘ │\n"
        "│                            │\n"
        "│ Soon                       │\n"
        "│ (code)                     │\n"
        "│                            │\n"
        "│ Hi Ana<U+202E>, see        │\n"
        "│ https://shop.example/a/ver │\n"
        "│ y/long/address/of/a/page/i │\n"
        "│ n/the/shop                 │\n"
        "│ now                        │\n"
        "├────────────────────────────┤\n"
        "│     ⧉ Copy offer code      │\n"
        "├────────────────────────────┤\n"
        "│        ☰ (reminder)        │\n"
        "├────────────────────────────┤\n"
        "│            ☰ ()            │\n"
        "└────────────────────────────┘"
    )


@given(templates())
@settings(max_examples=60, deadline=None)
def test_every_line_of_a_message_is_as_wide_as_its_frame(template: Template) -> None:
    drawn = message_text(
        message_of({key: value for key, value in template.spec.items() if key != "carousel"})
    )
    assert {width(line) for line in drawn.split("\n")} == {COLUMNS}


@given(st.dictionaries(st.sampled_from(["header", "body", "buttons", "carousel", "examples"]), json_values))
@settings(max_examples=60, deadline=None)
def test_anything_can_be_drawn(spec: dict[str, JSON]) -> None:
    assert message_text(message_of(spec)).count("└") >= 1
