"""What is known of a run's judge: how often it is right on answers like those of the run."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from warmbench.records.estimate import Estimate
from warmbench.records.release import ReleaseRecord

__all__ = ["HEADLINE", "ArmFigures", "JudgeFigures", "Rates"]

HEADLINE = "headline"
"""The name of the headline among the corrected losses; the others are named by their tasks."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Rates(_Record):
    """Shares from 0 to 1 with 95 % intervals; their ``n`` counts the checked questions.

    ``sensitivity``: of the right answers that the judge scores, the share that it calls correct;
    ``specificity``: of the wrong ones, the share that it calls incorrect. Answers that it takes for
    refusals or can't score are left out, as the loss leaves them out.
    """

    sensitivity: Estimate
    specificity: Estimate


class ArmFigures(Rates):
    """Expected for the answers of one arm: over its tasks of the headline, each weighing alike, and
    by task."""

    tasks: dict[str, Rates]


class JudgeFigures(_Record):
    """From a check of ``judge`` on ``part`` of the judging set ``release``: ``answers`` that it
    scored, of ``questions``. ``packaged``: the check that ships with WarmBench, not one that was
    made for this run.

    ``arms``: arm -> the figures for its mix of tasks and lengths; arms without a scored answer are
    left out. ``wider``: a task and length of the run that too few checked answers have -> the
    wider group that stands in for it::

        {"disinfo, under 40 words": "disinfo, any length"}
    """

    judge: str
    release: ReleaseRecord
    part: str
    packaged: bool
    answers: int = Field(ge=0)
    questions: int = Field(ge=0)
    arms: dict[str, ArmFigures]
    wider: dict[str, str]
