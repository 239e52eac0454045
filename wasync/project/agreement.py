"""Several accounts pulled into one project: a file is written only where all of them say the same. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from wasync.project.writer import FileChange, Pull


def agreed(pulls: Mapping[str, Pull]) -> Pull:
    """Return what the pulls of all accounts, by name, have in common; every other file is left, and noted.

    An account whose pull does not touch a file says that the file is right as it is: so a change must come
    from every account, and be the same, byte for byte. What one account has and another lacks is left too.
    """
    if len(pulls) == 1:
        return next(iter(pulls.values()))
    by_path: dict[str, dict[str, FileChange]] = {}
    for account, pull in pulls.items():
        for change in pull.changes:
            by_path.setdefault(change.path, {})[account] = change
    changes: list[FileChange] = []
    notes = dict.fromkeys(f"{name}: {note}" for name, pull in pulls.items() for note in pull.notes)
    for path, wanted in sorted(by_path.items()):
        if len(wanted) == len(pulls) and len({change.after for change in wanted.values()}) == 1:
            changes.append(next(iter(wanted.values())))
        else:
            names = ", ".join(wanted)
            only = "differently by" if len(wanted) == len(pulls) else "only by"
            notes[
                f"{path} is left as it is: it would be changed {only} {names}. Pull one with --account."
            ] = None
    refused = tuple(error for pull in pulls.values() for error in pull.refused)
    return Pull(tuple(changes), tuple(notes), refused)
