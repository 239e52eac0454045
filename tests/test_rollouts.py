"""Rollouts and gc: which live names are older revisions, which free name is offered, what may be deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_plan import ACCOUNT, NOW, applied, live
from wasync.apply import stale_steps
from wasync.model.config import Account, Limits, Policy, Prune
from wasync.model.live import NAME_LOCK, Listing, Live, Memory, NameLock, Snapshot
from wasync.model.plan import Action, Plan, Reason, Rollout
from wasync.model.template import Desired, Key, Place, Revision, Template
from wasync.plan import decide
from wasync.plan_file.form import plan_to_json
from wasync.plan_file.reader import plan_from_json
from wasync.precondition import live_by_key
from wasync.rollouts import decide_gc, newer_revisions, older_revisions

PLAIN, FORGETFUL = Policy(), Memory()
BODY = "Your order left today, thank you."


def files(*names: str, absent: Iterable[Key] = (), **revisions: int) -> Desired:
    """Files that declare each `name/language`, or `name`; revisions: live name -> number."""
    templates = {}
    for name in names:
        live_name, _, language = name.partition("/")
        key = Key(live_name, language or "en_US")
        templates[key] = Template(key, "utility", {"body": BODY}, Place("templates/order.yaml", 3))
    known = {name: Revision(name.removesuffix(f"_v{number}"), number) for name, number in revisions.items()}
    return Desired(templates, dict.fromkeys(absent, Place("templates/old.yaml", 1)), (), known)


def row(name: str, status: str = "APPROVED", **more: str | None) -> Live:
    live_name, _, language = name.partition("/")
    found = live(Key(live_name, language or "en_US"), body=str(more.pop("body", BODY)))
    return found._replace(id=f"id of {name}", status=status, **more)  # type: ignore[arg-type]


def snapshot(
    desired: Desired,
    *rows: Live,
    memory: Memory = FORGETFUL,
    account: Account = ACCOUNT,
    total: int | None = None,
) -> Snapshot:
    return Snapshot(account, "v26.0", desired, Listing(rows, total), memory, NOW)


def deleted(plan: Plan) -> list[str]:
    return [str(step.key) for step in plan.steps if step.action is Action.DELETE]


# -- which are older ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("desired", "live_name", "follower"),
    [
        (files("order_v2", order_v2=2), "order", "order_v2"),
        (files("order_v5", order_v5=5), "order_v3", "order_v5"),
        (files("order_v10", order_v10=10), "order_v9", "order_v10"),
        (files("order_v2", order_v2=2), "order_v3", None),  # newer
        (files("order_v5", order_v5=5), "order_v02", None),  # no number of ours
        (files("order_v2", order_v2=2), "order_v1", None),
        (files("order_v2", order_v2=2), "order_voucher", None),
        (files("order_v2", order_v2=2), "reorder", None),
        (files("order_v2"), "order", None),  # a name like any other: no file says revision:
        (files("order_v2", "order", order_v2=2), "order", None),  # declared
        (files("order_v2", "order_v3", order_v2=2, order_v3=3), "order", "order_v2"),  # the next one
        (files(order_v2=2), "order", None),  # a file that declares nothing to send
        (files("order_v2", absent=[Key("order", "en_US")], order_v2=2), "order", None),
        (files("order_v2", absent=[Key("order", "*")], order_v2=2), "order", None),
    ],
)
def test_which_live_names_are_older_revisions(desired: Desired, live_name: str, follower: str | None) -> None:
    found = older_revisions(desired, ACCOUNT, live_by_key([row(live_name)]))
    assert {key.name: older.new for key, older in found.items()} == (
        {live_name: follower} if follower else {}
    )


def test_a_name_that_two_files_could_mean_is_no_older_revision() -> None:
    desired = files("order_v3", "order_v2_v2", order_v3=3)
    desired = desired._replace(revisions={**desired.revisions, "order_v2_v2": Revision("order_v2", 2)})
    assert older_revisions(desired, ACCOUNT, live_by_key([row("order_v2")])) == {}


@pytest.mark.parametrize(
    "mine",
    [row("order", "PENDING_DELETION"), row("order", "DELETED"), row("order", source="auto_generated")],
)
def test_what_is_going_or_metas_own_is_no_older_revision(mine: Live) -> None:
    assert older_revisions(files("order_v2", order_v2=2), ACCOUNT, live_by_key([mine])) == {}


def test_what_the_account_does_not_select_is_no_older_revision() -> None:
    account = ACCOUNT._replace(select=("order_v*",))
    found = snapshot(files("order_v2", order_v2=2), row("order"), row("order_v2"), account=account)
    assert (decide(found, PLAIN).rollouts, decide_gc(found, PLAIN).steps) == ((), ())


# -- in the plan -------------------------------------------------------------------------------------------


def test_a_rollout_is_no_step_and_says_what_waits() -> None:
    desired = files("order_v3/en_US", "order_v3/es_MX", order_v3=3)
    old = row("order_v2", body="Hi {{1}}")
    rows = (row("order_v3"), old, row("order"), row("order_v2/fr"), row("other"))
    plan = decide(snapshot(desired, *rows), PLAIN)
    assert plan.rollouts == (
        Rollout(
            "order",
            "order_v2",
            "order_v3",
            ("es_MX",),
            (
                "fr: order_v3 is not declared in it; senders have nothing to send",
                "body: senders must no longer pass {{1}}",
            ),
            Place("templates/order.yaml", 3),
            ("order",),
        ),
    )
    assert [str(step.key) for step in plan.steps] == ["order_v3/es_MX"]
    assert plan.unmanaged == (Key("other", "en_US"),)
    without = decide(snapshot(desired, rows[0]), PLAIN)
    assert (without.rollouts, without.fingerprint) == ((), plan.fingerprint)
    assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize(
    ("older", "there", "said"),
    [
        (row("order"), (), True),
        (row("order", body="Another text."), (), False),
        (row("order"), (row("order_v2", "REJECTED"),), False),  # an alarm says what Meta says
        (row("order/fr"), (), False),
    ],
)
def test_a_revision_with_the_text_of_the_older_one_is_told(
    older: Live, there: tuple[Live, ...], said: bool
) -> None:
    plan = decide(snapshot(files("order_v2", order_v2=2), older, *there), PLAIN)
    told = (
        "order_v2/en_US has the body and footer of order/en_US, and Meta rejects a text that another template"
        " has. Change a word of it."
    )
    assert plan.notes == ((told,) if said else ())
    elsewhere = decide(snapshot(files("order_v2", order_v2=2), older, *there), Policy(targets=("other",)))
    assert elsewhere.notes == ()


@pytest.mark.parametrize(
    ("target", "shown"), [("order", True), ("order_v2", True), ("order_v2/en_US", True), ("other", False)]
)
def test_targets_match_live_names(target: str, shown: bool) -> None:
    found = snapshot(files("order_v2", order_v2=2), row("order"), row("order_v2"))
    policy = Policy(targets=(target,))
    assert bool(decide(found, policy).rollouts) is shown
    assert deleted(decide_gc(found, policy)) == (["order/en_US"] if target == "order" else [])


def test_neither_older_nor_newer_revisions_are_pruned() -> None:
    desired, old, new = files("order_v2", order_v2=2), Key("order", "en_US"), Key("order_v3", "en_US")
    gone = Key("gone", "en_US")
    records = {key: applied(Template(key, "utility", {"body": BODY})) for key in (old, new, gone)}
    policy = Policy(prune=Prune.DELETE, owns=("*",), limits=Limits(None, None, None, None))
    rows = [row(name) for name in ("order", "order_v2", "order_v3", "gone")]
    plan = decide(snapshot(desired, *rows, memory=Memory(records)), policy)
    assert deleted(plan) == ["gone/en_US"]
    assert [note[:14] for note in plan.notes] == ["order_v3/en_US"]
    # Without a record nobody can tell it from somebody else's name.
    assert decide(snapshot(desired, *rows), policy).notes == ()


def test_taking_the_revision_back_leaves_the_newer_one() -> None:
    keys = [Key("order_v2", "en_US"), Key("order_v2x", "en_US"), Key("other_v2", "en_US")]
    assert newer_revisions(files("order"), keys) == {keys[0]}


# -- free names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("desired", "rows", "locked", "offered"),
    [
        (files("order"), (), ("order",), 2),
        (files("order"), (), ("order", "order_v2"), 3),
        (files("order"), (row("order_v2"),), ("order",), 3),
        (files("order"), (row("order_v2", "PENDING_DELETION"),), ("order",), 3),
        (files("order", "order_v2"), (row("order_v2"),), ("order",), 3),
        (files("order", absent=[Key("order_v2", "*")]), (), ("order",), 3),
        (files("order_v4", order_v4=4), (), ("order_v4",), 5),  # never a lower one
    ],
)
def test_a_locked_name_is_offered_the_next_free_revision(
    desired: Desired, rows: tuple[Live, ...], locked: tuple[str, ...], offered: int
) -> None:
    locks = {Key(name, "en_US"): NameLock(NOW, NOW + NAME_LOCK) for name in locked}
    plan = decide(snapshot(desired, *rows, memory=Memory(locks=locks)), PLAIN)
    (held,) = (step for step in plan.steps if step.reason is Reason.NAME_LOCKED)
    assert (held.free_revision, held.not_before) == (offered, NOW + NAME_LOCK)
    assert plan_from_json(plan_to_json(plan)) == plan


def test_a_name_that_meta_refused_lately_is_offered_one_that_it_did_not() -> None:
    memory = Memory(refused={Key("order", "en_US"): NOW, Key("order_v2", "en_US"): NOW})
    (step,) = decide(snapshot(files("order"), memory=memory), PLAIN).steps
    assert (step.reason, step.free_revision) == (Reason.NAME_LOCKED, 3)


def test_a_lock_that_is_over_takes_no_name() -> None:
    over = NameLock(NOW - NAME_LOCK - timedelta(days=1), NOW - timedelta(days=1))
    locks = {Key("order", "en_US"): NameLock(NOW, NOW + NAME_LOCK), Key("order_v2", "en_US"): over}
    (step,) = decide(snapshot(files("order"), memory=Memory(locks=locks)), PLAIN).steps
    assert step.free_revision == 2


def test_holds_that_another_name_does_not_end_offer_none() -> None:
    (step,) = decide(snapshot(files("order"), row("order", "PENDING", body="Another one.")), PLAIN).steps
    assert (step.reason, step.free_revision) == (Reason.IN_REVIEW, None)


# -- gc ----------------------------------------------------------------------------------------------------


def test_gc_deletes_each_language_by_its_id_and_says_what_it_relies_on() -> None:
    desired = files("order_v2/en_US", "order_v2/es_MX", order_v2=2)
    rows = [row(f"{name}/{code}") for name in ("order", "order_v2") for code in ("en_US", "es_MX")]
    plan = decide_gc(snapshot(desired, *rows), PLAIN)
    assert [(step.action, step.reason, step.precondition.live_id) for step in plan.steps] == [
        (Action.DELETE, Reason.SUPERSEDED, "id of order/en_US"),
        (Action.DELETE, Reason.SUPERSEDED, "id of order/es_MX"),
    ]
    assert plan.steps[0].precondition.approved == (Key("order_v2", "en_US"), Key("order_v2", "es_MX"))
    assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        ("PENDING", "in review"),
        ("IN_APPEAL", "in appeal"),
        ("REJECTED", "rejected"),
        ("PAUSED", "paused"),
        ("DISABLED", "disabled"),
        ("FLAGGED", "flagged"),
        ("PENDING_DELETION", "being deleted"),
        ("DELETED", "not created yet"),
        (None, "not created yet"),
    ],
)
def test_gc_waits_for_every_language(standing: str | None, told: str) -> None:
    desired = files("order_v2/en_US", "order_v2/es_MX", order_v2=2)
    rows = [row("order"), row("order/es_MX"), row("order_v2")]
    if standing:
        rows.append(row("order_v2/es_MX", standing))
    plan = decide_gc(snapshot(desired, *rows), PLAIN)
    assert (plan.steps, plan.notes) == (
        (),
        (f"order is kept: order_v2 is not approved in es_MX ({told}).",),
    )


def test_a_plan_of_gc_is_stale_once_the_follower_is_no_longer_approved() -> None:
    desired = files("order_v2/en_US", "order_v2/es_MX", order_v2=2)
    old, new = row("order"), [row("order_v2"), row("order_v2/es_MX")]
    plan = decide_gc(snapshot(desired, old, *new), PLAIN)
    assert stale_steps(plan, live_by_key([old, *new])) == ()
    for later in ([new[0]], [new[0], new[1]._replace(status="PAUSED")]):
        assert stale_steps(plan, live_by_key([old, *later])) == plan.steps
    assert stale_steps(plan, live_by_key([new[0]])) == (), "what is gone already is done"


def test_a_short_listing_collects_nothing() -> None:
    found = snapshot(files("order_v2", order_v2=2), row("order"), row("order_v2"), total=3)
    plan = decide_gc(found, PLAIN)
    assert plan.steps == ()
    assert "nothing is deleted on an incomplete listing (1 template would be)" in plan.notes[0]


def test_what_meta_disabled_is_held() -> None:
    found = snapshot(files("order_v2", order_v2=2), row("order", "DISABLED"), row("order_v2"))
    (step,) = decide_gc(found, PLAIN).steps
    assert (step.action, step.wanted, step.reason) == (Action.HOLD, Action.DELETE, Reason.DISABLED)
    plan = decide(found, PLAIN)
    assert (plan.rollouts, plan.unmanaged) == ((), (Key("order", "en_US"),))


def test_limits_and_protection_hold_for_gc() -> None:
    desired = files(*(f"order_v9/l{number}" for number in range(6)), order_v9=9)
    rows = [row(f"{name}/l{number}") for name in ("order", "order_v9") for number in range(6)]
    found = snapshot(desired, *rows)
    (over,) = decide_gc(found, PLAIN).refusals
    assert over.startswith("6 templates would be deleted; limits.deletes in wasync.yaml allows 5.")
    assert decide_gc(found, Policy(allow_deletes=6)).refusals == ()
    (share,) = decide_gc(found, Policy(limits=Limits(deletes=None))).refusals
    assert share.startswith("6 of 12 templates (50 %) would be deleted")
    protected = decide_gc(found, Policy(allow_deletes=6, protect=("order/l1", "order_v9"))).refusals
    assert [one.split(" ")[0] for one in protected] == ["order/l1"]


NAMES = ["order", "order_v2", "order_v3", "order_v4", "order_v2_v2", "other", "other_v2"]
STATUSES = st.sampled_from(["APPROVED", "APPROVED", "PENDING", "REJECTED", "DISABLED", "PENDING_DELETION"])


@st.composite
def histories(draw: st.DrawFn) -> tuple[Desired, list[Live]]:
    """Some names in files, with and without a revision, and some live ones."""
    given_names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    keys = [f"{name}/{code}" for name in given_names for code in draw(st.sets(st.sampled_from("abc")))]
    numbered = {name: int(name[-1]) for name in given_names if "_v" in name and draw(st.booleans())}
    there = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from("abc"), STATUSES), max_size=12)
    return files(*keys, absent=(), **numbered), [
        row(f"{name}/{code}", status) for name, code, status in draw(there)
    ]


@given(histories())
def test_gc_deletes_only_what_a_file_supersedes(history: tuple[Desired, list[Live]]) -> None:
    desired, rows = history
    found = snapshot(desired, *rows)
    now = live_by_key(rows)
    declared = {key.name for key in desired.templates}
    for key in (Key(*address.split("/")) for address in deleted(decide_gc(found, PLAIN))):
        assert key.name not in declared
        followers = [
            new
            for new, (name, number) in desired.revisions.items()
            if new in declared
            and (key.name == name or (key.name.startswith(f"{name}_v") and int(key.name[-1]) < number))
        ]
        assert any(
            all(
                now[one].status == "APPROVED" if one in now else False
                for one in desired.templates
                if one.name == new
            )
            for new in followers
        ), "deleted without a follower that is approved in every language"
    plan = decide(found, Policy(prune=Prune.NEVER))
    assert deleted(plan) == [], "a plan never deletes what gc would"
