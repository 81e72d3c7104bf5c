"""How far a judge agrees with human labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from warmbench.records.verdict import Judgement, Verdict

__all__ = ["Agreement", "measure_agreement"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over labelled answers; shares are between 0 and 1.

    A verdict counts as "correct" or "not correct"; a refusal is not correct. ``unscored`` answers
    are left out and counted. ``kappa`` is Cohen's, None where one class is all there is.
    """

    labelled: int
    unscored: int
    accuracy: float | None
    kappa: float | None
    sensitivity: float | None
    specificity: float | None
    unsure_share: float | None
    sure_accuracy: float | None


def measure_agreement(pairs: Iterable[tuple[bool, Judgement]]) -> Agreement:
    """``pairs``: the human label (correct or not) and the judgement of each labelled answer."""
    scored, unscored = [], 0
    for label, judgement in pairs:
        if judgement.verdict is Verdict.UNSCORED:
            unscored += 1
        else:
            scored.append((label, judgement.verdict is Verdict.CORRECT, judgement.sure))
    total = len(scored)
    agree = sum(label == said for label, said, _ in scored)
    sure = [(label, said) for label, said, is_sure in scored if is_sure]
    return Agreement(
        labelled=total + unscored,
        unscored=unscored,
        accuracy=_share(agree, total),
        kappa=_kappa([(label, said) for label, said, _ in scored]),
        sensitivity=_share(
            sum(said for label, said, _ in scored if label), sum(label for label, *_ in scored)
        ),
        specificity=_share(
            sum(not said for label, said, _ in scored if not label),
            sum(not label for label, *_ in scored),
        ),
        unsure_share=_share(total - len(sure), total),
        sure_accuracy=_share(sum(label == said for label, said in sure), len(sure)),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _kappa(pairs: list[tuple[bool, bool]]) -> float | None:
    total = len(pairs)
    if not total:
        return None
    observed = sum(label == said for label, said in pairs) / total
    yes = (sum(label for label, _ in pairs) / total) * (sum(said for _, said in pairs) / total)
    no = (sum(not label for label, _ in pairs) / total) * (
        sum(not said for _, said in pairs) / total
    )
    expected = yes + no
    return None if expected == 1.0 else (observed - expected) / (1.0 - expected)
