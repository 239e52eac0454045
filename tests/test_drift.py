"""find_drift() over worlds and over made-up templates: what counts as drift, and that accepting ends it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.edits import edited, edits, possible, value_at
from tests.strategies import templates
from tests.test_properties import EVERY, read_back
from tests.worlds import START, World
from wasync.diff import compare
from wasync.drift import accepted, accepted_record, find_drift, moved_fields
from wasync.model.drift import DriftKind, DriftReport
from wasync.model.live import Applied
from wasync.model.plan import AlarmKind, Origin
from wasync.model.template import JSON, Key

ORDER = """\
category: utility
variables:
  first_name: {example: Ana}
languages:
  en_US:
    header: Your order
    body: Hi {{first_name}}, your order left our warehouse today.
    footer: Acme Store
    buttons:
      - {type: quick_reply, text: Talk to us}
  es_MX:
    body: Hola {{first_name}}, tu pedido salió hoy.
"""
EN, ES = Key("order", "en_US"), Key("order", "es_MX")


def applied(tmp_path: Path, text: str = ORDER, name: str = "order") -> World:
    """A world in which this file was applied at START, and everything is approved."""
    world = World(tmp_path)
    world.write(f"templates/{name}.yaml", text)
    world.apply()
    world.review()
    return world


def drift(world: World, owns: tuple[str, ...] = (), targets: tuple[str, ...] = ()) -> DriftReport:
    return find_drift(world.snapshot(), owns, targets)


def kinds(report: DriftReport) -> dict[str, DriftKind]:
    return {str(one.key): one.kind for one in report.drifted}


def test_nothing_moved(tmp_path: Path) -> None:
    report = drift(applied(tmp_path))
    assert (report.drifted, report.unrecorded, report.as_applied) == ((), (), 2)


def test_what_moved_is_told_field_by_field_with_when_it_was_last_in_sync(tmp_path: Path) -> None:
    world = applied(tmp_path)
    world.steer([("edit", {"template": "order/en_US", "footer": "", "header": "Your parcel"})])
    (one,) = drift(world).drifted
    assert (one.key, one.kind, one.in_sync) == (EN, DriftKind.CHANGED, START)
    assert [(at.path, at.applied, at.live, at.file) for at in one.moved] == [
        ("header.text", "Your order", "Your parcel", "Your order"),
        ("footer", "Acme Store", None, "Acme Store"),
    ]


def test_what_only_the_file_moved_is_not_among_it(tmp_path: Path) -> None:
    world = applied(tmp_path)
    world.steer([("edit", {"template": "order/en_US", "footer": "Acme Megastore"})])
    world.write("templates/order.yaml", ORDER.replace("warehouse", "depot").replace("Acme Store", "Acme"))
    (one,) = drift(world).drifted
    assert one.kind is DriftKind.CONFLICT
    assert [(at.path, at.applied, at.live, at.file) for at in one.moved] == [
        ("footer", "Acme Store", "Acme Megastore", "Acme")
    ]


def test_deleted_outside_and_about_to_be(tmp_path: Path) -> None:
    world = applied(tmp_path)
    world.steer(
        [
            ("delete", {"template": "order/en_US"}),
            ("set", {"template": "order/es_MX", "status": "PENDING_DELETION"}),
        ]
    )
    assert kinds(drift(world)) == {"order/en_US": DriftKind.DELETED, "order/es_MX": DriftKind.DELETED}


def test_on_a_short_listing_nothing_counts_as_deleted(tmp_path: Path) -> None:
    world = applied(tmp_path)
    snapshot = world.snapshot()
    rows = tuple(row for row in snapshot.listing.rows if row.template.key != EN)
    report = find_drift(snapshot._replace(listing=snapshot.listing._replace(rows=rows)))
    assert report.drifted == ()
    assert report.notes == (
        "Meta reported 3 templates and listed 2: what is not listed does not count as deleted. Run again.",
    )


def test_an_account_that_lists_nothing_is_doubted(tmp_path: Path) -> None:
    world = applied(tmp_path)
    for name in ("order/en_US", "order/es_MX", "hello_world/en_US"):
        world.steer([("delete", {"template": name})])
    assert drift(world).notes == (
        "Meta lists no template at all: the token may not see them, or waba_id is another account's.",
    )


def seeded(world: World, name: str, **more: JSON) -> None:
    row: dict[str, JSON] = {
        "name": name,
        "language": "en_US",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Somebody made this."}],
    }
    world.steer([("seed", {"templates": [{**row, **more}]})])


def test_new_is_only_what_owns_claims_and_no_file_names(tmp_path: Path) -> None:
    world = applied(tmp_path)
    for name, more in {
        "promo_may": {},
        "promo_made_by_meta": {"source": "AUTO_GENERATED"},
        "promo_going": {"status": "PENDING_DELETION"},
        "promo_absent": {},
        "theirs": {},
    }.items():
        seeded(world, name, **more)
    world.write("templates/promo_absent.yaml", "absent: true\n")
    assert kinds(drift(world)) == {}
    assert kinds(drift(world, owns=("promo_*",))) == {"promo_may/en_US": DriftKind.NEW}
    assert kinds(drift(world, owns=("promo_*",), targets=("order",))) == {}


def test_an_older_revision_is_not_new(tmp_path: Path) -> None:
    world = applied(tmp_path)
    world.write("templates/order.yaml", ORDER.replace("category", "revision: 2\ncategory", 1))
    (tmp_path / ".wasync/state.json").unlink()
    assert kinds(drift(world, owns=("order*",))) == {}


def test_without_a_record_nobody_can_tell_who_moved(tmp_path: Path) -> None:
    world = applied(tmp_path)
    (tmp_path / ".wasync/state.json").unlink()
    world.write("templates/order.yaml", ORDER.replace("warehouse", "depot"))
    report = drift(world)
    assert [(one.key, one.differs) for one in report.unrecorded] == [(EN, True), (ES, False)]
    assert report.drifted == ()


def test_a_template_made_again_by_hand_with_another_text_is_changed(tmp_path: Path) -> None:
    world = applied(tmp_path)
    world.steer([("delete", {"template": "order/es_MX", "lock": False})])
    seeded(world, "order", language="es_MX")
    assert kinds(drift(world)) == {"order/es_MX": DriftKind.CHANGED}


def test_a_category_is_an_alarm_and_no_drift(tmp_path: Path) -> None:
    world = applied(tmp_path)
    world.steer([("recategorise", {"template": "order/en_US"}), ("reject", {"template": "order/es_MX"})])
    report = drift(world)
    assert report.drifted == ()
    assert [(alarm.key, alarm.kind) for alarm in report.alarms] == [
        (EN, AlarmKind.CATEGORY),
        (ES, AlarmKind.REJECTED),
    ]


# -- accepting -----------------------------------------------------------------------------------------


SAMPLED = """\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Track, url: "https://acme.example/t/{{1}}", example: A-1}
      - {type: url, text: Pay, url: "https://acme.example/p/{{1}}", example: A-1}
