"""Printing findings in the forms that code hosts read, those that stop a run too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from wasync.cli.options import REPORTS
from wasync.cli.output import result
from wasync.model.errors import InputError
from wasync.model.template import Finding, Place


def print_report(form: str, findings: Sequence[Finding], command: str, root: Path) -> None:
    """Print what a command found in the form its reader wants, in files of the project at `root`."""
    from wasync.render.findings_reports import report

    folder = folder_in_repository(root)
    result(report(form, [in_repository(finding, folder) for finding in findings], command))


def folder_in_repository(root: Path) -> str:
    """Where a project lies in its git repository, with / behind it; "" at the top, or without one.

    Code hosts know files by their paths in the repository.
    """
    root = root.resolve()
    for place in (root, *root.parents):
        if (place / ".git").exists():
            return "".join(f"{part}/" for part in root.relative_to(place).parts)
    return ""


def in_repository(finding: Finding, folder: str) -> Finding:
    """The finding at its place in the repository; one without a place is about wasync.yaml."""
    if not folder:
        return finding
    place = finding.place or Place("wasync.yaml", 1)
    return finding._replace(place=place._replace(file=folder + place.file))


@contextmanager
def reporting(form: str, command: str, root: Path) -> Iterator[None]:
    """Print the findings of files that cannot be used in that form too: their reader expects a report."""
    try:
        yield
    except InputError as error:
        if form in REPORTS and error.findings:
            print_report(form, error.findings, command, root)
        raise
