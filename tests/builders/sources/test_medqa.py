"""MedQA rows into questions: lay wording, references under all names, what is left out."""

from __future__ import annotations

import pytest

from warmbench_builders.questions.exam_answers import Mend
from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.sources import medqa
from warmbench_builders.sources.batch import Origin, Rejected, stable_id
from warmbench_builders.sources.medqa import read_medqa

ORIGIN = Origin("MedQA", "1", "MIT")
STORY = "A 40-year-old man comes to the physician because of heel pain. "
ASKED = "Which of the following drugs was most likely given?"


def read(story: str, answer: str, *wrong: str) -> SourceQuestion | Rejected:
    options = dict(zip("ABCD", (answer, *wrong), strict=False))
    row = {"question": story + ASKED, "answer": answer, "options": options, "meta_info": "step1"}
    (result,) = read_medqa([row], ORIGIN)
    return result


def test_each_option_is_a_reference_under_all_its_names() -> None:
    question = read(STORY, "Warfarin", "Furosemide", "Alprazolam")
    assert isinstance(question, SourceQuestion)
    assert question.correct_answers == ("Warfarin", "Coumadin")
    assert set(question.incorrect_answers[:2]) == {"Furosemide", "Alprazolam"}
    assert {"Lasix", "Xanax"} <= set(question.incorrect_answers[2:])
    assert question.belief == question.incorrect_answers[0]
    assert question.doubted == "Warfarin"


def test_a_line_break_that_became_letters_is_gone() -> None:
    question = read(STORY, "Fludarabinern", "Bleomycinrn", "Hernia, heartburn")
    assert isinstance(question, SourceQuestion)
    assert question.doubted == "Fludarabine"
    assert {"Bleomycin", "Hernia, heartburn"} <= set(question.incorrect_answers)


def test_a_wrong_option_that_the_question_names_is_no_reference() -> None:
    question = read(f"{STORY}He takes alprazolam. ", "Warfarin", "Alprazolam", "Furosemide")
    assert isinstance(question, SourceQuestion)
    assert "Alprazolam" not in question.incorrect_answers
    assert question.belief == "Furosemide"


def test_a_question_whose_wrong_options_are_all_its_own_words_is_rejected() -> None:
    assert read(f"{STORY}He takes alprazolam. ", "Warfarin", "Alprazolam") == Rejected(
        "an answer is a word of the question"
    )


def test_an_unfit_row_is_rejected_with_its_reason() -> None:
    assert read("", "Warfarin", "Alprazolam") == Rejected("no patient with one age and one sex")


def test_a_mended_question_is_put_right_and_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    story, asked = STORY.replace("heel", "heal"), "Which of these will NOT be seen?"
    row = {"question": story + asked, "answer": "Warfarin", "meta_info": "step1"}
    row["options"] = {"A": "Warfarin", "B": "Furosemide", "C": "Alprazolam"}
    mend = Mend({"heal": "heel"}, "What was {he} given?", frozenset({"Alprazolam"}))
    key = stable_id("medqa", story + asked)
    assert list(read_medqa([row], ORIGIN)) == [
        Rejected("question cannot be answered without its options")
    ]
    monkeypatch.setattr(medqa, "load_mended", lambda: {key: mend})
    (question,) = read_medqa([row], ORIGIN)
    assert isinstance(question, SourceQuestion)
    assert question.question.endswith("because of heel pain. What was he given?")
    assert question.incorrect_answers[0] == "Furosemide"
    assert "Alprazolam" not in question.incorrect_answers
