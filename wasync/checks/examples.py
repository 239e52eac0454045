"""Rules about examples: each variable has one, and nothing is declared that no text uses."""

from __future__ import annotations

from collections.abc import Sequence

from wasync.checks.registry import Rule, also_on_declaration, listed, on_template
from wasync.checks.view import PLACEHOLDER, View, button_path
from wasync.model.template import JSON, Declaration, Problem, Severity, SpecPath


@on_template(
    Rule(
        "WA205",
        "every variable has an example",
        """\
Meta's reviewers read the examples, and Meta refuses a template with a variable that has none. The nearest
example wins: the text's own, the language's `examples:`, `variables:`. A URL's `{{1}}` and a copy_code
button have their own `example:`. It is a warning since a template taken over from an account may lack
what Meta does not give back; a step that must send the template is then held.""",
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
    body: Hi {{first_name}}, your order left our warehouse today.
""",
        severity=Severity.WARNING,
        subcode=2388043,
    ),
    cards=True,
)
def variables_have_examples(view: View) -> Sequence[Problem]:
    """Header, body, URLs and coupon codes have what Meta's reviewers need."""
    problems: list[Problem] = []
    examples = view.examples
    if view.header_variables and (lacking := _lacking(view.header_variables, examples.get("header"))):
        problems.append(_without(view, ("header", "text"), lacking))
    if view.body_variables and (lacking := _lacking(view.body_variables, examples.get("body"))):
        problems.append(_without(view, ("body",), lacking))
    if not view.buttons:
        return problems
    given = examples.get("buttons")
    for number, url in view.urls:
        if "{{" in url and (found := PLACEHOLDER.search(url)) and not _of_button(given, number):
            message = f"the URL's {found[0]} has no example"
            fix = "Add example: to the button, with what {{1}} stands for."
            problems.append(view.problem("WA205", message, fix, button_path(number, "url"), found[0]))
    for number, button in enumerate(view.buttons):
        if button.get("type") == "copy_code" and not _of_button(given, number):
            fix = "Add example: to the button, with a code such as SAVE20."
            problems.append(view.problem("WA205", "the code has no example", fix, button_path(number)))
    return problems


def _of_button(given: JSON, number: int) -> JSON:
    return given.get(str(number)) if isinstance(given, dict) else None


def _lacking(names: list[str], given: JSON) -> list[str]:
    """The variables without an example; a list of examples stands in order of the variables' numbers."""
    if isinstance(given, dict):
        return [name for name in dict.fromkeys(names) if not given.get(name)]
    distinct = list(dict.fromkeys(names))
    if not isinstance(given, list):
        return distinct
    if all(name.isdigit() for name in distinct):
        distinct.sort(key=int)
    return [name for at, name in enumerate(distinct) if at >= len(given) or not given[at]]


def _without(view: View, path: SpecPath, names: list[str]) -> Problem:
    written = [f"{{{{{name}}}}}" for name in names]
    message = f"{path[0]}'s {listed(written)} {'has' if len(names) == 1 else 'have'} no example"
    if not names[0].isdigit():
        wanted = " and ".join(f"{name}: {{example: ...}}" for name in names)
        fix = f"At the top of the file, under variables:, add {wanted}."
    elif path == ("body",):
        fix = f"Beside the body add examples: {{{', '.join(f'{name}: ...' for name in names)}}}."
    else:
        fix = f"Write {path[0]}: {{text: ..., examples: [...]}}."
    return view.problem("WA205", message, fix, path, written[0])


@on_template(
    Rule(
        "WA206",
        "every declared variable and example is used",
        """\
A variable that no text uses is mostly a slip in one of the two names. Meta ignores or refuses an example
without a variable, depending on where it stands; wasync does not send it and warns.""",
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
  frist_name: {example: Ana}
languages:
  en_US:
    body: Hi {{first_name}}, your order left our warehouse today.
""",
        severity=Severity.WARNING,
    ),
    cards=True,
)
def examples_are_used(view: View) -> Sequence[Problem]:
    """No example stands beside a text that has no variable for it."""
    examples = view.examples
    if not examples:
        return ()
    problems: list[Problem] = []
    parts: tuple[tuple[SpecPath, JSON, list[str]], ...] = (
        (("header", "text"), examples.get("header") if view.header else None, view.header_variables),
        (("body",), examples.get("body"), view.body_variables),
    )
    for path, given, names in parts:
        if isinstance(given, dict):
            for name in given:
                if name not in names:
                    message = f"{path[0]} has an example for {name}, but no {{{{{name}}}}}"
                    problems.append(view.problem("WA206", message, f"Remove it, or use {name}.", path))
        elif isinstance(given, list) and len(given) > len(names) and len(given) > len(set(names)):
            count = len(set(names))
            message = f"{path[0]} has {len(given)} examples for {count or 'no'} variable{'s'[: count != 1]}"
            problems.append(view.problem("WA206", message, "Remove what is too much.", path))
    given = examples.get("buttons")
    if isinstance(given, dict):
        for number, url in view.urls:
            if "{" not in url and given.get(str(number)):
                message = "the button has an example, but its URL has no variable"
                fix = "End the URL with {{1}}, or remove example:."
                problems.append(view.problem("WA206", message, fix, button_path(number)))
    return problems


@also_on_declaration
def variables_are_used(declaration: Declaration, views: Sequence[View]) -> Sequence[Problem]:
    """WA206 for `variables:`, which all languages share."""
    if not declaration.variables or not views:
        return ()
    used: set[str] = set()
    for view in views:
        used.update(view.header_variables, view.body_variables)
    problems = []
    for name in declaration.variables:
        if name in used:
            continue
        if any(f"{{{{{name}}}}}" in str(view.spec) for view in views):
            continue
        close = sorted(other for other in used if other not in declaration.variables)
        fix = f"Did you mean {listed(close, 'or')}?" if close else "Remove it, or use it in a text."
        message = f"the variable {name} is declared, but no text uses it"
        problems.append(Problem("WA206", message, fix, ("variables", name), at_key=True))
    return problems
