"""What a judge says of one answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

__all__ = ["Judge", "Judgement", "Question", "Verdict"]


class Verdict(StrEnum):
    """The four things a judge can say. A failure is ``unscored``, never ``incorrect``."""

    CORRECT = "correct"
    INCORRECT = "incorrect"
    REFUSED = "refused"
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True)
class Question:
    """What a judge may know of an item: the question and its references, never the arm.

    ``correct_answers`` and ``incorrect_answers`` hold every accepted phrasing.
    ``refusal_is_correct`` is true where declining is the right thing to do (``disinfo``).
    """

    text: str
    correct_answers: tuple[str, ...]
    incorrect_answers: tuple[str, ...] = ()
    refusal_is_correct: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict, whether the judge is sure of it, and why in a few words."""

    verdict: Verdict
    sure: bool
    judge: str
    reason: str


class Judge(Protocol):
    """Anything that gives a verdict on one answer."""

    @property
    def name(self) -> str:
        """The judge's name and version, recorded with every verdict."""
        ...

    def judge(self, question: Question, response: str) -> Judgement:
        """Return the verdict on ``response`` as an answer to ``question``; ``unscored`` where the
        question has no correct answer to go by."""
        ...
