"""Requests in the submissions repository on the Hub: one commit per change."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warmbench.data.hub.dataset_repo import DatasetRepo, StaleParent
from warmbench.data.hub.errors import explained
from warmbench_leaderboard.requests.request_store import (
    FOLDER,
    LARGEST_BYTES,
    Snapshot,
    StaleSnapshot,
    read_snapshot,
    request_bytes,
)

if TYPE_CHECKING:
    from huggingface_hub import RepoFile

    from warmbench_leaderboard.requests.run_request import RunRequest

__all__ = ["HubRequestStore"]


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
