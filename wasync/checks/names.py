"""Rules about what identifies a template: its name and its language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wasync.checks.known import LANGUAGES, SAMPLE_NAMES
from wasync.checks.registry import Rule, listed, on_declaration, on_template
from wasync.checks.view import View
from wasync.model.template import Declaration, Problem, Severity

MAX_NAME = 512
_NAME = re.compile(r"[a-z0-9_]+")

_MEANT = {
    "be": "be_BY",
    "en_uk": "en_GB",
    "in": "id",
    "iw": "he",
    "ky": "ky_KG",
    "nb_no": "nb",
    "no": "nb",
    "ps": "ps_AF",
    "pt": "pt_BR",
    "rw": "rw_RW",
    "si": "si_LK",
    "tl": "fil",
    "zh": "zh_CN",
    "zh_hans": "zh_CN",
    "zh_hant": "zh_TW",
}
"""Codes people write for a listed one, where likeness of letters would find another or none."""


@on_declaration(
    Rule(
        "WA101",
        "a name has only lower-case letters, digits and _, at most 512",
        """\
The name is what senders write in every call, and Meta fixes its letters: a to z, 0 to 9 and the underscore.
The file's name without its ending is the template's name, unless the file says `name:`. Choose well: a name
cannot be changed later, only left for a new one.""",
        good="""\
name: order_shipped
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        bad="""\
name: Order-Shipped
category: utility
languages:
  en_US:
    body: Your order left our warehouse today.
""",
        subcode=2388046,
    )
)
def name_form(declaration: Declaration, _views: Sequence[View]) -> Sequence[Problem]:
    """The name has letters Meta allows, and not too many."""
    name = declaration.name
    if len(name) > MAX_NAME:
        message = f"the name is {len(name):,} characters; Meta allows {MAX_NAME}"
        return [Problem("WA101", message, f"Remove {len(name) - MAX_NAME:,} characters.", ("name",))]
    if _NAME.fullmatch(name):
        return ()
    wrong = sorted(set(re.sub(r"[a-z0-9_]", "", name)))
    what = f'the name "{name}" holds {listed(map(repr, wrong))}' if wrong else "the name is empty"
    message = f"{what}; Meta allows only a-z, 0-9 and _"
    better = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    fix = f"Call it {better}" if better else "Give it a name like order_shipped"
    return [Problem("WA101", message, f"{fix}: rename the file, or write it after name:.", ("name",))]


@on_declaration(
    Rule(
        "WA102",
        "a name is not that of one of Meta's samples",
        """\
A new account holds samples (hello_world and others) that nobody declared. Meta refuses to create a
template with the name of a sample. If your account has the sample and you only want it in your files,
silence this rule in that file: `ignore: {WA102: adopted from the account}`.""",
        good="""\
name: hello_customer
category: utility
languages:
  en_US:
    body: Welcome to our shop.
""",
        bad="""\
name: hello_world
category: utility
languages:
  en_US:
    body: Welcome to our shop.
""",
        subcode=2388155,
    )
)
def name_of_sample(declaration: Declaration, _views: Sequence[View]) -> Sequence[Problem]:
    """The name is not reserved for a sample."""
    if declaration.name not in SAMPLE_NAMES:
        return ()
    return [
        Problem(
            "WA102",
            f"{declaration.name} is the name of a sample template of Meta's; creating it is refused",
            "Choose another name, for example one that begins with your company's.",
            ("name",),
        )
    ]


@on_template(
    Rule(
        "WA103",
        "a language is one Meta lists",
        """\
Codes are as Meta writes them: lower-case language, underscore, upper-case country. `en` and `en_US` are
both on the list and are two different templates; senders must use the code that was created. Meta's list
grows, so an unknown code is only a warning.""",
        good="""\
category: utility
languages:
  en_GB:
    body: Your order left our warehouse today.
""",
        bad="""\
category: utility
languages:
  en-GB:
    body: Your order left our warehouse today.
""",
        severity=Severity.WARNING,
    )
)
def known_language(view: View) -> Sequence[Problem]:
    """The language's code is on the list."""
    language = view.key.language
    if language in LANGUAGES:
        return ()
    meant = _meant(language)
    # en and en_US are both listed, so whoever guessed one of them should know of the other.
    both = " en and en_US are different templates." if meant and meant.startswith("en") else ""
    fix = (
        f"Did you mean {meant}?{both}"
        if meant
        else "Write one of Meta's codes, as en_US or es_MX; its documents list them."
    )
    message = f'Meta lists no language "{language}"'
    return [Problem("WA103", message, fix, (), view.key, at_key=True)]


def _meant(language: str) -> str | None:
    """The listed code that someone who wrote this one most probably wanted."""
    written = language.strip().replace("-", "_").lower()
    if written in _MEANT:
        return _MEANT[written]
    by_lower = {code.lower(): code for code in LANGUAGES}
    if written in by_lower:
        return by_lower[written]
    from difflib import get_close_matches

    family = written.partition("_")[0]
    if family in by_lower:
        return by_lower[family]
    close = get_close_matches(written, sorted(by_lower), 1, 0.75)
    return by_lower[close[0]] if close else None
