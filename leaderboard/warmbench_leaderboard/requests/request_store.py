"""Where requests are stored: read as a whole, changed one at a time, never over a newer change."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from warmbench.data.hub.dataset_repo import DatasetRepo, StaleParent
from warmbench.data.hub.errors import explained
from warmbench.errors import DataError, RunError, UsageError, first_problem
from warmbench.folders import atomic_write
from warmbench_leaderboard.requests.run_request import RunRequest

if TYPE_CHECKING:
    from huggingface_hub import RepoFile

    from warmbench_leaderboard.requests.run_request import RunRequest


__all__ = [
    "FOLDER",
    "LARGEST_BYTES",
    "FolderRequestStore",
    "HubRequestStore",
    "RequestStore",
    "Snapshot",
    "StaleSnapshot",
    "read_snapshot",
    "request_bytes",
]

FOLDER = "requests"
"""The folder of the submissions with one file per request."""

LARGEST_BYTES = 256 * 1024
"""A larger file is not a request, and is not read."""


class StaleSnapshot(Exception):
    """Somebody else changed the store since it was read."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All requests at one ``revision``, oldest first. ``broken``: file -> why it was left out."""

    revision: str
    requests: tuple[RunRequest, ...]
    broken: Mapping[str, str]


class RequestStore(Protocol):
    """A folder, or a repository on the Hub."""

    @property
    def location(self) -> str:
        """Where it is, as a person would write it."""
        ...

    def read(self) -> Snapshot: ...

    def write(self, snapshot: Snapshot, request: RunRequest, title: str) -> None:
        """Write one request, new or changed. Raises ``StaleSnapshot`` where the store has changed
        since ``snapshot``: then nothing was written."""
        ...


def request_bytes(request: RunRequest) -> bytes:
    """The file of a request."""
    text = json.dumps(request.model_dump(mode="json"), ensure_ascii=False, indent=2)
    return text.encode() + b"\n"


def read_snapshot(revision: str, files: Mapping[str, bytes | None]) -> Snapshot:
    """Parse files (name -> content, None for one that is too large). A broken one is listed as
    such and does not affect the others."""
    requests, broken = [], {}
    for name, content in files.items():
        parsed = _parsed(name, content)
        if isinstance(parsed, RunRequest):
            requests.append(parsed)
        else:
            broken[name] = parsed
    requests.sort(key=lambda request: (request.requested_at, request.request_id))
    return Snapshot(revision, tuple(requests), broken)


def _parsed(name: str, content: bytes | None) -> RunRequest | str:
    if content is None:
        return f"is larger than {LARGEST_BYTES:,} bytes"
    try:
        request = RunRequest.model_validate_json(content)
    except ValidationError as error:
        return first_problem(error)
    if f"{request.request_id}.json" != name:
        return f"holds the request {request.request_id}"
    return request


_LONGEST_WAIT_S = 30.0


class FolderRequestStore:
    """``submissions/requests``. A lock keeps processes on one machine apart; between machines Git
    does. Raises ``UsageError`` where ``submissions`` is not a folder."""

    def __init__(self, submissions: Path) -> None:
        if not submissions.is_dir():
            raise UsageError(
                f"{submissions}: no such folder; pass the submissions/ folder of a repository"
            )
        self._submissions = submissions
        self._folder = submissions / FOLDER

    @property
    def location(self) -> str:
        return str(self._submissions)

    def read(self) -> Snapshot:
        files = self._files()
        return read_snapshot(_revision(files), files)

    def write(self, snapshot: Snapshot, request: RunRequest, title: str) -> None:
        """``title`` is for stores with a history; here Git has it."""
        with self._locked():
            if _revision(self._files()) != snapshot.revision:
                raise StaleSnapshot
            with atomic_write(self._folder / f"{request.request_id}.json") as file:
                file.write(request_bytes(request))

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
        """The lock is elsewhere: everything in the folder is committed."""
        from filelock import FileLock, Timeout

        name = hashlib.sha256(str(self._folder.resolve()).encode()).hexdigest()[:16]
        lock = Path(tempfile.gettempdir()) / f"warmbench-requests-{name}.lock"
        held = FileLock(lock, timeout=_LONGEST_WAIT_S)
        try:
            held.acquire()
        except Timeout:
            raise RunError(
                f"{self._folder}: locked by another process for {_LONGEST_WAIT_S:g} s; try again"
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


@dataclass
class HubRequestStore:
    """A dataset repository. ``cache``: of the Hub client, by default its own. Raises ``UsageError``
    and ``RunError``."""

    remote: DatasetRepo
    cache: Path | None = None
    _contents: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def location(self) -> str:
        return self.remote.repo

    def whoami(self) -> str:
        """The account of the token."""
        with explained(self.location, lambda: "nothing was changed"):
            return str(self.remote.ask(self.remote.api.whoami)["name"])

    def read(self) -> Snapshot:
        with explained(self.location, lambda: "nothing was changed"):
            head = self.remote.head()
            return read_snapshot(head, self._files(head))

    def write(self, snapshot: Snapshot, request: RunRequest, title: str) -> None:
        content = request_bytes(request)
        path = f"{FOLDER}/{request.request_id}.json"

        def operations() -> list[Any]:
            from huggingface_hub import CommitOperationAdd

            return [CommitOperationAdd(path, content)]

        def is_there(commit: str) -> bool:
            return self.remote.content(path, commit, self.cache) == content

        state = "run `warmbench requests list` to see whether the change was made"
        with explained(self.location, lambda: state):
            try:
                self.remote.commit(operations, title, snapshot.revision, is_there)
            except StaleParent:
                raise StaleSnapshot from None

    def _files(self, head: str) -> dict[str, bytes | None]:
        """Files that did not change since the last time are not fetched again."""
        files: dict[str, bytes | None] = {}
        for entry in self.remote.files(head, FOLDER):
            name = entry.path.removeprefix(f"{FOLDER}/")
            if name.endswith(".json") and "/" not in name:
                files[name] = None if entry.size > LARGEST_BYTES else self._content(entry, head)
        return files

    def _content(self, entry: RepoFile, head: str) -> bytes:
        kept = self._contents.get(entry.blob_id)
        content = kept or self.remote.content(entry.path, head, self.cache) or b""
        self._contents[entry.blob_id] = content
        return content
