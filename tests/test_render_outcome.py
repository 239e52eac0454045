"""render.outcome_text, status_text, account_text: goldens, and JSON that fits its schema."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from wasync.model.account import TokenReport
from wasync.model.outcome import Event, EventKind, Outcome, State, StepResult
from wasync.model.plan import Action, Alarm, AlarmKind, Origin, Precondition, Reason, Step
from wasync.model.status import AccountStatus, TemplateStatus
from wasync.model.template import JSON, Key, Place, Template
from wasync.render.account_text import account_json, account_text, token_json, token_text
from wasync.render.outcome_text import event_json, event_line, outcome_text
from wasync.render.status_text import status_json, status_text

ANSI = re.compile(r"\x1b\[[0-9;]*m")
SCHEMAS = Path(__file__).parents[1] / "schemas"
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def fits(data: JSON, schema: str) -> None:
    jsonschema.Draft202012Validator(
        json.loads((SCHEMAS / f"{schema}.schema.json").read_text()),
        format_checker=jsonschema.FormatChecker(),
    ).validate(data)


def step(name: str, action: Action, category: str = "utility") -> Step:
    key = Key(name, "en_US")
    after = None if action is Action.DELETE else Template(key, category, {"body": "Hi"})
    return Step(
        action,
        key,
        Reason.NEW,
        after=after,
        precondition=Precondition("1"),
        place=Place(f"t/{name}.yaml", 8, 3),
    )


CREATED = StepResult(step("order_shipped", Action.CREATE), State.DONE, live_id="9", status="APPROVED")
MOVED = StepResult(
    step("sale", Action.CREATE), State.DONE, live_id="10", status="PENDING", category="MARKETING"
)
UPDATED = StepResult(step("cart", Action.UPDATE), State.WAITING, live_id="11", status="PENDING")
REJECTED = StepResult(step("promo", Action.UPDATE), State.DONE, status="REJECTED", rejected_reason="SCAM")
DELETED = StepResult(step("old", Action.DELETE), State.DONE, live_id="12")
ALREADY = StepResult(step("hello", Action.CREATE), State.ALREADY)
FAILED = StepResult(
    step("broken", Action.CREATE),
    State.FAILED,
    message="Meta refused to create broken/en_US: a field is too long.",
    fix="Shorten the body.",
    code=100,
    subcode=2388040,
    trace="Axb",
)
STALE = StepResult(
    step("moved", Action.UPDATE), State.STALE, "live changed since the plan was made", "Make a new plan."
)
NOT_TRIED = StepResult(step("later", Action.CREATE), State.NOT_TRIED)
LATER = StepResult(
    step("batch", Action.CREATE),
    State.LATER,
    "The 100 creations of an hour are used up.",
    not_before=datetime(2026, 11, 23, 14, 20, tzinfo=UTC),
)
OUTCOME = Outcome(
    "production",
    (CREATED, MOVED, UPDATED, REJECTED, DELETED, ALREADY, FAILED, STALE, NOT_TRIED, LATER),
    waited=True,
    stopped="The token has expired.",
)


def test_what_apply_did() -> None:
    expected = """\
  order_shipped/en_US  created; approved
  sale/en_US           created; in review; Meta made it marketing, not utility
  cart/en_US           updated; still in review
  promo/en_US          updated; rejected (SCAM)
      --> t/promo.yaml:8:3
      Meta takes it for fraud. Name the business, link to its own domain without
      a shortener, and ask for no money or secrets.
  old/en_US            deleted
  hello/en_US          already as wanted; nothing sent
  broken/en_US         failed
      Meta refused to create broken/en_US: a field is too long.
      Meta's error: code 100, subcode 2388040, fbtrace_id Axb
      --> t/broken.yaml:8:3
      Next: Shorten the body.
  moved/en_US          stale; nothing sent
      live changed since the plan was made
      Next: Make a new plan.
  later/en_US          not tried
  batch/en_US          not sent yet; not before 2026-11-23 14:20 UTC
      The 100 creations of an hour are used up.

Stopped early: The token has expired.

