"""One answer to be judged, and all that a judge may know of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from warmbench.conditions import Task
from warmbench.judging.verdict import Question

__all__ = ["Case"]


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its references, and one answer to it. Neither arm, context nor belief is
    here, so that none can reach a judge. ``task`` is None where a file does not say it."""

    question: Question
    response: str
    task: Task | None = None

    @property
    def case_id(self) -> str:
        """SHA-256 (hex) of all that a judge may know: equal answers are one case."""
        parts = [
            self.task,
            self.question.text,
            self.question.correct_answers,
            self.question.incorrect_answers,
            self.question.refusal_is_correct,
            self.response,
        ]
        text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
