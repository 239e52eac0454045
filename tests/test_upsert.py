"""Upsert: languages of one authentication name are created in one call, and each has its own end."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests import graph_wire
from tests.graph_wire import WABA, Reply, Wire, refusal
from tests.test_apply import DyingClock, KilledError
from tests.worlds import World
from wasync.bulk import bulk_payload, bulks
from wasync.graph.client import Upserted
from wasync.model.errors import GraphError
from wasync.model.outcome import Outcome
from wasync.model.template import JSON, Key
from wasync.state.local import LocalState

CODE = """\
category: authentication
authentication:
  add_security_recommendation: true
  code_expiration_minutes: 10
  otp: {type: copy_code}
languages: [de, en_US, fr]
"""
LANGUAGES = ("de", "en_US", "fr")
UPSERT = f"/v26.0/{WABA}/upsert_message_templates"
CREATE = f"/v26.0/{WABA}/message_templates"


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.write("templates/login_code.yaml", CODE)
    return made


def requests(world: World) -> list[tuple[str, JSON]]:
    """Path and languages of every writing request since the last look."""
    found: list[tuple[str, JSON]] = []
    for call in world.writes():
        assert isinstance(call, dict)
        body = call.get("body", {})  # of a call that was lost on its way nothing is known
        assert isinstance(body, dict)
        found.append((str(call["path"]), body.get("languages", body.get("language"))))
    return found


def fault(world: World, kind: str, **more: JSON) -> None:
    world.steer([("fault", {"method": "POST", "path": "upsert", "kind": kind, "times": 1, **more})])


def states(outcome: Outcome) -> dict[str, str]:
    return {str(result.step.key): result.state.value for result in outcome.results}


DONE = {f"login_code/{language}": "done" for language in LANGUAGES}


def test_one_request_instead_of_one_a_language(world: World) -> None:
    outcome = world.apply()
    assert states(outcome) == DONE
    assert requests(world) == [(UPSERT, list(LANGUAGES))]
    live = world.live()
    for result in outcome.results:
        assert (result.live_id, result.status) == (live[result.step.key].id, "PENDING")
        assert world.state.read(world.account.waba_id).applied[result.step.key].live_id == result.live_id
    world.review()
    assert (world.plan().steps, world.plan().kept) == ((), 3)


def test_each_language_is_its_own_step_in_the_events(world: World) -> None:
    world.write(
        "templates/aaa.yaml", "category: utility\nlanguages:\n  en_US:\n    body: A text before it.\n"
    )
    world.apply()
    told = [(event.kind.value, str(event.key)) for event in world.events if event.key]
    names = ["aaa/en_US", "login_code/de", "login_code/en_US", "login_code/fr"]
    assert told == [(kind, name) for name in names for kind in ("step_started", "step_ended")]


APPS = "supported_apps: [{package_name: com.example.app, signature_hash: K8a/AINcGX7}]"
OTHER_BUTTONS = {
    "one_tap": f"{{type: one_tap, {APPS}}}",
    "zero_tap": f"{{type: zero_tap, {APPS}, zero_tap_terms_accepted: true}}",
}


@pytest.mark.parametrize("otp", OTHER_BUTTONS.values(), ids=OTHER_BUTTONS)
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer lost"])
def test_the_buttons_that_fill_in_the_code(world: World, otp: str, lost: bool) -> None:
    world.write("templates/login_code.yaml", CODE.replace("{type: copy_code}", otp))
    if lost:
        fault(world, "drop", after=True)
    assert states(world.apply()) == DONE
    assert requests(world) == [(UPSERT, list(LANGUAGES))]
    world.review()
    assert world.plan().steps == ()


SINGLES = {
    "one language": CODE.replace("[de, en_US, fr]", "[de]"),
    "a text of its own": CODE.replace("copy_code}", "copy_code, text: Copy}"),
    "an option the upsert does not take": "cta_url_link_tracking_opted_out: true\n" + CODE,
    "another category": "category: utility\nlanguages:\n  de: {body: Ein Text.}\n  fr: {body: Un texte.}\n",
}


@pytest.mark.parametrize("text", SINGLES.values(), ids=SINGLES)
def test_what_is_created_alone(world: World, text: str) -> None:
    world.write("templates/login_code.yaml", text)
    outcome = world.apply()
    assert set(states(outcome).values()) == {"done"}
    assert {path for path, _ in requests(world)} == {CREATE}


MIXED = """\
category: authentication
authentication:
  code_expiration_minutes: 10
  otp: {type: copy_code}
languages:
  de: {}
  es: {authentication: {otp: {type: copy_code, text: Copiar}}}
  fr: {}
  it: {authentication: {code_expiration_minutes: 5, otp: {type: copy_code}}}
  pt_BR: {authentication: {code_expiration_minutes: 5, otp: {type: copy_code}}}
