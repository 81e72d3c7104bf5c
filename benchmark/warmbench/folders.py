"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warmbench.errors import OutputError, UsageError

__all__ = ["check_free", "folder_lock", "new_folder"]


def check_free(out: Path, replace: bool | None) -> None:
    """Raise ``UsageError`` when ``out`` holds something and may not be replaced. ``replace``: None
    for a command that never replaces."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not replace:
        way = "a new folder" if replace is None else "a new folder or --replace"
        raise UsageError(f"{out}: exists and is not empty; give {way}")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """An empty folder to write into; it becomes ``out`` when the block ends without an error.

    Raises ``OutputError`` when it can't be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as beside:
            built = Path(beside) / "whole"
            built.mkdir()
            yield built
            if out.exists():
                shutil.rmtree(out)
            built.rename(out)
    except OSError as error:
        raise OutputError(f"{out}: could not be written ({error.strerror or error})") from None


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
