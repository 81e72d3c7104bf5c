"""The repository on the Hub. Whatever changes it is looked for before it is tried again: a reply
can get lost when the work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from warmbench.hub_client.patience import Patience, is_passing, status_of
from warmbench_builders.publishing.changes import RemoteTree

if TYPE_CHECKING:
    from huggingface_hub import CommitInfo, HfApi

__all__ = ["PullRequest", "Remote", "RepoState", "StaleParent"]

_Result = TypeVar("_Result")

_TYPE = "dataset"
_MAIN = "main"


class StaleParent(Exception):
    """Somebody else committed meanwhile."""


@dataclass(frozen=True, slots=True)
class RepoState:
    """The head of the main branch, and whether only members see the repository."""

    head: str
    private: bool


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
class Remote:
    """A dataset repository, through the Hub's own client."""

    api: HfApi
    repo: str
    patience: Patience

    @property
    def url(self) -> str:
        return f"{self.api.endpoint}/datasets/{self.repo}"

    def state(self) -> RepoState | None:
        """How it stands, or None where there is none that this token may see."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            info = self._ask(lambda: self.api.repo_info(self.repo, repo_type=_TYPE))
        except RepositoryNotFoundError as error:
            if status_of(error) == 401 and self.api.token:
                raise  # a token that the Hub does not know; without one, it may be private
            return None
        return RepoState(head=str(info.sha), private=bool(info.private))

    def create(self, *, private: bool) -> None:
        """Make it, unless it is there."""
        self._ask(
            lambda: self.api.create_repo(self.repo, repo_type=_TYPE, private=private, exist_ok=True)
        )

    def tree(self, revision: str) -> RemoteTree:
        """Every file at a revision."""
        from huggingface_hub import RepoFile

        entries = self._ask(
            lambda: list(
                self.api.list_repo_tree(
                    self.repo, recursive=True, revision=revision, repo_type=_TYPE
                )
            )
        )
        files = [entry for entry in entries if isinstance(entry, RepoFile)]
        return {file.path: file.lfs.sha256 if file.lfs else file.blob_id for file in files}

    def tags(self) -> dict[str, str]:
        """Tag -> commit."""
        refs = self._ask(lambda: self.api.list_repo_refs(self.repo, repo_type=_TYPE))
        return {ref.name: ref.target_commit for ref in refs.tags}

    def commit(
        self,
        operations: Callable[[], Iterable[Any]],
        title: str,
        parent: str,
        is_there: Callable[[RemoteTree], bool],
    ) -> str:
        """Commit to main on top of ``parent`` and give the commit.

        ``is_there`` tells from a tree whether the work is done already. Raises ``StaleParent``
        when main is no longer at ``parent``, and holds something else.
        """

        def once() -> str:
            try:
                return str(self._create_commit(operations, title, parent).oid)
            except Exception as error:
                if not is_passing(error) and status_of(error) != 412:
                    raise
                state = self.state()
                if state and state.head != parent:
                    if is_there(self.tree(state.head)):
                        return state.head
                    raise StaleParent from None
                raise

        return self._ask(once)

    def tag(self, tag: str, commit: str) -> str:
        """Set a tag; gives the commit on which it stands, which is another when somebody else
        set it before."""

        def once() -> str:
            try:
                self.api.create_tag(self.repo, tag=tag, revision=commit, repo_type=_TYPE)
            except Exception as error:
                if not is_passing(error) and status_of(error) != 409:
                    raise
                found = self.tags().get(tag)
                if found is None:
                    raise
                return found
            return commit

        return self._ask(once)

    def pull_requests(self) -> Sequence[PullRequest]:
        """Those that are open."""
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
        return [PullRequest(d.num, d.title, d.url) for d in found]

    def open_pull_request(
        self,
        operations: Callable[[], Iterable[Any]],
        title: str,
        parent: str,
        find: Callable[[], PullRequest | None],
    ) -> PullRequest:
        """Open one on top of ``parent``. ``find`` looks whether it is there already."""

        def once() -> PullRequest:
            try:
                made = self._create_commit(operations, title, parent, create_pr=True)
            except Exception as error:
                found = find() if is_passing(error) else None
                if found is None:
                    raise
                return found
            return PullRequest(int(made.pr_num or 0), title, str(made.pr_url))

        return self._ask(once)

    def _create_commit(
        self,
        operations: Callable[[], Iterable[Any]],
        title: str,
        parent: str,
        create_pr: bool = False,
    ) -> CommitInfo:
        return self.api.create_commit(
            self.repo,
            operations(),
            commit_message=title,
            repo_type=_TYPE,
            revision=_MAIN,
            parent_commit=parent,
            create_pr=create_pr,
        )

    def _ask(self, request: Callable[[], _Result]) -> _Result:
        return self.patience.ask(request)
