"""``warmbench run`` against a fault server, as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from warmbench.data.table import write_rows

__all__ = ["run_command", "start_run", "write_questions"]


def write_questions(path: Path, count: int) -> Path:
    """A file of so many questions of one's own, for ``--data``."""
    rows = [
        {
            "question": f"Which river has the number {number} on the map?",
            "correct_answers": '["Severn"]',
            "task": "triviaqa",
            "response": "",
        }
        for number in range(count)
    ]
    write_rows(path, rows)
    return path


def run_command(url: str, questions: Path, out: Path, *options: object) -> list[str]:
    """Both arms on the model ``m`` at ``url``, at temperature 0."""
    model = f"openai:m@{url}"
    return [
        sys.executable, "-m", "warmbench", "run", "--original", model, "--warm", model,
        "--data", str(questions), "--out", str(out), "--temperature", "0",
        *map(str, options),
    ]  # fmt: skip


def start_run(
    command: list[str], before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """Start it; ``before`` is called in the new process, to set its limits."""
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=before
    )
