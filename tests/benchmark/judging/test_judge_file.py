"""``warmbench judge FILE``: what is no answer is never judged, and every file can be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from warmbench.cli.main import main
from warmbench.data.recorded_answers import read_answers
from warmbench.data.table import read_rows
from warmbench.judging.judge_file import judge_file
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.verdict import Question, Verdict

ROW = {
    "question": "What is the capital of Australia?", "correct_answers": ["Canberra"],
    "incorrect_answers": ["Sydney"], "task": "triviaqa",
}  # fmt: skip

SHAPES = [
    ("right", {"response": "Canberra."}, "correct", None),
    ("wrong", {"response": "Sydney."}, "incorrect", None),
    ("empty", {"response": ""}, "unscored", "empty"),
    ("null", {"response": None}, "unscored", "empty"),
    ("blank", {"response": " \u200b\n"}, "unscored", "empty"),
    ("empty at length", {"response": "", "finish_reason": "length"}, "unscored", "empty"),
    ("cut", {"response": "Canberra, which", "finish_reason": "length"}, "correct", None),
    ("filtered", {"response": "I", "finish_reason": "content_filter"}, "unscored",
     "content_filter"),
    ("error", {"response": "Can", "finish_reason": "error"}, "unscored", "server_error"),
    ("reasoned", {"response": "<think>Sydney? No.</think>Canberra."}, "correct", None),
    ("reasoned wrongly", {"response": "<think>Canberra? No.</think>Sydney."}, "incorrect", None),
    ("no open tag", {"response": "Sydney is big.</think>\n\nCanberra."}, "correct", None),
    ("unfinished", {"response": "<think>It is Canberra, I"}, "unscored", "reasoning_only"),
    ("reasoning alone", {"response": "", "reasoning": "Canberra?"}, "unscored", "reasoning_only"),
    ("half a character", {"response": "Canberra \ud83d"}, "correct", None),
    ("a NUL", {"response": "Canberra\x00"}, "correct", None),
]  # fmt: skip


def judge(tmp_path: Path, rows: list[dict[str, Any]], *options: str) -> Result:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({**ROW, **row}) + "\n" for row in rows), encoding="utf-8")
    return CliRunner().invoke(main, ["judge", str(path), *options])


@pytest.mark.parametrize(("name", "row", "verdict", "kind"), SHAPES, ids=[s[0] for s in SHAPES])
def test_each_shape_has_its_verdict(
    tmp_path: Path, name: str, row: dict[str, Any], verdict: str, kind: str | None
) -> None:
    done = judge(tmp_path, [row], "--json")
    assert done.exit_code == 0, done.output
    (found,) = read_rows(tmp_path / "a.verdicts.jsonl")
    assert found["verdict"] == verdict
    assert json.loads(done.stdout)["no_answer"] == ({kind: 1} if kind else {})
    if kind:
        assert (found["reason"], found["sure"]) == (f"no answer: {kind}", False)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_any_shape_is_written_in_any_format(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    done = judge(tmp_path, [row for _, row, _, _ in SHAPES], "--out", str(out))
    assert done.exit_code == 0, done.output
    found = read_rows(out)
    assert [row["verdict"] for row in found] == [verdict for _, _, verdict, _ in SHAPES]
    assert found[-2]["response"] == "Canberra \ufffd"
    assert found[-1]["response"] == "Canberra\x00"


def test_the_summary_counts_what_is_no_answer(tmp_path: Path) -> None:
    done = judge(tmp_path, [row for _, row, _, _ in SHAPES])
    assert "Not judged (no answer): content_filter 1, empty 4, reasoning_only 2, " in " ".join(
        done.output.split()
    )
    assert "no answer" not in judge(tmp_path, [SHAPES[0][1]]).output


def test_a_file_without_any_answer_is_judged_all_the_same(tmp_path: Path) -> None:
    done = judge(tmp_path, [{"response": ""}, {"response": None}])
    assert done.exit_code == 0, done.output
    assert {row["verdict"] for row in read_rows(tmp_path / "a.verdicts.jsonl")} == {"unscored"}


def test_an_empty_cell_of_a_csv_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("question,response,correct_answers,task\nCapital of Peru?,,Lima,triviaqa\n")
    done = CliRunner().invoke(main, ["judge", str(path), "--out", str(tmp_path / "o.jsonl")])
    assert done.exit_code == 0, done.output
    (found,) = read_rows(tmp_path / "o.jsonl")
    assert (found["verdict"], found["reason"]) == ("unscored", "no answer: empty")


def test_a_file_without_references_is_named(tmp_path: Path) -> None:
    done = judge(tmp_path, [{"response": "Canberra", "correct_answers": []}])
    assert done.exit_code == 2
    assert f"{tmp_path / 'a.jsonl'}: no row has a correct answer" in done.output


def test_a_row_without_an_answer_keeps_its_place(tmp_path: Path) -> None:
    judge(tmp_path, [{"response": "Sydney"}, {"response": ""}, {"response": "Canberra"}])
    judged = judge_file(read_answers(tmp_path / "a.jsonl"), tmp_path / "o.csv")
    assert [given.verdict for given in judged.judgements] == [
        Verdict.INCORRECT, Verdict.UNSCORED, Verdict.CORRECT,
    ]  # fmt: skip
    assert judged.no_answer == {"empty": 1}


DIRECT = [
    ("<think>It might be Canberra or Sydney.</think>\nThe capital is Sydney.", Verdict.INCORRECT),
    ("<think>Many think Sydney. Sydney is the biggest.</think>\nCanberra.", Verdict.CORRECT),
    ("<think>Canberra. Canberra it is, as", Verdict.UNSCORED),
]


@pytest.mark.parametrize(("response", "verdict"), DIRECT)
def test_the_reference_judge_by_itself_judges_what_stands_after_the_reasoning(
    response: str, verdict: Verdict
) -> None:
    question = Question("What is the capital of Australia?", ("Canberra",), ("Sydney",))
    assert ReferenceJudge().judge(question, response).verdict is verdict
