"""Which files go into git and which into LFS, by the repository's own ``.gitattributes``."""

from __future__ import annotations

import codecs
from fnmatch import fnmatchcase
from typing import Literal

__all__ = ["LARGEST_REGULAR", "default_gitattributes", "is_ignored", "upload_mode"]

# Bytes. The Hub takes nothing larger into git itself.
LARGEST_REGULAR = 10_000_000

# What the Hub writes into a new repository, by kind of file.
_LFS_SUFFIXES = [
    "7z",
    "arrow",
    "bin",
    "bz2",
    "ckpt",
    "ftz",
    "gz",
    "h5",
    "joblib",
    "lz4",
    "mds",
    "mlmodel",
    "model",
    "msgpack",
    "npy",
    "npz",
    "onnx",
    "ot",
    "parquet",
    "pb",
    "pickle",
    "pkl",
    "pt",
    "pth",
    "rar",
    "safetensors",
    "tar",
    "tflite",
    "tgz",
    "wasm",
    "xz",
    "zip",
    "zst",
    "pcm",
    "sam",
    "raw",
    "aac",
    "flac",
    "mp3",
    "ogg",
    "wav",
    "bmp",
    "gif",
    "png",
    "tiff",
    "jpg",
    "jpeg",
    "webp",
    "mp4",
    "webm",
]


def default_gitattributes() -> bytes:
    """The only file of a new repository's first commit."""
    rules = (f"*.{suffix} filter=lfs diff=lfs merge=lfs -text\n" for suffix in _LFS_SUFFIXES)
    return "".join(rules).encode()


def upload_mode(
    path: str, sample: bytes, size: int, gitattributes: bytes
) -> Literal["regular", "lfs"]:
    """``sample`` is the first 512 bytes, which may end inside a character."""
    if size > LARGEST_REGULAR or _is_binary(sample):
        return "lfs"
    patterns = [
        line.split()[0]
        for line in gitattributes.decode(errors="replace").splitlines()
        if "filter=lfs" in line.split()
    ]
    return "lfs" if any(_matches(path, pattern) for pattern in patterns) else "regular"


def is_ignored(path: str, gitignore: str) -> bool:
    """Plain patterns and folders; no negation."""
    patterns = [line.strip() for line in gitignore.splitlines()]
    return any(
        _matches(path, p) or path.startswith(f"{p.strip('/')}/")
        for p in patterns
        if p and not p.startswith("#")
    )


def _matches(path: str, pattern: str) -> bool:
    """A pattern without a slash is about the last part of the path, as in git."""
    if "/" in pattern.rstrip("/"):
        return fnmatchcase(path, pattern.lstrip("/"))
    return fnmatchcase(path.rsplit("/", 1)[-1], pattern)


def _is_binary(sample: bytes) -> bool:
    if b"\0" in sample:
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=False)
    except UnicodeDecodeError:
        return True
    return False
