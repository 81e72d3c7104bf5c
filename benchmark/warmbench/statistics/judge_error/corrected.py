"""The loss corrected for the judge's errors, by Rogan and Gladen (Am. J. Epidemiol. 107, 1978).

In a group of answers (a task and length band), let y be the share that the judge calls correct,
and sensitivity and specificity its rates by its check. Then the share that is right is

    p = (y + specificity - 1) / (sensitivity + specificity - 1),

as long as the judge errs on the run's answers of that group as it did on the checked ones, in both
arms alike. As p is linear in y, each answer gets a corrected score from its own verdict (1 or 0)
and group, and these are averaged as the headline averages verdicts; an arm's mean in a task is
then cut to 0..1.

The interval holds both uncertainties. That of the run is the clustered t interval of the corrected
scores, the rates held fixed; that of the check is the spread of the loss over the draws of
``ErrorRates``, the verdicts held fixed. The two are independent, and their distances from the value
are added as squares on each side (Zou and Donner, Stat. Med. 27, 2008), as the second is skewed.

Nothing is corrected where sensitivity + specificity - 1 can't be told from a value near 0: where
its interval reaches ``LEAST_BETTER`` in a group that the headline counts on. Nor where an arm has
more answers called correct, or fewer, than the rates allow, even within both uncertainties: such
a run's answers are judged otherwise than the checked ones.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from warmbench.records.estimate import Estimate
from warmbench.records.judge_figures import HEADLINE
from warmbench.statistics.estimate import POINTS, estimate, usable_weights
from warmbench.statistics.judge_error.answer_groups import NO_GROUP
from warmbench.statistics.judge_error.error_rates import ENDS, RESAMPLES, ErrorRates
from warmbench.statistics.pairs import PairedVerdicts, cell_means, scores_of
from warmbench.statistics.weights import headline_weights

__all__ = ["LEAST_BETTER", "corrected", "why_not_corrected"]

LEAST_BETTER = 0.1

_METHOD = (
    f"Rogan-Gladen by task and length, clustered t and {RESAMPLES:,} resamples of checked questions"
)

Numbers = NDArray[np.float64]


def corrected(pairs: PairedVerdicts) -> dict[str, Estimate | None]:
    """``headline`` and each task -> its loss in percentage points, corrected for the judge; None
    where it can't be. Empty where the judge has no check."""
    tasks = _tasks(pairs)
    if not tasks:
        return {}
    weighed = [tasks[name] for name in pairs.headline if name in tasks]
    whole = weighed if pairs.headline and len(weighed) == len(pairs.headline) else []
    return {HEADLINE: _loss(whole), **{name: _loss([tasks[name]]) for name in tasks}}


def why_not_corrected(pairs: PairedVerdicts) -> str | None:
    """Why the headline can't be corrected though its judge has a check, in a sentence without a
    full stop; None where it can, and where there is no check or no headline."""
    tasks = _tasks(pairs)
    reasons = [tasks[name].reason for name in pairs.headline if name in tasks]
    return next((reason for reason in reasons if reason), None)


@dataclass(frozen=True)
class _Side:
    """One arm in one task. ``hits`` and ``there``: group -> (questions x 30), the mean over the
    epochs of the verdicts (1 for correct) on its answers, and of how many are in it. ``weight``: of
    the 30 cells, adding up to one."""

    name: str
    rates: ErrorRates
    weight: Numbers
    hits: Mapping[int, Numbers]
    there: Mapping[int, Numbers]

    @cached_property
    def scores(self) -> Numbers:
        """The corrected scores, (questions x 30)."""
        specificity, better = self.rates.rates[:, 1], self.rates.better
        parts = [
            (hits + self.there[g] * (specificity[g] - 1.0)) / better[g]
            for g, hits in self.hits.items()
        ]
        return np.asarray(sum(parts), dtype=np.float64)

    @cached_property
    def mean(self) -> float:
        """The weighted mean of the corrected scores: the share of right answers, not yet cut."""
        return _mean(self.scores, self.weight)

    @cached_property
    def drawn(self) -> Numbers:
        """The same in each draw of the rates."""
        specificity, better = self.rates.drawn[..., 1], self.rates.better_drawn
        total = np.zeros(len(self.rates.drawn))
        for g, hits in self.hits.items():
            share = _mean(self.there[g], self.weight)
            total += (_mean(hits, self.weight) + share * (specificity[:, g] - 1.0)) / better[:, g]
        return total

    @property
    def observed(self) -> float:
        """The weighted mean of the verdicts."""
        return sum(_mean(hits, self.weight) for hits in self.hits.values())

    def is_possible(self) -> bool:
        """Whether the interval of the mean reaches into 0..1. A run of single questions, whose
        uncertainty nobody knows, is never said to be impossible."""
        run = estimate({"": self.scores}, {"": self.weight})
        if run is None or run.se is None:
            return True
        reach = run.high - run.value if run.high is not None else 0.0
        low, high = _ends(self.mean, self.drawn, reach / POINTS)
        return low <= 1.0 and high >= 0.0


