"""What publishing would change in a repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.hub_client.stored_file import RepoTree, StoredFile

__all__ = ["KEPT", "Changes", "changes_of"]

KEPT = (".gitattributes",)
"""Files that are the Hub's own, and stay."""


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
