"""A run against a real server, killed on the way and resumed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmark.real_server import serve_model
from tests.conftest import need
from warmbench.data.table import read_rows
from warmbench.reference_model import reference_path

need("torch", "pip install 'warmbench[hf]'")
need("fastapi", "pip install 'transformers[serving]'")

KILLS = 3
RUN = ["--tasks", "triviaqa,disinfo", "--limit", "3", "--temperature", "0", "--max-tokens", "16",
       "--warmth-prompts", "6"]  # fmt: skip


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "log"
    with serve_model(reference_path("hf"), log) as base_url:
        yield base_url


def command(url: str, out: Path) -> list[str]:
    model = f"openai:{reference_path('hf')}@{url}"
    return [
        sys.executable, "-m", "warmbench", "run", "--original", model, "--warm", model,
        "--out", str(out), "--concurrency", "4", *RUN,
    ]  # fmt: skip


def answered(out: Path) -> dict[str, int]:
    """Answered requests, key -> attempts."""
    path = out / "ledger.sqlite"
    if not path.is_file():
        return {}
    with sqlite3.connect(path) as db:
        try:
            return dict(db.execute("SELECT key, attempts FROM requests WHERE answered = 1"))
        except sqlite3.OperationalError:  # killed before the table was made
            return {}


def test_a_run_killed_three_times_ends_as_one_that_was_not(url: str, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    done = subprocess.run(command(url, whole), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    total = len(answered(whole))
    for kill in range(1, KILLS + 1):
        run = subprocess.Popen(
            command(url, broken), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while run.poll() is None and len(answered(broken)) < kill * total // (KILLS + 1):
            time.sleep(0.02)  # another process's progress can only be polled
        run.send_signal(signal.SIGKILL)
        run.wait()
    before = answered(broken)
    assert 0 < len(before) < total
    last = subprocess.run(command(url, broken), capture_output=True, text=True)
    assert last.returncode == 0, last.stderr
    for name in ("responses.parquet", "prompt_responses.parquet"):
        assert read_rows(broken / name) == read_rows(whole / name)
    # Nothing that was answered was asked again: its attempts have not grown.
    after = answered(broken)
    assert {key: after[key] for key in before} == before
    assert len(after) == total


def test_the_servers_answers_are_judged_and_scored(url: str, tmp_path: Path) -> None:
    out = tmp_path / "run"
    for arguments in (command(url, out)[3:], ["score", str(out)], ["report", str(out)]):
        done = subprocess.run(
            [sys.executable, "-m", "warmbench", *arguments],
            capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    assert (out / "report.html").stat().st_size > 100_000
