"""Releases on the Hugging Face Hub: fetched once, then read from the cache without a network.

A published tag never moves, so what was fetched for it stays right.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from warmbench.data.any_release import read_any_release
from warmbench.data.location import HubRelease
from warmbench.errors import DataError, RunError, UsageError

__all__ = ["fetch_release"]

_REPO_TYPE = "dataset"


def fetch_release(release: HubRelease) -> Path:
    """The folder in the Hub's cache with all files of a release.

    Raises ``UsageError`` when the repository or the tag is not there (or not for this token),
    ``DataError`` when it is not a release of that version, ``RunError`` when the Hub
    can't be reached.
    """
    cached = _cached(release)
    if cached is not None:
        return cached
    path = _download(release)
    manifest = read_any_release(path).manifest
    if manifest.version != release.version:
        raise DataError(
            f"{release}: release.json there says version {manifest.version}; "
            "the tag and its content differ"
        )
    return path


def _cached(release: HubRelease) -> Path | None:
    """The folder if every file of the release is in the cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        path = Path(
            snapshot_download(
                release.repo, repo_type=_REPO_TYPE, revision=release.tag, local_files_only=True
            )
        )
        manifest = read_any_release(path).manifest
    except (LocalEntryNotFoundError, DataError):
        return None
    whole = manifest.version == release.version and all(
        (path / name).is_file() and (path / name).stat().st_size == record.size
        for name, record in manifest.files.items()
    )
    return path if whole else None


def _download(release: HubRelease) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(release.repo, repo_type=_REPO_TYPE, revision=release.tag))
    except Exception as error:
        _refuse(release, error)


def _refuse(release: HubRelease, error: Exception) -> NoReturn:
    """Raise why the download failed, in one sentence without a token."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, GatedRepoError):
        raise UsageError(
            f"{release.repo}: gated by its owners; request access on its page, then log in with "
            "`hf auth login`"
        ) from None
    if isinstance(error, RevisionNotFoundError):
        raise UsageError(
            f"{release.repo}: no version {release.version} (tag {release.tag})"
        ) from None
    if isinstance(error, RepositoryNotFoundError | HFValidationError):
        raise UsageError(
            f"{release.repo}: no such dataset on the Hub, or it is private and this login can't "
            "read it (`hf auth login`)"
        ) from None
    if isinstance(error, HfHubHTTPError) and error.response.status_code == 401:
        raise UsageError(
            f"{release}: the Hub does not accept the token; log in again with `hf auth login`"
        ) from None
    if isinstance(error, LocalEntryNotFoundError | OfflineModeIsEnabled):
        raise RunError(
            f"{release}: not in the cache, and the Hub can't be reached; check the network"
        ) from None
    raise RunError(f"{release}: could not be fetched ({type(error).__name__})") from None
