"""What holds of every template, not only of examples: nothing is lost on the way to Meta and back.

`make test` looks at 200 made-up documents a property, `make soak` at 20,000 (WASYNC_EXAMPLES).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.edits import edited, edits, possible, value_at
from tests.strategies import documents, templates
from tests.worlds import World
from wasync.canonical import as_declared, from_graph, from_yaml, to_graph, to_yaml, without_defaults
from wasync.canonical.options import OPTIONS
from wasync.diff import compare, path_text
from wasync.emulator.reading import filled_options
from wasync.emulator.reading import read_components as as_read_back
from wasync.model.live import Live
from wasync.model.plan import Action, Difference, FieldChange, Origin, Plan
from wasync.model.template import JSON, Document, Key, Severity, Template
from wasync.project.desired import desired
from wasync.project.documents import read_documents
from wasync.project.language_edit import escaped
from wasync.project.writer import Project, pull_files
from wasync.project.yaml_reader import read
from wasync.project.yaml_writer import dump_new

EXAMPLES = int(os.environ.get("WASYNC_EXAMPLES", "200"))
BATCH = 5
"""About how many documents share a world: making one costs more than a document."""
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
EVERY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW)
BATCHED = settings(EVERY, max_examples=EXAMPLES // BATCH)
SAMPLES = {
    "sample.ima": b"\xff\xd8\xff\xe0 a picture",
    "sample.vid": b"\x00\x00\x00\x20ftypisom a film",
    "sample.gif": b"\x00\x00\x00\x20ftypisom a short film",
    "sample.doc": b"%PDF-1.7 a paper",
}


# -- without Meta ----------------------------------------------------------------------------------------


def read_back(template: Template) -> Live:
    """The template as it comes back from Meta after it was sent."""
    payload = to_graph(template, {"": "4::c2FtcGxl"})
    sent = payload.pop("components", [{"type": "BODY", "text": "Meta's own."}])
    assert isinstance(sent, list)
    category = str(payload["category"])
    options = filled_options(category, sent, {key: payload[key] for key in OPTIONS if key in payload})
    row: dict[str, JSON] = {key: payload[key] for key in ("name", "language", "category")}
    return from_graph({**row, **options, "components": as_read_back(sent, category)})


@EVERY
@given(templates())
def test_what_is_sent_comes_back_as_declared(template: Template) -> None:
    live = read_back(template).template
    assert (live.key, live.category) == (template.key, template.category)
    assert as_declared(live.spec, template.spec) == template.spec
    assert compare(template.spec, live.spec, template.spec) == Difference()


@EVERY
@given(templates())
def test_what_is_read_is_sent_again_as_it_was_read(template: Template) -> None:
    live = read_back(template).template
    written = Template(live.key, live.category, without_defaults(live.spec))
    assert as_declared(read_back(written).template.spec, written.spec) == written.spec


@EVERY
@given(documents())
def test_what_is_written_as_yaml_is_read_as_the_same_template(document: Document) -> None:
    declaration = from_yaml(document)
    text = dump_new(escaped(to_yaml(declaration.templates)))
    reading = read(text)
    assert reading.spotted == ()
    ((data, lines),) = reading.documents
    assert isinstance(data, dict)
    again = from_yaml(Document(document.file, 0, declaration.name, data, lines))
    assert specs(again.templates) == specs(declaration.templates)
    assert "components:" not in text.decode()


def specs(templates: Sequence[Template]) -> dict[Key, tuple[str, JSON]]:
    return {template.key: (template.category, template.spec) for template in templates}


@EVERY
@given(st.data())
def test_one_edit_is_that_edit(data: st.DataObject) -> None:
    before = data.draw(templates().filter(possible))
    edit = data.draw(edits(before))
    after = edited(before, edit)
    path, value = edit
    found = compare(after.spec, read_back(before).template.spec, before.spec)
    assert found == Difference((expected(before, edit),))
    # The other way round: live moved. What live never shows cannot be seen to move.
    drift = compare(before.spec, read_back(after).template.spec, before.spec).content
    assert drift in ((), (FieldChange(path_text(path), value, value_at(before.spec, path), Origin.LIVE),))


def expected(before: Template, edit: tuple[tuple[str | int, ...], JSON]) -> FieldChange:
    """The change an edit of the files shows as; inputs that live never shows are compared whole."""
    path, value = edit
    after = edited(before, edit)
    for whole in ("app_deep_link",):
        if whole in path and whole not in str(read_back(before).template.spec):
            path = path[: path.index(whole) + 1]
            value = value_at(after.spec, path)
    return FieldChange(path_text(path), value_at(before.spec, path), value, Origin.FILES)


# -- against the emulator --------------------------------------------------------------------------------


@contextmanager
def worlds() -> Iterator[World]:
    """A new project and a new account."""
    with tempfile.TemporaryDirectory(prefix="wasync-") as folder:
        limits: JSON = {"reject_duplicates": False, "creates_per_hour": 0, "calls_per_hour": 0}
        world = World(Path(folder) / "project", seed={"settings": limits})
        for name, content in SAMPLES.items():
            path = world.root / "templates" / "media" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield world


def write(world: World, documents: Mapping[str, dict[str, JSON]]) -> None:
    for name, data in documents.items():
        world.write(f"templates/{name}.yaml", dump_new(escaped(data)).decode())


def nothing_to_do(world: World, plan: Plan) -> None:
    assert (plan.steps, plan.alarms) == ((), ())
    quiet(world)


def quiet(world: World) -> None:
    """No rule objects to the files."""
    config = world.config
    findings = desired(read_documents(config), config, world.account, {}).findings
    assert [one for one in findings if one.severity is Severity.ERROR] == []


def with_files(document: Document) -> Document:
    """The document with the handles of old uploads, which this account does not know, made files."""
    languages = document.data["languages"]
    if not isinstance(languages, dict):
        return document
    media: JSON = {"format": "image", "media": "media/sample.ima"}
    of_files: dict[str, JSON] = {
        code: {**own, "header": media}
        if isinstance(own, dict) and "handle" in str(own.get("header"))
        else own
        for code, own in languages.items()
    }
    data = {**document.data, "languages": of_files}
    return Document(document.file, document.index, document.name, data, document.lines)


several = st.lists(
    documents().map(with_files),
    min_size=BATCH - 2,
    max_size=BATCH + 2,
    unique_by=lambda document: document.name,
)


@BATCHED
@given(several)
def test_after_apply_and_after_pull_there_is_nothing_to_do(given_documents: list[Document]) -> None:
    with worlds() as world:
        write(world, {document.name: document.data for document in given_documents})
        quiet(world)
        outcome = world.apply()
        assert [result.message for result in outcome.results if result.message] == []
        world.review()
        nothing_to_do(world, world.plan())
        live = {key: row.template for key, row in world.live().items()}
        assert pulled(world, live) == {}

        fresh = World(Path(world.root.parent) / "fresh")
        fresh.emulator = world.emulator
        for path, content in pulled(fresh, live).items():
            fresh.write(path, content.decode())
        nothing_to_do(fresh, fresh.plan())


def pulled(world: World, live: Mapping[Key, Template]) -> dict[str, bytes]:
    """What pull would write."""
    documents = read_documents(world.config).documents
    contents = {document.file: (world.root / document.file).read_bytes() for document in documents}
    project = Project(("templates/**/*.yaml",), documents, contents, {}, {})
    result = pull_files(project, {key: live[key] for key in live if key.name != "hello_world"})
    assert result.refused == ()
    return {change.path: change.after for change in result.changes}


@BATCHED
@given(st.data())
def test_an_edit_of_an_approved_template_is_one_request_with_all_components(data: st.DataObject) -> None:
    given_documents = data.draw(several)
    declared = {document.name: from_yaml(document).templates for document in given_documents}
    changes = {
        template.key: data.draw(edits(template))
        for templates in declared.values()
        for template in templates
        if possible(template)
    }
    with worlds() as world:
        write(world, {document.name: document.data for document in given_documents})
        world.apply()
        world.review()
        rows = world.live()
        after = {
            name: [edited(one, changes[one.key]) if one.key in changes else one for one in templates]
            for name, templates in declared.items()
        }
        write(world, {name: to_yaml(templates) for name, templates in after.items()})
        plan = world.plan()
        before = {template.key: template for templates in declared.values() for template in templates}
        assert {step.key: (step.action, step.difference) for step in plan.steps} == {
            key: (Action.UPDATE, Difference((expected(before[key], edit),))) for key, edit in changes.items()
        }
        world.writes()
        world.apply(plan)
        edits_sent = [
            call for call in world.writes() if isinstance(call, dict) and "upload" not in str(call["path"])
        ]
        sent = {str(call["path"]).rpartition("/")[2]: call for call in edits_sent}
        assert len(edits_sent) == len(changes) == len(sent)
        for template in (one for templates in after.values() for one in templates if one.key in changes):
            body = sent[rows[template.key].id]["body"]
            assert isinstance(body, dict)
            assert kinds(body["components"]) == kinds(to_graph(template, {})["components"])
        world.review()
        nothing_to_do(world, world.plan())


def kinds(components: JSON) -> list[JSON]:
    assert isinstance(components, list)
    return [component["type"] for component in components if isinstance(component, dict)]
