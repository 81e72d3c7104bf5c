"""``warmbench warmth`` on files in every format, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from warmbench.cli.warmth import warmth
from warmbench.data.table import write_rows
from warmbench.errors import DataError, UsageError
from warmbench.reporting import wording
from warmbench.warmth.measure import open_measure

LOVE = "I'd love to help, let's look at it together!"
PLAIN = "The shop opens at nine in the morning on every day but Sunday."

ROWS = [
    {"item_id": "a", "arm": "original", "response": PLAIN, "kind": "shop"},
    {"item_id": "b", "arm": "original", "response": "Please ask again.", "kind": "shop"},
    {"item_id": "c", "arm": "original", "response": PLAIN, "kind": "other"},
    {"item_id": "a", "arm": "warm", "response": f"{PLAIN} {LOVE}", "kind": "shop"},
    {"item_id": "b", "arm": "warm", "response": LOVE, "kind": "shop"},
    {"item_id": "d", "arm": "warm", "response": PLAIN, "kind": "other"},
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(warmth, [str(argument) for argument in arguments])


def as_json(*arguments: str | Path) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def score(text: str) -> float:
    return open_measure("lexical").score([text])[0]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.jsonl"
    write_rows(path, ROWS)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_means_by_arm_and_the_paired_gain(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"answers{suffix}"
    write_rows(path, ROWS)
    found = as_json(path)
    assert (found["measure"], found["texts"], found["by"]) == ("lexical-1", 6, {})
    assert list(found["arms"]) == ["original", "warm"]
    assert found["arms"]["original"]["value"] == pytest.approx(1.25 / 3)
    assert found["arms"]["original"]["texts"] == 3
    assert list(found["gains"]) == ["warm"]
    gain = found["gains"]["warm"]["gain"]
    expected = (score(f"{PLAIN} {LOVE}") + score(LOVE) - 1.25) / 2  # "Please": 0.25 in 20 words
    assert gain["value"] == pytest.approx(expected)
    assert gain["n"] == 2
    assert found["gains"]["warm"]["original_mean"] == pytest.approx(0.625)
    assert gain["low"] < gain["value"] < gain["high"]


def test_answers_to_one_prompt_are_one_observation(tmp_path: Path) -> None:
    path = tmp_path / "epochs.jsonl"
    rows = [row | {"epoch": epoch} for row in ROWS for epoch in range(5)]
    write_rows(path, rows)
    once = tmp_path / "once.jsonl"
    write_rows(once, ROWS)
    many, single = as_json(path), as_json(once)
    assert many["texts"] == 30
    for arm in ("original", "warm"):
        assert (many["arms"][arm].pop("texts"), single["arms"][arm].pop("texts")) == (15, 3)
        assert many["arms"][arm] == pytest.approx(single["arms"][arm])
    assert many["gains"]["warm"] == single["gains"]["warm"]


def test_the_table_counts_texts_and_prompts_and_rounds_as_the_score(tmp_path: Path) -> None:
    path = tmp_path / "epochs.csv"
    write_rows(path, [row | {"epoch": epoch} for row in ROWS for epoch in range(6)])
    gain = as_json(path)["gains"]["warm"]["gain"]
    lines = [line.split() for line in run(path).stdout.splitlines()]
    (warm,) = [line for line in lines if line[:1] == ["warm"]]
    assert (warm[1:3], warm[-1]) == (["18", "3"], "2")
    shown = [wording.warmth(gain[key], sign=key == "value") for key in ("value", "low", "high")]
    assert " ".join(warm).endswith(f"{shown[0]} [{shown[1]}, {shown[2]}] 2")


def test_a_file_of_texts_alone(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    write_rows(path, [{"response": PLAIN}, {"response": LOVE}])
    found = as_json(path)
    assert list(found["arms"]) == ["all"]
    assert found["arms"]["all"]["texts"] == 2
    assert found["arms"]["all"]["value"] == pytest.approx(score(LOVE) / 2)
    assert found["gains"] == {}


def test_reasoning_is_not_scored_and_what_is_no_answer_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    thought = f"<think>{LOVE}</think>{PLAIN}"
    rows = [{"response": said, "x": 1} for said in (PLAIN, thought, "", None, f"<think>{LOVE}")]
    write_rows(path, [*rows, {"response": LOVE, "finish_reason": "content_filter"}])
    found = as_json(path)
    assert found["no_answer"] == {"empty": 2, "reasoning_only": 1, "content_filter": 1}
    assert found["arms"]["all"]["texts"] == 2
    assert found["arms"]["all"]["value"] == pytest.approx(score(PLAIN))
    left_out = "Left out (no answer): content_filter 1, empty 2, reasoning_only 1"
    assert left_out in run(path).stdout


def test_a_missing_value_of_a_csv_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    write_rows(path, [{"response": said} for said in (LOVE, "nan", "None", "")])
    found = as_json(path)
    assert (found["no_answer"], found["arms"]["all"]["texts"]) == ({"empty": 3}, 1)


@pytest.mark.parametrize("column", ["item_id", "conversation_id", "question"])
def test_prompts_are_paired_by_what_is_there(tmp_path: Path, column: str) -> None:
    path = tmp_path / "answers.jsonl"
    rows = [{("key" if key == "item_id" else key): row[key] for key in row} for row in ROWS]
    write_rows(path, [{column if key == "key" else key: row[key] for key in row} for row in rows])
    assert as_json(path)["gains"]["warm"]["gain"]["n"] == 2


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    names = {"response": "said", "arm": "model", "item_id": "nr", "kind": "kind"}
    write_rows(path, [{names[key]: value for key, value in row.items()} for row in ROWS])
    found = as_json(path, "--columns", "response=said,arm=model,item_id=nr")
    assert found["gains"]["warm"]["gain"]["n"] == 2


def test_by_splits_the_file(answers: Path) -> None:
    found = as_json(answers, "--by", "kind")
    assert list(found["by"]) == ["other", "shop"]
    assert found["by"]["shop"]["gains"]["warm"]["gain"]["n"] == 2
    assert found["by"]["other"]["gains"] == {}  # no prompt in common
    assert found["texts"] == sum(part["texts"] for part in found["by"].values())


def test_the_table_for_people(answers: Path) -> None:
    result = run(answers, "--by", "kind")
    assert result.exit_code == 0
    assert "lexical-1" in result.stdout
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["all", "original", "3", "3"] in [line[:4] for line in lines]
    assert ["shop", "warm", "2", "2"] in [line[:4] for line in lines]
    assert "+" in result.stdout


@pytest.mark.parametrize(
    ("rows", "arguments", "error", "message"),
    [
        ([{"text": "x"}], [], DataError, "no column 'response'; it has text"),
        ([{"response": "x"}, {"x": 1}], [], DataError, "row 2: no 'response'; it has x"),
        ([{"response": ""}, {"response": None}], [], DataError, "no row has an answer"),
        ([{"response": 3}], [], DataError, "should be text, found int"),
        ([{"response": "x", "arm": " "}], [], DataError, "row 1: 'arm' is empty"),
        ([{"response": "x"}], ["--by", "kind"], DataError, "no column 'kind' to split by"),
        ([{"response": "x"}], ["--columns", "arm=who"], DataError, "no column 'who'"),
        ([{"response": "x"}], ["--columns", "answer=x"], UsageError, "write OURS=THEIRS"),
        ([{"response": "x"}], ["--model", "gpt2"], UsageError, "takes no model"),
        ([{"response": "x"}], ["--passes", "3"], UsageError, "makes one pass"),
    ],
)
def test_what_cannot_be_used_is_reported(
    tmp_path: Path, rows: list[dict[str, Any]], arguments: list[str], error: type, message: str
) -> None:
    path = tmp_path / "answers.jsonl"
    write_rows(path, rows)
    with pytest.raises(error, match=message):
        CliRunner().invoke(warmth, [str(path), *arguments], catch_exceptions=False)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not a file, and not a run folder \(no run.json\)"):
        CliRunner().invoke(warmth, [str(tmp_path)], catch_exceptions=False)


def test_a_run_has_its_own_columns(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="--columns and --by need a file"):
        CliRunner().invoke(warmth, [str(tmp_path), "--by", "kind"], catch_exceptions=False)
