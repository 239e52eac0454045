"""wasync account: what an account is, and what its token may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wasync.cli.options import Options, account_options

if TYPE_CHECKING:
    from wasync.graph.client import Graph
    from wasync.model.account import TokenReport
    from wasync.model.config import Account
    from wasync.model.template import JSON


@click.group("account")
def command() -> None:
    """Show an account, or what its token may do."""


@command.command("show")
@account_options
def show(options: Options) -> int:
    """Show what the account node offers: names, review status, phone numbers, template count and limit."""
    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.project import open_project
    from wasync.render.account_text import account_json, account_text

    project = open_project(options)
    forms: list[JSON] = []
    for account in project.accounts:
        graph = project.graph(account)
        node = graph.account(account.waba_id)
        numbers = graph.phone_numbers(account.waba_id)
        totals = graph.template_totals(account.waba_id)
        count, limit = totals.template_count, totals.template_limit
        if options.json:
            forms.append(account_json(account.name, node, numbers, count=count, limit=limit))
        else:
            color = color_wanted()
            gap = "" if account is project.accounts[0] else "\n"
            result(
                gap
                + account_text(
                    account.name, node, numbers, count=count, limit=limit, color=color, width=width()
                )
            )
    if options.json:
        json_result(_one_document("accounts", forms))
    return 0


@command.command("inspect-token")
@account_options
def inspect_token(options: Options) -> int:
    """Tell the token's kind, expiry, scopes and the accounts it reaches; explain what it lacks."""
    from wasync.cli.output import color_wanted, json_result, result, width
    from wasync.cli.project import open_project
    from wasync.render.account_text import token_json, token_text

    project = open_project(options)
    usable = True
    forms: list[JSON] = []
    for account in project.accounts:
        report = _report(account, project.graph(account))
        usable = usable and report.usable
        if options.json:
            forms.append(token_json(report))
        else:
            gap = "" if account is project.accounts[0] else "\n"
            result(gap + token_text(report, color=color_wanted(), width=width()))
    if options.json:
        json_result(_one_document("tokens", forms))
    return 0 if usable else 1


def _one_document(kind: str, forms: list[JSON]) -> dict[str, JSON]:
    """The form of the one account chosen, or those of several in one document."""
    match forms:
        case [dict(only)]:
            return only
        case _:
            return {"format_version": "1.0", "kind": kind, kind: forms}


def _report(account: Account, graph: Graph) -> TokenReport:
    """Ask Meta about the token, and whether the account can be read with it."""
    from datetime import UTC, datetime

    from wasync.graph.inspection import (
        NEEDED_SCOPE,
        describe_expiry,
        describe_kind,
        explain_access,
        token_warnings,
    )
    from wasync.model.account import TokenReport
    from wasync.model.errors import GraphError

    now = datetime.now(UTC)
    info = graph.token_info()
    warnings = token_warnings(info, account.waba_id, now)
    try:
        graph.account(account.waba_id)
        readable = True
    except GraphError as error:
        readable = False
        warnings = (*warnings, f"{error.message} {error.fix}")
    return TokenReport(
        account=account.name,
        waba_id=account.waba_id,
        kind=describe_kind(info),
        valid=info.valid,
        application=info.application,
        user_id=info.user_id,
        expiry=describe_expiry(info, now),
        expires=info.expires,
        scopes=info.scopes,
        targets=info.targets,
        warnings=warnings,
        access=explain_access(readable=readable),
        usable=info.valid and readable and NEEDED_SCOPE in info.scopes,
    )
