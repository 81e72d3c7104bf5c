"""The closing score: what an arm states in a few words after its replies, counted by verdict."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from warmbench.records.verdict import Verdict

__all__ = ["ArmClosing", "ClosingScore"]


class ArmClosing(BaseModel):
    """The stated answers of one arm.

    ``replies`` were asked to be stated; ``stated`` are the answers that came, ``missing`` those
    that did not (no wrong answers: they are left out), ``cut`` those of the stated that reached
    the token limit, ``unsure`` those whose verdict the judge was not sure of. ``verdicts``: reply's
    verdict -> stated answer's verdict -> count.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    replies: int
    stated: int
    missing: int
    cut: int
    unsure: int
    verdicts: dict[str, dict[str, int]]

    @property
    def agreeing(self) -> int:
        """How many have one verdict in both ways."""
        return sum(counts.get(verdict, 0) for verdict, counts in self.verdicts.items())

    @property
    def right(self) -> int:
        """How many replies are right and stated."""
        return sum(self.verdicts.get(Verdict.CORRECT, {}).values())

    @property
    def stated_right(self) -> int:
        """How many of these are right as they are stated, too."""
        return self.verdicts.get(Verdict.CORRECT, {}).get(Verdict.CORRECT, 0)


class ClosingScore(BaseModel):
    """What was asked after each reply, in how many tokens at most, who judged the stated answers,
    and what each arm stated. The loss by them is in ``ArmScore.closing``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str
    max_tokens: int
    judge: str
    arms: dict[str, ArmClosing]
