"""Printing findings in the forms that code hosts read, those that stop a run too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from wasync.cli.options import REPORTS
from wasync.cli.output import result
from wasync.model.errors import InputError
from wasync.model.template import Finding


def print_report(form: str, findings: Sequence[Finding], command: str) -> None:
    """Print what a command found in the form its reader wants."""
    from wasync.render.findings_reports import report

    result(report(form, findings, command))


@contextmanager
def reporting(form: str, command: str) -> Iterator[None]:
    """Print the findings of files that cannot be used in that form too: their reader expects a report."""
    try:
        yield
    except InputError as error:
        if form in REPORTS and error.findings:
            print_report(form, error.findings, command)
        raise
