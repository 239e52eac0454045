"""The pace of one account's calls, shared by all who call: until when to wait, and how long at most."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from wasync.graph.throttle import Usage, slowdown


class Pace:
    """When the next call may go. Made for several threads: one account has one ration, whoever spends it.

    Long waits share one budget of `max_wait` seconds; two threads that wait through the same minutes spend
    them once. The short pauses that spread calls near a limit do not count. `on_pause` is told the seconds
    of each wait that Meta asks for, before it begins. `sleep` must let `clock` pass.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        max_wait: float,
        on_pause: Callable[[float], None] | None = None,
    ) -> None:
        self._clock, self._left, self._on_pause = clock, max_wait, on_pause
        self.sleep = sleep
        self._lock = Lock()
        self._slow_until = self._shut_until = self._spent_until = clock()
        self._gap = 0.0

    def note(self, usage: Usage, shut: float) -> None:
        """Take up what an answer said: how near the limit is, and for how many seconds nothing goes."""
        with self._lock:
            now = self._clock()
            self._gap = slowdown(usage)
            self._slow_until = max(self._slow_until, now + self._gap) if self._gap else now
            # An older answer that arrives late does not open what a newer one shut.
            self._shut_until = max(self._shut_until, now + shut)

    def shut_for(self) -> float:
        """Seconds until Meta takes calls again; 0 or less: it does."""
        with self._lock:
            return self._shut_until - self._clock()

    def take_turn(self) -> None:
        """Near a limit, wait until it is this call's turn: the calls of all threads are spread."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._slow_until)
            self._slow_until = turn + self._gap
        if turn > now:
            self.sleep(turn - now)

    def spend(self, seconds: float, *, tell: bool = True) -> bool:
        """Take a wait that begins now out of the budget; False, and nothing is taken, when it is too long."""
        with self._lock:
            now = self._clock()
            more = now + seconds - max(now, self._spent_until)
            if more > self._left:
                return False
            if more > 0:
                self._left -= more
                self._spent_until = now + seconds
        if more > 0 and tell and self._on_pause is not None:
            self._on_pause(seconds)
        return True
