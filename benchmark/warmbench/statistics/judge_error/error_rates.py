"""Error rates: sensitivity and specificity of a judge by task and length, from its check.

Answers of a task and length band are a group. A group of which too few questions were checked is
no measure of its own; the whole task then stands in for it, and all tasks where that has too few
as well.

The uncertainty is that of the questions that were checked: they are drawn again with replacement,
inside each task, and every rate is computed from each draw. Deviations are widened by
sqrt(n / (n - 1)), n being the group's questions. A rate of one (or zero) in n questions shows no
errors at all, so no draw does; its error is then drawn from an exponential distribution of mean
1 / n, which is what is known of a rate after n questions without a single event.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from warmbench.records.estimate import Estimate
from warmbench.records.judge_check import CheckedAnswer, JudgeCheck
from warmbench.records.verdict import Verdict
from warmbench.statistics.judge_error.length_bands import LENGTH_BANDS, length_band
from warmbench.statistics.resampling import times_drawn

__all__ = [
    "ENDS",
    "FEWEST_OF_A_BAND",
    "FEWEST_OF_A_TASK",
    "RESAMPLES",
    "ErrorRates",
    "Group",
    "is_scored",
]

FEWEST_OF_A_BAND = 20
FEWEST_OF_A_TASK = 10
"""Questions with checked answers that are right, and as many with wrong ones, below which a band,
or a task, has no rates of its own."""

RESAMPLES = 2_000
_SEED = 0

ENDS = (2.5, 97.5)
"""The percentiles between which 95 % of the draws lie."""

Numbers = NDArray[np.float64]

_SCORED = (Verdict.CORRECT, Verdict.INCORRECT)


@dataclass(frozen=True, slots=True)
class Group:
    """Answers of one task and length band; empty: of any."""

    task: str = ""
    band: str = ""

    def __str__(self) -> str:
        """``medqa, 40 to 99 words``, ``medqa, any length`` or ``all tasks, any length``."""
        return f"{self.task or 'all tasks'}, {self.band or 'any length'}"

    def holds(self, task: str, band: str) -> bool:
        return self.task in ("", task) and self.band in ("", band)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """The rates of each group that has enough checked answers; a row a group.

    ``rates``: (groups x 2), sensitivity and specificity; ``drawn``: the same of each draw, (draws
    x groups x 2); ``questions``: (groups x 2), with right and with wrong answers.
    """

    groups: tuple[Group, ...]
    rates: Numbers
    drawn: Numbers
    questions: NDArray[np.intp]

    @classmethod
    def of(cls, check: JudgeCheck) -> Self:
        """The same for the answers in any order."""
        counts = _Counts.of(check.answers)
        return cls(*counts.rates_of(counts.groups))

    def place_of(self, task: str, band: str) -> int | None:
        """The group that an answer's rates are from, the narrowest there is; None where the check
        has too few answers for any."""
        for group in (Group(task, band), Group(task), Group()):
            if group in self.groups:
                return self.groups.index(group)
        return None

    @property
    def better(self) -> Numbers:
        """Sensitivity + specificity - 1 of each group: 0 for a judge that guesses."""
        better: Numbers = self.rates.sum(axis=1) - 1.0
        return better

    @property
    def better_drawn(self) -> Numbers:
        """The same of each draw, (draws x groups)."""
        better: Numbers = self.drawn.sum(axis=2) - 1.0
        return better

    def better_estimate(self, place: int) -> Estimate:
        """That of one group, with its interval."""
        low, high = np.percentile(self.better_drawn[:, place], ENDS)
        return Estimate(float(self.better[place]), float(low), float(high))


def is_scored(answer: CheckedAnswer) -> bool:
    """Whether the judge called it right or wrong: refused and unscored ones are in no loss."""
    return answer.verdict in _SCORED


@dataclass(frozen=True)
class _Counts:
    """``numbers``: (questions x cells x 2 x 2) answers of each cell (a task and band), right or
    wrong, and how many there are or the judge knew to be so."""

    cells: tuple[Group, ...]
    task_of: tuple[str, ...]
    numbers: Numbers

    @classmethod
    def of(cls, answers: Sequence[CheckedAnswer]) -> Self:
        scored = [answer for answer in answers if is_scored(answer)]
        questions = sorted({(answer.task, answer.question_id) for answer in scored})
        tasks = sorted({task for task, _ in questions})
        cells = tuple(Group(task, band) for task in tasks for band in LENGTH_BANDS)
        rows = {question: row for row, question in enumerate(questions)}
        numbers = np.zeros((len(questions), len(cells), 2, 2))
        for answer in scored:
            cell = cells.index(Group(answer.task, length_band(answer.words)))
            side = 0 if answer.right else 1
            place = rows[answer.task, answer.question_id], cell, side
            numbers[(*place, 0)] += 1.0
            numbers[(*place, 1)] += (answer.verdict is Verdict.CORRECT) == answer.right
        return cls(cells, tuple(task for task, _ in questions), numbers)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Those with enough questions, of right answers and of wrong ones."""
        tasks = [Group(task) for task in dict.fromkeys(self.task_of)]
        found = [(group, FEWEST_OF_A_BAND) for group in self.cells]
        found += [(group, FEWEST_OF_A_TASK) for group in (*tasks, Group())]
        return tuple(g for g, fewest in found if self._questions([g]).min() >= fewest)

    def _inside(self, groups: Sequence[Group]) -> Numbers:
        """(groups x cells): 1 where the group holds the cell."""
        return np.array(
            [[float(g.holds(cell.task, cell.band)) for cell in self.cells] for g in groups]
        ).reshape(len(groups), len(self.cells))

    def _questions(self, groups: Sequence[Group]) -> NDArray[np.intp]:
        there = np.einsum("gc,qcs->qgs", self._inside(groups), self.numbers[..., 0]) > 0.0
        return np.asarray(there.sum(axis=0), dtype=np.intp)

    def rates_of(
        self, groups: tuple[Group, ...]
    ) -> tuple[tuple[Group, ...], Numbers, Numbers, NDArray[np.intp]]:
        inside, questions = self._inside(groups), self._questions(groups)
        rng = np.random.Generator(np.random.PCG64(_SEED))
        shape = self.numbers.shape[1:]
        sums = np.einsum("gc,csn->gsn", inside, self.numbers.sum(axis=0))
        rates = sums[..., 1] / sums[..., 0]
        flat = self.numbers.reshape(len(self.task_of), math.prod(shape))
        drawn_cells = (self._draws(rng) @ flat).reshape(RESAMPLES, *shape)
        drawn_sums = np.einsum("gc,rcsn->rgsn", inside, drawn_cells)
        with np.errstate(invalid="ignore"):
            drawn = drawn_sums[..., 1] / drawn_sums[..., 0]
        drawn = np.where(np.isnan(drawn), rates, drawn)
        widened = rates + (drawn - rates) * np.sqrt(questions / (questions - 1.0))
        unseen = -np.log1p(-rng.random(drawn.shape)) / questions
        widened = np.where(rates == 1.0, 1.0 - unseen, widened)
        widened = np.where(rates == 0.0, unseen, widened)
        return groups, rates, np.clip(widened, 0.0, 1.0), questions

    def _draws(self, rng: np.random.Generator) -> Numbers:
        """(draws x questions): how often each is drawn, as many of each task as there are."""
        tasks = np.array(self.task_of)
        parts = [
            times_drawn(int((tasks == task).sum()), RESAMPLES, rng)
            for task in dict.fromkeys(self.task_of)
        ]
        return np.concatenate(parts, axis=1) if parts else np.zeros((RESAMPLES, 0))
