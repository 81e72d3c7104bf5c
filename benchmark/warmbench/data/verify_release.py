"""Verifies a release: files against their hashes, rows against theirs, and the fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from warmbench.data.any_release import AnyRelease, read_any_release
from warmbench.data.fingerprint import ROWS_NAME, joined_fingerprint, row_fingerprint, row_id_of
from warmbench.data.manifest import MANIFEST_NAME, SplitRecord
from warmbench.errors import DataError
from warmbench.records.finding import Finding, Verification

__all__ = ["verify_release"]

_IGNORED = (MANIFEST_NAME, ".gitattributes")
"""Files that the manifest does not list: itself, and what the Hub puts into every repository."""

Tick = Callable[[int], None]


def verify_release(
    path: Path,
    *,
    target: str | None = None,
    against: Path | None = None,
    tick: Tick = lambda rows: None,
) -> Verification:
    """Recompute all that a release folder says of itself.

    ``target``: what to call it. ``against``: another release of the same kind and version whose
    row hashes these rows must have too, e.g. the published one that was rebuilt. ``tick`` is told
    how many rows were hashed. Raises ``DataError`` where ``path`` is not a release.
    """
    release = read_any_release(path)
    files = list(_file_findings(release))
    other = read_any_release(against) if against else None
    splits = [
        _checked_split(release, f"{config}/{split}", record, other, tick)
        for config, split, record in release.splits
    ]
    rows = [finding for split in splits for finding in split.findings]
    missing = list(_missing_splits(release, other)) if other else []
    recomputed = _recomputed(release, splits)
    return Verification(
        target=target or str(path),
        name=release.manifest.name,
        version=release.manifest.version,
        fingerprint=recomputed,
        files=len(release.manifest.files),
        rows=sum(split.rows for split in splits),
        withheld=release.manifest.withheld,
        findings=(*files, *rows, *missing, *_fingerprint_findings(release, recomputed, other)),
    )


@dataclass(frozen=True)
class _Split:
    """What came of one split; ``fingerprint`` is that of the rows in its file."""

    where: str
    rows: int
    fingerprint: str | None
    findings: tuple[Finding, ...]


def _file_findings(release: AnyRelease) -> Iterator[Finding]:
    files = release.manifest.files
    for name, record in files.items():
        path = release.path / name
        if not path.is_file():
            yield Finding("file-missing", name, "is in the manifest, but not in the folder")
        elif path.stat().st_size != record.size or _sha256(path) != record.sha256:
            yield Finding("file-changed", name, "is not the file that was released (SHA-256)")
    if files:
        for name in _files_in(release.path):
            if name not in files and name not in _IGNORED:
                yield Finding("file-added", name, "is in the folder, but not in the manifest")


def _files_in(root: Path) -> list[str]:
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not path.relative_to(root).as_posix().startswith(".cache/")
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked_split(
    release: AnyRelease,
    where: str,
    record: SplitRecord,
    other: AnyRelease | None,
    tick: Tick,
) -> _Split:
    config, split = where.split("/")
    try:
        rows = release.rows(config, split)
    except DataError as error:
        return _Split(where, 0, None, (Finding("rows-unreadable", where, str(error)),))
    found = {row_id_of(row): row_fingerprint(row) for row in rows}
    tick(len(rows))
    findings = []
    if len(found) != len(rows):
        findings.append(Finding("row-twice", where, "holds a row id more than once"))
    if len(rows) != record.rows:
        text = f"{len(rows):,} rows, but the manifest says {record.rows:,}"
        findings.append(Finding("row-count", where, text))
    fingerprint = joined_fingerprint(found.values())
    if fingerprint != record.in_file:
        findings.append(_named_row(release, where, record, found))
    if (
        other is not None
        and (expected := (other.row_hashes or {}).get(where))
        and not record.shipped
    ):
        findings += _first_difference(where, found, expected, str(other.path))
    return _Split(where, len(rows), fingerprint, tuple(findings))


def _named_row(
    release: AnyRelease, where: str, record: SplitRecord, found: Mapping[str, str]
) -> Finding:
    """The rows are not those of the manifest: say which is the first, where that can be known."""
    expected = (release.row_hashes or {}).get(where)
    if expected is None or record.shipped:
        text = f"the rows are not those of the manifest (no {ROWS_NAME} says which differ)"
        return Finding("rows-changed", where, text)
    for finding in _first_difference(where, found, expected, ROWS_NAME):
        return finding
    text = f"the rows are those of {ROWS_NAME}, but not those of the manifest"
    return Finding("rows-changed", where, text)


def _first_difference(
    where: str, found: Mapping[str, str], expected: Mapping[str, str], source: str
) -> list[Finding]:
    """The first row, in the order of the file it is compared with, that is not the same."""
    for row_id, fingerprint in expected.items():
        if row_id not in found:
            return [Finding("row-missing", f"{where}/{row_id}", f"is in {source}, but not here")]
        if found[row_id] != fingerprint:
            text = f"is not the row that {source} names"
            return [Finding("row-changed", f"{where}/{row_id}", text)]
    for row_id in found:
        if row_id not in expected:
            return [Finding("row-added", f"{where}/{row_id}", f"is not in {source}")]
    return []


def _missing_splits(release: AnyRelease, other: AnyRelease) -> Iterator[Finding]:
    here = {f"{config}/{split}" for config, split, _ in release.splits}
    for config, split, _ in other.splits:
        if f"{config}/{split}" not in here:
            where = f"{config}/{split}"
            yield Finding("split-missing", where, f"is in {other.path}, but not here")


def _recomputed(release: AnyRelease, splits: list[_Split]) -> str | None:
    """The release's fingerprint from what was read; a withheld split counts as recorded, for its
    whole rows are not here."""
    if any(split.fingerprint is None for split in splits):
        return None
    read = {split.where: split.fingerprint for split in splits}
    configs = {
        config: {
            split: record
            if record.shipped
            else record.model_copy(update={"fingerprint": read[f"{config}/{split}"]})
            for split, record in records.items()
        }
        for config, records in release.manifest.configs.items()
    }
    manifest = release.manifest.model_copy(update={"configs": configs})
    return replace(release, manifest=manifest).fingerprint_of_records()


def _fingerprint_findings(
    release: AnyRelease, recomputed: str | None, other: AnyRelease | None
) -> Iterator[Finding]:
    manifest = release.manifest
    if recomputed is not None and recomputed != manifest.fingerprint:
        text = f"the manifest says {manifest.fingerprint}, the rows give {recomputed}"
        yield Finding("fingerprint", MANIFEST_NAME, text)
    if other is not None and other.manifest.fingerprint != manifest.fingerprint:
        there = other.manifest
        text = f"{manifest.fingerprint} here, {there.fingerprint} in {other.path}"
        yield Finding("not-the-same", MANIFEST_NAME, text)
