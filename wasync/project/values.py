"""`${name}`: an account's values, put into texts, URLs, phone numbers, examples and media paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from wasync.model.config import Account
from wasync.model.template import JSON, Document, Problem, SpecPath

_PREFIX = "WASYNC_VAR_"

# `$${` is a literal `${`; `${{` is a dollar before a placeholder, and left alone.
_VALUE = re.compile(r"\$(\$?)\{(?!\{)([^{}\n]*)(\}?)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_TEXT_KEYS = frozenset(
    {"header", "body", "footer", "text", "autofill_text", "url", "phone_number", "example", "media"}
)
"""Keys whose text may hold values; below `examples` and `components` every text may."""
_SUBTREES = frozenset({"examples", "components"})


def account_values(account: Account, environ: Mapping[str, str], flags: Mapping[str, str]) -> dict[str, str]:
    """The values of one account: `--var` beats `WASYNC_VAR_<name>` beats `vars:` in wasync.yaml."""
    named = {key.removeprefix(_PREFIX): text for key, text in environ.items() if key.startswith(_PREFIX)}
    return {**account.values, **named, **flags}


def with_values(document: Document, values: Mapping[str, str]) -> tuple[Document, list[Problem]]:
    """The document with every `${name}` replaced, and a problem (WA011) for each that is undefined.

    What cannot be replaced stays as written. Keys, names and words such as `category` are never touched.
    """
    filler = _Filler(values)
    data = {key: filler.fill(value, (key,), key in _SUBTREES) for key, value in document.data.items()}
    return replace(document, data=data), filler.problems


class _Filler:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def fill(self, value: JSON, path: SpecPath, everywhere: bool) -> JSON:
        """A copy of `value` with values put in; `everywhere`: whatever the key is called."""
        match value:
            case str():
                named = next((step for step in reversed(path) if isinstance(step, str)), "")
                return (
                    self._text(value, path)
                    if "${" in value and (everywhere or named in _TEXT_KEYS)
                    else value
                )
            case dict():
                return {
                    key: self.fill(item, (*path, key), everywhere or key in _SUBTREES)
                    for key, item in value.items()
                }
            case list():
                return [self.fill(item, (*path, index), everywhere) for index, item in enumerate(value)]
            case _:
                return value

    def _text(self, text: str, path: SpecPath) -> str:
        def put(found: re.Match[str]) -> str:
            whole, dollar, name, closed = found[0], found[1], found[2], found[3]
            if dollar:
                return whole[1:]
            if not closed or not _NAME.fullmatch(name):
                message = f"`{whole}` is no value: a value is written ${{name}}"
                fix = "Write a name of letters, digits and underscores; for a literal ${ write $${."
            elif name in self._values:
                return self._values[name]
            else:
                message = f"the value ${{{name}}} is not defined for this account"
                from difflib import get_close_matches

                close = get_close_matches(name, self._values, 1)
                fix = f"Write ${{{close[0]}}}. Or define" if close else "Define"
                fix += f" {name} under the account's vars: in wasync.yaml, by --var {name}=..., "
                fix += f"or in {_PREFIX}{name}; for a literal ${{ write $${{."
            self.problems.append(Problem("WA011", message, fix, path, needle=whole))
            return whole

        return _VALUE.sub(put, text)
