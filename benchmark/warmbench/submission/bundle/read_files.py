"""The files of a bundle as bytes: out of a folder or a zip, none larger than it may be.

Unpacks an untrusted zip in memory: no name in it ever becomes a path.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from warmbench.submission.bundle.limits import LIMITS, Limits
from warmbench.submission.bundle.members import MEMBERS, REQUIRED, SUBMISSION
from warmbench.submission.bundle.rejection import RefusedBundle, RejectionCode

__all__ = ["read_files", "read_zip", "size_limit"]

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LONG_END_SIGNATURE = b"PK\x06\x07"
_LONG_END_SIZE = 20
_DIRECTORY_BYTES = 8_192
_ENCRYPTED = 0x41
_PIECE = 2**20


def read_zip(
    content: bytes, where: str, allowed: Mapping[str, int], limits: Limits = LIMITS
) -> dict[str, bytes]:
    """Member -> bytes. ``allowed``: the names that a member may have, with their largest size.

    Sizes are checked as they are declared, and again as they come out. Raises ``RefusedBundle``.
    """
    _check_end(content, where)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_members(members, where, allowed, limits)
            return {m.filename: _unpacked(archive, m, allowed[m.filename]) for m in members}
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError,
            OSError, ValueError, RuntimeError, OverflowError) as error:  # fmt: skip
        _refuse(RejectionCode.BAD_ZIP, where, f"not a readable zip ({str(error)[:200]})")


def _check_end(content: bytes, where: str) -> None:
    """The end of a zip says how large its directory is: look before it is read.

    Comments, parts, bytes before or behind, and the long form (zip64) are not accepted: readers
    disagree on what such a file holds.
    """
    if len(content) < _END.size or content[-_END.size : -_END.size + 4] != _END_SIGNATURE:
        _refuse(RejectionCode.BAD_ZIP, where, "not a zip, or one with something behind it")
    _, disk, first_disk, here, total, size, start, comment = _END.unpack(content[-_END.size :])
    end = len(content) - _END.size
    before = content[max(0, end - _LONG_END_SIZE) : end]
    if disk or first_disk or comment or here != total or start + size != end:
        _refuse(RejectionCode.BAD_ZIP, where, "a zip with a comment, parts, or bytes around it")
    if before.startswith(_LONG_END_SIGNATURE) or size > _DIRECTORY_BYTES:
        _refuse(RejectionCode.TOO_LARGE, where, "a zip with too large a directory")


def _check_members(
    members: list[zipfile.ZipInfo], where: str, allowed: Mapping[str, int], limits: Limits
) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.orig_filename
        place = f"{where}, {name[:80]!r}"
        if name.startswith(("/", "\\")) or ".." in name or "\\" in name or ":" in name:
            _refuse(RejectionCode.UNSAFE_PATH, place, "a name that leads elsewhere")
        if stat.S_ISLNK(member.external_attr >> 16):
            _refuse(RejectionCode.SYMLINK, place, "is a link")
        if name not in allowed or member.filename != name:
            accepted = ", ".join(allowed)
            _refuse(RejectionCode.UNKNOWN_FILE, place, f"is not a file of a bundle: {accepted}")
        if name in seen:
            _refuse(RejectionCode.BAD_ZIP, place, "appears twice in the zip")
        if member.flag_bits & _ENCRYPTED:
            _refuse(RejectionCode.ENCRYPTED, place, "is encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            _refuse(RejectionCode.BAD_ZIP, place, "is packed neither by deflate nor not at all")
        if member.file_size > allowed[name]:
            _refuse(RejectionCode.TOO_LARGE, place, f"over {allowed[name]:,} bytes")
        seen.add(name)
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        _refuse(RejectionCode.TOO_LARGE, where, f"over {limits.unpacked_bytes:,} bytes unpacked")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
    """Piece by piece, so that a member that is larger than it says is left in time."""
    pieces = []
    size = 0
    with archive.open(member) as file:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > min(most, member.file_size):
                _refuse(RejectionCode.TOO_LARGE, member.filename, "is larger than it says")
            pieces.append(piece)
    return b"".join(pieces)


def _refuse(code: RejectionCode, where: str, text: str) -> NoReturn:
    raise RefusedBundle(code, where, text)


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
