"""Half a character and NUL in any column: through a run and all that is made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from warmbench.cli.main import main
from warmbench.data.table import read_rows

HALF = "\ud83d"


def warmbench(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write(path: Path, **of_all: Any) -> Path:
    rows = [
        {"question": f"Capital of {name}?{HALF}", "response": f"{capital} {HALF}\0",
         "correct_answers": [capital, f"{capital}{HALF}"], "incorrect_answers": f"['Rome{HALF}']",
         "task": "triviaqa", "context": context, "question_id": f"{name}{HALF}",
         "prompt": f"Hm{HALF}. Capital of {name}?", "reasoning": f"So{HALF}", **of_all}
        for name, capital in (("Peru", "Lima"), ("Chile", "Santiago"))
        for context in ("plain", "anger")
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_they_go_through_a_run_and_its_results(tmp_path: Path) -> None:
    original = write(tmp_path / "original.jsonl")
    warm = write(tmp_path / "warm.jsonl", response=f"Rome{HALF}")
    run = tmp_path / "run"
    for arguments in (
        ["run", "--original", f"replay:{original}", "--warm", f"replay:{warm}", "--out", run],
        ["judge", run],
        ["score", run],
        ["score", run, "--json"],
        ["analyse", run],
        ["report", run],
        ["warmth", original, "--by", "question"],
    ):
        done = warmbench(*arguments)
        assert done.exit_code == 0, (arguments, done.output, done.exception)
    found = {row["response"] for row in read_rows(run / "responses.parquet")}
    assert found == {"Lima \ufffd\0", "Santiago \ufffd\0", "Rome\ufffd"}
    assert all("\ufffd" in row["question"] for row in read_rows(run / "items.parquet"))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_they_are_judged_and_written(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    done = warmbench("judge", write(tmp_path / "a.jsonl"), "--out", out)
    assert done.exit_code == 0, (done.output, done.exception)
    rows = read_rows(out)
    assert [row["verdict"] for row in rows] == ["correct"] * 4
    assert rows[0]["response"] == "Lima \ufffd\0"


REFUSED = [
    ("context", "no context '\ufffd'"),
    ("task", "no task '\ufffd'"),
    ("epoch", "'epoch' should be a whole number"),
    ("correct", "'correct' should be true or false"),
]


@pytest.mark.parametrize(("column", "said"), REFUSED)
def test_where_a_name_is_wanted_they_are_refused(tmp_path: Path, column: str, said: str) -> None:
    done = warmbench("judge", write(tmp_path / "a.jsonl", **{column: HALF}))
    assert done.exit_code == 2
    assert said in done.output
