"""One function in a thread of its own: its value, or its error, is there when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class InBackground(Generic[T]):
    """Runs one function in a thread; `result()` gives its value or raises its error."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._value: list[T] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value.append(self._work())
        except BaseException as error:  # noqa: BLE001 carried to the thread that asks, whatever it is
            self._error = error

    def wait(self) -> None:
        """Wait for the end, whatever it is."""
        self._thread.join()

    def result(self) -> T:
        """Wait for the end; a KeyboardInterrupt meanwhile is not swallowed."""
        self.wait()
        if self._error is not None:
            raise self._error
        return self._value[0]
