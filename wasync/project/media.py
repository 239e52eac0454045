"""Media samples: files of the project that stand in a header; their type, size and sha256."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Key, Problem, Spec, SpecPath, Template
from wasync.project.files import within

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_MB = 1024 * 1024

MIME_TYPES: Mapping[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png"),
    "video": ("video/mp4",),
    "document": ("application/pdf",),
    "gif": ("video/mp4",),
}
"""What the resumable upload takes for each header format (docs/meta-api.md, sections A2 and C1)."""

LIMITS: Mapping[str, int] = {
    # Meta's Cloud API media page: image 5 MB, video 16 MB, document 100 MB. The sample's own limit is not
    # documented; it cannot usefully be larger than what can be sent.
    "image": 5 * _MB,
    "video": 16 * _MB,
    "document": 100 * _MB,
    "gif": 7 * _MB // 2,  # docs/meta-api.md, section C1
}
"""The most bytes a sample may have, by header format."""

_NAMES = {
    "image/jpeg": "a JPEG image",
    "image/png": "a PNG image",
    "video/mp4": "an MP4 video",
    "video/3gpp": "a 3GP video",
    "video/quicktime": "a QuickTime video",
    "application/pdf": "a PDF document",
    "image/gif": "a GIF image",
    "image/webp": "a WebP image",
}
_WANTED = {
    "image": "a JPEG or PNG image",
    "video": "an MP4 video",
    "document": "a PDF document",
    "gif": "an MP4 video",
}


class Sample(NamedTuple):
    """One media file as it lies on disk: path relative to the project, bytes, type by content."""

    path: str
    sha256: str
    size: int
    mime: str | None


class OpenMedia(NamedTuple):
    """An open media file whose content is what the plan says; the caller closes `file`."""

    file: BinaryIO
    name: str
    size: int
    mime: str


def mime_type(head: bytes) -> str | None:
    """What a file is by its first bytes (32 are enough); None if it is nothing we know."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if b"%PDF-" in head:
        return "application/pdf"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand == b"qt  ":
            return "video/quicktime"
        return "video/3gpp" if brand[:3] in (b"3gp", b"3g2") else "video/mp4"
    return None


def with_media(
    root: str, file: str, template: Template, samples: MutableMapping[str, Sample | str]
) -> tuple[Template, list[Problem]]:
    """The template with each media path made relative to the project and its sha256 filled in.

    Paths are relative to `file`, the template's own. `samples` remembers what was read, by real path, so that
    each distinct file is read once. Problems: WA014 (missing, unreadable, outside), WA015 (size, type).
    """
    examples = template.spec.get("examples")
    if not isinstance(examples, dict):
        return template, []
    problems: list[Problem] = []
    read = partial(_read_sample, root, Path(file).parent, template.key, samples, problems)
    filled = _filled(template.spec, examples, ("examples",), read)
    cards, of_cards = template.spec.get("carousel"), examples.get("carousel")
    if isinstance(cards, list) and isinstance(of_cards, dict):
        all_cards = dict(of_cards)
        for index, card in enumerate(cards):
            own = of_cards.get(str(index))
            if isinstance(card, dict) and isinstance(own, dict):
                all_cards[str(index)] = _filled(card, own, ("examples", "carousel", str(index)), read)
        if all_cards != of_cards:
            filled = {**filled, "carousel": all_cards}
    if filled is examples:
        return template, problems
    spec: Spec = {**template.spec, "examples": filled}
    return Template(template.key, template.category, spec, template.place, template.ignore), problems


def _filled(
    part: Spec,
    examples: dict[str, JSON],
    where: SpecPath,
    read: Callable[[str, str, SpecPath], dict[str, JSON] | None],
) -> dict[str, JSON]:
    """The examples of a message, or of one card, with the sample of its header read."""
    header = part.get("header")
    match examples.get("header"), header.get("format") if isinstance(header, dict) else None:
        case {"path": str(path), "sha256": ""}, str(kind) if kind != "text":
            media = read(path, kind, (*where, "header"))
            return examples if media is None else {**examples, "header": media}
        case _:
            return examples


