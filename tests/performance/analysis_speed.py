"""How fast the paper's analysis is on as many answers as the paper has.

``python -m tests.performance.analysis_speed``. Nothing here is asserted: machines differ.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.performance.cases import RUNS, median_seconds
from warmbench.conditions import PAPER_TASKS, Belief, Context
from warmbench.statistics.models.fitted_model import fit_models
from warmbench.statistics.models.grouped_counts import grouped_counts
from warmbench.statistics.models.model import MODELS
from warmbench.statistics.models.observations import Observations

__all__ = ["main", "synthetic_observations"]

ANSWERS = 440_000
QUESTIONS = 1_625


def synthetic_observations(
    answers: int, questions: int, seed: int = 0, longest: int = 300
) -> Observations:
    """Answers drawn from known effects: the treatment adds errors, more so where a belief is
    stated or the user is sad; questions differ in difficulty, and so hang together."""
    rng = np.random.default_rng(seed)
    question = rng.integers(questions, size=answers)
    task = question % len(PAPER_TASKS)
    context = rng.integers(len(Context), size=answers)
    belief = rng.integers(len(Belief), size=answers)
    treated = rng.integers(2, size=answers).astype(bool)
    words = np.clip(np.round(rng.normal(90 + 20 * treated, 30)), 1, longest)
    sad = context == tuple(Context).index(Context.SADNESS)
    eta = (
        -1.5 + 0.3 * task + 0.4 * treated + 0.2 * treated * (belief > 0) + 0.15 * treated * sad
        + 0.3 * (belief > 0) - 0.002 * words + rng.normal(0.0, 1.0, questions)[question]
    )  # fmt: skip
    incorrect = rng.random(answers) < 1.0 / (1.0 + np.exp(-eta))
    return Observations(incorrect, treated, task, context, belief, question, words)


def main() -> None:
    """Print medians of five runs, in milliseconds."""
    seen = synthetic_observations(ANSWERS, QUESTIONS)
    published = MODELS[:4]
    cases: list[tuple[str, Callable[[], object]]] = [
        ("group the answers", lambda: grouped_counts(seen)),
        ("models 1 to 4", lambda: fit_models(seen, with_length=False, models=published)),
        ("models 1 to 4, without and with length", lambda: fit_models(seen, models=published)),
        ("all that the command fits", lambda: fit_models(seen)),
    ]
    print(f"{ANSWERS:,} answers to {QUESTIONS:,} questions; medians of {RUNS} runs")
    for name, work in cases:
        print(f"{name:<40} {1000 * median_seconds(work):>8,.0f} ms")


if __name__ == "__main__":
    main()
