"""Grouped counts: observations that share a design row, counted once.

A logistic likelihood needs no more than the number of answers and of errors in each distinct
design row; the sandwich needs the same by question. 440,000 answers make 216 rows, or some ten
thousand where the length of the answer tells rows apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warmbench.conditions import Belief, Context
from warmbench.statistics.models.observations import Observations
from warmbench.tasks.registry import all_tasks

__all__ = ["Conditions", "GroupedCounts", "grouped_counts"]

Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Conditions:
    """The G combinations of task, context, belief and arm, as positions in their enumerations."""

    task: Integers
    context: Integers
    belief: Integers
    treated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.task)


@dataclass(frozen=True)
class GroupedCounts:
    """Answers and errors in each row (a condition, and a length where ``words`` is given), and
    the same in each part of a row that belongs to one question.

    ``condition``: of each row, its position in ``conditions``. ``part_row``, ``part_question``:
    of each part, its row and its question (0 to ``questions`` - 1).
    """

    conditions: Conditions
    condition: Integers
    words: Numbers | None
    answers: Numbers
    errors: Numbers
    part_row: Integers
    part_question: Integers
    part_answers: Numbers
    part_errors: Numbers
    questions: int


def grouped_counts(seen: Observations, with_length: bool = False) -> GroupedCounts:
    """Count ``seen``. With length, rows are told apart by the words of the answer as well."""
    shape = (len(all_tasks()), len(Context), len(Belief), 2)
    codes = np.ravel_multi_index(
        (seen.task, seen.context, seen.belief, seen.treated.astype(np.int64)), shape
    )
    used, condition_of = _numbered(codes)
    task, context, belief, treated = np.unravel_index(used, shape)
    conditions = Conditions(task, context, belief, treated.astype(bool))
    words = None
    condition, row_of = np.arange(len(used)), condition_of
    if with_length:
        lengths, length_of = np.unique(seen.words, return_inverse=True)
        pairs, row_of = _numbered(condition_of * len(lengths) + length_of)
        condition, words = pairs // len(lengths), lengths[pairs % len(lengths)]
    incorrect = seen.incorrect.astype(np.float64)
    asked, question_of = _numbered(seen.question)
    parts, part_of = _numbered(row_of * len(asked) + question_of)
    return GroupedCounts(
        conditions=conditions,
        condition=condition,
        words=words,
        answers=np.bincount(row_of, minlength=len(condition)).astype(np.float64),
        errors=_totals(row_of, incorrect, len(condition)),
        part_row=parts // max(1, len(asked)),
        part_question=parts % max(1, len(asked)),
        part_answers=np.bincount(part_of, minlength=len(parts)).astype(np.float64),
        part_errors=_totals(part_of, incorrect, len(parts)),
        questions=len(asked),
    )


def _totals(of: Integers, values: Numbers, length: int) -> Numbers:
    return np.bincount(of, weights=values, minlength=length).astype(np.float64)


def _numbered(codes: Integers) -> tuple[Integers, Integers]:
    """The distinct codes in order, and of each entry its position among them. Like ``np.unique``,
    without sorting where a table of all possible codes is small enough."""
    highest = int(codes.max(initial=-1)) + 1
    if highest > 50 * len(codes) + 1000:
        used, position = np.unique(codes, return_inverse=True)
        return used, position
    present = np.zeros(highest, dtype=bool)
    present[codes] = True
    return np.flatnonzero(present), (np.cumsum(present) - 1)[codes]
