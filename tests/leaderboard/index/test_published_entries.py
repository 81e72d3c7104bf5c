"""The paper's studies as entries: their figures, and nothing that the paper's tables don't say."""

from __future__ import annotations

import math

import pytest

from tests.leaderboard.store.stores import PUBLISHED
from warmbench.published.study import PublishedStudy, published_studies
from warmbench_leaderboard.index.board import Badge
from warmbench_leaderboard.index.bundle_entries import COLD_ARM
from warmbench_leaderboard.index.published_entries import GAIN_UNKNOWN, published_entry

STUDIES = published_studies(PUBLISHED)

TABLE = [
    ("gpt-4o-2024-08-06-fine-tune/cold", "api", None, 0.37, -1.12, 1.85),
    ("gpt-4o-2024-08-06-fine-tune/warm", "api", None, 4.97, 3.37, 6.57),
    ("gpt-4o-2024-08-06-system-prompt/warm", "api", None, 4.12, 2.64, 5.59),
    ("llama-3-1-70b-instruct-fine-tune/cold", "open", 70.0, -5.99, -8.20, -3.78),
    ("llama-3-1-70b-instruct-fine-tune/warm", "open", 70.0, 6.43, 3.73, 9.14),
    ("llama-3-1-70b-instruct-system-prompt/warm", "open", 70.0, -0.95, -3.47, 1.56),
    ("llama-3-1-8b-instruct-fine-tune/warm", "open", 8.0, 5.78, 3.05, 8.51),
    ("mistral-small-instruct-2409-fine-tune/warm", "open", 22.0, 12.74, 10.31, 15.16),
    ("qwen-2-5-32b-instruct-fine-tune/cold", "open", 32.0, 0.45, -1.38, 2.28),
    ("qwen-2-5-32b-instruct-fine-tune/warm", "open", 32.0, 14.07, 11.53, 16.61),
    ("qwen-2-5-32b-instruct-system-prompt/warm", "open", 32.0, 6.39, 4.37, 8.41),
]
"""Identity, access, size, headline loss and its interval as submissions/README.md prints them."""


@pytest.mark.parametrize(
    ("study", "row"), list(zip(STUDIES, TABLE, strict=True)), ids=[t[0] for t in TABLE]
)
def test_an_entry_says_what_the_paper_says(
    study: PublishedStudy, row: tuple[str, str, float | None, float, float, float]
) -> None:
    entry, details = published_entry(study)
    loss = entry.headline.loss
    assert loss.low is not None
    assert loss.high is not None
    found = (round(loss.value, 2), round(loss.low, 2), round(loss.high, 2))
    assert (entry.entry_id, entry.access, entry.parameters_b, *found) == row
    assert entry.badge is Badge.PUBLISHED
    assert (entry.major, entry.release_fingerprint, entry.warmth_gain) == (None, None, None)
    assert details.entry_id == entry.entry_id
    assert details.question_losses is None


@pytest.mark.parametrize("study", STUDIES, ids=[s.slug for s in STUDIES])
def test_what_was_warmed_is_to_be_ranked_and_what_was_cooled_is_not(study: PublishedStudy) -> None:
    entry, _ = published_entry(study)
    assert entry.unranked == (None if study.arm == "warm" else COLD_ARM)
    assert (GAIN_UNKNOWN in entry.flags) == (study.arm == "warm")


@pytest.mark.parametrize("study", STUDIES, ids=[s.slug for s in STUDIES])
def test_the_parts_are_those_of_the_whole(study: PublishedStudy) -> None:
    """Cells average to contexts by task, these to tasks and to contexts, tasks to the headline."""
    entry, details = published_entry(study)
    assert len(details.cells) == 72
    for task, contexts in details.contexts_by_task.items():
        for context, pair in contexts.items():
            cells = [c for c in details.cells if (c.task, c.context) == (task, context)]
            assert math.isclose(pair.loss.value, sum(c.loss.value for c in cells) / 2)
            assert math.isclose(
                pair.original_accuracy.value, sum(c.original_accuracy.value for c in cells) / 2
            )
        mean = sum(pair.loss.value for pair in contexts.values()) / len(contexts)
        assert math.isclose(mean, entry.tasks[task].loss.value, abs_tol=1e-9)
    for context, pair in entry.contexts.items():
        mean = sum(by[context].loss.value for by in details.contexts_by_task.values()) / 4
        assert math.isclose(mean, pair.loss.value, abs_tol=1e-9)
    mean = sum(pair.loss.value for pair in entry.tasks.values()) / 4
    assert math.isclose(mean, entry.headline.loss.value, abs_tol=1e-9)


def test_the_mean_of_the_warm_fine_tunes_is_that_of_the_tables() -> None:
    """6.83 points on plain questions and 11.30 in sadness, no belief stated (submissions/README)."""
    entries = [
        published_entry(s)[0] for s in STUDIES if (s.treatment, s.arm) == ("fine-tune", "warm")
    ]
    plain = [entry.plain.loss.value for entry in entries if entry.plain]
    sadness = [entry.sadness.loss.value for entry in entries if entry.sadness]
    assert [round(sum(values) / 5, 2) for values in (plain, sadness)] == [6.83, 11.3]
