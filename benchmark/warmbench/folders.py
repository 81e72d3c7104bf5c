"""Folders and files that appear whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from warmbench.errors import OutputError, UsageError

__all__ = ["atomic_write", "check_free", "folder_lock", "is_locked", "new_folder", "write_json"]


_PATIENCE_S = 0.2
"""How long to wait for a lock: one who looks whether it is held may hold it for a moment."""


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
    held = FileLock(lock, timeout=_PATIENCE_S, poll_interval=_PATIENCE_S / 10)
    try:
        held.acquire()
    except Timeout:
        raise UsageError(f"{folder}: another process is working on this {work}") from None
    try:
        yield
    finally:
        held.release()


def is_locked(lock: Path) -> bool:
    """Whether a process holds the file ``lock``; nothing is made or changed to know it."""
    if not lock.is_file():
        return False
    try:
        import fcntl
    except ImportError:  # Windows has no lock that can be shared
        return not _is_free(lock)
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # it can't be read, or its file system has no locks
        return False
    return False


def _is_free(lock: Path) -> bool:
    from filelock import FileLock, Timeout

    try:
        with FileLock(lock, timeout=0):
            return True
    except Timeout:
        return False


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """Open a file beside ``path``; it takes the place of ``path`` only when all went well.

    Raises ``OutputError`` when the disk is full or the folder can't be written.
    """
    handle = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed below, before the rename
            dir=path.parent, prefix=f".{path.name}.", suffix=".partial", delete=False
        )
        yield handle.file
        handle.flush()
        os.fsync(handle.fileno())
        handle.close()
        os.chmod(handle.name, 0o644)
        os.replace(handle.name, path)
    except OSError as error:
        raise OutputError(f"{path}: could not be written ({_reason(error)})") from error
    finally:
        if handle is not None:
            handle.close()
            Path(handle.name).unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    return error.strerror or str(error)


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON with sorted keys and a final newline."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    with atomic_write(path) as file:
        file.write(text.encode() + b"\n")
