"""What came of one submission by itself: its entries, or why it is refused."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from warmbench_leaderboard.index.board import Entry, Refusal

__all__ = ["OUTCOME_VERSION", "PASSING_CODES", "Outcome", "refused", "shown"]

OUTCOME_VERSION: Literal["1"] = "1"

PASSING_CODES = frozenset({"release-out-of-reach"})
"""Refusals that may be over a moment later: they are not remembered."""

_LONGEST_REASON = 500


class Outcome(BaseModel):
    """``fingerprint``: of the bundle's rows; None for a published study, and where a bundle could
    not be read. Its entries' details lie beside it, one file an arm."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    outcome_version: Literal["1"] = OUTCOME_VERSION
    submission: str
    fingerprint: str | None = None
    entries: tuple[Entry, ...] = ()
    refusal: Refusal | None = None


def refused(submission: str, code: str, reason: str) -> Outcome:
    """An outcome without entries; strangers' words in the reason are cut and made printable."""
    refusal = Refusal(
        submission=shown(submission), code=code, reason=shown(reason, _LONGEST_REASON)
    )
    return Outcome(submission=refusal.submission, refusal=refusal)


def shown(text: str, longest: int = 100) -> str:
    """A text of one line that can be printed: what is not printable is replaced, the rest cut."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:longest])
