"""Findings: what is wrong, where, the source line with a caret, and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from wasync.model.template import JSON, Finding, Severity
from wasync.render.colour import Style, finish, styled
from wasync.render.layout import WIDTH, columns, fold
from wasync.render.safe_text import safe
from wasync.render.safe_text import width as width_of

_MARGIN = 24
"""Columns of source kept before the caret when a long source line is cut."""


def findings_text(findings: Sequence[Finding], *, color: bool = False, width: int = WIDTH) -> str:
    """Every finding that is not switched off, in the order given, a blank line between two."""
    return finish("\n\n".join(_block(finding, width) for finding in _shown(findings)), color)


def findings_report(
    findings: Sequence[Finding], *, files: int, templates: int, color: bool = False, width: int = WIDTH
) -> str:
    """All findings and the line that counts them."""
    counted = summary(findings, files=files, templates=templates)
    text = findings_text(findings, color=color, width=width)
    return f"{text}\n\n{counted}" if text else counted


def summary(findings: Sequence[Finding], *, files: int, templates: int) -> str:
    """`2 errors, 1 warning in 14 files.`"""
    errors, warnings = _count(findings, Severity.ERROR), _count(findings, Severity.WARNING)
    found = [_plural(errors, "error")] if errors else []
    found += [_plural(warnings, "warning")] if warnings else []
    if not found:
        return f"No findings in {_plural(files, 'file')} with {_plural(templates, 'template')}."
    return f"{', '.join(found)} in {_plural(files, 'file')}."


def findings_json(findings: Sequence[Finding], *, files: int, templates: int) -> dict[str, JSON]:
    """The public form; schemas/findings.schema.json describes it."""
    return {
        "format_version": "1.0",
        "kind": "findings",
        "summary": {
            "errors": _count(findings, Severity.ERROR),
            "warnings": _count(findings, Severity.WARNING),
            "files": files,
            "templates": templates,
        },
        "findings": [_to_json(finding) for finding in _shown(findings)],
    }


def _to_json(finding: Finding) -> JSON:
    place = finding.place
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "fix": finding.fix,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "width": finding.width,
        "source": finding.source,
        "name": finding.key.name if finding.key else None,
        "language": finding.key.language if finding.key else None,
        "accounts": list(finding.accounts),
    }


def _block(finding: Finding, width: int) -> str:
    style = severity_style(finding.severity)
    only = f" (account {', '.join(map(safe, finding.accounts))})" if finding.accounts else ""
    head = f"{styled(f'{finding.severity.value} {safe(finding.rule)}', style)} {safe(finding.message)}{only}"
    lines = [fold(head, 0, 2, width)]
    gutter = "  "
    if finding.place:
        number = str(finding.place.line)
        gutter = " " * (len(number) + 1)
        lines.append(f"{gutter}{_dim('-->')} {safe(str(finding.place))}")
        if finding.source.strip():
            source, offset, size = _excerpt(finding, width - len(gutter) - 2)
            lines.append(f"{gutter}{_dim('|')}")
            lines.append(f"{number} {_dim('|')} {source}")
            lines.append(f"{gutter}{_dim('|')} {' ' * offset}{styled('^' * size, style)}")
    fix_column = len(gutter) + len("= fix: ")
    lines.append(
        f"{gutter}{_dim('=')} {fold(f'fix: {safe(finding.fix)}', len(gutter) + 2, fix_column, width)}"
    )
    return "\n".join(lines)


def _excerpt(finding: Finding, room: int) -> tuple[str, int, int]:
    """The source line, cut around the caret if it is long; where the caret begins, how wide it is.

    Measured as the terminal draws it: wide letters take two columns, combining marks none.
    """
    start = max(0, (finding.place.column if finding.place else 1) - 1)
    line = finding.source.rstrip("\r\n")
    before, meant, after = (
        safe(line[:start]),
        safe(line[start : start + max(1, finding.width)]),
        safe(line[start + max(1, finding.width) :]),
    )
    if width_of(before) + width_of(meant) + width_of(after) > room:
        if width_of(before) > _MARGIN:
            before = "…" + _last_columns(before, _MARGIN)
        left = room - width_of(before)
        meant_and_after = _first_columns(meant + after, left)
        meant, after = meant_and_after[: len(meant)], meant_and_after[len(meant) :]
    return before + meant + after, width_of(before), max(1, width_of(meant))


def _first_columns(text: str, room: int) -> str:
    """As much of the text as fits, … in place of the rest."""
    if columns(text) <= room:
        return text
    kept = text[: max(0, room - 1)]
    while width_of(kept) > room - 1:
        kept = kept[:-1]
    return kept + "…"


def _last_columns(text: str, room: int) -> str:
    kept = text[-room:]
    while width_of(kept) > room:
        kept = kept[1:]
    return kept


def severity_style(severity: Severity) -> Style:
    """How loud a finding is."""
    match severity:
        case Severity.ERROR:
            return Style.REMOVED
        case Severity.WARNING:
            return Style.CHANGED
        case Severity.OFF:
            return Style.DIM
        case _:
            assert_never(severity)


def _shown(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity is not Severity.OFF]


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _dim(text: str) -> str:
    return styled(text, Style.DIM)
