"""A bundle in a folder of submissions: once, whole, and never over another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmark.submission.handing_in.hub import small_bundle
from warmbench.errors import UsageError
from warmbench.submission.handing_in.prepare_bundle import put_in_folder


def test_twice_is_once(tmp_path: Path) -> None:
    bundle = small_bundle()
    out = put_in_folder(bundle, tmp_path)
    assert put_in_folder(bundle, tmp_path) == out == tmp_path / "bundles" / bundle.folder_name
    assert {path.name: path.read_bytes() for path in out.iterdir()} == dict(bundle.contents)
    assert [path.name for path in (tmp_path / "bundles").iterdir()] == [bundle.folder_name]


def test_other_files_of_the_same_rows_are_left_alone(tmp_path: Path) -> None:
    bundle = small_bundle()
    out = put_in_folder(bundle, tmp_path)
    other = replace(bundle, contents={**bundle.contents, "submission.json": b"{}"})
    with pytest.raises(UsageError, match="has the same rows with different files"):
        put_in_folder(other, tmp_path)
    assert (out / "submission.json").read_bytes() == bundle.contents["submission.json"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        put_in_folder(small_bundle(), tmp_path / "nowhere")
