"""Requests in the submissions repository on the Hub: one commit a change, on top of what was read.

A reply can get lost when the work is done, so after a fault it is looked whether the change is
there before it is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from warmbench.hub_client.patience import Patience, is_passing, status_of
from warmbench.hub_client.refusals import refusal_of
from warmbench_leaderboard.requests.request_store import (
    FOLDER,
    LARGEST_BYTES,
    Snapshot,
    StaleSnapshot,
    content_of,
    snapshot_of,
)

if TYPE_CHECKING:
    from huggingface_hub import HfApi, RepoFile

    from warmbench_leaderboard.requests.run_request import RunRequest

__all__ = ["HubStore"]

_Result = TypeVar("_Result")

_TYPE = "dataset"
_MAIN = "main"
_CROSSED = (409, 412)
"""The branch moved since it was read, or somebody is committing at this moment."""


@dataclass
class HubStore:
    """A dataset repository. ``cache``: where the client keeps what it fetched, by default its own
    place. Raises ``UsageError`` and ``RunError`` in a sentence."""

    api: HfApi
    repo: str
    patience: Patience = field(default_factory=Patience)
    cache: Path | None = None
    _contents: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def place(self) -> str:
        return self.repo

    @property
    def url(self) -> str:
        return f"{self.api.endpoint}/datasets/{self.repo}"

    def whoami(self) -> str:
        """The name of the account whose token is used."""
        with self._in_words("nothing was changed"):
            return str(self._ask(self.api.whoami)["name"])

    def read(self) -> Snapshot:
        with self._in_words("nothing was changed"):
            head = self._head()
            return snapshot_of(head, self._files(head))

    def write(self, snapshot: Snapshot, request: RunRequest, title: str) -> None:
        content = content_of(request)
        path = f"{FOLDER}/{request.request_id}.json"

        def once() -> None:
            try:
                self._commit(path, content, title, snapshot.revision)
            except Exception as error:
                if not is_passing(error) and status_of(error) not in _CROSSED:
                    raise
                head = self._head()
                if head != snapshot.revision and self._fetched(path, head) == content:
                    return
                if head != snapshot.revision or status_of(error) in _CROSSED:
                    raise StaleSnapshot from None
                raise

        with self._in_words("whether the change was made, `warmbench requests list` says"):
            self._ask(once)

    def _head(self) -> str:
        return str(self._ask(lambda: self.api.repo_info(self.repo, repo_type=_TYPE)).sha)

    def _files(self, head: str) -> dict[str, bytes | None]:
        """What did not change since the last time is not fetched again."""
        from huggingface_hub import RepoFile as File
        from huggingface_hub.errors import EntryNotFoundError

        try:
            entries = self._ask(
                lambda: list(
                    self.api.list_repo_tree(self.repo, FOLDER, revision=head, repo_type=_TYPE)
                )
            )
        except EntryNotFoundError:
            return {}
        files: dict[str, bytes | None] = {}
        for entry in entries:
            if isinstance(entry, File) and entry.path.endswith(".json"):
                name = entry.path.removeprefix(f"{FOLDER}/")
                files[name] = None if entry.size > LARGEST_BYTES else self._content(entry, head)
        return files

    def _content(self, entry: RepoFile, head: str) -> bytes:
        content = self._contents.get(entry.blob_id) or self._fetched(entry.path, head) or b""
        self._contents[entry.blob_id] = content
        return content

    def _fetched(self, path: str, revision: str) -> bytes | None:
        """A file's content; None where there is none."""
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

        def once() -> str:
            try:
                return self.api.hf_hub_download(
                    self.repo, path, revision=revision, repo_type=_TYPE, cache_dir=self.cache
                )
            except LocalEntryNotFoundError as error:  # says so of a Hub that does not answer
                raise ConnectionError(str(error)) from error

        try:
            return Path(self._ask(once)).read_bytes()
        except EntryNotFoundError:
            return None

    def _commit(self, path: str, content: bytes, title: str, parent: str) -> None:
        from huggingface_hub import CommitOperationAdd

        self.api.create_commit(
            self.repo,
            [CommitOperationAdd(path, content)],
            commit_message=title,
            repo_type=_TYPE,
            revision=_MAIN,
            parent_commit=parent,
        )

    def _ask(self, request: Callable[[], _Result]) -> _Result:
        return self.patience.ask(request)

    @contextmanager
    def _in_words(self, state: str) -> Iterator[None]:
        from httpx2 import HTTPError

        try:
            yield
        except (HTTPError, OSError, ValueError, RuntimeError) as error:
            raise refusal_of(error, self.repo, state) from None
