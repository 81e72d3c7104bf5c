"""The ``reference`` judge, the default: the rules, under the name that a score states."""

from __future__ import annotations

from dataclasses import dataclass

from warmbench.judging.rules.judge import RulesJudge

__all__ = ["ReferenceJudge"]


@dataclass(frozen=True, slots=True)
class ReferenceJudge(RulesJudge):
    """Gives a verdict on an answer from the question's references. Deterministic, free, offline,
    and anyone can recompute its verdicts."""

    name: str = "reference-2"
