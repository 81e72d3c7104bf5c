"""A run among faults of the machine and the network: killed, crowded out, broke, out of disk."""

from __future__ import annotations

import ast
import json
import resource
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.faults_server.fault import UNBILLED, Fault
from tests.faults_server.run import run_command, start_run, write_questions
from tests.faults_server.server import FaultServer, Schedule, mixed, never, serving
from warmbench.cli.main import main
from warmbench.data.table import read_rows
from warmbench.running.ledger import Ledger

ROOT = Path(__file__).parents[3]
COUNT = 60  # questions; asked of two arms


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write_questions(tmp_path / "questions.jsonl", COUNT)


def finish(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def restart(command: list[str]) -> Result:
    """The same in this process: nothing of an earlier call is left but the run folder."""
    return CliRunner().invoke(main, command[3:])


def answers(out: Path) -> list[dict[str, object]]:
    return read_rows(out / "responses.parquet")


class KillAt:
    """A schedule without faults that kills a process when it has sent its N-th request."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.countdown = 0
        self._lock = threading.Lock()

    def __call__(self, question: str, attempt: int) -> None:
        with self._lock:
            self.countdown -= 1
            if self.countdown == 0 and self.process is not None:
                self.process.kill()


def test_killed_five_times_a_run_ends_as_an_uninterrupted_one(
    tmp_path: Path, questions: Path
) -> None:
    kill = KillAt()
    server = FaultServer(kill, delay_s=0.005)
    with serving(server):
        whole = finish(run_command(server.url, questions, tmp_path / "whole"))
        assert whole.returncode == 0, whole.stderr
        assert server.account.requests == 2 * COUNT
        broken = run_command(server.url, questions, tmp_path / "broken", "--concurrency", 4)
        for requests in (1, 7, 20, 31, 40):
            kill.countdown, kill.process = requests, start_run(broken)
            kill.process.communicate(timeout=120)
            assert kill.process.returncode == -9
            kill.process = None
        last = finish([*broken, "--json"])
    assert last.returncode == 0, last.stderr
    assert json.loads(last.stdout)["already_answered"] > 0
    assert answers(tmp_path / "broken") == answers(tmp_path / "whole")
    assert not list((tmp_path / "broken").glob("*.partial"))


def test_a_folder_that_a_killed_process_began_is_taken_up(tmp_path: Path, questions: Path) -> None:
    server = FaultServer()
    with serving(server):
        command = run_command(server.url, questions, tmp_path / "run")
        assert finish(command).returncode == 0
        whole = answers(tmp_path / "run")
        for name in (
            "run.json",
            "request_forms.json",
            "responses.parquet",
            "failures.parquet",
            "ledger.sqlite",
        ):
            (tmp_path / "run" / name).unlink()
        (tmp_path / "run" / ".run.json.abc.partial").write_text("{")
        again = finish(command)
    assert again.returncode == 0, again.stderr
    assert answers(tmp_path / "run") == whole


def test_a_second_process_on_the_same_folder_is_refused(tmp_path: Path, questions: Path) -> None:
    asked = threading.Event()
    server = FaultServer(lambda *_: asked.set())
    with serving(server) as thread:
        command = run_command(server.url, questions, tmp_path / "run")
        thread.hold()
        first = start_run(command)
        assert asked.wait(timeout=120)
        second = finish(command)
        thread.release()
        first.communicate(timeout=120)
    assert second.returncode == 2
    assert second.stderr.splitlines()[-1].endswith("another process is working on this run")
    assert first.returncode == 0
    assert server.account.requests == 2 * COUNT


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(
    tmp_path: Path, questions: Path
) -> None:
    server = FaultServer(delay_s=0.002)
    with serving(server):
        command = run_command(server.url, questions, tmp_path / "run", "--concurrency", 2)
        limit = 100_000  # bytes a file: enough to begin, not to end

        def no_room() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        full = start_run(command, no_room)
        _, said = full.communicate(timeout=120)
        assert full.returncode == 1
        assert "Traceback" not in said
        assert "ledger.sqlite: could not be written" in said.splitlines()[-1]
        asked = server.account.requests
        assert 0 < asked < 2 * COUNT
        again = finish([*command, "--json"])
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["already_answered"] > 0
    assert len(answers(tmp_path / "run")) == 2 * COUNT


@contextmanager
def budgeted(
    tmp_path: Path, questions: Path, schedule: Schedule = never
) -> Iterator[tuple[FaultServer, list[str]]]:
    server = FaultServer(schedule, delay_s=0.002)
    with serving(server):
        yield server, run_command(server.url, questions, tmp_path / "run", "--max-retries", 9)


def test_a_limit_of_requests_holds_across_restarts(tmp_path: Path, questions: Path) -> None:
    faults = tuple(UNBILLED)
    with budgeted(tmp_path, questions, mixed(0.3, faults)) as (server, command):
        for limit in (50, 50, 90):
            done = restart([*command, "--max-requests", str(limit)])
            assert done.exit_code == 1, done.output
            assert server.account.requests == limit
            assert (
                f"Stopped: {limit} of at most {limit} requests sent. Repeat the command with a "
                "larger --max-requests to continue." in done.stderr
            )
        last = restart([*command, "--max-requests", "1000"])
    assert last.exit_code == 0, last.output
    assert server.account.billed().total() == 2 * COUNT
    assert len(answers(tmp_path / "run")) == 2 * COUNT


def test_a_limit_of_cost_holds_across_restarts_and_counts_spoilt_replies(
    tmp_path: Path, questions: Path
) -> None:
    spoilt = (Fault.NULL_CONTENT, Fault.WRONG_MODEL, Fault.EMPTY_CHOICES)
    price = 1000.0  # dollars a million completion tokens; a reply has 6
    with budgeted(tmp_path, questions, mixed(0.1, spoilt)) as (server, command):
        command += ["--price", f"0,{price}", "--max-tokens", "10"]
        for dollars in (0.2, 0.2, 0.4):
            done = restart([*command, "--max-cost", str(dollars)])
            assert done.exit_code == 1, done.output
            spent = server.account.billed().total() * 6 * price / 1e6
            assert dollars - 0.017 < spent <= dollars
            assert "Repeat the command with a larger --max-cost to continue." in done.stderr
        assert restart([*command, "--max-cost", "100"]).exit_code == 0
    with Ledger(tmp_path / "run" / "ledger.sqlite") as ledger:
        spendings = ledger.spendings()
    assert sum(spending.requests for spending in spendings) == server.account.requests
    assert sum(s.tokens.completion for s in spendings) == 6 * server.account.billed().total()


def test_a_limit_of_cost_without_a_price_is_refused(tmp_path: Path, questions: Path) -> None:
    command = run_command("http://127.0.0.1:9/v1", questions, tmp_path / "run")
    done = restart([*command, "--max-cost", "3"])
    assert done.exit_code == 2
    assert "--max-cost: no price is known for openai:m@http://127.0.0.1:9/v1" in done.stderr
    assert "--price IN,OUT" in done.stderr
    assert not (tmp_path / "run").exists()


def test_nothing_measures_time_by_a_clock_that_may_jump() -> None:
    """The wall clock is for dates that are shown; waits and rates read a monotonic one."""
    paths = sorted((ROOT / "benchmark" / "warmbench").glob("**/*.py"))
    calls = {
        (path.name, ast.unparse(node.func))
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    assert not {name for name, call in calls if call in ("time.time", "time.time_ns")}
    assert ("http_engine.py", "ConcurrencyLimiter") in calls  # the files were read
