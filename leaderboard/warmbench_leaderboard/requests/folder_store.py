"""Requests in the ``submissions/`` folder of a Git repository."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from warmbench.errors import DataError, RunError, UsageError
from warmbench.folders import atomic_write
from warmbench_leaderboard.requests.request_store import (
    FOLDER,
    LARGEST_BYTES,
    Snapshot,
    StaleSnapshot,
    content_of,
    snapshot_of,
)

if TYPE_CHECKING:
    from warmbench_leaderboard.requests.run_request import RunRequest

__all__ = ["FolderStore"]

_LONGEST_WAIT_S = 30.0


class FolderStore:
    """``submissions/requests``. Processes on one machine don't cross each other; between machines
    it is for Git to say. Raises ``UsageError`` where ``submissions`` is no folder."""

    def __init__(self, submissions: Path) -> None:
        if not submissions.is_dir():
            raise UsageError(
                f"{submissions}: no such folder; give the submissions/ of a repository"
            )
        self._submissions = submissions
        self._folder = submissions / FOLDER

    @property
    def place(self) -> str:
        return str(self._submissions)

    def read(self) -> Snapshot:
        files = self._files()
        return snapshot_of(_revision(files), files)

    def write(self, snapshot: Snapshot, request: RunRequest, title: str) -> None:
        """``title`` is for stores that keep a history; here Git does."""
        with self._locked():
            if _revision(self._files()) != snapshot.revision:
                raise StaleSnapshot
            with atomic_write(self._folder / f"{request.request_id}.json") as file:
                file.write(content_of(request))

    def _files(self) -> dict[str, bytes | None]:
        if not self._folder.is_dir():
            return {}
        return {
            path.name: _content(path)
            for path in sorted(self._folder.glob("*.json"))
            if path.is_file() and not path.is_symlink()
        }

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The lock lies beside no request: what is in the folder is committed."""
        from filelock import FileLock, Timeout

        name = hashlib.sha256(str(self._folder.resolve()).encode()).hexdigest()[:16]
        lock = Path(tempfile.gettempdir()) / f"warmbench-requests-{name}.lock"
        held = FileLock(lock, timeout=_LONGEST_WAIT_S)
        try:
            held.acquire()
        except Timeout:
            raise RunError(
                f"{self._folder}: another process has held it for {_LONGEST_WAIT_S:g} s; try again"
            ) from None
        try:
            yield
        finally:
            held.release()


def _content(path: Path) -> bytes | None:
    try:
        return None if path.stat().st_size > LARGEST_BYTES else path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror})") from None


def _revision(files: dict[str, bytes | None]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(hashlib.sha256(name.encode()).digest())
        digest.update(hashlib.sha256(content or b"").digest())
    return digest.hexdigest()
