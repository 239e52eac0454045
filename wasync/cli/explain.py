"""wasync explain: one rule, or the list of all."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def _complete_rule(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from wasync.checks import RULES

    begin = incomplete.upper()
    return [CompletionItem(rule.id, help=rule.title) for rule in RULES.values() if rule.id.startswith(begin)]


@click.command("explain")
@click.argument("rule_id", metavar="[RULE]", required=False, shell_complete=_complete_rule)
def command(rule_id: str | None) -> int:
    """Explain a rule: why it is there, a good and a bad example. Without one, list all rules."""
    from wasync.checks import RULES
    from wasync.cli.output import color_wanted, result
    from wasync.model.errors import Exit, WasyncError
    from wasync.render.explain_text import explain_text, rules_text

    if rule_id is None:
        result(rules_text(tuple(RULES.values()), color=color_wanted()))
        return 0
    rule = RULES.get(rule_id.upper())
    if rule is None:
        raise WasyncError(
            f"No rule is called {rule_id!r}.", "wasync explain lists all rules.", code=Exit.USAGE
        )
    result(explain_text(rule, color=color_wanted()))
    return 0
