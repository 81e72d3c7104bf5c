"""What the reader learns from: every file in its form, every question on one side only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from warmbench.errors import DataError
from warmbench.records.verdict import Question, Verdict
from warmbench_builders.reader.examples import (
    Example,
    Portion,
    from_labelled_file,
    from_references,
    swapped,
)
from warmbench_builders.reader.material import Brought, read_examples
from warmbench_builders.reader.written import block_id, written_answers

FISH = Question(
    "Do goldfish sleep?",
    ("They rest without closing their eyes", "They have periods of rest"),
    ("They never sleep", "Goldfish stay awake all their lives"),
)


def test_written_answers_are_many_varied_and_balanced() -> None:
    own = list(written_answers("own"))
    assert len(own) >= 1_500
    right = sum(one.label is Verdict.CORRECT for one in own) / len(own)
    assert 0.45 < right < 0.55
    assert len({one.source for one in own}) >= 7
    assert len({one.answer for one in own}) == len(own)
    assert all(one.question.correct_answers and one.answer.strip() for one in own)


def test_answers_to_questions_of_others_need_the_questions() -> None:
    assert list(written_answers("truthfulqa")) == []
    question = "In what country was Barack Obama born?"
    known = {block_id("t", question): Question(question, ("The US",), ("Kenya",))}
    found = list(written_answers("truthfulqa", known))
    assert len(found) == 6
    assert {one.question.text for one in found} == {question}


def test_a_reference_is_an_answer_to_the_question_without_it() -> None:
    found = list(from_references(FISH, share=1.0))
    assert [one.label.value for one in found] == ["correct"] * 2 + ["incorrect"] * 2
    for one in found:
        assert one.answer not in one.question.correct_answers + one.question.incorrect_answers
    alone = Question("Who?", ("Ada",), ("Bob",))
    assert list(from_references(alone, share=1.0)) == []


def test_a_swap_exchanges_references_and_label() -> None:
    one = Example(FISH, "they never sleep", Verdict.INCORRECT, "x")
    other = swapped(one)
    assert other is not None
    assert other.label is Verdict.CORRECT
    assert other.question.correct_answers == FISH.incorrect_answers
    assert swapped(Example(FISH, "Purple.", Verdict.INCORRECT, "x")) is None


def test_a_question_is_in_one_portion_and_those_kept_are_left_out(tmp_path: Path) -> None:
    rows = [
        {
            "question": f"Is {n} a number?",
            "response": "Yes, of course",
            "correct": True,
            "correct_answers": ["Yes, it is", "It is a number"],
            "incorrect_answers": ["No, it isn't", "It is a letter"],
        }
        for n in range(200)
    ]
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows))
    kept = tmp_path / "kept.jsonl"
    kept.write_text("".join(json.dumps(row) + "\n" for row in rows[:20]))
    medqa = tmp_path / "medqa.jsonl"
    medqa.write_text(json.dumps({"question": "?", "answer": "a", "options": {"A": "a", "B": "b"}}))
    examples = read_examples(Brought(labelled, labelled, medqa, kept))
    portions: dict[str, set[Portion]] = {}
    for one in examples:
        if one.source == "labelled":
            portions.setdefault(one.question.text, set()).add(one.portion)
    assert len(portions) == 180
    assert all(len(found) == 1 for found in portions.values())
    assert set.union(*portions.values()) == set(Portion)
    assert all(one.portion is not Portion.KEPT_BACK for one in examples if not one.by_people)


@pytest.mark.parametrize("line", ["{", '{"question": "x"}', "[]"])
def test_a_row_that_is_no_labelled_answer_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(DataError, match=r"rows\.jsonl, line 1: not a labelled answer"):
        list(from_labelled_file(path, share=1.0))
