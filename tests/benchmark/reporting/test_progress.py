"""Progress as it is shown: a line with everything in it where it is piped, bars on a terminal."""

from __future__ import annotations

import io
import subprocess
import threading
from pathlib import Path
from typing import IO

import pytest
from rich.console import Console

from tests.faults_server.run import run_command, write_questions
from tests.faults_server.server import FaultServer, serving
from warmbench.engines.budget import Price
from warmbench.records.response import Answer, Failure, FailureKind
from warmbench.reporting.console.duration import duration_text
from warmbench.reporting.console.live_progress import Counted, Waiting, can_redraw
from warmbench.reporting.console.progress import RunProgress
from warmbench.reporting.console.ticker import Ticker


class Clock:
    """Seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


ANSWER = Answer("k", "Severn", "stop", 1_000_000, 500_000)


def piped(clock: Clock, prices: dict[str, Price] | None = None) -> tuple[RunProgress, io.StringIO]:
    said = io.StringIO()
    return RunProgress(prices or {}, Console(file=said, width=80), clock), said


def test_lines_have_the_arm_all_arms_rate_time_left_failures_and_cost() -> None:
    clock = Clock()
    progress, said = piped(clock, {"warm": Price(1.0, 2.0)})
    assert progress.line() == "opening the models"
    progress.noted("original", "loading the model")
    assert progress.line() == "original: loading the model"
    progress.run_planned({"original": (100, 60), "warm": (100, 0)})
    assert progress.line() == (
        "original: 60 of 100; all arms: 60 of 200 (30 %), no reply yet, $0.00"
    )
    progress.arm_started("original", 100, 60)
    progress.noted("original", "1,240 tokens of 32 answers")
    assert progress.line() == (
        "original: 60 of 100, 1,240 tokens of 32 answers; all arms: 60 of 200 (30 %), "
        "no reply yet, $0.00"
    )
    clock.now = 10.0
    progress.answered("original", [ANSWER] * 40)
    progress.arm_started("warm", 100, 0)
    clock.now = 20.0
    late, empty = (Failure("k", kind, "") for kind in (FailureKind.TIMEOUT, FailureKind.EMPTY))
    progress.answered("warm", [ANSWER, ANSWER, late, late, empty, *[ANSWER] * 5])
    clock.now = 30.0
    assert progress.line() == (
        "warm: 10 of 100; all arms: 110 of 200 (55 %), 2.5/s, about 36 s left, "
        "3 failed (timeout 2, empty 1), $14.00"
    )
    progress.tell()
    assert said.getvalue() == f"60 of 200 were answered before\n{progress.line()}\n"


def test_one_arm_is_not_named_twice() -> None:
    clock = Clock()
    progress, _ = piped(clock)
    progress.arm_started("judge", 8, 0)
    clock.now = 4.0
    progress.answered("judge", [ANSWER, ANSWER])
    assert progress.line() == "judge: 2 of 8 (25 %), 0.5/s, about 12 s left"


def test_a_terminal_has_bars_over_all_arms_and_no_lines() -> None:
    said = io.StringIO()
    terminal = {"TERM": "xterm"}
    console = Console(file=said, width=120, force_terminal=True, _environ=terminal)
    with RunProgress({}, console, Clock()) as progress:
        progress.run_planned({"original": (4, 0), "warm": (4, 0)})
        progress.arm_started("original", 4, 0)
        progress.answered("original", [ANSWER, Failure("k", FailureKind.EMPTY, "")])
    for part in ("original", "warm", "all arms", "2/8", "1 failed (empty 1)", "\x1b["):
        assert part in said.getvalue()
    assert "all arms:" not in said.getvalue()


def test_what_is_counted_has_a_line_too() -> None:
    clock, said = Clock(), io.StringIO()
    console = Console(file=said, width=80)
    with (
        Counted("judging", 100, console, clock) as judging,
        Counted("reading", None, console, clock) as reading,
        Waiting("scoring", console, clock) as scoring,
    ):
        clock.now = 65.0
        judging.advance(25)
        reading.advance(7)
        assert judging.line() == "judging: 25 of 100, about 3 min 15 s left"
        assert reading.line() == "reading: 7"
        assert scoring.line() == "scoring, for 1 min 5 s"
    assert said.getvalue() == ""


def test_a_ticker_calls_until_it_is_stopped() -> None:
    calls, often = [], threading.Event()

    def tick() -> None:
        calls.append(1)
        if len(calls) == 3:
            often.set()

    ticker = Ticker(tick, first_s=0.0, every_s=0.001)
    ticker.start()
    assert often.wait(timeout=60)
    ticker.stop()
    stopped = len(calls)
    never = Ticker(tick, first_s=3600.0)
    never.start()
    never.stop()
    assert len(calls) == stopped
    Ticker(tick).stop()


class OnceALineIsThere:
    """A schedule that holds the first reply until the run has printed a line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._heard = threading.Event()

    def listen(self, stream: IO[str]) -> None:
        for line in stream:
            self.lines.append(line)
            self._heard.set()
        self._heard.set()

    def __call__(self, question: str, attempt: int) -> None:
        assert self._heard.wait(timeout=60)


def test_a_piped_run_speaks_while_no_reply_comes(tmp_path: Path) -> None:
    schedule = OnceALineIsThere()
    questions = write_questions(tmp_path / "questions.jsonl", 3)
    with serving(FaultServer(schedule)) as server:
        process = subprocess.Popen(
            run_command(server.server.url, questions, tmp_path / "run", "--price", "1,2"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        listener = threading.Thread(target=schedule.listen, args=(process.stderr,))
        listener.start()
        out = process.stdout.read()
        listener.join(timeout=60)
        assert process.wait(timeout=60) == 0, schedule.lines
    first = schedule.lines[0]
    assert first == "original: 0 of 3; all arms: 0 of 6 (0 %), no reply yet, $0.00\n"
    assert "\x1b" not in "".join(schedule.lines) + out


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (59.6, "1 min"),
        (42, "42 s"),
        (320, "5 min 20 s"),
        (3600, "1 h"),
        (3605, "1 h"),
        (11_430, "3 h 10 min"),
        (190_000, "2 d 4 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(("terminal", "drawn"), [("xterm-256color", True), ("dumb", False)])
def test_a_terminal_that_can_not_move_its_cursor_gets_lines(terminal: str, drawn: bool) -> None:
    environment = {"TERM": terminal}
    console = Console(file=io.StringIO(), force_terminal=True, _environ=environment)
    assert can_redraw(console) is drawn
    assert not can_redraw(Console(file=io.StringIO(), _environ=environment))


def test_replies_that_failed_leave_less_to_do_in_the_closing_turns() -> None:
    clock = Clock()
    progress, _ = piped(clock)
    progress.run_planned({"original": (20, 0), "warm": (20, 0)})
    progress.arm_started("original", 20, 0)
    progress.answered("original", [ANSWER] * 10)
    progress.arm_started("original", 18, 10)
    assert progress.line().startswith("original: 10 of 18; all arms: 10 of 38 (26 %)")
