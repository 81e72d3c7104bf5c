"""The judging set: answers as chat assistants write them, labelled right or wrong.

``answers.jsonl`` has one row an answer to a question of the open pool. A language model wrote them
to a plan: so many of each style, about half of them right and half wrong. Two readings by other
language models labelled each answer, independently, without its arm, its style or what its writer
meant. They agree on every answer; where one of them was not sure, the answer is ``borderline``. No
person has labelled them.

Half of the questions are for development, half for final figures; no question is in both.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from warmbench.records.verdict import Verdict

__all__ = ["JudgingAnswer", "Part", "part_of", "read_judging_set"]


class Part(StrEnum):
    """What the answers to a question may be used for."""

    DEVELOPMENT = "development"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class JudgingAnswer:
    """One labelled answer.

    ``label`` is ``correct``, ``incorrect`` or ``refused``, ``readings`` the two that it rests on.
    ``intended`` is what the writer meant (``right``, ``wrong`` or ``refused``). A row, shortened::

        id           ja-0062
        question_id  open-truthfulqa-031
        task         truthfulqa
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
    task: str
    arm: str
    style: str
    intended: str
    answer: str
    label: Verdict
    readings: tuple[Verdict, Verdict]
    borderline: bool

    @property
    def part(self) -> Part:
        return part_of(self.question_id)

    @property
    def words(self) -> int:
        return len(self.answer.split())


def part_of(question_id: str) -> Part:
    """The part that a question belongs to: drawn by its id, so that it never changes."""
    digest = hashlib.sha256(f"judging/{question_id}".encode()).digest()
    return Part.FINAL if digest[0] % 2 else Part.DEVELOPMENT


@cache
def read_judging_set() -> tuple[JudgingAnswer, ...]:
    """All answers, in the order of their ids."""
    path = files("warmbench_builders.judging_set").joinpath("answers.jsonl")
    return tuple(_from_row(json.loads(line)) for line in path.read_text("utf-8").splitlines())


def _from_row(row: dict[str, Any]) -> JudgingAnswer:
    first, second = map(Verdict, row["readings"])
    return JudgingAnswer(**{**row, "label": Verdict(row["label"]), "readings": (first, second)})
