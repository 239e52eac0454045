"""Samples that pull fetched, laid next to the file of their template: which file holds which. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from wasync.model.template import JSON, Key, Spec, Template
from wasync.project.media import mime_type

Part: TypeAlias = str
""""header", or "carousel.0" for the header of the first card."""
Samples: TypeAlias = Mapping[tuple[Key, Part], bytes]

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4", "application/pdf": "pdf"}


def name_samples(
    stem: str, keys: Sequence[Key], samples: Samples, taken: Callable[[str], bool]
) -> dict[tuple[Key, Part], tuple[str, bytes]]:
    """Return the file name of each sample of one name's templates: one file for all that are the same.

    `taken` says which names are not free. A sample that is no type Meta takes gets none.
    """
    own = {where: data for where, data in sorted(samples.items()) if where[0] in keys and _ending(data)}
    files: dict[tuple[Key, Part], tuple[str, bytes]] = {}
    by_content: dict[bytes, str] = {}
    for (key, part), data in own.items():
        if data not in by_content:
            alike = len({other for (_, there), other in own.items() if there == part}) == 1
            name = stem if len(set(own.values())) == 1 else stem + _card(part)
            name = name if alike else f"{name}.{key.language}"
            free = (f"{name}{number}.{_ending(data)}" for number in ("", *(f".{n}" for n in range(2, 1000))))
            used = set(by_content.values())
            by_content[data] = next(file for file in free if file not in used and not taken(file))
        files[key, part] = (by_content[data], data)
    return files


def with_samples(template: Template, files: Mapping[tuple[Key, Part], tuple[str, bytes]]) -> Template:
    """The template with the file of each of its samples in its spec."""
    spec = template.spec
    for (key, part), (file, _) in files.items():
        if key == template.key:
            spec = _with_sample(spec, part, file)
    return replace(template, spec=spec)


def _with_sample(spec: Spec, part: Part, file: str) -> Spec:
    header: JSON = {"path": file, "sha256": ""}
    examples = _mapping(spec.get("examples"))
    if part == "header":
        return {**spec, "examples": {**examples, "header": header}}
    index = part.partition(".")[2]
    cards = _mapping(examples.get("carousel"))
    card: JSON = {**_mapping(cards.get(index)), "header": header}
    return {**spec, "examples": {**examples, "carousel": {**cards, index: card}}}


def _ending(data: bytes) -> str | None:
    return _ENDINGS.get(mime_type(data[:1024]) or "")


def _card(part: Part) -> str:
    _, dot, index = part.partition(".")
    return f".card{int(index) + 1}" if dot else ""


def _mapping(value: JSON) -> dict[str, JSON]:
    return value if isinstance(value, dict) else {}
