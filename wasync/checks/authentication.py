"""Rules about authentication templates, whose texts Meta writes itself."""

from __future__ import annotations

from collections.abc import Sequence

from wasync.checks.registry import Rule, listed, on_template
from wasync.checks.view import View
from wasync.model.template import JSON, Problem

MIN_EXPIRATION = 1
MAX_EXPIRATION = 90
MAX_LABEL = 25
_TEXT_PARTS = ("header", "body", "footer", "buttons", "carousel")

_GOOD = """\
category: authentication
authentication:
  add_security_recommendation: true
  code_expiration_minutes: 10
  otp: {type: copy_code, text: Copy code}
languages: [en_US, es_MX]
"""


@on_template(
    Rule(
        "WA401",
        "authentication templates have only their own parts, and others have none of these",
        """\
In category authentication Meta writes body and footer in each language; a file says only
`authentication:`. A text of your own needs category utility or marketing, and Meta then rejects a message
that carries a code as mis-categorised.""",
        good=_GOOD,
        bad="""\
category: authentication
languages:
  en_US:
    body: Here is the code you asked for, do not share it.
""",
    )
)
def own_parts_only(view: View) -> Sequence[Problem]:
    """`authentication` and the category go together, without texts."""
    spec = view.spec
    if "authentication" in spec:
        if view.category != "authentication":
            message = f"authentication: in a {view.category} template"
            fix = "Make the category authentication."
            return [view.problem("WA401", message, fix, ("authentication",))]
        if parts := [part for part in _TEXT_PARTS if part in spec]:
            message = f"an authentication template has {listed(parts)}; Meta writes its texts"
            return [view.problem("WA401", message, f"Remove {listed(parts)}.", (parts[0],))]
        return ()
    if view.category != "authentication" or "library_template_name" in spec:
        return ()
    parts = [part for part in _TEXT_PARTS if part in spec]
    what = listed(parts) if parts else "no authentication:"
    message = f"category authentication with {what}; Meta writes the texts of such a template"
    fix = "Replace the texts with authentication:, or choose another category."
    return [view.problem("WA401", message, fix, (parts[0],) if parts else ())]


def _part(view: View) -> dict[str, JSON] | None:
    part = view.spec.get("authentication")
    return part if isinstance(part, dict) else None


@on_template(
    Rule(
        "WA402",
        "code_expiration_minutes is 1 to 90",
        """\
It makes the footer that says when the code expires, and the button stops working then. Without it there
is no footer and the button works for 10 minutes.""",
        good=_GOOD,
        bad="""\
category: authentication
authentication:
  code_expiration_minutes: 120
  otp: {type: copy_code}
languages: [en_US]
""",
    )
)
def expiration(view: View) -> Sequence[Problem]:
    """The code expires within Meta's limits."""
    part = _part(view)
    if part is None or (minutes := part.get("code_expiration_minutes")) is None:
        return ()
    if isinstance(minutes, int) and MIN_EXPIRATION <= minutes <= MAX_EXPIRATION:
        return ()
    message = f"code_expiration_minutes is {minutes}; Meta allows {MIN_EXPIRATION} to {MAX_EXPIRATION}"
    fix = "Write a whole number of minutes, for example 10."
    return [view.problem("WA402", message, fix, ("authentication", "code_expiration_minutes"))]


@on_template(
    Rule(
        "WA403",
        "the label of the code's button has at most 25 characters",
        """\
Without a label Meta writes one in the template's language ("Copy code"), which is mostly best. Characters
are counted as Unicode code points; Meta does not say how it counts, so this is inferred.""",
        good=_GOOD,
        bad="""\
category: authentication
authentication:
  otp: {type: copy_code, text: Copy the code to the clipboard}
languages: [en_US]
""",
        subcode=2388040,
    )
)
def otp_label(view: View) -> Sequence[Problem]:
    """The OTP button's texts fit."""
    part = _part(view)
    otp = part.get("otp") if part else None
    if not isinstance(otp, dict):
        return ()
    problems: list[Problem] = []
    for name in ("text", "autofill_text"):
        text = otp.get(name)
        if isinstance(text, str) and len(text) > MAX_LABEL:
            message = f'label "{text}" is {len(text)} characters; Meta allows {MAX_LABEL}'
            fix = f"Remove {len(text) - MAX_LABEL}, or leave the label to Meta."
            problems.append(view.problem("WA403", message, fix, ("authentication", "otp", name)))
    return problems