"""


def test_only_equal_languages_go_together(world: World) -> None:
    world.write("templates/login_code.yaml", MIXED)
    groups = bulks(world.plan().steps)
    assert {tuple(step.key.language for step in group) for group in groups.values()} == {
        ("de", "fr"),
        ("it", "pt_BR"),
    }
    payload = bulk_payload(groups[Key("login_code", "de")])
    assert payload == {
        "name": "login_code",
        "languages": ["de", "fr"],
        "category": "AUTHENTICATION",
        "components": [
            {"type": "BODY", "add_security_recommendation": False},
            {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
        ],
    }
    outcome = world.apply()
    assert [str(result.step.key.language) for result in outcome.results] == ["de", "es", "fr", "it", "pt_BR"]
    assert requests(world) == [(UPSERT, ["de", "fr"]), (CREATE, "es"), (UPSERT, ["it", "pt_BR"])]


def test_one_language_refused_harms_no_other(world: World) -> None:
    world.apply()
    world.review()
    for language in LANGUAGES:
        world.steer([("delete", {"template": f"login_code/{language}", "lock": language == "en_US"})])
    world.writes()
    outcome = world.apply()
    assert states(outcome) == DONE | {"login_code/en_US": "failed"}
    assert [(result.code, result.subcode) for result in outcome.results if result.code] == [(100, 2388023)]
    assert outcome.stopped == ""
    # de was made before the refusal; only what was missing then was sent again.
    assert requests(world) == [(UPSERT, list(LANGUAGES)), (CREATE, "en_US"), (CREATE, "fr")]


@pytest.mark.parametrize("kind", ["drop", "html"])
def test_a_lost_answer_is_looked_up(world: World, kind: str) -> None:
    fault(world, kind, after=True)
    outcome = world.apply()
    assert states(outcome) == DONE
    assert [result.live_id for result in outcome.results] == [
        world.live()[Key("login_code", language)].id for language in LANGUAGES
    ]
    assert requests(world) == [(UPSERT, list(LANGUAGES))]
    world.review()
    assert world.plan().steps == ()


def test_a_call_that_never_arrived_is_made_up_for(world: World) -> None:
    fault(world, "drop")
    assert states(world.apply()) == DONE
    assert requests(world)[-3:] == [(CREATE, language) for language in LANGUAGES]


def test_what_nobody_can_tell_is_said(world: World) -> None:
    fault(world, "error", code=100, status=400)
    world.steer(
        [("fault", {"method": "GET", "path": "name=login", "kind": "error", "code": 2, "nth": 2, "times": 0})]
    )
    outcome = world.apply()
    assert states(outcome) == dict.fromkeys(DONE, "failed")
    begins = "login_code/de: the call for several languages was not answered for this one. Cannot read"
    assert outcome.results[0].message.startswith(begins)
    world.steer([("clear-faults", {})])
    assert states(world.apply()) == DONE


def test_a_dead_token_stops_the_run(world: World) -> None:
    world.write("templates/zzz.yaml", "category: utility\nlanguages:\n  en_US:\n    body: A text after it.\n")
    fault(world, "error", code=190, subcode=463, status=401)
    outcome = world.apply()
    assert states(outcome) == dict.fromkeys(DONE, "failed") | {"zzz/en_US": "not_tried"}
    assert {result.subcode for result in outcome.results} == {463, None}
    assert outcome.stopped != ""
    assert len(requests(world)) == 1


def test_who_stops_the_run_still_sees_the_whole_group(world: World) -> None:
    world.write("templates/zzz.yaml", "category: utility\nlanguages:\n  en_US:\n    body: A text after it.\n")
    asked = iter([False, True, True, True])
    assert states(world.apply(stop=lambda: next(asked))) == DONE | {"zzz/en_US": "not_tried"}


@pytest.mark.parametrize("moment", range(1, 23))
def test_killed_between_any_two_operations_the_next_run_converges(world: World, moment: int) -> None:
    plan = world.plan()
    alive = world.clock
    world.clock = DyingClock(alive.now, left=moment)
    with contextlib.suppress(KilledError):
        world.apply(plan)
    world.clock = alive
    world.state = LocalState(world.root / ".wasync" / "state.json")
    world.apply()
    world.review()
    assert world.plan().steps == ()
    assert len(world.live()) == 1 + len(LANGUAGES)


# -- the client ----------------------------------------------------------------------------------------

PAYLOAD: dict[str, JSON] = {"name": "login_code", "languages": ["de", "fr"], "category": "AUTHENTICATION"}


def test_the_client_gives_the_answer_by_language() -> None:
    rows: JSON = [
        {"id": "1", "status": "APPROVED", "language": "de"},
        {"id": "2", "language": "fr"},
        {"id": "", "language": "es"},
        {"status": "PENDING", "language": "it"},
        None,
    ]
    wire = Wire(Reply({"data": rows}))
    found = graph_wire.graph(wire).upsert(WABA, PAYLOAD)
    assert found == {"de": Upserted("1", "APPROVED"), "fr": Upserted("2", "")}
    [sent] = wire.sent
    assert (sent.method, sent.path, sent.json) == ("POST", UPSERT, PAYLOAD)


@pytest.mark.parametrize("data", [{}, {"data": {}}, {"success": True}])
def test_an_answer_without_languages_tells_nothing(data: JSON) -> None:
    with pytest.raises(GraphError, match="Cannot create login_code in several languages") as raised:
        graph_wire.graph(Wire(Reply(data))).upsert(WABA, PAYLOAD)
    assert raised.value.uncertain


def test_a_refusal_is_certain_and_a_failure_is_not() -> None:
    for reply, uncertain in ((refusal(100, 2388023), False), (refusal(2, status=500), True)):
        wire = Wire(reply)
        with pytest.raises(GraphError) as raised:
            graph_wire.graph(wire).upsert(WABA, PAYLOAD)
        assert (raised.value.uncertain, len(wire.sent)) == (uncertain, 1)


def test_what_a_short_listing_left_out_is_not_edited_by_an_upsert(world: World) -> None:
    world.apply()
    world.review()
    requests(world)
    world.steer([("fault", {"method": "GET", "path": "message_templates", "kind": "short", "rows": 2})])
    outcome = world.apply()
    assert requests(world) == []
    assert states(outcome) == {"login_code/en_US": "done", "login_code/fr": "done"}
    assert {row.status for row in world.live().values()} == {"APPROVED"}
