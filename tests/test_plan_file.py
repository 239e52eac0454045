"""plan_file: the public JSON form gives the very same plan back, and anything else is refused in words."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wasync.model.errors import Exit, WasyncError
from wasync.model.plan import (
    Action,
    Alarm,
    AlarmKind,
    Difference,
    FieldChange,
    Origin,
    Plan,
    Precondition,
    Reason,
    Step,
)
from wasync.model.template import JSON, Key, Place, Spec, Template
from wasync.plan_file.form import plan_fingerprint, plan_to_json
from wasync.plan_file.reader import plan_from_json, plan_from_text

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "plan.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)

texts = st.text(max_size=12)
words = st.sampled_from(["order_shipped", "hello", "ünïcode", "\ud800", ""])
keys = st.builds(Key, words, st.sampled_from(["en_US", "es_MX", "fr"]))
places = st.none() | st.builds(Place, texts, st.integers(1, 9999), st.integers(1, 200))
values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
specs: st.SearchStrategy[Spec] = st.dictionaries(
    st.sampled_from(["header", "body", "footer", "buttons", "examples", "tomorrow"]), values, max_size=3
)
moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
changes = st.builds(FieldChange, texts, values, values, st.sampled_from(Origin), values)
differences = st.builds(
    Difference, st.lists(changes, max_size=2).map(tuple), st.lists(changes, max_size=2).map(tuple)
)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """A step as decide() may make it: with all that its action needs."""
    key, action = draw(keys), draw(st.sampled_from([a for a in Action if a is not Action.KEEP]))
    templates = st.builds(
        Template,
        st.just(key),
        texts,
        specs,
        places,
        st.dictionaries(texts, texts, max_size=1),
    )
    writes = action in (Action.CREATE, Action.UPDATE)
    live_id = {Action.CREATE: st.none(), Action.HOLD: st.none() | texts}.get(action, texts)
    return Step(
        action=action,
        key=key,
        reason=draw(st.sampled_from(Reason)),
        before=draw(templates if action is Action.UPDATE else st.none() | templates),
        after=draw(templates if writes else st.none() | templates),
        difference=draw(differences),
        precondition=Precondition(draw(live_id), draw(st.none() | texts), draw(st.booleans())),
        place=draw(places),
        live_status=draw(st.none() | texts),
        wanted=draw(st.none() | st.sampled_from(Action)),
        detail=draw(texts),
        breaking=tuple(draw(st.lists(texts, max_size=2))),
        not_before=draw(st.none() | moments),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A whole plan, fingerprinted as decide() does it."""
    found, waba_id = tuple(draw(st.lists(steps(), max_size=3))), draw(texts)
    return Plan(
        account=draw(texts),
        waba_id=waba_id,
        graph_version=draw(texts),
        steps=found,
        kept=draw(st.integers(0, 9999)),
        unmanaged=tuple(draw(st.lists(keys, max_size=2))),
        alarms=tuple(
            draw(st.lists(st.builds(Alarm, st.sampled_from(AlarmKind), keys, texts, places), max_size=2))
        ),
        notes=tuple(draw(st.lists(texts, max_size=2))),
        refusals=tuple(draw(st.lists(texts, max_size=2))),
        fingerprint=plan_fingerprint(found, waba_id),
        created=draw(moments),
    )


KEY = Key("order_shipped", "en_US")
BEFORE = Template(KEY, "utility", {"body": "Hi {{1}} there"}, None)
AFTER = Template(KEY, "utility", {"body": "Hello {{1}} there"}, Place("t/order_shipped.yaml", 8, 3))
UPDATE = Step(
    Action.UPDATE,
    KEY,
    Reason.CHANGED,
    before=BEFORE,
    after=AFTER,
    difference=Difference((FieldChange("body", "Hi {{1}} there", "Hello {{1}} there", Origin.FILES),)),
    precondition=Precondition("77", "abc"),
    place=AFTER.place,
    live_status="APPROVED",
)


def plan_of(*found: Step) -> Plan:
    return Plan(
        account="production",
        waba_id="102290129340398",
        graph_version="v26.0",
        steps=found,
        kept=41,
        unmanaged=(Key("hello_world", "en_US"),),
        alarms=(),
        notes=(),
        refusals=(),
        fingerprint=plan_fingerprint(found, "102290129340398"),
        created=NOW,
    )


@settings(max_examples=80, deadline=None)
@given(plans())
def test_round_trip_is_exact_and_fits_the_schema(plan: Plan) -> None:
    data = plan_to_json(plan)
    VALIDATOR.validate(data)
    assert plan_from_text(json.dumps(data), "p") == plan


