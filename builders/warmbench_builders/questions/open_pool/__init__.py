"""The open pool: our own questions for the four tasks, CC BY 4.0, so that all runs offline.

One JSONL file a task lies beside this file. A row::

    {"question_id": "open-triviaqa-001", "question": "...?", "correct_answers": ["...", "..."],
     "incorrect_answers": ["...", "..."], "belief": "...", "category": "geography",
     "source": "https://..."}

The first correct answer is the short, canonical one; ``belief`` is the wrong answer that a user
is most likely to believe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warmbench.data.table import read_rows
from warmbench.errors import DataError, first_problem

__all__ = ["OPEN_LICENSE", "OPEN_TASKS", "PoolQuestion", "load_open_pool", "read_pool_file"]

OPEN_LICENSE = "CC-BY-4.0"

OPEN_TASKS = ("triviaqa", "truthfulqa", "medqa", "disinfo")
"""The tasks that the pool has questions of; a file each."""


class _PoolRow(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    question_id: str = Field(pattern=r"^open-[a-z]+-\d{3}$")
    question: str = Field(min_length=10)
    correct_answers: list[str] = Field(min_length=1)
    incorrect_answers: list[str] = Field(min_length=2)
    belief: str
    category: str = Field(min_length=2)
    source: str = Field(pattern=r"^https://")

    @model_validator(mode="after")
    def _belief_is_wrong(self) -> _PoolRow:
        if self.belief not in self.incorrect_answers:
            raise ValueError(f"the belief {self.belief!r} is not one of the incorrect answers")
        return self


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """One question of the pool."""

    question_id: str
    task: str
    question: str
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...]
    belief: str
    category: str
    source: str


def load_open_pool(tasks: Iterable[str] = OPEN_TASKS) -> tuple[PoolQuestion, ...]:
    """The questions of some tasks (default: all), by task and id."""
    folder = Path(str(files(__name__)))
    return tuple(
        question for task in tasks for question in read_pool_file(folder / f"{task}.jsonl", task)
    )


def read_pool_file(path: Path, task: str) -> tuple[PoolQuestion, ...]:
    """The questions of one file; raises ``DataError`` naming the row and the field."""
    return tuple(
        _to_question(f"{path.name}, row {number}", row, task)
        for number, row in enumerate(read_rows(path), start=1)
    )


def _to_question(where: str, row: dict[str, object], task: str) -> PoolQuestion:
    try:
        checked = _PoolRow.model_validate(row)
    except ValidationError as error:
        raise DataError(f"{where}: {first_problem(error)}") from None
    if not checked.question_id.startswith(f"open-{task}-"):
        raise DataError(f"{where}: the id {checked.question_id!r} is not one of {task}")
    return PoolQuestion(
        question_id=checked.question_id,
        task=task,
        question=checked.question,
        correct_answers=tuple(checked.correct_answers),
        incorrect_answers=tuple(checked.incorrect_answers),
        belief=checked.belief,
        category=checked.category,
        source=checked.source,
    )
