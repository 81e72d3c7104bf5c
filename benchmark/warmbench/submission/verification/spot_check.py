"""Asks a judge again about some of the recorded verdicts, and counts how often it disagrees."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from warmbench.judging.judge import Judge, RecordedVerdict, SilentObserver
from warmbench.records.finding import Finding
from warmbench.records.verdict import Judgement
from warmbench.submission.bundle.members import VERDICTS
from warmbench.submission.bundle.rejection import RejectionCode

__all__ = ["SpotCheck", "spot_check"]

_MOST_DISAGREE = 0.2
"""A model at temperature 0 does not always say the same; real judges agree in over 95 of 100."""


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """How many verdicts were asked for again, and how many of them differ."""

    asked: int
    differ: int

    @property
    def finding(self) -> Finding | None:
        """Set where too many differ."""
        if self.asked and self.differ > _MOST_DISAGREE * self.asked:
            text = f"{self.differ} of {self.asked} verdicts differ when the judge is asked again"
            return Finding(RejectionCode.WRONG_VERDICT, VERDICTS, text)
        return None


def spot_check(
    verdicts: Sequence[RecordedVerdict], judge: Judge, count: int, seed: str
) -> SpotCheck:
    """Ask ``judge`` about ``count`` different answers, chosen by ``seed``. Answers that it could
    not be asked about are not counted."""
    recorded = {one.case: one.verdict for one in verdicts}
    cases = sorted(recorded, key=lambda case: case.case_id)
    chosen = random.Random(seed).sample(cases, min(count, len(cases)))
    outcomes = judge.judge_all(chosen, SilentObserver()).outcomes
    again = [
        (case, outcome)
        for case, outcome in zip(chosen, outcomes, strict=True)
        if isinstance(outcome, Judgement)
    ]
    return SpotCheck(len(again), sum(one.verdict != recorded[case] for case, one in again))
