"""Rules about header, body and footer as texts: their length and the characters in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasync.checks.letters import count_emojis, find_emoji, find_invisible
from wasync.checks.registry import Rule, on_template
from wasync.checks.view import PLACEHOLDER, View
from wasync.model.template import Problem, Severity, SpecPath

MAX_HEADER = 60
MAX_BODY = 1024
MAX_FOOTER = 60
MAX_EMOJIS = 10
MAX_EMOJIS_UTILITY = 6

_GAP = re.compile(r"\n(?:[^\S\n]*\n){2,}")

_COUNT = """\
Characters are counted as Unicode code points of the text with its placeholders as written; Meta does not
say how it counts, so this is inferred. An emoji can be several code points."""


def _length(view: View, rule: str, what: str, text: str, limit: int, path: SpecPath) -> Sequence[Problem]:
    if len(text) > limit:
        over = len(text) - limit
        message = f"{what} is {len(text):,} characters; Meta allows {limit:,}"
        return [view.problem(rule, message, f"Remove {over:,}.", path)]
    if not text.strip():
        return [view.problem(rule, f"{what} has no text", "Write one, or remove the key.", path)]
    return ()


@on_template(
    Rule(
        "WA105",
        "a header has at most 60 characters",
        f"The header is one short line above the body.\n\n{_COUNT}",
        good="""\
category: utility
languages:
  en_US:
    header: Your order is on its way
    body: It left our warehouse today.
""",
        bad="""\
category: utility
languages:
  en_US:
    header: Your order has left our warehouse and is now on its way to your address
    body: It left our warehouse today.
""",
        subcode=2388040,
    )
)
def header_length(view: View) -> Sequence[Problem]:
    """The header's text fits."""
    if view.header_format != "text":
        return ()
    return _length(view, "WA105", "header", view.header, MAX_HEADER, ("header", "text"))


@on_template(
    Rule(
        "WA106",
        "a template has a body, of at most 1,024 characters",
        f"""\
The body is the only part every template must have; only in authentication templates and in those of its
library does Meta write it. Some kinds allow less: beside a limited-time offer 600 (WA711), under a product
160 (WA731), on a card 160 (WA703).

{_COUNT}""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        bad=f"""\
category: utility
languages:
  en_US:
    body: >-
{("      Your order left our warehouse today and is on its way to you." + chr(10)) * 17}""",
        subcode=2388040,
    )
)
def body_length(view: View) -> Sequence[Problem]:
    """There is a body, and it fits."""
    if view.body:
        if len(view.body) <= MAX_BODY and not view.body.isspace():
            return ()
        return _length(view, "WA106", "body", view.body, MAX_BODY, ("body",))
    if "authentication" in view.spec or "library_template_name" in view.spec:
        return ()
    return [view.problem("WA106", "the template has no body; Meta requires one", "Write a text under body:.")]


@on_template(
    Rule(
        "WA107",
        "a footer has at most 60 characters",
        f"The footer is one short grey line under the body.\n\n{_COUNT}",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    footer: Acme Store
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    footer: Acme Store, 12 Long Street, Springfield. Open from Monday to Saturday
""",
        subcode=2388040,
    )
)
def footer_length(view: View) -> Sequence[Problem]:
    """The footer fits."""
    if "footer" not in view.spec:
        return ()
    return _length(view, "WA107", "footer", view.footer, MAX_FOOTER, ("footer",))


@on_template(
    Rule(
        "WA108",
        "a footer has no variables",
        """\
Meta sends the footer as written. (One page of Meta's, on catalogs, says otherwise; every other source
refuses.) Move the variable to the body.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    footer: Acme Store
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    footer: Order {{1}}
""",
        subcode=2388073,
    )
)
def footer_without_variables(view: View) -> Sequence[Problem]:
    """No `{{` in the footer."""
    if "{{" not in view.footer:
        return ()
    found = PLACEHOLDER.search(view.footer)
    what = found[0] if found else "{{"
    return [
        view.problem(
            "WA108",
            f"footer holds {what}; a footer has no variables",
            "Move it to the body, or write the text itself.",
            ("footer",),
            what,
        )
    ]


