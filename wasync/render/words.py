"""How two texts differ, word by word: Hi {{1}}, your order left our [warehouse -> depot] today."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from wasync.render.colour import Style, styled
from wasync.render.safe_text import safe, width


class Span(NamedTuple):
    """A stretch of two texts; where both agree, `before` and `after` are the same."""

    before: str
    after: str


CONTEXT = 30
"""Characters kept on each side of a change when a long unchanged stretch is shortened."""

_FEW_WORDS = 6
_FEW_COLUMNS = 48
_MOST_PAIRS = 10_000
# Scripts written without spaces (Thai to Khmer, Chinese, Japanese kana): there every letter is a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"


def compare_words(before: str, after: str) -> list[Span]:
    """The stretches in which two texts agree and differ; joined they give each text back."""
    old, new = _words(before), _words(after)
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    head, tail = "".join(old[:start]), "".join(old[len(old) - end :])
    middle = _compare_middle(old[start : len(old) - end], new[start : len(new) - end])
    return _spaces_outside([Span(head, head), *middle, Span(tail, tail)])


def word_change(before: str, after: str) -> str:
    """One text that shows how `before` becomes `after`, safe to print; styled with marks (colour.finish).

    Short texts are set side by side. Texts that have little in common, and texts in which the brackets of
    a change could be mistaken for content, are shown whole, one below the other.
    """
    if before == after:
        return safe(before)
    if _is_short(before) and _is_short(after):
        return _arrow(_visible_spaces(before), _visible_spaces(after))
    spans = compare_words(before, after)
    kept = sum(len(span.before) for span in spans if span.before == span.after)
    if kept * 3 < max(len(before), len(after)) or _looks_marked(before) or _looks_marked(after):
        return "\n".join(
            (styled(f"- {safe(before)}", Style.REMOVED), styled(f"+ {safe(after)}", Style.ADDED))
        )
    last = len(spans) - 1
    return "".join(_show(span, index == 0, index == last) for index, span in enumerate(spans))


def _compare_middle(old: list[str], new: list[str]) -> list[Span]:
    if not old or not new or len(old) * len(new) == 1 or len(old) * len(new) > _MOST_PAIRS:
        return [Span("".join(old), "".join(new))]
    from difflib import SequenceMatcher

    return [
        Span("".join(old[i:j]), "".join(new[k:m]))
        for _, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    ]


def _spaces_outside(spans: list[Span]) -> list[Span]:
    """The same stretches, each change freed of the spaces, or of the word behind them, that both share."""
    out: list[Span] = []
    for before, after in spans:
        word = before.lstrip()
        if before != after and word == after.lstrip():
            out.extend(
                (Span(before[: len(before) - len(word)], after[: len(after) - len(word)]), Span(word, word))
            )
        elif before != after and before[:1] == after[:1] == " ":
            out.extend((Span(" ", " "), Span(before[1:], after[1:])))
        elif before or after:
            out.append(Span(before, after))
    return out


def _show(span: Span, first: bool, last: bool) -> str:
    before, after = span
    if before == after:
        return safe(_shortened(before, first, last))
    if before and after:
        return styled(f"[{_visible_spaces(before)} -> {_visible_spaces(after)}]", Style.CHANGED)
    text, sign, style = (after, "+", Style.ADDED) if after else (before, "-", Style.REMOVED)
    outside = " " if text.startswith(" ") and text.strip() else ""
    return outside + styled(f"[{sign} {_visible_spaces(text[len(outside) :])}]", style)


def _shortened(text: str, first: bool, last: bool) -> str:
    """An unchanged stretch: its ends, where a change touches them, and … for a long rest."""
    ends = 2 - first - last
    if len(text) <= (CONTEXT * ends + 40 if ends else len(text)):
        return text
    head = "" if first else text[:CONTEXT].rpartition(" ")[0] or text[:CONTEXT]
    tail = "" if last else text[-CONTEXT:].partition(" ")[2] or text[-CONTEXT:]
    return f"{head} … {tail}".strip() if ends == 2 else (f"{head} …" if last else f"… {tail}")


def _arrow(before: str, after: str) -> str:
    return f"{styled(before, Style.REMOVED)} -> {styled(after, Style.ADDED)}"


def _visible_spaces(text: str) -> str:
    """The text with those spaces made visible that a reader would overlook: at its ends, and doubled."""
    inner = text.strip(" ")
    if not inner:
        return safe("␣" * len(text))
    left = "␣" * (len(text) - len(text.lstrip(" ")))
    right = "␣" * (len(text) - len(text.rstrip(" ")))
    return safe(left + inner.replace("  ", "␣␣") + right)


def _is_short(text: str) -> bool:
    return (
        "\n" not in text
        and width(text) <= _FEW_COLUMNS
        and text.count(" ") < _FEW_WORDS
        and not _looks_marked(text)
    )


def _looks_marked(text: str) -> bool:
    return " -> " in text or "[" in text or "…" in text


@cache
def _word() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:[{_UNSPACED}]|[^\s{_UNSPACED}]+)|\s+")


def _words(text: str) -> list[str]:
    """The words of a text, each with the space before it; joined they give the text back."""
    return _word().findall(text)
