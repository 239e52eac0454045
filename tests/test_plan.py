"""decide(): one case a rule. Whole plans, as text, are in tests/scenarios/."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wasync.model.config import Account, Limits, Policy, Prune
from wasync.model.live import NAME_LOCK, Applied, Listing, Live, Memory, NameLock, Snapshot
from wasync.model.plan import Action, AlarmKind, Origin, Plan, Reason, Step
from wasync.model.template import JSON, Desired, Key, Place, Spec, Template
from wasync.plan import adoptions, decide
from wasync.precondition import holds, is_done, live_by_key

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORDER = Key("order", "en_US")
ACCOUNT = Account("production", "102290129340398")
NOTHING, PLAIN = Memory(), Policy()


def spec(body: str = "Your order left today, thank you.", **more: object) -> Spec:
    return {"body": body, **more}  # type: ignore[dict-item]


def desired(key: Key = ORDER, body: str = "Your order left today, thank you.", **more: object) -> Template:
    category = str(more.pop("category", "utility"))
    return Template(key, category, spec(body, **more), Place("templates/order.yaml", 3))


def live(key: Key = ORDER, body: str = "Your order left today, thank you.", **fields: object) -> Live:
    category, more = str(fields.pop("category", "utility")), fields.pop("more", {})
    assert isinstance(more, dict)
    row = Live(Template(key, category, spec(body, **more)), id="1", status="APPROVED")
    return row._replace(**fields)  # type: ignore[arg-type]


def applied(template: Template, at: datetime = NOW - timedelta(days=2)) -> Applied:
    return Applied("1", template.category, template.spec, at)


def plan_of(
    *templates: Template,
    live: tuple[Live, ...] = (),
    memory: Memory = NOTHING,
    policy: Policy = PLAIN,
    listing: Listing | None = None,
    absent: dict[Key, Place] | None = None,
) -> Plan:
    files = Desired({template.key: template for template in templates}, absent or {}, ())
    return decide(Snapshot(ACCOUNT, "v26.0", files, listing or Listing(live), memory, NOW), policy)


def only(plan: Plan) -> Step:
    assert len(plan.steps) == 1
    return plan.steps[0]


def test_what_is_not_live_is_created() -> None:
    step = only(plan_of(desired()))
    assert (step.action, step.reason, step.precondition.live_id) == (Action.CREATE, Reason.NEW, None)


def test_equal_is_kept_and_is_no_step() -> None:
    plan = plan_of(desired(), live=(live(),))
    assert (plan.steps, plan.kept) == ((), 1)


@pytest.mark.parametrize(
    ("record", "reason", "action"),
    [
        (None, Reason.TAKES_OVER, Action.UPDATE),
        ("as live has it, a text", Reason.CHANGED, Action.UPDATE),
        ("as the file says, a text", Reason.REVERTS_DRIFT, Action.UPDATE),
        ("as nobody has it now, a text", Reason.CONFLICT, Action.HOLD),
    ],
)
def test_who_moved_decides(record: str | None, reason: Reason, action: Action) -> None:
    memory = Memory({ORDER: applied(desired(body=record))}) if record else Memory()
    mine, theirs = desired(body="as the file says, a text"), live(body="as live has it, a text")
    step = only(plan_of(mine, live=(theirs,), memory=memory))
    assert (step.action, step.reason) == (action, reason)


def test_overwrite_lets_the_file_win_a_conflict() -> None:
    memory = Memory({ORDER: applied(desired(body="before, a text"))})
    plan = plan_of(
        desired(body="file, a text"),
        live=(live(body="live, a text"),),
        memory=memory,
        policy=Policy(overwrite=("order/en_US",)),
    )
    assert (only(plan).action, only(plan).reason) == (Action.UPDATE, Reason.OVERWRITES)
    assert only(plan).difference.content[0].origin is Origin.BOTH


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("PENDING", Reason.IN_REVIEW),
        ("IN_APPEAL", Reason.IN_APPEAL),
        ("DISABLED", Reason.DISABLED),
        ("ARCHIVED", Reason.ARCHIVED),
        ("LIMIT_EXCEEDED", Reason.LIMIT_EXCEEDED),
        ("PENDING_DELETION", Reason.PENDING_DELETION),
        ("FLAGGED", Reason.UNKNOWN_STATUS),
    ],
)
def test_what_meta_would_refuse_is_held(status: str, reason: Reason) -> None:
    step = only(plan_of(desired(body="changed, a text"), live=(live(status=status),)))
    assert (step.action, step.reason, step.wanted) == (Action.HOLD, reason, Action.UPDATE)


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "PAUSED"])
def test_editable_statuses_are_updated(status: str) -> None:
    assert only(plan_of(desired(body="changed, a text"), live=(live(status=status),))).action is Action.UPDATE


def test_a_name_deleted_lately_is_held_until_meta_frees_it() -> None:
    deleted = NOW - timedelta(days=29)
    step = only(plan_of(desired(), memory=Memory(locks={ORDER: NameLock(deleted, deleted + NAME_LOCK)})))
    assert (step.reason, step.not_before) == (Reason.NAME_LOCKED, deleted + timedelta(days=30))
    free = plan_of(desired(), memory=Memory(locks={ORDER: NameLock(NOW - NAME_LOCK, NOW)}))
    assert only(free).action is Action.CREATE


def test_a_new_language_must_share_the_category_of_its_name() -> None:
    sibling = live(Key("order", "es_MX"), category="marketing")
    assert only(plan_of(desired(), live=(sibling,))).reason is Reason.CATEGORY


@pytest.mark.parametrize(
    ("file", "now", "record", "previous", "step", "alarm"),
    [
        ("utility", "marketing", "utility", None, None, True),  # Meta moved it
        ("utility", "marketing", None, None, None, True),  # nobody can tell: taken for Meta's move
        ("marketing", "utility", "utility", None, Reason.CATEGORY, False),  # the author moved it
        ("marketing", "utility", None, None, Reason.CATEGORY, False),
        ("authentication", "utility", None, "authentication", None, True),
    ],
)
def test_who_moved_the_category(
    file: str, now: str, record: str | None, previous: str | None, step: Reason | None, alarm: bool
) -> None:
    memory = Memory({ORDER: applied(desired(category=record))}) if record else Memory()
    plan = plan_of(
        desired(category=file), live=(live(category=now, previous_category=previous),), memory=memory
    )
    assert [found.reason for found in plan.steps] == ([step] if step else [])
    assert (AlarmKind.CATEGORY in [found.kind for found in plan.alarms]) is alarm


def test_the_category_of_a_rejected_template_may_be_edited() -> None:
    step = only(plan_of(desired(category="marketing"), live=(live(status="REJECTED"),)))
    assert (step.action, step.difference.content[0].path) == (Action.UPDATE, "category")


def test_an_announced_category_is_an_alarm_even_when_all_is_equal() -> None:
    plan = plan_of(desired(), live=(live(correct_category="marketing"),))
    assert [alarm.kind for alarm in plan.alarms] == [AlarmKind.CATEGORY]


def test_rejected_and_equal_is_kept_with_an_alarm() -> None:
    plan = plan_of(desired(), live=(live(status="REJECTED", rejected_reason="PROMOTIONAL"),))
    assert plan.steps == ()
    assert [alarm.kind for alarm in plan.alarms] == [AlarmKind.REJECTED]


VARIABLE = "Hi {{1}}, your order left today, thank you."


@pytest.mark.parametrize(("status", "steps"), [("APPROVED", 0), ("REJECTED", 1), ("PAUSED", 1)])
def test_a_sample_alone_never_costs_a_counted_edit(status: str, steps: int) -> None:
    mine = desired(body=VARIABLE, examples={"body": ["Ana"]})
    theirs = live(body=VARIABLE, status=status, more={"examples": {"body": ["Bob"]}})
    plan = plan_of(mine, live=(theirs,))
    assert len(plan.steps) == steps
    assert (AlarmKind.SAMPLES in [alarm.kind for alarm in plan.alarms]) is (steps == 0)


def test_resend_sends_a_sample_again() -> None:
    plan = plan_of(desired(), live=(live(),), policy=Policy(resend=("order",)))
    assert (only(plan).action, only(plan).reason) == (Action.UPDATE, Reason.RESENT)


def test_a_step_that_lacks_what_it_must_send_is_held() -> None:
    image = desired(header={"format": "image"})
    assert only(plan_of(image)).reason is Reason.INCOMPLETE
    theirs = live(more={"header": {"format": "image"}})
    changed = desired(body="changed, a text", header={"format": "image"})
    assert only(plan_of(changed, live=(theirs,))).reason is Reason.INCOMPLETE


def test_examples_that_live_has_stand_in_for_missing_ones() -> None:
    theirs = live(body=VARIABLE, more={"examples": {"body": ["Bob"]}})
    step = only(plan_of(desired(body=VARIABLE + " Bye."), live=(theirs,)))
    assert step.action is Action.UPDATE
    assert step.after is not None
    assert step.after.spec["examples"] == {"body": ["Bob"]}


def test_generated_templates_are_never_touched() -> None:
    theirs = live(source="auto_generated")
    plan = plan_of(desired(body="changed, a text"), live=(theirs,))
    assert (plan.steps, plan.kept) == ((), 1)
    assert plan_of(live=(theirs,), absent={ORDER: Place("a.yaml", 1)}).steps == ()


def test_unmanaged_templates_are_listed_and_left() -> None:
    plan = plan_of(desired(), live=(live(), live(Key("hello_world", "en_US"))))
    assert (plan.steps, plan.unmanaged) == ((), (Key("hello_world", "en_US"),))


def test_targets_narrow_the_plan() -> None:
    other = desired(Key("other", "en_US"))
    assert only(plan_of(desired(), other, policy=Policy(targets=("oth*",)))).key.name == "other"
    assert len(plan_of(desired(), other, policy=Policy(targets=("*/en_US",))).steps) == 2


# -- deletes -------------------------------------------------------------------------------------------

GONE = Key("gone", "en_US")
OURS = Policy(prune=Prune.DELETE, owns=("gone*",))
RECORDED = Memory({GONE: Applied("1", "utility", spec(), NOW)})


def test_absent_deletes_one_language_or_all() -> None:
    rows = (live(GONE), live(Key("gone", "es_MX"), id="2"))
    one = plan_of(live=rows, absent={GONE: Place("gone.yaml", 2)})
    assert [(step.action, step.key) for step in one.steps] == [(Action.DELETE, GONE)]
    whole = plan_of(live=rows, absent={Key("gone", "*"): Place("gone.yaml", 1)})
    assert [step.key.language for step in whole.steps] == ["en_US", "es_MX"]


def test_prune_deletes_what_is_ours_owned_and_gone() -> None:
    plan = plan_of(desired(), live=(live(), live(GONE)), memory=RECORDED, policy=OURS)
    assert (only(plan).action, only(plan).reason, only(plan).key) == (Action.DELETE, Reason.PRUNED, GONE)


@pytest.mark.parametrize(
    ("policy", "memory"),
    [
        (Policy(owns=("gone*",)), RECORDED),  # prune: never
        (Policy(prune=Prune.DELETE), RECORDED),  # owns nothing
        (Policy(prune=Prune.DELETE, owns=("other*",)), RECORDED),
        (OURS, Memory()),  # no record
    ],
)
def test_prune_deletes_nothing_else(policy: Policy, memory: Memory) -> None:
    assert plan_of(desired(), live=(live(), live(GONE)), memory=memory, policy=policy).steps == ()


def test_empty_files_prune_nothing() -> None:
    assert plan_of(live=(live(GONE),), memory=RECORDED, policy=OURS).steps == ()


def test_a_name_the_account_no_longer_selects_is_not_pruned() -> None:
    """Its file is still there: narrowing select: takes no template away."""
    account = Account(ACCOUNT.name, ACCOUNT.waba_id, select=("order*",))
    files = Desired({ORDER: desired()}, {}, ())
    snapshot = Snapshot(account, "v26.0", files, Listing((live(), live(GONE))), RECORDED, NOW)
    assert decide(snapshot, OURS).steps == ()


def test_a_short_listing_forbids_deletes_and_says_so() -> None:
    listing = Listing((live(GONE),), total_count=2)
    plan = plan_of(listing=listing, absent={GONE: Place("gone.yaml", 1)})
    assert plan.steps == ()
    assert plan.notes == (
        (
            "Meta reported 2 templates and listed 1: nothing is deleted on an incomplete listing"
            " (1 template would be). Run again."
        ),
    )


def test_a_disabled_template_cannot_be_deleted() -> None:
    plan = plan_of(live=(live(GONE, status="DISABLED"),), absent={GONE: Place("gone.yaml", 1)})
    assert (only(plan).action, only(plan).reason, only(plan).wanted) == (
        Action.HOLD,
        Reason.DISABLED,
        Action.DELETE,
    )


# -- limits --------------------------------------------------------------------------------------------


def many(count: int) -> tuple[Live, ...]:
    return tuple(live(Key(f"t{number:02}", "en_US"), id=str(number)) for number in range(count))


def absent(count: int) -> dict[Key, Place]:
    return {Key(f"t{number:02}", "en_US"): Place("t.yaml", 1) for number in range(count)}


def test_the_count_limit_names_itself_and_its_flag() -> None:
    plan = plan_of(live=many(6), absent=absent(6), policy=Policy(limits=Limits(deletes_percent=None)))
    assert plan.refusals == (
        (
            "6 templates would be deleted; limits.deletes in wasync.yaml allows 5."
            " If that is meant, add --allow-deletes 6."
        ),
    )


def test_the_percent_limit_counts_from_ten_live_templates_on() -> None:
    kept = tuple(desired(Key(f"t{number:02}", "en_US")) for number in range(3, 10))
    plan = plan_of(*kept, live=many(10), absent=absent(3))
    assert plan.refusals == (
        (
            "3 of 10 templates (30 %) would be deleted; limits.deletes_percent in wasync.yaml allows 20 %."
            " If that is meant, add --allow-deletes 3."
        ),
    )
    assert plan_of(*kept[:-1], live=many(9), absent=absent(3)).refusals == ()


def test_an_allowance_is_counted() -> None:
    assert plan_of(live=many(6), absent=absent(6), policy=Policy(allow_deletes=6)).refusals == ()
    assert plan_of(live=many(6), absent=absent(6), policy=Policy(allow_deletes=5)).refusals == (
        "6 templates would be deleted; --allow-deletes allows 5. If that is meant, add --allow-deletes 6.",
    )


def test_updates_have_limits_too() -> None:
    plan = plan_of(desired(body="changed, a text"), live=(live(),), policy=Policy(limits=Limits(updates=0)))
    assert plan.refusals == (
        (
            "1 template would be updated; limits.updates in wasync.yaml allows 0."
            " If that is meant, add --allow-updates 1."
        ),
    )


def test_protected_names_are_not_deleted() -> None:
    plan = plan_of(live=(live(GONE),), absent={GONE: Place("gone.yaml", 1)}, policy=Policy(protect=("go*",)))
    assert plan.refusals == (
        (
            "gone/en_US would be deleted, but protect: 'go*' in wasync.yaml protects it."
            " If the delete is meant, remove the glob in a change of its own."
        ),
    )


def test_creates_over_the_template_limit_are_held() -> None:
    listing = Listing((), template_limit=10, template_count=9)
    plan = plan_of(desired(Key("a", "en_US")), desired(Key("b", "en_US")), listing=listing)
    assert [(step.action, step.reason) for step in plan.steps] == [
        (Action.CREATE, Reason.NEW),
        (Action.HOLD, Reason.QUOTA),
    ]


# -- preconditions -------------------------------------------------------------------------------------


def test_of_two_rows_of_a_key_the_one_not_being_deleted_counts() -> None:
    going, staying = live(status="PENDING_DELETION", id="1"), live(id="2")
    for rows in ((going, staying), (staying, going)):
        assert live_by_key(rows)[ORDER].id == "2"
    assert live_by_key((live(status="DELETED"),)) == {}


def test_a_step_holds_until_live_moves_and_is_done_when_live_is_as_wanted() -> None:
    before, after = live(), live(body="changed, a text")
    step = only(plan_of(desired(body="changed, a text"), live=(before,)))
    assert (holds(step, before), is_done(step, before)) == (True, False)
    assert (holds(step, after), is_done(step, after)) == (False, True)
    assert not holds(step, before._replace(id="9"))
    assert not holds(step, before._replace(status="PENDING"))
    assert holds(step, before._replace(quality="RED", rejected_reason="NONE"))
    assert (holds(step, None), is_done(step, None)) == (False, False)


def test_the_fingerprint_ignores_what_is_not_decided() -> None:
    one = plan_of(desired(body="changed, a text"), live=(live(),))
    other = plan_of(
        desired(body="changed, a text"), live=(live(quality="RED"), live(Key("hello_world", "en_US")))
    )
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != plan_of(desired(body="changed again, a text"), live=(live(),)).fingerprint


def test_equal_templates_without_a_record_are_adopted() -> None:
    files = Desired({ORDER: desired()}, {}, ())
    snapshot = Snapshot(ACCOUNT, "v26.0", files, Listing((live(),)), Memory(), NOW)
    record = adoptions(snapshot)[ORDER]
    assert (record.live_id, record.category, record.spec) == ("1", "utility", spec())
    assert adoptions(snapshot._replace(memory=Memory({ORDER: record}))) == {}


def test_a_category_the_author_moved_is_not_adopted_as_if_it_had_been_requested() -> None:
    for status in ("APPROVED", "REJECTED"):
        files = Desired({ORDER: desired(category="marketing")}, {}, ())
        snapshot = Snapshot(ACCOUNT, "v26.0", files, Listing((live(status=status),)), Memory(), NOW)
        assert adoptions(snapshot) == {}
        assert only(decide(snapshot._replace(memory=Memory(adoptions(snapshot))), PLAIN)).wanted in (
            Action.UPDATE,
            None,
        )


def test_what_was_pulled_is_adopted_while_a_new_medium_waits_to_be_sent() -> None:
    image: JSON = {"format": "image"}
    old, new = ({"header": {"path": "a.png", "sha256": digit * 64}} for digit in "12")
    before = applied(desired(body="before, a text", examples=old, header=image))
    mine, theirs = (
        desired(body="pulled, a text", examples=new, header=image),
        live(body="pulled, a text", more={"header": image}),
    )
    snapshot = Snapshot(
        ACCOUNT, "v26.0", Desired({ORDER: mine}, {}, ()), Listing((theirs,)), Memory({ORDER: before}), NOW
    )
    record = adoptions(snapshot)[ORDER]
    assert record.spec == spec("pulled, a text", examples=old, header=image)
    assert adoptions(snapshot._replace(memory=Memory({ORDER: record}))) == {}
    edited = desired(body="edited, a text", examples=new, header=image)
    assert only(plan_of(edited, live=(theirs,), memory=Memory({ORDER: record}))).reason is Reason.CHANGED


def test_samples_that_were_sent_and_that_live_does_not_show_are_not_sent_again() -> None:
    mine = desired(body=VARIABLE, examples={"body": ["Ana"]})
    plan = plan_of(
        mine, live=(live(body=VARIABLE, status="REJECTED"),), memory=Memory({ORDER: applied(mine)})
    )
    assert plan.steps == ()


def test_an_option_that_no_edit_changes_never_becomes_a_step() -> None:
    mine = desired(library_template_name="delivery_1")
    plan = plan_of(mine, live=(live(),))
    assert (plan.steps, [alarm.kind for alarm in plan.alarms]) == ((), [])
