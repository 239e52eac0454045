"""What Meta does as time passes: review, re-categorisation, unpausing, final deletion (section F)."""

from __future__ import annotations

import heapq
import re

from wasync.emulator.reading import read_components
from wasync.emulator.shapes import Row, number, row, rows, text, upper
from wasync.emulator.store import DAY, HOUR, Template, World

PAUSE_HOURS = (3, 6)
"""Length of the first and second pause; the third disables."""


def settle(world: World, now: float) -> bool:
    """Let everything that is due by now happen; whether anything did."""
    happened = False
    while world.timers and world.timers[0][0] <= now:
        due, template_id, what = heapq.heappop(world.timers)
        template = world.templates.get(template_id)
        if template is not None:
            _happen(world, template, what, due)
            happened = True
    return happened


def _happen(world: World, template: Template, what: str, due: float) -> None:
    match what, template.status:
        case "review", "PENDING" | "IN_APPEAL":
            _decide(world, template, due)
        case "category", _ if template.correct_category:
            recategorise(template, template.correct_category, due)
        case "unpause", "PAUSED":
            template.status = "APPROVED"
            template.touched(due)
        case "gone", "PENDING_DELETION" | "ARCHIVED":
            world.remove(template)
        case _:
            pass


def submit(world: World, template: Template, now: float) -> None:
    """Put a template into review; with no review time the verdict comes at once."""
    template.status = "PENDING"
    template.rejected_reason = "NONE"
    template.touched(now)
    index_wording(world, template)
    rule = matching_rule(world, template)
    if rule.get("outcome") == "hold":
        return
    wait = number(rule.get("after_seconds"), world.settings.review_seconds)
    if wait <= 0:
        _decide(world, template, now)
    else:
        world.schedule(now + wait, template, "review")


def matching_rule(world: World, template: Template) -> Row:
    """The first review rule whose patterns all fit: name, language, category, and body (searched)."""
    for rule in world.review_rules:
        if (
            re.fullmatch(text(rule.get("name")) or ".*", template.name)
            and text(rule.get("language")) in {"", template.language}
            and upper(rule.get("category")) in {"", template.category}
            and re.search(text(rule.get("body")), body_text(template))
        ):
            return rule
    return {}


def _decide(world: World, template: Template, now: float) -> None:
    rule = matching_rule(world, template)
    match text(rule.get("outcome")):
        case "hold":
            return
        case "reject":
            reject(template, upper(rule.get("reason")) or "INVALID_FORMAT", now)
            return
        case "recategorise" if upper(rule.get("to")) != template.category:
            recategorise(template, upper(rule.get("to")) or "MARKETING", now)
        case _:
            pass
    if world.settings.reject_duplicates and is_duplicate(world, template):
        reject(template, "TAG_CONTENT_MISMATCH", now)
    else:
        approve(template, now)


def is_duplicate(world: World, template: Template) -> bool:
    """Whether body and footer repeat those of another, approved name in the same language."""
    if template.category == "AUTHENTICATION":
        return False
    if world.wordings is None:
        world.wordings = {}
        for other in world.templates.values():
            index_wording(world, other)
    wording = _wording(template)
    others = (world.templates.get(one) for one in world.wordings.get(wording, ()))
    return any(
        other is not None
        and other.status == "APPROVED"
        and other.name != template.name
        and other.category != "AUTHENTICATION"
        and _wording(other) == wording
        for other in others
    )


def index_wording(world: World, template: Template) -> None:
    """Remember what a template says, once anyone has asked for duplicates; entries may be out of date."""
    if world.wordings is not None:
        world.wordings.setdefault(_wording(template), set()).add(template.id)


def _wording(template: Template) -> tuple[str, ...]:
    parts = {upper(one.get("type")): text(one.get("text")) for one in rows(template.components)}
    return template.waba_id, template.language, parts.get("BODY", ""), parts.get("FOOTER", "")


def body_text(template: Template) -> str:
    """The body as people read it."""
    parts = rows(read_components(template.components, template.category))
    return next((text(one.get("text")) for one in parts if one.get("type") == "BODY"), "")


def approve(template: Template, now: float) -> None:
    """APPROVED, by review or by hand."""
    template.status = "APPROVED"
    template.approved_once = True
    template.rejected_reason = "NONE"
    template.touched(now)


def reject(template: Template, reason: str, now: float) -> None:
    """REJECTED, with a reason of section F."""
    template.status = "REJECTED"
    template.rejected_reason = reason
    template.touched(now)


def recategorise(template: Template, category: str, now: float) -> None:
    """Move a template to another category; its TTL becomes null (F)."""
    template.previous_category = template.category
    template.category = category
    template.correct_category = ""
    template.options = {
        key: one for key, one in template.options.items() if key != "message_send_ttl_seconds"
    }
    template.touched(now)


def announce(world: World, template: Template, category: str, due: float, now: float) -> None:
    """Give notice: `correct_category` now, the move when it is due (24 hours in Meta's case)."""
    template.correct_category = category
    template.touched(now)
    world.schedule(due, template, "category")


def pause(world: World, template: Template, now: float) -> None:
    """Pause for low quality: 3 hours, then 6, then disabled for good (TP)."""
    template.quality, template.quality_date = "RED", int(now)
    template.status = "PAUSED" if template.pauses < len(PAUSE_HOURS) else "DISABLED"
    if template.status == "PAUSED":
        world.schedule(now + PAUSE_HOURS[template.pauses] * HOUR, template, "unpause")
    template.pauses += 1
    template.touched(now)


def archive(world: World, template: Template, now: float) -> None:
    """Archive; 28 days later the template is deleted (ARC)."""
    template.former_status, template.status = template.status, "ARCHIVED"
    template.touched(now)
    world.schedule(now + 28 * DAY, template, "gone")


def unarchive(template: Template, now: float) -> None:
    """Give back the former status."""
    template.status = template.former_status or "APPROVED"
    template.touched(now)


def first_category(world: World, template: Template) -> str:
    """The category a new template gets: the one asked for, unless a rule moves it in the same call."""
    rule = row(matching_rule(world, template))
    return (
        (upper(rule.get("to")) or "MARKETING") if rule.get("outcome") == "recategorise" else template.category
    )
