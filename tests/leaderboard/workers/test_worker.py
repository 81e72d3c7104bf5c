"""A process that is asked may die, hang, swell or chatter: whoever asked goes on."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from tests.leaderboard.workers.scripted import DONE, SWELLS, scripted
from warmbench.errors import RunError
from warmbench.submission.bundle.rejection import RejectionCode
from warmbench_leaderboard.workers.worker import Cancelled, Worker, WorkerError, WorkLimits

LIMITS = WorkLimits(time_s=2.0, memory_bytes=2**29)

SPAMS = "for n in range(10**9): print('{\"n\": 1}')"

BAD: list[tuple[str, tuple[str, ...], RejectionCode]] = [
    ("dies", ("os._exit(1)",), RejectionCode.NOT_CHECKABLE),
    ("is killed", ("os.kill(os.getpid(), 9)",), RejectionCode.NOT_CHECKABLE),
    ("hangs", ("import time", "time.sleep(600)"), RejectionCode.TOO_SLOW),
    ("hangs deaf", ("import signal, time", "signal.signal(15, signal.SIG_IGN)", "time.sleep(600)"),
     RejectionCode.TOO_SLOW),
    ("swells", SWELLS, RejectionCode.NOT_CHECKABLE),
    ("never ends a line", ("while True: print('x' * 2**20, end='')",), RejectionCode.NOT_CHECKABLE),
    ("never ends its answer", (SPAMS,), RejectionCode.TOO_SLOW),
    ("says nothing", ("print()", "sys.stdin.readline()"), RejectionCode.NOT_CHECKABLE),
    ("says no JSON", ("print('done', flush=True)",), RejectionCode.NOT_CHECKABLE),
    ("says a list", ("print('[]', flush=True)",), RejectionCode.NOT_CHECKABLE),
    ("nests", ("print('[' * 10**5, flush=True)",), RejectionCode.NOT_CHECKABLE),
    ("costs words", ("print('{\"done\": \"soon\"}', flush=True)",), RejectionCode.NOT_CHECKABLE),
    ("is no text", ("os.write(1, bytes([255, 254, 10]))",), RejectionCode.NOT_CHECKABLE),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lines", "code"), BAD, ids=[each[0] for each in BAD])
def test_a_worker_that_comes_to_no_end_is_stopped(
    name: str, lines: tuple[str, ...], code: RejectionCode
) -> None:
    with Worker(scripted(*lines), LIMITS) as worker:
        for _ in range(2):  # the second time by a new process
            with pytest.raises(WorkerError) as stopped:
                list(worker.messages({}))
            assert stopped.value.code is code
            assert worker.cost is None


def test_no_secret_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OPENAI_API_KEY", "aws_secret_access_key"):
        monkeypatch.setenv(name, "hush-hush")
    monkeypatch.setenv("HF_ENDPOINT", "http://localhost:9")
    tells = "print(json.dumps({'environment': dict(os.environ)}))"
    with Worker(scripted("import json", tells, DONE), LIMITS) as worker:
        (said,) = list(worker.messages({}))
    assert "hush-hush" not in said["environment"].values()
    assert said["environment"]["HF_ENDPOINT"] == "http://localhost:9"


ECHO = (
    "while asked:",
    "    print(asked.strip())",
    f"    {DONE}",
    "    asked = sys.stdin.readline()",
)


def test_it_answers_as_often_as_it_is_asked() -> None:
    with Worker(scripted(*ECHO), LIMITS) as worker:
        for number in range(3):
            assert list(worker.messages({"number": number})) == [{"number": number}]
            assert worker.cost is not None
            assert worker.cost.cpu_s == 0.5


def test_an_answer_that_is_left_leaves_nothing_for_the_next() -> None:
    with Worker(scripted(*ECHO), LIMITS) as worker:
        messages = worker.messages({"number": 1})
        assert next(iter(messages)) == {"number": 1}
        del messages
        assert list(worker.messages({"number": 2})) == [{"number": 2}]


def test_one_that_was_killed_meanwhile_is_started_anew() -> None:
    lines = ("print('{\"pid\": %d}' % os.getpid())", DONE, "sys.stdin.readline()")
    with Worker(scripted(*lines), LIMITS) as worker:
        (first,) = worker.messages({})
        os.kill(first["pid"], signal.SIGKILL)
        os.waitid(os.P_PID, first["pid"], os.WEXITED | os.WNOWAIT)
        (second,) = worker.messages({})
    assert second["pid"] != first["pid"]


def test_one_that_does_not_start_is_an_error() -> None:
    with (
        Worker((sys.executable, "-c", "0"), LIMITS) as worker,
        pytest.raises(RunError, match="did not start"),
    ):
        list(worker.messages({}))


def test_it_can_be_called_off(tmp_path: Path) -> None:
    asked, off = tmp_path / "asked", threading.Event()

    def cancelled() -> bool:
        if asked.exists():
            off.set()
        return off.is_set()

    lines = ("import time", f"open({str(asked)!r}, 'w').close()", "time.sleep(600)")
    limits = WorkLimits(time_s=600.0, memory_bytes=2**29)
    with Worker(scripted(*lines), limits, cancelled) as worker, pytest.raises(Cancelled):
        list(worker.messages({}))
