"""quota: what Meta's rations leave is counted from what the state knows; what does not fit waits its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from wasync.model.errors import GraphError, WasyncError
from wasync.model.live import Listing, Memory
from wasync.model.plan import Action, Cost, Ration, Reason, Step
from wasync.model.template import Key, Template
from wasync.quota import (
    DAY,
    HOUR,
    MARGIN,
    MONTH,
    Wait,
    counts,
    not_yet,
    only_time_mends,
    still_counts,
    within_quota,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ORDER = Key("order", "en_US")
NOBODY, NOTHING = Listing(()), Memory()


def edit(status: str = "APPROVED") -> Step:
    template = Template(ORDER, "utility", {"body": "Hi."})
    return Step(Action.UPDATE, ORDER, Reason.CHANGED, template, template, live_status=status)


def create(number: int = 0) -> Step:
    key = Key(f"order_{number:04}", "en_US")
    return Step(Action.CREATE, key, Reason.NEW, after=Template(key, "utility", {"body": "Hi."}))


def one(step: Step, memory: Memory = NOTHING, listing: Listing = NOBODY) -> Step:
    (found,) = within_quota([step], memory, listing, NOW)
    return found


def edited(*ago: timedelta) -> Memory:
    return Memory(edits={ORDER: tuple(sorted(NOW - one for one in ago))})


def test_an_edit_says_its_number_and_when_the_next_is_free() -> None:
    days = [timedelta(days=days) for days in (2, 9)]
    found = one(edit(), edited(*days))
    assert found.action is Action.UPDATE
    assert found.cost == Cost(Ration.EDITS, 3, 10, NOW + DAY + MARGIN)


def test_the_tenth_edit_says_that_the_next_is_free_when_the_oldest_leaves_the_month() -> None:
    found = one(edit(), edited(*[timedelta(days=days) for days in range(2, 11)]))
    assert found.cost == Cost(Ration.EDITS, 10, 10, NOW - timedelta(days=10) + MONTH + MARGIN)


def test_a_second_edit_within_a_day_is_held_until_the_first_is_a_day_old() -> None:
    found = one(edit(), edited(timedelta(hours=23)))
    assert (found.action, found.wanted, found.reason) == (Action.HOLD, Action.UPDATE, Reason.QUOTA)
    assert found.not_before == NOW + HOUR + MARGIN
    assert found.detail == "the one edit of 24 hours is used up"


def test_an_eleventh_edit_within_30_days_is_held() -> None:
    found = one(edit(), edited(*[timedelta(days=days) for days in range(2, 12)]))
    assert (found.action, found.reason) == (Action.HOLD, Reason.QUOTA)
    assert found.not_before == NOW - timedelta(days=11) + MONTH + MARGIN
    assert found.detail == "10 of 10 edits in 30 days are used up"


@pytest.mark.parametrize("status", ["REJECTED", "PAUSED"])
def test_edits_of_what_is_not_approved_are_free(status: str) -> None:
    step = edit(status)
    assert one(step, edited(timedelta(hours=1))) == step
    assert not counts(step)


def test_edits_older_than_30_days_count_no_more() -> None:
    found = one(edit(), edited(*[timedelta(days=31 + days) for days in range(12)]))
    assert found.cost == Cost(Ration.EDITS, 1, 10, NOW + DAY + MARGIN)


def test_the_edits_of_others_count_nothing() -> None:
    found = one(edit(), Memory(edits={Key("order", "es_MX"): (NOW,)}))
    assert found.action is Action.UPDATE


def test_a_clock_that_jumped_holds_nothing_up() -> None:
    memory = Memory(
        edits={ORDER: (NOW + timedelta(days=4000),)},
        creations=(NOW + timedelta(days=4000),) * 100,
        refused={ORDER: NOW + timedelta(days=4000), create().key: NOW + timedelta(days=4000)},
    )
    assert one(edit(), memory).cost == Cost(Ration.EDITS, 1, 10, NOW + DAY + MARGIN)
    assert one(create(), memory).cost == Cost(Ration.CREATIONS, 1, 100)


def test_an_edit_that_meta_refused_for_lack_of_edits_is_tried_again_a_day_later() -> None:
    found = one(edit(), Memory(refused={ORDER: NOW - HOUR}))
    assert (found.action, found.reason) == (Action.HOLD, Reason.QUOTA)
    assert found.not_before == NOW - HOUR + DAY
    assert found.detail == "Meta says that its edits are used up"
    assert one(edit(), Memory(refused={ORDER: NOW - DAY})).action is Action.UPDATE


def test_a_name_that_meta_says_is_locked_is_tried_again_a_day_later() -> None:
    found = one(create(), Memory(refused={create().key: NOW - HOUR}))
    assert (found.action, found.wanted, found.reason) == (Action.HOLD, Action.CREATE, Reason.NAME_LOCKED)
    assert found.not_before == NOW - HOUR + DAY
    assert found.detail == "Meta refused it on 2026-11-23, and does not say until when"


def test_more_than_100_creations_become_batches_with_times() -> None:
    steps = list(within_quota([create(number) for number in range(250)], Memory(), NOBODY, NOW))
    assert {step.action for step in steps} == {Action.CREATE}
    assert [step.not_before for step in steps] == (
        [None] * 100 + [NOW + HOUR + MARGIN] * 100 + [NOW + 2 * (HOUR + MARGIN)] * 50
    )
    assert [step.cost.number for step in steps if step.cost] == [
        *range(1, 101),
        *range(1, 101),
        *range(1, 51),
    ]


def test_creations_of_the_last_hour_count() -> None:
    memory = Memory(creations=(NOW - timedelta(minutes=50),) * 99)
    steps = list(within_quota([create(number) for number in range(3)], memory, NOBODY, NOW))
    later = NOW - timedelta(minutes=50) + HOUR + MARGIN
    assert [step.not_before for step in steps] == [None, later, later]
    assert steps[0].cost == Cost(Ration.CREATIONS, 100, 100)


def test_creates_over_the_accounts_limit_of_templates_are_held() -> None:
    listing = Listing((), template_limit=250, template_count=249)
    first, second = within_quota([create(1), create(2)], Memory(), listing, NOW)
    assert (first.action, second.action, second.reason) == (Action.CREATE, Action.HOLD, Reason.QUOTA)
    assert second.detail == "the account holds 249 of 250 templates"


@pytest.mark.parametrize(
    ("subcode", "mends"), [(2388023, True), (2388039, True), (2388024, False), (None, False)]
)
def test_what_only_time_mends(subcode: int | None, mends: bool) -> None:
    assert only_time_mends(GraphError("no", "wait", code=100, subcode=subcode)) is mends
    assert not only_time_mends(WasyncError("no", "wait"))


# -- at the moment of sending --------------------------------------------------------------------------


def hundred(ago: timedelta) -> Memory:
    return Memory(creations=(NOW - ago,) * 100)


def test_what_is_free_now_waits_for_nothing() -> None:
    assert not_yet([create(), create(1)], NOTHING, NOW) is None
    assert not_yet([edit()], edited(DAY + MARGIN), NOW) is None
    assert not_yet([edit("REJECTED")], edited(HOUR), NOW) is None


def test_what_the_state_knows_now_beats_the_time_planned() -> None:
    used_up = Wait(NOW + timedelta(minutes=32), "the 100 creations of an hour are used up")
    assert not_yet([create()], hundred(timedelta(minutes=30)), NOW) == used_up
    planned = replace(create(), not_before=NOW + timedelta(minutes=5))
    assert not_yet([planned], hundred(timedelta(minutes=30)), NOW) == used_up
    spent = Wait(NOW + HOUR + MARGIN, "the one edit of 24 hours is used up")
    assert not_yet([edit()], edited(timedelta(hours=23)), NOW) == spent


def test_nothing_is_sent_before_the_time_planned() -> None:
    planned = replace(create(), not_before=NOW + timedelta(minutes=5))
    found = not_yet([planned], NOTHING, NOW)
    assert found is not None
    assert found.until == NOW + timedelta(minutes=5)
    assert not_yet([planned], NOTHING, NOW + timedelta(minutes=5)) is None


def test_what_goes_in_one_call_waits_for_its_last() -> None:
    memory = Memory(creations=(NOW - timedelta(minutes=50),) * 50 + (NOW - timedelta(minutes=10),) * 48)
    assert not_yet([create(1), create(2)], memory, NOW) is None
    found = not_yet([create(1), create(2), create(3)], memory, NOW)
    assert found is not None
    assert found.until == NOW + timedelta(minutes=12)


def test_a_creation_counts_for_an_hour_and_the_margin() -> None:
    assert still_counts(NOW - HOUR, NOW)
    assert not still_counts(NOW - HOUR - MARGIN, NOW)
