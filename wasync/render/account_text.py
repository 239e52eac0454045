"""What an account is, and what its token may do: sentences for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wasync.model.account import TokenReport
from wasync.model.template import JSON
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, labelled, paragraph
from wasync.render.safe_text import safe
from wasync.render.template_text import Row

Node = Mapping[str, JSON]

_SHOWN = (
    ("name", "name"),
    ("id", "id"),
    ("timezone", "timezone_id"),
    ("namespace", "message_template_namespace"),
    ("review", "account_review_status"),
    ("status", "status"),
    ("verification", "business_verification_status"),
    ("currency", "currency"),
)


def account_text(
    account: str,
    node: Node,
    numbers: Sequence[Node],
    *,
    count: int | None,
    limit: int | None,
    color: bool = False,
    width: int = WIDTH,
) -> str:
    """The account node, its phone numbers, and how many templates it has and may have."""
    rows: list[Row] = [(label, _said(node.get(name))) for label, name in _SHOWN if node.get(name) is not None]
    rows.append(("templates", _totals(count, limit)))
    lines = [f"account {styled(safe(account), Style.STRONG)}", *labelled(rows, 2, width), ""]
    if numbers:
        lines.append("Phone numbers")
        for number in numbers:
            lines.extend((paragraph(_who(number), 2, width), paragraph(_standing(number), 4, width)))
    else:
        lines.append("No phone number.")
    return finish("\n".join(lines), color)


def account_json(
    account: str, node: Node, numbers: Sequence[Node], *, count: int | None, limit: int | None
) -> dict[str, JSON]:
    """The public form, Meta's own names inside it kept; schemas/account.schema.json describes it."""
    return {
        "format_version": "1.0",
        "kind": "account",
        "account": account,
        "node": dict(node),
        "phone_numbers": [dict(number) for number in numbers],
        "templates": {"count": count, "limit": limit},
    }


def token_text(report: TokenReport, *, color: bool = False, width: int = WIDTH) -> str:
    """What the token is and reaches, what stands in its way, and how that is cured."""
    reached = "every account of its owner" if report.targets is None else ", ".join(report.targets) or "none"
    rows: list[Row] = [
        ("kind", safe(report.kind)),
        ("valid", "yes" if report.valid else styled("no", Style.REMOVED)),
        ("expires", safe(report.expiry)),
        ("app", safe(report.application) or "not said"),
        ("user", safe(report.user_id) or "not said"),
        ("permissions", safe(", ".join(report.scopes)) or "none"),
        ("reaches", safe(reached)),
    ]
    head = f"token of account {styled(safe(report.account), Style.STRONG)} ({safe(report.waba_id)})"
    lines = [head, *labelled(rows, 2, width)]
    if report.warnings:
        lines.append("")
        lines.extend(
            paragraph(f"{styled('Warning:', Style.CHANGED)} {safe(warning)}", 0, width)
            for warning in report.warnings
        )
    elif report.usable:
        lines.extend(("", "Nothing found that stands in the way of managing templates."))
    if report.access:
        lines.extend(("", paragraph(safe(report.access), 0, width)))
    return finish("\n".join(lines), color)


def token_json(report: TokenReport) -> dict[str, JSON]:
    """The public form; schemas/account.schema.json describes it."""
    return {
        "format_version": "1.0",
        "kind": "token",
        "account": report.account,
        "waba_id": report.waba_id,
        "token_kind": report.kind,
        "valid": report.valid,
        "application": report.application,
        "user_id": report.user_id,
        "expires": None if report.expires is None else report.expires.isoformat(),
        "scopes": list(report.scopes),
        "reaches": None if report.targets is None else list(report.targets),
        "warnings": list(report.warnings),
        "usable": report.usable,
    }


def _who(number: Node) -> str:
    """One phone number: as it is written, its name and its id."""
    parts = [safe(str(number.get("display_phone_number") or number.get("id") or "?"))]
    if number.get("verified_name"):
        parts.append(f'"{_said(number["verified_name"])}"')
    parts.append(f"id {_said(number.get('id'))}")
    return "  ".join(parts)


def _standing(number: Node) -> str:
    """How a phone number stands."""
    parts = []
    for label, name in (("status", "status"), ("quality", "quality_rating"), ("name review", "name_status")):
        if number.get(name) is not None:
            parts.append(f"{label} {_said(number[name]).lower()}")
    return ", ".join(parts) or "Meta did not say how it stands"


def _totals(count: int | None, limit: int | None) -> str:
    if count is None:
        return "Meta did not say how many"
    return f"{count} (Meta did not say how many at most)" if limit is None else f"{count} of at most {limit}"


def _said(value: JSON) -> str:
    return safe(str(value)) if isinstance(value, str | int | float) else "not said"
