"""Meta's answers that are no success, turned into errors that say what, why and what to do next. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from wasync.graph.meanings import BUSY_CODES, meaning_of
from wasync.graph.retry import Trouble, may_have_been_done
from wasync.model.errors import GraphError
from wasync.model.template import JSON


class Answer(NamedTuple):
    """What came back: header names in lower case, body as bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class NoAnswer(NamedTuple):
    """Nothing usable came back. `sent`: the request may have reached Meta all the same."""

    reason: str
    sent: bool


_TRANSIENT_CODES = frozenset({1, 2})
_CREATION_FAILED = 200002


class Call(NamedTuple):
    """What errors need to know of a call. `doing` completes "Cannot ...": "read template 12"."""

    doing: str
    writes: bool
    host: str
    version: str
    redact: Callable[[str], str]
    """Also brings the text to one printable line."""


class Fault(NamedTuple):
    """Why a call gave no result, and what kind of trouble that is."""

    trouble: Trouble
    error: GraphError


class _Envelope(NamedTuple):
    """Meta's `error` object; texts redacted, None where Meta says nothing."""

    code: int | None
    subcode: int | None
    transient: bool
    trace: str | None
    words: str
    blamed: str


def read_answer(answer: Answer | NoAnswer, call: Call) -> dict[str, JSON] | Fault:
    """The JSON object of a success, else why there is none."""
    if isinstance(answer, NoAnswer):
        return no_answer(answer, call)
    status = answer.status
    if 300 <= status < 400:
        return _redirected(answer, call)
    data = _parse(answer.content)
    if isinstance(data, dict):
        error = data.get("error")
        if isinstance(error, dict):
            return refused(status, _envelope(error, call.redact), call)
        if 200 <= status < 300:
            return data
    return _unreadable(answer, call)


def no_answer(lost: NoAnswer, call: Call) -> Fault:
    """The network failed us."""
    trouble = Trouble.LOST if lost.sent else Trouble.NOT_SENT
    unsure = call.writes and lost.sent
    message = f"Cannot {call.doing}: {lost.reason}."
    if unsure:
        message += " Meta may have done it all the same."
    return Fault(trouble, GraphError(message, _network_fix(unsure), uncertain=unsure))


def refused(status: int, envelope: _Envelope, call: Call) -> Fault:
    """Meta answered with its error envelope."""
    code, subcode = envelope.code, envelope.subcode
    trouble = _trouble(status, code, envelope.transient)
    unsure = call.writes and may_have_been_done(trouble)
    meaning = meaning_of(code, subcode, writes=call.writes, version=call.version)
    message = f"Meta refused to {call.doing}"
    if trouble is Trouble.TRANSIENT:
        message = f"Cannot {call.doing}"
    if meaning.meaning:
        message += f": {meaning.meaning}"
    if envelope.words:
        message += f'. Meta says: "{envelope.words}"'
    if envelope.blamed:
        message += f" about {envelope.blamed}"
    message += f" ({_numbers(status, envelope)})."
    if unsure:
        message += " Meta may have done it all the same."
    error = GraphError(
        message,
        meaning.fix,
        status=status,
        code=code,
        subcode=subcode,
        trace=envelope.trace,
        rule=meaning.rule,
        stops_run=meaning.stops_run or trouble is Trouble.BUSY,
        uncertain=unsure,
    )
    return Fault(trouble, error)


def unexpected(what: str, call: Call, *, uncertain: bool = False) -> GraphError:
    """Meta answered with success, and not with what its documents promise."""
    return GraphError(
        f"Cannot {call.doing}: {what}.",
        f"Check that {call.host} is Meta's Graph API and not something in between, then run again.",
        uncertain=uncertain,
    )


def _trouble(status: int, code: int | None, transient: bool) -> Trouble:
    if code in BUSY_CODES or (status == 429 and not transient):
        return Trouble.BUSY
    if code == _CREATION_FAILED:
        return Trouble.FAILED_ONCE
    if code in _TRANSIENT_CODES or transient or status >= 500:
        return Trouble.TRANSIENT
    return Trouble.FINAL


