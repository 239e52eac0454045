"""Which problems are heard: those that neither the project nor the author silences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wasync.model.template import Declaration, Problem, Severity


def heard(
    problems: Iterable[Problem], declaration: Declaration, severities: Mapping[str, Severity]
) -> list[Problem]:
    """The problems that neither the project nor the author of the name silences."""
    ignored = {template.key: template.ignore for template in declaration.templates}
    everywhere = set.intersection(*map(set, ignored.values())) if ignored else set()
    return [
        problem
        for problem in problems
        if severities.get(problem.rule) is not Severity.OFF
        and problem.rule not in (ignored.get(problem.key, everywhere) if problem.key else everywhere)
    ]
