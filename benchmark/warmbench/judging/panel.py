"""A panel of judges: the verdict of more than half of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from warmbench.judging.judge import (
    Case,
    Judge,
    Judged,
    JudgingObserver,
    NotJudged,
    Outcome,
    RecordedJudge,
    RecordedVerdict,
    WrongRecord,
    WrongVerdict,
)
from warmbench.judging.recheck import inconsistent_verdicts, misnamed_record
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["Panel", "RecordedPanel", "krippendorff_alpha"]

PANEL_VERSION = "panel-1"

_NAME = re.compile(rf"{PANEL_VERSION}\((.+)\)")
_BETWEEN_MEMBERS = re.compile(r"\|(?![^()]*\))")
"""The bars of the panel itself: those within brackets are of a member's name."""

_SCORED = tuple(verdict for verdict in Verdict if verdict is not Verdict.UNSCORED)


@dataclass(frozen=True, slots=True)
class Panel:
    """Each member judges every case; what more than half of all members say is the verdict.

    Without such a majority (a tie, or too many members without a verdict) a case is ``unscored``.
    It is sure where all agree. A case that one member could not be asked about is not judged.
    """

    members: Sequence[Judge]

    @property
    def name(self) -> str:
        return f"{PANEL_VERSION}({'|'.join(member.name for member in self.members)})"

    @staticmethod
    def recorded(
        name: str, member_of: Callable[[str], RecordedJudge | None]
    ) -> RecordedPanel | None:
        """``member_of``: a member's name -> that judge; None where there is none of that name."""
        match = _NAME.fullmatch(name)
        names = _BETWEEN_MEMBERS.split(match[1]) if match else []
        members = [member for member in map(member_of, names) if member is not None]
        if len(names) < 2 or len(members) < len(names):
            return None
        return RecordedPanel(name, members)

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        judged = [member.judge_all(cases, observer) for member in self.members]
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
        failure = next((outcome for outcome in row if isinstance(outcome, NotJudged)), None)
        if failure is not None:
            return failure
        votes = _votes(row) or []
        verdict, count = Counter(votes).most_common(1)[0]
        if verdict is Verdict.UNSCORED or 2 * count <= len(votes):
            verdict = Verdict.UNSCORED
        sure = verdict is not Verdict.UNSCORED and count == len(votes)
        return Judgement(verdict, sure, self.name, ", ".join(vote.value for vote in votes))


@dataclass(frozen=True, slots=True)
class RecordedPanel:
    """Rechecked are the members' records, and that equal answers have equal verdicts: the votes
    of the members are not kept."""

    name: str
    members: Sequence[RecordedJudge]
    recomputable: ClassVar[bool] = False

    def check_record(
        self, record: Mapping[str, Any] | None, cases: Sequence[Case]
    ) -> Iterator[WrongRecord]:
        if record is None or record.get("judge") != self.name:
            yield misnamed_record()
            return
        records = record.get("members")
        if not isinstance(records, list) or len(records) != len(self.members):
            yield WrongRecord("members", "are not the judges of this panel")
            return
        for member, of_member in zip(self.members, records, strict=True):
            if not member.recomputable:
                found = of_member if isinstance(of_member, dict) else None
                yield from member.check_record(found, cases)

    def recheck(
        self, verdicts: Sequence[RecordedVerdict], observer: JudgingObserver
    ) -> Iterator[WrongVerdict]:
        return inconsistent_verdicts(verdicts)


def krippendorff_alpha(votes: Sequence[Sequence[Verdict]]) -> float | None:
    """``votes``: for each answer, the verdicts of the judges; ``unscored`` is not a vote.

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


def _votes(row: Sequence[Outcome]) -> list[Verdict] | None:
    """The members' verdicts on one case; None where a member gave none."""
    votes = [outcome.verdict for outcome in row if isinstance(outcome, Judgement)]
    return votes if len(votes) == len(row) else None
