"""Shares and kappa: against figures worked out by hand or by another library."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as other_kappa
from statsmodels.stats.proportion import proportion_confint

from warmbench.judging.agreement import cohens_kappa, share


def test_answers_to_questions_of_their_own_have_wilsons_interval() -> None:
    yes = np.arange(2_000) % 5 > 0
    found = share(yes, np.arange(2_000))
    assert found is not None
    low, high = proportion_confint(1_600, 2_000, method="wilson")
    assert (found.value, found.n) == (0.8, 2_000)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_answers_that_speak_alike_in_each_question_count_once() -> None:
    once = share(np.arange(100) % 5 > 0, np.arange(100))
    tenfold = share(np.repeat(np.arange(100) % 5 > 0, 10), np.repeat(np.arange(100), 10))
    assert once is not None
    assert tenfold is not None
    assert (tenfold.low, tenfold.high) == pytest.approx((once.low, once.high), abs=2e-3)


def test_where_all_agree_the_interval_is_that_of_the_questions() -> None:
    found = share(np.ones(400, dtype=bool), np.repeat(np.arange(40), 10))
    assert found is not None
    assert found.high == 1.0
    assert found.low == pytest.approx(1.0 / (1.0 + 2.0227**2 / 40), abs=1e-4)


def test_no_answers_and_one_question_have_no_interval() -> None:
    assert share(np.array([], dtype=bool), np.array([], dtype=np.intp)) is None
    found = share(np.array([True, False]), np.array([3, 3]))
    assert found is not None
    assert (found.value, found.low, found.high) == (0.5, None, None)


def test_kappa_and_its_error_are_those_of_statsmodels() -> None:
    counts = np.array([[700, 60], [90, 350]])
    label = np.repeat([False, False, True, True], counts.ravel())
    said = np.repeat([False, True, False, True], counts.ravel())
    found = cohens_kappa(label, said, np.arange(len(label)))
    wanted = other_kappa(counts)
    assert found is not None
    assert found.value == pytest.approx(wanted.kappa)
    assert (found.low, found.high) == pytest.approx((wanted.kappa_low, wanted.kappa_upp), abs=1e-3)


def test_kappa_of_one_class_is_not_defined() -> None:
    assert cohens_kappa(np.ones(5, bool), np.ones(5, bool), np.arange(5)) is None


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 4)), min_size=1))
def test_intervals_hold_their_value(rows: list[tuple[bool, bool, int]]) -> None:
    label = np.array([row[0] for row in rows])
    said = np.array([row[1] for row in rows])
    question = np.array([row[2] for row in rows], dtype=np.intp)
    shares = [share(label == said, question), cohens_kappa(label, said, question)]
    for found in shares:
        if found is not None and found.low is not None and found.high is not None:
            assert -1.0 <= found.low <= found.value + 1e-12
            assert found.value - 1e-12 <= found.high <= 1.0
