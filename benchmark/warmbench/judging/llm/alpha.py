"""How far several judges agree: Krippendorff's alpha for nominal data."""

from __future__ import annotations

from collections.abc import Sequence

from warmbench.judging.verdict import Verdict

__all__ = ["krippendorff_alpha"]

_SCORED = tuple(verdict for verdict in Verdict if verdict is not Verdict.UNSCORED)


def krippendorff_alpha(votes: Sequence[Sequence[Verdict]]) -> float | None:
    """``votes``: for each answer, the verdicts of the judges; ``unscored`` is no vote.

    1 is agreement, 0 what chance would give. None where it is not defined: no answer has two
    votes, or all votes that can be paired are alike. Krippendorff, Content Analysis (2004), ch. 11.
    """
    import krippendorff

    counts = [[answer.count(verdict) for verdict in _SCORED] for answer in map(list, votes)]
    paired = [row for row in counts if sum(row) > 1]
    used = [column for column in zip(*paired, strict=True) if any(column)]
    if len(used) < 2:
        return None
    table = [list(row) for row in zip(*used, strict=True)]
    return float(krippendorff.alpha(value_counts=table, level_of_measurement="nominal"))
