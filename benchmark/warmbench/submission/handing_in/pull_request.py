"""Opens the pull request of a bundle exactly once, even after lost responses and repeated calls.

The names of models among the submissions, so that a new one is not taken for one of them.

A bundle's folder is called after its model, so only those are opened whose folder looks alike.
What a name holds beside Latin letters and digits does not stand in its folder's: a likeness to
such a name is left to the board.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from warmbench.data.hub.dataset_repo import DatasetRepo, PullRequest, RepoTree, StoredFile
from warmbench.data.hub.errors import explained
from warmbench.errors import DataError, RunError
from warmbench.records.study import Treatment
from warmbench.submission.bundle.limits import LIMITS
from warmbench.submission.bundle.members import SUBMISSION
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.read_files import read_files
from warmbench.submission.bundle.rejection import RefusedBundle
from warmbench.submission.bundle.strict_json import read_strict_json
from warmbench.text_safety import skeleton

__all__ = [
    "BUNDLES",
    "SubmissionOutcome",
    "Submitted",
    "names_in_folder",
    "names_in_repo",
    "open_pull_request",
    "title_of",
]

BUNDLES = "bundles"
"""The folder of a submissions repository that holds one folder a bundle."""


class SubmissionOutcome(StrEnum):
    """Whether the pull request was opened now, is open, or is merged."""

    OPENED = "pull request opened"
    IS_OPEN = "pull request is open"
    IS_MERGED = "merged already"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The outcome, and the address of the pull request, or of the merged folder."""

    outcome: SubmissionOutcome
    folder: str
    url: str


def open_pull_request(bundle: Bundle, remote: DatasetRepo) -> Submitted:
    """One commit, as one pull request, that adds the bundle's folder.

    Nothing is sent when just these files are merged, or proposed, already: the same call may be
    made again after any failure. Raises ``UsageError`` or ``RunError`` in a sentence.
    """
    state = "the pull request may have been opened; it is safe to submit again"
    with explained(remote.repo, lambda: state), _one_at_a_time(bundle.fingerprint):
        return _submit(bundle, remote)


def title_of(bundle: Bundle) -> str:
    """``Submit my-model-fine-tune-1f3a09bc (1f3a09bc...)``: name and fingerprint of the rows."""
    return f"Submit {bundle.folder_name} ({bundle.fingerprint})"


def _submit(bundle: Bundle, remote: DatasetRepo) -> Submitted:
    folder = f"{BUNDLES}/{bundle.folder_name}"
    contents = {f"{folder}/{name}": content for name, content in bundle.contents.items()}
    if _holds(remote.tree(folder=folder), contents):
        return Submitted(SubmissionOutcome.IS_MERGED, folder, f"{remote.url}/tree/main/{folder}")

    def find() -> PullRequest | None:
        """The pull request that holds just this bundle. A title alone proves nothing."""
        for found in remote.pull_requests():
            if found.title == title and _holds(remote.tree(found.revision, folder), contents):
                return found
        return None

    title = title_of(bundle)
    if found := find():
        return Submitted(SubmissionOutcome.IS_OPEN, folder, found.url)
    made = remote.open_pull_request(
        lambda: _operations(contents), title, find, description=_description(bundle)
    )
    if not _holds(remote.tree(made.revision, folder), contents):
        raise RunError(f"{made.url}: was opened, but does not hold the files that were sent")
    return Submitted(SubmissionOutcome.OPENED, folder, made.url)


def _holds(there: RepoTree, contents: Mapping[str, bytes]) -> bool:
    return there.keys() == contents.keys() and all(
        StoredFile.of(content).is_stored_as(there[path]) for path, content in contents.items()
    )


def _operations(contents: Mapping[str, bytes]) -> list[Any]:
    from huggingface_hub import CommitOperationAdd

    return [CommitOperationAdd(path, content) for path, content in contents.items()]


def _description(bundle: Bundle) -> str:
    """Marked as code, so that no name in it is taken for a link or a mention."""
    submission = bundle.submission
    lines = {
        "Model": submission.model.name,
        "Treatment": submission.study.treatment.value,
        "Release": f"{submission.release.name} {submission.release.version}",
        "Judge": submission.judge,
        "Submitter": submission.submitter.name,
    }
    listed = "\n".join(f"- {name}: `{text}`" for name, text in lines.items())
    return f"{listed}\n\nCheck it with `warmbench verify` on the folder of this pull request."


_IN_PROGRESS: WeakValueDictionary[str, _FingerprintLock] = WeakValueDictionary()
_GUARD = Lock()


class _FingerprintLock:
    """Who submits the same bundle twice at once in this process waits for the first."""

    def __init__(self) -> None:
        self.lock = Lock()


@contextmanager
def _one_at_a_time(fingerprint: str) -> Iterator[None]:
    with _GUARD:
        lock = _IN_PROGRESS.get(fingerprint)
        if lock is None:
            lock = _IN_PROGRESS[fingerprint] = _FingerprintLock()
    with lock.lock:
        yield


def names_in_folder(name: str, submissions: Path) -> frozenset[str]:
    """The names in a folder of submissions that ``name`` may look like, itself among them; none
    where it has no bundles. Raises ``DataError`` where they can't be listed."""
    bundles = submissions / BUNDLES
    try:
        alike = _alike(name, os.listdir(bundles) if bundles.is_dir() else [])
    except OSError as error:
        raise DataError(f"{bundles}: can't be listed ({error.strerror})") from None
    return _names(_local_submission(bundles / folder) for folder in alike)


def names_in_repo(name: str, remote: DatasetRepo) -> frozenset[str]:
    """The same of what is merged in a repository on the Hub.

    Raises ``UsageError`` or ``RunError`` where it can't be read.
    """
    with explained(remote.repo, lambda: "the names of the models there were not read"):
        folders = (PurePosixPath(path).name for path in remote.folders(BUNDLES))
        alike = _alike(name, folders)
        return _names(_remote_submission(remote, f"{BUNDLES}/{folder}") for folder in alike)


def _alike(name: str, folders: Iterable[str]) -> list[str]:
    """The folders that may be of a model with such a name. ``my-model-fine-tune-1f3a09bc`` is
    name, treatment and fingerprint; a long name is cut off."""
    wholes = [skeleton(f"{name}-{treatment.value}") for treatment in Treatment]
    return [
        folder
        for folder in folders
        if any(whole.startswith(skeleton(folder.rpartition("-")[0])) for whole in wholes)
    ]


def _local_submission(folder: Path) -> bytes | None:
    try:
        return read_files(folder)[SUBMISSION]
    except RefusedBundle:
        return None


def _remote_submission(remote: DatasetRepo, folder: str) -> bytes | None:
    path = f"{folder}/{SUBMISSION}"
    for file in remote.files(folder=folder):
        if file.path == path and file.size <= LIMITS.submission_bytes:
            return remote.content(path)
    return None


def _names(submissions: Iterable[bytes | None]) -> frozenset[str]:
    found = (_name(content) for content in submissions if content is not None)
    return frozenset(name for name in found if name is not None)


def _name(content: bytes) -> str | None:
    """The model's name; None where a board would not accept the file."""
    try:
        model = read_strict_json(content, SUBMISSION).get("model")
    except RefusedBundle:
        return None
    name = model.get("name") if isinstance(model, dict) else None
    return name if isinstance(name, str) else None
