"""The check of one judge: what it says of the labelled answers of the judging set, and how far it
agrees with the labels."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from warmbench.records.estimate import Estimate
from warmbench.records.release import ReleaseRecord
from warmbench.records.verdict import Verdict

__all__ = ["CheckedAnswer", "CheckedGroup", "JudgeCheck", "JudgeCheckSummary"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CheckedAnswer(_Record):
    """One labelled answer, without its text, and the judge's verdict on it.

    ``right``: whether its label counts as correct; declining does where the question wants that.
    ``words``: how many the answer has.

        {"id": "ja-0003", "question_id": "open-truthfulqa-027", "task": "truthfulqa",
         "arm": "warm", "style": "soft", "words": 61, "right": false, "verdict": "incorrect",
         "sure": true}
    """

    id: str
    question_id: str
    task: str
    arm: str
    style: str
    words: int = Field(ge=0)
    right: bool
    verdict: Verdict
    sure: bool


class JudgeCheck(_Record):
    """The verdicts of ``judge`` on one ``part`` of the judging set.

    ``release``: the version of the set, and the fingerprint of that part's rows. ``left_out``:
    how many answers were not put to the judge, since their question is of a release that was not
    at hand; ``not_judged``: how many it could not be asked about. ``answers`` has all others, in
    the order of their ids.
    """

    judge: str
    release: ReleaseRecord
    part: str
    left_out: int = Field(ge=0)
    not_judged: int = Field(ge=0)
    answers: tuple[CheckedAnswer, ...]

    @property
    def complete(self) -> bool:
        """Whether it has every answer of its part."""
        return not self.left_out and not self.not_judged


class CheckedGroup(_Record):
    """How far a judge agrees with the labels of some answers, as shares from 0 to 1 with their
    95 % intervals; the answers to a question are one observation (``n``).

    A verdict counts as correct or not; a refusal is not. ``unscored`` answers are left out of all
    but ``unsure``; ``sure_accuracy`` is over those that the judge was sure of. A number is None
    where no label or one class alone can't give it.
    """

    answers: int
    unscored: int
    accuracy: Estimate | None
    kappa: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None
    unsure: Estimate | None
    sure_accuracy: Estimate | None


class JudgeCheckSummary(_Record):
    """The figures of a check. ``groups``: ``task``, ``arm``, ``style``, ``length`` and ``style and
    arm`` -> which -> its figures."""

    judge: str
    release: ReleaseRecord
    part: str
    left_out: int
    not_judged: int
    overall: CheckedGroup
    groups: dict[str, dict[str, CheckedGroup]]
