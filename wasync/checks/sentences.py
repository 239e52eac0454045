"""Rules about variables in their sentence: at its edges, beside each other, and among enough words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasync.checks.registry import Rule, on_template
from wasync.checks.view import PLACEHOLDER, View
from wasync.model.template import Problem, Severity

_AT_START = re.compile(r"[\W_]*?\{\{\w+\}\}")
_AT_END = re.compile(r"(\{\{\w+\}\})([\W_]*)\Z")
_SIDE_BY_SIDE = re.compile(r"\{\{\w+\}\}(\s*)\{\{\w+\}\}")
_WORD = re.compile(r"[\W_]*[^\W_]")
_MARKS = "*_~`"
"""WhatsApp's markup: like white space, no content beside a variable."""
_UNSPACED = ("zh", "ja", "th", "lo")
"""Languages written without spaces between words, where words cannot be counted."""


@on_template(
    Rule(
        "WA202",
        "a body neither starts nor ends with a variable",
        """\
Meta refuses a body that begins or ends with a variable. Punctuation, spaces and markup around it do not
count as text: `{{1}}.` has been refused at the end. Since others report that a full stop was enough,
wasync warns where only punctuation stands outside, and refuses where nothing does. Put a word there.""",
        good="""\
category: utility
variables:
  date: {example: 3 May}
languages:
  en_US:
    body: Your parcel arrives on {{date}} at noon.
""",
        bad="""\
category: utility
variables:
  date: {example: 3 May}
languages:
  en_US:
    body: Your parcel arrives at your door on {{date}}
""",
        subcode=2388299,
    ),
    cards=True,
)
def variables_inside(view: View) -> Sequence[Problem]:
    """Some word stands before the first variable and after the last."""
    if not view.body_variables:
        return ()
    body = view.body
    problems: list[Problem] = []
    if not body[0].isalnum() and (start := _AT_START.match(body)):
        placeholder = start[0][start[0].index("{{") :]
        problems.append(_edge(view, "starts", placeholder, start[0][: -len(placeholder)]))
    if not body[-1].isalnum() and (end := _AT_END.search(body)):
        problems.append(_edge(view, "ends", end[1], end[2]))
    return problems


def _edge(view: View, what: str, placeholder: str, beyond: str) -> Problem:
    beyond = "".join(beyond.split()).strip(_MARKS)
    side = "before" if what == "starts" else "after"
    fix = f"Write a word {side} {placeholder}."
    message = f"body {what} with {placeholder}"
    if not beyond:
        return view.problem("WA202", message, fix, ("body",), placeholder)
    message += f"; “{beyond}” {side} it does not count as text, and Meta has refused that"
    return view.problem("WA202", message, fix, ("body",), placeholder, Severity.WARNING)


@on_template(
    Rule(
        "WA203",
        "two variables do not stand side by side",
        """\
Meta refuses two variables with nothing between them. With only a space between them it is not documented
whether it does; wasync then warns. Put a word or punctuation between them, or make one variable of both.""",
        good="""\
category: utility
variables:
  day: {example: Monday}
  hour: {example: "10:30"}
languages:
  en_US:
    body: We will be at your door on {{day}} at {{hour}} with your new sofa.
""",
        bad="""\
category: utility
variables:
  prefix: {example: A-}
  number: {example: "10293"}
languages:
  en_US:
    body: Your order {{prefix}}{{number}} left our warehouse today, see you soon.
""",
        subcode=2388072,
    ),
    cards=True,
)
def variables_apart(view: View) -> Sequence[Problem]:
    """Something stands between any two variables of the body."""
    if len(view.body_variables) < 2 or not (found := _SIDE_BY_SIDE.search(view.body)):
        return ()
    space = found[1]
    how = "with only white space between them" if space else "side by side"
    message = f"body has {found[0].replace(space, ' ') if space else found[0]} {how}"
    fix = "Put a word between them, or make one variable of both."
    severity = Severity.WARNING if space else None
    return [view.problem("WA203", message, fix, ("body",), found[0], severity)]


@on_template(
    Rule(
        "WA204",
        "a body has enough words for its variables",
        """\
Meta refuses a body with too many variables for its length and publishes no formula. People found two:
words and variables together are at least 3n+1 for n variables (that is 2n+1 words of fixed text), or
words of fixed text alone are at least 3n+1. Below the first wasync refuses, between the two it warns. A
word is what stands between spaces and holds a letter or digit; in Chinese, Japanese, Thai and Lao, which
are written without spaces, nothing is counted.""",
        good="""\
category: utility
variables:
  first_name: {example: Ana}
  order_id: {example: A-10293}
languages:
  en_US:
    body: Hi {{first_name}}, your order {{order_id}} left our warehouse today.
""",
        bad="""\
category: utility
variables:
  first_name: {example: Ana}
  order_id: {example: A-10293}
languages:
  en_US:
    body: Hi {{first_name}}, order {{order_id}} shipped.
""",
        subcode=2388293,
    ),
    cards=True,
)
def enough_words(view: View) -> Sequence[Problem]:
    """The fixed text has words for each variable."""
    if not view.body_variables or view.key.language.startswith(_UNSPACED):
        return ()
    count = len(view.body_variables)
    pieces = PLACEHOLDER.sub(" ", view.body).split()
    words = len(pieces)
    if words >= 3 * count + 1:
        words = sum(1 for piece in pieces if piece.isalnum() or _WORD.match(piece))
        if words >= 3 * count + 1:
            return ()
    else:
        words = sum(1 for piece in pieces if _WORD.match(piece))
    least, safe = 2 * count + 1, 3 * count + 1
    variables = "1 variable" if count == 1 else f"{count} variables"
    have = "1 word" if words == 1 else f"{words} words"
    if words < least:
        message = f"body has {have} of fixed text for {variables}; Meta wants at least {least}"
        fix = f"Add at least {least - words} (better {safe - words}) words of text, or use fewer variables."
        return [view.problem("WA204", message, fix, ("body",))]
    message = f"body has {have} of fixed text for {variables}; Meta may want {safe}"
    fix = f"Add at least {safe - words} to be sure, or use fewer variables."
    return [view.problem("WA204", message, fix, ("body",), severity=Severity.WARNING)]
