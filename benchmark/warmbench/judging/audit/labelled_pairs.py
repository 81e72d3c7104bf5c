"""Labelled pairs: the rows that the headline loss can rest on, with their weights and labels.

One row an item and epoch that both arms answered, in the conditions of the headline. Its weight is
its part in the headline: the cell's weight over the cell's questions and over the question's epochs
there, so that the weighted sum of the differences is the headline loss; 0 where the judge scored
one of the answers neither right nor wrong. Its base is the same with all rows counted, whatever
the judge said: the weight of a row that was drawn from all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from warmbench.judging.audit.answer_ids import AnswerKey
from warmbench.judging.audit.draw import audited_tasks
from warmbench.judging.audit.label import Label
from warmbench.records.audit import CorrectedLoss
from warmbench.records.estimate import Estimate
from warmbench.records.item import Item
from warmbench.records.verdict import Verdict
from warmbench.statistics.estimate import POINTS, usable_weights
from warmbench.statistics.pairs import CELLS, pair_verdicts, pairs_by_task, scores_of
from warmbench.statistics.student_t import t_quantile
from warmbench.statistics.weights import headline_weights

__all__ = ["FEWEST_QUESTIONS", "LabelledPairs", "labelled_pairs"]

FEWEST_QUESTIONS = 10
"""Labelled questions (of a task, or of a class of labels) below which an error rate has no useful
interval."""

_NO_SPREAD = 1e-9
"""Points: less is the rounding of sums."""

Numbers = NDArray[np.float64]
Codes = NDArray[np.intp]

_SCORES = {Verdict.CORRECT: 1.0, Verdict.INCORRECT: 0.0}

_CELL_NUMBERS = {(c.value, b.value): number for number, (c, b) in enumerate(CELLS)}


@dataclass(frozen=True)
class LabelledPairs:
    """Rows as arrays of one length. ``task`` and ``question`` are codes, and all rows of a
    question are in one task; ``cell`` is unique to a task and cell.

    ``passed`` and ``label``: (rows x 2), original and treated, 1 for correct and 0 for incorrect,
    by the judge and by people; NaN for anything else, and for a label where there is none.
    ``seen``: (rows x 2), whether people labelled the answer, whatever they said. Weights and bases
    sum to one over all rows, alike over the tasks.
    """

    tasks: tuple[str, ...]
    task: Codes
    question: Codes
    cell: Codes
    weight: Numbers
    base: Numbers
    passed: Numbers
    label: Numbers
    seen: NDArray[np.bool_]

    @property
    def is_labelled(self) -> NDArray[np.bool_]:
        """(rows x 2): whether people called the answer right or wrong."""
        return np.asarray(~np.isnan(self.label), dtype=bool)

    @property
    def scored(self) -> LabelledPairs:
        """The rows that the judge scored in both arms."""
        rows = self.weight > 0.0
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "tasks"}
        return replace(self, **arrays)

    @property
    def questions(self) -> int:
        return int(self.question.max()) + 1

    @property
    def task_of_question(self) -> Codes:
        found = np.zeros(self.questions, dtype=np.intp)
        found[self.question] = self.task
        return found

    def by_question(self, rows: Numbers) -> Numbers:
        """Sums of a value a row over the rows of each question."""
        sums = np.bincount(self.question, weights=rows, minlength=self.questions)
        return np.asarray(sums, dtype=np.float64)

    def centred(self, values: Numbers) -> Numbers:
        """What each row adds to the error of its weighted sum: the weighted deviation from the
        cell's mean, as in ``warmbench.statistics.estimate``. NaN where a cell has one question.
        For ``scored`` rows."""
        mass = np.bincount(self.cell, weights=self.weight)
        means = np.bincount(self.cell, weights=self.weight * values) / mass
        pairs = np.unique(np.column_stack([self.cell, self.question]), axis=0)
        counts = np.bincount(pairs[:, 0], minlength=len(mass)).astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.where(counts > 1, np.sqrt(counts / (counts - 1)), np.nan)
        centred: Numbers = self.weight * (values - means[self.cell]) * spread[self.cell]
        return centred

    def corrected_loss(
        self,
        value: float,
        influence: Numbers,
        more_variance: float,
        labelled_rows: NDArray[np.bool_],
        labelled: int,
        method: str,
    ) -> CorrectedLoss:
        """``value`` (a difference of shares) with its 95 % interval by t, in points.

        ``influence``: what each question adds to its error; tasks are independent, and what is
        estimated in one is only as sure as its labelled questions allow: degrees of freedom are
        Welch and Satterthwaite's over the tasks, each with those of its labelled questions.
        ``more_variance``: what the spread of the rows does not show.
        """
        if not np.isfinite(influence).all():
            return CorrectedLoss(
                reason="some condition rests on a single question, which has no interval"
            )
        questions = np.unique(self.question[labelled_rows])
        of_task = self.task_of_question
        variances = np.bincount(of_task, weights=influence**2, minlength=len(self.tasks))
        counts = np.bincount(of_task[questions], minlength=len(self.tasks))
        total = float(variances.sum())
        spread = sum(v**2 / max(n - 1, 1) for v, n in zip(variances, counts, strict=True))
        df = total**2 / spread if spread else float(len(questions) - 1)
        error = POINTS * math.sqrt(total + more_variance)
        if error < _NO_SPREAD:
            return CorrectedLoss(
                reason="all questions are alike, which says nothing of the uncertainty"
            )
        reach, points = t_quantile(0.975, df) * error, POINTS * value
        loss = Estimate(
            points, points - reach, points + reach, error, float(df), len(questions), method
        )
        return CorrectedLoss(loss=loss, labelled=labelled)


def labelled_pairs(
    items: Sequence[Item],
    verdicts: Sequence[Mapping[str, Any]],
    labels: Sequence[Label],
    arm: str,
) -> LabelledPairs | None:
    """The rows of one treated arm; None where some task has no scored pair of the headline."""
    pairs = pair_verdicts(items, verdicts, arm)
    tasks = tuple(audited_tasks(items))
    differences = {task: found.difference for task, found in pairs_by_task(pairs).items()}
    weights = usable_weights(differences, headline_weights(tasks))
    if not tasks or set(weights) != set(tasks):
        return None
    table = _weighted(pairs, weights)
    given = {label.key: _SCORES.get(label.verdict, np.nan) for label in labels}
    arms = ("original", arm)
    return LabelledPairs(
        tasks=tasks,
        task=table["task_code"].to_numpy(dtype=np.intp),
        question=_codes(table, ["task_code", "question_id"]),
        cell=_codes(table, ["task_code", "cell"]),
        weight=table["weight"].to_numpy(dtype=float),
        base=table["base"].to_numpy(dtype=float),
        passed=table[["y_original", "y_treated"]].to_numpy(dtype=float),
        label=np.column_stack([_labels(table, name, given) for name in arms]),
        seen=np.column_stack([_seen(table, name, given) for name in arms]),
    )


def _weighted(pairs: pd.DataFrame, weights: Mapping[str, Numbers]) -> pd.DataFrame:
    """The rows of the headline that both arms answered, with their weights."""
    codes = {task: number for number, task in enumerate(weights)}
    cells = [_CELL_NUMBERS[pair] for pair in zip(pairs["context"], pairs["belief"], strict=True)]
    table = pairs.assign(
        y_original=scores_of(pairs["original"]),
        y_treated=scores_of(pairs["treated"]),
        cell=cells,
        task_code=pairs["task"].map(codes),
    ).dropna(subset=["original", "treated", "task_code"])
    by_cell = np.stack([weights[task] for task in weights])
    table["base"] = by_cell[table["task_code"].to_numpy(dtype=int), table["cell"]]
    table = table[table["base"] > 0.0].reset_index(drop=True)
    scored = table[["y_original", "y_treated"]].notna().all(axis=1)
    table["weight"] = _shared_out(table[scored]).reindex(table.index, fill_value=0.0)
    table["base"] = _shared_out(table)
    return table


def _shared_out(table: pd.DataFrame) -> pd.Series[float]:
    """The weight of each row's cell, shared by its questions and by their epochs."""
    cell = table.groupby(["task_code", "cell"])["question_id"].transform("nunique")
    rows = table.groupby(["task_code", "cell", "question_id"])["epoch"].transform("size")
    shared: pd.Series[float] = table["base"] / (cell * rows)
    return shared


def _codes(table: pd.DataFrame, columns: list[str]) -> Codes:
    return np.asarray(table.groupby(columns).ngroup(), dtype=np.intp)


def _labels(table: pd.DataFrame, arm: str, given: Mapping[AnswerKey, float]) -> list[float]:
    return [
        given.get((item_id, arm, int(epoch)), np.nan)
        for item_id, epoch in zip(table["item_id"], table["epoch"], strict=True)
    ]


def _seen(table: pd.DataFrame, arm: str, given: Mapping[AnswerKey, float]) -> list[bool]:
    return [
        (item_id, arm, int(epoch)) in given
        for item_id, epoch in zip(table["item_id"], table["epoch"], strict=True)
    ]
