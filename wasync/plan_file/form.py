"""The plan as public JSON, and the fingerprint of what decides the doing.

`schemas/plan.schema.json` describes the form. A higher minor version only adds keys, so unknown keys are
passed over; another major version is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from wasync.canonical import fingerprint
from wasync.model.plan import (
    Action,
    Cost,
    FieldChange,
    Plan,
    Precondition,
    Step,
)
from wasync.model.template import JSON, Place, Template

FORMAT_VERSION = "1.1"


def plan_fingerprint(steps: Sequence[Step], waba_id: str) -> str:
    """What decides the doing, hashed: per step its action, key, both sides, and its precondition.

    Reasons, places, statuses and everything about other templates stay out of it.
    """
    return fingerprint({"waba_id": waba_id, "steps": [_decisive(step) for step in steps]})


def plan_to_json(plan: Plan) -> dict[str, JSON]:
    """The public form of a plan; `plan_from_json` gives the very same plan back."""
    return {
        "format_version": FORMAT_VERSION,
        "kind": "plan",
        "account": plan.account,
        "waba_id": plan.waba_id,
        "graph_version": plan.graph_version,
        "created": plan.created.isoformat(),
        "fingerprint": plan.fingerprint,
        "summary": {
            "create": plan.count(Action.CREATE),
            "update": plan.count(Action.UPDATE),
            "delete": plan.count(Action.DELETE),
            "hold": plan.count(Action.HOLD),
            "in_sync": plan.kept,
            "not_in_files": len(plan.unmanaged),
            "needs_attention": len(plan.alarms),
        },
        "steps": [_step_to_json(step) for step in plan.steps],
        "not_in_files": [{"name": key.name, "language": key.language} for key in plan.unmanaged],
        "alarms": [
            {
                "kind": alarm.kind.value,
                "name": alarm.key.name,
                "language": alarm.key.language,
                "message": alarm.message,
                "place": _place_to_json(alarm.place),
            }
            for alarm in plan.alarms
        ],
        "notes": list(plan.notes),
        "refusals": list(plan.refusals),
        "rollouts": [
            {
                "name": rollout.name,
                "old": rollout.old,
                "new": rollout.new,
                "waiting": list(rollout.waiting),
                "breaks": list(rollout.breaks),
                "place": _place_to_json(rollout.place),
                "older": list(rollout.older),
            }
            for rollout in plan.rollouts
        ],
    }


def _decisive(step: Step) -> JSON:
    return {
        "action": step.action.value,
        "key": [step.key.name, step.key.language],
        "before": _content(step.before),
        "after": _content(step.after),
        "changes_category": step.changes_category,
        "precondition": _precondition_to_json(step.precondition),
    }


def _content(template: Template | None) -> JSON:
    return None if template is None else {"category": template.category, "spec": template.spec}


def _step_to_json(step: Step) -> JSON:
    return {
        "address": str(step.key),
        "name": step.key.name,
        "language": step.key.language,
        "action": step.action.value,
        "wanted": None if step.wanted is None else step.wanted.value,
        "reason": step.reason.value,
        "detail": step.detail,
        "breaking": list(step.breaking),
        "live_status": step.live_status,
        "not_before": None if step.not_before is None else step.not_before.isoformat(),
        "place": _place_to_json(step.place),
        "difference": {
            "content": [_change_to_json(change) for change in step.difference.content],
            "samples": [_change_to_json(change) for change in step.difference.samples],
        },
        "before": _template_to_json(step.before),
        "after": _template_to_json(step.after),
        "precondition": _precondition_to_json(step.precondition),
        "cost": _cost_to_json(step.cost),
        "in_sync": None if step.in_sync is None else step.in_sync.isoformat(),
        "free_revision": step.free_revision,
    }


def _cost_to_json(cost: Cost | None) -> JSON:
    if cost is None:
        return None
    next_free = None if cost.next_free is None else cost.next_free.isoformat()
    return {"ration": cost.ration.value, "number": cost.number, "of": cost.of, "next_free": next_free}


def _change_to_json(change: FieldChange) -> JSON:
    return {
        "path": change.path,
        "before": change.before,
        "after": change.after,
        "origin": change.origin.value,
        "applied": change.applied,
    }


def _precondition_to_json(condition: Precondition) -> JSON:
    form: dict[str, JSON] = {
        "live_id": condition.live_id,
        "hash": condition.hash,
        "editable": condition.editable,
    }
    if condition.approved:
        form["approved"] = [{"name": key.name, "language": key.language} for key in condition.approved]
    return form


def _template_to_json(template: Template | None) -> JSON:
    if template is None:
        return None
    return {
        "name": template.key.name,
        "language": template.key.language,
        "category": template.category,
        "spec": template.spec,
        "place": _place_to_json(template.place),
        "ignore": dict(template.ignore),
    }


def _place_to_json(place: Place | None) -> JSON:
    return None if place is None else {"file": place.file, "line": place.line, "column": place.column}
