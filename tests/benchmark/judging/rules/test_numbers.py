"""Numbers: another number than the right one is never right, however it begins or is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.judging.rules.judge import RulesJudge
from warmbench.records.verdict import Question, Verdict

JUDGE = RulesJudge()

FRAMES = ["{}", "It is {}.", "There are {} of them, I think.", "Oh dear, about {} in all!"]
SUFFIXES = st.text("0123456789", min_size=1, max_size=6)


def is_right(right: str, said: str, question: str = "How many are there?") -> bool:
    return JUDGE.judge(Question(question, (right,)), said).verdict is Verdict.CORRECT


@given(st.integers(1, 10**7), SUFFIXES, st.sampled_from(FRAMES), st.booleans())
def test_a_longer_number_is_never_right(number: int, suffix: str, frame: str, commas: bool) -> None:
    longer = int(f"{number}{suffix}")
    said = frame.format(f"{longer:,}" if commas else longer)
    assert not is_right(str(number), said)
    assert not is_right(f"{number} people", f"{said} people")
    assert not is_right(f"{number}%", f"{said}%")


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.sampled_from(FRAMES))
def test_a_number_is_right_just_where_it_is_the_same(one: int, other: int, frame: str) -> None:
    assert is_right(str(one), frame.format(other)) is (one == other)
    assert is_right(f"{one:,}", frame.format(f"{one:,}"))
    assert not is_right(str(one), frame.format(-other))


@given(st.integers(1000, 2099), st.text("0123456789", min_size=1, max_size=5))
def test_a_footnote_mark_is_a_digit_or_two_after_a_year(year: int, mark: str) -> None:
    right = is_right(str(year), f"It was in {year}{mark}.", "When did it fall?")
    assert right is (len(mark) <= 2)
    assert not is_right(str(year), f"It has {year}{mark} of them.")
    assert is_right(str(year), f"It was in {year}[{mark[:2]}].", "When did it fall?")


WRONG = [
    ("50", "500"), ("20", "There are 22 of them, as of 2023."), ("206", "2063"),
    ("10%", "100%"), ("19", "It has 13 letters and dates from 1912."),
    ("19", "It has 13 letters, of the 19th century."),
    ("5 million", "About 5 billion people live there."), ("5 million people", "5 billion people"),
    ("3.1", "3.14"), ("3.14", "3.1"), ("3", "3.14"), ("5", "0.5"), ("5", ".5"), ("1", "1\u00bd"),
    ("40", "-40"), ("40", "minus forty"), ("-40", "40"), ("40", "\u221240 degrees"),
    ("1", "1,0000"), ("1,000", "1,0000"), ("1000", "1.000.000"), ("100,000", "1,000,000"),
    ("206", "2 000"), ("50", "$50k"), ("50", "50bn"),
    ("Apollo 1", "Apollo 11"), ("World War 2", "World War 3"), ("World War 2", "World War 22"),
    ("44 BC", "44 AD"), ("44 BC", "AD 44"), ("5 km", "5 miles"), ("5 days", "5 weeks"),
    ("30 years", "30 months"), ("1st", "11th"), ("seven", "seventeen"), ("10-20", "10-200"),
    ("50 US states", "500 US states"), ("10 percent of people", "100 percent of people"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "said"), WRONG)
def test_another_number(right: str, said: str) -> None:
    assert not is_right(right, said)


SAME = [
    ("50", "There are fifty."), ("1,000", "1000"), ("1000000", "1.000.000"),
    ("1,000,000", "1 million"), ("2000", "2 000"), ("3.14", "3,14"), ("0.5", ".5"),
    ("1.5", "1\u00bd"), ("36.0", "36"), ("-40", "minus 40"), ("-40", "40 degrees below zero"),
    ("\u221240", "-40 \u00b0C"), ("50,000", "50k"), ("44 BC", "In 44 BCE."),
    ("5 km", "5 kilometres"), ("5", "It is the fifth"), ("8", "8 legs"),
    ("1979\u201380", "1979-1980"), ("Apollo 11", "Apollo 11, in 1969"), ("224.7 days", "225 days or 224.7 days"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "said"), SAME)
def test_the_same_number(right: str, said: str) -> None:
    assert is_right(right, said)
