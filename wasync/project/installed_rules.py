"""The rules that installed packages bring: found by the id a project asks for, never in its own files."""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import cache
from importlib.metadata import EntryPoint, distributions
from typing import NamedTuple

from wasync.checks.policy_python import Installed
from wasync.model.config import Config
from wasync.model.template import Problem
from wasync.project.files import within
from wasync.rules import GROUP


class Found(NamedTuple):
    """The rules asked for, as far as they are installed, and what is wrong with the others."""

    rules: tuple[Installed, ...]
    problems: tuple[Problem, ...]


def rules_of(config: Config) -> Found:
    """The rules that a project asks for under `policy.python`."""
    paths = installed_paths(tuple(sys.path), config.root, os.getcwd())  # noqa: PTH109 - asked once a template file
    return installed_rules(config.organisation.python, paths)


@cache
def installed_paths(paths: tuple[str, ...], root: str, current: str) -> tuple[str, ...]:
    """The import paths that hold installed packages: not the project, and not the folder we run in.

    `python -m` puts the latter first, and a pull request's author controls both. A virtual environment
    inside the project is taken: it is where packages are installed.
    """
    installed = {*map(os.path.realpath, [*site.getsitepackages(), site.getusersitepackages()])}
    theirs = (os.path.realpath(root), os.path.realpath(current))
    found = []
    for path in paths:
        real = os.path.realpath(path or current)
        if real in installed or not any(within(folder, real) for folder in theirs):
            found.append(path)
    return tuple(found)


@cache
def installed_rules(ids: tuple[str, ...], paths: tuple[str, ...]) -> Found:
    """Load the rules asked for from packages on these paths; a problem leads to the id in wasync.yaml.

    A rule that is not there is an error: without it nobody would notice that it no longer looks.
    """
    rules: list[Installed] = []
    problems: list[Problem] = []
    there = _entry_points(ids, paths)
    for index, rule in enumerate(ids):
        match _load(rule, there[rule], paths):
            case Installed() as found:
                rules.append(found)
            case message, fix:
                problems.append(Problem("WA004", message, fix, ("policy", "python", index)))
    return Found(tuple(rules), tuple(problems))


def _entry_points(ids: Sequence[str], paths: Sequence[str]) -> dict[str, dict[str, EntryPoint]]:
    """For each id the entry points of that name, by package."""
    found: dict[str, dict[str, EntryPoint]] = {rule: {} for rule in ids}
    for package in distributions(path=list(paths)):
        for point in package.entry_points:
            if point.group == GROUP and point.name in found:
                # Of one package found twice, the import takes the first too.
                found[point.name].setdefault(package.name, point)
    return found


def _load(rule: str, points: dict[str, EntryPoint], paths: Sequence[str]) -> Installed | tuple[str, str]:
    """The one rule of this id, or what is wrong and the way out."""
    if len(points) != 1:
        if points:
            names = ", ".join(sorted(points))
            return f"several installed packages bring a rule {rule}: {names}", "Uninstall all but one."
        return f"no installed package brings the rule {rule}", "Install the package that does."
    [(package, point)] = points.items()
    try:
        with aside(), _importing_from(paths):
            check = point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's module may raise anything while it is imported
        why = f"cannot be loaded: {type(error).__name__}: {error}"
        return f"the rule {rule} of the package {package} {why}", "Mend or update that package."
    if not callable(check):
        return f"the rule {rule} of the package {package} is no function", "Mend or update that package."
    return Installed(rule, package, check)


@contextmanager
def aside() -> Iterator[None]:
    """Send what a stranger's code prints to stderr: stdout is for results, which may be JSON."""
    with redirect_stdout(sys.stderr):
        yield


@contextmanager
def _importing_from(paths: Sequence[str]) -> Iterator[None]:
    """Import from these paths only, so that no file of the project stands in for an installed module."""
    before = sys.path[:]
    sys.path[:] = paths
    try:
        yield
    finally:
        sys.path[:] = before
