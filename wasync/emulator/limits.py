"""What Meta rations: calls, creations, edits, names of deleted templates (docs/meta-api.md, section E)."""

from __future__ import annotations

import json
import math
from collections import defaultdict, deque

from wasync.emulator.call import Call
from wasync.emulator.refusals import RefusalError, invalid
from wasync.emulator.shapes import rows, text, whole
from wasync.emulator.store import DAY, HOUR, Template, World

COUNTED_EDGES = {"", "assigned_users", "phone_numbers", "message_templates", "subscribed_apps"}
"""Of an account node: what the business use case limit counts (E)."""
GONE = {"DELETED"}


class CallMeter:
    """Counts calls per app and account in a sliding hour; lives in memory only."""

    def __init__(self) -> None:
        self._seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def count(self, call: Call, waba_id: str) -> None:
        """Count one call, fill in the usage header, and refuse with 80008 beyond the limit.

        Calls made while throttled count too.
        """
        limit = calls_allowed(call.world, waba_id)
        app = call.token.app_id if call.token else ""
        seen = self._seen[app, waba_id]
        while seen and seen[0] <= call.now - HOUR:
            seen.popleft()
        seen.append(call.now)
        if not limit:
            return
        wait = math.ceil((seen[len(seen) - limit - 1] + HOUR - call.now) / 60) if len(seen) > limit else 0
        share = min(100, len(seen) * 100 // limit)
        call.usage["x-business-use-case-usage"] = usage(waba_id, share, wait)
        if wait:
            raise too_many_calls()


def usage(waba_id: str, share: int, minutes: int) -> str:
    """The header's value: percent used, and minutes until the next call will be heard."""
    entry = {
        "type": "whatsapp_business_management",
        "call_count": share,
        "total_cputime": share // 4,
        "total_time": share // 4,
        "estimated_time_to_regain_access": minutes,
    }
    return json.dumps({waba_id: [entry]}, separators=(",", ":"))


def too_many_calls() -> RefusalError:
    """Error 80008, which arrives as HTTP 400 (G)."""
    return RefusalError(
        80008,
        "(#80008) There have been too many calls to this WhatsApp Business account. Wait a bit and try "
        "again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
    )


def calls_allowed(world: World, waba_id: str) -> int:
    """Calls per hour: 5000 for an active account with a registered number, else 200; 0 means no limit."""
    if world.settings.calls_per_hour >= 0:
        return world.settings.calls_per_hour
    account = world.accounts.get(waba_id, {})
    active = text(account.get("status")) in {"", "ACTIVE"} and bool(rows(account.get("phone_numbers")))
    return 5000 if active else 200


def spend_creation(call: Call, waba_id: str) -> None:
    """Count one creation, or refuse it: templates of the account, creations of the hour."""
    world = call.world
    limit = whole(world.accounts[waba_id].get("template_limit"), 250)
    if template_count(world, waba_id) >= limit:
        raise invalid(2388019)
    hour = [one for one in world.creations.get(waba_id, []) if one > call.now - HOUR]
    allowed = world.settings.creates_per_hour
    if allowed and len(hour) >= allowed:
        minutes = math.ceil((hour[len(hour) - allowed] + HOUR - call.now) / 60)
        call.usage["x-business-use-case-usage"] = usage(waba_id, 100, minutes)
        raise too_many_calls()
    world.creations[waba_id] = [*hour, call.now]


def template_count(world: World, waba_id: str) -> int:
    """How many templates count against the limit: each language of a name."""
    return sum(one.status not in GONE for one in world.by_account.get(waba_id, []))


def spend_edit(world: World, template: Template, now: float) -> None:
    """Count one edit, or refuse it: only what is approved is rationed (1 per 24 h, 10 per 30 days)."""
    if template.status not in {"APPROVED", "REJECTED", "PAUSED"}:
        raise invalid(2388039)
    if template.status != "APPROVED":
        return
    month = [one for one in template.edits if one > now - 30 * DAY]
    today = sum(one > now - DAY for one in month)
    if today >= world.settings.edits_per_day or len(month) >= world.settings.edits_per_30_days:
        raise invalid(2388039)
    template.edits = [*month, now]


def lock(world: World, waba_id: str, name: str, language: str) -> None:
    """Keep a deleted approved template's name from coming back; language "*" means every language."""
    world.locks[f"{waba_id}/{name}/{language}"] = world.now + world.settings.name_lock_days * DAY


def check_name_free(world: World, waba_id: str, name: str, language: str) -> None:
    """Refuse a name and language that is taken (2388024) or still being deleted (2388023)."""
    for one in world.named(waba_id, name, language):
        if one.status == "PENDING_DELETION":
            raise invalid(2388023, language=language, blame="language")
        if one.status not in GONE:
            raise invalid(2388024, language=language, blame="language")
    for part in (language, "*"):
        if world.locks.get(f"{waba_id}/{name}/{part}", 0) > world.now:
            raise invalid(2388023, language=language, blame="language")
