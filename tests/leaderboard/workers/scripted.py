"""Processes that do what they are told to instead of work."""

from __future__ import annotations

import sys

__all__ = ["DONE", "SWELLS", "scripted"]

DONE = """print('{"done": {"cpu_s": 0.5, "peak_bytes": null}}', flush=True)"""
"""How an answer ends."""

SWELLS = (
    "import resource",
    "resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]),) * 2)",
    "x = bytearray(2**31)",
    DONE,
)


def scripted(*lines: str) -> tuple[str, ...]:
    """A worker that says it is ready, reads what it is asked, and then does ``lines``."""
    code = "\n".join(
        ["import os, sys", "print('ready', flush=True)", "asked = sys.stdin.readline()", *lines]
    )
    return sys.executable, "-c", code
