"""Runs killed (-9) at random moments, a hundred times in all, end as an uninterrupted one.

``python -m tests.performance.kills [COUNT]``. The moments are spread over the whole life of the
process: its start, the asking, the writing of the answers. A run that gets to its end in spite of
them is followed by a new one.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.faults_server.process import account_of, server_process
from tests.faults_server.run import run_command, start_run, write_questions
from warmbench.data.table import read_rows

__all__ = ["main"]

KILLS = 100
QUESTIONS = 500
DELAY_S = 0.02
AT_ONCE = 4
_OPTIONS = ("--concurrency", AT_ONCE)


def main(kills: int = KILLS, seed: int = 0) -> None:
    """Print how the runs compare, and how many requests the kills cost."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, server_process("--delay", DELAY_S) as url:
        root = Path(folder)
        questions = write_questions(root / "questions.jsonl", QUESTIONS)
        started = perf_counter()
        whole = _finished(run_command(url, questions, root / "whole", *_OPTIONS), root / "whole")
        life_s = perf_counter() - started
        planned = account_of(url)["requests"]
        struck = runs = different = 0
        while struck < kills:
            runs += 1
            out = root / f"broken{runs}"
            command = run_command(url, questions, out, *_OPTIONS)
            while struck < kills and _killed(command, chance.uniform(0, life_s)):
                struck += 1
            different += _finished(command, out) != whole
        again = account_of(url)["requests"] - planned * (runs + 1)
    print(f"{struck} kills of {runs} runs of {planned:,} requests, {AT_ONCE} at once")
    print(f"{different} of {runs} runs have final rows that differ from an uninterrupted run's")
    print(f"{again:,} requests were sent again: {again / kills:.1f} a kill")


def _finished(command: list[str], out: Path) -> list[dict[str, Any]]:
    """The final rows, after the command has run to its end."""
    subprocess.run(command, check=True, capture_output=True)
    return read_rows(out / "responses.parquet")


def _killed(command: list[str], moment_s: float) -> bool:
    process = start_run(command)
    try:
        process.communicate(timeout=moment_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode == -9


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
