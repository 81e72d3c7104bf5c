"""Calls something now and then, from a thread of its own, while other work goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Ticker"]


class Ticker:
    """Calls ``tick`` after ``first_s`` seconds, then every ``every_s``, from ``start`` to ``stop``.

    The defaults are for lines of progress: early enough that a person sees that it works, seldom
    enough for a log.
    """

    def __init__(
        self, tick: Callable[[], None], first_s: float = 2.0, every_s: float = 10.0
    ) -> None:
        self._tick = tick
        self._first_s = first_s
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warmbench-ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No tick comes after this."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause = self._first_s
        while not self._stopped.wait(pause):
            self._tick()
            pause = self._every_s
