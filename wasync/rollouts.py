"""Rollouts: which live names are older revisions of declared ones, what follows them, and when they may go.

`revision: N` makes the live name `<name>_vN`. Older means an undeclared `<name>` or `<name>_vK` with K < N;
only decide_gc() deletes it. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from wasync.canonical import as_declared
from wasync.canonical.contract import contract_breaks
from wasync.deletes import delete_step, on_whole_listing
from wasync.limits import matches, refusals
from wasync.model.config import Account, Policy
from wasync.model.live import Live, Snapshot
from wasync.model.plan import Action, Plan, Reason, Rollout, Step
from wasync.model.template import Desired, Key, Revision, Template
from wasync.plan_file.form import plan_fingerprint
from wasync.precondition import GOING, live_by_key

_NUMBERED = re.compile(r"(.+)_v([2-9]|[1-9][0-9]+)")
"""What wasync calls a revision; it never makes a `_v1`, so that is somebody else's name."""
_WANT_A_FREE_NAME = frozenset({Reason.NAME_LOCKED, Reason.CATEGORY, Reason.PENDING_DELETION, Reason.DISABLED})
_WORDS = {"PENDING": "in review", "IN_APPEAL": "in appeal", "PENDING_DELETION": "being deleted"}


class Older(NamedTuple):
    """What a live name is an older revision of: the next declared live name, and its own number."""

    new: str
    number: int


def older_revisions(desired: Desired, account: Account, live: Mapping[Key, Live]) -> dict[Key, Older]:
    """Return every live template whose name is an older revision of a declared one.

    The declared one is the next that follows: of `order_v2` and `order_v3` it is `order_v2` that replaces
    `order`. What `absent` names the plan deletes; what `select` leaves out, what Meta generated and what two
    files could both mean is no older revision.
    """
    followers = _followers(desired)
    if not followers:
        return {}
    declared = {key.name for key in desired.templates}
    found: dict[Key, Older] = {}
    for key, row in live.items():
        if key.name in declared or key in desired.absent or Key(key.name, "*") in desired.absent:
            continue
        if row.status in GOING or row.source == "auto_generated":
            continue
        if not matches(account.select, key):
            continue
        meant = [Revision(key.name, 1)]
        if numbered := _NUMBERED.fullmatch(key.name):
            meant.append(Revision(numbered[1], int(numbered[2])))
        next_ones = [
            Older(min(later)[1], number)
            for name, number in meant
            if (later := [one for one in followers.get(name, ()) if one[0] > number])
        ]
        if len(next_ones) == 1:
            found[key] = next_ones[0]
    return found


def newer_revisions(desired: Desired, live: Iterable[Key]) -> set[Key]:
    """Return what is live as a newer revision than the files declare: its `revision:` was taken back.

    Senders may name it by now, so it is no more pruned than an older one.
    """
    numbered = [(key, meant) for key in live if (meant := _NUMBERED.fullmatch(key.name))]
    if not numbered:
        return set()
    declared = {key.name for key in desired.templates}
    numbers: dict[str, int] = {}
    for live_name in declared:
        name, number = desired.revisions.get(live_name, Revision(live_name, 1))
        numbers[name] = max(number, numbers.get(name, 0))
    return {
        key
        for key, meant in numbered
        if key.name not in declared and int(meant[2]) > numbers.get(meant[1], int(meant[2]))
    }


def rollouts(
    snapshot: Snapshot, policy: Policy, live: Mapping[Key, Live], older: Mapping[Key, Older]
) -> Iterator[Rollout]:
    """Yield a rollout for each declared revision beside which older ones live: from the newest of those."""
    if not older:
        return
    wanted = _by_name(snapshot.desired.templates.values())
    for new, keys in sorted(_by_follower(older).items()):
        templates = wanted[new]
        either = (*keys, *(one.key for one in templates))
        if policy.targets and not any(matches(policy.targets, key) for key in either):
            continue
        old, *rest = dict.fromkeys(key.name for key in keys)
        languages = (key.language for key in keys if key.name == old)
        yield Rollout(
            snapshot.desired.revisions[new].name,
            old,
            new,
            tuple(key.language for key in _unapproved(templates, live)),
            (*_lost(templates, languages), *_breaks(old, templates, live)),
            templates[0].place,
            tuple(rest),
        )


def same_texts(
    snapshot: Snapshot, policy: Policy, live: Mapping[Key, Live], older: Mapping[Key, Older]
) -> list[str]:
    """Say which revisions are about to be created with the text of an older one: Meta rejects those.

    docs/meta-api.md, section F: body and footer of another template, authentication aside.
    """
    told = []
    for key, (new, _) in sorted(older.items()):
        coming = snapshot.desired.templates.get(Key(new, key.language))
        if coming is None or coming.key in live or "body" not in coming.spec:
            continue
        if policy.targets and not matches(policy.targets, coming.key):
            continue
        before = live[key].template.spec
        if all(before.get(part) == coming.spec.get(part) for part in ("body", "footer")):
            told.append(
                f"{coming.key} has the body and footer of {key}, and Meta rejects a text that another"
                " template has. Change a word of it."
            )
    return told