"""


def test_the_sample_of_a_button_comes_with_its_address(tmp_path: Path) -> None:
    world = applied(tmp_path, SAMPLED)
    theirs: JSON = [
        {"type": "URL", "text": "Track", "url": "https://acme.example/track/{{1}}", "example": ["B-2"]},
        {"type": "URL", "text": "Pay now", "url": "https://acme.example/p/{{1}}", "example": ["B-3"]},
    ]
    body: JSON = {"type": "BODY", "text": "Your order left our warehouse today."}
    world.steer(
        [("edit", {"template": "order/en_US", "components": [body, {"type": "BUTTONS", "buttons": theirs}]})]
    )
    world.write("templates/order.yaml", SAMPLED.replace("Track", "Follow"))
    snapshot, live = world.snapshot(), world.live()[EN]
    (one,) = drift(world).drifted
    assert [at.path for at in one.moved] == ["buttons[0].url", "buttons[1].text"]
    says = accepted(snapshot.desired.templates[EN], live, snapshot.memory.applied[EN], one.moved)
    assert says.spec["buttons"] == [
        {"type": "url", "text": "Follow", "url": "https://acme.example/track/{{1}}"},
        {"type": "url", "text": "Pay now", "url": "https://acme.example/p/{{1}}"},
    ]
    assert says.spec["examples"] == {"buttons": {"0": "B-2", "1": "A-1"}}


# -- accepting, for every template -----------------------------------------------------------------------


@EVERY
@given(st.data())
def test_accepting_ends_the_drift_and_the_conflict(data: st.DataObject) -> None:
    template = data.draw(templates().filter(possible))
    outside = edited(template, data.draw(edits(template)))
    live = read_back(outside)
    file, edit = template, None
    if data.draw(st.booleans()):
        edit = data.draw(edits(template))
        file = edited(template, edit)
    record = Applied(live.id, template.category, template.spec, START)

    moved = list(moved_fields(file, live, record))
    assert all(at.live != at.file for at in moved)
    if file == template:
        assert bool(moved) == bool(compare(template.spec, live.template.spec, None).content)

    says = accepted(file, live, record, moved)
    after = accepted_record(record, says, live, moved)
    assert list(moved_fields(says, live, after)) == []
    left = compare(says.spec, live.template.spec, after.spec).content
    if edit is None:
        assert not left
    elif not any(at.conflict for at in moved):
        # What only the file moved stays in it, and is still to be sent.
        path, value = edit
        assert value_at(says.spec, path) == value
        before = compare(file.spec, live.template.spec, record.spec).content
        assert left == tuple(change for change in before if change.origin is Origin.FILES)
