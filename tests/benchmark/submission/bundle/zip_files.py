"""Zips of bundles: plain ones, and such as nobody should be handed."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["bundle_files", "link_member", "zip_bytes"]


class _Files(dict[str, bytes]):
    """Files that a failing test names without their contents."""

    def __repr__(self) -> str:
        return f"files {', '.join(self)}"


def bundle_files(folder: Path) -> dict[str, bytes]:
    """File name -> content, of a bundle's folder."""
    return _Files({path.name: path.read_bytes() for path in sorted(folder.iterdir())})


def zip_bytes(
    files: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]],
    compression: int = zipfile.ZIP_DEFLATED,
    comment: bytes = b"",
) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", compression) as archive:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, content)
        archive.comment = comment
    return sink.getvalue()


def link_member(name: str) -> zipfile.ZipInfo:
    """A member that says to be a symbolic link."""
    member = zipfile.ZipInfo(name)
    member.create_system = 3
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member
