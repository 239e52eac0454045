"""One call until it is answered: the pauses Meta asks for, repeats where they are safe, the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

from wasync.graph import retry, throttle
from wasync.graph.errors import Answer, Call, Fault, read_answer
from wasync.graph.pace import Pace
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
    """Sends requests over one session, at the pace Meta allows; `pace` may be shared with other threads."""

    def __init__(
        self,
        session: Session,
        version: str,
        *,
        pace: Pace,
        random: Callable[[], float],
    ) -> None:
        self.session, self._version = session, version
        self._pace, self._random = pace, random
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
                self._pace.note(usage, usage.regain_seconds)
                return result
            trouble, error = result
            unsure = unsure or (context.writes and retry.may_have_been_done(trouble))
            if trouble is Trouble.BUSY:
                refusals += 1
                wait = throttle.wait_after_refusal(usage, refusals)
                self._pace.note(usage, wait)
                error.uncertain = unsure
                self._spend(wait, request, error)
                continue
            self._pace.note(usage, usage.regain_seconds)
            pause = retry.delay(trouble, request.repeat, attempt, self._random(), request.attempts)
            if pause is None:
                # A repeat that is refused says nothing about the attempt whose answer was lost.
                error.uncertain = unsure
                raise error
            attempt += 1
            self._pace.sleep(pause)

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

    def _keep_pace(self, request: Request) -> None:
        """Wait as the answers so far ask for; calls made while throttled would count all the same."""
        # Somebody else's answer may shut the way while we wait.
        while (shut := self._pace.shut_for()) > 0:
            self._spend(shut, request, None)
        self._pace.take_turn()

    def _spend(self, seconds: float, request: Request, refused: GraphError | None) -> None:
        """Wait out of the budget, or raise when it does not suffice."""
        if not self._pace.spend(seconds):
            raise _too_long(seconds, request.doing, refused)
        self._pace.sleep(seconds)


def _too_long(seconds: float, doing: str, refused: GraphError | None) -> GraphError:
    # Needed only where the run ends.
    from wasync.render.reasons import duration

    message = (
        refused.message if refused is not None else f"Cannot {doing} yet: too many calls; nothing was sent."
    )
    error = GraphError(
        f"{message} Meta opens again in {duration(seconds)}, longer than this run may wait.",
        f"Run again in {duration(seconds)}; `wasync apply --max-wait SECONDS` waits longer.",
        stops_run=True,
        wait_seconds=seconds,
    )
    error.code = Exit.WAITING
    if refused is not None:
        error.status, error.graph_code, error.subcode = refused.status, refused.graph_code, refused.subcode
        error.trace, error.uncertain = refused.trace, refused.uncertain
    return error
