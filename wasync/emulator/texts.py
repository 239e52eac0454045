"""What Meta's rules look at in a text: its variables, emoji, markup, and length in words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")
_PICTURE = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b55\u231a-\u23ff]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
# A flag is two letters, and an astronaut a person joined with a rocket: each is one emoji.
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTURE}(?:\u200d{_PICTURE})*")
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EDGE = "\ufffc"


@dataclass(slots=True)
class Variables:
    """The placeholders of one text, in the order they stand."""

    names: list[str]
    malformed: bool
    """Unbalanced braces, or a name that is neither a number nor lower-case letters, digits, underscores."""

    @property
    def distinct(self) -> list[str]:
        """Each name once."""
        return list(dict.fromkeys(self.names))

    @property
    def positional(self) -> bool:
        """Whether all are numbers."""
        return all(name.isdigit() for name in self.names)

    @property
    def named(self) -> bool:
        """Whether none is a number."""
        return not any(name.isdigit() for name in self.names)

    @property
    def in_sequence(self) -> bool:
        """Whether positional ones run from 1 without gaps."""
        return {int(name) for name in self.names} == set(range(1, len(self.distinct) + 1))


def variables(text: str) -> Variables:
    """Find the placeholders of a text."""
    names = _PLACEHOLDER.findall(text)
    rest = _PLACEHOLDER.sub("", text)
    strange = any(not re.fullmatch(r"[1-9]\d*|[a-z_][a-z0-9_]*", name) for name in names)
    return Variables(names, strange or "{{" in rest or "}}" in rest)


def without_variables(text: str) -> str:
    """The text with its placeholders left out."""
    return _PLACEHOLDER.sub("", text)


def touches_edge(text: str) -> bool:
    """Whether a variable is first or last; punctuation around it does not help (C2)."""
    letters = [one for one in _PLACEHOLDER.sub(_EDGE, text) if one == _EDGE or not _is_decoration(one)]
    return bool(letters) and _EDGE in (letters[0], letters[-1])


def _is_decoration(one: str) -> bool:
    return unicodedata.category(one)[0] in "PZC" or one in "~`"


def has_adjacent(text: str) -> bool:
    """Whether two variables stand side by side with nothing but space between."""
    return re.search(r"\}\}\s*\{\{", text) is not None


def emoji_count(text: str) -> int:
    """How many emoji people see in the text; skin tones and joined parts belong to their emoji."""
    return len(_EMOJI.findall(text))


def has_markup(text: str) -> bool:
    """Whether the text holds WhatsApp's formatting marks."""
    plain = without_variables(text)
    return re.search(r"[*~`]|(?<!\w)_[^_\n]+_(?!\w)", plain) is not None


def word_count(text: str) -> int:
    """Words, variables included; in scripts without spaces each character counts as half a word."""
    dense = len(_NO_SPACES.findall(text))
    return len(_NO_SPACES.sub(" ", text).split()) + dense // 2
