"""The pool as it is released: sound in itself, unlike the upstream sets, graded as it says."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from warmbench.conditions import PAPER_TASKS
from warmbench.data.table import read_rows
from warmbench.judging.rules.judge import RulesJudge
from warmbench_builders.questions.open_pool import load_open_pool
from warmbench_builders.questions.pool_check import check_against, check_grading, check_pool

POOL = load_open_pool()
BESIDE_THE_REPOSITORY = Path(__file__).parents[4] / "shared" / "data" / "upstream"
UPSTREAM_SETS = [
    ("triviaqa/triviaqa_dev.jsonl", "question"),
    ("truthfulqa/TruthfulQA.csv", "Question"),
    ("medqa/phrases_no_exclude_test.jsonl", "question"),
]


@pytest.fixture(scope="module")
def upstream() -> Path:
    """The folder of the upstream sets; a named folder that is not there is an error, no skip."""
    named = os.environ.get("WARMBENCH_UPSTREAM")
    if not named and not BESIDE_THE_REPOSITORY.is_dir():
        pytest.skip("the upstream sets are not here; name their folder in WARMBENCH_UPSTREAM")
    return Path(named) if named else BESIDE_THE_REPOSITORY


def test_every_task_has_its_questions() -> None:
    counts = Counter(question.task for question in POOL)
    assert counts.total() >= 300
    assert {task: count >= 70 for task, count in counts.items()} == dict.fromkeys(PAPER_TASKS, True)


def test_the_pool_passes_the_check() -> None:
    assert check_pool(POOL) == []


@pytest.mark.parametrize(("path", "column"), UPSTREAM_SETS, ids=["triviaqa", "truthfulqa", "medqa"])
def test_no_question_is_one_of_an_upstream_set(upstream: Path, path: str, column: str) -> None:
    others = [str(row[column]) for row in read_rows(upstream / path)]
    assert len(others) > 500
    assert check_against(POOL, others) == []


@pytest.mark.parametrize("task", PAPER_TASKS)
def test_the_references_grade_themselves(task: str) -> None:
    of_task = [question for question in POOL if question.task == task]
    assert check_grading(of_task, RulesJudge().judge) == []
