"""A file as the Hub knows it: by a hash of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["RepoTree", "StoredFile"]

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
