"""The names of models among the submissions, so that a new one is not taken for one of them.

A bundle's folder is called after its model, so only those are opened whose folder looks alike.
What a name holds beside Latin letters and digits does not stand in its folder's: a likeness to
such a name is left to the board.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from warmbench.bundle.limits import LIMITS
from warmbench.bundle.members import SUBMISSION
from warmbench.bundle.read_files import read_files
from warmbench.bundle.refused_bundle import RefusedBundle
from warmbench.bundle.strict_json import read_strict_json
from warmbench.bundle.text_safety import skeleton
from warmbench.errors import DataError
from warmbench.hub_client.dataset_repo import DatasetRepo
from warmbench.hub_client.refusals import in_words
from warmbench.study import Treatment
from warmbench.submitting.open_pull_request import BUNDLES

__all__ = ["names_in_folder", "names_in_repo"]


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
    with in_words(remote.repo, lambda: "the names of the models there were not read"):
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
    """The model's name; None where the file is none that a board would take."""
    try:
        model = read_strict_json(content, SUBMISSION).get("model")
    except RefusedBundle:
        return None
    name = model.get("name") if isinstance(model, dict) else None
    return name if isinstance(name, str) else None
