"""A statistic as another distribution would ship it, and some that are not usable."""

from __future__ import annotations

import math

from warmbench.records.estimate import Estimate
from warmbench.statistics.pairs import PairedVerdicts

__all__ = ["broken", "endless", "flips", "flips_by_task", "words"]


def flips(pairs: PairedVerdicts) -> Estimate | None:
    """Percent of the answers that are right in one arm and wrong in the other."""
    table = pairs.table.dropna(subset=["original", "treated"])
    if table.empty:
        return None
    return Estimate(100.0 * float((table["original"] != table["treated"]).mean()), n=len(table))


def flips_by_task(pairs: PairedVerdicts) -> dict[str, Estimate | None]:
    """The same for each task."""
    changed = pairs.table["original"] != pairs.table["treated"]
    shares = changed.groupby(pairs.table["task"]).mean()
    return {str(task): Estimate(100.0 * float(share)) for task, share in shares.items()}


def words(pairs: PairedVerdicts) -> str:
    return "many"


def endless(pairs: PairedVerdicts) -> Estimate:
    return Estimate(math.inf)


def broken(pairs: PairedVerdicts) -> Estimate:
    raise ZeroDivisionError("no pairs")
