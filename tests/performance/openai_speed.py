"""How near ``warmbench run`` comes to the time that the endpoint itself takes, and what it costs.

``python -m tests.performance.openai_speed [--long]``. Whole processes, from start to exit, the
ledger on, against a server in another process. ``--long`` adds 100,000 requests. Nothing here is
asserted: machines differ. Close other programs: two cores are needed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from tests.faults_server.process import account_of, server_process
from tests.faults_server.run import run_command, write_questions

__all__ = ["main"]

RUNS = 5
REQUESTS = 3_000
AT_ONCE = 64
DELAY_S = 0.05
SIZES = (1_000, 10_000)
LONG = 100_000
_EPOCHS = 10


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def cost_of(command: list[str]) -> Cost:
    """Run it to the end; raises CalledProcessError where it fails."""
    started = perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    _, status, usage = os.wait4(process.pid, 0)
    wall = perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def speed() -> Table:
    """3,000 requests, 64 at once, an endpoint that takes 50 ms."""
    floor = REQUESTS / AT_ONCE * DELAY_S
    table = Table(
        title=f"{REQUESTS:,} requests, {AT_ONCE} at once, {1000 * DELAY_S:g} ms each: the floor is "
        f"{floor:.2f} s; {RUNS} runs",
        box=None,
        title_justify="left",
    )
    for name in ("", "wall s", "times the floor", "CPU s", "CPU ms a request", "peak MiB"):
        table.add_column(name, justify="right" if name else "left")
    with tempfile.TemporaryDirectory() as folder, server_process("--delay", DELAY_S) as url:
        root = Path(folder)
        questions = write_questions(root / "questions.jsonl", REQUESTS // 2)
        costs = [
            cost_of(run_command(url, questions, root / f"run{number}", "--concurrency", AT_ONCE))
            for number in range(RUNS)
        ]
    for name, pick in (("median", statistics.median), ("best", min)):
        wall = pick(cost.wall_s for cost in costs)
        cpu = pick(cost.cpu_s for cost in costs)
        peak = pick(cost.peak_mib for cost in costs)
        table.add_row(
            name, f"{wall:.2f}", f"{wall / floor:.2f}", f"{cpu:.2f}",
            f"{1000 * cpu / REQUESTS:.2f}", f"{peak:,.0f}",
        )  # fmt: skip
    return table


def memory(sizes: tuple[int, ...]) -> Table:
    """The peak as the run grows; every size asks ten epochs of its questions."""
    table = Table(title="Memory, as the run grows", box=None, title_justify="left")
    for name in ("requests", "wall s", "CPU ms a request", "peak MiB", "bytes a request more"):
        table.add_column(name, justify="right")
    before: tuple[int, float] | None = None
    with tempfile.TemporaryDirectory() as folder, server_process("--delay", 0.01) as url:
        for size in sizes:
            root = Path(folder) / str(size)
            questions = write_questions(root / "questions.jsonl", size // (2 * _EPOCHS))
            cost = cost_of(
                run_command(
                    url, questions, root / "run", "--concurrency", AT_ONCE, "--epochs", _EPOCHS
                )
            )
            more = ""
            if before is not None:
                grown = (cost.peak_mib - before[1]) * 2**20
                more = f"{grown / (size - before[0]):,.0f}"
            table.add_row(
                f"{size:,}", f"{cost.wall_s:.1f}", f"{1000 * cost.cpu_s / size:.2f}",
                f"{cost.peak_mib:,.0f}", more,
            )  # fmt: skip
            before = (size, cost.peak_mib)
    return table


def faults() -> Table:
    """A fifth of all replies faulty: the same command again until all is answered."""
    table = Table(
        title="1,000 requests, a fifth of the replies faulty, all kinds mixed",
        box=None,
        title_justify="left",
    )
    table.add_column("what")
    table.add_column("count", justify="right")
    share = ("--share", 0.2, "--delay", 0.01)
    with tempfile.TemporaryDirectory() as folder, server_process(*share) as url:
        questions = write_questions(Path(folder) / "questions.jsonl", 500)
        command = run_command(
            url, questions, Path(folder) / "run", "--concurrency", AT_ONCE, "--timeout", 2
        )
        starts = 1
        while subprocess.run(command, capture_output=True).returncode != 0:
            starts += 1
        account = account_of(url)
    rows = {key: value for key, value in account.items() if key != "faults"}
    for name, count in {"starts of the command": starts, **rows, **account["faults"]}.items():
        table.add_row(name.replace("_", " "), f"{count:,}")
    return table


def main(long: bool = False) -> None:
    console = Console(width=110)
    console.print(speed())
    console.print(memory((*SIZES, LONG) if long else SIZES))
    console.print(faults())


if __name__ == "__main__":
    main("--long" in sys.argv)