def _read_sample(
    root: str,
    folder: Path,
    key: Key,
    samples: MutableMapping[str, Sample | str],
    problems: list[Problem],
    path: str,
    kind: str,
    where: SpecPath,
) -> dict[str, JSON] | None:
    """Path and sha256 of one sample; None when it cannot be used. `path` is as written, from `folder`."""
    sample = _sample(root, folder / path, samples)
    if isinstance(sample, str):
        fix = "Put the file there; the path is relative to this file and stays inside the project."
        problems.append(Problem("WA014", f"{path}: {sample}", fix, where, key, needle=path))
        return None
    if (problem := _unfit(sample, kind, path)) is not None:
        message, fix = problem
        problems.append(Problem("WA015", message, fix, where, key, needle=path))
    return {"path": sample.path, "sha256": sample.sha256}


def _unfit(sample: Sample, kind: str, path: str) -> tuple[str, str] | None:
    """Why Meta would not take the sample for this format of header, and what to do."""
    if kind not in MIME_TYPES:
        return None
    if sample.mime not in MIME_TYPES[kind]:
        found = _NAMES.get(sample.mime or "", "something else") if sample.size else "empty"
        message = f"{path} is {found}; a header of format {kind} takes {_WANTED[kind]}"
        return (
            message,
            f"Convert the file to {_WANTED[kind]}." if sample.size else "Put the file itself there.",
        )
    if sample.size > LIMITS[kind]:
        limit = f"{LIMITS[kind] / _MB:g} MB"
        # Rounded up: a sample a little too large must not seem to fit.
        has = f"{-(-sample.size * 10 // _MB) / 10:g} MB"
        message = f"{path} has {has}; a header of format {kind} takes {limit}"
        return message, f"Make the file smaller than {limit}."
    return None


def _sample(root: str, path: Path, samples: MutableMapping[str, Sample | str]) -> Sample | str:
    """The file's content in short, or why it cannot be used. Reads each file once."""
    top = os.path.realpath(root)
    try:
        real = os.path.realpath(Path(top, path))
    except ValueError:
        return "no file can have this name"
    if real not in samples:
        samples[real] = _read(top, real)
    return samples[real]


def _read(top: str, real: str) -> Sample | str:
    if not within(top, real):
        return "this path leads out of the project"
    if Path(real).exists() and not Path(real).is_file():
        return "this is a folder" if Path(real).is_dir() else "this is no plain file"
    try:
        with Path(real).open("rb") as file:
            sha256, size, mime = _digest(file)
    except OSError as error:
        return f"the file cannot be read ({error.strerror})"
    return Sample(os.path.relpath(real, top).replace(os.sep, "/"), sha256, size, mime)


def _digest(file: BinaryIO) -> tuple[str, int, str | None]:
    """sha256, bytes and type of an open file, read in pieces."""
    import hashlib  # most projects have no media, and it brings OpenSSL

    digest = hashlib.sha256()
    size, mime = 0, None
    while piece := file.read(_MB):
        if size == 0:
            mime = mime_type(piece[:1024])
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size, mime


def open_media(root: str, path: str, sha256: str) -> OpenMedia:
    """Open a sample for its upload, at its start. Refuses when the file is no longer what the plan says."""
    top = os.path.realpath(root)
    real = os.path.realpath(Path(top, path))
    again = "Run `wasync plan` again and review it."
    if not within(top, real):
        raise WasyncError(f"{path} leads out of the project", f"Copy the file into the project. {again}")
    try:
        file = Path(real).open("rb")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise WasyncError(
            f"{path} cannot be read ({error.strerror})", f"Put the file back. {again}"
        ) from None
    found, size, mime = _digest(file)
    if found != sha256 or mime is None:
        file.close()
        raise WasyncError(f"{path} has changed since the plan was made", again)
    file.seek(0)
    return OpenMedia(file, Path(real).name, size, mime)
