"""Alarms: what about a live template asks for a person's attention, and no step mends."""

from __future__ import annotations

from collections.abc import Iterator

from wasync.model.live import Applied, Live
from wasync.model.plan import Alarm, AlarmKind, FieldChange
from wasync.model.template import Template
from wasync.rejection import advice

_BY_STATUS = {
    "REJECTED": (AlarmKind.REJECTED, "Meta rejected it; change it and apply, edits of it are not counted"),
    "PAUSED": (AlarmKind.PAUSED, "Meta paused it for low quality; it cannot be sent meanwhile"),
    "DISABLED": (AlarmKind.DISABLED, "Meta disabled it; it cannot be sent, edited or deleted"),
    "ARCHIVED": (AlarmKind.ARCHIVED, "archived after 12 months unused; Meta deletes it 28 days later"),
    "LIMIT_EXCEEDED": (AlarmKind.LIMIT_EXCEEDED, "over the account's template limit; it cannot be sent"),
}
_QUIET = frozenset({"APPROVED", "PENDING", "IN_APPEAL", "PENDING_DELETION", "DELETED"})


def template_alarms(live: Live, desired: Template, applied: Applied | None) -> Iterator[Alarm]:
    """Yield everything that asks for attention about a declared template, but for its samples."""
    yield from status_alarms(live, desired)
    yield from category_alarms(live, desired, applied)


def status_alarms(live: Live, desired: Template | None = None) -> Iterator[Alarm]:
    """Yield what the live status says by itself."""
    place = desired.place if desired else None
    key = live.template.key
    if live.status in _BY_STATUS:
        kind, message = _BY_STATUS[live.status]
        reason = f" Meta's reason: {live.rejected_reason}." if live.rejected_reason else ""
        means = f" {advice(live.rejected_reason)}" if reason and kind is AlarmKind.REJECTED else ""
        yield Alarm(kind, key, f"{message}.{reason}{means}".rstrip(), place)
    elif live.status not in _QUIET:
        yield Alarm(
            AlarmKind.STATUS, key, f"has the status {live.status}, which wasync does not know.", place
        )


def category_alarms(live: Live, desired: Template | None, applied: Applied | None) -> Iterator[Alarm]:
    """Yield what Meta did, or announces to do, to the category."""
    key, now = live.template.key, live.template.category
    place = desired.place if desired else None
    if desired and category_moved_by_meta(desired, live, applied):
        message = (
            f"Meta moved it from {desired.category} to {now}."
            f" To record that in the files: wasync drift --accept-category {key.name}."
        )
        yield Alarm(AlarmKind.CATEGORY, key, message, place)
    if live.correct_category and live.correct_category != now:
        message = (
            f"Meta announces to move it from {now} to {live.correct_category}."
            f" Once it has, to record that: wasync drift --accept-category {key.name}."
        )
        yield Alarm(AlarmKind.CATEGORY, key, message, place)


def sample_alarm(live: Live, desired: Template, samples: tuple[FieldChange, ...]) -> Alarm:
    """Say that only samples differ, and how they are sent."""
    fields = ", ".join(change.path for change in samples)
    message = (
        f"only samples differ ({fields}); sent with the next real edit, or now by --resend {desired.key}."
    )
    return Alarm(AlarmKind.SAMPLES, live.template.key, message, desired.place)


def category_moved_by_meta(desired: Template, live: Live, applied: Applied | None) -> bool:
    """Whether live has another category than the file says, and not because the file moved it."""
    moved = live.template.category != desired.category
    return moved and not category_moved_by_author(desired, live, applied)


def category_moved_by_author(desired: Template, live: Live, applied: Applied | None) -> bool:
    """Whether the file, not Meta, moved the category.

    With no record, marketing read for another category is taken for Meta's move (docs/meta-api.md, I).
    """
    if desired.category == live.template.category:
        return False
    if applied is not None:
        return applied.category != desired.category
    return live.template.category != "marketing" and live.previous_category != desired.category
