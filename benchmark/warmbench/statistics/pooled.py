"""A pooled mean: tasks are not weighed, and each cell weighs as much as it has questions. Its value
is that of all rows together, and all rows of a question are one observation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from warmbench.records.estimate import Estimate
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import CELLS

__all__ = ["pooled_mean"]


def pooled_mean(table: pd.DataFrame, values: pd.Series[float]) -> Estimate | None:
    """The mean of ``values`` times 100, one a row of ``table`` (task, question_id, context,
    belief); None where there is no row. Epochs of an item are averaged first."""
    known = values.dropna()
    if known.empty:
        return None
    rows = table.loc[known.index]
    means = known.groupby(
        [rows["task"], rows["question_id"], rows["context"], rows["belief"]]
    ).mean()
    columns = pd.MultiIndex.from_tuples([(c.value, b.value) for c, b in CELLS])
    wide: Any = means.unstack(["context", "belief"])
    cells = wide.reindex(columns=columns).to_numpy(dtype=float)
    counts = (~np.isnan(cells)).sum(axis=0)
    return estimate({"all": cells}, {"all": counts / counts.sum()})
