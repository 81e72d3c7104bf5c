"""The history of a checkout: merges count, dates do not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from warmbench_leaderboard.store.local_store import LocalSubmissionStore, first_commits

_LONG_AGO = {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00", "GIT_COMMITTER_DATE": "2001-01-01T00:00:00"}
_ALONE = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    **{
        f"GIT_{who}_{what}": f"{who}@example.org"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
}


def git(root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
    subprocess.run(
        ["git", "-C", str(root), *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, **_ALONE, **(env or {})},
    )


def put(root: Path, name: str, *, env: Mapping[str, str] | None = None) -> None:
    """Commit the rows of a bundle."""
    folder = root / "submissions" / "bundles" / name
    folder.mkdir(parents=True)
    (folder / "responses.jsonl").write_text(name)
    git(root, "add", "--all")
    git(root, "commit", "--message", name, env=env)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with ``honest`` merged first, then a ``thief`` whose commit is dated before."""
    git(tmp_path, "init", "--initial-branch=main")
    put(tmp_path, "honest")
    git(tmp_path, "checkout", "-b", "stolen")
    put(tmp_path, "thief", env=_LONG_AGO)
    git(tmp_path, "checkout", "main")
    put(tmp_path, "between")
    git(tmp_path, "merge", "--no-ff", "stolen", "--message", "Merge")
    return tmp_path


def test_a_file_counts_from_when_it_was_merged(checkout: Path) -> None:
    names = ("thief", "between", "honest", "not there")
    paths = [f"bundles/{name}/responses.jsonl" for name in names]
    assert first_commits(checkout / "submissions", paths) == {
        "bundles/honest/responses.jsonl": 0,
        "bundles/between/responses.jsonl": 1,
        "bundles/thief/responses.jsonl": 2,
    }


def test_what_is_changed_or_put_back_counts_from_the_first_time(checkout: Path) -> None:
    rows = checkout / "submissions" / "bundles" / "honest" / "responses.jsonl"
    git(checkout, "rm", str(rows))
    git(checkout, "commit", "--message", "Take away")
    put_back = rows.parent
    put_back.mkdir()
    rows.write_text("again")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--message", "Put back")
    store = LocalSubmissionStore(checkout / "submissions")
    listing = store.listing()
    found = store.first_seen(listing, listing.submissions)
    assert sorted(found, key=found.__getitem__) == ["honest", "between", "thief"]


def test_a_folder_without_a_history_tells_nothing(tmp_path: Path, checkout: Path) -> None:
    assert first_commits(checkout / "nowhere", ["bundles/honest/responses.jsonl"]) == {}
    assert first_commits(checkout / "submissions", []) == {}
    (checkout / ".git").rename(checkout / "no-git")
    assert first_commits(checkout / "submissions", ["bundles/honest/responses.jsonl"]) == {}
