"""The repository of a release on the Hub: made where it is not there, and tagged."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.hub_client.dataset_repo import DatasetRepo
from warmbench.hub_client.patience import is_passing, status_of

__all__ = ["Remote", "RepoState"]

_TYPE = "dataset"


@dataclass(frozen=True, slots=True)
class RepoState:
    """The head of the main branch, and whether only members see the repository."""

    head: str
    private: bool


@dataclass(frozen=True)
class Remote(DatasetRepo):
    """A dataset repository, and what a release needs of it beside its files."""

    def state(self) -> RepoState | None:
        """How it stands, or None where there is none that this token may see."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            info = self.info()
        except RepositoryNotFoundError as error:
            if status_of(error) == 401 and self.api.token:
                raise  # a token that the Hub does not know; without one, it may be private
            return None
        return RepoState(head=str(info.sha), private=bool(info.private))

    def create(self, *, private: bool) -> None:
        """Make it, unless it is there."""
        self.ask(
            lambda: self.api.create_repo(self.repo, repo_type=_TYPE, private=private, exist_ok=True)
        )

    def tags(self) -> dict[str, str]:
        """Tag -> commit."""
        refs = self.ask(lambda: self.api.list_repo_refs(self.repo, repo_type=_TYPE))
        return {ref.name: ref.target_commit for ref in refs.tags}

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

        return self.ask(once)
