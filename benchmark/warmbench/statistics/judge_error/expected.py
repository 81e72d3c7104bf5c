"""Expected sensitivity and specificity: those of the check, weighted to the mix of a run.

Each answer that the judge scored is expected to be judged with the rates of its group (a task and
length band). They are averaged over the answers of a task, and then over the tasks of the headline,
which weigh alike. The interval is that of the check: percentiles over the draws of ``ErrorRates``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from warmbench.records.estimate import Estimate
from warmbench.records.judge_check import JudgeCheck
from warmbench.records.judge_figures import ArmFigures, JudgeFigures, Rates
from warmbench.records.verdict import Verdict
from warmbench.statistics.judge_error.answer_groups import NO_GROUP, AnswerGroups
from warmbench.statistics.judge_error.error_rates import ENDS, ErrorRates, Group, is_scored
from warmbench.statistics.judge_error.length_bands import LENGTH_BANDS
from warmbench.tasks.registry import headline_tasks, in_task_order

__all__ = ["expected_figures"]

_METHOD = "resamples of checked questions"

_SCORED = (Verdict.CORRECT.value, Verdict.INCORRECT.value)

Numbers = NDArray[np.float64]


def expected_figures(
    check: JudgeCheck,
    groups: AnswerGroups,
    verdicts: Sequence[Mapping[str, Any]],
    arms: Sequence[str],
    *,
    packaged: bool,
) -> JudgeFigures:
    """``groups``: of the run's answers by that check. ``verdicts``: rows of item_id, arm, epoch,
    verdict."""
    scored = [answer for answer in check.answers if is_scored(answer)]
    table = _scored(groups.table, verdicts)
    return JudgeFigures(
        judge=check.judge,
        release=check.release,
        part=check.part,
        packaged=packaged,
        answers=len(scored),
        questions=len({(answer.task, answer.question_id) for answer in scored}),
        arms={
            arm: found
            for arm in arms
            if (found := _of_arm(table[table["arm"] == arm], groups.rates)) is not None
        },
        wider=_wider(table, groups.rates),
    )


def _scored(table: pd.DataFrame, verdicts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The answers with a verdict of right or wrong that have a group."""
    given = pd.DataFrame(verdicts, columns=["item_id", "arm", "epoch", "verdict"])
    joined = table.merge(given, on=["item_id", "arm", "epoch"], how="inner")
    return joined[joined["verdict"].isin(_SCORED) & (joined["group"] != NO_GROUP)]


def _of_arm(table: pd.DataFrame, rates: ErrorRates) -> ArmFigures | None:
    shares = {
        task: _shares(table[table["task"] == task], rates) for task in in_task_order(table["task"])
    }
    headline = [share for task, share in shares.items() if task in headline_tasks()]
    if not headline:
        return None
    tasks = {task: _rates(share, rates) for task, share in shares.items()}
    whole = _rates(np.asarray(sum(headline)) / len(headline), rates)
    return ArmFigures(sensitivity=whole.sensitivity, specificity=whole.specificity, tasks=tasks)


def _shares(table: pd.DataFrame, rates: ErrorRates) -> Numbers:
    """The part of the answers that each group has."""
    counts = np.bincount(table["group"].to_numpy(dtype=int), minlength=len(rates.groups))
    shares: Numbers = counts / counts.sum()
    return shares


def _rates(share: Numbers, rates: ErrorRates) -> Rates:
    value, drawn = share @ rates.rates, share @ rates.drawn
    low, high = np.percentile(drawn, ENDS, axis=0)
    questions = rates.questions[share > 0.0].sum(axis=0)
    sensitivity, specificity = (
        Estimate(
            float(value[side]),
            float(low[side]),
            float(high[side]),
            n=int(questions[side]),
            method=_METHOD,
        )
        for side in (0, 1)
    )
    return Rates(sensitivity=sensitivity, specificity=specificity)


def _wider(table: pd.DataFrame, rates: ErrorRates) -> dict[str, str]:
    found = table.groupby(["task", "band"])["group"].first()
    return {
        str(Group(task, band)): str(group)
        for task in in_task_order(table["task"])
        for band in LENGTH_BANDS
        if (task, band) in found.index
        and (group := rates.groups[int(found[task, band])]) != Group(task, band)
    }
