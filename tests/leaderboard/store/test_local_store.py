"""A folder as a store: what moves its state, and what names its content."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from warmbench.errors import DataError
from warmbench_leaderboard.store.local_store import LocalSubmissionStore


def filled(root: Path) -> Path:
    (root / "published").mkdir(parents=True)
    (root / "published" / "a.json").write_text("1")
    (root / "published" / "README.md").write_text("not a study")
    for name in ("x", "y"):
        (root / "bundles" / name).mkdir(parents=True)
        (root / "bundles" / name / "submission.json").write_text(name)
    (root / "bundles" / ".hidden").mkdir()
    (root / "requests").mkdir()
    return root


def test_what_is_listed(tmp_path: Path) -> None:
    listing = LocalSubmissionStore(filled(tmp_path)).listing()
    assert [each.path for each in listing.submissions] == [
        "bundles/x",
        "bundles/y",
        "published/a.json",
    ]
    assert [each.name for each in listing.submissions] == ["x", "y", "a"]
    assert listing.revision is None
    assert LocalSubmissionStore(tmp_path).state() == listing.state


def rewrite(root: Path) -> None:
    (root / "bundles" / "x" / "submission.json").write_text("z")


def add(root: Path) -> None:
    (root / "bundles" / "x" / "more.json").write_text("1")


def take_away(root: Path) -> None:
    (root / "bundles" / "x" / "submission.json").unlink()


CHANGES: list[Callable[[Path], None]] = [rewrite, add, take_away]


@pytest.mark.parametrize("change", CHANGES, ids=[each.__name__ for each in CHANGES])
def test_a_change_shows_in_the_state_and_in_one_submission(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    store = LocalSubmissionStore(filled(tmp_path / "in"), tmp_path / "seen.json")
    before = store.listing()
    change(tmp_path / "in")
    os.utime(tmp_path / "in" / "bundles" / "x", ns=(1, 1))
    after = store.listing()
    assert before.state != after.state
    changed = {
        old.name
        for old, new in zip(before.submissions, after.submissions, strict=True)
        if old.content != new.content
    }
    assert changed == {"x"}


def test_what_is_remembered_is_what_is_read(tmp_path: Path) -> None:
    root = filled(tmp_path / "in")
    first = LocalSubmissionStore(root, tmp_path / "seen.json").listing()
    assert (
        LocalSubmissionStore(root, tmp_path / "seen.json").listing()
        == first
        == LocalSubmissionStore(root).listing()
    )
    (tmp_path / "seen.json").write_text("[")
    assert LocalSubmissionStore(root, tmp_path / "seen.json").listing() == first


def test_what_lies_elsewhere_is_not_read(tmp_path: Path) -> None:
    """A link out of the folder counts by itself; its target may change."""
    secret = tmp_path / "secret"
    secret.write_text("1")
    root = filled(tmp_path / "in")
    (root / "bundles" / "x" / "link").symlink_to(secret)
    before = LocalSubmissionStore(root).listing()
    secret.write_text("2, and longer")
    assert LocalSubmissionStore(root).listing() == before


def test_no_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder of submissions"):
        LocalSubmissionStore(tmp_path / "none").state()
