"""One call until it is answered: the pauses Meta asks for, repeats where they are safe, the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

from wasync.graph import retry, throttle
from wasync.graph.errors import Answer, Call, Fault, read_answer
from wasync.graph.retry import ATTEMPTS, Repeat, Trouble
from wasync.graph.session import Session
from wasync.model.errors import Exit, GraphError
from wasync.model.template import JSON


class Request(NamedTuple):
    """One call as an endpoint asks for it; `path` comes after the version."""

    method: str
    path: str
    doing: str
    """What this is for, to complete "Cannot ...": "read template 12"."""
    repeat: Repeat = Repeat.FREELY
    params: Mapping[str, str] = {}
    body: Mapping[str, JSON] | None = None
    stream: Callable[[], BinaryIO | bytes] | None = None
    """Gives the raw body anew for each attempt."""
    headers: Mapping[str, str] = {}
    scheme: str = "Bearer"
    attempts: int = ATTEMPTS


class Calls:
    """Sends requests, and keeps to the pace Meta allows.

    Waiting that Meta asks for shares one budget of `max_wait` seconds over the life of this object;
    the short pauses that spread calls near a limit do not count. `on_pause` is told the seconds of
    each wait before it begins.
    """

    def __init__(
        self,
        session: Session,
        version: str,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
        max_wait: float,
        on_pause: Callable[[float], None] | None,
    ) -> None:
        self.session, self._version = session, version
        self._clock, self._sleep, self._random = clock, sleep, random
        self._left, self._on_pause = max_wait, on_pause
        self._slow_until = self._shut_until = clock()
        self.served_version: str | None = None

    def ask(self, request: Request) -> dict[str, JSON]:
        """The JSON object Meta answers with; GraphError when there is none, and no repeat can help."""
        self.session.refuse_writing(request.method, request.doing)
        context = self.context(request)
        attempt, refusals, unsure = 1, 0, False
        while True:
            self._keep_pace(request)
            result, usage = self._once(request, context)
            if not isinstance(result, Fault):
                self._note(usage, usage.regain_seconds)
                return result
            trouble, error = result
            unsure = unsure or (context.writes and retry.may_have_been_done(trouble))
            if trouble is Trouble.BUSY:
                refusals += 1
                wait = throttle.wait_after_refusal(usage, refusals)
                self._note(usage, wait)
                error.uncertain = unsure
                self._spend(wait, request, error)
                continue
            self._note(usage, usage.regain_seconds)
            pause = retry.delay(trouble, request.repeat, attempt, self._random(), request.attempts)
            if pause is None:
                # A repeat that is refused says nothing about the attempt whose answer was lost.
                error.uncertain = unsure
                raise error
            attempt += 1
            self._sleep(pause)

    def context(self, request: Request) -> Call:
        """What an error says about this request."""
        session = self.session
        return Call(request.doing, request.method != "GET", session.host, self._version, session.redact)

    def _once(self, request: Request, context: Call) -> tuple[dict[str, JSON] | Fault, throttle.Usage]:
        answer = self.session.send(
            request.method,
            f"/{self._version}/{request.path}",
            doing=request.doing,
            params=request.params,
            body=request.body,
            stream=request.stream() if request.stream is not None else None,
            headers=request.headers,
            scheme=request.scheme,
        )
        if not isinstance(answer, Answer):
            return read_answer(answer, context), throttle.Usage()
        self.served_version = answer.headers.get("facebook-api-version", self.served_version)
        return read_answer(answer, context), throttle.read_usage(answer.headers)

    def _note(self, usage: throttle.Usage, shut: float) -> None:
        """Remember until when the next call should wait."""
        now = self._clock()
        self._slow_until = now + throttle.slowdown(usage)
        self._shut_until = now + shut

    def _keep_pace(self, request: Request) -> None:
        """Wait as the answers so far ask for; calls made while throttled would count all the same."""
        shut = self._shut_until - self._clock()
        if shut > 0:
            self._spend(shut, request, None)
        slow = self._slow_until - self._clock()
        if slow > 0:
            self._sleep(slow)

    def _spend(self, seconds: float, request: Request, refused: GraphError | None) -> None:
        """Wait out of the budget, or raise when it does not suffice."""
        if seconds > self._left:
            raise _too_long(seconds, request.doing, refused)
        if self._on_pause is not None:
            self._on_pause(seconds)
        self._left -= seconds
        self._sleep(seconds)


def _too_long(seconds: float, doing: str, refused: GraphError | None) -> GraphError:
    message = (
        refused.message if refused is not None else f"Cannot {doing} yet: too many calls; nothing was sent."
    )
    error = GraphError(
        f"{message} Meta opens again in {_duration(seconds)}, longer than this run may wait.",
        f"Run again in {_duration(seconds)}; `wasync apply --max-wait SECONDS` waits longer.",
        stops_run=True,
        wait_seconds=seconds,
    )
    error.code = Exit.WAITING
    if refused is not None:
        error.status, error.graph_code, error.subcode = refused.status, refused.graph_code, refused.subcode
        error.trace, error.uncertain = refused.trace, refused.uncertain
    return error


def _duration(seconds: float) -> str:
    """Rounded up, since too early is refused again: "45 s", "12 min", "2 h 5 min"."""
    if seconds <= 90:
        return f"{int(-(-seconds // 1))} s"
    hours, minutes = divmod(int(-(-seconds // 60)), 60)
    return f"{minutes} min" if not hours else f"{hours} h {minutes} min"
