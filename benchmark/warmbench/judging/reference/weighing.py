"""From what the rules say and what the reader reads to one probability, by a logistic regression
whose weights were fitted on answers that neither was made on (``weighing.json``)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from warmbench.judging.reader.reader import Reading
from warmbench.records.verdict import Judgement, Question, Verdict

__all__ = ["Weighing", "features", "packaged_weighing", "weighing_path"]

_MOST_ODDS = 8.0
_STATEMENT = 4
"""The fewest words of a statement."""


def features(by_rules: Judgement, reading: Reading, question: Question) -> dict[str, float]:
    """What the probability depends on, by name. An absent name is 0. The answer's length is not
    among them: words of tone would change it."""
    odds = max(-_MOST_ODDS, min(_MOST_ODDS, reading.log_odds))
    form = _form(question)
    return {
        "always": 1.0,
        form: 1.0,
        f"odds, {form}": odds,
        by_rules.reason: 1.0,
        f"{by_rules.verdict}, {form}": 1.0,
    }


def _form(question: Question) -> str:
    """Whether a middling one of its right references is a phrase, such as a name, or longer."""
    words = sorted(len(one.split()) for one in question.correct_answers)
    return "phrase" if words[len(words) // 2] < _STATEMENT else "statement"


@dataclass(frozen=True, slots=True)
class Weighing:
    """``weights`` are those of ``features``; ``sure_at`` is the least probability of a verdict
    that is sure. A recomputed probability may differ by ``margin`` on another machine, so within it
    of a bound either side of that is a right recomputation."""

    weights: Mapping[str, float]
    sure_at: float
    margin: float

    def probability(self, by_rules: Judgement, reading: Reading, question: Question) -> float:
        """That the answer is right."""
        found = features(by_rules, reading, question)
        score = sum(self.weights.get(name, 0.0) * value for name, value in found.items())
        return 1 / (1 + math.exp(-score))

    def decide(self, probability: float) -> tuple[Verdict, bool]:
        """The verdict, and whether it is sure."""
        verdict = Verdict.CORRECT if probability >= 0.5 else Verdict.INCORRECT
        return verdict, max(probability, 1 - probability) >= self.sure_at

    def nearer_to_even(self, probability: float) -> float:
        """The least sure one within the margin."""
        if probability >= 0.5:
            return max(0.5, probability - self.margin)
        return min(0.5, probability + self.margin)

    def allows(self, probability: float, verdict: str, sure: bool) -> bool:
        """Whether a machine whose probability is within the margin of this one may decide so."""
        moved = (probability - self.margin, probability, probability + self.margin)
        verdicts = {self.decide(one)[0].value for one in moved}
        sureties = {self.decide(one)[1] for one in moved}
        return verdict in verdicts and sure in sureties


@cache
def packaged_weighing() -> Weighing:
    """The weighing that the reference judge uses."""
    return Weighing(**json.loads(weighing_path().read_text("utf-8")))


def weighing_path() -> Path:
    """Where the packaged one is."""
    return Path(__file__).with_name("weighing.json")
