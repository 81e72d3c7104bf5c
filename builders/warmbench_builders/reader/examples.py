"""What the reader learns from: answers with labels, in one form, whatever file they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from rapidfuzz import fuzz

from warmbench.errors import DataError
from warmbench.records.labelled_answer import Part
from warmbench.records.verdict import Question, Verdict
from warmbench_builders.judging_set.judging_set import read_judging_set

__all__ = [
    "Example",
    "Phase",
    "Portion",
    "from_judging_set",
    "from_labelled_file",
    "from_references",
    "swapped",
]

_SAYS, _SAYS_NOT = 86.0, 60.0
"""Token set ratios (0 to 100): an answer surely uses a reference's words, surely does not."""


class Portion(StrEnum):
    """What the answers to a question are used for. Of sixteen parts thirteen train, and one or
    three calibrate; two of the answers that people labelled are kept back for measuring."""

    TRAINING = "training"
    CALIBRATION = "calibration"
    KEPT_BACK = "kept back"


class Phase(StrEnum):
    """The kinds of rounds in training, in their order: plain rounds, rounds in which each answer
    stands beside its twin, and a last one with what answers nothing."""

    ROUND = "round"
    TWINS = "twins"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Example:
    """One answer with its label, ``correct``, ``incorrect`` or ``refused``. ``source`` names the
    set, ``share`` is how much of the set a round of training reads, ``by_people`` tells whether
    people labelled it, and ``since`` is the first phase of training that reads it."""

    question: Question
    answer: str
    label: Verdict
    source: str
    share: float = 1.0
    by_people: bool = False
    since: Phase = Phase.ROUND

    @property
    def answers_nothing(self) -> bool:
        """Whether it was made or written to take no side."""
        return self.source.startswith("non_answers:") and self.label is Verdict.INCORRECT

    @property
    def portion(self) -> Portion:
        """Drawn by the question's text, so that it never changes."""
        drawn = hashlib.sha256(self.question.text.encode()).hexdigest()[0]
        if drawn in "ab":
            return Portion.KEPT_BACK if self.by_people else Portion.CALIBRATION
        return Portion.CALIBRATION if drawn == "c" else Portion.TRAINING


def from_labelled_file(path: Path, *, share: float) -> Iterator[Example]:
    """The rows of a JSONL file with ``question``, ``response``, ``correct`` (bool),
    ``correct_answers`` and ``incorrect_answers``.

    Raises ``DataError`` for a row without one of these.
    """
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            question = Question(
                row["question"], tuple(row["correct_answers"]), tuple(row["incorrect_answers"])
            )
            label = Verdict.CORRECT if row["correct"] else Verdict.INCORRECT
            answer = row["response"]
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{path}, line {number}: not a labelled answer ({error})") from None
        if answer.strip():
            yield Example(question, answer, label, path.stem, share, by_people=True)


def from_judging_set() -> Iterator[Example]:
    """The development part of the judging set."""
    for answer in read_judging_set():
        if answer.part is Part.DEVELOPMENT and answer.asked is not None:
            yield Example(answer.asked, answer.answer, answer.label, "judging_set")


def from_references(question: Question, *, share: float) -> Iterator[Example]:
    """Each reference as an answer, to the question without it; one that is alone stays out."""
    for label, references in (
        (Verdict.CORRECT, question.correct_answers),
        (Verdict.INCORRECT, question.incorrect_answers),
    ):
        for at, text in enumerate(references):
            others = references[:at] + references[at + 1 :]
            if others:
                if label is Verdict.CORRECT:
                    changed = replace(question, correct_answers=others)
                else:
                    changed = replace(question, incorrect_answers=others)
                yield Example(changed, text, label, "references", share)


def swapped(example: Example) -> Example | None:
    """The example with its right and wrong references exchanged, and so the other label; None
    where the answer's words don't show that it takes one side and not the other. What answers
    nothing is wrong either way.

    It keeps the reader from learning which answers sound true: it must compare.
    """
    question = example.question
    if not (question.correct_answers and question.incorrect_answers):
        return None
    right = _nearest(example.answer, question.correct_answers)
    wrong = _nearest(example.answer, question.incorrect_answers)
    match example.label:
        case Verdict.INCORRECT if example.answers_nothing and wrong < _SAYS_NOT:
            label = Verdict.INCORRECT
        case Verdict.CORRECT if right >= _SAYS and wrong < _SAYS_NOT:
            label = Verdict.INCORRECT
        case Verdict.INCORRECT if wrong >= _SAYS and right < _SAYS_NOT:
            label = Verdict.CORRECT
        case _:
            return None
    exchanged = replace(
        question,
        correct_answers=question.incorrect_answers,
        incorrect_answers=question.correct_answers,
    )
    return replace(example, question=exchanged, label=label)


def _nearest(answer: str, references: Sequence[str]) -> float:
    return max(fuzz.token_set_ratio(answer.lower(), one.lower()) for one in references)
