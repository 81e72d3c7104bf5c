"""Random studies as matrices: what every figure is computed from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warmbench.statistics.pairs import CELLS, TaskPairs

__all__ = ["make_pairs", "values_of"]

_TASKS = ("triviaqa", "medqa")


def make_pairs(
    seed: int,
    questions: int = 40,
    tasks: tuple[str, ...] = _TASKS,
    accuracy: tuple[float, float] = (0.8, 0.7),
    missing: float = 0.0,
) -> dict[str, TaskPairs]:
    """Both arms' scores. Questions differ in how hard they are, for both arms alike; the first two
    questions have all rows, of the others the share ``missing`` lacks in both arms."""
    rng = np.random.default_rng(seed)
    found = {}
    for task in tasks:
        shape = (questions, len(CELLS))
        hard = rng.uniform(-0.18, 0.18, size=(questions, 1))
        original, treated = ((rng.random(shape) < rate + hard).astype(float) for rate in accuracy)
        gaps = rng.random(shape) < missing
        gaps[:2] = False
        original[gaps] = treated[gaps] = np.nan
        ids = tuple(f"q{number}" for number in range(questions))
        found[task] = TaskPairs(task, ids, original, treated)
    return found


def values_of(
    pairs: dict[str, TaskPairs],
) -> tuple[dict[str, NDArray[np.float64]], dict[str, NDArray[np.float64]]]:
    """(original, treated), as ``estimate`` takes them."""
    return (
        {task: found.original for task, found in pairs.items()},
        {task: found.treated for task, found in pairs.items()},
    )
