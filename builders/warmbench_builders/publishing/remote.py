"""The repository of a release on the Hub: its state, its tags, and what would change in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.data.hub.dataset_repo import DatasetRepo, RepoTree, StoredFile
from warmbench.data.hub.errors import is_transient, status_of

__all__ = ["KEPT", "Changes", "Remote", "RepoState", "changes_of"]

_TYPE = "dataset"


@dataclass(frozen=True, slots=True)
class RepoState:
    """The head of the main branch, and whether only members see the repository."""

    head: str
    private: bool


@dataclass(frozen=True)
class Remote(DatasetRepo):
    """A dataset repository, with what a release needs besides its files."""

    def state(self) -> RepoState | None:
        """Its state, or None if there is none that this token can see."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            info = self.info()
        except RepositoryNotFoundError as error:
            if status_of(error) == 401 and self.api.token:
                raise  # a token that the Hub does not know; without one, it may be private
            return None
        return RepoState(head=str(info.sha), private=bool(info.private))

    def create(self, *, private: bool) -> None:
        """Create it, unless it exists."""
        self.ask(
            lambda: self.api.create_repo(self.repo, repo_type=_TYPE, private=private, exist_ok=True)
        )

    def tags(self) -> dict[str, str]:
        """Tag -> commit."""
        refs = self.ask(lambda: self.api.list_repo_refs(self.repo, repo_type=_TYPE))
        return {ref.name: ref.target_commit for ref in refs.tags}

    def tag(self, tag: str, commit: str) -> str:
        """Set a tag; returns the commit it is on, which is another one if somebody else set it
        before."""

        def once() -> str:
            try:
                self.api.create_tag(self.repo, tag=tag, revision=commit, repo_type=_TYPE)
            except Exception as error:
                if not is_transient(error) and status_of(error) != 409:
                    raise
                found = self.tags().get(tag)
                if found is None:
                    raise
                return found
            return commit

        return self.ask(once)


KEPT = (".gitattributes",)
"""The Hub's own files, which are kept."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths, each sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the repository holds exactly the release."""
        return not (self.added or self.changed or self.deleted)

    @property
    def first(self) -> str:
        """The first path that differs; there is one."""
        return min((*self.added, *self.changed, *self.deleted))


def changes_of(files: Mapping[str, StoredFile], tree: RepoTree) -> Changes:
    """What would make a repository that holds ``tree`` hold ``files``; nothing is downloaded."""
    same = {path: file.is_stored_as(tree[path]) for path, file in files.items() if path in tree}
    return Changes(
        added=tuple(sorted(path for path in files if path not in tree)),
        changed=tuple(sorted(path for path, is_same in same.items() if not is_same)),
        deleted=tuple(sorted(path for path in tree if path not in files and path not in KEPT)),
        unchanged=tuple(sorted(path for path, is_same in same.items() if is_same)),
    )
