"""A labelled answer of the judging set, as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from warmbench.records.verdict import Question, Verdict
from warmbench.tasks.registry import task_of

__all__ = ["LABELLED_ANSWER_SCHEMA", "LabelledAnswer", "Part"]

LABELLED_ANSWER_SCHEMA = pa.schema(
    [
        ("answer_id", pa.string()),
        ("question_id", pa.string()),
        ("config", pa.string()),
        ("task", pa.string()),
        ("part", pa.string()),
        ("question", pa.string()),
        ("correct_answers", pa.list_(pa.string())),
        ("incorrect_answers", pa.list_(pa.string())),
        ("arm", pa.string()),
        ("style", pa.string()),
        ("intended", pa.string()),
        ("answer", pa.string()),
        ("label", pa.string()),
        ("readings", pa.list_(pa.string())),
        ("borderline", pa.bool_()),
        ("source", pa.string()),
        ("license", pa.string()),
        ("canary", pa.string()),
    ]
)
"""The columns of the config ``judging``, in order."""


class Part(StrEnum):
    """What the answers to a question may be used for; the split."""

    DEVELOPMENT = "development"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """One labelled answer.

    ``config`` is the one that the question is from, ``open_medqa`` or ``medqa``. ``asked`` is the
    question with its references as they were when the answer was labelled; None for an upstream
    question, whose text is in a release with its config. ``label`` is ``correct``, ``incorrect`` or
    ``refused``, ``readings`` the two that it rests on. ``intended`` is what the writer meant
    (``right``, ``wrong`` or ``refused``), and empty for an answer of a real model (style
    ``recorded``). A row, shortened::

        answer_id    ja-0062
        question_id  open-truthfulqa-031
        config       open_truthfulqa
        part         development
        arm          original
        style        debunk
        intended     right
        answer       It's a misquote. What Ingrid Bergman's character really asks is ...
        label        correct
        readings     [correct, correct]
        borderline   false
    """

    id: str
    question_id: str
    config: str
    task: str
    part: Part
    asked: Question | None
    arm: str
    style: str
    intended: str
    answer: str
    label: Verdict
    readings: tuple[Verdict, Verdict]
    borderline: bool
    source: str
    license: str
    canary: str

    @property
    def words(self) -> int:
        return len(self.answer.split())

    @property
    def right(self) -> bool:
        """Whether its label counts as correct: declining does where the task wants that."""
        refused = self.label is Verdict.REFUSED
        return self.label is Verdict.CORRECT or (refused and task_of(self.task).refusal_is_correct)

    def to_row(self) -> dict[str, Any]:
        """The row of ``LABELLED_ANSWER_SCHEMA``."""
        return {
            "answer_id": self.id,
            "question_id": self.question_id,
            "config": self.config,
            "task": self.task,
            "part": self.part.value,
            "question": self.asked.text if self.asked else None,
            "correct_answers": list(self.asked.correct_answers) if self.asked else [],
            "incorrect_answers": list(self.asked.incorrect_answers) if self.asked else [],
            "arm": self.arm,
            "style": self.style,
            "intended": self.intended,
            "answer": self.answer,
            "label": self.label.value,
            "readings": [reading.value for reading in self.readings],
            "borderline": self.borderline,
            "source": self.source,
            "license": self.license,
            "canary": self.canary,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> LabelledAnswer:
        first, second = map(Verdict, row["readings"])
        apart = {"answer_id", "question", "correct_answers", "incorrect_answers"}
        known = {name: value for name, value in row.items() if name not in apart}
        asked = None
        if row["question"] is not None:
            asked = Question(
                row["question"],
                tuple(row["correct_answers"]),
                tuple(row["incorrect_answers"]),
                task_of(row["task"]).refusal_is_correct,
            )
        return cls(
            **{
                **known,
                "id": row["answer_id"],
                "part": Part(row["part"]),
                "asked": asked,
                "label": Verdict(row["label"]),
                "readings": (first, second),
            }
        )
