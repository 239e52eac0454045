"""The names a project declares, for a shell that completes one: no file is parsed that it need not be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_NAME = re.compile(rb"""^name:[ \t]*["']?([a-z0-9_]+)["']?[ \t]*(?:#.*)?\r?$""", re.MULTILINE)
_REVISION = re.compile(rb"^revision:[ \t]*([0-9]+)", re.MULTILINE)
_WORD = re.compile("[A-Za-z0-9_]+")


def names(root: Path, files: Iterable[str], begin: str) -> list[str]:
    """Live names that begin so, sorted; after a `/`, NAME/LANGUAGE. Files that cannot be read have none."""
    name, slash, language = begin.partition("/")
    found: set[str] = set()
    for file in files:
        try:
            data = (root / file).read_bytes()
        except OSError:
            continue
        declared = set(_declared(data, file.rpartition("/")[2].rpartition(".")[0]))
        if not slash:
            found |= {one for one in declared if one.startswith(name)}
        elif name in declared:
            found |= {f"{name}/{code}" for code in _languages(data) if code.startswith(language)}
    return sorted(found)


def _declared(data: bytes, stem: str) -> Iterator[str]:
    """By the letters of the file, not its meaning: what it gets wrong is one word too many or too few."""
    given = [found.decode() for found in _NAME.findall(data)]
    revision = _REVISION.search(data)
    number = int(revision[1]) if revision is not None and len(revision[1]) < 4 else 1
    for name in given or [stem]:
        if _WORD.fullmatch(name):
            yield name if number <= 1 else f"{name}_v{number}"


def _languages(data: bytes) -> Iterator[str]:
    from wasync.project.yaml_reader import read

    for body, _ in read(data).documents:
        languages = body.get("languages") if isinstance(body, dict) else None
        if isinstance(languages, dict | list):
            yield from (code for code in languages if isinstance(code, str) and _WORD.fullmatch(code))
