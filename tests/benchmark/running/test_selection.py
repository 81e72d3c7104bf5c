"""What a run asks of a release: chosen by name, and nothing else is read."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from warmbench.conditions import Belief, Context
from warmbench.data.release import open_release_path, read_release
from warmbench.data.table import read_rows, write_parquet
from warmbench.errors import DataError, UsageError
from warmbench.records.item import ITEM_SCHEMA
from warmbench.records.selection import Selection
from warmbench.running.selection import items_of_release, select_items

SELECTIONS = {
    "all": Selection(),
    "one question a task": Selection(limit=1),
    "a task": Selection(tasks=("medqa",), limit=2),
    "a context and a belief": Selection(contexts=(Context.ANGER,), beliefs=(Belief.NONE,)),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_it_is_what_would_be_chosen_of_all_items(name: str) -> None:
    release = read_release(open_release_path())
    expected = select_items(release.items(), SELECTIONS[name])
    assert items_of_release(release, SELECTIONS[name]) == expected


def test_nothing_is_left_of_a_release() -> None:
    whole = read_release(open_release_path())
    configs = {
        name: splits for name, splits in whole.manifest.configs.items() if "medqa" not in name
    }
    release = replace(whole, manifest=whole.manifest.model_copy(update={"configs": configs}))
    with pytest.raises(
        UsageError, match="no item matches tasks medqa: the data has the tasks disinfo, triviaqa"
    ):
        items_of_release(release, Selection(tasks=("medqa",)))


def damaged(root: Path, asked: bool) -> Path:
    """The open release, where the rows that a limit of one asks, or all others, are not as they
    were released."""
    shutil.copytree(open_release_path(), root)
    release = read_release(root)
    ids = {item.item_id for item in items_of_release(release, Selection(limit=1))}
    for path in sorted(root.rglob("open_*/*.parquet")):
        rows = [
            {**row, "question": "Damaged?"} if (row["item_id"] in ids) is asked else row
            for row in read_rows(path)
        ]
        write_parquet(path, rows, ITEM_SCHEMA)
    return root


def test_rows_that_are_not_asked_are_not_hashed(tmp_path: Path) -> None:
    release = read_release(damaged(tmp_path / "r", asked=False))
    items = items_of_release(release, Selection(limit=1))
    assert items == items_of_release(read_release(open_release_path()), Selection(limit=1))
    with pytest.raises(DataError, match="the rows are not those of release"):
        items_of_release(release, Selection())


def test_each_row_that_is_asked_is_hashed(tmp_path: Path) -> None:
    release = read_release(damaged(tmp_path / "r", asked=True))
    with pytest.raises(DataError, match=r"is not the row that rows\.sha256 names"):
        items_of_release(release, Selection(limit=1))


def test_hashes_that_are_not_those_of_the_manifest_are_not_believed(tmp_path: Path) -> None:
    shutil.copytree(open_release_path(), tmp_path / "r")
    path = tmp_path / "r" / "rows.sha256"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line.replace("a", "b", 1) for line in lines))
    with pytest.raises(DataError, match=r"rows\.sha256: the rows of"):
        items_of_release(read_release(tmp_path / "r"), Selection(limit=1))


def test_without_the_hashes_of_rows_whole_files_are_checked(tmp_path: Path) -> None:
    root = damaged(tmp_path / "r", asked=False)
    (root / "rows.sha256").unlink()
    with pytest.raises(DataError, match="the rows are not those of release"):
        items_of_release(read_release(root), Selection(limit=1))
