"""A panel of judges: the verdict of more than half of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from warmbench.judging.judge import BatchJudge, Case, Judged, NotJudged, Outcome, Watch
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["Panel", "krippendorff_alpha"]

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


PANEL_VERSION = "panel-1"


@dataclass(frozen=True, slots=True)
class Panel:
    """Each member judges every case; what more than half of all members say is the verdict.

    Without such a majority (a tie, or too many members without a verdict) a case is ``unscored``.
    It is sure where all agree. A case that one member could not be asked about is not judged.
    """

    members: Sequence[BatchJudge]

    @property
    def name(self) -> str:
        return f"{PANEL_VERSION}({'|'.join(member.name for member in self.members)})"

    def judge_all(self, cases: Sequence[Case], watch: Watch) -> Judged:
        judged = [member.judge_all(cases, watch) for member in self.members]
        rows = list(zip(*(one.outcomes for one in judged), strict=True))
        votes = [_votes(row) for row in rows]
        record = {
            "judge": self.name,
            "members": [one.record for one in judged],
            "krippendorff_alpha": krippendorff_alpha([v for v in votes if v is not None]),
            "answers": sum(v is not None for v in votes),
        }
        return Judged([self._outcome(row) for row in rows], record)

    def _outcome(self, row: Sequence[Outcome]) -> Outcome:
        failure = next((said for said in row if isinstance(said, NotJudged)), None)
        if failure is not None:
            return failure
        votes = _votes(row) or []
        verdict, count = Counter(votes).most_common(1)[0]
        if verdict is Verdict.UNSCORED or 2 * count <= len(votes):
            verdict = Verdict.UNSCORED
        sure = verdict is not Verdict.UNSCORED and count == len(votes)
        return Judgement(verdict, sure, self.name, ", ".join(vote.value for vote in votes))


def _votes(row: Sequence[Outcome]) -> list[Verdict] | None:
    """The members' verdicts on one case; None where a member gave none."""
    votes = [said.verdict for said in row if isinstance(said, Judgement)]
    return votes if len(votes) == len(row) else None
