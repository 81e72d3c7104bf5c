"""Years and numbers near the right one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench_builders.questions.near_number import near_numbers, near_years, number_names


@given(st.integers(1000, 2017), st.text(max_size=5))
def test_years_are_near_and_in_the_century(right: int, key: str) -> None:
    years = [int(year) for year in near_years(key, "In which year?", right)]
    assert len(years) == len(set(years)) == 3 or right % 100 > 90 or right % 100 < 3
    assert all(2 <= abs(year - right) <= 8 and year // 100 == right // 100 for year in years)


def test_a_decade_that_is_asked_for_is_kept() -> None:
    years = near_years("q", "In which year of the 1960s?", 1965)
    assert years
    assert all(year.startswith("196") for year in years)


@pytest.mark.parametrize("decade", ["1970's", "1970\u2019s", "1970'S"])
def test_a_decade_is_known_by_any_mark(decade: str) -> None:
    years = near_years("q", f"In which year of the {decade}?", 1973)
    assert years
    assert all(year.startswith("197") for year in years)


@pytest.mark.parametrize("war", ["World War II", "the Second World War", "WW II"])
def test_a_war_that_is_asked_about_is_kept(war: str) -> None:
    years = near_years("q", f"In {war}, when was the battle?", 1945)
    assert len(years) == 3
    assert all(1939 <= int(year) < 1945 for year in years)


def test_olympic_games_are_four_years_apart() -> None:
    years = near_years("q", "When did women first run it at the Olympics?", 2008)
    assert years
    assert all(int(year) % 4 == 0 for year in years)


def test_small_numbers_are_words_and_large_ones_figures() -> None:
    assert number_names(["3", "Three", "three (number)"]) == ("three", "3")
    assert number_names(["18"]) == ("18", "eighteen")
    assert number_names(["121"]) == ("121",)


def test_what_is_no_one_whole_number_has_no_names() -> None:
    assert number_names(["3", "4"]) == ()
    assert number_names(["2.5"]) == ()
    assert number_names(["lots"]) == ()
    assert number_names(["1"]) == ()


@given(st.integers(2, 1000), st.text(max_size=5))
def test_numbers_are_near_as_round_and_never_the_right_one(right: int, key: str) -> None:
    names = number_names([str(right)])
    near = near_numbers(key, names)
    assert len(near) >= 2
    assert not set(near) & set(names)
    if right % 100 == 0:
        assert all(number.endswith("00") for number in near)
