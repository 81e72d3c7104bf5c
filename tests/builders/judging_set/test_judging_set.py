"""The judging set: complete, balanced, parted by question, and fit to measure a judge on."""

from __future__ import annotations

from collections import Counter

import pytest

from warmbench.data.load import open_data
from warmbench.data.release import open_release_path, read_release
from warmbench.judging.panel import krippendorff_alpha
from warmbench.records.labelled_answer import Part
from warmbench.records.verdict import Verdict
from warmbench_builders.judging_set.judging_set import part_of, read_judging_set

ANSWERS = read_judging_set()
LABELS = (Verdict.CORRECT, Verdict.INCORRECT, Verdict.REFUSED)


def test_each_answer_is_there_once_with_a_label() -> None:
    assert len(ANSWERS) >= 1_500
    assert len({one.id for one in ANSWERS}) == len(ANSWERS)
    assert len({one.answer for one in ANSWERS}) == len(ANSWERS)
    assert all(one.label in LABELS and set(one.readings) <= set(LABELS) for one in ANSWERS)


def test_the_package_has_them_all() -> None:
    """Where not: `make open-release`."""
    release = read_release(open_release_path())
    packaged = [answer for part in Part for answer in release.labelled_answers(part)]
    assert sorted(packaged, key=lambda one: one.id) == list(ANSWERS)


def test_a_label_is_what_both_readings_say() -> None:
    """Where they differ it is one of them, and the answer is borderline."""
    differ = [one for one in ANSWERS if set(one.readings) != {one.label}]
    assert all(one.borderline and one.label in one.readings for one in differ)
    assert len(differ) < len(ANSWERS) / 500
    assert 0 < sum(one.borderline for one in ANSWERS) < len(ANSWERS) / 20


def test_what_a_writer_meant_is_known_of_all_that_were_written() -> None:
    for one in ANSWERS:
        recorded = one.style == "recorded"
        assert one.intended in ([""] if recorded else ["right", "wrong", "refused"])
    assert sum(one.style == "recorded" for one in ANSWERS) >= 200


def test_the_questions_are_those_of_the_open_pool_or_of_an_upstream_set() -> None:
    ours = [one for one in ANSWERS if one.question_id.startswith("open-")]
    assert all(one.question_id.split("-")[1] == one.task for one in ours)
    assert all(one.asked is not None and one.asked.correct_answers for one in ours)
    there = {item.question_id: item.question for item in open_data("open").items()}
    assert sum(one.question_id in there for one in ours) > 0.8 * len(ours)  # some may have left
    others = [one for one in ANSWERS if not one.question_id.startswith("open-")]
    assert len(others) >= 300
    assert {one.config for one in others} == {"truthfulqa", "medqa"}
    assert all(one.asked is None for one in others)
    assert all(one.part is Part.FINAL for one in others)
    shares = Counter(one.task for one in ANSWERS)
    assert shares["truthfulqa"] * 3 >= len(ANSWERS)
    assert shares["medqa"] * 3 >= len(ANSWERS)


@pytest.mark.parametrize("part", Part)
def test_both_parts_have_right_and_wrong_answers_of_every_style_and_length(part: Part) -> None:
    answers = [one for one in ANSWERS if one.part is part]
    assert len(answers) > len(ANSWERS) / 3
    assert 0.4 < sum(one.right for one in answers) / len(answers) < 0.6
    for style in {one.style for one in ANSWERS}:
        found = {one.right for one in answers if one.style == style}
        assert found == {True, False}, style
    assert sum(one.words >= 100 for one in answers) > 100


def test_no_question_is_in_both_parts() -> None:
    parts = {part: {one.question_id for one in ANSWERS if one.part is part} for part in Part}
    assert not parts[Part.DEVELOPMENT] & parts[Part.FINAL]
    assert part_of("open-medqa-001") is part_of("open-medqa-001")


def test_the_readings_agree_well() -> None:
    alpha = krippendorff_alpha([one.readings for one in ANSWERS])
    assert alpha is not None
    assert alpha > 0.8
