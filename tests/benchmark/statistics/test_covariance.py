"""The covariance of losses: against a direct computation, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmark.statistics.matrices import make_pairs
from warmbench.conditions import HEADLINE_CONTEXTS, Belief, Task
from warmbench.statistics.covariance import loss_covariance, loss_parts
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import CELLS, TaskPairs
from warmbench.statistics.ranks import rank_intervals
from warmbench.statistics.weights import headline_weights

TASKS = (Task.TRIVIAQA, Task.MEDQA)
WEIGHTS = headline_weights(TASKS)


def question_losses(pairs: TaskPairs) -> np.ndarray:
    """The loss of every question in points, written out: contexts weigh alike, a belief none or
    present too, the two wordings of a present one too."""
    losses = np.zeros(len(pairs.question_ids))
    for context in HEADLINE_CONTEXTS:
        for belief, share in (
            (Belief.NONE, 1 / 2), (Belief.ASSERTS_WRONG, 1 / 4), (Belief.DOUBTS_RIGHT, 1 / 4)
        ):  # fmt: skip
            place = CELLS.index((context, belief))
            losses += share / 9 * 100 * (pairs.original[:, place] - pairs.treated[:, place])
    return losses


def test_the_covariance_of_means_over_the_same_questions() -> None:
    studies = [make_pairs(seed) for seed in (1, 2, 3)]
    found = loss_covariance([loss_parts(study, WEIGHTS) for study in studies])
    direct = sum(
        np.cov([question_losses(study[task]) for study in studies]) / 40 / 4 for task in TASKS
    )
    assert found == pytest.approx(direct)


def test_the_same_study_twice_varies_as_one() -> None:
    parts = loss_parts(make_pairs(1, missing=0.3), WEIGHTS)
    found = loss_covariance([parts, parts])
    assert found == pytest.approx(np.full((2, 2), found[0, 0]))


@pytest.mark.parametrize(
    ("name", "pairs"),
    [
        ("a task is missing", make_pairs(2, tasks=(Task.MEDQA,))),
        ("one question a task", make_pairs(2, questions=1)),
    ],
)
def test_a_study_of_unknown_error_has_no_part(name: str, pairs: dict[Task, TaskPairs]) -> None:
    assert loss_parts(pairs, WEIGHTS) == {}
    found = loss_covariance([loss_parts(make_pairs(1), WEIGHTS), {}])
    assert found[0, 0] > 0.0
    assert not found[1].any()


def test_other_questions_tell_nothing() -> None:
    one, other = make_pairs(1), make_pairs(1, names="other")
    found = loss_covariance([loss_parts(one, WEIGHTS), loss_parts(other, WEIGHTS)])
    assert found[0, 1] == 0.0
    assert found[0, 0] == pytest.approx(found[1, 1])


def test_the_same_name_in_another_task_is_another_question() -> None:
    medqa, trivia = (
        loss_parts(make_pairs(1, tasks=(task,)), headline_weights((task,))) for task in TASKS
    )
    assert loss_covariance([medqa, trivia])[0, 1] == 0.0


def test_no_study() -> None:
    assert loss_covariance([]).shape == (0, 0)


def test_ranks_are_told_apart_by_what_studies_share() -> None:
    """The second study is the first with one more error in every tenth question."""
    first = make_pairs(1, questions=100)
    second = {}
    for task, pairs in first.items():
        treated = pairs.treated.copy()
        treated[::10] = 0.0
        second[task] = TaskPairs(task, pairs.question_ids, pairs.original, treated)
    studies = [first, second]
    found = [
        estimate({task: pairs.difference for task, pairs in study.items()}, WEIGHTS)
        for study in studies
    ]
    losses, errors = [each.value for each in found], [each.standard_error for each in found]
    covariance = loss_covariance([loss_parts(study, WEIGHTS) for study in studies])
    apart, together = (
        [(each.low, each.high) for each in rank_intervals(losses, errors, shared)]
        for shared in (None, covariance)
    )
    assert together == [(1, 1), (2, 2)]
    assert sum(high - low for low, high in apart) >= sum(high - low for low, high in together)


@given(st.integers(0, 10_000), st.floats(0.0, 0.7))
@settings(max_examples=25, deadline=None)
def test_the_diagonal_is_the_square_of_the_standard_error(seed: int, missing: float) -> None:
    studies = [make_pairs(seed + n, questions=8, missing=missing) for n in range(3)]
    found = loss_covariance([loss_parts(study, WEIGHTS) for study in studies])
    for variance, study in zip(np.diag(found), studies, strict=True):
        loss = estimate({task: pairs.difference for task, pairs in study.items()}, WEIGHTS)
        assert loss is not None
        assert np.sqrt(variance) == pytest.approx(loss.standard_error)
    assert found == pytest.approx(found.T)
    assert np.linalg.eigvalsh(found).min() >= -1e-9
