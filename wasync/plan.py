"""decide(): from one snapshot of files, live and state to the plan. Pure: same snapshot, same plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from wasync.alarms import category_alarms, category_moved_by_author, sample_alarm, status_alarms
from wasync.canonical import as_declared, fill_examples, missing_inputs
from wasync.canonical.contract import contract_breaks
from wasync.canonical.declared import has_unreadable
from wasync.canonical.inputs import wants_media
from wasync.deletes import delete_step, on_whole_listing
from wasync.diff import compare
from wasync.limits import matches, refusals, templates
from wasync.model.config import Breaking, Policy, Prune
from wasync.model.live import Applied, Live, Snapshot
from wasync.model.plan import (
    OUTSIDE,
    Action,
    Alarm,
    AlarmKind,
    Difference,
    FieldChange,
    Origin,
    Plan,
    Reason,
    Step,
)
from wasync.model.template import Key, Spec, SpecPath, Template
from wasync.plan_file.form import plan_fingerprint
from wasync.precondition import EDITABLE, GOING, live_by_key, precondition
from wasync.promotion import Approvals, hold_unapproved, review_alarms
from wasync.quota import held, within_quota
from wasync.rollouts import (
    Older,
    newer_revisions,
    older_revisions,
    rollouts,
    same_texts,
    with_free_revisions,
)

FREE_EDITS = frozenset({"REJECTED", "PAUSED"})
"""Statuses whose edits Meta does not count, and whose category it lets be edited (sections B1 and E)."""

_HOLD_BY_STATUS = {
    "PENDING": Reason.IN_REVIEW,
    "IN_APPEAL": Reason.IN_APPEAL,
    "DISABLED": Reason.DISABLED,
    "ARCHIVED": Reason.ARCHIVED,
    "PENDING_DELETION": Reason.PENDING_DELETION,
    "LIMIT_EXCEEDED": Reason.LIMIT_EXCEEDED,
}


def decide(snapshot: Snapshot, policy: Policy, first: Approvals | None = None) -> Plan:
    """Decide what to do about each key, and why.

    `first` tells of the account that has to have approved a text before this one gets it. Keys outside
    `policy.targets` are left out. `Plan.refusals` names every limit the steps exceed; such a plan may be
    shown, not applied. Deletes are left out, with a note, when the listing was short.
    """
    desired = snapshot.desired.templates
    live = live_by_key(snapshot.listing.rows)
    categories = _categories_by_name(live)
    steps: list[Step] = []
    alarms: list[Alarm] = []
    kept = unrecorded = 0
    for key in sorted(desired):
        if policy.targets and not matches(policy.targets, key):
            continue
        found = live.get(key)
        if found is None:
            steps.append(_create(desired[key], categories.get(key.name, {}), snapshot))
            continue
        seen = as_declared(found.template.spec, desired[key].spec)
        if _plainly_equal(desired[key], found, seen) and not policy.resend:
            kept += 1
            if found.correct_category:
                alarms.extend(category_alarms(found, desired[key], None))
            continue
        # Looked up only here: the state reads a record when it is asked for.
        applied = snapshot.memory.applied.get(key)
        step = _compare(desired[key], found, seen, applied, policy)
        alarms.extend(_alarms(desired[key], found, applied, step))
        if step.action is Action.KEEP:
            kept += 1
            unrecorded += applied is None and wants_media(desired[key].spec)
        else:
            steps.append(step)
    older = older_revisions(snapshot.desired, snapshot.account, live)
    deletes, notes = _deletes(snapshot, policy, live, older)
    notes.extend(same_texts(snapshot, policy, live, older))
    if unrecorded:
        notes.append(
            f"{templates(unrecorded)} with media have no record in the state: the samples count as equal."
            " To send one again: wasync apply --resend NAME/LANGUAGE."
        )
    if first is not None:
        steps = list(hold_unapproved(steps, first))
        alarms.extend(review_alarms(steps, first))
    within = within_quota(steps, snapshot.memory, snapshot.listing, snapshot.now)
    named = with_free_revisions(within, snapshot, live)
    steps = sorted([*named, *deletes], key=lambda step: step.key)
    declared = desired.keys() | {step.key for step in deletes}
    # What Meta disabled nobody can send, so nobody has to leave it.
    leaving = {key: one for key, one in older.items() if live[key].status != "DISABLED"}
    told = declared | leaving.keys()
    unmanaged = (key for key, row in live.items() if key not in told and row.status not in GOING)
    waba_id = snapshot.account.waba_id
    return Plan(
        account=snapshot.account.name,
        waba_id=waba_id,
        graph_version=snapshot.graph_version,
        steps=tuple(steps),
        kept=kept,
        unmanaged=tuple(sorted(unmanaged)),
        alarms=tuple(alarms),
        notes=tuple(notes),
        refusals=(
            *_emptied(snapshot),
            *refusals(steps, policy, managed=len(declared & live.keys())),
        ),
        fingerprint=plan_fingerprint(tuple(steps), waba_id),
        created=snapshot.now,
        rollouts=tuple(rollouts(snapshot, policy, live, leaving)),
    )


def adoptions(snapshot: Snapshot) -> dict[Key, Applied]:
    """Return the records to write for templates whose content is as their file says, unknown to the state.

    A record tells what was requested and sent: where samples differ it keeps those sent before, and without a
    record those live shows; a category the author moved was never requested.
    """
    live = live_by_key(snapshot.listing.rows)
    found: dict[Key, Applied] = {}
    for key, desired in snapshot.desired.templates.items():
        row, known = live.get(key), snapshot.memory.applied.get(key)
        if row is None or row.status in GOING or category_moved_by_author(desired, row, known):
            continue
        if known is not None and known.live_id == row.id and known.spec == desired.spec:
            continue
        seen = as_declared(row.template.spec, desired.spec)
        difference = compare(desired.spec, row.template.spec, known.spec if known is not None else None)
        if difference.content:
            continue
        spec = desired.spec
        if difference.samples:
            spec = _with_samples(spec, known.spec if known is not None else seen)
            if known is not None and known.live_id == row.id and known.spec == spec:
                continue
        category = desired.category if known is None else known.category
        found[key] = Applied(row.id, category, spec, snapshot.now)
    return found


def _with_samples(spec: Spec, sent: Spec) -> Spec:
    content = {part: value for part, value in spec.items() if part != "examples"}
    return {**content, "examples": sent["examples"]} if "examples" in sent else content


# -- one key -------------------------------------------------------------------------------------------


def _plainly_equal(desired: Template, live: Live, seen: Spec) -> bool:
    """The common case, decided without the record: approved, no media, and equal in all that is declared."""
    return (
        live.status == "APPROVED"
        and desired.category == live.template.category
        and live.source != "auto_generated"
        and seen == desired.spec
        # Whether media and the like are still what was sent, only the record can tell.
        and (seen is live.template.spec or not has_unreadable(desired.spec))
    )


def _create(desired: Template, siblings: Mapping[str, Key], snapshot: Snapshot) -> Step:
    step = Step(Action.CREATE, desired.key, Reason.NEW, after=desired, place=desired.place)
    lock = snapshot.memory.locks.get(desired.key)
    if lock is not None and snapshot.now < lock.until:
        return held(step, Reason.NAME_LOCKED, f"deleted on {lock.since:%Y-%m-%d}", lock.until)
    for category, key in siblings.items():
        if category != desired.category:
            detail = (
                f"{key} is live as {category}, the file says {desired.category};"
                " Meta wants one category for all languages of a name"
            )
            return held(step, Reason.CATEGORY, detail)
    return _hold_incomplete(step, desired)


def _compare(desired: Template, live: Live, seen: Spec, applied: Applied | None, policy: Policy) -> Step:
    """Decide about a live template; `seen` is its spec as declared."""
    difference = compare(desired.spec, live.template.spec, applied.spec if applied else None)
    if category_moved_by_author(desired, live, applied):
        origin = Origin.UNKNOWN if applied is None else Origin.FILES
        change = FieldChange("category", live.template.category, desired.category, origin)
        difference = replace(difference, content=(change, *difference.content))
    step = Step(
        Action.UPDATE,
        desired.key,
        _update_reason(difference),
        before=replace(live.template, spec=seen),
        difference=difference,
        place=desired.place,
        live_status=live.status,
    )
    if live.status == "PENDING_DELETION":
        return held(replace(step, after=desired), Reason.PENDING_DELETION)
    if applied is not None and _moved_outside(difference):
        step = replace(step, in_sync=applied.at)
    resend = bool(policy.resend) and matches(policy.resend, desired.key)
    # A sample that was sent and that live does not show as sent would differ after every further edit.
    moved = any(change.origin is not Origin.LIVE for change in difference.samples)
    send_samples = moved and live.status in FREE_EDITS
    if live.source == "auto_generated" or not (difference.content or resend or send_samples):
        return replace(step, action=Action.KEEP, reason=Reason.EQUAL)
    watches = policy.breaking is not Breaking.ALLOW
    after = desired
    if incomplete := bool(missing_inputs(desired.spec)):
        after = replace(desired, spec=fill_examples(desired.spec, live.template.spec))
    step = replace(
        step,
        after=after,
        reason=step.reason if difference.content else Reason.RESENT,
        precondition=precondition(live, after.spec),
        breaking=contract_breaks(seen, desired.spec) if watches and difference.content else (),
    )
    step = _hold_if_refused(step, live, after, policy)
    return _hold_incomplete(step, after) if incomplete and step.action is not Action.HOLD else step


def _hold_if_refused(step: Step, live: Live, after: Template, policy: Policy) -> Step:
    """Hold what Meta would refuse now, and what nobody decided."""
    if live.status not in EDITABLE:
        return held(step, _HOLD_BY_STATUS.get(live.status, Reason.UNKNOWN_STATUS), live.status)
    content = step.difference.content
    if live.status not in FREE_EDITS and step.changes_category:
        detail = f"live is {live.template.category}, the file says {after.category}"
        return held(step, Reason.CATEGORY, detail)
    if any(change.origin is Origin.BOTH for change in content):
        if not matches(policy.overwrite, step.key):
            return held(step, Reason.CONFLICT)
        return replace(step, reason=Reason.OVERWRITES)
    return step


def _moved_outside(difference: Difference) -> bool:
    return any(change.origin in OUTSIDE for change in (*difference.content, *difference.samples))


def _update_reason(difference: Difference) -> Reason:
    origins = {change.origin for change in (*difference.content, *difference.samples)}
    if origins == {Origin.LIVE}:
        return Reason.REVERTS_DRIFT
    return Reason.TAKES_OVER if Origin.UNKNOWN in origins else Reason.CHANGED


def _hold_incomplete(step: Step, after: Template) -> Step:
    missing = missing_inputs(after.spec)
    if not missing:
        return step
    return held(step, Reason.INCOMPLETE, f"missing: {', '.join(map(_in_words, missing))}")


def _in_words(path: SpecPath) -> str:
    """Say which input a path of missing_inputs() means."""
    match path:
        case ("examples", "header"):
            return "the header's sample (media: or handle:)"
        case ("examples", "buttons", index):
            return f"an example for buttons[{index}]"
        case ("examples", "carousel", card, *rest):
            return f"{_in_words(('examples', *rest))} in card {int(card) + 1}"
        case ("examples", "header" | "body" as part, int(position)):
            return f"an example for {{{{{position + 1}}}}} of the {part}"
        case ("examples", "header" | "body" as part, name):
            return f"an example for {{{{{name}}}}} of the {part}"
        case _:
            return ".".join(str(part) for part in path)


def _alarms(desired: Template, live: Live, applied: Applied | None, step: Step) -> Iterator[Alarm]:
    yield from category_alarms(live, desired, applied)
    if live.source == "auto_generated":
        message = "Meta generated it, and wasync never touches such a template. Take it out of the files."
        yield Alarm(AlarmKind.STATUS, desired.key, message, desired.place)
    if step.action is Action.KEEP:
        yield from status_alarms(live, desired)
        if step.difference.samples:
            yield sample_alarm(live, desired, step.difference.samples)


def _categories_by_name(live: Mapping[Key, Live]) -> dict[str, dict[str, Key]]:
    """Return, per name, each live category with one key that has it."""
    categories: dict[str, dict[str, Key]] = defaultdict(dict)
    for key, row in live.items():
        if row.status not in GOING:
            categories[key.name].setdefault(row.template.category, key)
    return categories


_SEVERAL = 3
"""Somebody may delete fewer by hand; so many at once is a wrong account or a missing right."""


def _emptied(snapshot: Snapshot) -> Iterator[str]:
    """Refuse to create everything anew where an account that was full shows nothing at all."""
    if not snapshot.listing.rows and len(snapshot.memory.applied) >= _SEVERAL:
        yield (
            f"Meta lists no template at all, and wasync applied {len(snapshot.memory.applied)} to this"
            " account: the token may not see them, or waba_id is another account's. If they are really gone:"
            " wasync state forget '*', then plan again."
        )


# -- deletes -------------------------------------------------------------------------------------------


def _deletes(
    snapshot: Snapshot, policy: Policy, live: Mapping[Key, Live], older: Mapping[Key, Older]
) -> tuple[list[Step], list[str]]:
    """Return the deletes asked for by the files or by prune; on a short listing none, and a note.

    Older revisions are not pruned: they live until decide_gc(). Nor are newer ones, and a note says why.
    """
    newer = newer_revisions(snapshot.desired, (key for key in live if key not in snapshot.desired.templates))
    steps = []
    kept: list[str] = []
    for key, row in live.items():
        if row.status in GOING or key in snapshot.desired.templates or row.source == "auto_generated":
            continue
        if policy.targets and not matches(policy.targets, key):
            continue
        place = snapshot.desired.absent.get(key) or snapshot.desired.absent.get(Key(key.name, "*"))
        if place is not None:
            steps.append(delete_step(row, Reason.DECLARED_ABSENT, place))
        elif key in newer and key in snapshot.memory.applied:
            kept.append(str(key))
        elif key not in older and _is_pruned(key, snapshot, policy):
            steps.append(delete_step(row, Reason.PRUNED))
    deletes, notes = on_whole_listing(steps, snapshot.listing)
    if kept:
        notes.append(
            f"{', '.join(kept)}: wasync applied this as a newer revision than the files declare now, and"
            " leaves it: senders may name it. Put its revision: back, or declare it absent by that name."
        )
    return deletes, notes


def _is_pruned(key: Key, snapshot: Snapshot, policy: Policy) -> bool:
    """Ours (a record says so), owned, selected, gone from files that are not empty, and policy wants it."""
    return (
        policy.prune is Prune.DELETE
        and bool(snapshot.desired.templates)
        and key in snapshot.memory.applied
        and matches(policy.owns, key)
        and matches(snapshot.account.select, key)
    )
