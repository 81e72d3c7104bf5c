"""Models whose accuracy is known, and originals that do worse than that."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.submission.verification.made_bundles import honest_bundle
from warmbench.published.study import published_studies
from warmbench.submission.bundle.read_bundle import read_bundle
from warmbench.submission.bundle.submission import Submission
from warmbench.submission.verification.known_models import (
    known_accuracies,
    known_names,
    pinned_accuracies,
    sandbagged_tasks,
)

PUBLISHED = Path(__file__).parents[4] / "submissions" / "published"
GPT = {"triviaqa": 95.2, "truthfulqa": 89.9, "medqa": 83.7, "disinfo": 98.4}


def named(name: str, asked: str = "honest-7b-original") -> Submission:
    submission = read_bundle(honest_bundle()).submission
    model = submission.model.model_copy(update={"name": name})
    arms = tuple(
        arm.model_copy(update={"model": f"vllm:{asked}"}) if arm.name == "original" else arm
        for arm in submission.study.arms
    )
    study = submission.study.model_copy(update={"arms": arms})
    return submission.model_copy(update={"model": model, "study": study})


def test_the_pinned_file_is_current() -> None:
    pinned = pinned_accuracies(published_studies(PUBLISHED))
    assert known_accuracies() == pinned
    assert len(known_names()) == 5


@pytest.mark.parametrize(
    ("name", "asked", "points", "found"),
    [
        ("GPT-4o-2024-08-06", "x", 0.0, ()),
        ("GPT-4o-2024-08-06", "x", 9.0, ()),
        ("GPT-4o-2024-08-06", "x", 15.0, ("all",)),
        ("GPT-4o-2024-08-06", "x", 30.0, ("triviaqa", "truthfulqa", "medqa", "disinfo", "all")),
        ("My model", "openai/gpt-4o-2024-08-06", 30.0, ("triviaqa", "truthfulqa", "medqa", "disinfo", "all")),
        ("gpt 4o 2024 08 06", "x", 15.0, ("all",)),
        ("GPT-4o-mini", "gpt-4o-mini", 60.0, ()),
    ],
)  # fmt: skip
def test_how_far_below_is_too_far(
    name: str, asked: str, points: float, found: tuple[str, ...]
) -> None:
    lower = {task: accuracy - points for task, accuracy in GPT.items()}
    tasks = tuple(text.split()[0] for text in sandbagged_tasks(named(name, asked), lower))
    assert tasks == found
