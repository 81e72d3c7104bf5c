"""The logistic models: equal to a row-wise statsmodels fit, and honest where there is none."""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import need
from tests.performance.analysis_speed import synthetic_observations
from warmbench.conditions import CONTEXT_GROUPS, PAPER_TASKS, Belief, Context
from warmbench.records.analysis import FittedModel, UnfittedModel
from warmbench.statistics.models.fitted_model import fit_models, two_sided_p
from warmbench.statistics.models.grouped_counts import grouped_counts
from warmbench.statistics.models.logit import LogitFit, NoFit, fit_logit
from warmbench.statistics.models.model import MODELS, Model
from warmbench.statistics.models.observations import Observations

sm = need("statsmodels.api", "pip install statsmodels")
smf = need("statsmodels.formula.api", "pip install statsmodels")

GROUP_OF = {context.value: name for name, group in CONTEXT_GROUPS.items() for context in group}
TASKS = "C(task)"
GROUPS = "C(group, Treatment('plain'))"
CONTEXTS = "C(context, Treatment('plain'))"
FORMULAS = {
    "1": f"incorrect ~ treated + {TASKS}",
    "2": f"incorrect ~ treated * {GROUPS} + {TASKS}",
    "3": f"incorrect ~ treated * {CONTEXTS} + {TASKS}",
    "4": f"incorrect ~ treated * present + {GROUPS} + {TASKS}",
    "4-emotion": f"incorrect ~ treated * present + {GROUPS} + {TASKS}"
    " + treated:emotion + present:emotion + treated:present:emotion",
}
LEVEL_COLUMN = {"1": "all", "2": "group", "3": "context", "4": "stated", "4-emotion": "both"}


def frame_of(seen: Observations) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "incorrect": seen.incorrect.astype(int),
            "treated": seen.treated.astype(int),
            "task": [PAPER_TASKS[code] for code in seen.task],
            "context": [tuple(Context)[code].value for code in seen.context],
            "belief": [tuple(Belief)[code].value for code in seen.belief],
            "question": seen.question,
            "words": seen.words,
        }
    )
    rows["group"] = rows["context"].map(GROUP_OF)
    rows["present"] = (rows["belief"] != "none").astype(int)
    rows["emotion"] = (rows["group"] == "emotion").astype(int)
    rows["all"] = "all"
    rows["stated"] = rows["present"].map({0: "none", 1: "present"})
    names = {(0, 0): "neither", (0, 1): "emotion", (1, 0): "belief", (1, 1): "belief and emotion"}
    rows["both"] = [names[p, e] for p, e in zip(rows["present"], rows["emotion"], strict=True)]
    return rows[rows["context"] != "neutral"]


def rows_of(model: str, rows: pd.DataFrame) -> pd.DataFrame:
    if model == "1":
        return rows[(rows["context"] == "plain") & (rows["present"] == 0)]
    return rows if model.startswith("4") else rows[rows["present"] == 0]


def our_name(name: str) -> str:
    """A term as we call it, from patsy's name."""
    parts = []
    for part in name.split(":"):
        level = part.split("[T.")[-1].rstrip("]")
        if part.startswith("C(task"):
            parts.append(f"task {level}")
        elif part.startswith("C("):
            parts.append(f"context {level}")
        else:
            parts.append(
                {"Intercept": "intercept", "present": "belief present",
                 "emotion": "context emotion"}.get(part, part)
            )  # fmt: skip
    return ":".join(parts)


def check_against_statsmodels(seen: Observations, found: FittedModel) -> None:
    """Every coefficient, error and effect of ``found`` equals a row-wise fit to 1e-6."""
    rows = rows_of(found.name, frame_of(seen))
    formula = FORMULAS[found.name] + (" + words" if found.with_length else "")
    model = smf.glm(formula, rows, family=sm.families.Binomial())
    plain = model.fit(tol=1e-12)
    clustered = model.fit(tol=1e-12, cov_type="cluster", cov_kwds={"groups": rows["question"]})
    theirs = {our_name(name): at for at, name in enumerate(plain.params.index)}
    assert {c.term for c in found.coefficients} == set(theirs)
    assert found.answers == len(rows)
    assert found.questions == rows["question"].nunique()
    assert found.log_likelihood == pytest.approx(plain.llf, rel=1e-9)
    for c in found.coefficients:
        at = theirs[c.term]
        assert c.value == pytest.approx(plain.params.iloc[at], abs=1e-6)
        assert c.standard_error == pytest.approx(plain.bse.iloc[at], abs=1e-6)
        assert c.p == pytest.approx(plain.pvalues.iloc[at], abs=1e-6)
        assert c.clustered_standard_error == pytest.approx(clustered.bse.iloc[at], abs=1e-6)
        assert c.clustered_p == pytest.approx(clustered.pvalues.iloc[at], abs=1e-6)
    levels = rows[LEVEL_COLUMN[found.name]]
    assert {e.level for e in found.effects} == set(levels)
    for effect in found.effects:
        at_level = rows[levels == effect.level]
        matrices = []
        for arm in (0, 1):
            build = smf.glm(formula, pd.concat([rows, at_level.assign(treated=arm)]),
                            family=sm.families.Binomial())  # fmt: skip
            matrices.append(build.exog[len(rows) :])
        p0, p1 = (model.predict(plain.params, exog=x) for x in matrices)
        gradient = 100 * ((p1 * (1 - p1)) @ matrices[1] - (p0 * (1 - p0)) @ matrices[0]) / len(p0)
        assert effect.points == pytest.approx(100 * float(np.mean(p1 - p0)), abs=1e-6)
        for fit, error in (
            (plain, effect.standard_error),
            (clustered, effect.clustered_standard_error),
        ):
            variance = gradient @ fit.cov_params().to_numpy() @ gradient
            assert error == pytest.approx(math.sqrt(variance), abs=1e-6)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("with_length", [False, True])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_grouped_fit_equals_the_row_wise_one(
    model: Model, with_length: bool, seed: int
) -> None:
    seen = synthetic_observations(12_000, 90, seed)
    found = fit_models(seen, models=[model])[with_length]
    assert isinstance(found, FittedModel)
    assert found.with_length is with_length
    check_against_statsmodels(seen, found)


