"""The repository of the submissions on the Hub: what is merged, what is proposed, a proposal more.

A reply can get lost when the work is done, so a proposal is looked for before it is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from warmbench.hub_client.patience import Patience, is_passing

if TYPE_CHECKING:
    from huggingface_hub import HfApi

__all__ = ["Proposal", "SubmissionsRepo"]

_Result = TypeVar("_Result")

_TYPE = "dataset"
_MAIN = "main"


@dataclass(frozen=True, slots=True)
class Proposal:
    """An open pull request."""

    number: int
    title: str
    url: str

    @property
    def revision(self) -> str:
        return f"refs/pr/{self.number}"


@dataclass(frozen=True)
class SubmissionsRepo:
    """A dataset repository, through the Hub's own client."""

    api: HfApi
    repo: str
    patience: Patience

    @property
    def url(self) -> str:
        return f"{self.api.endpoint}/datasets/{self.repo}"

    def files_in(self, folder: str, revision: str = _MAIN) -> Mapping[str, str]:
        """File name -> the hash by which the Hub stores it, of a folder; empty if it is not
        there."""
        from huggingface_hub import RepoFile
        from huggingface_hub.errors import EntryNotFoundError

        try:
            entries = self._ask(
                lambda: list(
                    self.api.list_repo_tree(
                        self.repo, folder, recursive=True, revision=revision, repo_type=_TYPE
                    )
                )
            )
        except EntryNotFoundError:
            return {}
        return {
            entry.path.removeprefix(f"{folder}/"): entry.lfs.sha256 if entry.lfs else entry.blob_id
            for entry in entries
            if isinstance(entry, RepoFile)
        }

    def proposals(self, title: str) -> Iterator[Proposal]:
        """The open pull requests of that title, the oldest last."""
        found = self._ask(
            lambda: list(
                self.api.get_repo_discussions(
                    self.repo,
                    repo_type=_TYPE,
                    discussion_type="pull_request",
                    discussion_status="open",
                )
            )
        )
        return (Proposal(d.num, d.title, d.url) for d in found if d.title == title)

    def propose(
        self,
        folder: str,
        contents: Mapping[str, bytes],
        title: str,
        description: str,
        find: Callable[[], Proposal | None],
    ) -> Proposal:
        """Open a pull request that adds ``contents`` (file name -> bytes) under ``folder``.

        ``find`` looks whether it is there: a lost reply is told from a lost request by it.
        """

        def once() -> Proposal:
            try:
                made = self.api.create_commit(
                    self.repo,
                    self._operations(folder, contents),
                    commit_message=title,
                    commit_description=description,
                    repo_type=_TYPE,
                    revision=_MAIN,
                    create_pr=True,
                )
            except Exception as error:
                found = find() if is_passing(error) else None
                if found is None:
                    raise
                return found
            return Proposal(int(made.pr_num or 0), title, str(made.pr_url))

        return self._ask(once)

    @staticmethod
    def _operations(folder: str, contents: Mapping[str, bytes]) -> list[Any]:
        """Made anew for every try: the client marks those it has sent."""
        from huggingface_hub import CommitOperationAdd

        return [
            CommitOperationAdd(f"{folder}/{name}", content) for name, content in contents.items()
        ]

    def _ask(self, request: Callable[[], _Result]) -> _Result:
        return self.patience.ask(request)
