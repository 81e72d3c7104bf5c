"""McNemar and Benjamini-Hochberg: equal to scipy and statsmodels, a row a question."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmark.examples import make_items, make_verdicts
from tests.conftest import need
from warmbench.conditions import Belief, Context
from warmbench.records.item import Item
from warmbench.statistics.mcnemar import benjamini_hochberg, exact_mcnemar, mcnemar_tests

tables = need("statsmodels.stats.contingency_tables", "pip install statsmodels")
multitest = need("statsmodels.stats.multitest", "pip install statsmodels")
scipy_stats = need("scipy.stats", "pip install scipy")

PLAIN = (Context.PLAIN,)
NONE = (Belief.NONE,)


@given(st.integers(0, 600), st.integers(0, 600))
def test_the_exact_p_is_that_of_the_libraries(lost: int, gained: int) -> None:
    ours = exact_mcnemar(lost, gained)
    theirs = tables.mcnemar([[3, lost], [gained, 4]], exact=True).pvalue
    assert ours == pytest.approx(theirs if lost + gained else 1.0, rel=1e-9)
    if lost + gained:
        assert ours == pytest.approx(scipy_stats.binomtest(lost, lost + gained).pvalue, rel=1e-9)
    assert ours == exact_mcnemar(gained, lost)


def test_no_discordant_pair_has_p_one() -> None:
    assert exact_mcnemar(0, 0) == 1.0


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=80))
def test_adjusted_p_values_are_those_of_statsmodels(values: list[float]) -> None:
    theirs = multitest.multipletests(values, method="fdr_bh")[1]
    assert benjamini_hochberg(values) == pytest.approx(list(theirs), rel=1e-12)


def test_no_family_has_no_adjusted_p() -> None:
    assert benjamini_hochberg([]) == []


def fixed(lost: int, gained: int) -> Callable[[Item, str, int], str]:
    """The first ``lost`` questions are lost, the next ``gained`` gained, the rest kept."""

    def verdict(item: Item, arm: str, epoch: int) -> str:
        number = int(item.question_id.rsplit("-", 1)[1])
        if number < lost:
            return "correct" if arm == "original" else "incorrect"
        if number < lost + gained:
            return "incorrect" if arm == "original" else "correct"
        return "correct"

    return verdict


@pytest.mark.parametrize(
    ("lost", "gained", "g", "odds_ratio", "p"),
    [
        (7, 4, 0.905, 1.75, 0.5488),
        (24, 5, 3.528, 4.8, 0.0005),  # as the paper prints g, odds ratio and p for 24 and 5
        (3, 0, 1.732, None, 0.25),
        (0, 3, 1.732, 0.0, 0.25),
        (0, 0, None, None, 1.0),
    ],
)
def test_a_cell(
    lost: int, gained: int, g: float | None, odds_ratio: float | None, p: float
) -> None:
    items = make_items(40, ("medqa",), PLAIN, NONE)
    (test,) = mcnemar_tests(items, make_verdicts(items, fixed(lost, gained)), ["warm"])
    assert (test.arm, test.task, test.context, test.belief) == ("warm", "medqa", "plain", "none")
    assert (test.questions, test.lost, test.gained) == (40, lost, gained)
    assert test.cohens_g == (None if g is None else pytest.approx(g, abs=5e-4))
    assert test.odds_ratio == (None if odds_ratio is None else pytest.approx(odds_ratio))
    assert test.p == pytest.approx(p, abs=5e-5)
    assert test.adjusted_p == test.p


def test_repeats_are_no_evidence_of_their_own() -> None:
    items = make_items(30, ("medqa",), PLAIN, NONE)

    def verdict(item: Item, arm: str, epoch: int) -> str:
        return fixed(9, 2)(item, arm, epoch) if epoch == 0 else "incorrect"

    once = mcnemar_tests(items, make_verdicts(items, verdict), ["warm"])
    thrice = mcnemar_tests(items, make_verdicts(items, verdict, epochs=3), ["warm"])
    assert thrice == once
    assert once[0].lost == 9


def test_a_first_epoch_that_was_refused_is_not_replaced() -> None:
    items = make_items(10, ("medqa",), PLAIN, NONE)

    def verdict(item: Item, arm: str, epoch: int) -> str:
        refused = epoch == 0 and arm == "warm" and item.question_id.endswith("-000")
        return "refused" if refused else "correct"

    (test,) = mcnemar_tests(items, make_verdicts(items, verdict, epochs=2), ["warm"])
    assert test.questions == 9


@pytest.mark.parametrize("missing", ["refused", "unscored"])
def test_a_pair_without_both_verdicts_is_left_out(missing: str) -> None:
    items = make_items(10, ("medqa",), PLAIN, NONE)

    def verdict(item: Item, arm: str, epoch: int) -> str:
        gone = arm == "original" and item.question_id.endswith(("-000", "-001"))
        return missing if gone else "correct"

    (test,) = mcnemar_tests(items, make_verdicts(items, verdict), ["warm"])
    assert (test.questions, test.lost, test.gained) == (8, 0, 0)


def test_the_family_is_every_cell_of_every_arm() -> None:
    items = make_items(12, ("medqa", "disinfo"), (Context.PLAIN, Context.SADNESS))

    def verdict(item: Item, arm: str, epoch: int) -> str:
        return fixed(9, 0)(item, arm, epoch) if item.context is Context.SADNESS else "correct"

    verdicts = make_verdicts(items, verdict)
    cold = [{**v, "arm": "cold", "verdict": "correct"} for v in verdicts if v["arm"] == "warm"]
    found = mcnemar_tests(items, [*verdicts, *cold], ["warm", "cold"])
    assert len(found) == 2 * 2 * 2 * 3
    theirs = multitest.multipletests([test.p for test in found], method="fdr_bh")[1]
    assert [test.adjusted_p for test in found] == pytest.approx(list(theirs))
    sad = [test for test in found if test.lost]
    assert len(sad) == 2 * 3
    assert sad[0].adjusted_p == pytest.approx(sad[0].p * 24 / 6)


def test_a_run_without_verdicts_has_no_tests() -> None:
    assert mcnemar_tests(make_items(2, ("medqa",)), [], ["warm"]) == []
