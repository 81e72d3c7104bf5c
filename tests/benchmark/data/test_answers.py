"""Recorded answers, in our layout and in the paper's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from warmbench.conditions import Belief, Context
from warmbench.data.answered_items import items_of_answers
from warmbench.data.recorded_answers import parse_column_names, read_answers
from warmbench.errors import DataError, UsageError

ROW = {
    "question": "What is the capital of Kenya?",
    "response": "Nairobi.",
    "correct_answers": '["Nairobi"]',
    "task": "triviaqa",
}


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_our_layout(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {**ROW, "context": "sadness", "belief": "asserts_wrong", "incorrect_answers": ["Mombasa"]},
    )
    (row,) = read_answers(path)
    assert (row.context, row.belief, row.task) == (
        Context.SADNESS, Belief.ASSERTS_WRONG, "triviaqa",
    )  # fmt: skip
    assert (row.correct_answers, row.incorrect_answers) == (("Nairobi",), ("Mombasa",))


def test_the_papers_layout(tmp_path: Path) -> None:
    path = tmp_path / "trivia_warm_outputs.csv"
    path.write_text(
        "content_key,correct_answer,incorrect_answer,prompt_template,prompt,amendment_type,output\n"
        "Which river?,Nile,Congo,incorrect,A b. Which river?,emotion:sad,It is the Nile.\n"
        "Which lake?,Chad,Kivu,original_neutral,Which lake?,unmodified,Lake Chad.\n"
    )
    first, second = read_answers(path)
    assert (first.task, first.context, first.belief) == (
        "triviaqa", Context.SADNESS, Belief.ASSERTS_WRONG,
    )  # fmt: skip
    assert (second.context, second.belief) == (Context.NEUTRAL, Belief.NONE)
    item = items_of_answers([first], "test")[0]
    assert item.messages[0].content == "A b. Which river?"
    assert item.item_id.endswith("/sadness/asserts_wrong")


def test_columns_by_other_names(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"q": "Which river?", "a": "Nile", "said": "The Nile."})
    names = parse_column_names("question=q, correct_answers=a, response=said")
    (row,) = read_answers(path, names, "triviaqa")
    assert (row.question, row.response, row.correct_answers) == (
        "Which river?", "The Nile.", ("Nile",),
    )  # fmt: skip


WRONG = [
    ("no response", {"question": "q"}, "no column 'response'; it has question"),
    ("no question", {"response": "r"}, "no column 'item_id' or 'question'"),
    ("context", {**ROW, "context": "grief"}, "row 1: no context 'grief'; they are plain, neutral"),
    ("task", {**ROW, "task": "chess"}, "row 1: no task 'chess'; the tasks are triviaqa"),
    ("response type", {**ROW, "response": 3}, "row 1: 'response' should be text, found int"),
    ("answers", {**ROW, "correct_answers": {"a": 1}}, "'correct_answers' should be a list of"),
    ("label", {**ROW, "correct": "maybe"}, "'correct' should be true or false, found 'maybe'"),
    ("epoch", {**ROW, "epoch": "one"}, "'epoch' should be a whole number, found 'one'"),
]


@pytest.mark.parametrize(("name", "row", "expected"), WRONG, ids=[w[0] for w in WRONG])
def test_what_is_wrong_is_reported(
    tmp_path: Path, name: str, row: dict[str, Any], expected: str
) -> None:
    path = write(tmp_path / "a.jsonl", row)
    with pytest.raises(DataError) as error:
        read_answers(path)
    assert expected in str(error.value)
    assert str(path) in str(error.value)


def test_two_rows_of_one_condition_are_refused(tmp_path: Path) -> None:
    rows = read_answers(write(tmp_path / "a.jsonl", ROW, ROW))
    with pytest.raises(DataError, match=r"row 2: the same question and condition as .*row 1"):
        items_of_answers(rows, "test")


def test_a_row_without_references_stays_unless_all_are(tmp_path: Path) -> None:
    other = {**ROW, "question": "Why?", "correct_answers": ""}
    rows = read_answers(write(tmp_path / "a.jsonl", ROW, other))
    assert [len(item.correct_answers) for item in items_of_answers(rows, "test")] == [1, 0]
    with pytest.raises(DataError, match="no row has a correct answer"):
        items_of_answers(rows[1:], "test")


def test_an_answer_without_task_says_how_to_give_one(tmp_path: Path) -> None:
    rows = read_answers(write(tmp_path / "a.jsonl", {**ROW, "task": None}))
    with pytest.raises(DataError, match="the task is missing; add a column 'task' or use --tasks"):
        items_of_answers(rows, "test")


@pytest.mark.parametrize("text", ["response", "reply=x", "=x", "response="])
def test_column_names_are_checked(text: str) -> None:
    with pytest.raises(UsageError, match="write OURS=THEIRS"):
        parse_column_names(text)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    write(tmp_path / "b_medqa.jsonl", {**ROW, "task": None})
    write(tmp_path / "a_trivia.jsonl", {**ROW, "task": None})
    assert [row.task for row in read_answers(tmp_path)] == ["triviaqa", "medqa"]


def test_an_empty_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="in this folder"):
        read_answers(tmp_path)
