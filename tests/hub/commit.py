"""One commit: a whole listing of files, named by the digest of everything in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Commit", "File", "blob_id", "directory_id", "lfs_pointer"]


@dataclass(frozen=True)
class File:
    """One file of a commit: git's id of it (of its pointer, when LFS) and its size in bytes."""

    oid: str
    size: int
    sha256: str | None = None
    pointer_size: int = 0


@dataclass(frozen=True)
class Commit:
    """A commit; the parents are oldest line first, the files a path each."""

    id: str
    parents: tuple[str, ...]
    title: str
    message: str
    author: str
    date: str
    files: dict[str, File]

    @staticmethod
    def make(
        parents: tuple[str, ...],
        title: str,
        message: str,
        author: str,
        date: str,
        files: dict[str, File],
    ) -> Commit:
        """A commit whose id is the SHA-1 of its content: 40 hex digits, as git's are."""
        unnamed = Commit("", parents, title, message, author, date, files)
        text = json.dumps(asdict(unnamed), sort_keys=True)
        name = hashlib.sha1(text.encode()).hexdigest()
        return Commit(name, parents, title, message, author, date, files)

    @staticmethod
    def from_json(data: dict[str, Any]) -> Commit:
        files = {path: File(**file) for path, file in data["files"].items()}
        return Commit(**{**data, "parents": tuple(data["parents"]), "files": files})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def blob_id(content: bytes) -> str:
    """Git's id of a file: the SHA-1 the client computes to see whether a file changed."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def lfs_pointer(sha256: str, size: int) -> bytes:
    """The text that git keeps in place of a large file."""
    lines = ("version https://git-lfs.github.com/spec/v1", f"oid sha256:{sha256}", f"size {size}")
    return "".join(f"{line}\n" for line in lines).encode()


def directory_id(files: dict[str, File], folder: str) -> str:
    """An id that changes when anything below ``folder`` does; not git's own tree format."""
    below = [f"{p} {f.oid}" for p, f in sorted(files.items()) if p.startswith(f"{folder}/")]
    return hashlib.sha1("\n".join(below).encode()).hexdigest()
