"""Compares two release folders."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from warmbench.data.any_release import AnyRelease, read_any_release
from warmbench.data.diff.release_diff import NameDiff, ReleaseDiff, RowChange, RowDiff
from warmbench.data.fingerprint import ROWS_NAME, joined_fingerprint, row_fingerprint
from warmbench.data.manifest import MANIFEST_NAME, ReleaseManifest, SplitRecord
from warmbench.data.release import Manifest
from warmbench.errors import DataError, UsageError
from warmbench.records.differences import differences

__all__ = ["diff_releases"]


def diff_releases(old_path: Path, new_path: Path) -> ReleaseDiff:
    """What differs between two release folders of one kind.

    Only splits whose records differ in the manifests are read; ``warmbench verify`` checks files
    against their manifest. Raises ``UsageError`` for a QA and an SFT release, ``DataError`` for a
    damaged folder.
    """
    old, new = read_any_release(old_path), read_any_release(new_path)
    if type(old.manifest) is not type(new.manifest):
        kinds = ["a QA" if isinstance(r.manifest, Manifest) else "an SFT" for r in (old, new)]
        raise UsageError(
            f"{old_path} is {kinds[0]} release, {new_path} {kinds[1]} release; give two of one kind"
        )
    shared = old.manifest.configs.keys() & new.manifest.configs.keys()
    splits = sorted({(config, split) for side in (old, new) for config, split, _ in side.splits})
    return ReleaseDiff(
        old=old.manifest,
        new=new.manifest,
        configs=_names(old.manifest.configs, new.manifest.configs),
        splits=_names(_split_names(old, shared), _split_names(new, shared)),
        rows=sum((_split_rows(old, new, config, split) for config, split in splits), RowDiff()),
        metric_version=_metric_versions(old.manifest, new.manifest),
        manifest=_manifest_fields(old.manifest, new.manifest),
        files=_other_files(old, new),
    )


def _names(old: Collection[str], new: Collection[str]) -> NameDiff:
    return NameDiff(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
    )


def _split_names(release: AnyRelease, configs: Collection[str]) -> list[str]:
    return [f"{config}/{split}" for config, split, _ in release.splits if config in configs]


def _split_rows(old: AnyRelease, new: AnyRelease, config: str, split: str) -> RowDiff:
    """What differs in one split; a release that lacks it has no rows of it."""
    name = f"{config}/{split}"
    before, after = (side.manifest.configs.get(config, {}).get(split) for side in (old, new))
    if before == after:
        return RowDiff()
    if before is None or after is None:
        rows = tuple(
            f"{name}/{row_id}" for row_id in (new if after else old).checked_rows(config, split)
        )
        return RowDiff(added=rows) if after else RowDiff(removed=rows)
    texts = _text_diff(name, before, after)
    if before.fingerprint == after.fingerprint:
        return texts
    old_rows, new_rows = old.checked_rows(config, split), new.checked_rows(config, split)
    ids = _names(old_rows, new_rows)
    names = RowDiff(
        added=tuple(f"{name}/{row_id}" for row_id in ids.added),
        removed=tuple(f"{name}/{row_id}" for row_id in ids.removed),
    )
    if before.shipped or after.shipped:
        hashes = _row_hashes(old, name, before, old_rows), _row_hashes(new, name, after, new_rows)
        return texts + names + _changed_hashes(name, *hashes)
    return texts + names + RowDiff(changed=tuple(_changed_rows(name, old_rows, new_rows)))


def _text_diff(name: str, before: SplitRecord, after: SplitRecord) -> RowDiff:
    """Whether the texts of a split are withheld or shipped as before."""
    if (before.shipped is None) != (after.shipped is None):
        return RowDiff(now_withheld=(name,)) if after.shipped else RowDiff(now_shipped=(name,))
    if before.shipped != after.shipped and before.fingerprint == after.fingerprint:
        return RowDiff(rewritten=(name,))
    return RowDiff()


def _row_hashes(
    release: AnyRelease, name: str, record: SplitRecord, rows: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, str] | None:
    """Row id -> fingerprint of the whole row, ``rows`` being those of the file; None where they
    are withheld and there is no ``rows.sha256``. Raises ``DataError`` where that file does not
    fit the manifest."""
    if record.shipped is None:
        return {row_id: row_fingerprint(row) for row_id, row in rows.items()}
    published = release.row_hashes
    if published is None:
        return None
    hashes = published.get(name, {})
    if joined_fingerprint(hashes.values()) != record.fingerprint or hashes.keys() != rows.keys():
        raise DataError(
            f"{release.path / ROWS_NAME}: the rows of {name} are not those of {MANIFEST_NAME}; "
            "build or download the release again"
        )
    return hashes


def _changed_hashes(
    name: str, old: Mapping[str, str] | None, new: Mapping[str, str] | None
) -> RowDiff:
    if old is None or new is None:
        return RowDiff(unknown=(name,))
    return RowDiff(
        changed=tuple(
            RowChange(f"{name}/{row_id}", {})
            for row_id, fingerprint in old.items()
            if new.get(row_id, fingerprint) != fingerprint
        )
    )


def _changed_rows(
    name: str, old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> Iterator[RowChange]:
    for row_id, before in old.items():
        after = new.get(row_id, before)
        if after != before:
            values = {
                column: (before[column], after[column])
                for column in before
                if before[column] != after[column]
            }
            yield RowChange(f"{name}/{row_id}", values)


def _metric_versions(old: ReleaseManifest, new: ReleaseManifest) -> tuple[str, str] | None:
    if not (isinstance(old, Manifest) and isinstance(new, Manifest)):
        return None
    versions = old.metric_version, new.metric_version
    return None if versions[0] == versions[1] else versions


_REPORTED_ELSEWHERE = {"version", "metric_version", "configs", "fingerprint", "files"}
"""Fields of a manifest that follow from the rows and files, or are reported by themselves."""


def _manifest_fields(old: ReleaseManifest, new: ReleaseManifest) -> dict[str, tuple[Any, Any]]:
    """Field of the manifest (``sources.medqa.revision``) -> its old and new value. ``tools`` is
    written by ``warmbench release``, so a built folder lacks it."""
    left_out = _REPORTED_ELSEWHERE | (set() if old.tools and new.tools else {"tools"})
    before, after = (manifest.model_dump(mode="json", exclude=left_out) for manifest in (old, new))
    return {where: (one, other) for where, one, other in differences(before, after)}


def _other_files(old: AnyRelease, new: AnyRelease) -> NameDiff:
    """Cards, licences and citations. ``warmbench release`` writes them, so nothing is compared
    where only one of the two has gone through it."""
    if bool(old.manifest.files) != bool(new.manifest.files):
        return NameDiff()
    before, after = _digests(old.path), _digests(new.path)
    changed = (name for name in before if after.get(name, before[name]) != before[name])
    return replace(_names(before, after), changed=tuple(changed))


def _digests(root: Path) -> dict[str, str]:
    """Path in the folder -> SHA-256 of each file that holds no rows. Hidden files belong to the
    file system or to the Hub."""
    return {
        name.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in (MANIFEST_NAME, ROWS_NAME)
        for name in [path.relative_to(root)]
        if name.parts[0] != "data" and not any(part.startswith(".") for part in name.parts)
    }
