"""How the declared templates stand at Meta: a table for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence

from wasync.model.status import AccountStatus, TemplateStatus
from wasync.model.template import JSON
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, columns, paragraph
from wasync.render.safe_text import safe
from wasync.render.status_words import status_style, status_word

_HEADS = ("template", "status", "category", "quality")
_ABSENT = "not at Meta"


def status_text(accounts: Sequence[AccountStatus], *, color: bool = False, width: int = WIDTH) -> str:
    """One table an account; what needs attention stands below its template."""
    return finish("\n\n".join(_account(account, width) for account in accounts), color)


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
        "attention": list(template.attention),
        "place": {"file": place.file, "line": place.line, "column": place.column} if place else None,
    }


def _account(account: AccountStatus, width: int) -> str:
    head = f"account {styled(safe(account.account), Style.STRONG)} ({safe(account.waba_id)})"
    if not account.templates:
        return f"{head}\n\nNo template is declared for this account."
    rows = [_cells(template) for template in account.templates]
    sizes = [max(columns(cell) for cell in column) for column in zip(_HEADS, *rows, strict=True)]
    lines = [styled(_line(_HEADS, sizes), Style.DIM)]
    for template, row in zip(account.templates, rows, strict=True):
        lines.append(_line(row, sizes))
        lines.extend(
            styled(paragraph(safe(sentence), 4, width), Style.CHANGED) for sentence in template.attention
        )
    return "\n".join((head, "", *lines, "", paragraph(_count(account), 0, width)))


def _cells(template: TemplateStatus) -> tuple[str, ...]:
    status = template.status
    word = styled(_ABSENT, Style.DIM) if status is None else styled(status_word(status), status_style(status))
    quality = (template.quality or "").lower()
    return (
        safe(str(template.key)),
        word,
        safe(template.category),
        safe(quality) if quality not in ("", "unknown") else "-",
    )


def _line(cells: Sequence[str], sizes: Sequence[int]) -> str:
    padded = (cell + " " * (size - columns(cell)) for cell, size in zip(cells, sizes, strict=True))
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
    needing = sum(bool(template.attention) for template in account.templates)
    attention = f" {needing} {'needs' if needing == 1 else 'need'} attention." if needing else ""
    outside = len(account.unmanaged)
    others = {0: "", 1: " 1 live template is not in the files."}.get(
        outside, f" {outside} live templates are not in the files."
    )
    return f"{total} {'template' if total == 1 else 'templates'}: {counted}.{attention}{others}"
