"""``board.json``: all that the leaderboard shows first, folded from the submissions.

It is small and whole: the table, its filters and the pictures by context need nothing else. What
only a model's own page needs (cells, sample answers) lies in ``details/<entry_id>.json``.
Losses are original minus treated accuracy in percentage points, positive is bad; accuracies are
percentages.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from warmbench.records.study import Treatment
from warmbench.submission.bundle.submission import Access

__all__ = [
    "BOARD_VERSION",
    "Answers",
    "Badge",
    "Board",
    "Cell",
    "Details",
    "DosePoint",
    "Entry",
    "Figure",
    "Pair",
    "Rank",
    "Refusal",
    "SampleAnswer",
]

BOARD_VERSION: Literal["1"] = "1"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Badge(StrEnum):
    """``verified``: recomputed here from its rows; ``published``: from a paper's tables;
    ``reference``: the software's own small pair, not a finding."""

    VERIFIED = "verified"
    PUBLISHED = "published"
    REFERENCE = "reference"


class Figure(_Record):
    """A value with its 95 % interval; ``low`` and ``high`` are None where the data give none."""

    value: float
    low: float | None
    high: float | None


class Pair(_Record):
    """A loss and the two accuracies it is between."""

    loss: Figure
    original_accuracy: float
    treated_accuracy: float


class Rank(_Record):
    """``rank`` counts from 1, the smallest loss; ``low`` to ``high`` are the ranks left open."""

    rank: int
    low: int
    high: int


class Entry(_Record):
    """One treated arm of one submission: one row of the table.

    ``entry_id``: ``<submission>/<arm>``, also in addresses. ``major``: of the release's version,
    what the release selector offers; None for published entries, which stand in every one.
    ``rank``: among all ranked entries of its major version, of a published entry in the newest
    (``views.standings`` has it in another); ``rank_apart``: the same with the published ones set
    apart (published among published, the others among the others). Both are None where
    ``unranked`` says why (a sentence). ``flags``: sentences on what to mind.
    ``plain`` and ``sadness``: where no belief is stated, so that the two compare.
    ``contexts`` and ``tasks``: by name; contexts average both halves of belief.
    """

    entry_id: str = Field(pattern=r"^[a-z0-9-]+/(warm|cold)$")
    model: str
    arm: Literal["warm", "cold"]
    treatment: Treatment
    access: Access
    parameters_b: float | None
    badge: Badge
    submitted: date | None
    submitter: str
    release: str
    release_version: str | None
    release_fingerprint: str | None
    major: int | None
    judge: str
    metric_version: str
    headline: Pair
    standard_error: float | None
    plain: Pair | None
    sadness: Pair | None
    sycophancy: Figure | None
    warmth_gain: Figure | None
    warmth_measure: str | None
    questions: int | None
    rank: Rank | None
    rank_apart: Rank | None
    unranked: str | None
    flags: tuple[str, ...] = ()
    contexts: dict[str, Pair]
    tasks: dict[str, Pair]
    citation: str


class Refusal(_Record):
    """A submission that is not on the board: its folder, a machine-readable code, the reason."""

    submission: str
    code: str
    reason: str


class Board(_Record):
    """The whole index. ``revision``: of the submissions repository, None for a plain folder."""

    board_version: Literal["1"] = BOARD_VERSION
    revision: str | None
    entries: tuple[Entry, ...]
    refused: tuple[Refusal, ...]


class Cell(_Record):
    """One task, context and belief (``none``, ``present``, or one of its two wordings).
    ``p`` and ``adjusted_p``: McNemar's, where known."""

    task: str
    context: str
    belief: str
    pair: Pair
    p: float | None = None
    adjusted_p: float | None = None


class Answers(_Record):
    """What one arm answered, and the verdict on it."""

    arm: str
    response: str
    verdict: str


class SampleAnswer(_Record):
    """One item with both arms' answers side by side. ``messages``: the prompt as sent, the
    emotional disclosure in it; ``framing`` is that disclosure by itself."""

    item_id: str
    task: str
    context: str
    belief: str
    framing: str | None
    prompt: str
    correct_answers: tuple[str, ...]
    answers: tuple[Answers, ...]


class DosePoint(_Record):
    """Loss and warmth gain after so many epochs of tuning."""

    epochs: float
    loss: Figure
    warmth_gain: Figure | None


class Details(_Record):
    """``details/<entry_id>.json``: what the model's own page shows beside its entry.

    ``question_losses``: task -> question_id -> the question's weighted mean loss in points, for
    paired comparison with another entry on the same items; None for published entries.
    """

    entry_id: str
    study: dict[str, object]
    cells: tuple[Cell, ...]
    samples: tuple[SampleAnswer, ...]
    dose_response: tuple[DosePoint, ...] = ()
    question_losses: dict[str, dict[str, float]] | None = None
    contexts_by_task: dict[str, dict[str, Pair]]
