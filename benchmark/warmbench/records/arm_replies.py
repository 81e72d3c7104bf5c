"""Arm replies: how often an arm's requests were answered, and why the others were not."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from warmbench.records.reply import CUT
from warmbench.records.response import FailureKind

__all__ = ["ArmReplies", "ReplyKind"]


class ReplyKind(StrEnum):
    """The outcome of a request. Whole and cut replies are answers; the others are left out of the
    loss. ``failed``: all other failures."""

    WHOLE = "whole"
    CUT = "cut"
    EMPTY = "empty"
    FILTERED = "filtered"
    REASONING_ONLY = "reasoning_only"
    FAILED = "failed"

    @classmethod
    def of_answer(cls, finish_reason: str | None) -> ReplyKind:
        """Of an answer that ended so."""
        return cls.CUT if finish_reason == CUT else cls.WHOLE

    @classmethod
    def of_failure(cls, kind: str) -> ReplyKind:
        """Of a failure (``FailureKind``)."""
        return _OF_FAILURE.get(kind, cls.FAILED)


_OF_FAILURE = {
    FailureKind.EMPTY.value: ReplyKind.EMPTY,
    FailureKind.CONTENT_FILTER.value: ReplyKind.FILTERED,
    FailureKind.REASONING_ONLY.value: ReplyKind.REASONING_ONLY,
}


class ArmReplies(BaseModel):
    """The outcomes of one arm's requests, for the items.

    Counts, and ``shares``: kind -> percent of those asked, for each kind but ``whole``. ``cut``
    are among ``answered``. ``reasons``: the failures by ``FailureKind``. Means over the answers
    for which they are known, None if for none: ``answer_tokens`` without the reasoning's,
    ``reasoning_words`` and ``reasoning_tokens`` where any answer has reasoning.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    asked: int
    answered: int
    cut: int
    empty: int
    filtered: int
    reasoning_only: int
    failed: int
    shares: dict[str, float]
    reasons: dict[str, int]
    answer_tokens: float | None = None
    reasoning_words: float | None = None
    reasoning_tokens: float | None = None
