"""The messages of a project's accounts brought together: each once, with those it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wasync.limits import matches
from wasync.model.live import Written
from wasync.model.template import Desired, Key, Spec, Template
from wasync.render.message import Picture, message_of
from wasync.render.preview.page import ABSENT, Shown


def passcode_of(spec: Spec) -> tuple[bool, int | None] | None:
    """What decides the text that Meta writes: the security advice, and minutes; None for other templates."""
    authentication = spec.get("authentication")
    if not isinstance(authentication, dict):
        return None
    minutes = authentication.get("code_expiration_minutes")
    return (
        authentication.get("add_security_recommendation") is True,
        minutes if type(minutes) is int else None,
    )


def gather(
    by_account: Mapping[str, Desired],
    targets: tuple[str, ...] = (),
    statuses: Mapping[str, Mapping[Key, str]] | None = None,
    written: Mapping[tuple[str, bool, int | None], Written] | None = None,
) -> list[Shown]:
    """Every message in order of key; what accounts differ in is shown for each.

    `statuses` by account and key; a template Meta does not have is ABSENT. `written`: Meta's texts by
    language and what decides them.
    """
    shown: list[Shown] = []
    keys = sorted({key for desired in by_account.values() for key in desired.templates})
    for key in keys:
        if targets and not matches(targets, key):
            continue
        kinds: list[tuple[Template, str | None, list[str]]] = []
        for account, desired in by_account.items():
            template = desired.templates.get(key)
            if template is None:
                continue
            status = statuses[account].get(key, ABSENT) if statuses is not None else None
            for same, same_status, accounts in kinds:
                if same.spec == template.spec and same_status == status:
                    accounts.append(account)
                    break
            else:
                kinds.append((template, status, [account]))
        for template, status, accounts in kinds:
            text = _written(template, written or {})
            message = message_of(template.spec, text)
            everywhere = len(accounts) == len(by_account)
            shown.append(Shown(template, message, () if everywhere else tuple(accounts), status))
    return shown


def picture_paths(shown: Iterable[Shown]) -> list[str]:
    """The files of the project that headers of images show, each once."""
    headers = (bubble.header for one in shown for bubble in (one.message.bubble, *one.message.cards))
    return list(
        dict.fromkeys(
            header.path
            for header in headers
            if isinstance(header, Picture) and header.kind == "image" and header.path is not None
        )
    )


def _written(template: Template, written: Mapping[tuple[str, bool, int | None], Written]) -> Written | None:
    passcode = passcode_of(template.spec) if written else None
    return None if passcode is None else written.get((template.key.language, *passcode))
