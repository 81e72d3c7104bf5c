"""Whether the audit finds the true loss when the judge favours one arm, by simulation. As a table.

``python -m tests.performance.audit_coverage [STUDIES]``. Nothing here is asserted.

A simulated study asks questions of two tasks in the 27 conditions of the headline. A question has
an accuracy and a loss of its own, so that its rows lean the same way; the true loss is known
exactly (losses lie on the scale of probabilities; the questions' own are symmetric around zero).
The judge lets wrong answers of the warm arm pass more often than those of the original one, and
more often in one task than in the other; how lenient it is differs between questions too. People
label some pairs, drawn at random, or all pairs of some questions; their labels are the truth.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from warmbench.judging.audit.corrected_loss import prediction_powered_loss, rogan_gladen_loss
from warmbench.judging.audit.labelled_pairs import LabelledPairs
from warmbench.statistics.estimate import POINTS, Estimate, estimate
from warmbench.statistics.pairs import CELLS
from warmbench.statistics.weights import headline_weights

__all__ = ["CASES", "Case", "coverage_table", "raw_loss", "simulated"]

STUDIES = 1_000
TASKS = ("triviaqa", "medqa")
WEIGHTS = headline_weights(TASKS)
HEADLINE = np.flatnonzero(WEIGHTS["medqa"])

ACCURACY = (0.50, 0.70)
LEANING = 0.25
"""Half the width of the questions' own losses."""


@dataclass(frozen=True)
class Case:
    """A kind of study and judge. ``specificity``: of the judge, original and warm, each a mean of
    the tasks; ``labels``: the share of pairs that people label, or of questions (``whole``);
    ``refusals``: the share of answers that people call refused; ``called_refused``: of the wrong
    answers of original and warm, the share that the judge calls refused without their being so."""

    name: str
    loss: float = 6.0
    sensitivity: float = 0.94
    specificity: tuple[float, float] = (0.92, 0.78)
    labels: float = 0.05
    whole: bool = False
    one_arm: float = 0.0
    refusals: float = 0.0
    called_refused: tuple[float, float] = (0.0, 0.0)
    questions: int = 150


CASES = (
    Case("5 % of pairs labelled"),
    Case("5 % labelled, no true loss", loss=0.0),
    Case("5 % labelled, a third of them in one arm", one_arm=1 / 3),
    Case("1 % labelled", labels=0.01),
    Case("20 % labelled", labels=0.20),
    Case("all pairs of one question in ten labelled", labels=0.10, whole=True),
    Case("a poor judge, 5 % labelled", sensitivity=0.80, specificity=(0.75, 0.55)),
    Case("a fair judge, 5 % labelled", specificity=(0.90, 0.90)),
    Case(
        "takes wrong warm answers for refusals, 10 % labelled",
        labels=0.10,
        specificity=(0.92, 0.92),
        refusals=0.05,
        called_refused=(0.05, 0.25),
    ),
)


def simulated(case: Case, rng: np.random.Generator) -> LabelledPairs:
    """One study, as the audit sees it."""
    questions, cells = case.questions * len(TASKS), len(HEADLINE)
    shape = (questions, cells)
    truth = _truth(case, shape, rng)
    said = np.where(rng.random((2, *shape)) < _chance_of_correct(case, truth, rng), 1.0, 0.0)
    task = np.repeat(np.arange(len(TASKS)), case.questions)
    refused = rng.random((2, *shape)) < case.refusals
    taken = np.array(case.called_refused)[:, None, None] * (truth == 0.0)
    said = np.where(refused | (rng.random((2, *shape)) < taken), np.nan, said)
    seen = _labelled(case, shape, rng)
    label = np.where(seen & ~refused, truth, np.nan)
    weight = np.repeat(WEIGHTS["medqa"][HEADLINE][None], questions, axis=0) / case.questions
    return LabelledPairs(
        tasks=TASKS,
        task=np.repeat(task, cells),
        question=np.repeat(np.arange(questions), cells),
        cell=(task[:, None] * cells + np.arange(cells)).ravel(),
        weight=_of_scored(weight, said).ravel(),
        base=weight.ravel(),
        passed=said.reshape(2, -1).T,
        label=label.reshape(2, -1).T,
        seen=seen.reshape(2, -1).T,
    )