Applied: 2 created, 2 updated, 1 deleted. 1 already as wanted, 1 failed, 1 stale, 1 not tried, 1 not sent yet.
What was done stays done. Mend what failed, then run wasync apply again: it does
only the rest."""
    assert outcome_text(OUTCOME) == expected
    assert ANSI.sub("", outcome_text(OUTCOME, color=True)) == expected


@pytest.mark.parametrize(
    ("results", "last"),
    [
        ((), "Nothing to apply."),
        ((CREATED,), "Applied: 1 created, 0 updated, 0 deleted."),
        ((UPDATED,), "Some are still in review. Go on waiting: wasync wait"),
        (
            (CREATED, LATER),
            "The rest waits for Meta's rations: run the same command again after 2026-11-23 14:20 UTC.",
        ),
        (
            (STALE,),
            "Stale steps were not sent: live changed since the plan was made. Make a new plan.",
        ),
    ],
)
def test_the_last_line(results: tuple[StepResult, ...], last: str) -> None:
    assert outcome_text(Outcome("production", results), width=100).splitlines()[-1] == last


EVENTS = [
    (Event(EventKind.APPLY_STARTED, NOW, "production", total=2), "Applying 2 steps to account production."),
    (Event(EventKind.APPLY_STARTED, NOW, "production", total=0), ""),
    (Event(EventKind.STEP_STARTED, NOW, "production", Key("a", "en"), Action.CREATE), ""),
    (
        Event(EventKind.STEP_ENDED, NOW, "production", CREATED.step.key, Action.CREATE, CREATED),
        "order_shipped/en_US: created; approved",
    ),
    (Event(EventKind.PAUSED, NOW, seconds=61.4), "Meta asks for a pause: waiting 61 s."),
    (
        Event(EventKind.PAUSED, NOW, seconds=3720, message="the 100 creations of an hour are used up"),
        "Waiting 1 h 2 min: the 100 creations of an hour are used up.",
    ),
    (
        Event(EventKind.WAITING, NOW, done=1, total=3, seconds=4.1),
        "In review: 1 of 3 decided; looking again in 4 s.",
    ),
    (
        Event(EventKind.REVIEWED, NOW, key=Key("a", "en"), status="APPROVED", done=1, total=3),
        "a/en: approved",
    ),
    (Event(EventKind.REVIEWED, NOW, key=Key("a", "en"), done=1, total=3), "a/en: not at Meta"),
    (
        Event(
            EventKind.REVIEWED,
            NOW,
            key=Key("a", "en"),
            status="REJECTED",
            rejected_reason="PROMOTIONAL",
            place=Place("t/a.yaml", 3),
        ),
        (
            "a/en: rejected (PROMOTIONAL)\n      --> t/a.yaml:3:1\n"
            "      It reads as marketing. Take the offer out, or set category: marketing."
        ),
    ),
    (
        Event(EventKind.REVIEWED, NOW, key=Key("a", "en"), status="REJECTED", rejected_reason="TOO_\x1bODD"),
        "a/en: rejected (TOO_<U+001B>ODD)",
    ),
    (
        Event(EventKind.WAITING, NOW, done=1, total=3, seconds=4.1, message="Cannot read: Meta failed."),
        "Cannot read: Meta failed.\nIn review: 1 of 3 decided; looking again in 4 s.",
    ),
    (Event(EventKind.APPLY_ENDED, NOW, "production", outcome=OUTCOME), ""),
]


@pytest.mark.parametrize(("event", "line"), EVENTS)
def test_events_are_told(event: Event, line: str) -> None:
    assert event_line(event) == line
    assert ANSI.sub("", event_line(event, color=True)) == line
    # Whose it is, the command says: review.py knows no account.
    data = event_json(replace(event, account="production"))
    fits(data, "events")
    assert data["event"] == event.kind.value
    assert "\n" not in json.dumps(data)


ENDED = Event(EventKind.STEP_ENDED, NOW, "production", CREATED.step.key, Action.CREATE, CREATED)


@pytest.mark.parametrize(
    ("done", "total", "left", "line"),
    [
        (1, 40, None, "  (1 of 40)"),
        (3, 40, 61.2, "  (3 of 40, about 62 s left)"),
        (9, 4000, 9000.0, "  (9 of 4000, about 2 h 30 min left)"),
        (40, 40, 0.0, "  (40 of 40)"),
        (1, 1, None, ""),
    ],
)
def test_who_looks_on_sees_how_far_it_is(done: int, total: int, left: float | None, line: str) -> None:
    event = replace(ENDED, done=done, total=total, left=left)
    assert event_line(event) == "order_shipped/en_US: created; approved"
    assert event_line(event, watched=True) == f"order_shipped/en_US: created; approved{line}"
    data = event_json(event)
    fits(data, "events")
    assert (data["done"], data["total"], data["seconds_left"]) == (done, total, left)


def test_every_kind_of_event_and_state_is_rendered() -> None:
    assert {event.kind for event, _ in EVENTS} == set(EventKind)
    assert {result.state for result in OUTCOME.results} == set(State)
    for state in State:
        for action in Action:
            result = StepResult(step("a", action), state)
            assert "a/en_US  " in outcome_text(Outcome("p", (result,)))
            fits(event_json(replace(ENDED, action=action, result=result)), "events")


def test_event_schema_names_every_member_of_the_closed_sets() -> None:
    schema = json.loads((SCHEMAS / "events.schema.json").read_text())
    result = schema["$defs"]["result"]["properties"]
    assert schema["properties"]["event"]["enum"] == list(EventKind)
    assert schema["properties"]["action"]["enum"] == list(Action)
    assert result["action"]["enum"] == list(Action)
    assert result["state"]["enum"] == list(State)
    assert set(schema["$defs"]["outcome"]["properties"]["summary"]["properties"]) == set(State)
    plan = json.loads((SCHEMAS / "plan.schema.json").read_text())["$defs"]
    assert plan["alarm"]["properties"]["kind"]["enum"] == list(AlarmKind)
    assert plan["change"]["properties"]["origin"]["enum"] == list(Origin)


READ = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATUS = AccountStatus(
    "production",
    "102290129340398",
    (
        TemplateStatus(
            Key("cart", "en_US"),
            "PENDING",
            "marketing",
            "UNKNOWN",
            requested="marketing",
            updated=READ - timedelta(minutes=12),
            applied=READ - timedelta(seconds=40),
        ),
        TemplateStatus(
            Key("order_shipped", "en_US"),
            "REJECTED",
            "utility",
            None,
            (Alarm(AlarmKind.REJECTED, Key("order_shipped", "en_US"), "Meta rejected it; change it."),),
            Place("t/o.yaml", 3),
            "utility",
            "SCAM",
            READ - timedelta(hours=3),
            READ - timedelta(days=12, hours=5),
        ),
        TemplateStatus(
            Key("order_shipped", "es_MX"),
            "APPROVED",
            "marketing",
            "GREEN",
            (Alarm(AlarmKind.CATEGORY, Key("order_shipped", "es_MX"), "Meta moved it."),),
            requested="utility",
            edits_left=9,
            next_edit=READ + timedelta(hours=5),
        ),
        TemplateStatus(Key("strange", "fr"), "FROZEN_TODAY", "utility", "YELLOW", requested="utility"),
        TemplateStatus(Key("wide_店", "ja"), None, "utility", requested="utility"),
    ),
    READ,
    (Key("hello_world", "en_US"),),
)
WIDE = """\
account production (102290129340398)

  template             status           quality  category              age     last applied  edits left
  cart/en_US           in review        -        marketing             12 min  40 s          -
  order_shipped/en_US  rejected (SCAM)  -        utility               3 h     12 d          -
    Meta rejected it; change it.
    --> t/o.yaml:3:1
  order_shipped/es_MX  approved         green    utility -> marketing  -       -             9 of 10
    Meta moved it.
  strange/fr           frozen today     yellow   utility               -       -             -
  wide_店/ja           not at Meta      -        utility               -       -             -

