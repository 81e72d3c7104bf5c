"""Why an exam vignette has no counterpart in a lay person's words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["DropReason", "Dropped"]


class DropReason(StrEnum):
    """The closed set of reasons, in the order in which they are looked for."""

    REFERS_TO_FIGURE = "refers to a figure, image, recording or table"
    TOO_LONG = "too long"
    DOCTOR_SPEAKS = "asks what the doctor should say, or speaks to the doctor"
    NEXT_STEP = "asks for the next step"
    UNGRADABLE_ANSWER = "answer cannot be graded from references"
    OPTIONS_OVERLAP = "options overlap"
    NO_PATIENT = "no patient with one age and one sex"
    MULTIPLE_PATIENTS = "more than one patient"
    DEATH = "the patient has died"
    UNCLEAR_OPENING = "opening sentence could not be turned"
    NEEDS_OPTIONS = "question cannot be answered without its options"
    UNCLEAR_QUESTION = "question could not be turned"
    ANSWER_GIVEN_AWAY = "answer is given away in the question"
    FACTS_CHANGED = "numbers, negations or sides would have changed"


@dataclass(frozen=True)
class Dropped:
    """A vignette left out, with the reason to be counted."""

    reason: DropReason