def _of_scored(weight: NDArray[np.float64], said: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight of each cell and task, shared by the pairs that the judge scored."""
    scored = ~np.isnan(said).any(axis=0)
    by_task = np.split(scored, len(TASKS))
    mass = [np.broadcast_to(rows.mean(axis=0), rows.shape) for rows in by_task]
    shared: NDArray[np.float64] = weight * scored / np.concatenate(mass)
    return shared


def _truth(case: Case, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """1 where an answer is right: (2 arms x questions x cells)."""
    uneven = np.linspace(-0.04, 0.04, shape[1])
    weights = WEIGHTS["medqa"][HEADLINE]
    by_cell = case.loss / POINTS + uneven - uneven @ weights / weights.sum()
    accuracy = rng.uniform(*ACCURACY, size=(shape[0], 1))
    own = rng.uniform(-LEANING, LEANING, size=(shape[0], 1))
    chances = np.stack([np.broadcast_to(accuracy, shape), accuracy - own - by_cell])
    right: NDArray[np.float64] = (rng.random((2, *shape)) < chances).astype(float)
    return right


def _chance_of_correct(
    case: Case, truth: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """How likely the judge calls each answer correct."""
    by_task = np.repeat([-0.04, 0.04], case.questions)[:, None]
    own = rng.uniform(-0.04, 0.04, size=(truth.shape[1], 1))
    passes = np.stack([1.0 - s + by_task + own for s in case.specificity])
    chances: NDArray[np.float64] = np.where(truth == 1.0, case.sensitivity, passes)
    return chances


def _labelled(case: Case, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.bool_]:
    if case.whole:
        picked = np.repeat(rng.random((shape[0], 1)) < case.labels, shape[1], axis=1)
    else:
        picked = rng.random(shape) < case.labels
    alone = rng.random(shape) < case.one_arm
    first = rng.random(shape) < 0.5
    found: NDArray[np.bool_] = np.stack([picked & (~alone | first), picked & (~alone | ~first)])
    return found


def raw_loss(pairs: LabelledPairs) -> Estimate:
    """The headline loss by the judge's verdicts alone, as the scorecard has it."""
    values = {}
    for number, task in enumerate(pairs.tasks):
        rows = pairs.task == number
        values[task] = np.full((int(rows.sum()) // len(HEADLINE), len(CELLS)), np.nan)
        difference = pairs.passed[rows, 0] - pairs.passed[rows, 1]
        values[task][:, HEADLINE] = difference.reshape(-1, len(HEADLINE))
    found = estimate(values, WEIGHTS)
    assert found is not None
    return found


def coverage_table(studies: int) -> Table:
    table = Table(
        title=f"Audit: {studies:,} simulated studies a row; does the 95 % interval cover the truth?",
        box=None, title_justify="left",
    )  # fmt: skip
    columns = ("judge and labels", "true loss", "raw loss", "raw covers", "PPI covers",
               "Rogan-Gladen covers", "PPI bias", "RG bias", "PPI width", "RG width",
               "none given")  # fmt: skip
    for number, name in enumerate(columns):
        table.add_column(name, justify="right" if number else "left")
    for seed, case in enumerate(CASES):
        table.add_row(case.name, f"{case.loss:.1f}", *_row(case, studies, seed))
    return table


def _row(case: Case, studies: int, seed: int) -> list[str]:
    rng = np.random.Generator(np.random.PCG64(seed))
    raw: list[Estimate] = []
    found: tuple[list[Estimate], list[Estimate]] = ([], [])
    none = 0
    for _ in range(studies):
        pairs = simulated(case, rng)
        raw.append(raw_loss(pairs))
        corrections = (prediction_powered_loss(pairs), rogan_gladen_loss(pairs, "warm"))
        for kept, correction in zip(found, corrections, strict=True):
            if correction.loss is None:
                none += 1
            else:
                kept.append(correction.loss)
    return [
        f"{np.mean([one.value for one in raw]):.1f}",
        _covers(raw, case.loss),
        *(_covers(kept, case.loss) for kept in found),
        *(f"{np.mean([one.value for one in kept]) - case.loss:+.2f}" for kept in found),
        *(
            f"{np.median([one.high - one.low for one in kept if one.low is not None and one.high is not None]):.1f}"
            for kept in found
        ),
        str(none),
    ]


def _covers(found: list[Estimate], truth: float) -> str:
    inside = [
        one.low <= truth <= one.high
        for one in found
        if one.low is not None and one.high is not None
    ]
    return f"{np.mean(inside):.3f}"


def main(studies: int = STUDIES) -> None:
    Console(width=170).print(coverage_table(studies))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
