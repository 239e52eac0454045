"""render.plan_text: the golden text of a whole plan, and that no member of a closed set falls through."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypedDict, Unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from wasync.render.colour import finish
from wasync.render.layout import columns
from wasync.render.plan_text import plan_text, step_block
from wasync.render.reasons import hold_phrase, reason_sentence, way_out

ANSI = re.compile(r"\x1b\[[0-9;]*m")
FILE = "templates/orders/order_shipped.yaml"
NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
EN_LIVE = "Hi {{first_name}}, your order {{order_id}} left our warehouse today."
EN_FILE = "Hi {{first_name}}, your order {{order_id}} left our depot today."
ES: Spec = {
    "header": {"format": "text", "text": "Tu pedido {{order_id}} va en camino"},
    "body": "Hola {{first_name}},\n\ntu pedido {{order_id}} salió hoy del almacén y llega en tres días.",
    "footer": "Tienda Acme",
    "buttons": [
        {"type": "url", "text": "Rastrear", "url": "https://shop.example/t/{{1}}"},
        {"type": "quick_reply", "text": "Hablar con alguien"},
        {"type": "phone_number", "text": "Llamar", "phone_number": "5215550001"},
        {"type": "copy_code"},
    ],
    "examples": {
        "header": {"order_id": "A-10293"},
        "body": {"first_name": "Lucía", "order_id": "A-10293"},
        "buttons": {"0": "A-10293"},
    },
    "message_send_ttl_seconds": 3600,
}


def template(key: Key, spec: Spec, line: int = 8, category: str = "utility") -> Template:
    return Template(key, category, spec, Place(FILE, line))


def update(key: Key, *changes: FieldChange, reason: Reason = Reason.CHANGED) -> Step:
    return Step(
        Action.UPDATE,
        key,
        reason,
        before=template(key, {"body": EN_LIVE}),
        after=template(key, {"body": EN_FILE}),
        difference=Difference(changes),
        precondition=Precondition("77", "abc"),
        place=Place(FILE, 8),
        live_status="APPROVED",
    )


def block(step: Step, width: int) -> str:
    return finish(step_block(step, "production", width), color=False)


def hold(step: Step, reason: Reason, status: str | None, detail: str = "") -> Step:
    return replace(
        step, action=Action.HOLD, wanted=step.action, reason=reason, live_status=status, detail=detail
    )


BODY = FieldChange("body", EN_LIVE, EN_FILE, Origin.FILES)
SHIPPED = Key("order_shipped", "en_US")
CREATE = Step(
    Action.CREATE,
    Key("order_shipped", "es_MX"),
    Reason.NEW,
    after=template(Key("order_shipped", "es_MX"), ES, 20),
    place=Place(FILE, 20),
)
UPDATE = replace(
    update(SHIPPED, BODY, FieldChange("buttons[1].text", "Talk to us", "Talk to a person", Origin.LIVE)),
    breaking=("senders match the text of this quick reply",),
    in_sync=datetime(2026, 11, 20, 9, 12, tzinfo=UTC),
)
DELETE = Step(
    Action.DELETE,
    Key("winter_sale", "en_US"),
    Reason.DECLARED_ABSENT,
    before=template(Key("winter_sale", "en_US"), {"body": "Everything must go."}, category="marketing"),
    precondition=Precondition("5", "x"),
    place=Place("templates/winter_sale.yaml", 2),
    live_status="APPROVED",
)
STEPS = (
    UPDATE,
    CREATE,
    DELETE,
    hold(update(Key("login_code", "en_US"), BODY), Reason.IN_REVIEW, "PENDING", "PENDING"),
    replace(
        hold(
            update(
                Key("spring", "en_US"),
                FieldChange("body", EN_LIVE, EN_FILE, Origin.BOTH, "Hi {{first_name}}!"),
                FieldChange("footer", "Acme", None, Origin.LIVE),
            ),
            Reason.CONFLICT,
            "APPROVED",
        ),
        in_sync=datetime(2026, 11, 1, 10, 0, tzinfo=UTC),
    ),
    replace(
        hold(
            replace(CREATE, key=Key("summer", "fr"), after=template(Key("summer", "fr"), {"body": "Salut."})),
            Reason.NAME_LOCKED,
            None,
            "deleted on 2026-11-01",
        ),
        not_before=datetime(2026, 12, 1, 10, 30, tzinfo=UTC),
    ),
)


class Parts(TypedDict, total=False):
    account: str
    waba_id: str
    graph_version: str
    kept: int
    unmanaged: tuple[Key, ...]
    alarms: tuple[Alarm, ...]
    notes: tuple[str, ...]
    refusals: tuple[str, ...]


def plan_of(*steps: Step, **parts: Unpack[Parts]) -> Plan:
    plan = Plan(
        account="production",
        waba_id="102290129340398",
        graph_version="v26.0",
        steps=steps,
        kept=41,
        unmanaged=(),
        alarms=(),
        notes=(),
        refusals=(),
        fingerprint="f",
        created=NOW,
    )
    return replace(plan, **parts)


MOVED = Alarm(
    AlarmKind.CATEGORY,
    Key("spring_sale", "en_US"),
    "Meta moved it from utility to marketing.",
    Place("templates/spring_sale.yaml", 3),
)
WHOLE = plan_of(
    *STEPS,
    unmanaged=(Key("hello_world", "en_US"), Key("sample_flight", "en"), Key("sample_flight", "es")),
    alarms=(MOVED, Alarm(AlarmKind.REJECTED, Key("cart", "en"), "Meta rejected it. Meta's reason: SCAM.")),
    notes=("1 template with media has no record in the state: its samples count as equal.",),
    refusals=(
        (
            "6 templates would be deleted; limits.deletes in wasync.yaml allows 5."
            " If that is meant, add --allow-deletes 6."
        ),
    ),
)
GOLDEN = """\
wasync plan · account production (102290129340398) · Graph v26.0

  + create   ~ update   - delete   ! hold

  ~ order_shipped/en_US  utility           templates/orders/order_shipped.yaml:8
      body  Hi {{first_name}}, your order {{order_id}} left our [warehouse ->
            depot] today.
      Changed outside since 2026-11-20 09:12 UTC; this step reverts it:
        buttons[1].text  Talk to us -> Talk to a person
      BREAKING: senders match the text of this quick reply
      Changed in the file. Goes back to review and cannot be sent meanwhile.

  + order_shipped/es_MX  utility          templates/orders/order_shipped.yaml:20
      header              Tu pedido {{order_id}} va en camino
      body                Hola {{first_name}},

                          tu pedido {{order_id}} salió hoy del almacén y llega
                          en tres días.
      footer              Tienda Acme
      buttons[0]          url "Rastrear" https://shop.example/t/{{1}}
      buttons[1]          quick reply "Hablar con alguien"
      buttons[2]          phone number "Llamar" +5215550001
      buttons[3]          copy code
      message_send_ttl_seconds
                          3600 seconds (1 hour)
      examples.header     order_id = A-10293
      examples.body       first_name = Lucía; order_id = A-10293
      examples.buttons    0 = A-10293
      New: Meta does not have it yet. It can be sent once Meta has approved it.

  - winter_sale/en_US  marketing                    templates/winter_sale.yaml:2
      body  Everything must go.
      The file declares it absent. It can no longer be sent, and Meta locks the
      name for 30 days. There is no undo.

  ! login_code/en_US  held: in review; editable once reviewed
      templates/orders/order_shipped.yaml:8
      body  Hi {{first_name}}, your order {{order_id}} left our [warehouse ->
            depot] today.
      Wait for Meta (wasync wait), then plan again.

  ! spring/en_US  held: changed in the file and outside too; one of them has to
      win
      templates/orders/order_shipped.yaml:8
      Changed outside since 2026-11-01 10:00 UTC; the file would revert it:
        body
          applied  Hi {{first_name}}!
          live     Hi {{first_name}}, your order {{order_id}} left our warehouse
                   today.
          file     Hi {{first_name}}, your order {{order_id}} left our depot
                   today.
        footer     removed: Acme
      Send the file: wasync apply --account production --overwrite spring/en_US
      Keep what is live: wasync drift --account production --accept --target
      spring/en_US

  ! summer/fr  create held: Meta locks a deleted name and language for 30 days
      (deleted on 2026-11-01)
      templates/orders/order_shipped.yaml:20
      body  Salut.
      Not before 2026-12-01 10:30 UTC. Plan again then, or declare the text
      under a new name.