def test_the_form_people_read() -> None:
    assert plan_to_json(plan_of(UPDATE)) == {
        "format_version": "1.1",
        "kind": "plan",
        "account": "production",
        "waba_id": "102290129340398",
        "graph_version": "v26.0",
        "created": "2026-11-23T09:12:00+00:00",
        "fingerprint": plan_fingerprint([UPDATE], "102290129340398"),
        "summary": {
            "create": 0,
            "update": 1,
            "delete": 0,
            "hold": 0,
            "in_sync": 41,
            "not_in_files": 1,
            "needs_attention": 0,
        },
        "steps": [
            {
                "address": "order_shipped/en_US",
                "name": "order_shipped",
                "language": "en_US",
                "action": "update",
                "wanted": None,
                "reason": "changed",
                "detail": "",
                "breaking": [],
                "live_status": "APPROVED",
                "not_before": None,
                "place": {"file": "t/order_shipped.yaml", "line": 8, "column": 3},
                "difference": {
                    "content": [
                        {
                            "path": "body",
                            "before": "Hi {{1}} there",
                            "after": "Hello {{1}} there",
                            "origin": "files",
                            "applied": None,
                        }
                    ],
                    "samples": [],
                },
                "before": {
                    "name": "order_shipped",
                    "language": "en_US",
                    "category": "utility",
                    "spec": {"body": "Hi {{1}} there"},
                    "place": None,
                    "ignore": {},
                },
                "after": {
                    "name": "order_shipped",
                    "language": "en_US",
                    "category": "utility",
                    "spec": {"body": "Hello {{1}} there"},
                    "place": {"file": "t/order_shipped.yaml", "line": 8, "column": 3},
                    "ignore": {},
                },
                "precondition": {"live_id": "77", "hash": "abc", "editable": True},
                "cost": None,
                "in_sync": None,
                "free_revision": None,
            }
        ],
        "not_in_files": [{"name": "hello_world", "language": "en_US"}],
        "alarms": [],
        "notes": [],
        "refusals": [],
        "rollouts": [],
    }


def test_schema_names_every_member_of_the_closed_sets() -> None:
    definitions = SCHEMA["$defs"]
    assert definitions["action"]["enum"] == list(Action)
    assert definitions["step"]["properties"]["reason"]["enum"] == list(Reason)
    assert definitions["change"]["properties"]["origin"]["enum"] == list(Origin)
    assert definitions["alarm"]["properties"]["kind"]["enum"] == list(AlarmKind)


DECISIVE = {
    "action": replace(UPDATE, action=Action.HOLD),
    "key": replace(UPDATE, key=Key("order_shipped", "en_GB")),
    "text": replace(UPDATE, after=replace(AFTER, spec={"body": "Hello {{1}} here"})),
    "category": replace(UPDATE, after=replace(AFTER, category="marketing")),
    "live id": replace(UPDATE, precondition=Precondition("78", "abc")),
    "hash": replace(UPDATE, precondition=Precondition("77", "abd")),
    "editable": replace(UPDATE, precondition=Precondition("77", "abc", editable=False)),
    "approved": replace(UPDATE, precondition=Precondition("77", "abc", approved=(Key("order_v2", "en"),))),
}
FOR_PEOPLE = {
    "reason": replace(UPDATE, reason=Reason.TAKES_OVER),
    "place": replace(UPDATE, place=None, after=replace(AFTER, place=None)),
    "status": replace(UPDATE, live_status="PAUSED"),
    "breaking": replace(UPDATE, breaking=("senders match this text",)),
}


@pytest.mark.parametrize("what", DECISIVE)
def test_fingerprint_covers_what_decides(what: str) -> None:
    assert plan_fingerprint([DECISIVE[what]], "1") != plan_fingerprint([UPDATE], "1")


@pytest.mark.parametrize("what", FOR_PEOPLE)
def test_fingerprint_leaves_out_what_is_for_people(what: str) -> None:
    assert plan_fingerprint([FOR_PEOPLE[what]], "1") == plan_fingerprint([UPDATE], "1")


def test_fingerprint_belongs_to_one_account() -> None:
    assert plan_fingerprint([UPDATE], "1") != plan_fingerprint([UPDATE], "2")


def refused(data: JSON | str, source: str = "may.plan") -> str:
    with pytest.raises(WasyncError) as caught:
        plan_from_text(data if isinstance(data, str) else json.dumps(data), source)
    assert caught.value.code == Exit.FAILED
    return f"{caught.value.message}\n{caught.value.fix}"


def test_edited_plan_is_refused() -> None:
    data = json.loads(json.dumps(plan_to_json(plan_of(UPDATE))))
    data["steps"][0]["after"]["spec"]["body"] = "Hello {{1}}, send money there"
    assert refused(data) == (
        "may.plan was changed after it was made: its steps do not match its fingerprint.\n"
        "Never edit a plan; change the template files instead. Make a new plan: wasync plan --out may.plan"
    )


def test_plan_for_another_account_is_refused() -> None:
    data = plan_to_json(plan_of(UPDATE))
    data["waba_id"] = "999"
    assert "was changed after it was made" in refused(data)


