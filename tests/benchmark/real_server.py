"""A real OpenAI-compatible server, not of our making: ``transformers serve``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["free_port", "serve_model", "wait_until_healthy"]

_START_S = 300


@contextmanager
def serve_model(model: Path, log: Path) -> Iterator[str]:
    """Serve a Hugging Face folder on a free loopback port; yields the base URL."""
    port = free_port()
    command = Path(sys.executable).with_name("transformers")
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(command), "serve", str(model), "--host", "127.0.0.1", "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )
    try:
        wait_until_healthy(server, f"http://127.0.0.1:{port}/health", log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Returns when ``url`` answers; raises ``RuntimeError`` when the server ends or takes minutes."""
    for _ in range(_START_S * 5):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)  # a server that starts can only be polled
    raise RuntimeError(f"no answer from {url} in {_START_S} s")
