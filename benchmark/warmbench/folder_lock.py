"""One process at a time works on a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warmbench.errors import OutputError, UsageError

__all__ = ["folder_lock"]


@contextmanager
def folder_lock(lock: Path, folder: Path, work: str) -> Iterator[None]:
    """Hold the file ``lock`` while the block runs; its folder is made if it has to be.

    Raises ``UsageError`` while another process holds it (``folder`` and ``work``, e.g. "run", go
    into the sentence), ``OutputError`` when it can't be made. A killed process holds nothing.
    """
    from filelock import FileLock, Timeout

    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: can't be made ({error.strerror})") from None
    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout:
        raise UsageError(f"{folder}: another process is working on this {work}") from None
    try:
        yield
    finally:
        held.release()
