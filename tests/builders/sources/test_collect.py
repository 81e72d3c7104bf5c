"""Jobs side by side: what they give, what they raise, and what becomes of a process that dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial

import pytest

from warmbench.errors import DataError, RunError, WarmbenchError
from warmbench_builders.sources.collect import run_in_processes


def fail() -> int:
    raise DataError("x.csv: the file has no rows")


def die() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize("count", [1, 2, 9])
def test_every_job_is_done_once(count: int) -> None:
    done = list(run_in_processes({number: partial(pow, number, 2) for number in range(count)}))
    assert sorted(done) == [(number, number * number) for number in range(count)]


BAD: list[tuple[Callable[[], int], type[WarmbenchError], str]] = [
    (fail, DataError, "^x.csv: the file has no rows$"),
    (die, RunError, "was killed; is there enough memory"),
]


@pytest.mark.parametrize(("job", "error", "expected"), BAD, ids=["fails", "dies"])
def test_what_goes_wrong_is_reported(
    job: Callable[[], int], error: type[WarmbenchError], expected: str
) -> None:
    jobs: dict[str, Callable[[], int]] = {"good": partial(pow, 2, 2), "bad": job}
    with pytest.raises(error, match=expected):
        list(run_in_processes(jobs))
