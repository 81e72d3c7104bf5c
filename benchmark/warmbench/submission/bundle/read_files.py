"""The files of a bundle as bytes: out of a folder or a zip, none larger than it may be."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.members import MEMBERS, REQUIRED, SUBMISSION
from warmbench.submission.bundle.read_zip import read_zip
from warmbench.submission.bundle.refused_bundle import RefusedBundle
from warmbench.submission.bundle.rejection_code import RejectionCode

__all__ = ["read_files", "size_limit"]


def read_files(path: Path, limits: Limits = LIMITS) -> Mapping[str, bytes]:
    """File name -> content, for a folder or a .zip.

    Raises ``RefusedBundle`` for links, other files than a bundle has, missing ones, and sizes
    beyond ``limits``.
    """
    try:
        is_folder = stat.S_ISDIR(path.lstat().st_mode)
        allowed = {name: size_limit(name, limits) for name in MEMBERS}
        found = _read_folder(path, allowed) if is_folder else _read_zip(path, allowed, limits)
    except OSError as error:
        text = f"can't be read ({error.strerror or type(error).__name__})"
        raise RefusedBundle(RejectionCode.UNREADABLE, path.name, text) from None
    for name in REQUIRED:
        if name not in found:
            raise RefusedBundle(RejectionCode.MISSING_FILE, name, "is missing")
    if sum(map(len, found.values())) > limits.unpacked_bytes:
        _refuse_size(path.name, limits.unpacked_bytes)
    return found


def size_limit(name: str, limits: Limits) -> int:
    """How many bytes a member may have."""
    if name == SUBMISSION:
        return limits.submission_bytes
    return limits.json_bytes if name.endswith(".json") else limits.unpacked_bytes


def _read_folder(path: Path, allowed: Mapping[str, int]) -> dict[str, bytes]:
    found = {}
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise RefusedBundle(RejectionCode.SYMLINK, entry.name[:80], "is a link")
            if entry.name not in allowed:
                raise RefusedBundle(
                    RejectionCode.UNKNOWN_FILE,
                    entry.name[:80],
                    f"is not a file of a bundle; these are {', '.join(allowed)}",
                )
            found[entry.name] = _read_regular(path / entry.name, allowed[entry.name])
    return found


def _read_regular(path: Path, most: int) -> bytes:
    """The content of a file that is neither link nor pipe nor device, and stays below ``most``."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise RefusedBundle(RejectionCode.UNREADABLE, path.name, "is not a plain file")
        content = file.read(most + 1)
    if len(content) > most:
        _refuse_size(path.name, most)
    return content


def _read_zip(path: Path, allowed: Mapping[str, int], limits: Limits) -> dict[str, bytes]:
    return read_zip(_read_regular(path, limits.zip_bytes), path.name, allowed, limits)


def _refuse_size(where: str, most: int) -> None:
    raise RefusedBundle(RejectionCode.TOO_LARGE, where, f"over {most:,} bytes")
