"""The fault server as a process of its own, so that it takes no time of the one that asks."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["account_of", "server_process"]


@contextmanager
def server_process(*options: object) -> Iterator[str]:
    """``python -m tests.faults_server OPTIONS`` until the block ends; yields its base URL."""
    command = [sys.executable, "-m", "tests.faults_server", *map(str, options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def account_of(url: str) -> dict[str, Any]:
    """What the server at this base URL did so far: ``Account.summary``."""
    with urllib.request.urlopen(f"{url.removesuffix('/v1')}/account", timeout=30) as reply:
        account: dict[str, Any] = json.load(reply)
    return account
