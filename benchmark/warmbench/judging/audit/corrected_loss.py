"""The loss corrected by human labels, in two ways.

The loss by prediction-powered inference (Angelopoulos et al., Science 382, 2023).

All pairs have verdicts, some have labels in both arms. The loss by verdicts, over all pairs, is
corrected by the rectifier of each task: what the labelled pairs lose by their labels, less what
the same pairs lose by their verdicts,

    loss = mean of d(verdicts) over all pairs
           + mean over tasks of (mean of d(labels) - mean of d(verdicts)) over labelled pairs,

weighted as the headline. Each mean is over the pairs whose two answers are right or wrong, by
labels or by verdicts: a pair that the judge alone calls refused is in the first mean and not in
the second, one that people alone call refused is in the second only. So the judge's errors about
refusals are corrected too. Labelled pairs are taken as drawn at random from all pairs of their
task that both arms answered, however many of its cells they reach. All rows of a question are one
observation, labelled or not: what a question adds to the error is the sum of what it adds to all
three means (ratios of two sums, by the delta method), so that their covariance is in. No
assumption is made about the judge: it may err as it likes, and differently in each arm.

Where all rectifiers of a task are alike (labels and verdicts never differ, say), its n labelled
questions can't show how often they do differ: the task gets the variance of one in n that does.

The loss by Rogan and Gladen's correction (Am. J. Epidemiol. 107, 1978), each arm by itself.

With A the accuracy by verdicts, and sensitivity and specificity of the judge in that arm, as the
labelled answers show them,

    p = (A + specificity - 1) / (sensitivity + specificity - 1),    loss = p(original) - p(treated).

It is of the answers that the judge calls right or wrong: its errors about refusals stay in. All
shares are weighted as the headline, so that the identity behind it holds however the judge's
error rates differ between tasks. Labelled answers are taken as drawn at random from their task.
The interval is by the delta method: a question adds to the error

    (z(A) + (1 - p) z(specificity) - p z(sensitivity)) / (sensitivity + specificity - 1)

of both arms together, labelled and unlabelled rows alike, so that all covariances are in. Where
the judge made no error in n questions, the rate is given the variance of one error in them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.judging.audit.labelled_pairs import FEWEST_QUESTIONS, LabelledPairs
from warmbench.records.audit import CorrectedLoss
from warmbench.statistics.student_t import t_quantile

__all__ = ["prediction_powered_loss", "rogan_gladen_loss"]

_METHOD = "Rogan-Gladen, clustered t"

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Rate:
    """Sensitivity, specificity or a corrected accuracy, as a share; what each question adds to its
    error, and the variance that the spread of the rows does not show."""

    value: float
    influence: Numbers
    unseen: float


def rogan_gladen_loss(pairs: LabelledPairs, arm: str) -> CorrectedLoss:
    """The corrected headline loss; an answer that is labelled in one arm alone counts too."""
    pairs = pairs.scored
    try:
        original, treated = _corrected(pairs, 0, "original"), _corrected(pairs, 1, arm)
    except _NoCorrectionError as error:
        return CorrectedLoss(reason=str(error))
    return pairs.corrected_loss(
        original.value - treated.value,
        original.influence - treated.influence,
        original.unseen + treated.unseen,
        np.asarray(pairs.is_labelled.any(axis=1)),
        int(pairs.is_labelled.sum()),
        _METHOD,
    )


class _NoCorrectionError(Exception):
    """Why the labels of one arm can't give its accuracy, in a sentence."""


def _corrected(pairs: LabelledPairs, side: int, arm: str) -> _Rate:
    passed, label = pairs.passed[:, side], pairs.label[:, side]
    if few := _too_few(pairs, label, arm):
        raise _NoCorrectionError(few)
    weight = _label_weights(pairs, ~np.isnan(label))
    right = _rate(pairs, weight, label == 1.0, passed)
    wrong = _rate(pairs, weight, label == 0.0, 1.0 - passed)
    better = right.value + wrong.value - 1.0
    questions = len(np.unique(pairs.question[~np.isnan(label)]))
    spread = right.influence + wrong.influence
    error = math.sqrt(float(spread @ spread) + right.unseen + wrong.unseen)
    if better <= t_quantile(0.975, questions - 1) * error:
        raise _NoCorrectionError(
            f"in arm {arm} the judge's sensitivity {right.value:.3f} and specificity "
            f"{wrong.value:.3f} are not measurably better than chance (a sum of 1)"
        )
    p = (float(pairs.weight @ passed) + wrong.value - 1.0) / better
    accuracy = pairs.by_question(pairs.centred(passed))
    return _Rate(
        value=p,
        influence=(accuracy + (1.0 - p) * wrong.influence - p * right.influence) / better,
        unseen=((1.0 - p) ** 2 * wrong.unseen + p**2 * right.unseen) / better**2,
    )


def _label_weights(pairs: LabelledPairs, labelled: NDArray[np.bool_]) -> Numbers:
    """Weights of the labelled rows, scaled so that each task keeps its part in the headline."""
    tasks = len(pairs.tasks)
    whole = np.bincount(pairs.task, weights=pairs.weight, minlength=tasks)
    there = np.bincount(pairs.task, weights=pairs.weight * labelled, minlength=tasks)
    weights: Numbers = pairs.weight * labelled * (whole / there)[pairs.task]
    return weights


