"""A release folder is checked whole before anything of it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders.publishing.hub import made_release
from tests.builders.releasing.built import GATED, build_qa
from warmbench.data.manifest import MANIFEST_NAME
from warmbench.data.release import Manifest
from warmbench.errors import DataError, UsageError
from warmbench_builders.publishing.release_files import read_release_files
from warmbench_builders.releasing.make_release import make_release

PARQUET = "data/open_triviaqa/plain.parquet"


def change(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + b"x")


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file changed": (change("README.md"), "README.md: is not the file that was released"),
    "rows changed": (change(PARQUET), f"{PARQUET}: is not the file that was released"),
    "a file gone": (lambda folder: (folder / PARQUET).unlink(), f"{PARQUET}: is in the manifest"),
    "a file more": (
        lambda folder: (folder / "notes.txt").write_text("x"),
        "notes.txt: is in the folder, but not in the manifest",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_folder_that_is_not_what_its_manifest_says_is_refused(
    damage: str, tmp_path: Path
) -> None:
    folder = made_release(tmp_path).path
    act, words = DAMAGES[damage]
    act(folder)
    with pytest.raises(DataError, match=words):
        read_release_files(folder)


def test_a_plain_build_is_refused(tmp_path: Path) -> None:
    built = build_qa(tmp_path / "built", {"open_triviaqa": "CC-BY-4.0"}, questions=1)
    with pytest.raises(UsageError, match="run `warmbench release` on it first"):
        read_release_files(built)


def test_rows_that_must_not_be_handed_on_are_refused_though_the_manifest_fits(
    tmp_path: Path,
) -> None:
    """A release of gated rows whose manifest was told to call them open."""
    built = build_qa(tmp_path / "built", {"disinfo": GATED}, questions=1)
    make_release(built, tmp_path / "release", "ann/qa")
    ids_alone = read_release_files(tmp_path / "release")
    assert ids_alone.release.manifest.withheld == ("disinfo",)
    manifest = json.loads((tmp_path / "release" / MANIFEST_NAME).read_bytes())
    for record in manifest["configs"]["disinfo"].values():
        record["fingerprint"] = record.pop("shipped")
    told = replace(ids_alone.release, manifest=Manifest.model_validate(manifest))
    manifest["fingerprint"] = told.fingerprint_of_records()
    (tmp_path / "release" / MANIFEST_NAME).write_text(json.dumps(manifest))
    with pytest.raises(DataError, match="does not allow publication"):
        read_release_files(tmp_path / "release")
