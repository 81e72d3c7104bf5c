"""Makes a release folder from a built one: withheld rows, card, metadata files and hashes."""

from __future__ import annotations

import hashlib
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warmbench.data.any_release import AnyRelease, read_any_release
from warmbench.data.fingerprint import (
    SplitHashes,
    row_fingerprint,
    rows_fingerprint,
    write_row_hashes,
)
from warmbench.data.manifest import (
    MANIFEST_NAME,
    FileRecord,
    SplitRecord,
    split_path,
    write_manifest,
)
from warmbench.data.release import JUDGING_CONFIG, Manifest
from warmbench.data.table import write_parquet
from warmbench.errors import DataError, UsageError
from warmbench.folders import atomic_write, check_free, new_folder, write_json
from warmbench_builders.releasing.card import card_text
from warmbench_builders.releasing.licences import bare_row, must_be_withheld
from warmbench_builders.releasing.metadata_files import citation_file, croissant, eval_file

__all__ = ["make_release"]

_TOOLS = ("warmbench", "pyarrow", "numpy")

Rows = Mapping[str, Mapping[str, dict[str, Any]]]
"""``config/split`` -> row id -> row."""

Tick = Callable[[int], None]


def make_release(
    built: Path,
    out: Path,
    repo: str,
    *,
    released: date | None = None,
    overwrite: bool = False,
    tick: Tick = lambda rows: None,
) -> AnyRelease:
    """Write the release of a built folder to ``out``, completely or not at all.

    ``repo``: where it will be published, ``ORG/NAME``. ``released``: its date. ``tick`` is called
    with how many rows were read. Raises ``DataError`` when the built folder is damaged,
    ``UsageError`` when ``out`` is not free, or holds the same version with other rows: the
    rows of a version never change.
    """
    release = _dated(read_any_release(built), released)
    if release.manifest.files:
        raise UsageError(f"{built}: already a release; give a folder made by `warmbench build`")
    _check_same_version(release, out)
    check_free(out, overwrite)
    rows = dict(_read(release, tick))
    _check_fingerprint(release)
    hashes = {
        split: {name: row_fingerprint(row) for name, row in rows[split].items()} for split in rows
    }
    withheld = must_be_withheld(release, rows)
    with new_folder(out) as folder:
        shipped = _write_rows(release, rows, withheld, folder)
        _describe(shipped, repo, _canary(rows), hashes)
        tools = {"python": platform.python_version(), **{name: version(name) for name in _TOOLS}}
        manifest = shipped.manifest.model_copy(
            update={"files": dict(_files(folder)), "tools": tools}
        )
        write_manifest(folder, manifest)
    return read_any_release(out)


def _dated(release: AnyRelease, released: date | None) -> AnyRelease:
    return replace(release, manifest=release.manifest.model_copy(update={"released": released}))


def _check_same_version(release: AnyRelease, out: Path) -> None:
    """A released version can't be made into something else, not even with ``--replace``."""
    if not (out / MANIFEST_NAME).is_file():
        return
    there, here = read_any_release(out).manifest, release.manifest
    if not there.files or (there.name, there.version) != (here.name, here.version):
        return
    if there.fingerprint != here.fingerprint:
        raise UsageError(
            f"{out}: holds {there.name} {there.version} with other rows (fingerprint "
            f"{there.fingerprint[:12]}, not {here.fingerprint[:12]}); a released version never "
            "changes: build the new rows as a new --version"
        )
    if there.configs.get(JUDGING_CONFIG) != here.configs.get(JUDGING_CONFIG):
        raise UsageError(
            f"{out}: holds {there.name} {there.version} with another {JUDGING_CONFIG} set; a "
            "released version never changes: build the new rows as a new --version"
        )


def _read(release: AnyRelease, tick: Tick) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    for config, split, record in release.splits:
        try:
            rows = release.checked_rows(config, split)
        except DataError as error:
            raise DataError(f"{error}; build it again") from None
        tick(record.rows)
        yield f"{config}/{split}", rows


def _check_fingerprint(release: AnyRelease) -> None:
    recomputed = release.fingerprint_of_records()
    if recomputed != release.manifest.fingerprint:
        raise DataError(
            f"{release.path}: {MANIFEST_NAME} says fingerprint {release.manifest.fingerprint}, the "
            f"rows give {recomputed}; build it again"
        )


def _canary(rows: Rows) -> str:
    found = sorted({str(row["canary"]) for split in rows.values() for row in split.values()})
    if len(found) != 1 or not found[0]:
        raise DataError(f"the rows have {len(found)} canary strings; all must have the same one")
    return found[0]


def _write_rows(
    release: AnyRelease, rows: Rows, withheld: Sequence[str], folder: Path
) -> AnyRelease:
    """Copy the files, those of withheld configs with bare rows; returns the new release."""
    configs: dict[str, dict[str, SplitRecord]] = {}
    for config, split, record in release.splits:
        target = split_path(folder, config, split)
        if config in withheld:
            bare = [bare_row(row) for row in rows[f"{config}/{split}"].values()]
            write_parquet(target, bare, release.schema(config))
            record = record.model_copy(update={"shipped": rows_fingerprint(bare)})
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(split_path(release.path, config, split), target)
        configs.setdefault(config, {})[split] = record
    manifest = release.manifest.model_copy(update={"configs": configs})
    return replace(release, path=folder, manifest=manifest)


def _describe(release: AnyRelease, repo: str, canary: str, hashes: SplitHashes) -> None:
    texts = {
        "README.md": card_text(release, repo, canary),
        "CITATION.cff": citation_file(release, repo),
    }
    if isinstance(release.manifest, Manifest):
        texts["eval.yaml"] = eval_file(release)
    for name, text in texts.items():
        with atomic_write(release.path / name) as file:
            file.write(text.encode())
    write_json(release.path / "croissant.json", croissant(release, repo))
    write_row_hashes(release.path, hashes.items())


def _files(folder: Path) -> Iterator[tuple[str, FileRecord]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            record = FileRecord(size=len(content), sha256=hashlib.sha256(content).hexdigest())
            yield path.relative_to(folder).as_posix(), record
