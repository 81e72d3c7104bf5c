"""Jobs that compute for seconds, done in processes side by side."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from warmbench.errors import RunError

__all__ = ["done_side_by_side"]

Key = TypeVar("Key")
Result = TypeVar("Result")


def done_side_by_side(jobs: Mapping[Key, Callable[[], Result]]) -> Iterator[tuple[Key, Result]]:
    """Each job's key and result as it is ready, from as many processes as there are cores.

    The jobs are begun in their order. Raises what a job raises, and ``RunError`` when one of the
    processes dies.
    """
    workers = min(len(jobs), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, initializer=_begin) as pool:
        keys = {pool.submit(job): key for key, job in jobs.items()}
        try:
            for done in as_completed(keys):
                yield keys[done], done.result()
        except BrokenProcessPool:
            raise RunError(
                "a process that read the sources was ended from outside; is there enough memory?"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends its own
    gc.freeze()  # modules stay: no collection need look at them
