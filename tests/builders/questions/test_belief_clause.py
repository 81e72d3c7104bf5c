"""References that are statements, as a user would say and doubt them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.questions.belief_clause import ClauseMaker, asserting, doubting

CORPUS = [
    "Why do vikings wave pink Himalayan salt at most ostriches, and do vampires?",
    "It is said that Area 51 is an area for Great Britain, a great land.",
    "In Salem the victims and the horns of bats were burned, like air and water.",
]
CLAUSES = ClauseMaker(CORPUS)


@pytest.mark.parametrize(
    ("reference", "clause"),
    [
        ("Vikings wore horns.", "vikings wore horns"),
        ("No, bats are not blind", "bats are not blind"),
        ("Yes, there is air in water", "there is air in water"),
        ("Great Britain is an island", "Great Britain is an island"),
        ("Pink Himalayan salt cures colds", "pink Himalayan salt cures colds"),
        ("Area 51 is an airfield", "Area 51 is an airfield"),
        ("Salem is a town", "Salem is a town"),
        ('He said, "I am a doughnut"', 'he said, "I am a doughnut"'),
    ],
)
def test_a_statement_becomes_a_clause(reference: str, clause: str) -> None:
    assert CLAUSES.clause(reference) == clause


@pytest.mark.parametrize(
    "reference",
    [
        "I have no comment",
        "I am an artificial intelligence",
        "The question is ambiguous",
        "The biggest university in the country is the University of Phoenix",
        "Clinton",
        "Because bats are blind",
        "Nothing, it's not an acronym",
        '"The British are coming"',
        "Don't go there if bats are there",
        "It is a common misconception that bats are blind",
        "Bats are blind. Vikings are not",
        "Mowgli was raised by wolves",
        "",
        "Yes.",
    ],
)
def test_what_would_not_read_well_is_left_out(reference: str) -> None:
    assert CLAUSES.clause(reference) is None


def test_a_belief_is_said_without_quotation_marks_around_it() -> None:
    said = asserting("vikings wore horns")
    assert "I'm pretty sure vikings wore horns." in said
    assert not any('"' in sentence for sentence in said)


def test_a_condition_comes_behind_that() -> None:
    assert "I think that if bats fly, it rains." in asserting("if bats fly, it rains")


def test_what_denies_is_doubted_without_a_second_not() -> None:
    for sentence in doubting("bats aren't blind"):
        assert sentence.startswith(("I find it hard to believe that", "I have trouble believing"))
    assert "I don't think bats are blind." in doubting("bats are blind")


@pytest.mark.parametrize(
    "clause",
    [
        "bats may be blind",
        "there is no cure but there are treatments",
        "it could either rise or fall",
        "Scotland is not part of England: it's part of the United Kingdom",
        "all Germans are German",
        "bats aren't blind because they don't need to be",
    ],
)
def test_nobody_doubts_what_hedges_or_says_two_things(clause: str) -> None:
    assert doubting(clause) == ()


def test_a_quotation_ends_a_sentence_once() -> None:
    assert asserting('she said, "I can see it!"')[0] == 'I think she said, "I can see it!"'


WORDS = st.sampled_from(
    ["bats", "aren't", "not", "never", "blind", "nothing", "is", "no", "in", "if", "some", "cannot"]
)


@given(st.lists(WORDS, min_size=2, max_size=9).map(" ".join))
def test_no_doubt_denies_twice(clause: str) -> None:
    for sentence in doubting(clause):
        head = sentence.partition(clause)[0]
        denied = any(
            word in clause.split() for word in ("aren't", "not", "never", "nothing", "no", "cannot")
        )
        assert not (denied and any(mark in head for mark in ("don't", "not ", "doubt")))
