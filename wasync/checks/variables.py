"""Rules about placeholders: how they are written, numbered and named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasync.checks.registry import Rule, listed, on_template
from wasync.checks.view import PLACEHOLDER, View, button_path
from wasync.model.template import Problem, Severity, SpecPath

MAX_VARIABLE_NAME = 32


@on_template(
    Rule(
        "WA104",
        "a header has at most one variable",
        "Meta takes one variable in a text header. Say the rest in the body.",
        good="""\
category: utility
variables:
  order_id: {example: A-10293}
languages:
  en_US:
    header: Order {{order_id}} shipped
    body: Your order left our warehouse today.
""",
        bad="""\
category: utility
variables:
  order_id: {example: A-10293}
  carrier: {example: Blue Parcel}
languages:
  en_US:
    header: Order {{order_id}} shipped by {{carrier}} today
    body: Your order left our warehouse today.
""",
        subcode=2388047,
    )
)
def one_header_variable(view: View) -> Sequence[Problem]:
    """At most one placeholder in the header."""
    found = view.header_variables
    if len(found) < 2:
        return ()
    message = f"header has {len(found)} variables; Meta allows 1"
    needle = f"{{{{{found[1]}}}}}"
    return [
        view.problem("WA104", message, "Keep one and say the rest in the body.", ("header", "text"), needle)
    ]


@on_template(
    Rule(
        "WA201",
        "numbered variables run from {{1}} without gaps",
        """\
Meta fills `{{1}}`, `{{2}}` and so on from a list, so that each number must be there. Header, body and
each URL count on their own, each from `{{1}}`. Named variables, as `{{order_id}}`, need no numbers.""",
        good="""\
category: utility
languages:
  en_US:
    body:
      text: Hi {{1}}, your order {{2}} left our warehouse today.
      examples: [Ana, A-10293]
""",
        bad="""\
category: utility
languages:
  en_US:
    body:
      text: Hi {{1}}, your order {{3}} left our warehouse today.
      examples: {"1": Ana, "3": A-10293}
""",
        subcode=2388072,
    ),
    cards=True,
)
def unbroken_numbers(view: View) -> Sequence[Problem]:
    """The numbers in header and in body are 1 to n."""
    header, body = view.header_variables, view.body_variables
    if not (header and header[0].isdigit()) and not (body and body[0].isdigit()):
        return ()
    problems: list[Problem] = []
    parts: tuple[tuple[str, SpecPath, list[str]], ...] = (
        ("header", ("header", "text"), header),
        ("body", ("body",), body),
    )
    for what, path, names in parts:
        numbers = dict.fromkeys(name for name in names if name.isdigit())
        wanted = [str(number) for number in range(1, len(numbers) + 1)]
        if len(wanted) == len(names) == 1 and names[0] == "1":
            continue
        missing = [f"{{{{{name}}}}}" for name in wanted if name not in numbers]
        wrong = [f"{{{{{name}}}}}" for name in numbers if name not in wanted]
        if not missing:
            continue
        message = f"{what} uses {listed(wrong)} but not {listed(missing)}"
        fix = f"Number the variables of the {what} from 1 without gaps."
        problems.append(view.problem("WA201", message, fix, path, wrong[0]))
    return problems


@on_template(
    Rule(
        "WA207",
        "a variable is written {{name}} or {{1}}",
        """\
Two braces on each side, no space inside, and a name of lower-case letters, digits and underscores that
does not begin with a digit, or a number. Meta refuses braces that are not balanced and special characters
inside them; what has one brace on each side, as `{name}`, it sends to customers as written. Braces that
are meant as text get a warning.""",
        good="""\
category: utility
variables:
  first_name: {example: Ana}
languages:
  en_US:
    body: Hi {{first_name}}, your order left our warehouse today.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Hi {{First Name}}, your order left our warehouse today.