def _rate(pairs: LabelledPairs, weight: Numbers, among: NDArray[np.bool_], hit: Numbers) -> _Rate:
    """The share of hits among some labelled rows: a ratio of two weighted sums. Each task's rows
    are a sample of their own, hence the centring by task."""
    tasks = len(pairs.tasks)
    value = float(weight @ (among * hit)) / float(weight @ among)
    surplus = np.where(among, hit - value, 0.0)
    mass = np.bincount(pairs.task, weights=weight, minlength=tasks)
    means = np.bincount(pairs.task, weights=weight * surplus, minlength=tasks) / mass
    labelled = weight > 0.0
    asked = np.unique(pairs.question[labelled])
    counts = np.bincount(pairs.task_of_question[asked], minlength=tasks)
    rows = weight * (surplus - means[pairs.task]) * np.sqrt(counts / (counts - 1))[pairs.task]
    influence = pairs.by_question(rows) / float(weight @ among)
    questions = len(np.unique(pairs.question[among]))
    alike = np.ptp(hit[among]) == 0.0
    return _Rate(value, influence, questions**-2 if alike else 0.0)


def _too_few(pairs: LabelledPairs, label: Numbers, arm: str) -> str | None:
    for value, name in ((1.0, "correct"), (0.0, "incorrect")):
        found = len(np.unique(pairs.question[label == value]))
        if found < FEWEST_QUESTIONS:
            return (
                f"in arm {arm} answers to {found:,} questions are labelled {name}; an interval "
                f"needs {FEWEST_QUESTIONS}"
            )
    for number, task in enumerate(pairs.tasks):
        if len(np.unique(pairs.question[~np.isnan(label) & (pairs.task == number)])) < 2:
            return (
                f"in arm {arm} answers to fewer than 2 questions of {task} are labelled, "
                "and the headline needs each task"
            )
    return None


_PPI = "prediction-powered, clustered t"

_ALIKE = 1e-12
"""Of what a row adds to an error: less is the rounding of sums."""


def prediction_powered_loss(pairs: LabelledPairs) -> CorrectedLoss:
    """The corrected headline loss, from pairs with labels in both arms."""
    labelled = np.asarray(pairs.seen.all(axis=1))
    by_people, by_judge = _differences(pairs.label), _differences(pairs.passed)
    if few := _too_few_labelled(pairs, labelled, by_people, by_judge):
        return CorrectedLoss(reason=few)
    scored = pairs.scored
    judged = scored.passed[:, 0] - scored.passed[:, 1]
    value = float(scored.weight @ judged)
    influence = np.zeros(pairs.questions)
    influence[: scored.questions] = scored.by_question(scored.centred(judged))
    unseen = 0.0
    for task in range(len(pairs.tasks)):
        rows, share = labelled & (pairs.task == task), _share(pairs, task)
        people, of_people = _mean(pairs, rows, by_people)
        judge, of_judge = _mean(pairs, rows, by_judge)
        questions = len(np.unique(pairs.question[rows]))
        part = share * (of_people - of_judge)
        value += share * (people - judge)
        influence += pairs.by_question(part) * math.sqrt(questions / (questions - 1))
        if np.abs(part).max() < _ALIKE:
            unseen += (share / questions) ** 2
    return pairs.corrected_loss(value, influence, unseen, labelled, int(labelled.sum()), _PPI)


def _differences(scores: Numbers) -> Numbers:
    """Original minus treated; NaN where one of them is neither right nor wrong."""
    differences: Numbers = scores[:, 0] - scores[:, 1]
    return differences


def _mean(
    pairs: LabelledPairs, rows: NDArray[np.bool_], differences: Numbers
) -> tuple[float, Numbers]:
    """The weighted mean over those of ``rows`` that have a difference, and what each row adds to
    its error."""
    base = np.where(rows & ~np.isnan(differences), pairs.base, 0.0)
    base /= base.sum()
    known = np.nan_to_num(differences)
    mean = float(base @ known)
    return mean, base * (known - mean)


def _share(pairs: LabelledPairs, task: int) -> float:
    """The task's part in the headline."""
    return float(pairs.base[pairs.task == task].sum())


def _too_few_labelled(
    pairs: LabelledPairs, labelled: NDArray[np.bool_], by_people: Numbers, by_judge: Numbers
) -> str | None:
    for number, task in enumerate(pairs.tasks):
        rows = labelled & (pairs.task == number)
        for differences, which in (
            (by_people, "pairs labelled right or wrong"),
            (by_judge, "labelled pairs judged right or wrong"),
        ):
            found = len(np.unique(pairs.question[rows & ~np.isnan(differences)]))
            if found < FEWEST_QUESTIONS:
                return (
                    f"{found:,} questions of {task} have {which} in both arms; an interval needs "
                    f"{FEWEST_QUESTIONS} in each task"
                )
    return None
