"""Bring one document of an existing file to what is live, changing nothing else in it.

Each attempt is read back as wasync will read it, and counts only when it says what it should: first only
the parts that differ are rewritten, then whole languages, then the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from wasync.canonical import from_yaml, to_yaml
from wasync.canonical.options import OPTION_SET
from wasync.model.errors import WasyncError
from wasync.model.template import JSON, Declaration, Document, Template
from wasync.project.language_edit import BeyondError, LanguageEdit, escaped, samples_of
from wasync.project.values import with_values
from wasync.project.yaml_reader import read
from wasync.project.yaml_writer import dump, load, new_map, scalar, transplant

if TYPE_CHECKING:
    pass

Wanted = Mapping[str, Template]
"""What each language of the document should say."""

_PEOPLES = ("name", "revision", "description", "owner")
_ROUNDS = 3


class Target:
    """One document in the text of its file, with the values of the account that is pulled from."""

    def __init__(self, document: Document, values: Mapping[str, str]) -> None:
        self.document, self.values = document, values

    def declares(self, data: bytes) -> Declaration | None:
        """What the document says in this text; None when it cannot be read."""
        reading = read(data)
        if len(reading.documents) <= self.document.index:
            return None
        body, lines = reading.documents[self.document.index]
        if not isinstance(body, dict) or any(one.rule != "WA010" for one in reading.spotted):
            return None
        document = self.document
        filled, _ = with_values(
            Document(document.file, document.index, document.name, body, lines), self.values
        )
        return from_yaml(filled)


def rewrite(data: bytes, target: Target, wanted: Wanted) -> tuple[bytes, bool]:
    """The file's new text, and whether the document had to be written anew, losing its comments.

    Raises WasyncError when no attempt gives a file that says what is wanted.
    """
    for attempt, whole in ((_parts, False), (_languages, False), (_document, True)):
        changed = _settle(data, target, wanted, attempt)
        if changed is not None:
            return changed, whole
    raise WasyncError(
        f"{target.document.file}: {target.document.name}: cannot be rewritten to what is live.",
        "Mend what `wasync validate` says of this file, or move the document away; then pull again.",
    )


def differences(declared: Declaration, wanted: Wanted) -> list[tuple[str, str]]:
    """Language and part of each difference; "examples.body" is a part, "" a whole language."""
    found: list[tuple[str, str]] = []
    have = {template.key.language: template for template in declared.templates}
    for code, want in wanted.items():
        if code not in have:
            found.append((code, ""))
            continue
        if have[code].category != want.category:
            found.append((code, "category"))
        found += [(code, part) for part in _parts_that_differ(have[code], want)]
    return found


def _parts_that_differ(have: Template, want: Template) -> Iterator[str]:
    for part in {**want.spec, **have.spec}:
        if part != "examples" and have.spec.get(part) != want.spec.get(part):
            yield part
    ours, theirs = samples_of(have), samples_of(want)
    for part, samples in theirs.items():
        if ours.get(part) != samples:
            yield f"examples.{part}"


Attempt = Callable[[CommentedMap, Target, Declaration, Wanted], None]


def _settle(data: bytes, target: Target, wanted: Wanted, attempt: Attempt) -> bytes | None:
    """Repeat the attempt on what still differs: only a text read back shows which samples it lacks."""
    text = data
    for _ in range(_ROUNDS):
        declared = target.declares(text)
        if declared is None:
            return None
        if not differences(declared, wanted):
            return text
        try:
            text = edit(text, target.document.index, partial(_try, attempt, target, declared, wanted))
        except (BeyondError, YAMLError):
            return None
    declared = target.declares(text)
    return text if declared is not None and not differences(declared, wanted) else None


def _try(attempt: Attempt, target: Target, declared: Declaration, wanted: Wanted, top: CommentedMap) -> None:
    attempt(top, target, declared, wanted)


def edit(data: bytes, index: int, change: Callable[[CommentedMap], None]) -> bytes:
    """The file with one document changed; lines that the change does not touch stay as they are."""
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    text = data.removeprefix(mark).decode("utf-8")
    windows = "\r\n" in text
    text = text.replace("\r\n", "\n")
    documents = load(text)
    as_dumped = dump(documents, text)
    documents = load(text)
    top = documents[index]
    if top is None:
        raise BeyondError
    change(top)
    changed = transplant(text, as_dumped, dump(documents, text))
    return mark + (changed.replace("\n", "\r\n") if windows else changed).encode("utf-8")


# -- the attempts --------------------------------------------------------------------------------------


def _parts(top: CommentedMap, target: Target, declared: Declaration, wanted: Wanted) -> None:
    """Rewrite the parts that differ, and add languages."""
    found = differences(declared, wanted)
    # Samples come from several places; what a text lacks shows once the text is as wanted.
    content = [one for one in found if not one[1].startswith("examples.")]
    have = {template.key.language: template for template in declared.templates}
    for code, part in content or found:
        if part:
            LanguageEdit(top, code, have[code], wanted, target.values).change(part)
        else:
            _set_language(top, code, wanted[code], declared)


def _languages(top: CommentedMap, _target: Target, declared: Declaration, wanted: Wanted) -> None:
    """Write languages that differ anew."""
    for code in dict.fromkeys(code for code, _ in differences(declared, wanted)):
        _set_language(top, code, wanted[code], declared)


def _document(top: CommentedMap, _target: Target, _declared: Declaration, wanted: Wanted) -> None:
    """Write the document anew, but for what only people read, and languages that are not live."""
    old, comment = copy(top), top.ca.comment
    languages = old.get("languages")
    languages = languages if isinstance(languages, CommentedMap) else CommentedMap()
    rest = {code: node for code, node in languages.items() if code not in wanted}
    top.clear()
    for key in _PEOPLES:
        if key in old:
            top[key] = old[key]
    for key, node in new_map(escaped(to_yaml([*wanted.values()]))).items():
        top[key] = node
    if rest:
        if not isinstance(top["languages"], CommentedMap):
            top["languages"] = CommentedMap((code, None) for code in top["languages"])
        top["languages"].update(rest)
    top.ca.comment = comment


def _set_language(top: CommentedMap, code: str, want: Template, declared: Declaration) -> None:
    own = _alone(want)
    # What stands above all languages, and already says it, is not said again.
    for key in ("category", "authentication", *OPTION_SET):
        if key in own and key in top and _all_say(declared, key, want):
            del own[key]
    languages = top.get("languages")
    if isinstance(languages, CommentedSeq):
        if not own:
            if code not in languages:
                languages.append(scalar(code))
            return
        languages = CommentedMap((other, None) for other in languages)
        top["languages"] = languages
    elif not isinstance(languages, CommentedMap):
        languages = top["languages"] = CommentedMap()
    languages[code] = new_map(escaped(own)) if own else None


def _all_say(declared: Declaration, key: str, want: Template) -> bool:
    if key == "category":
        return all(template.category == want.category for template in declared.templates)
    return bool(declared.templates) and all(
        template.spec.get(key) == want.spec.get(key) for template in declared.templates
    )


def _alone(template: Template) -> dict[str, JSON]:
    """The language as it stands under `languages`, needing nothing from above."""
    document = to_yaml([template])
    languages, variables = document.pop("languages"), document.pop("variables", None)
    own = languages.get(template.key.language) if isinstance(languages, dict) else None
    result: dict[str, JSON] = {**document, **(own if isinstance(own, dict) else {})}
    samples: dict[str, JSON] = {}
    if isinstance(variables, dict):
        for name, variable in variables.items():
            if isinstance(variable, dict) and "example" in variable:
                samples[name] = variable["example"]
    if samples:
        given = result.pop("examples", None)
        result["examples"] = {**samples, **(given if isinstance(given, dict) else {})}
    return result
