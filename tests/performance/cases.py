"""What is measured: a name, how many rows it handles, the work; and the table of many."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

from rich.table import Table

__all__ = ["RUNS", "Case", "measured", "median_seconds"]

RUNS = 5

Case = tuple[str, int, Callable[[], object]]
"""What is measured, how many rows it handles, and the work itself."""


def median_seconds(work: Callable[[], object]) -> float:
    """The median of ``RUNS`` runs after one that is not counted."""
    work()
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def measured(cases: Sequence[Case]) -> Table:
    """The table of all cases; the first is the baseline."""
    table = Table(title=f"Medians of {RUNS} runs", box=None, title_justify="left")
    for name in ("what", "rows", "ms", "rows a second", "times the baseline, a row"):
        table.add_column(name, justify="left" if name == "what" else "right")
    baseline = None
    for name, count, work in cases:
        seconds = median_seconds(work)
        per_row = seconds / count
        baseline = baseline or per_row
        table.add_row(
            name, f"{count:,}", f"{1000 * seconds:,.0f}", f"{1 / per_row:,.0f}",
            f"{per_row / baseline:,.1f}",
        )  # fmt: skip
    return table
