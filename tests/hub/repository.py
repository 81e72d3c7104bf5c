"""One repository in its folder: ``repo.json``, ``commits/``, ``blobs/`` and ``lfs/``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .clock import now
from .commit import Commit, File, blob_id, lfs_pointer
from .disk import read_json, write_bytes, write_json
from .error import HubError, entry_not_found, no_revision
from .upload_mode import default_gitattributes

__all__ = ["Repository"]

_SHA = re.compile(r"[0-9a-f]{7,40}")


class Repository:
    """A repository read from disk; every change is written before the method returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data: dict[str, Any] = read_json(folder / "repo.json")

    @staticmethod
    def create(folder: Path, kind: str, name: str, private: bool, author: str) -> Repository:
        """A repository whose ``main`` holds one commit with ``.gitattributes``."""
        empty = {"kind": kind, "id": name, "private": private, "gated": False, "created": now()}
        refs: dict[str, Any] = {"branches": {}, "tags": {}, "prs": {}, "discussions": []}
        write_json(folder / "repo.json", {**empty, **refs})
        repo = Repository(folder)
        files = {".gitattributes": repo.keep_blob(default_gitattributes())}
        first = repo.keep_commit((), "initial commit", "", author, files)
        repo.move("refs/heads/main", first)
        return repo

    def save(self) -> None:
        write_json(self.folder / "repo.json", self._data)

    # What it is.

    @property
    def kind(self) -> str:
        return str(self._data["kind"])

    @property
    def id(self) -> str:
        return str(self._data["id"])

    @property
    def namespace(self) -> str:
        return self.id.split("/")[0]

    @property
    def private(self) -> bool:
        return bool(self._data["private"])

    @property
    def gated(self) -> bool | str:
        """False, "auto" or "manual"."""
        gated: bool | str = self._data["gated"]
        return gated

    @property
    def created(self) -> str:
        return str(self._data["created"])

    @property
    def discussions(self) -> list[dict[str, Any]]:
        """The records that ``discussion.py`` reads and writes, number 1 first."""
        records: list[dict[str, Any]] = self._data["discussions"]
        return records

    def set(self, **settings: object) -> None:
        """Change ``private`` or ``gated``."""
        self._data.update(settings)
        self.save()

    # Names of commits.

    def refs(self, table: str) -> dict[str, str]:
        """``branches``, ``tags`` or ``prs``: short name to commit id."""
        return dict(self._data[table])

    def move(self, ref: str, commit: Commit | None) -> None:
        """Point a full name (``refs/heads/main``, ``refs/pr/1``) at a commit, or drop it."""
        table, name = self._place(ref)
        if commit is None:
            del self._data[table][name]
        else:
            self._data[table][name] = commit.id
        self.save()

    def full_name(self, revision: str) -> str | None:
        """The branch or pull request that ``revision`` names, in full; None for tags and ids."""
        ref = revision if revision.startswith("refs/") else f"refs/heads/{revision}"
        table, name = self._place(ref)
        return ref if table != "tags" and name in self._data[table] else None

    def head(self, revision: str) -> Commit:
        """The commit at a branch, tag, ``refs/...`` name or (short) id."""
        return self.commit(self._resolve(revision))

    def _resolve(self, revision: str) -> str:
        names = (revision,) if revision.startswith("refs/") else self._long_names(revision)
        for ref in names:
            table, name = self._place(ref)
            if name in self._data[table]:
                return str(self._data[table][name])
        if _SHA.fullmatch(revision):
            for path in sorted((self.folder / "commits").glob(f"{revision}*.json")):
                return path.stem
        raise no_revision(revision)

    @staticmethod
    def _long_names(revision: str) -> tuple[str, ...]:
        return (f"refs/heads/{revision}", f"refs/tags/{revision}")

    @staticmethod
    def _place(ref: str) -> tuple[str, str]:
        kinds = {"refs/heads/": "branches", "refs/tags/": "tags", "refs/pr/": "prs"}
        for prefix, table in kinds.items():
            if ref.startswith(prefix):
                return table, ref.removeprefix(prefix)
        raise no_revision(ref)

    # Commits.

    def keep_commit(
        self, parents: tuple[str, ...], title: str, text: str, author: str, files: dict[str, File]
    ) -> Commit:
        """Write a commit; no name points at it yet."""
        commit = Commit.make(parents, title, text, author, now(), dict(sorted(files.items())))
        write_json(self.folder / "commits" / f"{commit.id}.json", commit.to_json())
        return commit

    def commit(self, sha: str) -> Commit:
        return Commit.from_json(read_json(self.folder / "commits" / f"{sha}.json"))

    def history(self, commit: Commit) -> Iterator[Commit]:
        """The commit and its first parents, newest first."""
        yield commit
        while commit.parents:
            commit = self.commit(commit.parents[0])
            yield commit

    def last_change(self, commit: Commit, path: str) -> Commit:
        """The newest commit that changed a file, or anything below a folder."""
        found = commit
        for older in self.history(commit):
            if _below(older, path) != _below(commit, path):
                break
            found = older
        return found

    # Contents.

    def keep_blob(self, content: bytes) -> File:
        oid = blob_id(content)
        write_bytes(self.folder / "blobs" / oid, content)
        return File(oid, len(content))

    def lfs_path(self, sha256: str) -> Path:
        return self.folder / "lfs" / sha256

    def has_lfs(self, sha256: str) -> bool:
        return self.lfs_path(sha256).exists()

    def keep_lfs(self, sha256: str, content: bytes) -> None:
        """Write an uploaded object, if it is what it says it is."""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise HubError(400, "The content does not have the digest it was announced with.")
        write_bytes(self.lfs_path(sha256), content)

    def lfs_file(self, sha256: str) -> File:
        """The entry of an object that was uploaded before."""
        if not self.has_lfs(sha256):
            raise HubError(400, f"LFS object {sha256} was never uploaded.")
        size = self.lfs_path(sha256).stat().st_size
        pointer = lfs_pointer(sha256, size)
        return File(blob_id(pointer), size, sha256, len(pointer))

    def content(self, commit: Commit, path: str) -> bytes:
        """A file in full, from LFS where it is there."""
        file = commit.files.get(path)
        if file is None:
            raise entry_not_found(path, commit.id)
        place = self.lfs_path(file.sha256) if file.sha256 else self.folder / "blobs" / file.oid
        return place.read_bytes()


def _below(commit: Commit, path: str) -> dict[str, File]:
    return {p: f for p, f in commit.files.items() if p == path or p.startswith(f"{path}/")}
