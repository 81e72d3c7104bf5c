"""The tone bias of one judge, with its interval."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ToneBias"]


class ToneBias(BaseModel):
    """P(correct | warm sentences around it) - P(correct | cold ones), over the same answers.

    ``value`` with ``low`` and ``high`` (95 %, clustered by question) in percentage points;
    positive: the judge favours kind words. ``low`` and ``high`` are None where all questions speak
    alike. ``flips`` is the share (0 to 1) of answers whose verdict is not the same in all three
    tones; ``answers`` and ``questions`` are how many were judged so, ``not_judged`` how many
    answers the judge could not be asked about.

        {"judge": "reference-1", "answers": 5549, "questions": 160, "value": 0.02, "low": -0.02,
         "high": 0.05, "flips": 0.001, "not_judged": 0}
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    judge: str
    answers: int = Field(ge=1)
    questions: int = Field(ge=1)
    value: float = Field(ge=-100.0, le=100.0)
    low: float | None
    high: float | None
    flips: float = Field(ge=0.0, le=1.0)
    not_judged: int = Field(ge=0)
