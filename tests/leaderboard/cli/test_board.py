"""``warmbench board`` as a person starts it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.conftest import need

COMMAND = [sys.executable, "-m", "warmbench", "board", "--no-browser"]


@contextmanager
def started(*options: str) -> Iterator[str]:
    """The address that a running board printed; ended as Ctrl-C does."""
    need("gradio", "pip install 'warmbench[leaderboard]'")
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, line
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def read(address: str) -> str:
    with urlopen(address, timeout=60) as reply:
        return str(reply.read().decode())


def test_the_study_models_are_ranked_from_the_first_start() -> None:
    with started() as address:
        text = read(address)
    rows = re.findall(r'<tr class="published">.*?</tr>', text, re.S)
    assert len(rows) >= 8
    assert 'class="rank">1<' in rows[0] or 'class="rank">=1<' in rows[0]
    for model in ("Llama-3.1-8B-Instruct", "Mistral-Small-Instruct-2409", "Qwen-2.5-32B-Instruct",
                  "Llama-3.1-70B-Instruct", "GPT-4o-2024-08-06"):  # fmt: skip
        assert model in "".join(rows)


def test_a_folder_of_submissions_is_followed(tmp_path: Path) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "bundles" / "broken-00000000").mkdir(parents=True)
    with started("--submissions", str(tmp_path), "--work", str(tmp_path / "work")) as address:
        assert "<h1" in read(address)
        assert '"board_version":"1"' in read(f"{address}api/board.json")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--submissions", "nowhere at all"], "neither a folder nor ORG/NAME"),
        (["--port", "{taken}"], "can't listen there"),
    ],
)
def test_what_can_t_be_used_is_reported(options: list[str], sentence: str) -> None:
    need("gradio", "pip install 'warmbench[leaderboard]'")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [*COMMAND, *(option.format(taken=port) for option in options)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