@dataclass(frozen=True)
class _Task:
    """One task with rows in both arms. ``reason``: why it can't be corrected."""

    name: str
    original: _Side
    treated: _Side
    reason: str | None

    @property
    def difference(self) -> Numbers:
        return self.original.scores - self.treated.scores

    @property
    def value(self) -> float:
        return min(1.0, max(0.0, self.original.mean)) - min(1.0, max(0.0, self.treated.mean))

    @property
    def drawn(self) -> Numbers:
        return np.clip(self.original.drawn, 0.0, 1.0) - np.clip(self.treated.drawn, 0.0, 1.0)


def _mean(values: Numbers, weight: Numbers) -> float:
    cells = values[:, weight != 0.0]
    return float(weight[weight != 0.0] @ np.nanmean(cells, axis=0))


def _ends(value: float, drawn: Numbers, reach: float) -> tuple[float, float]:
    """The interval around ``value``: by the spread of the draws, and ``reach`` to either side."""
    low, high = np.percentile(drawn, ENDS)
    below = math.hypot(reach, max(0.0, value - float(low)))
    above = math.hypot(reach, max(0.0, float(high) - value))
    return value - below, value + above


def _loss(tasks: list[_Task]) -> Estimate | None:
    """The mean loss of some tasks."""
    if not tasks or any(task.reason for task in tasks):
        return None
    value = POINTS * sum(task.value for task in tasks) / len(tasks)
    weights = {task.name: task.original.weight / len(tasks) for task in tasks}
    run = estimate({task.name: task.difference for task in tasks}, weights)
    if run is None or run.high is None:
        return Estimate(value, n=run.n if run else None, method=_METHOD)
    drawn = POINTS * np.mean([task.drawn for task in tasks], axis=0)
    low, high = _ends(value, drawn, run.high - run.value)
    return Estimate(value, low, high, n=run.n, method=_METHOD).cut(-POINTS, POINTS)


def _tasks(pairs: PairedVerdicts) -> dict[str, _Task]:
    if pairs.groups is None:
        return {}
    table, rates = _with_groups(pairs, pairs.groups.table), pairs.groups.rates
    found = {}
    for name in pairs.by_task:
        weights = usable_weights({name: pairs.difference[name]}, headline_weights([name]))
        if name in weights:
            rows = table[table["task"] == name]
            found[name] = _task(name, rows, weights[name], rates, pairs.arm)
    return found


def _with_groups(pairs: PairedVerdicts, groups: pd.DataFrame) -> pd.DataFrame:
    """The rows that both arms have a score in, with the group of either answer."""
    wide = groups.pivot(index=["item_id", "epoch"], columns="arm", values="group")
    wide = wide.reindex(columns=["original", pairs.arm]).rename(columns={pairs.arm: "treated"})
    scored = pairs.table.assign(
        y_original=scores_of(pairs.table["original"]), y_treated=scores_of(pairs.table["treated"])
    ).dropna(subset=["y_original", "y_treated"])
    wide = wide.add_prefix("group_").fillna(NO_GROUP).reset_index()
    return scored.merge(wide, on=["item_id", "epoch"], how="left", validate="one_to_one").fillna(
        {"group_original": NO_GROUP, "group_treated": NO_GROUP}
    )


def _task(name: str, rows: pd.DataFrame, weight: Numbers, rates: ErrorRates, arm: str) -> _Task:
    used = sorted({int(g) for side in _SIDES for g in rows[f"group_{side}"].unique()})
    if reason := _too_near_chance(rates, used):
        nobody = _Side("", rates, weight, {}, {})
        return _Task(name, nobody, nobody, reason)
    original, treated = (
        _side(rows, side, used, _Side(shown, rates, weight, {}, {}))
        for side, shown in zip(_SIDES, ("original", arm), strict=True)
    )
    return _Task(name, original, treated, _impossible(name, (original, treated)))


_SIDES = ("original", "treated")


def _side(rows: pd.DataFrame, side: str, groups: list[int], empty: _Side) -> _Side:
    passed, group = rows[f"y_{side}"].to_numpy(), rows[f"group_{side}"].to_numpy()
    inside = {g: np.asarray(group == g, dtype=np.float64) for g in groups}
    means = cell_means(
        rows,
        {f"there_{g}": inside[g] for g in groups}
        | {f"hits_{g}": inside[g] * passed for g in groups},
    )
    hits = {g: means[f"hits_{g}"] for g in groups}
    return replace(empty, hits=hits, there={g: means[f"there_{g}"] for g in groups})


def _too_near_chance(rates: ErrorRates, used: list[int]) -> str | None:
    if NO_GROUP in used:
        return "too few of the answers that the judge was checked on are scored"
    for place in used:
        better = rates.better_estimate(place)
        if better.low is not None and better.low <= LEAST_BETTER:
            return (
                f"sensitivity + specificity - 1 of the judge is {better.value:.2f} "
                f"[{better.low:.2f}, {better.high:.2f}] in {rates.groups[place]}, too near 0 to "
                f"divide by (its interval must stay above {LEAST_BETTER:g})"
            )
    return None


def _impossible(task: str, sides: Iterable[_Side]) -> str | None:
    for side in sides:
        if not side.is_possible():
            more = "more" if side.mean > 1.0 else "fewer"
            return (
                f"the judge calls {POINTS * side.observed:.1f} % of the {side.name} answers in "
                f"{task} correct, {more} than its rates on the checked answers allow, so that "
                "those are not like this run's"
            )
    return None