def decide_gc(snapshot: Snapshot, policy: Policy) -> Plan:
    """Decide which older revisions go: those whose follower is APPROVED in every language its file declares.

    Each language by its id. One that the follower does not declare stays, and a note says so; so does what
    still has to wait. Limits, `protect:` and targets hold as for every delete, matched with the old names.
    """
    live = live_by_key(snapshot.listing.rows)
    older = older_revisions(snapshot.desired, snapshot.account, live)
    wanted = _by_name(snapshot.desired.templates.values())
    steps: list[Step] = []
    waiting: list[str] = []
    for key in sorted(older):
        new = older[key].new
        if policy.targets and not matches(policy.targets, key):
            continue
        if lacking := _unapproved(wanted[new], live):
            told = ", ".join(f"{one.language} ({_standing(live.get(one))})" for one in lacking)
            waiting.append(f"{key.name} is kept: {new} is not approved in {told}.")
        elif Key(new, key.language) not in snapshot.desired.templates:
            waiting.append(
                f"{key} is kept: {new} is not declared in {key.language}. If nobody sends it any more, say so"
                f" in a file: name: {key.name}, languages: {{{key.language}: absent}}; then apply."
            )
        else:
            detail = f"{new} is approved in every language"
            approved = tuple(one.key for one in wanted[new])
            steps.append(delete_step(live[key], Reason.SUPERSEDED, wanted[new][0].place, detail, approved))
    steps, notes = on_whole_listing(steps, snapshot.listing)
    declared = snapshot.desired.templates.keys() | {step.key for step in steps}
    waba_id = snapshot.account.waba_id
    return Plan(
        account=snapshot.account.name,
        waba_id=waba_id,
        graph_version=snapshot.graph_version,
        steps=tuple(steps),
        kept=0,
        unmanaged=(),
        alarms=(),
        notes=(*dict.fromkeys(waiting), *notes),
        refusals=tuple(refusals(steps, policy, managed=len(declared & live.keys()))),
        fingerprint=plan_fingerprint(tuple(steps), waba_id),
        created=snapshot.now,
    )


def with_free_revisions(
    steps: Iterable[Step], snapshot: Snapshot, live: Mapping[Key, Live]
) -> Iterator[Step]:
    """Yield the steps; those that only another live name helps get the next revision whose name is free.

    Free is what is neither live, nor locked, nor declared. Only a higher number: a lower one would not be
    older, and the revision it replaces would never be collected.
    """
    taken: Collection[str] | None = None
    for step in steps:
        if step.reason not in _WANT_A_FREE_NAME or step.wanted is Action.DELETE:
            yield step
            continue
        if taken is None:
            taken = _taken_names(snapshot, live)
        name, number = snapshot.desired.revisions.get(step.key.name, Revision(step.key.name, 1))
        free = next(one for one in count(number + 1) if f"{name}_v{one}" not in taken)
        yield replace(step, free_revision=free)


def _taken_names(snapshot: Snapshot, live: Mapping[Key, Live]) -> set[str]:
    desired, memory = snapshot.desired, snapshot.memory
    locked = (key.name for key, lock in memory.locks.items() if snapshot.now < lock.until)
    names = {key.name for keys in (live, desired.templates, desired.absent, memory.refused) for key in keys}
    return names.union(locked)


def _followers(desired: Desired) -> dict[str, list[tuple[int, str]]]:
    """Per name in the files, number and live name of each revision that has a language to send."""
    if not desired.revisions:
        return {}
    sent = {key.name for key in desired.templates}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for new, revision in desired.revisions.items():
        if new in sent:
            found[revision.name].append((revision.number, new))
    return found


def _by_follower(older: Mapping[Key, Older]) -> dict[str, list[Key]]:
    """The older live templates of each follower, those of the newest first."""
    found: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(older, key=lambda key: (-older[key].number, key)):
        found[older[key].new].append(key)
    return found


def _by_name(templates: Iterable[Template]) -> dict[str, list[Template]]:
    found: dict[str, list[Template]] = defaultdict(list)
    for template in templates:
        found[template.key.name].append(template)
    return found


def _unapproved(templates: Iterable[Template], live: Mapping[Key, Live]) -> list[Key]:
    keys = (template.key for template in templates)
    return [key for key in keys if (row := live.get(key)) is None or row.status != "APPROVED"]


def _standing(row: Live | None) -> str:
    if row is None:
        return "not created yet"
    return _WORDS.get(row.status) or row.status.lower().replace("_", " ")


def _lost(templates: Sequence[Template], languages: Iterable[str]) -> Iterator[str]:
    """The languages of the old one that these do not have."""
    declared = {template.key.language for template in templates}
    for language in languages:
        if language not in declared:
            yield f"{language}: {templates[0].key.name} is not declared in it; senders have nothing to send"


def _breaks(old: str, templates: Iterable[Template], live: Mapping[Key, Live]) -> Iterator[str]:
    """What senders feel who go from `old` to these; told with its language where not all of them share it."""
    both: dict[str, tuple[str, ...]] = {}
    for template in templates:
        row = live.get(Key(old, template.key.language))
        if row is not None and row.status not in GOING:
            before = as_declared(row.template.spec, template.spec)
            both[template.key.language] = contract_breaks(before, template.spec)
    for sentence in dict.fromkeys(one for found in both.values() for one in found):
        languages = [language for language, found in both.items() if sentence in found]
        yield sentence if len(languages) == len(both) else f"{', '.join(languages)}: {sentence}"
