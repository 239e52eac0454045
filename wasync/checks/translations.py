"""Rules about the languages of one name: one category, the same variables, the same buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasync.checks.registry import Rule, listed, on_declaration
from wasync.checks.view import PLACEHOLDER, View
from wasync.model.template import Declaration, Problem, Severity, SpecPath


@on_declaration(
    Rule(
        "WA501",
        "all languages of a name have one category",
        """\
Meta refuses a translation whose category differs from the one the name already has. Write `category:`
once, above `languages:`.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
  es_MX:
    category: marketing
    body: Tu pedido salió hoy de nuestro almacén.
""",
    )
)
def one_category(_declaration: Declaration, views: Sequence[View]) -> Sequence[Problem]:
    """No language has another category than the first."""
    if len(views) < 2:
        return ()
    first = views[0]
    problems = []
    for view in views:
        if view.category != first.category:
            message = (
                f"{view.key.language} is {view.category}, {first.key.language} is {first.category}; "
                "Meta wants one category for all languages of a name"
            )
            fix = "Write category: once, above languages:, or give one of them another name."
            problems.append(view.problem("WA501", message, fix, ("category",)))
    return problems


@on_declaration(
    Rule(
        "WA502",
        "all languages of a name use the same variables",
        """\
Who sends gives the same values for every language. A variable that one language lacks is text its readers
miss; one that only it has makes the send fail (132000). Header, body, URLs and each card are compared, each
on its own.""",
        good="""\
category: utility
variables:
  order_id: {example: A-10293}
languages:
  en_US:
    body: Your order {{order_id}} left our warehouse today.
  es_MX:
    body: Tu pedido {{order_id}} salió hoy de nuestro almacén.
""",
        bad="""\
category: utility
variables:
  order_id: {example: A-10293}
languages:
  en_US:
    body: Your order {{order_id}} left our warehouse today.
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
""",
        severity=Severity.WARNING,
    )
)
def same_variables(_declaration: Declaration, views: Sequence[View]) -> Sequence[Problem]:
    """Each part has the variables it has in the first language."""
    if len(views) < 2:
        return ()
    problems: list[Problem] = []
    for view in views[1:]:
        problems += _other_variables(view, views[0])
        for card, other in zip(view.cards, views[0].cards, strict=False):
            problems += _other_variables(card, other)
    return problems


def _other_variables(view: View, first: View) -> Iterator[Problem]:
    """Where a message, or a card, has other variables than that of the first language."""
    header, body = set(first.header_variables), set(first.body_variables)
    if header != set(view.header_variables):
        yield _differs(view, first, "header", ("header", "text"), view.header_variables, header)
    if body != set(view.body_variables):
        yield _differs(view, first, "body", ("body",), view.body_variables, body)
    # A different number of URLs is a difference of buttons, which WA503 reports.
    if len(view.urls) == len(first.urls):
        for (number, url), (_, other) in zip(view.urls, first.urls, strict=True):
            if "{{" in url or "{{" in other:
                here, there = PLACEHOLDER.findall(url), PLACEHOLDER.findall(other)
                if here != there:
                    path: SpecPath = ("buttons", number, "url")
                    yield _differs(view, first, "URL", path, here, set(there))


def _differs(
    view: View, first: View, what: str, path: SpecPath, here: Sequence[str], there: set[str]
) -> Problem:
    more = [f"{{{{{name}}}}}" for name in dict.fromkeys(here) if name not in there]
    less = [f"{{{{{name}}}}}" for name in sorted(there.difference(here))]
    mine, other = view.key.language, first.key.language
    said = []
    if less:
        said.append(f"lacks {listed(less)}, which {other} uses")
    if more:
        said.append(f"uses {listed(more)}, which {other} does not")
    fix = f"Use the same variables in the {what} of every language."
    return view.problem("WA502", f"{mine}'s {what} {listed(said)}", fix, path, more[0] if more else "")


@on_declaration(
    Rule(
        "WA503",
        "all languages of a name have the same buttons",
        """\
The same types in the same order, and as many cards. Senders and the programs that receive answers address
a button by its place: when a translation swaps two, its answers are read wrongly.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: Talk to us}
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
    buttons:
      - {type: quick_reply, text: Hablar con alguien}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: Talk to us}
  es_MX:
    body: Tu pedido salió hoy de nuestro almacén.
""",
        severity=Severity.WARNING,
    )
)
def same_buttons(_declaration: Declaration, views: Sequence[View]) -> Sequence[Problem]:
    """Each language has the button types of the first, in its order."""
    if len(views) < 2:
        return ()
    first = views[0]
    wanted = [button.get("type") for button in first.buttons]
    problems = []
    for view in views[1:]:
        found = [button.get("type") for button in view.buttons]
        if found != wanted:
            problems.append(_other_buttons(view, first, found, wanted))
        if len(view.cards) != len(first.cards):
            mine, theirs = len(view.cards), len(first.cards)
            message = f"{view.key.language} has {mine} cards, {first.key.language} has {theirs}"
            fix = "Give every language as many cards."
            problems.append(view.problem("WA503", message, fix, ("carousel",) if view.cards else ()))
        for card, other in zip(view.cards, first.cards, strict=False):
            found, theirs_found = ([button.get("type") for button in one.buttons] for one in (card, other))
            if found != theirs_found:
                problems.append(_other_buttons(card, other, found, theirs_found))
    return problems


def _other_buttons(view: View, first: View, found: Sequence[object], wanted: Sequence[object]) -> Problem:
    message = f"{view.key.language} has {_said(found)}, {first.key.language} has {_said(wanted)}"
    fix = "Give every language the same buttons in the same order."
    return view.problem("WA503", message, fix, ("buttons",) if found else ())


def _said(types: Sequence[object]) -> str:
    if not types:
        return "no buttons"
    return f"button{'s'[: len(types) != 1]} {', '.join(map(str, types))}"
