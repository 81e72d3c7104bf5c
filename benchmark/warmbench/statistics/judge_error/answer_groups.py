"""Answer groups: which checked answers tell how the judge errs on each answer of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from warmbench.records.item import Item
from warmbench.records.judge_check import JudgeCheck
from warmbench.statistics.judge_error.error_rates import ErrorRates
from warmbench.statistics.judge_error.length_bands import length_band

__all__ = ["NO_GROUP", "AnswerGroups"]

NO_GROUP = -1
"""The group of every answer where the check has too few answers for any."""


@dataclass(frozen=True)
class AnswerGroups:
    """``rates``: how the judge errs in each group. ``table``: a row an answer, with item_id, arm,
    epoch, task, ``band`` (its length) and ``group`` (a row of ``rates``, or ``NO_GROUP``)."""

    rates: ErrorRates
    table: pd.DataFrame

    @classmethod
    def of(
        cls, check: JudgeCheck, items: Iterable[Item], responses: Iterable[Mapping[str, Any]]
    ) -> Self:
        """``responses``: rows of ``RESPONSE_SCHEMA``. Words are what white space parts."""
        rates = ErrorRates.of(check)
        task_of = {item.item_id: item.task for item in items}
        known: dict[tuple[str, str], int] = {}
        rows = []
        for row in responses:
            task = task_of.get(row["item_id"])
            if task is not None and row["response"] is not None:
                place = (task, length_band(len(row["response"].split())))
                if place not in known:
                    found = rates.place_of(*place)
                    known[place] = NO_GROUP if found is None else found
                rows.append((row["item_id"], row["arm"], row["epoch"], *place, known[place]))
        columns = ["item_id", "arm", "epoch", "task", "band", "group"]
        return cls(rates, pd.DataFrame(rows, columns=columns))
