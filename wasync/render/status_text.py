"""How the declared templates stand at Meta: a table for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wasync.model.status import AccountStatus, TemplateStatus
from wasync.model.template import JSON
from wasync.quota import EDITS_PER_30_DAYS
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, columns, paragraph
from wasync.render.safe_text import safe
from wasync.render.status_words import status_style, status_word

_HEADS = ("template", "status", "quality", "category", "age", "last applied", "edits left")
_ABSENT = "not at Meta"


def status_text(account: AccountStatus, *, color: bool = False, width: int = WIDTH) -> str:
    """The table of one account; what needs attention stands below its template.

    Columns that do not fit give way, the least needed first.
    """
    return finish(_account(account, width), color)


def status_json(accounts: Sequence[AccountStatus]) -> dict[str, JSON]:
    """The public form; schemas/status.schema.json describes it."""
    return {
        "format_version": "1.0",
        "kind": "status",
        "accounts": [
            {
                "account": account.account,
                "waba_id": account.waba_id,
                "templates": [_to_json(template) for template in account.templates],
                "not_in_files": [{"name": key.name, "language": key.language} for key in account.unmanaged],
            }
            for account in accounts
        ],
    }


def _to_json(template: TemplateStatus) -> JSON:
    place = template.place
    return {
        "address": str(template.key),
        "name": template.key.name,
        "language": template.key.language,
        "status": template.status,
        "category": template.category,
        "quality": template.quality,
        "requested_category": template.requested,
        "rejected_reason": template.reason,
        "updated": _time(template.updated),
        "last_applied": _time(template.applied),
        "edits_left": template.edits_left,
        "next_edit": _time(template.next_edit),
        "attention": [alarm.message for alarm in template.alarms],
        "alarms": [alarm.kind.value for alarm in template.alarms],
        "place": {"file": place.file, "line": place.line, "column": place.column} if place else None,
    }


def _account(account: AccountStatus, width: int) -> str:
    head = f"account {styled(safe(account.account), Style.STRONG)} ({safe(account.waba_id)})"
    if not account.templates:
        return f"{head}\n\nNo template is declared for this account."
    rows = [_cells(template, account.now) for template in account.templates]
    sizes = _fitting([max(map(columns, column)) for column in zip(_HEADS, *rows, strict=True)], width)
    lines = [styled(_line(_HEADS, sizes), Style.DIM)]
    for template, row in zip(account.templates, rows, strict=True):
        lines.append(_line(row, sizes))
        lines.extend(
            styled(paragraph(safe(alarm.message), 4, width), Style.CHANGED) for alarm in template.alarms
        )
        if template.alarms and template.place:
            lines.append(f"    --> {safe(str(template.place))}")
    return "\n".join((head, "", *lines, "", paragraph(_count(account), 0, width)))


def _fitting(sizes: list[int], width: int) -> list[int]:
    """The widths of the columns, of those that must give way 0; the first four always stay."""
    found = list(sizes)
    for at in range(len(found) - 1, 3, -1):
        if sum(size + 2 for size in found if size) <= width:
            break
        found[at] = 0
    return found


def _cells(template: TemplateStatus, now: datetime) -> tuple[str, ...]:
    status = template.status
    if status is None:
        return (
            safe(str(template.key)),
            styled(_ABSENT, Style.DIM),
            "-",
            safe(template.category),
            "-",
            "-",
            "-",
        )
    word = styled(status_word(status), status_style(status))
    if template.reason:
        word += f" ({safe(template.reason)})"
    quality = (template.quality or "").lower()
    category = safe(template.category)
    if template.requested != template.category:
        category = styled(f"{safe(template.requested)} -> {category}", Style.CHANGED)
    return (
        safe(str(template.key)),
        word,
        safe(quality) if quality not in ("", "unknown") else "-",
        category,
        _age(template.updated, now),
        _age(template.applied, now),
        "-" if template.edits_left is None else f"{template.edits_left} of {EDITS_PER_30_DAYS}",
    )


def _age(at: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that has passed: 40 s, 12 min, 3 h, 12 d."""
    if at is None:
        return "-"
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _time(at: datetime | None) -> JSON:
    return None if at is None else at.isoformat()


def _line(cells: Sequence[str], sizes: Sequence[int]) -> str:
    padded = (cell + " " * (size - columns(cell)) for cell, size in zip(cells, sizes, strict=True) if size)
    return "  " + "  ".join(padded).rstrip()


def _count(account: AccountStatus) -> str:
    """The line that sums up: how many of each status, most first."""
    tally: dict[str, int] = {}
    for template in account.templates:
        word = _ABSENT if template.status is None else status_word(template.status)
        tally[word] = tally.get(word, 0) + 1
    total = len(account.templates)
    counted = ", ".join(
        f"{count} {word}" for word, count in sorted(tally.items(), key=lambda e: (-e[1], e[0]))
    )
    needing = sum(bool(template.alarms) for template in account.templates)
    attention = f" {needing} {'needs' if needing == 1 else 'need'} attention." if needing else ""
    outside = len(account.unmanaged)
    others = {0: "", 1: " 1 live template is not in the files."}.get(
        outside, f" {outside} live templates are not in the files."
    )
    return f"{total} {'template' if total == 1 else 'templates'}: {counted}.{attention}{others}"
