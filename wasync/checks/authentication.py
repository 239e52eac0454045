"""Rules about authentication templates, whose texts Meta writes itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wasync.checks.registry import Rule, listed, on_kind, on_template
from wasync.checks.view import View
from wasync.model.template import JSON, Problem, Severity, SpecPath

MIN_EXPIRATION = 1
MAX_EXPIRATION = 90
MAX_LABEL = 25
MAX_APPS = 5
MAX_PACKAGE = 224
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
        parts = [part for part in _TEXT_PARTS if part in spec]
        if view.header_format == "location":
            parts.remove("header")  # of which WA732 speaks
        if parts:
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


_GOOD_ZERO_TAP = """\
category: authentication
authentication:
  otp:
    type: zero_tap
    supported_apps: [{package_name: com.acme.shop, signature_hash: K8a/AINcGX7}]
    zero_tap_terms_accepted: true
languages: [en_US]
"""


def _app_buttons(view: View) -> Iterator[tuple[str, dict[str, JSON], SpecPath]]:
    """Each one_tap and zero_tap button: its type, what is said of it, and where."""
    part = _part(view)
    otp = part.get("otp") if part else None
    if isinstance(otp, dict) and (kind := otp.get("type")) in ("one_tap", "zero_tap"):
        yield str(kind), otp, ("authentication", "otp")
    library = view.examples.get("library")
    inputs = library.get("button_inputs") if isinstance(library, dict) else None
    for number, button in enumerate(inputs if isinstance(inputs, list) else ()):
        if isinstance(button, dict) and (kind := button.get("otp_type")) in ("one_tap", "zero_tap"):
            yield str(kind), button, ("examples", "library", "button_inputs", number)


@on_kind(
    Rule(
        "WA404",
        "a one_tap or zero_tap button names 1 to 5 apps, each by package name and signature hash",
        """\
The apps that may take the code. A package name is like com.acme.shop, at most 224 characters; a signature
hash is the 11 characters that Android makes of the key that signs the app. Without an app it is a warning,
since Meta may not give the apps back to a template that is taken over; a step that must send it is then
held.""",
        good=_GOOD_ZERO_TAP,
        bad="""\
category: authentication
authentication:
  otp:
    type: one_tap
    supported_apps: [{package_name: com.acme.shop, signature_hash: "A1:B2:C3:D4:E5"}]
languages: [en_US]
""",
    )
)
def supported_apps(view: View) -> Sequence[Problem]:
    """Apps that Android can tell from others, and not too many."""
    problems: list[Problem] = []
    for kind, button, path in _app_buttons(view):
        apps = button.get("supported_apps")
        if not isinstance(apps, list) or not apps:
            fix = "Add supported_apps: with package_name and signature_hash of your Android app."
            message = f"the {kind} button names no app"
            problems.append(view.problem("WA404", message, fix, path, severity=Severity.WARNING))
            continue
        path = (*path, "supported_apps")
        if len(apps) > MAX_APPS:
            message = f"supported_apps has {len(apps)} apps; Meta allows {MAX_APPS}"
            fix = f"Remove {len(apps) - MAX_APPS}."
            problems.append(view.problem("WA404", message, fix, (*path, MAX_APPS)))
        for number, app in enumerate(apps):
            problems += _app(view, app if isinstance(app, dict) else {}, (*path, number))
    return problems


def _app(view: View, app: dict[str, JSON], path: SpecPath) -> Iterator[Problem]:
    package, signature = str(app.get("package_name") or ""), str(app.get("signature_hash") or "")
    if len(package) > MAX_PACKAGE:
        message = f"package_name is {len(package)} characters; Meta allows {MAX_PACKAGE}"
        yield view.problem("WA404", message, f"Remove {len(package) - MAX_PACKAGE}.", (*path, "package_name"))
    elif not re.fullmatch(r"([A-Za-z]\w*\.)+[A-Za-z]\w*", package, re.ASCII):
        message = f'package_name "{package}" is not the name of an Android package'
        fix = "Write it as in the Play Store, like com.acme.shop."
        yield view.problem("WA404", message, fix, (*path, "package_name"))
    if not re.fullmatch(r"[A-Za-z0-9+/=]{11}", signature):
        message = f'signature_hash "{signature}" is not 11 letters, digits, +, / or ='
        fix = "Make it from the app's signing certificate, as Meta's documents on autofill say."
        yield view.problem("WA404", message, fix, (*path, "signature_hash"))


@on_kind(
    Rule(
        "WA405",
        "a zero_tap button says that its terms are accepted",
        """\
Codes then reach the app with nobody looking, so Meta wants your word that you keep its terms for that, and
creates no template without `zero_tap_terms_accepted: true`. Where the key is missing it is a warning, since
Meta may not give it back to a template that is taken over; a step that must send it is then held.""",
        good=_GOOD_ZERO_TAP,
        bad=_GOOD_ZERO_TAP.replace("accepted: true", "accepted: false"),
    )
)
def zero_tap_terms(view: View) -> Sequence[Problem]:
    """The terms are accepted."""
    problems: list[Problem] = []
    for kind, button, path in _app_buttons(view):
        terms = button.get("zero_tap_terms_accepted")
        if kind != "zero_tap" or terms is True:
            continue
        severity = Severity.WARNING if terms is None else None
        message = f"zero_tap_terms_accepted is {'missing' if terms is None else 'not true'}"
        fix = "Read Meta's terms for zero-tap codes, then write zero_tap_terms_accepted: true."
        where = path if terms is None else (*path, "zero_tap_terms_accepted")
        problems.append(view.problem("WA405", message, fix, where, severity=severity))
    return problems
