"""Drift: what moved in live since wasync last applied it. Pure; decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from wasync.alarms import template_alarms
from wasync.canonical import as_declared
from wasync.diff import compare, kinds
from wasync.limits import matches
from wasync.model.drift import Drifted, DriftKind, DriftReport, Moved, Unrecorded
from wasync.model.live import Applied, Live, Snapshot
from wasync.model.plan import OUTSIDE, Alarm, FieldChange, Origin
from wasync.model.template import JSON, Key, Spec, Template
from wasync.precondition import GOING, live_by_key
from wasync.rollouts import older_revisions


def find_drift(snapshot: Snapshot, owns: tuple[str, ...] = (), targets: tuple[str, ...] = ()) -> DriftReport:
    """Return what moved in live under declared names, and what is new under the name globs of `owns`.

    Only a record tells who moved: templates without one are listed apart. On a short listing nothing counts
    as deleted, and a note says so. A sample alone is no drift: Meta does not give back what was sent.
    """
    live = live_by_key(snapshot.listing.rows)
    desired, memory = snapshot.desired.templates, snapshot.memory
    drifted: list[Drifted] = []
    unrecorded: list[Unrecorded] = []
    alarms: list[Alarm] = []
    as_applied = 0
    for key in sorted(desired):
        if targets and not matches(targets, key):
            continue
        want, row = desired[key], live.get(key)
        if row is not None and key in memory.applied and _plainly_equal(want, row):
            # Decided without the record, which the state reads only when it is asked for.
            as_applied += 1
            continue
        applied = memory.applied.get(key)
        if row is None or row.status in GOING:
            if applied is not None and key not in memory.locks and not snapshot.listing.short:
                status = row.status if row is not None else None
                drifted.append(Drifted(key, DriftKind.DELETED, (), applied.at, want.place, status))
            continue
        alarms.extend(template_alarms(row, want, applied))
        if row.source == "auto_generated":
            continue
        if applied is None:
            unrecorded.append(Unrecorded(key, _differs(want, row), want.place))
        elif moved := tuple(moved_fields(want, row, applied)):
            conflict = any(one.conflict for one in moved)
            kind = DriftKind.CONFLICT if conflict else DriftKind.CHANGED
            drifted.append(Drifted(key, kind, moved, applied.at, want.place, row.status))
        else:
            as_applied += 1
    drifted += _new(live, snapshot, owns, targets)
    return DriftReport(
        account=snapshot.account.name,
        waba_id=snapshot.account.waba_id,
        graph_version=snapshot.graph_version,
        drifted=tuple(sorted(drifted, key=lambda one: one.key)),
        unrecorded=tuple(unrecorded),
        as_applied=as_applied,
        alarms=tuple(alarms),
        notes=tuple(_notes(snapshot)),
        created=snapshot.now,
    )


def moved_fields(desired: Template, live: Live, applied: Applied) -> Iterator[Moved]:
    """Yield each field that live moved since `applied`, unless the file says the same by now."""
    for change in compare(desired.spec, live.template.spec, applied.spec).content:
        if change.origin in OUTSIDE:
            yield Moved(change.path, _applied(change), change.before, change.after)


def _applied(change: FieldChange) -> JSON:
    """Where only live moved, the file still says what was applied."""
    return change.applied if change.origin is Origin.BOTH else change.after


def _plainly_equal(desired: Template, live: Live) -> bool:
    return (
        live.status == "APPROVED"
        and live.template.category == desired.category
        and not live.correct_category
        and live.source != "auto_generated"
        and not _differs(desired, live)
    )


def _differs(desired: Template, live: Live) -> bool:
    return as_declared(live.template.spec, desired.spec) != desired.spec


# -- accepting it --------------------------------------------------------------------------------------


def accepted(desired: Template, live: Live, applied: Applied, moved: Iterable[Moved]) -> Template:
    """What the file should say: live in the fields that live moved, else itself; its own category."""
    seen = {**as_declared(live.template.spec, desired.spec), "examples": _samples(live.template.spec)}
    return replace(desired, spec=_with_moved(desired.spec, seen, live, applied, moved))


def accepted_record(applied: Applied, desired: Template, live: Live, moved: Iterable[Moved]) -> Applied:
    """The record once the file says what live moved; what only the file moved is still to be applied."""
    seen = {**as_declared(live.template.spec, applied.spec), "examples": _samples(desired.spec)}
    return applied._replace(live_id=live.id, spec=_with_moved(applied.spec, seen, live, applied, moved))


def moved_categories(
    desired: Mapping[Key, Template], live: Mapping[Key, Live], names: Iterable[str]
) -> dict[Key, str]:
    """The category each declared language of these names should have: live's, or that of its siblings.

    All languages of a name share one at Meta (docs/meta-api.md, section D).
    """
    found: dict[Key, str] = {}
    for name in names:
        keys = [key for key in sorted(desired) if key.name == name]
        now = {key: live[key].template.category for key in keys if key in live}
        for key in keys if now else ():
            found[key] = now.get(key) or next(iter(now.values()))
    return found


def _with_moved(base: Spec, seen: Spec, live: Live, applied: Applied, moved: Iterable[Moved]) -> Spec:
    """`base` with what live moved, as in `seen`: live as `base` declares it, with the samples to take."""
    before = as_declared(live.template.spec, applied.spec)
    spec = {key: value for key, value in base.items() if key != "examples"}
    for part in {one.part for one in moved}:
        value = _merged(base.get(part), seen.get(part), before.get(part), applied.spec.get(part))
        spec.pop(part, None)
        if value is not None:
            spec[part] = value
    samples = _samples_beside(spec, base, _samples(base), _samples(seen))
    return {**spec, "examples": samples} if samples else spec


def _merged(base: JSON, seen: JSON, before: JSON, applied: JSON) -> JSON:
    """`seen` where live moved from `applied` to `before`, field by field, else `base`; None means not there.

    A list whose items came, went or changed kind moves as a whole, as diff.compare() tells it.
    """
    if before == applied:
        return base
    match base, seen, before, applied:
        case dict(), dict(), dict(), dict():
            fields = {
                key: _merged(base.get(key), seen.get(key), before.get(key), applied.get(key))
                for key in dict.fromkeys((*base, *seen))
            }
            return {key: value for key, value in fields.items() if value is not None}
        case list(), list(), list(), list() if kinds(base) == kinds(seen) == kinds(applied):
            return [_merged(*items) for items in zip(base, seen, before, applied, strict=True)]
        case _:
            return seen


def _samples_beside(spec: Spec, base: Spec, ours: Spec, theirs: Spec) -> dict[str, JSON]:
    """Our samples where `spec` says what `base` says, theirs where it says something else."""
    found: dict[str, JSON] = {}
    for part in dict.fromkeys((*ours, *theirs)):
        now, was, our, their = spec.get(part), base.get(part), ours.get(part), theirs.get(part)
        if now == was:
            sample = our
        elif part == "buttons" and isinstance(now, list):
            sample = _by_position(now, was, our, their, _button_sample)
        elif part == "carousel" and isinstance(now, list):
            sample = _by_position(now, was, our, their, _card_samples)
        else:
            sample = their
        if sample is not None:
            found[part] = sample
    return found


def _by_position(
    now: list[JSON], was: JSON, our: JSON, their: JSON, one: Callable[[Spec, Spec, JSON, JSON], JSON]
) -> JSON:
    """The samples of buttons or cards, kept by position; None when there are none."""
    old = was if isinstance(was, list) else []
    found: dict[str, JSON] = {}
    for index, item in enumerate(now):
        sample = one(
            _fields(item),
            _fields(old[index]) if index < len(old) else {},
            _fields(our).get(str(index)),
            _fields(their).get(str(index)),
        )
        if sample is not None:
            found[str(index)] = sample
    return found or None


def _button_sample(now: Spec, was: Spec, our: JSON, their: JSON) -> JSON:
    """A button's sample belongs to its address, not to its text."""
    same = all(now.get(key) == was.get(key) for key in ("type", "url"))
    return our if same and our is not None else their


