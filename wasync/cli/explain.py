"""wasync explain: one rule, or the list of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wasync.checks.own_rules import OwnRule
    from wasync.checks.registry import Rule


def _complete_rule(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from wasync.checks import RULES

    rules: list[Rule | OwnRule] = [*RULES.values(), *_own_rules().values()]
    begin = incomplete.upper()
    return [CompletionItem(rule.id, help=rule.title) for rule in rules if rule.id.upper().startswith(begin)]


def _own_rules() -> Mapping[str, OwnRule]:
    """The rules of the project at hand; where there is none, or it cannot be read, there are none."""
    from wasync.cli.options import Options
    from wasync.cli.project import find_config
    from wasync.model.errors import WasyncError

    try:
        config = find_config(Options())
    except WasyncError:
        return {}
    if not (config.organisation.schemas or config.organisation.python):
        return {}
    from wasync.checks.own_rules import own_rules
    from wasync.project.installed_rules import rules_of

    return own_rules(config.organisation.schemas, rules_of(config).rules)


@click.command("explain")
@click.argument("rule_id", metavar="[RULE]", required=False, shell_complete=_complete_rule)
def command(rule_id: str | None) -> int:
    """Explain a rule: why it is there, a good and a bad example. Without one, list all rules.

    In a project with rules of its own (docs/policy.md) these are told too.
    """
    from wasync.checks import RULES
    from wasync.cli.output import color_wanted, result
    from wasync.model.errors import Exit, WasyncError
    from wasync.render.explain_text import explain_text, own_rule_text, rules_text

    if rule_id is None:
        result(rules_text((*RULES.values(), *_own_rules().values()), color=color_wanted()))
        return 0
    if rule := RULES.get(rule_id.upper()):
        result(explain_text(rule, color=color_wanted()))
        return 0
    if own := _own_rules().get(rule_id.upper()):
        result(own_rule_text(own, color=color_wanted()))
        return 0
    raise WasyncError(f"No rule is called {rule_id!r}.", "wasync explain lists all rules.", code=Exit.USAGE)
