"""Compares two release folders."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from warmbench.data.diff.release_diff import NameDiff, ReleaseDiff
from warmbench.data.diff.split_diff import Side, SplitDiff, diff_split
from warmbench.data.manifest import ReleaseManifest
from warmbench.errors import UsageError
from warmbench.records.differences import differences

__all__ = ["diff_releases"]

_SPOKEN_OF_ELSEWHERE = {"version", "metric_version", "configs", "fingerprint", "files"}
"""Fields of a manifest that follow from the rows and files, or have a place of their own."""


def diff_releases(old_path: Path, new_path: Path) -> ReleaseDiff:
    """What differs between two release folders of one kind.

    Only splits whose fingerprints differ in the manifests are read. Raises ``UsageError`` for a
    QA and an SFT release, ``DataError`` for a damaged folder.
    """
    old, new = Side(old_path), Side(new_path)
    if old.kind != new.kind:
        raise UsageError(
            f"{old_path} is {old.kind} release, {new_path} {new.kind} release; give two of one kind"
        )
    shared = old.manifest.configs.keys() & new.manifest.configs.keys()
    old_files, new_files = _other_files(old, new)
    return ReleaseDiff(
        old=old.manifest,
        new=new.manifest,
        configs=_names(old.manifest.configs, new.manifest.configs),
        splits=_names(_splits(old.manifest, shared), _splits(new.manifest, shared)),
        rows=tuple(split for split in _split_diffs(old, new) if not split.is_empty),
        metric_version=_metric_versions(old, new),
        manifest=_fields(old.manifest, new.manifest),
        files=NameDiff(
            added=tuple(name for name in new_files if name not in old_files),
            removed=tuple(name for name in old_files if name not in new_files),
            changed=tuple(
                name for name, digest in old_files.items() if new_files.get(name, digest) != digest
            ),
        ),
    )


def _other_files(old: Side, new: Side) -> tuple[dict[str, str], dict[str, str]]:
    """What stands beside the rows, or nothing where only one of the two is made ready to be
    published: a built folder has no card yet."""
    if bool(old.manifest.files) != bool(new.manifest.files):
        return {}, {}
    return old.other_files(), new.other_files()


def _names(old: Collection[str], new: Collection[str]) -> NameDiff:
    return NameDiff(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
    )


def _splits(manifest: ReleaseManifest, configs: Collection[str]) -> list[str]:
    return [
        f"{config}/{split}"
        for config, splits in manifest.configs.items()
        if config in configs
        for split in splits
    ]


def _split_diffs(old: Side, new: Side) -> Iterator[SplitDiff]:
    """Of every config and split of either, by name: the same order in both directions."""
    names = {
        (config, split)
        for side in (old, new)
        for config, splits in side.manifest.configs.items()
        for split in splits
    }
    for config, split in sorted(names):
        yield diff_split(old, new, config, split)


def _metric_versions(old: Side, new: Side) -> tuple[str, str] | None:
    before, after = old.metric_version, new.metric_version
    if before is None or after is None or before == after:
        return None
    return before, after


def _fields(old: ReleaseManifest, new: ReleaseManifest) -> dict[str, tuple[Any, Any]]:
    """Field of the manifest (``sources.medqa.revision``) -> its old and new value. ``tools``
    stands there once a release is made ready: that it does is no difference in the data."""
    left_out = _SPOKEN_OF_ELSEWHERE | (set() if old.tools and new.tools else {"tools"})
    before, after = (manifest.model_dump(mode="json", exclude=left_out) for manifest in (old, new))
    return {where: (one, other) for where, one, other in differences(before, after)}