def test_rows_that_hang_together_have_wider_clustered_errors() -> None:
    seen = synthetic_observations(20_000, 60)
    (found,) = fit_models(seen, with_length=False, models=[MODELS[3]])
    task = next(c for c in found.coefficients if c.term.startswith("task"))
    assert task.clustered_standard_error > 3 * task.standard_error


def test_neutral_is_left_out() -> None:
    seen = synthetic_observations(6_000, 60)
    neutral = seen.context == tuple(Context).index(Context.NEUTRAL)
    assert neutral.any()
    for one, other in zip(fit_models(seen), fit_models(seen.where(~neutral)), strict=True):
        assert isinstance(one, FittedModel)
        assert isinstance(other, FittedModel)
        assert (one.name, one.answers, one.questions) == (
            other.name,
            other.answers,
            other.questions,
        )
        # Some processors add the same numbers in another order where an array is longer.
        assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9)
        assert numbers_of(other) == pytest.approx(numbers_of(one), rel=1e-7, abs=1e-12)


def numbers_of(model: FittedModel) -> list[float]:
    return [
        number
        for part in (*model.coefficients, *model.effects)
        for number in asdict(part).values()
        if isinstance(number, float)
    ]


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=20)
def test_grouping_loses_no_answer_and_order_means_nothing(seed: int, with_length: bool) -> None:
    seen = synthetic_observations(500, 12, seed, longest=5)
    counts = grouped_counts(seen, with_length)
    assert counts.answers.sum() == counts.part_answers.sum() == len(seen)
    assert counts.errors.sum() == counts.part_errors.sum() == seen.incorrect.sum()
    for total, parts in (
        (counts.answers, counts.part_answers),
        (counts.errors, counts.part_errors),
    ):
        assert np.array_equal(np.bincount(counts.part_row, weights=parts), total)
    order = np.random.default_rng(seed).permutation(len(seen))
    shuffled = Observations(
        seen.incorrect[order], seen.treated[order], seen.task[order], seen.context[order],
        seen.belief[order], seen.question[order] + 7, seen.words[order],
    )  # fmt: skip
    again = grouped_counts(shuffled, with_length)
    assert np.array_equal(again.errors, counts.errors)
    assert np.array_equal(again.part_answers, counts.part_answers)


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=2, max_size=2),
)
def test_two_groups_give_the_log_odds_ratio_exactly(table: list[tuple[int, int]]) -> None:
    design = np.array([[1.0, 0.0], [1.0, 1.0]])
    wrong, right = np.array(table, dtype=float).T
    fit = fit_logit(design, wrong, wrong + right, ["intercept", "treated"])
    assert isinstance(fit, LogitFit)
    odds = wrong / right
    assert fit.coefficients[1] == pytest.approx(math.log(odds[1] / odds[0]), abs=1e-8)
    assert fit.covariance[1, 1] == pytest.approx((1 / wrong + 1 / right).sum(), rel=1e-8)


@pytest.mark.parametrize(
    ("wrong", "columns"),
    [
        ([1.0, 0.0], ("treated",)),
        ([0.0, 9.0], ("intercept", "treated")),
        ([10.0, 5.0], ("intercept", "treated")),
        ([5.0, 10.0], ("treated",)),
    ],
)
def test_a_group_without_errors_or_without_right_answers_is_separation(
    wrong: list[float], columns: tuple[str, ...]
) -> None:
    design = np.array([[1.0, 0.0], [1.0, 1.0]])
    with pytest.raises(NoFit, match=r"perfectly \(separation\)") as raised:
        fit_logit(design, np.array(wrong), np.array([10.0, 10.0]), ["intercept", "treated"])
    assert raised.value.columns == columns


