"""What Meta's refusals mean: code and subcode -> our sentence, our rule, and what to do.

Branch on numbers only: Meta's own texts come in the language of the token's user. Facts are from
docs/meta-api.md, section G, where nothing else is said.
"""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    """One refusal in our words. `meaning` completes "Meta refused to create x: "; `fix` is a sentence.

    `rule` is the offline rule that finds the same fault before Meta does. `stops_run` says that the next
    call would be refused too, so that a run ends instead of going on to its next step.
    """

    meaning: str
    fix: str
    rule: str | None = None
    stops_run: bool = False


_RENEW = (
    "Make a new token, for CI one of a system user that does not expire, and put it where the account "
    "takes its "
    "token from."
)
_GRANT = (
    "Assign the account to the token's system user with full control, or at least the task Manage "
    "templates, and make "
    "the token with the permission whatsapp_business_management; `wasync account inspect-token` shows "
    "what it has."
)
_WAIT = "Wait as long as the answer says, an hour if it says nothing, then run again."
_AGAIN = "Run again in a few minutes."
_NO_INSIGHTS = "Nothing to do for templates: insights are set per account in WhatsApp Manager."


def _busy(what: str) -> Refusal:
    return Refusal(f"there were too many calls {what}", _WAIT, stops_run=True)


_CODES: dict[int, Refusal] = {
    0: Refusal("the user behind the token could not be authenticated", _RENEW, stops_run=True),
    1: Refusal("an unknown error of Meta's, or too much data was asked for at once", _AGAIN),
    2: Refusal("Meta's service is down for the moment", _AGAIN),
    3: Refusal("the app or the token lacks a capability this call needs", _GRANT, stops_run=True),
    4: _busy("by this app"),
    10: Refusal("the token lacks a permission, or the account is not eligible", _GRANT, stops_run=True),
    17: _busy("by this user"),
    32: _busy("by this app and page"),
    33: Refusal(
        "there is no object with this id, or the token may not see it; Meta does not tell the two apart",
        f"Check the id in wasync.yaml. {_GRANT}",
        stops_run=True,
    ),
    100: Refusal(
        "a parameter is invalid",
        (
            "Read Meta's own message, which names it. If `wasync validate` is silent about it, please "
            "report that."
        ),
    ),
    102: Refusal("the session behind the token has ended", _RENEW, stops_run=True),
    104: Refusal(
        "the call's signature is wrong",
        "Check the app secret: app_secret_env must name the secret of the app the token belongs to.",
        stops_run=True,
    ),
    190: Refusal("the token is invalid or has expired", _RENEW, stops_run=True),
    192: Refusal(
        "a phone number is not valid",
        "Write it with its country code, as +15551230000.",
        rule="WA308",
    ),
    200: Refusal("the token has no access to this account", _GRANT, stops_run=True),
    368: Refusal(
        "the account is blocked for a while for breaking Meta's policies",
        "See the account's page in WhatsApp Manager: it says why, until when, and how to ask for a review.",
        stops_run=True,
    ),
    613: _busy("of this kind"),
    803: Refusal(
        "there is no object with this id",
        "Check the id. If it is a template's, it was deleted meanwhile: run plan again.",
    ),
    2500: Refusal(
        "the address of the call is not understood",
        "Check graph.version in wasync.yaml; it reads like v26.0.",
        stops_run=True,
    ),
    2635: Refusal(
        "this version of the Graph API is not served any more, or never was",
        "Set graph.version in wasync.yaml to a version Meta serves, for example v26.0.",
        stops_run=True,
    ),
    80007: _busy("to this account"),
    80008: _busy("to this account"),
    80012: Refusal("there were too many calls to this one template", _WAIT),
    131031: Refusal(
        "the account is locked",
        "See the account's page in WhatsApp Manager, or ask Meta's support; wasync cannot unlock it.",
        stops_run=True,
    ),
    131059: Refusal("the cursor of this listing is no longer valid", "Run again: the listing starts anew."),
    200002: Refusal(
        "creating the template failed on Meta's side", "Run again once; then ask Meta's support."
    ),
    200005: Refusal("template insights are not available for this account", _NO_INSIGHTS),
    200006: Refusal("template insights cannot be switched off again", _NO_INSIGHTS),
    200007: Refusal("template insights are not switched on for this account", _NO_INSIGHTS),
}

