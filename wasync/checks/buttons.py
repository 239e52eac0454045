"""Rules about buttons: how many, in which order, and what their labels hold."""

from __future__ import annotations

from collections.abc import Sequence

from wasync.checks.letters import find_emoji
from wasync.checks.registry import Rule, on_template
from wasync.checks.view import View, button_path
from wasync.model.template import Problem, Severity

MAX_BUTTONS = 10
MAX_OF_TYPE = {"url": 2, "phone_number": 1, "copy_code": 1}
MAX_LABEL = 25
MAX_CALL_LABEL = 20


@on_template(
    Rule(
        "WA301",
        "a template has at most 10 buttons: 2 url, 1 phone_number, 1 copy_code",
        """\
Ten in all, quick replies among them. Of what opens something, Meta takes two links, one phone number and
one coupon code. More than three buttons, or quick replies mixed with others, are not shown on desktop
clients.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: url, text: Visit shop, url: https://shop.example/}
      - {type: phone_number, text: Call us, phone_number: "+15551230000"}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: phone_number, text: Call sales, phone_number: "+15551230000"}
      - {type: phone_number, text: Call support, phone_number: "+15551230001"}
""",
    ),
    cards=True,
)
def button_count(view: View) -> Sequence[Problem]:
    """Not too many buttons, of each type and in all."""
    buttons = view.buttons
    if len(buttons) < 2:
        return ()
    problems: list[Problem] = []
    # How many a card may have, WA703 says.
    if len(buttons) > MAX_BUTTONS and not view.card:
        message = f"the template has {len(buttons)} buttons; Meta allows {MAX_BUTTONS}"
        fix = f"Remove {len(buttons) - MAX_BUTTONS}."
        problems.append(view.problem("WA301", message, fix, button_path(MAX_BUTTONS)))
    types = [button.get("type") for button in buttons]
    for kind, limit in MAX_OF_TYPE.items():
        if (count := types.count(kind)) > limit:
            first_over = [number for number, found in enumerate(types) if found == kind][limit]
            what = "it" if view.card else "the template"
            message = f"{what} has {count} {kind} buttons; Meta allows {limit}"
            problems.append(
                view.problem("WA301", message, f"Remove {count - limit}.", button_path(first_over))
            )
    return problems


@on_template(
    Rule(
        "WA302",
        "quick replies stand together",
        "Quick replies come first or last, not between others: at most one switch between the groups.",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: Thank you}
      - {type: quick_reply, text: Talk to us}
      - {type: url, text: Visit shop, url: https://shop.example/}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: Thank you}
      - {type: url, text: Visit shop, url: https://shop.example/}
      - {type: quick_reply, text: Talk to us}
""",
    )
)
def quick_replies_together(view: View) -> Sequence[Problem]:
    """At most one switch between quick replies and the others."""
    buttons = view.buttons
    if len(buttons) < 3:
        return ()
    quick = [button.get("type") == "quick_reply" for button in buttons]
    switches = [at for at in range(1, len(quick)) if quick[at] != quick[at - 1]]
    if len(switches) < 2:
        return ()
    message = "quick replies and other buttons alternate; Meta wants each group together"
    fix = "Put all quick_reply buttons first, or all last."
    return [view.problem("WA302", message, fix, button_path(switches[1]))]


@on_template(
    Rule(
        "WA303",
        "no two buttons have the same label",
        "Two equal labels cannot be told apart, neither by customers nor by what receives the answer.",
        good="""\
category: utility
languages:
  en_US:
    body: Did your order arrive in good shape?
    buttons:
      - {type: quick_reply, text: It did}
      - {type: quick_reply, text: It did not}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Did your order arrive in good shape?
    buttons:
      - {type: quick_reply, text: It did}
      - {type: quick_reply, text: It did}
""",
    ),
    cards=True,
)
def different_labels(view: View) -> Sequence[Problem]:
    """Labels differ."""
    labels = view.labels
    if len(labels) < 2 or len({label for _, label in labels}) == len(labels):
        return ()
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, label in labels:
        if label in seen:
            message = f'buttons {seen[label] + 1} and {number + 1} have the same label "{label}"'
            problems.append(view.problem("WA303", message, "Change one.", button_path(number, "text"), label))
        else:
            seen[label] = number
    return problems


@on_template(
    Rule(
        "WA305",
        "a button's label has at most 25 characters, that of voice_call 20",
        "Characters are counted as Unicode code points; Meta does not say how it counts: this is inferred.",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: Talk to us}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: I would like to talk to a person}
""",
        subcode=2388040,
    ),
    cards=True,
)
def label_length(view: View) -> Sequence[Problem]:
    """Labels fit."""
    problems: list[Problem] = []
    for number, label in view.labels:
        limit = MAX_LABEL
        if len(label) > MAX_CALL_LABEL and view.buttons[number].get("type") == "voice_call":
            limit = MAX_CALL_LABEL
        if len(label) > limit:
            message = f'label "{label}" is {len(label)} characters; Meta allows {limit}'
            fix = f"Remove {len(label) - limit}."
            problems.append(view.problem("WA305", message, fix, button_path(number, "text")))
        elif not label or label.isspace():
            fix = "Write what customers are to press."
            problems.append(view.problem("WA305", "the label has no text", fix, button_path(number, "text")))
    return problems


@on_template(
    Rule(
        "WA306",
        "a button's label has no variable, no emoji and no line break",
        """\
Labels are fixed text. For quick replies Meta refuses all three; for other buttons it documents no word
about emoji, so that there an emoji is a warning.""",
        good="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: Thank you}
""",
        bad="""\
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
    buttons:
      - {type: quick_reply, text: Thank you 🎉}
""",
    ),
    cards=True,
)
def plain_label(view: View) -> Sequence[Problem]:
    """Labels are fixed text on one line."""
    problems: list[Problem] = []
    for number, label in view.labels:
        path = button_path(number, "text")
        if "{{" in label:
            message = f'label "{label}" has a variable; Meta allows none'
            problems.append(view.problem("WA306", message, "Write the text itself.", path, "{{"))
        if "\n" in label or "\r" in label:
            problems.append(
                view.problem("WA306", "the label has a line break", "Write it on one line.", path)
            )
        if not view.plain and (emoji := find_emoji(label)):
            quick = view.buttons[number].get("type") == "quick_reply"
            message = f'label "{label}" has the emoji {emoji}'
            severity = None if quick else Severity.WARNING
            problems.append(view.problem("WA306", message, "Remove it.", path, emoji, severity))
    return problems
