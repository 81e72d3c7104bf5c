"""``warmbench.load``: the embedded release, with no download."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import warmbench
from warmbench.conditions import PAPER_TASKS, Context
from warmbench.data.release import (
    JUDGING_CONFIG,
    open_release_path,
    read_release,
    release_fingerprint,
)
from warmbench.data.table import read_rows, write_parquet
from warmbench.data.verify_release import verify_release
from warmbench.errors import DataError, UsageError
from warmbench.records.labelled_answer import LABELLED_ANSWER_SCHEMA, Part


def test_the_whole_open_pool() -> None:
    rows = warmbench.load()
    assert set(rows["task"]) == set(PAPER_TASKS)
    assert len(rows) == rows["question_id"].nunique() * 30
    assert rows["item_id"].is_unique


def test_one_context_and_belief_of_a_task() -> None:
    rows = warmbench.load("truthfulqa", context="sadness", belief="none")
    assert set(rows["context"]) == {"sadness"}
    assert len(rows) == rows["question_id"].nunique() >= 70
    first = rows.iloc[0]
    assert first["messages"][0]["content"].startswith(first["framing"])


WRONG = [
    ("config", {"config": "chess"}, "no config 'chess'"),
    ("context", {"context": "grief"}, "no context 'grief'; they are plain, neutral"),
    ("belief", {"belief": ["none", "odd"]}, "no belief 'odd'"),
    ("number", {"context": 3}, "no context 3; they are plain"),
    ("folder", {"data": "nowhere"}, "no such folder"),
]


@pytest.mark.parametrize(("name", "options", "expected"), WRONG, ids=[w[0] for w in WRONG])
def test_an_unknown_name_is_reported(name: str, options: dict[str, object], expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        warmbench.load(**options)


def test_a_changed_row_is_found(tmp_path: Path) -> None:
    import shutil

    from warmbench.data.table import read_rows, write_parquet
    from warmbench.records.item import ITEM_SCHEMA

    shutil.copytree(open_release_path(), tmp_path / "r")
    path = tmp_path / "r" / "data" / "open_medqa" / "sadness.parquet"
    rows = read_rows(path)
    rows[3]["correct_answers"] = ["anything"]
    write_parquet(path, rows, ITEM_SCHEMA)
    with pytest.raises(DataError, match=r"sadness\.parquet: the rows are not those of release"):
        warmbench.load("open_medqa", data=tmp_path / "r")
    assert len(warmbench.load("open_medqa", context="anger", data=tmp_path / "r"))


@pytest.mark.parametrize(
    ("change", "expected"),
    [("", "no release.json here"), ("{", "Invalid JSON"), ("{}", "name: Field required")],
)
def test_a_damaged_manifest_is_reported(tmp_path: Path, change: str, expected: str) -> None:
    if change:
        (tmp_path / "release.json").write_text(change)
    with pytest.raises(DataError, match=expected):
        read_release(tmp_path)


def test_the_release_says_where_it_comes_from() -> None:
    manifest = read_release(open_release_path()).manifest
    for config, source in manifest.sources.items():
        if config == JUDGING_CONFIG:
            continue
        assert config.startswith("open_")
        assert source.license == "CC-BY-4.0"
        assert source.kept >= 70
        assert set(manifest.configs[config]) == {context.value for context in Context}


def test_the_judging_set_is_loaded_whole() -> None:
    rows = warmbench.load("judging")
    assert list(rows.columns) == LABELLED_ANSWER_SCHEMA.names
    assert rows["answer_id"].is_unique
    assert set(rows["part"]) == {"development", "final"}
    ours = rows[rows["config"].str.startswith("open_")]
    assert ours["question"].str.len().min() > 0
    assert ours["correct_answers"].str.len().min() > 0
    assert set(rows.loc[rows["question"].isna(), "config"]) == {"truthfulqa", "medqa"}
    assert set(rows["config"]) - set(ours["config"]) == {"truthfulqa", "medqa"}
    assert not rows.groupby("question_id")["part"].nunique().gt(1).any()


def test_the_judging_set_has_no_contexts() -> None:
    with pytest.raises(UsageError, match="has no contexts"):
        warmbench.load("judging", context="plain")


def test_a_release_without_a_judging_set_says_so(tmp_path: Path) -> None:
    manifest = json.loads((open_release_path() / "release.json").read_bytes())
    del manifest["configs"]["judging"]
    (tmp_path / "release.json").write_text(json.dumps(manifest))
    release = read_release(tmp_path)
    assert release.judging_record(Part.FINAL) is None
    with pytest.raises(UsageError, match="has no config 'judging'"):
        release.labelled_answers(Part.FINAL)


def test_a_changed_label_is_found(tmp_path: Path) -> None:
    shutil.copytree(open_release_path(), tmp_path / "r")
    path = tmp_path / "r" / "data" / "judging" / "final.parquet"
    rows = read_rows(path)
    rows[0]["label"] = "correct" if rows[0]["label"] == "incorrect" else "incorrect"
    write_parquet(path, rows, LABELLED_ANSWER_SCHEMA)
    with pytest.raises(DataError, match=r"final\.parquet: the rows are not those of release"):
        read_release(tmp_path / "r").labelled_answers(Part.FINAL)
    findings = verify_release(tmp_path / "r").findings
    assert [finding.where for finding in findings] == [f"judging/final/{rows[0]['answer_id']}"]


def test_the_judging_set_is_not_in_the_fingerprint_of_the_questions() -> None:
    manifest = read_release(open_release_path()).manifest
    questions = {name: splits for name, splits in manifest.configs.items() if name != "judging"}
    for configs in (questions, manifest.configs):
        found = release_fingerprint(manifest.version, manifest.metric_version, configs)
        assert found == manifest.fingerprint
