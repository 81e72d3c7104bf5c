"""``warmbench build qa``: from each kind of source to the same release every time."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import need
from warmbench.cli.main import main
from warmbench.conditions import Belief
from warmbench.data.release import open_release_path, read_release
from warmbench.data.table import write_rows
from warmbench.errors import DataError, RunError
from warmbench.tasks.task_spec import Source
from warmbench_builders.releasing.build_qa import RELEASE_VERSION
from warmbench_builders.sources.batch import Candidate, Origin, Rejected, read_source, source_of
from warmbench_builders.sources.hub import load_rows
from warmbench_builders.sources.mask import read_mask

RIVERS = ["Nile", "Congo", "Niger", "Volga", "Rhine", "Danube", "Ganges", "Indus", "Mekong", "Oder"]


def upstream_folder(root: Path) -> Path:
    """Small files of our own in the layout of the upstream ones."""
    trivia = [
        {"id": f"t{n}", "question": f"Which river is number {n} on my list", "aliases": [river]}
        for n, river in enumerate(RIVERS)
    ]
    write_rows(root / "a" / "triviaqa_dev.jsonl", trivia)
    with (root / "TruthfulQA.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Type", "Category", "Question", "Best Answer", "Best Incorrect Answer",
                         "Correct Answers", "Incorrect Answers", "Source"])  # fmt: skip
        for n in range(6):
            writer.writerow(["A", "Myths", f"What happens at step {n}?", "Nothing happens",
                             "You vanish", "Nothing happens; All stays", "You vanish; You fly", ""])  # fmt: skip
    return root


def build(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["build", "qa", *arguments])


def test_the_packaged_open_release_is_what_the_pool_builds(tmp_path: Path) -> None:
    result = build("--source", "open", "--out", str(tmp_path / "r"), "--json")
    assert result.exit_code == 0, result.output
    packaged = read_release(open_release_path())
    built = json.loads(result.output)
    assert built["fingerprint"] == packaged.fingerprint
    assert built["configs"] == packaged.manifest.to_json()["configs"]
    assert packaged.version == RELEASE_VERSION


def test_two_builds_from_files_are_the_same_to_the_byte(tmp_path: Path) -> None:
    source = upstream_folder(tmp_path / "up")
    for name in ("one", "two"):
        result = build("--source", str(source), "--out", str(tmp_path / name))
        assert result.exit_code == 0, result.output
    one = {p.relative_to(tmp_path / "one"): p for p in (tmp_path / "one").rglob("*") if p.is_file()}
    assert len(one) > 20
    for relative, path in one.items():
        assert path.read_bytes() == (tmp_path / "two" / relative).read_bytes()


def test_what_the_files_lack_is_said_and_comes_from_the_pool(tmp_path: Path) -> None:
    source = upstream_folder(tmp_path / "up")
    result = build("--source", str(source), "--out", str(tmp_path / "r"))
    assert "disinfo: no disinformation" in result.output
    release = read_release(tmp_path / "r")
    assert release.default_configs() == ("triviaqa", "truthfulqa", "open_medqa", "open_disinfo")


def test_no_wrong_belief_is_a_right_answer(tmp_path: Path) -> None:
    source = upstream_folder(tmp_path / "up")
    build("--source", str(source), "--out", str(tmp_path / "r"))
    release = read_release(tmp_path / "r")
    for item in release.items(release.configs):
        right = {answer.casefold() for answer in item.correct_answers}
        assert not right & {answer.casefold() for answer in item.incorrect_answers}
        if item.belief is Belief.ASSERTS_WRONG:
            said = item.belief_text.casefold()
            assert any(answer.casefold().rstrip(".") in said for answer in item.incorrect_answers)


def test_so_many_questions_are_drawn_and_another_seed_draws_others(tmp_path: Path) -> None:
    source = upstream_folder(tmp_path / "up")
    drawn = []
    for seed in ("0", "1"):
        out = tmp_path / seed
        options = ("--questions", "3", "--seed", seed, "--tasks", "truthfulqa")
        assert build("--source", str(source), "--out", str(out), *options).exit_code == 0
        drawn.append({i.question_id for i in read_release(out).items(["truthfulqa"])})
    assert [len(ids) for ids in drawn] == [3, 3]
    assert drawn[0] != drawn[1]


BAD = [
    ("no folder", ["--source", "nowhere"], 2, "not open, not hub, and not a folder"),
    ("empty folder", ["--source", "{empty}"], 2, "has no file of any of these tasks"),
    ("unknown task", ["--source", "open", "--tasks", "chess"], 2, "found 'chess'; accepted are"),
    (
        "version",
        ["--source", "open", "--version", "v1"],
        2,
        "--version: the version 'v1' is not X.Y.Z",
    ),
]


@pytest.mark.parametrize(("name", "options", "code", "expected"), BAD, ids=[b[0] for b in BAD])
def test_bad_input_gets_a_sentence(
    tmp_path: Path, name: str, options: list[str], code: int, expected: str
) -> None:
    (tmp_path / "empty").mkdir()
    options = [option.replace("{empty}", str(tmp_path / "empty")) for option in options]
    result = build(*options, "--out", str(tmp_path / "r"))
    assert (result.exit_code, "Traceback" in result.output) == (code, False)
    assert expected in " ".join(result.output.split())
    assert not (tmp_path / "r").exists()


def test_a_folder_that_holds_something_is_kept(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = build("--source", "open", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "exists and is not empty" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


DAMAGED = [
    ("column", b"Type,Category,Question\na,b,c\n", "no column 'Best Answer'"),
    ("encoding", "Question\nna\u00efve\n".encode("latin-1"), "is not UTF-8"),
    ("empty", b"", "the file has no rows"),
]


@pytest.mark.parametrize(("name", "content", "expected"), DAMAGED, ids=[d[0] for d in DAMAGED])
def test_a_damaged_upstream_file_is_named(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    (tmp_path / "TruthfulQA.csv").write_bytes(content)
    result = build("--source", str(tmp_path), "--out", str(tmp_path / "r"))
    assert result.exit_code == 2
    assert expected in result.output
    assert "TruthfulQA.csv" in result.output


def test_mask_gives_both_references_and_counts_what_is_unclear() -> None:
    rows: list[dict[str, Any]] = [
        {"user_prompt": "Write a post.", "proposition": "Salt is sweet.", "ground_truth": "False"},
        {"user_prompt": "Write a post.", "proposition": "Salt is sweet.", "ground_truth": "?"},
    ]
    good, bad = read_mask(rows, Origin("m", "1", "gated"))
    assert isinstance(bad, Rejected)
    assert not isinstance(good, Rejected)
    assert good.correct_answers == ("It is not true that salt is sweet.",)
    assert good.incorrect_answers == ("Salt is sweet.",)


def with_repo(task: str, repo: str, config: str | None) -> Source:
    from dataclasses import replace

    return replace(source_of(task), repo=repo, config=config, revision=None)


def test_the_hubs_rows_are_read_as_datasets_gives_them(tmp_path: Path) -> None:
    """A folder laid out like the Hub's repository, through the real ``datasets``."""
    need("datasets", "pip install 'warmbench[build]'")
    rows = [
        {
            "question": f"Which river is number {n}?",
            "question_id": f"t{n}",
            "answer": {"value": river, "aliases": [river, river.upper()]},
        }
        for n, river in enumerate(RIVERS)
    ]
    write_rows(tmp_path / "rc.nocontext" / "validation-0.parquet", rows)
    (tmp_path / "README.md").write_text(
        "---\nconfigs:\n- config_name: rc.nocontext\n  data_files:\n"
        "  - split: validation\n    path: rc.nocontext/validation-*\n---\n"
    )
    upstream = with_repo("triviaqa", str(tmp_path), "rc.nocontext")
    loaded = load_rows(upstream, None)
    questions = list(read_source(upstream, loaded, Origin("t", "1", "x")))
    assert len(questions) == len(RIVERS)
    assert isinstance(questions[0], Candidate)
    first = questions[0].settle()
    assert not isinstance(first, Rejected)
    assert first.correct_answers[0] == "the Nile"


def test_a_hub_that_can_not_be_reached_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    need("datasets", "pip install 'warmbench[build]'")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(RunError, match=r"could not be loaded from the Hub|gated by its owners"):
        load_rows(with_repo("disinfo", "warmbench/no-such-data-set", None), None)


def test_two_files_of_one_task_are_refused(tmp_path: Path) -> None:
    from warmbench_builders.sources.collect import folder_batch

    upstream_folder(tmp_path)
    upstream_folder(tmp_path / "again")
    with pytest.raises(DataError, match="more than one file for truthfulqa/truthful_qa"):
        folder_batch(tmp_path, "truthfulqa", wanted=None, seed=0)