Needs attention
  spring_sale/en_US                                 templates/spring_sale.yaml:3
      Meta moved it from utility to marketing.
  cart/en
      Meta rejected it. Meta's reason: SCAM.

Not in the files
  hello_world/en_US, sample_flight/en, sample_flight/es

Note: 1 template with media has no record in the state: its samples count as
  equal.

Error: 6 templates would be deleted; limits.deletes in wasync.yaml allows 5. If
  that is meant, add --allow-deletes 6.

Plan: 1 to create, 1 to update, 1 to delete, 3 on hold. 41 in sync.
3 live templates are not in the files; untouched."""


def test_a_whole_plan() -> None:
    assert plan_text(WHOLE) == GOLDEN


def test_colour_adds_colour_only() -> None:
    coloured = plan_text(WHOLE, color=True)
    assert coloured != GOLDEN
    assert ANSI.sub("", coloured) == GOLDEN


@pytest.mark.parametrize(
    ("plan", "last"),
    [
        (plan_of(kept=42), "No changes. 42 templates are in sync."),
        (plan_of(kept=1), "No changes. 1 template is in sync."),
        (plan_of(alarms=(MOVED,)), "No changes. 1 needs attention."),
        (
            plan_of(alarms=(MOVED, MOVED._replace(key=Key("cart", "en")))),
            "No changes. 2 need attention.",
        ),
        (
            plan_of(unmanaged=(Key("hello_world", "en_US"),)),
            "No changes. 41 templates are in sync. 1 live template is not in the files; untouched.",
        ),
        (plan_of(UPDATE), "Plan: 0 to create, 1 to update, 0 to delete, 0 on hold. 41 in sync."),
    ],
)
def test_the_last_line(plan: Plan, last: str) -> None:
    assert plan_text(plan, width=100).splitlines()[-1] == last


def test_nothing_to_do_is_two_lines() -> None:
    assert plan_text(plan_of(kept=2)) == (
        "wasync plan · account production (102290129340398) · Graph v26.0\n"
        "\n"
        "No changes. 2 templates are in sync."
    )


def test_only_symbols_in_use_are_explained() -> None:
    assert plan_text(plan_of(UPDATE, STEPS[3])).splitlines()[2] == "  ~ update   ! hold"


def test_many_templates_outside_the_files_are_counted() -> None:
    text = plan_text(plan_of(unmanaged=tuple(Key(f"t{number:02}", "en") for number in range(25))))
    assert "t19/en and 5 more" in text
    assert "t20/en" not in text


def test_a_fields_value_is_described_not_dumped() -> None:
    step = update(
        SHIPPED,
        FieldChange("footer", None, "Acme Store", Origin.FILES),
        FieldChange("header", {"format": "image"}, {"format": "text", "text": "Hello"}, Origin.FILES),
        FieldChange("buttons[0]", {"type": "quick_reply", "text": "Yes"}, None, Origin.FILES),
        FieldChange("buttons[1]", None, {"type": "flow", "text": "Start", "flow_id": "9"}, Origin.FILES),
        FieldChange("authentication.code_expiration_minutes", 5, 10, Origin.FILES),
        FieldChange("message_send_ttl_seconds", 60, None, Origin.FILES),
        FieldChange("category", "marketing", "utility", Origin.FILES),
    )
    step = replace(
        step,
        difference=replace(
            step.difference,
            samples=(
                FieldChange("examples.body.first_name", "Ana", "Lucía", Origin.UNKNOWN),
                FieldChange(
                    "examples.header", None, {"path": "img/a.png", "sha256": "ab" * 32}, Origin.UNKNOWN
                ),
            ),
        ),
    )
    assert block(step, 80).splitlines()[1:-1] == [
        "      footer              added: Acme Store",
        "      header              image -> Hello",
        '      buttons[0]          removed: quick reply "Yes"',
        '      buttons[1]          added: flow "Start", opens flow 9',
        "      authentication.code_expiration_minutes",
        "                          5 -> 10",
        "      message_send_ttl_seconds",
        "                          removed: 60 seconds (1 minute)",
        "      category            marketing -> utility",
        "      examples.body.first_name",
        "                          Ana -> Lucía",
        "      examples.header     added: img/a.png (sha256 abababababab)",
    ]


def test_what_makes_up_an_authentication_template() -> None:
    key = Key("login_code", "en_US")
    spec: Spec = {
        "authentication": {
            "add_security_recommendation": True,
            "code_expiration_minutes": 10,
            "otp": {"type": "copy_code", "text": "Copy"},
        }
    }
    step = replace(CREATE, key=key, after=template(key, spec, category="authentication"))
    assert block(step, 80) == (
        "  + login_code/en_US  authentication      templates/orders/order_shipped.yaml:20\n"
        '      authentication  copy code button "Copy"; with security recommendation; the\n'
        "                      code expires in 10 minutes\n"
        "      New: Meta does not have it yet. It can be sent once Meta has approved it."
    )


def test_text_from_outside_cannot_steer_the_terminal_or_forge_lines() -> None:
    evil = "\x1b[2J\r\u202e  + forged/en\u2028No changes."
    step = Step(
        Action.DELETE,
        Key(evil, evil),
        Reason.PRUNED,
        before=Template(Key(evil, evil), evil, {evil: evil, "header": {"format": evil}, "buttons": [evil]}),
        difference=Difference((FieldChange(evil, evil, None),)),
        place=Place(evil, 1),
        live_status=evil,
        detail=evil,
        breaking=(evil,),
    )
    plan = plan_of(
        step,
        hold(step, Reason.UNKNOWN_STATUS, evil, evil),
        account=evil,
        waba_id=evil,
        graph_version=evil,
        unmanaged=(Key(evil, evil),),
        alarms=(Alarm(AlarmKind.STATUS, Key(evil, evil), evil, Place(evil, 2)),),
        notes=(evil,),
        refusals=(evil,),
    )
    text = plan_text(plan)
    assert not set(text) & set("\x1b\r\u202e\u2028")
    assert not [line for line in text.splitlines() if line.startswith(("  + forged", "No changes."))]


WITH_WAY_OUT = [
    Reason.IN_REVIEW,
    Reason.IN_APPEAL,
    Reason.DISABLED,
    Reason.ARCHIVED,
    Reason.PENDING_DELETION,
    Reason.LIMIT_EXCEEDED,
    Reason.NAME_LOCKED,
    Reason.CATEGORY,
    Reason.INCOMPLETE,
    Reason.UNKNOWN_STATUS,
    Reason.QUOTA,
    Reason.CONFLICT,
]


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("origin", Origin)
def test_every_action_reason_and_origin_is_rendered(action: Action, reason: Reason, origin: Origin) -> None:
    step = replace(
        UPDATE, action=action, reason=reason, difference=Difference((replace(BODY, origin=origin),))
    )
    text = block(step, 80)
    assert str(SHIPPED) in text
    assert "None" not in text


def test_each_reason_has_a_sentence_of_its_own() -> None:
    sentences = [reason_sentence(replace(UPDATE, reason=reason)) for reason in Reason]
    assert len(set(sentences)) == len(Reason)
    holds = [hold(UPDATE, reason, "PENDING") for reason in WITH_WAY_OUT]
    assert len({hold_phrase(step) for step in holds}) == len(WITH_WAY_OUT)
    assert all(way_out(step, "production") not in ("", "Plan again later.") for step in holds)


@pytest.mark.parametrize("kind", AlarmKind)
@pytest.mark.parametrize("color", [True, False])
def test_every_alarm_is_shown(kind: AlarmKind, color: bool) -> None:
    text = ANSI.sub("", plan_text(plan_of(alarms=(MOVED._replace(kind=kind),)), color=color))
    assert "\n      Meta moved it from utility to marketing.\n" in text


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("APPROVED", "Goes back to review and cannot be sent meanwhile."),
        ("PAUSED", "Goes back to review; it is paused and cannot be sent now either."),
        ("REJECTED", "Goes to review again; it can be sent once Meta has approved it."),
    ],
)
def test_what_becomes_unsendable(status: str, sentence: str) -> None:
    assert block(replace(UPDATE, live_status=status), 200).splitlines()[-1].strip() == (
        f"Changed in the file. {sentence}"
    )


texts = st.lists(
    st.sampled_from(["Hi", "{{1}}", "order", "店", "\n", "warehouse", "é", "[x]", " "]), max_size=30
)
values: st.SearchStrategy[JSON] = st.none() | st.integers(0, 9) | texts.map(" ".join)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.builds(FieldChange, st.just("body"), values, values, st.sampled_from(Origin)), max_size=3),
    st.sampled_from(Action),
    st.sampled_from(Reason),
    st.integers(60, 120),
)
def test_every_line_fits(changes: list[FieldChange], action: Action, reason: Reason, width: int) -> None:
    step = replace(UPDATE, action=action, reason=reason, difference=Difference(tuple(changes)))
    assert all(columns(line) <= width for line in block(step, width).splitlines())
