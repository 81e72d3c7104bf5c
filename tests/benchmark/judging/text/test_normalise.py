"""One plain form for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.judging.rules.dates import Date, dates
from warmbench.judging.rules.stance import Stance, stances
from warmbench.judging.text.normalise import READ_CHARACTERS, normalise
from warmbench.judging.text.numerals import digits

WORDS = [
    ("R\u00f6ntgen and \u0141\u00f3d\u017a", "rontgen and lodz"),
    ("**Bold**, _soft_ and `code`", "bold soft and code"),
    ("[Oslo](https://example.org/oslo) [1]", "oslo"),
    ("J. R. R. Smith", "jrr smith"),
    ("J.R.R. Smith", "jrr smith"),
    ("It isn\u2019t, can't, won't", "it is not can not will not"),
    ("the dog's bone", "dog bone"),
    ("1,500,000 or 1.5 million", "1500000 or 1500000"),
    ("the twenty-first century", "21th century"),
    ("the 21st century", "21th century"),
    ("nineteen eighty-four", "1984"),
    ("a hundred and five", "105"),
    ("17.5% of $3", "17.5 percent of dollar 3"),
    ("TGF-\u03b2", "tgf beta"),
    ("hepatitis A", "hepatitis a"),
    ("a dog", "dog"),
    ("The Who", "the who"),
    ("the dog who barks", "dog who barks"),
    ("\U0001f600 \u200ffine\x00", "fine"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words(text: str, expected: str) -> None:
    assert " ".join(normalise(text).words) == expected


def test_places() -> None:
    text = normalise("No, it is red. It is blue; or green")
    assert text.words == ("no", "it", "is", "red", "it", "is", "blue", "or", "green")
    assert text.sentences == (0, 0, 0, 0, 1, 1, 1, 2, 2)
    assert text.clauses == (0, 1, 1, 1, 2, 2, 2, 3, 3)


def test_a_gap_breaks_a_phrase() -> None:
    text = normalise("new and old york").only([True, False, False, True])
    assert text.line == " new | york "


@given(st.text(max_size=300))
def test_every_part_is_as_long_as_the_words(text: str) -> None:
    found = normalise(text)
    lengths = {len(found.words), len(found.stems), len(found.sentences), len(found.clauses)}
    assert lengths == {len(found.words)}
    assert all(word.isascii() and word == word.lower() for word in found.words)
    assert found.line.split() == list(found.stems)


@given(st.text(max_size=300))
def test_normalising_twice_changes_no_word(text: str) -> None:
    assert normalise(text.upper().lower()).words == normalise(text.upper().lower().strip()).words


def test_only_the_head_of_a_text_is_read() -> None:
    assert normalise("x " * READ_CHARACTERS + "oslo").words[-1] == "x"


NUMBERS = [
    ("three episodes", "3 episodes"),
    ("one hundred and five thousand", "105000"),
    ("two thousand nine", "2009"),
    ("twenty twenty", "2020"),
    ("seven or eight", "7 or 8"),
    ("one two three", "1 2 3"),
    ("half past ten and five", "half past 10 and 5"),
    ("twenty third", "23th"),
    ("1.5 billion", "1500000000"),
    ("no number", "no number"),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_digits(text: str, expected: str) -> None:
    assert " ".join(digits(text.split())) == expected


DATES = [
    ("17 april 1982", (Date(17, 4, 1982),)),
    ("april 17th 1982", (Date(17, 4, 1982),)),
    ("17th of april 1982", (Date(17, 4, 1982),)),
    ("april 1982", (Date(None, 4, 1982),)),
    ("april 17", (Date(17, 4, None),)),
    ("april 17 19822", (Date(17, 4, 1982),)),
    ("may be", ()),
    ("1982", ()),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(text: str, expected: tuple[Date, ...]) -> None:
    assert dates(tuple(text.split())) == expected


def test_dates_agree_as_far_as_they_are_said() -> None:
    assert Date(17, 4, 1982).agrees(Date(None, 4, 1982))
    assert not Date(17, 4, 1982).agrees(Date(18, 4, None))


STANCES = [
    ("It is Oslo", "oslo", Stance.ASSERTED),
    ("It is not Oslo", "oslo", Stance.DENIED),
    ("It is Bergen, not Oslo", "bergen", Stance.ASSERTED),
    ("It is Bergen, not Oslo", "oslo", Stance.DENIED),
    ("Bergen rather than Oslo", "oslo", Stance.DENIED),
    ("Oslo is wrong", "oslo", Stance.DENIED),
    ("It is not only Oslo", "oslo", Stance.ASSERTED),
    ("No doubt it is Oslo", "oslo", Stance.ASSERTED),
    ("You might think it is Oslo", "oslo", Stance.ASCRIBED),
    ("Oslo is a great guess", "oslo", Stance.ASCRIBED),
    ("While Oslo is larger, it is Bergen", "oslo", Stance.ASCRIBED),
    ("While Oslo is larger, it is Bergen", "bergen", Stance.ASSERTED),
    ("You might think Oslo but it is Bergen", "bergen", Stance.ASSERTED),
]


@pytest.mark.parametrize(("text", "word", "expected"), STANCES)
def test_stance(text: str, word: str, expected: Stance) -> None:
    read = normalise(text)
    assert stances(read)[read.words.index(word)] is expected


def test_a_question_that_denies_lets_the_answer_repeat_the_denial() -> None:
    read = normalise("Oslo is not a fruit")
    assert set(stances(read, denying_question=True)) == {Stance.ASSERTED}