""",
        subcode=2388072,
    ),
    cards=True,
)
def well_formed(view: View) -> Sequence[Problem]:
    """Every brace in header, body and URLs belongs to a placeholder; in the footer, none is single."""
    problems: list[Problem] = []
    body = view.body
    if body and not len(view.body_variables) * 2 == body.count("{") == body.count("}"):
        problems += _malformed(view, "body", ("body",), body)
    header = view.header
    if header and not len(view.header_variables) * 2 == header.count("{") == header.count("}"):
        problems += _malformed(view, "header", ("header", "text"), header)
    footer = view.footer
    # With {{ in the footer, WA108 has said what there is to say.
    if "{{" not in footer and ("{" in footer or "}" in footer):
        problems += _malformed(view, "footer", ("footer",), footer)
    for number, url in view.urls:
        rest = url.removesuffix("{{1}}")
        if "{" in rest or "}" in rest:
            problems += _malformed(view, "url", button_path(number, "url"), url)
    return problems


def _malformed(view: View, what: str, path: SpecPath, text: str) -> list[Problem]:
    problems = []
    for found in re.finditer(r"(\$?)(\{+)([^{}\n]*)(\}*)|\}+", text):
        dollar, left, inside, right = found.groups(default="")
        right = right or found[0] * (not left)
        if not right:  # nothing closes it, so its name is at most one word
            inside = "".join(inside.split(maxsplit=1)[:1])
        written = left + inside + right
        name = inside.strip()
        if len(left) == len(right) == 2 and PLACEHOLDER.fullmatch(written):
            continue
        if dollar and len(left) == len(right) == 1:
            continue  # ${name} reached this text because the author escaped it: $${name}
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        if not better.isdigit():
            better = better.lstrip("0123456789_")
        severity = None
        if len(left) == len(right) == 1 and not re.fullmatch(r"\s*\w+\s*", inside):
            severity = Severity.WARNING
            message = f"{what} holds {written}, which customers see as it is"
        elif len(left) == len(right) == 1:
            message = f"{what} holds {written} with single braces, which is no variable"
        elif len(left) != len(right) or len(left) > 2:
            message = f"{what} holds {written}; a variable has two braces on each side"
        elif not name:
            message = f"{what} holds {written} without a name"
        elif name != inside and PLACEHOLDER.fullmatch(f"{{{{{name}}}}}"):
            message = f"{what} holds {written} with spaces inside the braces"
        else:
            message = f"{what} holds {written}; a name has only lower-case letters, digits and _"
        fix = f"Write {{{{{better}}}}}." if better else "Write a name or a number between {{ and }}."
        if severity:
            fix = "Write {{name}} where a variable is meant; plain text needs no braces."
        problems.append(view.problem("WA207", message, fix, path, written, severity))
    return problems


@on_template(
    Rule(
        "WA208",
        "variables are all named or all numbered",
        """\
A template has one style, for header, body and the bodies of cards together: Meta is told which. A URL is
apart: its `{{1}}` is right in both styles.""",
        good="""\
category: utility
variables:
  first_name: {example: Ana}
languages:
  en_US:
    body: Hi {{first_name}}, your order left our warehouse today.
""",
        bad="""\
category: utility
variables:
  first_name: {example: Ana}
  "1": {example: A-10293}
languages:
  en_US:
    body: Hi {{first_name}}, your order {{1}} left our warehouse today.
""",
        subcode=2388072,
    )
)
def one_style(view: View) -> Sequence[Problem]:
    """Header, body and the bodies of cards do not mix names with numbers."""
    numbered = named = ""
    path: SpecPath = ()
    parts: list[tuple[SpecPath, list[str]]] = [
        (("header", "text"), view.header_variables),
        (("body",), view.body_variables),
    ]
    parts += [(("carousel", card.card - 1, "body"), card.body_variables) for card in view.cards]
    for where, names in parts:
        for name in names:
            if name[0].isdigit():
                numbered = numbered or name
            else:
                named = named or name
            if numbered and named and not path:
                path = where
                needle = f"{{{{{name}}}}}"
    if not path:
        return ()
    message = f"the template mixes {{{{{named}}}}} with {{{{{numbered}}}}}"
    fix = f"Name all variables of header{', cards' * bool(view.cards)} and body, or number them all."
    return [view.problem("WA208", message, fix, path, needle)]


@on_template(
    Rule(
        "WA209",
        "a variable's name has only letters and _, at most 32",
        """\
Meta's documents allow lower-case letters and underscores; its web form also takes digits, and at most 32
characters. Since the sources differ, this is a warning.""",
        good="""\
category: utility
variables:
  address_line: {example: 12 Long Street}
languages:
  en_US:
    body: We will deliver your order to {{address_line}} today.
""",
        bad="""\
category: utility
variables:
  address_line2: {example: Springfield}
languages:
  en_US:
    body: We will deliver your order to {{address_line2}} today.
""",
        severity=Severity.WARNING,
    ),
    cards=True,
)
def safe_names(view: View) -> Sequence[Problem]:
    """Names that every source allows."""
    problems: list[Problem] = []
    seen: set[str] = set()
    parts: tuple[tuple[SpecPath, list[str]], ...] = (
        (("header", "text"), view.header_variables),
        (("body",), view.body_variables),
    )
    for path, names in parts:
        for name in names:
            if name[0].isdigit() or name in seen:
                continue
            seen.add(name)
            needle = f"{{{{{name}}}}}"
            if len(name) > MAX_VARIABLE_NAME:
                message = f"{needle} is {len(name)} characters; Meta's form allows {MAX_VARIABLE_NAME}"
                fix = f"Remove {len(name) - MAX_VARIABLE_NAME}."
                problems.append(view.problem("WA209", message, fix, path, needle))
            elif not name.replace("_", "a").isalpha():
                message = f"{needle} has a digit; Meta's documents allow only letters and _"
                fix = "Choose a name without digits."
                problems.append(view.problem("WA209", message, fix, path, needle))
    return problems
