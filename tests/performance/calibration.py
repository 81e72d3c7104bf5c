"""Whether intervals keep what they promise, by simulation, and what they cost in time. As tables.

``python -m tests.performance.calibration [STUDIES]``. Nothing here is asserted.

A simulated study asks 500 questions in all 30 conditions. A question has an accuracy of its own
and, in the treated arm, a loss of its own around the true one; rows are drawn from these, so that
the 30 rows of a question lean the same way. The true loss is known exactly: losses lie on the
scale of probabilities, and the questions' own ones are symmetric around zero.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tests.benchmark.examples import make_items
from warmbench.conditions import PAPER_TASKS
from warmbench.records.estimate import MarginVerdict
from warmbench.statistics.arm_score import score_arm
from warmbench.statistics.bootstrap import bootstrap_interval
from warmbench.statistics.estimate import POINTS, Estimate, estimate
from warmbench.statistics.non_inferiority import non_inferiority
from warmbench.statistics.pairs import CELLS
from warmbench.statistics.ranks import rank_intervals
from warmbench.statistics.weights import headline_weights

QUESTIONS = 500
STUDIES = 4_000
BOOTSTRAPPED = 400
MARGIN = 3.0

LEANING = 0.35
"""Half the width of the questions' own losses: rows of a question correlate by about 0.08, enough
for a test that pools rows to be wrong about one time in four."""

ACCURACY = (0.48, 0.58)

TASK = "medqa"
WEIGHTS = headline_weights([TASK])
HEADLINE = WEIGHTS[TASK]


@dataclass(frozen=True)
class Case:
    """A kind of study: its true loss in points, which share of rows is missing, its epochs."""

    name: str
    loss: float
    missing: float = 0.0
    epochs: int = 1
    questions: int = QUESTIONS


CASES = (
    Case("no loss", 0.0),
    Case("no loss, 10 % of rows missing", 0.0, missing=0.1),
    Case("no loss, 3 epochs", 0.0, epochs=3),
    Case("no loss, 50 questions", 0.0, questions=50),
    Case("a loss of 3 points", MARGIN),
    Case("a loss of 8 points", 8.0),
)


def simulated(case: Case, rng: np.random.Generator) -> NDArray[np.float64]:
    """d(q, c, b) of one study. The loss differs between conditions by up to 4 points around its
    headline value."""
    uneven = np.linspace(-0.04, 0.04, len(CELLS))
    by_cell = case.loss / POINTS + uneven - uneven @ HEADLINE
    accuracy = rng.uniform(*ACCURACY, size=(case.questions, 1))
    own = rng.uniform(-LEANING, LEANING, size=(case.questions, 1))
    shape = (case.questions, len(CELLS))
    original = rng.binomial(case.epochs, np.broadcast_to(accuracy, shape)) / case.epochs
    treated = rng.binomial(case.epochs, accuracy - own - by_cell) / case.epochs
    values = original - treated
    values[rng.random(shape) < case.missing] = np.nan
    return values


def pooled_rejects(values: NDArray[np.float64]) -> bool:
    """What not to do: a z test of the headline's rows as if they were independent."""
    rows = values[:, HEADLINE > 0]
    weights = np.broadcast_to(HEADLINE[HEADLINE > 0], rows.shape)[~np.isnan(rows)]
    rows = rows[~np.isnan(rows)]
    mean = weights @ rows / weights.sum()
    error = np.sqrt(weights**2 @ (rows - mean) ** 2) / weights.sum()
    return bool(abs(mean) > 1.959964 * error)


def calibrated(case: Case, studies: int, rng: np.random.Generator) -> dict[str, float]:
    """Shares of studies in which something happened."""
    counts = dict.fromkeys(("covered", "rejected", "pooled", "passed", "failed", "bootstrap"), 0)
    bootstrapped = min(studies, BOOTSTRAPPED)
    for number in range(studies):
        values = simulated(case, rng)
        found = _known(estimate({TASK: values}, WEIGHTS))
        low, high = found.low, found.high
        assert low is not None
        assert high is not None
        counts["covered"] += low <= case.loss <= high
        counts["rejected"] += not low <= 0.0 <= high
        counts["pooled"] += pooled_rejects(values)
        verdict = non_inferiority(found, [found], MARGIN).verdict
        counts["passed"] += verdict is MarginVerdict.WITHIN
        counts["failed"] += verdict is MarginVerdict.EXCEEDED
        if number < bootstrapped:
            interval = bootstrap_interval({TASK: values}, WEIGHTS, resamples=1_000, seed=number)
            assert interval is not None
            counts["bootstrap"] += interval.low <= case.loss <= interval.high
    return {
        name: count / (bootstrapped if name == "bootstrap" else studies)
        for name, count in counts.items()
    }


