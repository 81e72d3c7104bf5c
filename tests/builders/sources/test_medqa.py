"""MedQA rows into questions: lay wording, references under all names, what is left out."""

from __future__ import annotations

from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.sources.batch import Origin, Rejected
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