5 templates: 1 approved, 1 frozen today, 1 in review, 1 not at Meta, 1 rejected. 2 need attention. 1
live template is not in the files."""
NARROW = """\
account production (102290129340398)

  template             status           quality  category              age
  cart/en_US           in review        -        marketing             12 min
  order_shipped/en_US  rejected (SCAM)  -        utility               3 h
    Meta rejected it; change it.
    --> t/o.yaml:3:1
  order_shipped/es_MX  approved         green    utility -> marketing  -
    Meta moved it.
  strange/fr           frozen today     yellow   utility               -
  wide_店/ja           not at Meta      -        utility               -

5 templates: 1 approved, 1 frozen today, 1 in review, 1 not at Meta, 1 rejected.
2 need attention. 1 live template is not in the files."""


@pytest.mark.parametrize(("width", "expected"), [(104, WIDE), (80, NARROW)])
def test_a_table_of_statuses(width: int, expected: str) -> None:
    assert status_text(STATUS, width=width) == expected
    assert ANSI.sub("", status_text(STATUS, width=width, color=True)) == expected


def test_an_account_without_templates() -> None:
    assert (
        status_text(AccountStatus("a", "1", (), READ))
        == "account a (1)\n\nNo template is declared for this account."
    )


def test_status_json_fits_its_schema() -> None:
    data = status_json([STATUS])
    fits(data, "status")
    accounts = data["accounts"]
    assert isinstance(accounts, list)
    assert isinstance(accounts[0], dict)
    assert accounts[0]["not_in_files"] == [{"name": "hello_world", "language": "en_US"}]
    templates = accounts[0]["templates"]
    assert isinstance(templates, list)
    assert templates[1] == {
        "address": "order_shipped/en_US",
        "name": "order_shipped",
        "language": "en_US",
        "status": "REJECTED",
        "category": "utility",
        "quality": None,
        "requested_category": "utility",
        "rejected_reason": "SCAM",
        "updated": "2026-11-23T09:00:00+00:00",
        "last_applied": "2026-11-11T07:00:00+00:00",
        "edits_left": None,
        "next_edit": None,
        "attention": ["Meta rejected it; change it."],
        "alarms": ["rejected"],
        "place": {"file": "t/o.yaml", "line": 3, "column": 1},
    }


NODE: dict[str, JSON] = {
    "id": "102290129340398",
    "name": "Lucky Shrub",
    "timezone_id": "1",
    "message_template_namespace": "ba30dd89",
    "account_review_status": "APPROVED",
}
NUMBER: dict[str, JSON] = {
    "display_phone_number": "+1 631-555-5555",
    "verified_name": "Lucky Shrub",
    "quality_rating": "GREEN",
    "status": "CONNECTED",
    "id": "77",
}


def test_an_account() -> None:
    assert (
        account_text("production", NODE, [NUMBER], count=41, limit=250)
        == """\
