"""Three-way comparison of two specs and a memory; the only importer of deepdiff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from wasync.canonical.declared import (
    UNREADABLE_BUTTONS,
    UNREADABLE_OTP,
    as_declared,
    has_media_header,
    has_unreadable,
)
from wasync.canonical.hashing import fingerprint
from wasync.model.plan import Difference, FieldChange, Origin
from wasync.model.template import JSON, Spec, SpecPath

_EQUAL = Difference()

Change = tuple[SpecPath, JSON, JSON]
"""Where two specs differ, and what each has there; None means nothing."""


def compare(desired: Spec, live: Spec, applied: Spec | None) -> Difference:
    """How live differs from desired, field by field, and who moved each field since `applied`.

    `live` is the spec as read; as_declared() of it will do where nothing was applied. What live never shows
    (media, the apps of a passcode) is compared with what was applied; without a record it counts as equal.
    """
    content: list[FieldChange] = []
    samples: list[FieldChange] = []
    if applied is not None and has_unreadable(desired):
        samples = _media_changes(desired, applied)
        content = _input_changes(desired, live, applied)
    if live != desired:
        live = as_declared(live, desired)
    if live == desired and not samples and not content:
        return _EQUAL
    before = as_declared(live, applied) if applied is not None else None
    for key in _keys(desired, live):
        old, new = live.get(key), desired.get(key)
        if old == new:
            continue
        if key == "examples":  # texts whose samples came or went are named one by one
            old, new = old or {}, new or {}
        changes = _differences((key,), old, new)
        if before is None or applied is None:
            found = [FieldChange(path_text(path), was, now) for path, was, now in changes]
        else:
            found = [_with_origin(change, desired, before, applied) for change in changes]
        (samples if key == "examples" else content).extend(found)
    return Difference(tuple(content), tuple(samples))


_ORDER = ("header", "body", "footer", "buttons", "carousel", "authentication")


def _keys(desired: Spec, live: Spec) -> list[str]:
    """The keys of both, in the order people read a message."""
    keys = desired.keys() | live.keys()
    return [*(key for key in _ORDER if key in keys), *sorted(keys.difference(_ORDER))]


# -- who moved -----------------------------------------------------------------------------------------


def _with_origin(change: Change, desired: Spec, live: Spec, applied: Spec) -> FieldChange:
    """`live` is seen as `applied` declares it: what Meta filled in then is no move of live's."""
    path, before, after = change
    # In a list whose items came, went or changed kind, a position means another item on each side: there
    # the list moves as a whole.
    whole = path[0] in ("buttons", "carousel") and not _aligned(path[0], desired, live, applied)
    place = path[:1] if whole else path
    was = _at(applied, place)
    text = path_text(path)
    if was == _at(live, place):
        return FieldChange(text, before, after, Origin.FILES)
    if was == _at(desired, place):
        return FieldChange(text, before, after, Origin.LIVE)
    return FieldChange(text, before, after, Origin.BOTH, _at(applied, path))


def _aligned(key: str, *specs: Spec) -> bool:
    found = []
    for spec in specs:
        items = spec.get(key)
        found.append(kinds(items if isinstance(items, list) else []))
    return all(one == found[0] for one in found)


def _at(value: JSON, path: SpecPath) -> JSON:
    for step in path:
        match value, step:
            case dict(), str():
                value = value.get(step)
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                return None
    return value


def _parts(desired: Spec) -> list[tuple[SpecPath, JSON]]:
    """The message itself, then its cards, each with its path."""
    cards = desired.get("carousel")
    found: list[tuple[SpecPath, JSON]] = [((), desired)]
    if isinstance(cards, list):
        found += [(("carousel", index), card) for index, card in enumerate(cards)]
    return found


def _input_changes(desired: Spec, live: Spec, applied: Spec) -> list[FieldChange]:
    """What is sent and never read back, and is not what was last applied: the files moved."""
    places: list[tuple[SpecPath, tuple[str, ...]]] = [(("authentication", "otp"), UNREADABLE_OTP)]
    for path, part in _parts(desired):
        buttons = part.get("buttons") if isinstance(part, dict) else None
        for index, button in enumerate(buttons if isinstance(buttons, list) else ()):
            kind = button.get("type") if isinstance(button, dict) else None
            at: SpecPath = (*path, "buttons", index)
            if kind in UNREADABLE_BUTTONS and kind == _at(applied, (*at, "type")) == _at(live, (*at, "type")):
                places.append((at, UNREADABLE_BUTTONS[str(kind)]))
    changes = []
    for place, keys in places:
        for key in keys:
            new, old, seen = (_at(spec, (*place, key)) for spec in (desired, applied, live))
            if new is not None and new != old and seen is None:
                changes.append(FieldChange(path_text((*place, key)), old, new, Origin.FILES))
    return changes


