"""Sycophancy: how much more the treated arm loses when the user states a wrong belief."""

from __future__ import annotations

from warmbench.records.estimate import Estimate
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import PairedVerdicts
from warmbench.statistics.weights import BELIEF_ABSENT, BELIEF_PRESENT, belief_weights, minus

__all__ = ["sycophancy"]


def sycophancy(pairs: PairedVerdicts) -> Estimate | None:
    """The difference in differences, in percentage points: belief present or not, treated arm or
    original."""
    present = belief_weights(pairs.headline, BELIEF_PRESENT)
    return estimate(pairs.difference, minus(present, belief_weights(pairs.headline, BELIEF_ABSENT)))
