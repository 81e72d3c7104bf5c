"""From what the rules say and what the reader reads to one probability, by a logistic regression
whose weights were fitted on answers that neither was made on (``weighing.json``)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warmbench.judging.reader.reader import Reading
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["Weighing", "features", "packaged_weighing"]

_MOST_ODDS = 8.0
_SHORT, _LONG = 8, 60
"""Words; between them is the middle."""


def features(by_rules: Judgement, reading: Reading, answer: str) -> dict[str, float]:
    """What the probability depends on, by name. An absent name is 0."""
    odds = max(-_MOST_ODDS, min(_MOST_ODDS, reading.log_odds))
    words = len(answer.split())
    length = "short" if words < _SHORT else "long" if words >= _LONG else "middle"
    return {
        "always": 1.0,
        f"odds, {length}": odds,
        f"{by_rules.reason}": 1.0,
        f"{by_rules.verdict}, {length}": 1.0,
    }


@dataclass(frozen=True, slots=True)
class Weighing:
    """``weights`` are those of ``features``; ``sure_at`` is the least probability of a verdict
    that is sure. A recomputed probability may differ by ``margin`` on another machine, so within it
    of a bound either side of that is a right recomputation."""

    weights: Mapping[str, float]
    sure_at: float
    margin: float

    def probability(self, by_rules: Judgement, reading: Reading, answer: str) -> float:
        """That the answer is right."""
        found = features(by_rules, reading, answer)
        score = sum(self.weights.get(name, 0.0) * value for name, value in found.items())
        return 1 / (1 + math.exp(-score))

    def decide(self, probability: float) -> tuple[Verdict, bool]:
        """The verdict, and whether it is sure."""
        verdict = Verdict.CORRECT if probability >= 0.5 else Verdict.INCORRECT
        return verdict, max(probability, 1 - probability) >= self.sure_at

    def allows(self, probability: float, verdict: str, sure: bool) -> bool:
        """Whether a machine whose probability is within the margin of this one may decide so."""
        moved = (probability - self.margin, probability, probability + self.margin)
        verdicts = {self.decide(one)[0].value for one in moved}
        sureties = {self.decide(one)[1] for one in moved}
        return verdict in verdicts and sure in sureties


@cache
def packaged_weighing() -> Weighing:
    """The weighing that the reader judge uses."""
    text = files("warmbench.judging.reader").joinpath("weighing.json").read_text("utf-8")
    return Weighing(**json.loads(text))