@on_template(
    Rule(
        "WA109",
        "a header or footer is one line without emoji; a header is without markup",
        """\
Line breaks and emoji belong in the body. A header is bold as it is: `*`, `_`, `~` and backticks that
would mark up a body are refused in it.""",
        good="""\
category: utility
languages:
  en_US:
    header: Your order is on its way
    body: "*It left our warehouse* today 🎉 and reaches you soon."
    footer: Acme Store
""",
        bad="""\
category: utility
languages:
  en_US:
    header: Your *order* is on its way
    body: It left our warehouse today.
""",
        subcode=2388047,
    )
)
def one_plain_line(view: View) -> Sequence[Problem]:
    """Header and footer without line break and emoji, the header without markup."""
    header, footer = view.header, view.footer
    if not header and not footer:
        return ()
    problems: list[Problem] = []
    parts: tuple[tuple[str, SpecPath, str], ...] = (
        ("header", ("header", "text"), header),
        ("footer", ("footer",), footer),
    )
    for what, path, text in parts:
        if "\n" in text or "\r" in text:
            fix = "Write it on one line; long text belongs in the body."
            problems.append(view.problem("WA109", f"{what} has a line break", fix, path))
        if not view.plain and (emoji := find_emoji(text)):
            message = f"{what} has the emoji {emoji}"
            problems.append(
                view.problem("WA109", message, "Remove it; the body may have emoji.", path, emoji)
            )
    if markup := _markup(header):
        fix = "Remove the marks; a header is bold as it is."
        path = ("header", "text")
        problems.append(view.problem("WA109", f"header has the markup {markup}", fix, path, markup))
    return problems


def _markup(header: str) -> str:
    """The first piece of markup in a header, or "". Any asterisk counts; `_` and `~` only around words."""
    if "*" in header:
        found = re.search(r"\*[^*]+\*", header)
        return found[0] if found else "*"
    if "`" not in header and "~" not in header and header.count("_") < 2:
        return ""
    found = re.search(r"(?<!\w)([_~])(?=\S)[^_~]+(?<=\S)\1(?!\w)|`+[^`]+`+", PLACEHOLDER.sub("0", header))
    return found[0] if found else ""


@on_template(
    Rule(
        "WA110",
        "a body has at most two line breaks in a row, and not too many emoji",
        """\
Meta has refused bodies with more than two line breaks in a row, and with more than 10 emoji; its web form
already refuses more than 6 in a utility template. The numbers are not published and the sources differ,
hence a warning.""",
        good="""\
category: utility
languages:
  en_US:
    body: |
      Your order left our warehouse today.

      It reaches you tomorrow 🎉
""",
        bad="""\
category: utility
languages:
  en_US:
    body: |
      Your order left our warehouse today.



      It reaches you tomorrow.
""",
        severity=Severity.WARNING,
        subcode=2388072,
    ),
    cards=True,
)
def calm_body(view: View) -> Sequence[Problem]:
    """No long gaps, no rain of emoji."""
    body = view.body
    problems: list[Problem] = []
    # A line of spaces is an empty line.
    if "\n" in body and (gaps := _GAP.findall(body)):
        longest = max(gap.count("\n") for gap in gaps)
        message = f"body has {longest} line breaks in a row; Meta has refused more than 2"
        problems.append(view.problem("WA110", message, "Leave at most one empty line.", ("body",)))
    if view.plain:
        return problems
    limit = MAX_EMOJIS_UTILITY if view.category == "utility" else MAX_EMOJIS
    if (count := count_emojis(body)) > limit:
        kind = " in a utility template" if limit == MAX_EMOJIS_UTILITY else ""
        message = f"body has {count} emoji; Meta has refused more than {limit}{kind}"
        problems.append(view.problem("WA110", message, f"Remove {count - limit}.", ("body",)))
    return problems


@on_template(
    Rule(
        "WA111",
        "a text has no invisible characters and no stray non-breaking spaces",
        """\
They come with text pasted from web pages and word processors. Nobody sees them in a review, yet the text
is no longer what it seems: a quick reply's label that senders compare does not match, a variable's name
is not that name. What a script needs is left alone: joiners between letters and in emoji, marks of
writing direction, the spaces that French sets beside its punctuation, and those inside numbers.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order\u00a0left our ware\u200bhouse today.
""",
        severity=Severity.WARNING,
    ),
    cards=True,
)
def visible_letters(view: View) -> Sequence[Problem]:
    """Every character of every text can be seen, or is needed by its script."""
    if view.plain:
        return ()
    texts = view.texts()
    texts += [(("buttons", number, "text"), label) for number, label in view.labels]
    problems: list[Problem] = []
    for path, text in texts:
        found = find_invisible(text, french=view.key.language.startswith("fr"))
        if found:
            where = "label" if path[0] == "buttons" else path[0]
            letter, name = found
            fix = "Type a plain space in its place." if name.endswith("SPACE") else "Delete it."
            message = f"{where} holds U+{ord(letter):04X} ({name.lower()}), which nobody sees"
            problems.append(view.problem("WA111", message, fix, path, letter))
    return problems