_GONE = (
    "Wait until the 30 days are over (`wasync plan` shows until when, if wasync deleted it), or "
    "declare the text under "
    "another name: `revision:` makes one."
)
_SUBCODES: dict[tuple[int, int | None], Refusal] = {
    (4, 2446079): _busy("by this app"),
    (10, 2388185): Refusal(
        "this account may not create authentication templates: its business is not verified",
        "Verify the business in Meta's Security Centre, then run again; other templates are not concerned.",
    ),
    (100, 33): _CODES[33],
    (190, 458): Refusal("the token's user removed the app", _RENEW, stops_run=True),
    (190, 460): Refusal(
        "the token's user changed the password, which ended the token", _RENEW, stops_run=True
    ),
    (190, 463): Refusal("the token has expired", _RENEW, stops_run=True),
    (190, 464): Refusal("the token's user is not confirmed", _RENEW, stops_run=True),
    (190, 467): Refusal("the token was invalidated", _RENEW, stops_run=True),
    (190, 492): Refusal("the token's user has no role any more", _RENEW, stops_run=True),
    (100, 2388019): Refusal(
        "the account holds as many templates as Meta allows",
        (
            "Delete templates that are not used (`wasync account show` shows count and limit), or ask "
            "Meta for more."
        ),
        stops_run=True,
    ),
    (100, 2388023): Refusal("this name and language was deleted less than 30 days ago and is locked", _GONE),
    (100, 2388024): Refusal(
        "the account already has a template of this name and language",
        "Run plan again: the template is then compared, and edited where it differs.",
    ),
    # Met in practice only; not among Meta's documents.
    (100, 2388025): Refusal(
        "the template's deletion or its category stands in the way",
        "Look at the template in WhatsApp Manager; if it is being deleted, wait or use another name.",
    ),
    (100, 2388039): Refusal(
        "the template cannot be edited now: it is in review, or today's edit was already made",
        (
            "`wasync status` shows which. An approved template takes 1 edit a day and 10 in 30 days: run "
            "again later."
        ),
    ),
    (100, 2388040): Refusal(
        "a text is longer than Meta allows",
        (
            "Shorten it: header and footer 60, body 1,024 (with an offer 600; on a card or with a product "
            "160), label of a button 25 characters."
        ),
        rule="WA106",
    ),
    (100, 2388043): Refusal("a variable has no example", "Give every variable an example.", rule="WA205"),
    (100, 2388046): Refusal(
        "the name's form is wrong", "Use only a-z, 0-9 and _, at most 512 of them.", rule="WA101"
    ),
    (100, 2388047): Refusal(
        "the header's form is wrong",
        "One line, at most one variable, no emoji, no markup; a variable is {{name}} or {{1}}.",
        rule="WA109",
    ),
    (100, 2388060): Refusal(
        "a quick reply's label holds an emoji, markup, a line break or a variable",
        "Write it as plain text on one line.",
        rule="WA306",
    ),
    (100, 2388072): Refusal(
        "the body's form is wrong",
        (
            "Look at its variables ({{name}} or {{1}}, one style, not side by side), its line breaks and "
            "its emoji."
        ),
        rule="WA207",
    ),
    (100, 2388073): Refusal(
        "the footer's form is wrong", "One line without variables and emoji.", rule="WA108"
    ),
    (100, 2388155): Refusal(
        "the name belongs to one of Meta's sample templates", "Choose another name.", rule="WA102"
    ),
    (100, 2388273): Refusal(
        "the header's sample is missing or cannot be used",
        (
            "Give media: with a file; a web address or an old handle does not serve. Run apply again to "
            "upload it anew."
        ),
        rule="WA601",
    ),
    (100, 2388293): Refusal(
        "the body has too many variables for its length",
        "Add words to the body, or use fewer variables.",
        rule="WA204",
    ),
    (100, 2388299): Refusal(
        "the body starts or ends with a variable",
        "Write a word before the first variable and after the last; punctuation does not count.",
        rule="WA202",
    ),
    (100, 2388318): Refusal(
        "the template was made by Meta's Direct Send and cannot be updated",
        "Leave it out of the files; wasync does not touch such templates.",
    ),
    (100, 2388330): Refusal(
        "the template was made by Meta's Direct Send and cannot be deleted",
        "Leave it out of the files; wasync does not touch such templates.",
    ),
}


def refusal(code: int | None, subcode: int | None = None) -> Refusal | None:
    """What a refusal means; None if the code is not known. An unknown subcode falls back to its code."""
    if code is None:
        return None
    if subcode is not None and (known := _SUBCODES.get((code, subcode))):
        return known
    # The 2388xxx are unique by themselves; a code beside one that is not the documented 100 hides nothing.
    if subcode is not None and subcode > 2_388_000:
        for (_, other), known in _SUBCODES.items():
            if other == subcode:
                return known
    if known := _CODES.get(code):
        return known
    if 200 <= code <= 299:
        return _CODES[200]
    return None


def all_refusals() -> dict[tuple[int, int | None], Refusal]:
    """The whole table, by code and subcode; None is the code without a subcode."""
    table: dict[tuple[int, int | None], Refusal] = {(code, None): known for code, known in _CODES.items()}
    table.update(_SUBCODES)
    return table