def _card_samples(now: Spec, was: Spec, our: JSON, their: JSON) -> JSON:
    return _samples_beside(now, was, _fields(our), _fields(their)) or None


def _fields(value: JSON) -> Spec:
    return value if isinstance(value, dict) else {}


def _samples(spec: Spec) -> Spec:
    return _fields(spec.get("examples"))


def _new(
    live: Mapping[Key, Live], snapshot: Snapshot, owns: tuple[str, ...], targets: tuple[str, ...]
) -> Iterator[Drifted]:
    """What somebody made under names that this project claims."""
    desired = snapshot.desired
    # An older revision is what a declared one replaces: gc collects it, nobody takes it into the files.
    older = older_revisions(desired, snapshot.account, live) if owns else {}
    for key, row in live.items():
        if (
            matches(owns, key)
            and key not in older
            and matches(snapshot.account.select, key)
            and (not targets or matches(targets, key))
            and row.status not in GOING
            and row.source != "auto_generated"
            and key not in desired.templates
            and not {key, Key(key.name, "*")} & desired.absent.keys()
            and key not in snapshot.memory.applied
        ):
            yield Drifted(key, DriftKind.NEW, live_status=row.status)


def _notes(snapshot: Snapshot) -> Iterator[str]:
    listing = snapshot.listing
    if listing.short:
        yield (
            f"Meta reported {listing.total_count} templates and listed {len(listing.rows)}:"
            " what is not listed does not count as deleted. Run again."
        )
    if not listing.rows and snapshot.memory.applied:
        yield "Meta lists no template at all: the token may not see them, or waba_id is another account's."
    if snapshot.memory.empty:
        yield "The state knows nothing of this account: drift cannot be told from a change of the files."
