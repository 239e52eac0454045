"""How long Meta wants us to pause, read from its usage headers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from wasync.model.template import JSON

SLOW_FROM = 80.0
"""Percent of a limit from which on calls are spread (docs/meta-api.md, section E)."""
_LONGEST_SLOWDOWN = 30.0
_UNSAID_WAIT = 60.0
_LONGEST_UNSAID_WAIT = 600.0
_SHARES = ("call_count", "total_cputime", "total_time")


class Usage(NamedTuple):
    """How much of the tightest limit is used, in percent, and the seconds until a used-up limit opens."""

    percent: float = 0.0
    regain_seconds: float = 0.0


def read_usage(headers: Mapping[str, str]) -> Usage:
    """The tightest of the limits told in `x-business-use-case-usage` and `x-app-usage`.

    Header names in lower case. A header that is missing or makes no sense tells nothing. Shares are
    percent, `estimated_time_to_regain_access` is minutes (docs/meta-api.md, section E).
    """
    percent = regain = 0.0
    for limit in _limits(headers):
        percent = max(percent, *(_number(limit.get(share)) for share in _SHARES))
        regain = max(regain, 60.0 * _number(limit.get("estimated_time_to_regain_access")))
    return Usage(percent, regain)


def slowdown(usage: Usage) -> float:
    """Seconds to let pass before the next call: 0 below 80 %, 1 at 80 %, 5 at 100 %, at most 30."""
    if usage.percent < SLOW_FROM:
        return 0.0
    return min(_LONGEST_SLOWDOWN, 1.0 + (usage.percent - SLOW_FROM) / 5.0)


def wait_after_refusal(usage: Usage, refusals: int) -> float:
    """Seconds to wait after the nth refusal in a row for too many calls.

    What Meta says; when it does not say, a minute, doubled at each further refusal, since calls made
    while throttled count too.
    """
    if usage.regain_seconds > 0:
        return usage.regain_seconds
    return float(min(_LONGEST_UNSAID_WAIT, _UNSAID_WAIT * 2 ** (refusals - 1)))


def _limits(headers: Mapping[str, str]) -> Iterator[Mapping[str, JSON]]:
    by_business = _parse(headers.get("x-business-use-case-usage"))
    if isinstance(by_business, dict):
        for limits in by_business.values():
            if isinstance(limits, list):
                yield from (limit for limit in limits if isinstance(limit, dict))
    of_app = _parse(headers.get("x-app-usage"))
    if isinstance(of_app, dict):
        yield of_app


def _parse(text: str | None) -> JSON:
    if text is None:
        return None
    try:
        data: JSON = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data


def _number(value: JSON) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6:
        return float(value)
    return 0.0
