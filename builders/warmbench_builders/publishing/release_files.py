"""The files of a release on this machine, checked before any of them is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from warmbench.data.any_release import AnyRelease, read_any_release
from warmbench.data.hub.dataset_repo import StoredFile
from warmbench.data.manifest import MANIFEST_NAME, split_path
from warmbench.data.verify_release import verify_release
from warmbench.errors import DataError, UsageError
from warmbench_builders.releasing.licences import redistributable

__all__ = ["ReleaseFiles", "read_release_files"]

Tick = Callable[[int], None]


@dataclass(frozen=True)
class ReleaseFiles:
    """A release and its files, by their path in the folder."""

    release: AnyRelease
    files: Mapping[str, StoredFile]

    @property
    def path(self) -> Path:
        return self.release.path

    @property
    def tag(self) -> str:
        return f"v{self.release.manifest.version}"

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files.values())


def read_release_files(path: Path, tick: Tick = lambda rows: None) -> ReleaseFiles:
    """The files of a release folder, every one as its manifest says. ``tick`` is called with how
    many rows were checked.

    Raises ``UsageError`` for a folder that is not a release, ``DataError`` for one that is not
    what its manifest says, or has rows whose licence forbids publication.
    """
    release = read_any_release(path)
    if not release.manifest.files:
        raise UsageError(f"{path}: not ready to be published; run `warmbench release` on it first")
    verification = verify_release(path, tick=tick)
    if verification.findings:
        first = verification.findings[0]
        raise DataError(f"{path}: {first.where}: {first.text}; nothing was published")
    _check_licences(release)
    names = sorted([*release.manifest.files, MANIFEST_NAME])
    return ReleaseFiles(
        release, {name: StoredFile.of((path / name).read_bytes()) for name in names}
    )


def _check_licences(release: AnyRelease) -> None:
    from pyarrow.parquet import read_table

    for config, split, record in release.splits:
        if record.shipped:
            continue
        column = read_table(split_path(release.path, config, split), columns=["license"])
        for licence in column["license"].unique().to_pylist():
            if not redistributable(str(licence)):
                raise DataError(
                    f"{release.path}: {config} has rows under {licence!r}, which does not "
                    "allow publication; `warmbench release` makes a release with only their ids"
                )
