"""What Meta, other people and time do to the world: the operations behind `/_emulator/<operation>`.

Each takes and gives JSON. Where one names a template: `{"template": "name/lang"}`, or `name` and `language`,
or `id`; a name alone means all its languages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wasync.emulator import faults, limits, review
from wasync.emulator.shapes import JSON, Row, flag, listed, number, row, rows, text, upper
from wasync.emulator.store import DAY, OPTIONS, Template, token_from

if TYPE_CHECKING:
    from wasync.emulator.app import Emulator

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY}
_SHOWN_TOKEN = 6


class UnknownOperationError(ValueError):
    """No such operation, or it cannot be done as asked; the message says what can."""


def run(emulator: Emulator, operation: str, given: Row) -> Row:
    """Do one operation; UnknownOperationError when it, or what it names, does not exist."""
    found = _OPERATIONS.get(operation)
    if found is None:
        raise UnknownOperationError(f"no operation {operation!r}; there are {', '.join(sorted(_OPERATIONS))}")
    return found(emulator, given)


def _named(emulator: Emulator, given: Row) -> list[Template]:
    world = emulator.world
    one_id = text(given.get("id"))
    if one_id:
        found = [world.templates[one_id]] if one_id in world.templates else []
    else:
        name, _, language = text(given.get("template")).partition("/")
        name, language = name or text(given.get("name")), language or text(given.get("language"))
        waba_id = text(given.get("waba_id")) or next(iter(world.accounts))
        found = list(world.named(waba_id, name, language))
    if not found:
        named = (
            one_id
            or text(given.get("template"))
            or f"{text(given.get('name'))}/{text(given.get('language'))}"
        )
        raise UnknownOperationError(f"no template {named!r} in the emulator")
    return found


def _shown(templates: list[Template]) -> Row:
    return {"templates": [{"template": f"{one.name}/{one.language}", "id": one.id, "status": one.status,
                           "category": one.category} for one in templates]}  # fmt: skip


def _approve(emulator: Emulator, given: Row) -> Row:
    found = _named(emulator, given)
    for one in found:
        review.approve(one, emulator.world.now)
    return _shown(found)


def _reject(emulator: Emulator, given: Row) -> Row:
    found = _named(emulator, given)
    for one in found:
        review.reject(one, upper(given.get("reason")) or "INVALID_FORMAT", emulator.world.now)
    return _shown(found)


def _edit(emulator: Emulator, given: Row) -> Row:
    """Someone's hand in WhatsApp Manager: `components`, or the text of `header`, `body`, `footer`, options.

    Status stays unless `review` is true; the edit quota is not touched unless `counts` is true.
    """
    found, now = _named(emulator, given), emulator.world.now
    for one in found:
        if "components" in given:
            one.components = listed(given["components"])
        for part in ("header", "body", "footer"):
            if part in given:
                one.components = _with_text(one.components, part.upper(), text(given[part]))
        one.options = one.options | {name: given[name] for name in OPTIONS if name in given}
        one.category = upper(given.get("category")) or one.category
        if flag(given.get("counts")):
            one.edits.append(now)
        one.touched(now)
        review.index_wording(emulator.world, one)
        if flag(given.get("review")):
            review.submit(emulator.world, one, now)
    return _shown(found)


def _with_text(components: list[JSON], kind: str, wording: str) -> list[JSON]:
    """The components with one text changed; an empty one takes the component away, a new one comes last."""
    kept: list[JSON] = []
    seen = False
    for one in rows(components):
        if upper(one.get("type")) != kind:
            kept.append(one)
            continue
        seen = True
        if wording:
            kept.append(one | {"text": wording})
    if wording and not seen:
        extra: Row = {"format": "TEXT"} if kind == "HEADER" else {}
        kept.append(dict[str, JSON](type=kind, text=wording) | extra)
    return kept


def _recategorise(emulator: Emulator, given: Row) -> Row:
    """To `category` (MARKETING) at once, or after `in_hours` with `correct_category` meanwhile."""
    found, now = _named(emulator, given), emulator.world.now
    category = upper(given.get("category")) or "MARKETING"
    for one in found:
        if "in_hours" in given:
            review.announce(emulator.world, one, category, now + number(given["in_hours"]) * 3600, now)
        else:
            review.recategorise(one, category, now)
    return _shown(found)


def _pause(emulator: Emulator, given: Row) -> Row:
    found = _named(emulator, given)
    for one in found:
        review.pause(emulator.world, one, emulator.world.now)
    return _shown(found)


def _archive(emulator: Emulator, given: Row) -> Row:
    found = _named(emulator, given)
    for one in found:
        review.archive(emulator.world, one, emulator.world.now)
    return _shown(found)


def _disable(emulator: Emulator, given: Row) -> Row:
    return _set(emulator, given | {"status": "DISABLED"})


def _set(emulator: Emulator, given: Row) -> Row:
    """Set `status`, `quality`, `rejected_reason`, `source` as they are, without any rule."""
    found, now = _named(emulator, given), emulator.world.now
    for one in found:
        one.status = upper(given.get("status")) or one.status
        one.rejected_reason = upper(given.get("rejected_reason")) or one.rejected_reason
        one.source = text(given.get("source")).lower() or one.source
        one.approved_once = one.approved_once or one.status == "APPROVED"
        if "quality" in given:
            one.quality, one.quality_date = upper(given["quality"]), int(now)
        one.touched(now)
    return _shown(found)


def _delete(emulator: Emulator, given: Row) -> Row:
    """Delete by hand; the name stays locked as with a call, unless `lock` is false."""
    found, world = _named(emulator, given), emulator.world
    for one in found:
        if one.approved_once and given.get("lock") is not False:
            limits.lock(world, one.waba_id, one.name, one.language)
        world.remove(one)
    return _shown(found)


def _unlock(emulator: Emulator, _given: Row) -> Row:
    emulator.world.locks.clear()
    return {"locks": 0}


def _clock(emulator: Emulator, given: Row) -> Row:
    """Move the clock: `by` (+90s, 15m, +1h, 30d, or seconds), or `to` (an ISO time); else tell it."""
    world = emulator.world
    if "by" in given:
        world.offset += duration(given["by"])
    if "to" in given:
        moment = datetime.fromisoformat(text(given["to"]))
        world.offset += moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - world.now
    review.settle(world, world.now)
    return {"now": datetime.fromtimestamp(world.now, UTC).isoformat()}


def duration(given: JSON) -> float:
    """Seconds from a number or from text as +1h, 90s, 30d."""
    words = text(given).strip()
    try:
        return float(words[:-1]) * _UNITS[words[-1]] if words[-1:] in _UNITS else float(words)
    except ValueError:
        raise UnknownOperationError(
            f"{words!r} is no length of time; write +90s, +15m, +1h or +30d"
        ) from None


def _fault(emulator: Emulator, given: Row) -> Row:
    """Add one fault; faults.py says what it holds."""
    try:
        kept = faults.check(given)
    except ValueError as wrong:
        raise UnknownOperationError(str(wrong)) from None
    emulator.world.faults.append(kept)
    return {"faults": list(emulator.world.faults)}


def _clear_faults(emulator: Emulator, _given: Row) -> Row:
    emulator.world.faults.clear()
    return {"faults": []}


def _review_rule(emulator: Emulator, given: Row) -> Row:
    """Add a rule for reviews: patterns `name`, `language`, `category`, `body`; `outcome` approve, reject
    (`reason`), recategorise (`to`) or hold; `after_seconds`. The newest counts first; `clear` forgets all."""
    rules = emulator.world.review_rules
    if flag(given.get("clear")):
        rules.clear()
    elif text(given.get("outcome")) not in {"approve", "reject", "recategorise", "hold"}:
        raise UnknownOperationError("a review rule's outcome is approve, reject, recategorise or hold")
    else:
        rules.insert(0, given)
    return {"review_rules": list(rules)}


def _settings(emulator: Emulator, given: Row) -> Row:
    """Change settings; store.Settings says which there are."""
    try:
        emulator.world.change_settings(given)
    except KeyError as unknown:
        raise UnknownOperationError(f"no setting {unknown}") from None
    return row(emulator.world.to_json()["settings"])


def _token(emulator: Emulator, given: Row) -> Row:
    """Add or replace a token; with `expires_in` (+1h) besides what store.Token holds."""
    world = emulator.world
    late: Row = (
        {"expires_at": int(world.now + duration(given["expires_in"]))} if "expires_in" in given else {}
    )
    token = token_from(given | late, next(iter(world.apps), ""))
    world.tokens[token.token] = token
    return {"tokens": len(world.tokens)}


def _account(emulator: Emulator, given: Row) -> Row:
    """Add an account, or change fields of one (`id`; the first when not given)."""
    accounts = emulator.world.accounts
    waba_id = text(given.get("id")) or next(iter(accounts))
    accounts[waba_id] = accounts.get(waba_id, {"id": waba_id, "phone_numbers": []}) | given
    return accounts[waba_id]


def _seed(emulator: Emulator, given: Row) -> Row:
    """Lay a seed (accounts, apps, tokens, templates, settings, faults, review_rules) over the world."""
    emulator.world.seed(given)
    return {"templates": len(emulator.world.templates)}


def _stale_cursors(emulator: Emulator, _given: Row) -> Row:
    emulator.world.cursor_epoch += 1
    return {}


def _reset(emulator: Emulator, _given: Row) -> Row:
    emulator.reset()
    return {"templates": len(emulator.world.templates)}


def _dump(emulator: Emulator, _given: Row) -> Row:
    """The whole state, tokens cut short."""
    found = emulator.world.to_json()
    tokens: list[JSON] = [
        one | {"token": text(one["token"])[:_SHOWN_TOKEN] + "..."} for one in rows(found["tokens"])
    ]
    return found | {"tokens": tokens}


def _calls(emulator: Emulator, given: Row) -> Row:
    """The requests received, without tokens; `clear` empties the list afterwards."""
    found: list[JSON] = list(emulator.calls)
    if flag(given.get("clear")):
        emulator.calls.clear()
    return {"calls": found}


_OPERATIONS: dict[str, Callable[[Emulator, Row], Row]] = {
    "approve": _approve,
    "reject": _reject,
    "edit": _edit,
    "recategorise": _recategorise,
    "pause": _pause,
    "archive": _archive,
    "disable": _disable,
    "set": _set,
    "delete": _delete,
    "unlock": _unlock,
    "clock": _clock,
    "fault": _fault,
    "clear-faults": _clear_faults,
    "review-rule": _review_rule,
    "settings": _settings,
    "token": _token,
    "account": _account,
    "seed": _seed,
    "stale-cursors": _stale_cursors,
    "reset": _reset,
    "dump": _dump,
    "calls": _calls,
}
READING = {"dump", "calls"}
"""Operations that GET may ask for too, and that change nothing worth saving."""
