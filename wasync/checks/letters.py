"""Finding emoji and invisible characters in a text. Each pattern is compiled when a text first needs it."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import name

# What is drawn as emoji of itself (Unicode: Emoji_Presentation), planes above in whole blocks. The likes of
# ™ and ✓ are text and become emoji only with the selector U+FE0F.
_DRAWN = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab"
    "\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c"
    "\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f004\U0001f0cf\U0001f18e"
    "\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f\U0001f232-\U0001f236\U0001f238-\U0001f23a"
    "\U0001f250\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0"
    "\U0001f900-\U0001f9ff\U0001fa70-\U0001faff"
)
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_HIDDEN = f"{_CONTROLS}\u00a0\u00ad\u180e\u2007\u200b\u200c\u200d\u2028\u2029\u202a-\u202e\u202f\u2060\ufeff"
_JOINERS = "\u200c\u200d"
_HARD_SPACES = "\u00a0\u2007\u202f"


@cache
def _emoji() -> re.Pattern[str]:
    one = f"(?:[{_DRAWN}]|[^\\s]\ufe0f)\ufe0f?\u20e3?[\U0001f3fb-\U0001f3ff]?"
    return re.compile(f"[\U0001f1e6-\U0001f1ff]{{1,2}}|{one}(?:\u200d{one})*")


@cache
def _hidden() -> re.Pattern[str]:
    return re.compile(f"[{_HIDDEN}]")


@cache
def _odd() -> re.Pattern[str]:
    return re.compile(f"[{_DRAWN}{_HIDDEN}\ufe0f\U0001f1e6-\U0001f1ff]")


def is_plain(text: str) -> bool:
    """Whether a text holds neither emoji nor anything invisible; in one quick look."""
    return _is_typed(text) or not _odd().search(text)


def _is_typed(text: str) -> bool:
    """Whether a text has nothing but printable letters of Latin-1: no emoji, no tab, no escape sequence."""
    if not text.replace("\n", "").isprintable():
        return False
    # Much faster than to search for what is odd. Python does not count hard spaces and the like as printable.
    return text.isascii() or len(text.encode("latin-1", "ignore")) == len(text)


def find_emoji(text: str) -> str:
    """The first emoji, with all that belongs to it (skin, joined parts), or ""."""
    if text.isascii():
        return ""
    found = _emoji().search(text)
    return found[0] if found else ""


def count_emojis(text: str) -> int:
    """How many emoji people see; a family or a flag is one."""
    return 0 if text.isascii() else len(_emoji().findall(text))


def find_invisible(text: str, *, french: bool) -> tuple[str, str] | None:
    """The first character that is not seen and that its script does not need, with its Unicode name."""
    if _is_typed(text):
        return None
    for found in _hidden().finditer(text):
        letter, at = found[0], found.start()
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if letter in _JOINERS and _joins(before) and _joins(after):
            continue
        if letter in _HARD_SPACES:
            if before.isdigit() and (after.isdigit() or after in "%€"):
                continue
            if french and (after in "!?:;»%€" or before == "«"):
                continue
        return letter, name(letter, "CONTROL CHARACTER")
    return None


def _joins(neighbour: str) -> bool:
    """Whether a character takes part in joining: any but the edge of the text, ASCII and spaces."""
    return neighbour != "" and not neighbour.isascii() and not neighbour.isspace()
