"""A dataset repository on the Hub, read and written.

A change is looked for before it is tried again: a reply can be lost after the work was done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from warmbench.data.hub.client import HubRetry
from warmbench.data.hub.errors import is_transient, status_of

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, DatasetInfo, HfApi, RepoFile, RepoFolder

__all__ = ["DatasetRepo", "Operations", "PullRequest", "RepoTree", "StaleParent", "StoredFile"]

RepoTree = Mapping[str, str]
"""Path in a repository -> the hash by which the Hub stores it."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file by its content: size in bytes, and the hashes (hex) by which the Hub stores it, as a
    git blob or, in LFS, by SHA-256."""

    size: int
    blob: str
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> StoredFile:
        header = f"blob {len(content)}\0".encode()
        return cls(
            size=len(content),
            blob=hashlib.sha1(header + content, usedforsecurity=False).hexdigest(),
            sha256=hashlib.sha256(content).hexdigest(),
        )

    def is_stored_as(self, digest: str) -> bool:
        """Whether what the Hub stores under this hash is this file."""
        return digest in (self.blob, self.sha256)


_Result = TypeVar("_Result")

Operations = Callable[[], Iterable[Any]]
"""What a commit does. Called again for every attempt: the client marks what it has sent."""

_TYPE = "dataset"
_MAIN = "main"
_CONFLICT = (409, 412)
"""The branch moved since it was read, or somebody is committing right now."""


class StaleParent(Exception):
    """Somebody else committed meanwhile."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """An open pull request."""

    number: int
    title: str
    url: str

    @property
    def revision(self) -> str:
        return f"refs/pr/{self.number}"


@dataclass(frozen=True)
class DatasetRepo:
    """``repo`` is ``ORG/NAME``. Raises what the Hub's client raises; ``explained`` turns it into a
    sentence."""

    api: HfApi
    repo: str
    retry: HubRetry = field(default_factory=HubRetry)

    @property
    def url(self) -> str:
        return f"{self.api.endpoint}/datasets/{self.repo}"

    def info(self) -> DatasetInfo:
        return self.ask(lambda: self.api.dataset_info(self.repo))

    def head(self) -> str:
        """The last commit of the main branch."""
        return str(self.info().sha)

    def files(self, revision: str = _MAIN, folder: str | None = None) -> list[RepoFile]:
        """Every file under ``folder`` (None: of the repository); none where it is not there."""
        from huggingface_hub import RepoFile

        entries = self._entries(revision, folder, recursive=True)
        return [entry for entry in entries if isinstance(entry, RepoFile)]

    def folders(self, folder: str, revision: str = _MAIN) -> list[str]:
        """The paths of the folders right in ``folder``; none where it is not there."""
        from huggingface_hub import RepoFolder

        entries = self._entries(revision, folder, recursive=False)
        return [entry.path for entry in entries if isinstance(entry, RepoFolder)]

    def tree(self, revision: str = _MAIN, folder: str | None = None) -> RepoTree:
        """The same as ``files``, by path and hash."""
        files = self.files(revision, folder)
        return {file.path: file.lfs.sha256 if file.lfs else file.blob_id for file in files}

    def content(self, path: str, revision: str = _MAIN, cache: Path | None = None) -> bytes | None:
        """A file's content; None where there is none. ``cache``: where the client keeps what it
        fetched, by default its own place."""
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

        def once() -> str:
            try:
                return self.api.hf_hub_download(
                    self.repo, path, revision=revision, repo_type=_TYPE, cache_dir=cache
                )
            except LocalEntryNotFoundError as error:  # says so of a Hub that does not answer
                raise ConnectionError(str(error)) from error

        try:
            return Path(self.ask(once)).read_bytes()
        except EntryNotFoundError:
            return None

    def commit(
        self, operations: Operations, title: str, parent: str, is_there: Callable[[str], bool]
    ) -> str:
        """Commit to main on top of ``parent`` and give the commit.

        ``is_there`` says whether a commit has the work already. Raises ``StaleParent``
        when main is no longer at ``parent``, and holds something else.
        """

        def once() -> str:
            try:
                return str(self._create_commit(operations, title, parent_commit=parent).oid)
            except Exception as error:
                is_conflict = status_of(error) in _CONFLICT
                if not is_transient(error) and not is_conflict:
                    raise
                head = self.head()
                if head != parent and is_there(head):
                    return head
                if head != parent or is_conflict:
                    raise StaleParent from None
                raise

        return self.ask(once)

    def pull_requests(self) -> Sequence[PullRequest]:
        """Those that are open, the oldest last."""
        found = self.ask(
            lambda: list(
                self.api.get_repo_discussions(
                    self.repo,
                    repo_type=_TYPE,
                    discussion_type="pull_request",
                    discussion_status="open",
                )
            )
        )
        return [PullRequest(d.num, d.title, d.url) for d in found]

    def open_pull_request(
        self,
        operations: Operations,
        title: str,
        find: Callable[[], PullRequest | None],
        *,
        description: str | None = None,
        parent: str | None = None,
    ) -> PullRequest:
        """Open one on top of ``parent`` (None: of main as it is). ``find`` looks whether it is
        there: it distinguishes a lost response from a lost request."""

        def once() -> PullRequest:
            try:
                made = self._create_commit(
                    operations,
                    title,
                    commit_description=description,
                    parent_commit=parent,
                    create_pr=True,
                )
            except Exception as error:
                found = find() if is_transient(error) else None
                if found is None:
                    raise
                return found
            return PullRequest(int(made.pr_num or 0), title, str(made.pr_url))

        return self.ask(once)

    def ask(self, request: Callable[[], _Result]) -> _Result:
        """The result of ``request``, which may be made several times."""
        return self.retry.call(request)

    def _entries(
        self, revision: str, folder: str | None, *, recursive: bool
    ) -> list[RepoFile | RepoFolder]:
        from huggingface_hub.errors import EntryNotFoundError

        try:
            return self.ask(
                lambda: list(
                    self.api.list_repo_tree(
                        self.repo, folder, recursive=recursive, revision=revision, repo_type=_TYPE
                    )
                )
            )
        except EntryNotFoundError:
            return []

    def _create_commit(self, operations: Operations, title: str, **how: Any) -> CommitInfo:
        made: CommitInfo = self.api.create_commit(
            self.repo,
            operations(),
            commit_message=title,
            repo_type=_TYPE,
            revision=_MAIN,
            **how,
        )
        return made