def _redirected(answer: Answer, call: Call) -> Fault:
    # A redirect is never followed: it would take the token to another address.
    message = (
        f"Cannot {call.doing}: {call.host} answered with a redirect (HTTP {answer.status}), "
        "which wasync does not follow."
    )
    fix = "Check graph.base_url in wasync.yaml; behind a proxy with a sign-in page, sign in first."
    return Fault(Trouble.FINAL, GraphError(message, fix, status=answer.status, stops_run=True))


def _unreadable(answer: Answer, call: Call) -> Fault:
    """The body is no JSON object: HTML of something in between, cut short, empty."""
    status = answer.status
    trouble = Trouble.FINAL
    if status >= 500 or status == 408:
        trouble = Trouble.TRANSIENT
    elif status == 429:
        trouble = Trouble.BUSY
    elif 200 <= status < 300:
        trouble = Trouble.LOST
    unsure = call.writes and may_have_been_done(trouble)
    message = f"Cannot {call.doing}: {call.host} answered with {_shape(answer)} (HTTP {status})."
    if unsure:
        message += " Meta may have done it all the same."
    error = GraphError(message, _network_fix(unsure), status=status, uncertain=unsure)
    error.stops_run = trouble is Trouble.BUSY
    return Fault(trouble, error)


def _network_fix(unsure: bool) -> str:
    if unsure:
        return "Run plan again: it reads what Meta has now, and shows what is left to do."
    return "Check the network, and any proxy in HTTPS_PROXY, then run again."


def _shape(answer: Answer) -> str:
    start = answer.content[:200].lstrip().lower()
    if not start:
        return "an empty body"
    if start.startswith(b"<") or "html" in answer.headers.get("content-type", ""):
        return "an HTML page instead of JSON"
    if _parse(answer.content) is not None:
        return "JSON of an unknown form"
    if start.startswith((b"{", b"[")):
        return "JSON that is cut short or broken"
    return "something that is not JSON"


def _parse(content: bytes) -> JSON:
    try:
        data: JSON = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return data


def _envelope(error: dict[str, JSON], redact: Callable[[str], str]) -> _Envelope:
    trace = error.get("fbtrace_id")
    data = error.get("error_data")
    # error_data comes as an object, or as a JSON string of one (docs/meta-api.md, section G).
    if isinstance(data, str):
        parsed = _parse(data.encode())
        data = parsed if isinstance(parsed, dict) else {"details": data}
    data = data if isinstance(data, dict) else {}
    return _Envelope(
        code=_integer(error.get("code")),
        subcode=_integer(error.get("error_subcode")),
        transient=error.get("is_transient") is True,
        trace=redact(trace) if isinstance(trace, str) else None,
        words=redact(_words(error, data)),
        blamed=redact(", ".join(_blamed(data.get("blame_field_specs")))),
    )


def _words(error: dict[str, JSON], data: dict[str, JSON]) -> str:
    """Meta's own words, the most exact first. Shown, never matched: they are in the user's language."""
    title, told = error.get("error_user_title"), error.get("error_user_msg")
    message, details = error.get("message"), data.get("details")
    if isinstance(told, str) and told:
        words = f"{title}: {told}" if isinstance(title, str) and title else told
    else:
        words = message if isinstance(message, str) else ""
    if isinstance(details, str) and details and details not in words:
        words = f"{words} ({details})" if words else details
    return words


def _blamed(specs: JSON) -> Iterator[str]:
    for spec in specs if isinstance(specs, list) else ():
        parts = spec if isinstance(spec, list) else [spec]
        yield ".".join(str(part) for part in parts)


def _numbers(status: int, envelope: _Envelope) -> str:
    numbers = [f"HTTP {status}" if envelope.code is None else f"code {envelope.code}"]
    if envelope.subcode is not None:
        numbers.append(f"subcode {envelope.subcode}")
    if envelope.trace:
        numbers.append(f"fbtrace_id {envelope.trace}")
    return ", ".join(numbers)


def _integer(value: JSON) -> int | None:
    if isinstance(value, str) and value.isdecimal() and len(value) < 12:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
