"""Finding whole words in a text, however they are written: capitals, spaces, fancy letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from unicodedata import category, name, normalize

from wasync.checks.view import PLACEHOLDER

_UNSPACED = re.compile(r"CJK|HIRAGANA|KATAKANA|THAI|LAO|KHMER|MYANMAR|TIBETAN")
"""Scripts written without spaces between words."""
_DOT_ABOVE = "\u0307"
_HIDDEN = dict.fromkeys(
    (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)
"""What nobody sees between letters: joiners, soft hyphens, directions."""


def banned_in(text: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word of the list that the text holds as a whole word: as the list has it, and as the text has it.

    Capitals do not matter, nor fancy letters (full width, bold of mathematics), invisible characters, or how
    much white space lies between words. Accents do: Spanish `ano` is not `año`. In scripts without spaces a
    word counts wherever it stands. Names of variables are no text.
    """
    if "{{" in text:
        text = PLACEHOLDER.sub(lambda found: "\0" * len(found[0]), text)
    text = text if text.isascii() else normalize("NFC", text)
    letters, origins = _with_origins(text)
    for word, _, wanted in _prepared(tuple(words)):
        start = letters.find(wanted) if wanted else -1
        while start >= 0:
            end = start + len(wanted)
            if _begins(letters, start) and _ends(letters, end):
                yield word, text[origins[start] : origins[end - 1] + 1]
                break
            start = letters.find(wanted, start + 1)


def may_hold(text: str, words: Sequence[str]) -> bool:
    """Whether banned_in() may find anything in a text, or in the pieces it was joined of by spaces; fast."""
    folded = _folded(text)
    return any(word in folded for _, word, _ in _prepared(tuple(words)))


@cache
def _prepared(words: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Each word as given, as it is looked for at one look, and letter by letter."""
    return tuple((word, _folded(word), _with_origins(normalize("NFC", word))[0].strip()) for word in words)


def _folded(text: str) -> str:
    """The text as it is compared: plain letters, composed, without capitals, one space for white space."""
    if not text.isascii():
        text = normalize("NFKC", normalize("NFKC", text.translate(_HIDDEN)).casefold())
        # Turkish has two letters i and four ways to write them; a ban means them all.
        text = text.replace(f"i{_DOT_ABOVE}", "i").replace("ı", "i")
        return " ".join(text.split())
    return " ".join(text.lower().split())


def _with_origins(text: str) -> tuple[str, list[int]]:
    """The same letter by letter, and which letter of the text each of them comes from."""
    letters: list[str] = []
    origins: list[int] = []
    for origin, letter in enumerate(text):
        if ord(letter) in _HIDDEN:
            continue
        folded = " " if letter.isspace() else normalize("NFKC", letter).casefold().replace("ı", "i")
        for one in folded:
            if (one == " " and letters[-1:] in ([], [" "])) or (one == _DOT_ABOVE and letters[-1:] == ["i"]):
                continue
            letters.append(one)
            origins.append(origin)
    return "".join(letters), origins


def _begins(text: str, start: int) -> bool:
    """Whether a word can begin here."""
    return start == 0 or not (_in_word(text[start - 1]) and _in_word(text[start])) or _free(text[start])


def _ends(text: str, end: int) -> bool:
    return end == len(text) or not (_in_word(text[end - 1]) and _in_word(text[end])) or _free(text[end - 1])


def _in_word(letter: str) -> bool:
    # Marks too: in Hindi a vowel is a mark on its letter, and the word goes on.
    return category(letter)[0] in "LMN"


def _free(letter: str) -> bool:
    """Whether its script has no spaces between words."""
    return not letter.isascii() and _UNSPACED.match(name(letter, "")) is not None
