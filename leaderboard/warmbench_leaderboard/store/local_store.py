"""Submissions in a folder, as in a checkout of the repository."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warmbench.errors import DataError
from warmbench.folders import write_json
from warmbench.submission.bundle.limits import LIMITS
from warmbench.submission.bundle.members import RESPONSES
from warmbench_leaderboard.store.git_history import first_commits
from warmbench_leaderboard.store.submission_store import (
    Fetch,
    Kind,
    Listing,
    Shelved,
    in_order,
    name_problem,
)

__all__ = ["LocalShelf"]

_MOST_FILES = 16
_JSON = ".json"


@dataclass(frozen=True)
class LocalShelf:
    """``root`` holds ``published/*.json`` and ``bundles/<name>/``.

    ``memory``: a file that remembers what was hashed, with the size and time of each file, so that
    what did not change is not read again.
    """

    root: Path
    memory: Path | None = None

    @property
    def name(self) -> str:
        return str(self.root)

    def look(self) -> str:
        return _state_of([stamp for _, _, stamp in self._found()])

    def listing(self) -> Listing:
        known = self._remembered()
        found = list(self._found())
        contents: dict[str, list[str]] = {}
        submissions = []
        for kind, path, stamp in found:
            place = path.relative_to(self.root).as_posix()
            before = known.get(place)
            content = before[1] if before and before[0] == stamp else _content_of(path)
            contents[place] = [stamp, content]
            name = path.stem if kind is Kind.PUBLISHED else path.name
            submissions.append(Shelved(kind, name, place, content, _problem_of(path, name)))
        if self.memory is not None and contents != known:
            write_json(self.memory, contents)
        return Listing(_state_of([s for _, _, s in found]), None, in_order(submissions))

    def since(self, listing: Listing, bundles: Sequence[Shelved]) -> Mapping[str, int]:
        """By the place in the history of a Git checkout; a folder that is none knows nothing."""
        places = {f"{each.path}/{RESPONSES}": each.name for each in bundles}
        known = first_commits(self.root, list(places))
        return {name: known[place] for place, name in places.items() if place in known}

    @contextmanager
    def opened(self, listing: Listing) -> Iterator[Fetch]:
        yield lambda wanted: self.root

    def _found(self) -> Iterator[tuple[Kind, Path, str]]:
        """Every submission with a stamp of its files' names, sizes and times."""
        if not self.root.is_dir():
            raise DataError(f"{self.root}: there is no such folder of submissions")
        try:
            for kind in Kind:
                for path in _members(self.root / kind.value):
                    if kind is Kind.BUNDLE or path.suffix == _JSON:
                        yield kind, path, _stamp_of(path)
        except OSError as error:
            raise DataError(f"{self.root}: can't be read ({error.strerror or error})") from None

    def _remembered(self) -> dict[str, list[str]]:
        if self.memory is None or not self.memory.is_file():
            return {}
        try:
            found = json.loads(self.memory.read_bytes())
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _members(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _state_of(stamps: list[str]) -> str:
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def _files_of(path: Path) -> list[Path]:
    """The file itself, or those right in the folder, not more than a few beyond a bundle's."""
    if not stat.S_ISDIR(path.lstat().st_mode):
        return [path]
    with os.scandir(path) as entries:
        names = [entry.name for _, entry in zip(range(_MOST_FILES), entries, strict=False)]
    return [path / name for name in sorted(names)]


def _stamp_of(path: Path) -> str:
    lines = []
    for file in _files_of(path):
        found = file.lstat()
        lines.append([str(file), found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino])
    return hashlib.sha256(json.dumps([str(path), lines]).encode()).hexdigest()


def _content_of(path: Path) -> str:
    """SHA-256 over the files' names and contents. What is no plain file, or larger than a bundle
    may be, counts by its kind and size: it is refused unread."""
    parts = []
    for file in _files_of(path):
        found = file.lstat()
        plain = stat.S_ISREG(found.st_mode) and found.st_size <= LIMITS.unpacked_bytes
        parts.append([file.name, found.st_mode, found.st_size, _digest(file) if plain else None])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _problem_of(path: Path, name: str) -> tuple[str, str] | None:
    if path.is_symlink():
        return "symlink", "a submission is a file or a folder, not a link"
    return name_problem(name)