def _known(found: Estimate | None) -> Estimate:
    assert found is not None
    return found


def ranks_covered(studies: int, rng: np.random.Generator) -> Iterator[tuple[str, float]]:
    """How often the rank intervals of eight studies hold all eight true ranks at once."""
    for name, step in (("all alike but by a hair", 1e-6), ("a point apart", 1.0)):
        truth = step * np.arange(8.0)
        errors = rng.uniform(0.5, 2.0, size=8)
        covered = 0
        for seed in range(studies):
            drawn = truth + errors * rng.standard_normal(8)
            found = rank_intervals(list(drawn), list(errors), seed=seed)
            covered += all(each.low <= rank <= each.high for rank, each in enumerate(found, 1))
        yield name, covered / studies


def median_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """The median of some runs after one that is not counted."""
    work()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[runs // 2]


def calibration_table(studies: int) -> Table:
    table = Table(
        title=f"Calibration: {studies:,} simulated studies a row, {len(CELLS)} correlated rows a "
        f"question, {QUESTIONS} questions",
        box=None, title_justify="left",
    )  # fmt: skip
    for name in ("true loss", "95 % interval covers", "bootstrap covers", "finds a loss or gain",
                 "pooling rows finds one", "gate at 3 passes", "gate at 3 fails"):  # fmt: skip
        table.add_column(name, justify="left" if name == "true loss" else "right")
    for number, case in enumerate(CASES):
        shares = calibrated(case, studies, np.random.Generator(np.random.PCG64(number)))
        keys = ("covered", "bootstrap", "rejected", "pooled", "passed", "failed")
        table.add_row(case.name, *(f"{shares[key]:.3f}" for key in keys))
    return table


def ranks_table(studies: int) -> Table:
    table = Table(title="Rank intervals, 95 %: all eight ranks held", box=None,
                  title_justify="left")  # fmt: skip
    table.add_column("eight studies")
    table.add_column("share", justify="right")
    for name, share in ranks_covered(studies, np.random.Generator(np.random.PCG64(99))):
        table.add_row(name, f"{share:.3f}")
    return table


def timing_table() -> Table:
    """What the bootstrap and the score of a full run cost: 60,000 paired rows."""
    rng = np.random.Generator(np.random.PCG64(0))
    values = {t: rng.choice([-1.0, 0.0, 1.0], size=(QUESTIONS, len(CELLS))) for t in PAPER_TASKS}
    holed = {t: np.where(rng.random(v.shape) < 0.05, np.nan, v) for t, v in values.items()}
    items = make_items(QUESTIONS)
    verdicts = [
        {"item_id": item.item_id, "arm": arm, "epoch": 0, "verdict": verdict}
        for arm in ("original", "warm")
        for item, verdict in zip(
            items, rng.choice(["correct", "incorrect"], size=len(items)), strict=True
        )
    ]
    weights = headline_weights(PAPER_TASKS)
    losses, errors = list(rng.normal(5, 3, 50)), list(rng.uniform(0.5, 2.0, 50))
    cases: tuple[tuple[str, Callable[[], object]], ...] = (
        ("bootstrap, 10,000 resamples", lambda: bootstrap_interval(values, weights)),
        ("bootstrap, 5 % of rows missing", lambda: bootstrap_interval(holed, weights)),
        ("score of a full run", lambda: score_arm(items, verdicts, "warm")),
        ("rank intervals of 50 studies", lambda: rank_intervals(losses, errors)),
    )
    table = Table(title=f"Seconds, median of five, {len(items):,} paired rows", box=None,
                  title_justify="left")  # fmt: skip
    table.add_column("what")
    table.add_column("seconds", justify="right")
    for name, work in cases:
        table.add_row(name, f"{median_seconds(work):.2f}")
    return table


def main(studies: int = STUDIES) -> None:
    console = Console(width=170)
    console.print(calibration_table(studies))
    console.print(ranks_table(max(studies // 4, 1)))
    console.print(timing_table())


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