account production
  name       Lucky Shrub
  id         102290129340398
  timezone   1
  namespace  ba30dd89
  review     APPROVED
  templates  41 of at most 250

Phone numbers
  +1 631-555-5555  "Lucky Shrub"  id 77
    status connected, quality green"""
    )
    assert account_text("a", {}, [], count=None, limit=None) == (
        "account a\n  templates  Meta did not say how many\n\nNo phone number."
    )
    assert "3 (Meta did not say how many at most)" in account_text("a", {}, [], count=3, limit=None)
    fits(account_json("production", NODE, [NUMBER], count=41, limit=None), "account")


TOKEN = TokenReport(
    account="production",
    waba_id="102290129340398",
    kind="user",
    valid=True,
    application="Shop (123)",
    user_id="7",
    expiry="2026-11-23 10:12 UTC (in minutes)",
    expires=datetime(2026, 11, 23, 10, 12, tzinfo=UTC),
    scopes=("whatsapp_business_management", "business_management"),
    targets=("102290129340398",),
    warnings=("This is a person's token: such tokens end within hours, and with the person's access.",),
    access="Meta does not tell how far access to an account goes.",
    usable=False,
)


def test_a_token() -> None:
    assert (
        token_text(TOKEN)
        == """\
token of account production (102290129340398)
  kind         user
  valid        yes
  expires      2026-11-23 10:12 UTC (in minutes)
  app          Shop (123)
  user         7
  permissions  whatsapp_business_management, business_management
  reaches      102290129340398

Warning: This is a person's token: such tokens end within hours, and with the
person's access.

Meta does not tell how far access to an account goes."""
    )
    good = TOKEN._replace(warnings=(), usable=True, targets=None, expires=None, expiry="never", access="")
    assert token_text(good).splitlines()[-3:] == [
        "  reaches      every account of its owner",
        "",
        "Nothing found that stands in the way of managing templates.",
    ]
    fits(token_json(TOKEN), "account")
    fits(token_json(good), "account")
    assert "valid        no" in token_text(TOKEN._replace(valid=False))


def test_text_from_meta_cannot_steer_the_terminal() -> None:
    evil = "\x1b[2J\u202e\rx"
    hostile: JSON = evil
    texts = [
        account_text(
            evil, {"name": hostile, "id": hostile}, [{"display_phone_number": evil}], count=1, limit=1
        ),
        token_text(
            TOKEN._replace(kind=evil, application=evil, scopes=(evil,), warnings=(evil,), targets=(evil,))
        ),
        status_text(
            AccountStatus(
                evil,
                evil,
                (
                    TemplateStatus(
                        Key(evil, evil),
                        evil,
                        evil,
                        evil,
                        (Alarm(AlarmKind.STATUS, Key(evil, evil), evil),),
                        reason=evil,
                        requested=evil,
                    ),
                ),
                READ,
            )
        ),
        outcome_text(
            Outcome(
                evil,
                (
                    replace(FAILED, message=evil, fix=evil, trace=evil),
                    replace(CREATED, status=evil, category=evil),
                ),
                stopped=evil,
            )
        ),
    ]
    for text in texts:
        assert not set(text) & set("\x1b\r\u202e")
