"""`${name}`: an account's values, put into texts, addresses, phone numbers, ids, examples, media paths."""

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
    {
        "header", "body", "footer", "text", "autofill_text", "example", "media",
        "url", "base_url", "url_suffix_example", "android_deep_link", "android_fallback_playstore_url",
        "phone_number", "flow_id", "flow_name", "meta_app_id", "package_name", "signature_hash",
    }
)  # fmt: skip
"""Keys whose text may hold values; below `examples` and `components` every text may.

Not `flow_json`: there `${data.name}` is Meta's own.
"""
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
    data = {
        key: filler.fill(value, (key,), key in _SUBTREES, key in _TEXT_KEYS)
        for key, value in document.data.items()
    }
    return replace(document, data=data), filler.problems


class _Filler:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def fill(self, value: JSON, path: SpecPath, everywhere: bool, named: bool) -> JSON:
        """`value` with values put in, itself where there are none; `everywhere`: whatever the key is called.

        `named`: the nearest key above it is one of _TEXT_KEYS.
        """
        # Every scalar of the project may pass here: most leave at once, and only what changes is copied.
        if isinstance(value, str):
            return self._text(value, path) if (everywhere or named) and "${" in value else value
        filled: JSON
        if isinstance(value, dict):
            mapping: dict[str, JSON] | None = None
            for key, item in value.items():
                if isinstance(item, str):
                    if "${" not in item or not (everywhere or key in _TEXT_KEYS or key in _SUBTREES):
                        continue
                    filled = self._text(item, (*path, key))
                elif isinstance(item, (dict, list)):
                    filled = self.fill(item, (*path, key), everywhere or key in _SUBTREES, key in _TEXT_KEYS)
                else:
                    continue
                if filled is not item:
                    if mapping is None:
                        mapping = dict(value)
                    mapping[key] = filled
            return value if mapping is None else mapping
        if isinstance(value, list):
            sequence: list[JSON] | None = None
            for index, item in enumerate(value):
                filled = self.fill(item, (*path, index), everywhere, named)
                if filled is not item:
                    if sequence is None:
                        sequence = list(value)
                    sequence[index] = filled
            return value if sequence is None else sequence
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