def test_newer_major_version_is_refused_and_newer_minor_version_is_read() -> None:
    data = plan_to_json(plan_of(UPDATE))
    assert refused({**data, "format_version": "2.0"}) == (
        "may.plan has plan format 2.0; this wasync reads format 1.1.\n"
        "Use the wasync that made the plan, or make a new one: wasync plan --out may.plan"
    )
    steps = data["steps"]
    assert isinstance(steps, list)
    step = steps[0]
    assert isinstance(step, dict)
    newer: dict[str, JSON] = {
        **data,
        "format_version": "1.7",
        "steps": [{**step, "mood": "good"}],
        "tomorrow": [1],
    }
    said = "This plan has format 1.7, newer than this wasync's 1.1; left out here: tomorrow, steps.mood."
    assert plan_from_json(newer) == replace(plan_of(UPDATE), notes=(said,))
    assert plan_from_json({**data, "format_version": "1.7"}) == plan_of(UPDATE)


@pytest.mark.parametrize(
    ("text", "first_line"),
    [
        ("", "may.plan is not a plan: it is not JSON (line 1)."),
        ('{"format_version": "1.0",\n "kind"', "may.plan is not a plan: it is not JSON (line 2)."),
        ("[" * 200_000, "may.plan is not a plan: it is not JSON (too deeply nested)."),
        ("[]", "may.plan is not a plan of wasync."),
        ('{"resource_changes": [], "format_version": "1.2"}', "may.plan is not a plan of wasync."),
    ],
)
def test_what_is_no_plan_is_refused(text: str, first_line: str) -> None:
    assert refused(text).splitlines()[0] == first_line


@pytest.mark.parametrize(
    ("path", "value", "first_line"),
    [
        (("account",), 7, "account should be text"),
        (("created",), "yesterday", "created should be a date and time"),
        (("created",), "2026-11-23T09:12:00", "created should be a date and time with its offset from UTC"),
        (("summary", "in_sync"), True, "summary.in_sync should be a whole number"),
        (("notes",), ["a", 1], "notes[1] should be text"),
        (("not_in_files", 0), "x", "not_in_files[0] should be an object"),
        (
            ("steps", 0, "action"),
            "explode",
            "steps[0].action should be one of create, update, delete, hold, keep",
        ),
        (("steps", 0, "action"), "keep", "steps[0].action should be something to do"),
        (("steps", 0, "after"), None, "steps[0].after should be what order_shipped/en_US will be"),
        (("steps", 0, "before"), None, "steps[0].before should be what order_shipped/en_US was"),
        (("steps", 0, "after", "spec"), [], "steps[0].after.spec should be an object"),
        (("steps", 0, "after", "ignore"), {"WA104": 1}, "steps[0].after.ignore.WA104 should be text"),
        (("steps", 0, "place", "line"), "8", "steps[0].place.line should be a whole number"),
        (
            ("steps", 0, "precondition", "editable"),
            1,
            "steps[0].precondition.editable should be true or false",
        ),
        (
            ("steps", 0, "precondition", "live_id"),
            None,
            "steps[0].precondition.live_id should be the id of the live template",
        ),
        (
            ("steps", 0, "difference", "content", 0, "origin"),
            "me",
            "steps[0].difference.content[0].origin should be one of files, live, both, unknown",
        ),
    ],
)
def test_damage_is_named_where_it_stands(path: tuple[str | int, ...], value: JSON, first_line: str) -> None:
    data = json.loads(json.dumps(plan_to_json(plan_of(UPDATE))))
    inner = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    assert refused(data).splitlines()[0] == f"may.plan is damaged: {first_line}."


def test_every_missing_key_is_refused_as_damage() -> None:
    whole = json.loads(json.dumps(plan_to_json(plan_of(UPDATE))))

    def prune(node: object, at: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
        if at[-1:] == ("spec",) or at[-1:] == ("ignore",):
            return []
        if isinstance(node, list):
            return [path for index, item in enumerate(node) for path in prune(item, (*at, index))]
        if not isinstance(node, dict):
            return []
        inside = [path for key, item in node.items() for path in prune(item, (*at, key))]
        return [*inside, *((*at, key) for key in node)]

    # What only people read out of the file, and reading it back does not need.
    derived = {"cost", "in_sync", "free_revision", "rollouts"}  # since 1.1: a plan of 1.0 has none
    derived |= {"address", "create", "update", "delete", "hold", "not_in_files", "needs_attention"}
    for path in prune(whole, ()):
        if path[-1] in derived and path != ("not_in_files",):
            continue
        data = copy.deepcopy(whole)
        inner = data
        for part in path[:-1]:
            inner = inner[part]
        del inner[path[-1]]
        with pytest.raises(WasyncError):
            plan_from_json(data, "may.plan")
