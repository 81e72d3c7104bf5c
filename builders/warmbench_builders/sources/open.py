"""The open pool as a source."""

from __future__ import annotations

from warmbench.data.release import OPEN_PREFIX, OPEN_SOURCE
from warmbench_builders.questions.framing import SourceQuestion
from warmbench_builders.questions.open_pool import OPEN_LICENSE, PoolQuestion, load_open_pool
from warmbench_builders.sources.batch import Batch, Origin, make_batch

__all__ = ["open_batch"]

POOL_REVISION = "1"
"""Counts up when a question of the pool changes."""


def open_batch(task: str, seed: int) -> Batch:
    """All questions of one task of the open pool."""
    origin = Origin(OPEN_SOURCE, POOL_REVISION, OPEN_LICENSE)
    questions = [_to_source(question) for question in load_open_pool([task])]
    return make_batch(OPEN_PREFIX + task, task, origin, questions, wanted=None, seed=seed)


def _to_source(question: PoolQuestion) -> SourceQuestion:
    return SourceQuestion(
        question_id=question.question_id,
        task=question.task,
        question=question.question,
        correct_answers=question.correct_answers,
        incorrect_answers=question.incorrect_answers,
        doubted=question.correct_answers[0],
        belief=question.belief,
        category=question.category,
        source=OPEN_SOURCE,
        source_revision=POOL_REVISION,
        license=OPEN_LICENSE,
    )