def _media_changes(desired: Spec, applied: Spec) -> list[FieldChange]:
    """The sample files that are not those last applied. Live cannot show them: the files moved."""
    changes = []
    for place, part in _parts(desired):
        path: SpecPath = ("examples", *map(str, place), "header")
        new, old = _at(desired, path), _at(applied, path)
        if isinstance(part, dict) and has_media_header(part) and not _same_medium(old, new):
            changes.append(FieldChange(path_text(path), old, new, Origin.FILES))
    return changes


def _same_medium(applied: JSON, desired: JSON) -> bool:
    match applied, desired:
        case {"sha256": str(old)}, {"sha256": str(new)}:
            return old == new or not old or not new  # a file that could not be read is no change
        case dict(), dict():
            return applied == desired
        case _:
            return True


# -- where they differ ---------------------------------------------------------------------------------


def path_text(path: SpecPath) -> str:
    """A path as people read it: buttons[1].text, examples.body[0]."""
    parts = (f"[{step}]" if isinstance(step, int) or step.isdigit() else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


def _differences(path: SpecPath, old: JSON, new: JSON) -> Iterator[Change]:
    """Where two unequal values differ. Flat ones are compared directly: deepdiff takes 0.6 ms a pair."""
    match old, new:
        case list(), list() if path[-1] == "buttons" or path == ("carousel",):
            yield from _items(path, old, new)
        case dict(), dict() if path[0] in _KNOWN or (_flat(old) and _flat(new)):
            for key in dict.fromkeys((*old, *new)):
                if old.get(key) != new.get(key):
                    yield from _differences((*path, key), old.get(key), new.get(key))
        case list(), list() if _flat(dict(enumerate(old))) and _flat(dict(enumerate(new))):
            for index, (one, other) in enumerate(zip_longest(old, new)):
                if one != other:
                    yield (*path, index), one, other
        case (dict(), dict()) | (list(), list()):
            yield from _deep(path, old, new)
        case _:
            yield path, old, new


_KNOWN = frozenset({"examples", "authentication", "buttons", "carousel"})


def _flat(values: Mapping[str, JSON] | Mapping[int, JSON]) -> bool:
    return not any(isinstance(value, (dict, list)) for value in values.values())


def _deep(path: SpecPath, old: JSON, new: JSON) -> Iterator[Change]:
    from deepdiff import DeepDiff  # costs 0.15 s, and most plans need it for nothing

    tree = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0)
    found: list[Change] = []
    for levels in tree.values():
        for level in levels:
            where = level.path(output_format="list")
            found.append(((*path, *where), _present(level.t1), _present(level.t2)))
    yield from sorted(
        found, key=lambda change: [(isinstance(step, str), str(step).zfill(9)) for step in change[0]]
    )


def _present(value: object) -> JSON:
    """deepdiff marks what is not there with an object of its own."""
    match value:
        case dict() | list() | str() | int() | float():
            return value
        case _:
            return None


def _items(path: SpecPath, old: list[JSON], new: list[JSON]) -> Iterator[Change]:
    """Buttons or cards: field by field while the kinds stay; else whole, at the position they have or had."""
    if kinds(old) == kinds(new) and not _permuted(old, new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                yield from _differences((*path, index), one, other)
        return
    if _permuted(old, new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                yield (*path, index), one, other
        return
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, list(map(fingerprint, old)), list(map(fingerprint, new)), autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        pairs = zip_longest(range(start, end), range(new_start, new_end))
        for at_old, at_new in pairs:
            one = None if at_old is None else old[at_old]
            other = None if at_new is None else new[at_new]
            where = (*path, at_old if at_new is None else at_new)
            if one is not None and other is not None and kinds([one]) == kinds([other]):
                yield from _differences(where, one, other)
            else:
                yield where, one, other


def kinds(buttons: list[JSON]) -> list[JSON]:
    """The kind of each button; of cards and other items None."""
    return [button.get("type") if isinstance(button, dict) else None for button in buttons]


def _permuted(old: list[JSON], new: list[JSON]) -> bool:
    """Whether these are the same buttons in another order."""
    rest = list(new)
    for button in old:
        if button not in rest:
            return False
        rest.remove(button)
    return not rest and old != new