def test_a_length_that_tells_right_from_wrong_is_named() -> None:
    words = np.arange(10.0, 50.0)
    treated = np.arange(40) % 2.0
    wrong = (words > 30.0).astype(float)
    design = np.column_stack([np.ones(40), treated, words])
    with pytest.raises(NoFit) as raised:
        fit_logit(design, wrong, np.ones(40), ["intercept", "treated", "words"])
    assert {"intercept", "words"} <= set(raised.value.columns)


def only(seen: Observations, context: Context) -> Observations:
    return seen.where(seen.context == tuple(Context).index(context))


def all_right(seen: Observations) -> Observations:
    return Observations(np.zeros(len(seen), dtype=bool), seen.treated, seen.task, seen.context,
                        seen.belief, seen.question, seen.words)  # fmt: skip


def warm_never_errs(seen: Observations) -> Observations:
    return Observations(seen.incorrect & ~seen.treated, seen.treated, seen.task, seen.context,
                        seen.belief, seen.question, seen.words)  # fmt: skip


SEPARATION = (
    "some terms separate right from wrong answers perfectly (separation), so there are no finite "
    "coefficients of"
)

SEEN = synthetic_observations(6_000, 60)
NO_BELIEF = SEEN.where(SEEN.belief == tuple(Belief).index(Belief.NONE))


@pytest.mark.parametrize(
    ("seen", "model", "reason"),
    [
        (only(SEEN, Context.PLAIN), "2", "only one level of context group was asked"),
        (only(SEEN, Context.SADNESS), "3", "only one level of context was asked"),
        (only(SEEN, Context.SADNESS), "1", "no answer has the conditions it looks at"),
        (only(SEEN, Context.NEUTRAL), "4", "no answer has the conditions it looks at"),
        (NO_BELIEF, "4", "only one level of belief was asked"),
        (NO_BELIEF, "4-emotion", "not all of belief and emotion were asked: no belief, belief and emotion"),
        (only(SEEN, Context.SADNESS), "4-emotion", "not all of belief and emotion were asked: no neither, belief"),
        (SEEN.where(~SEEN.treated), "2", "only one arm has answers"),
        (SEEN.where(SEEN.treated), "2", "only one arm has answers"),
        (all_right(SEEN), "1", "all answers are correct"),
        (warm_never_errs(SEEN), "1", SEPARATION),
        (SEEN.where(SEEN.treated & False), "3", "no answer has the conditions it looks at"),
    ],
)  # fmt: skip
def test_what_can_not_be_fitted_says_why(seen: Observations, model: str, reason: str) -> None:
    (chosen,) = [known for known in MODELS if known.name == model]
    for found in fit_models(seen, models=[chosen]):
        assert isinstance(found, UnfittedModel)
        assert found.reason == reason


def test_one_task_is_enough() -> None:
    seen = SEEN.where(SEEN.task == PAPER_TASKS.index("medqa"))
    (found,) = fit_models(seen, with_length=False, models=[MODELS[1]])
    assert isinstance(found, FittedModel)
    assert not [c.term for c in found.coefficients if c.term.startswith("task")]


def test_one_question_has_no_clustered_error() -> None:
    seen = SEEN.where(SEEN.belief == 0)
    alone = Observations(seen.incorrect, seen.treated, seen.task * 0, seen.context, seen.belief,
                         seen.question * 0, seen.words)  # fmt: skip
    (found,) = fit_models(alone, with_length=False, models=[MODELS[1]])
    assert isinstance(found, FittedModel)
    assert found.questions == 1
    assert {c.clustered_standard_error for c in found.coefficients} == {None}
    assert {e.clustered_p for e in found.effects} == {None}


@pytest.mark.parametrize("words", [80.0, np.nan])
def test_a_length_that_tells_nothing_says_so(words: float) -> None:
    seen = Observations(SEEN.incorrect, SEEN.treated, SEEN.task, SEEN.context, SEEN.belief,
                        SEEN.question, np.full(len(SEEN), words))  # fmt: skip
    plain, with_length = fit_models(seen, models=[MODELS[0]])
    assert isinstance(plain, FittedModel)
    assert isinstance(with_length, UnfittedModel)
    assert with_length.reason == (
        "the length of some answers is not known"
        if math.isnan(words)
        else "the rows can't tell from the other terms"
    )
    assert with_length.columns == (() if math.isnan(words) else ("words",))


@pytest.mark.parametrize(
    ("value", "error", "p"), [(1.959964, 1.0, 0.05), (-5.151659, 2.0, 0.01), (0, 0, 1), (1, 0, 0)]
)
def test_p_values_are_two_sided_and_normal(value: float, error: float, p: float) -> None:
    assert two_sided_p(value, error) == pytest.approx(p, abs=1e-6)
