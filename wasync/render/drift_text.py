"""What live moved since it was last applied: for people in the plan's manner, for programs as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from wasync.model.drift import Drifted, DriftKind, DriftReport, Moved, Unrecorded
from wasync.model.template import JSON, Key, Place
from wasync.render.change_text import change_row, conflict_rows
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, both_ends, columns, fold, labelled, paragraph
from wasync.render.plan_text import attention
from wasync.render.reasons import moment, on_account
from wasync.render.safe_text import safe
from wasync.render.template_text import Row

_MARKS = {
    DriftKind.CHANGED: styled("~", Style.CHANGED),
    DriftKind.CONFLICT: styled("!", Style.HELD),
    DriftKind.DELETED: styled("-", Style.REMOVED),
    DriftKind.NEW: styled("+", Style.ADDED),
}
_WORDS = {
    DriftKind.CHANGED: "changed outside",
    DriftKind.CONFLICT: "changed in the file and outside too",
    DriftKind.DELETED: "deleted outside",
    DriftKind.NEW: "new outside",
}
_COUNTED = {
    DriftKind.CHANGED: "changed outside",
    DriftKind.CONFLICT: "in conflict",
    DriftKind.DELETED: "deleted outside",
    DriftKind.NEW: "new outside",
}
_INSIDE = 6


def drift_text(report: DriftReport, *, color: bool = False, width: int = WIDTH) -> str:
    """One account's drift without a line end; sentences fold at `width` columns, changes are never cut."""
    account = f"{styled(safe(report.account), Style.STRONG)} ({safe(report.waba_id)})"
    blocks = [f"wasync drift · account {account} · Graph {safe(report.graph_version)}"]
    blocks.extend(_drifted(one, report.account, width) for one in report.drifted)
    if report.alarms:
        blocks.append(attention(report.alarms, width))
    if differing := [one for one in report.unrecorded if one.differs]:
        blocks.append(_no_record(differing, width))
    if report.notes:
        blocks.append("\n".join(fold(f"Note: {safe(note)}", 0, 2, width) for note in report.notes))
    blocks.append(fold(drift_summary(report), 0, 0, width))
    return finish("\n\n".join(blocks), color)


def drift_summary(report: DriftReport) -> str:
    """The last line: how many of each."""
    counts = [(report.count(kind), word) for kind, word in _COUNTED.items()]
    found = ", ".join(f"{count} {word}" for count, word in counts if count)
    parts = [f"Drift: {found}." if found else "No drift."]
    parts.append(
        "1 template is as last applied."
        if report.as_applied == 1
        else f"{report.as_applied} templates are as last applied."
    )
    if count := len(report.unrecorded):
        parts.append(f"{count} {'has' if count == 1 else 'have'} no record.")
    if count := len({alarm.key for alarm in report.alarms}):
        parts.append(f"{count} {'needs' if count == 1 else 'need'} attention.")
    return " ".join(parts)


def _drifted(one: Drifted, account: str, width: int) -> str:
    head = f"  {_MARKS[one.kind]} {styled(safe(str(one.key)), Style.STRONG)}  {_WORDS[one.kind]}"
    lines = [_placed(head, one.place, width)]
    rows = [row for moved in one.moved for row in _rows(moved)]
    lines.extend(labelled(rows, _INSIDE, width))
    if one.in_sync:
        lines.append(paragraph(f"Last in sync {moment(one.in_sync)}.", _INSIDE, width))
    lines.extend(paragraph(line, _INSIDE, width) for line in _ways_out(one, account))
    return "\n".join(lines)


def _placed(head: str, place: Place | None, width: int) -> str:
    where = styled(f"{safe(place.file)}:{place.line}", Style.DIM) if place else ""
    return both_ends(fold(head, 0, _INSIDE, width) if columns(head) > width else head, where, width)


def _rows(moved: Moved) -> list[Row]:
    if moved.conflict:
        return conflict_rows(moved.path, moved.applied, moved.live, moved.file)
    return [change_row(moved.path, moved.applied, moved.live)]


def _ways_out(one: Drifted, account: str) -> list[str]:
    """What a person does about it, a line for each way."""
    key, on = safe(str(one.key)), on_account(account)
    keep = f"wasync drift {on} --accept --target {key}"
    match one.kind:
        case DriftKind.CHANGED:
            return ["The next apply reverts it.", f"Keep what is live: {keep}"]
        case DriftKind.CONFLICT:
            return [f"Keep what is live: {keep}", f"Send the file: wasync apply {on} --overwrite {key}"]
        case DriftKind.DELETED:
            return [
                "The next apply creates it again, once Meta frees the name.",
                f"Keep it deleted: declare {safe(one.key.language)}: absent in the file.",
            ]
        case DriftKind.NEW:
            return [f"Take it into the files: {keep}"]
        case other:
            assert_never(other)


def _no_record(unrecorded: Sequence[Unrecorded], width: int) -> str:
    """Who moved these nobody can tell; the plan shows how they differ."""
    lines = [f"{styled('Not as the file says', Style.STRONG)}, and no record tells who changed it"]
    lines.extend(_placed(f"  {safe(str(one.key))}", one.place, width) for one in unrecorded)
    return "\n".join(lines)


def drift_json(reports: Sequence[DriftReport]) -> dict[str, JSON]:
    """The public form; schemas/drift.schema.json describes it."""
    return {"format_version": "1.0", "kind": "drift", "accounts": [_report(report) for report in reports]}


def _report(report: DriftReport) -> JSON:
    return {
        "account": report.account,
        "waba_id": report.waba_id,
        "graph_version": report.graph_version,
        "created": report.created.isoformat(),
        "summary": {
            **{kind.value: report.count(kind) for kind in DriftKind},
            "as_applied": report.as_applied,
            "no_record": len(report.unrecorded),
            "needs_attention": len(report.alarms),
        },
        "drift": [
            {
                **_named(one.key, one.place),
                "kind": one.kind.value,
                "moved": [
                    {"path": at.path, "applied": at.applied, "live": at.live, "file": at.file}
                    for at in one.moved
                ],
                "in_sync": None if one.in_sync is None else one.in_sync.isoformat(),
                "live_status": one.live_status,
            }
            for one in report.drifted
        ],
        "no_record": [{**_named(one.key, one.place), "differs": one.differs} for one in report.unrecorded],
        "alarms": [
            {**_named(alarm.key, alarm.place), "kind": alarm.kind.value, "message": alarm.message}
            for alarm in report.alarms
        ],
        "notes": list(report.notes),
    }


def _named(key: Key, place: Place | None) -> dict[str, JSON]:
    return {
        "address": str(key),
        "name": key.name,
        "language": key.language,
        "place": {"file": place.file, "line": place.line, "column": place.column} if place else None,
    }
