"""Submissions in a folder, as in a checkout of the repository."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warmbench.errors import DataError
from warmbench.folders import write_json
from warmbench.submission.bundle.limits import LIMITS
from warmbench.submission.bundle.members import RESPONSES
from warmbench_leaderboard.store.submission_store import (
    Fetch,
    Listing,
    StoredSubmission,
    SubmissionKind,
    name_problem,
    sorted_submissions,
)

__all__ = ["LocalSubmissionStore", "first_commits"]


_MOST_FILES = 16
_JSON = ".json"


@dataclass(frozen=True)
class LocalSubmissionStore:
    """``root`` holds ``published/*.json`` and ``bundles/<name>/``.

    ``cache``: a file with the digest, size and time of each submission, so that what did not
    change is not read again.
    """

    root: Path
    cache: Path | None = None

    @property
    def name(self) -> str:
        return str(self.root)

    def state(self) -> str:
        return _digest_of_stamps([stamp for _, _, stamp in self._submissions()])

    def listing(self) -> Listing:
        known = self._cached_digests()
        found = list(self._submissions())
        contents: dict[str, list[str]] = {}
        submissions = []
        for kind, path, stamp in found:
            relative = path.relative_to(self.root).as_posix()
            before = known.get(relative)
            content = before[1] if before and before[0] == stamp else _content_digest(path)
            contents[relative] = [stamp, content]
            name = path.stem if kind is SubmissionKind.PUBLISHED else path.name
            submissions.append(
                StoredSubmission(kind, name, relative, content, _problem(path, name))
            )
        if self.cache is not None and contents != known:
            write_json(self.cache, contents)
        return Listing(
            _digest_of_stamps([s for _, _, s in found]), None, sorted_submissions(submissions)
        )

    def first_seen(
        self, listing: Listing, bundles: Sequence[StoredSubmission]
    ) -> Mapping[str, int]:
        """By position in the Git history; empty for a folder that is not a checkout."""
        names = {f"{each.path}/{RESPONSES}": each.name for each in bundles}
        known = first_commits(self.root, list(names))
        return {name: known[path] for path, name in names.items() if path in known}

    @contextmanager
    def fetcher(self, listing: Listing) -> Iterator[Fetch]:
        yield lambda wanted: self.root

    def _submissions(self) -> Iterator[tuple[SubmissionKind, Path, str]]:
        """Every submission, with a digest of its files' names, sizes and times."""
        if not self.root.is_dir():
            raise DataError(f"{self.root}: no such folder of submissions")
        try:
            for kind in SubmissionKind:
                for path in _members(self.root / kind.value):
                    if kind is SubmissionKind.BUNDLE or path.suffix == _JSON:
                        yield kind, path, _stamp_of(path)
        except OSError as error:
            raise DataError(f"{self.root}: can't be read ({error.strerror or error})") from None

    def _cached_digests(self) -> dict[str, list[str]]:
        if self.cache is None or not self.cache.is_file():
            return {}
        try:
            found = json.loads(self.cache.read_bytes())
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def _members(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _digest_of_stamps(stamps: list[str]) -> str:
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def _files_of(path: Path) -> list[Path]:
    """The file itself, or the files directly in the folder, at most ``_MOST_FILES``."""
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


def _content_digest(path: Path) -> str:
    """SHA-256 over the files' names and contents. Of what is not a regular file, or is larger than
    a bundle may be, only mode and size count: it is refused unread."""
    parts = []
    for file in _files_of(path):
        found = file.lstat()
        is_regular = stat.S_ISREG(found.st_mode) and found.st_size <= LIMITS.unpacked_bytes
        digest = _file_digest(file) if is_regular else None
        parts.append([file.name, found.st_mode, found.st_size, digest])
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _file_digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _problem(path: Path, name: str) -> tuple[str, str] | None:
    if path.is_symlink():
        return "symlink", "a submission is a file or a folder, not a link"
    return name_problem(name)


_TIMEOUT_S = 60.0
_COMMIT = "commit:"


def first_commits(root: Path, paths: Sequence[str]) -> dict[str, int]:
    """Path (below ``root``) -> the number of the commit that first had it, by the order of the main
    line, which only those who merge decide; authors choose the dates of their commits.

    0 is the oldest commit that added one of ``paths``. Files added by one merge share a number, as
    do those from before the start of a shallow history. Uncommitted files are left out; all of them
    where ``root`` is not in a checkout or Git is missing.
    """
    if not paths:
        return {}
    command = [
        "git", "-C", str(root), "log", "--first-parent", "--diff-merges=first-parent", "--reverse",
        "--no-renames", "--diff-filter=A", "--name-only", "--relative", "-z",
        f"--format={_COMMIT}%H", "--", *(f":(literal){path}" for path in paths),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, check=True, timeout=_TIMEOUT_S, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return {}
    found: dict[str, int] = {}
    number = -1
    for line in done.stdout.replace("\n", "\0").split("\0"):
        if line.startswith(_COMMIT):
            number += 1
        elif line:
            found.setdefault(line, number)
    return found
