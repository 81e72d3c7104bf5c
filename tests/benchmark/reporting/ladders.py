"""A small ladder whose figures are easy to know again."""

from __future__ import annotations

from warmbench.records.estimate import Estimate
from warmbench.records.release import ReleaseRecord
from warmbench.reference_model.ladder import Ladder, Rung

__all__ = ["make_ladder"]


def make_ladder(arms: tuple[str, ...] = ("warm", "cold"), measure: str = "lexical-1") -> Ladder:
    """Three rungs an arm. Warm loses 2 points an epoch and gains 0.5; cold a fifth, with a minus."""
    return Ladder(
        release=ReleaseRecord(name="warmbench-open", version="1.0.0", fingerprint="f"),
        judge="reference-2",
        measure=measure,
        questions=60,
        temperature=0.8,
        rungs=tuple(_rung(arm, epoch) for arm in arms for epoch in (0.5, 2.0, 4.0)),
    )


def _rung(arm: str, epoch: float) -> Rung:
    size = epoch if arm == "warm" else -epoch / 5
    return Rung(
        arm=arm,
        epoch=epoch,
        steps=round(20 * epoch),
        loss=Estimate(value=2 * size, low=2 * size - 1.5, high=2 * size + 1.0),
        warmth=Estimate(value=size / 2, low=size / 2 - 0.2, high=size / 2 + 0.2),
    )
