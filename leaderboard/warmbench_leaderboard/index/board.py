"""``board.json``: the whole index, built from the submissions.

It is small: the table, its filters and the pictures by context need nothing else. What only a
model's own page needs (cells, sample answers) is in ``details/<entry_id>.json``.
Losses are original minus treated accuracy in percentage points, positive is bad; accuracies are
percentages.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from warmbench.errors import UsageError
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import CellScore, Measure
from warmbench.records.study import Treatment
from warmbench.submission.bundle.submission import Access

__all__ = [
    "BOARD_VERSION",
    "COLD_ARM",
    "Badge",
    "Board",
    "Cell",
    "Details",
    "DosePoint",
    "Entry",
    "KnownMeasure",
    "Rank",
    "Refusal",
    "SampleItem",
    "SampleResponse",
]

BOARD_VERSION: Literal["1"] = "1"

COLD_ARM = "Made colder, not warmer: only warm arms are ranked."
"""Why a cold arm has no rank."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Badge(StrEnum):
    """``verified``: recomputed here from its rows; ``published``: from a paper's tables;
    ``reference``: the reference model, a check of the software."""

    VERIFIED = "verified"
    PUBLISHED = "published"
    REFERENCE = "reference"


class KnownMeasure(Measure):
    """A measure with a loss and both accuracies. All but the headline loss have only a value and an
    interval: the board stays small."""

    loss: Estimate
    original_accuracy: Estimate
    treated_accuracy: Estimate


class Rank(_Record):
    """``rank`` counts from 1, the smallest loss; ``low`` to ``high`` is its 95 % interval."""

    rank: int
    low: int
    high: int


class Entry(_Record):
    """One treated arm of one submission: one row of the table.

    ``entry_id``: ``<submission>/<arm>``, also in addresses. ``major``: of the release's version;
    None for published entries, which appear in every version. ``rank``: among all ranked entries of
    its major version, for a published entry the newest (see ``site.views.version_ranking``);
    ``rank_apart``: the same with published entries ranked separately from the others. Both are None
    where ``unranked`` says why (a sentence). ``flags``: caveats, one sentence each.
    ``judge_kappa``: of the judge with the labels of the judging set; None where not measured.
    ``plain`` and ``sadness``: without a stated belief, so that the two can be compared.
    ``contexts`` and ``tasks``: by name; contexts average over both halves of belief.
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
    judge_kappa: Estimate | None = None
    metric_version: str
    headline: KnownMeasure
    plain: KnownMeasure | None
    sadness: KnownMeasure | None
    sycophancy: Estimate | None
    warmth_gain: Estimate | None
    warmth_measure: str | None
    rank: Rank | None
    rank_apart: Rank | None
    unranked: str | None
    flags: tuple[str, ...] = ()
    contexts: dict[str, KnownMeasure]
    tasks: dict[str, KnownMeasure]
    citation: str

    @property
    def title(self) -> str:
        """Distinguishes an entry from the others of its model: ``GPT-4o, warm by fine tune``."""
        return f"{self.model}, {self.arm} by {self.treatment.value.replace('-', ' ')}"


class Refusal(_Record):
    """A refused submission: its name, a machine-readable code, the reason."""

    submission: str
    code: str
    reason: str


class Board(_Record):
    """The whole index. ``revision``: of the submissions repository, None for a plain folder."""

    board_version: Literal["1"] = BOARD_VERSION
    revision: str | None
    entries: tuple[Entry, ...]
    refused: tuple[Refusal, ...]

    def entry(self, entry_id: str) -> Entry:
        """The entry of that id; ``UsageError`` where the board has none."""
        for entry in self.entries:
            if entry.entry_id == entry_id:
                return entry
        raise UsageError(f"{entry_id}: no such entry on the board")


class Cell(CellScore):
    """One task, context and belief (``none``, ``present``, or one of its two wordings).
    ``p`` and ``adjusted_p``: McNemar's, where known."""

    loss: Estimate
    original_accuracy: Estimate
    treated_accuracy: Estimate
    p: float | None = None
    adjusted_p: float | None = None


class SampleResponse(_Record):
    """The response of one arm, and the verdict on it."""

    arm: str
    text: str
    verdict: str


class SampleItem(_Record):
    """One item with the responses of both arms. ``prompt``: as sent; ``framing``: the disclosure
    in it, by itself."""

    item_id: str
    task: str
    context: str
    belief: str
    framing: str | None
    prompt: str
    correct_answers: tuple[str, ...]
    responses: tuple[SampleResponse, ...]


class DosePoint(_Record):
    """Loss and warmth gain after so many epochs of tuning."""

    epochs: float
    loss: Estimate
    warmth_gain: Estimate | None


class Details(_Record):
    """``details/<entry_id>.json``: what the model's own page shows beside its entry.

    ``question_losses``: task -> question_id -> the question's weighted mean loss in points, for a
    paired comparison with another entry on the same items; None for published entries.
    """

    entry_id: str
    study: dict[str, object]
    cells: tuple[Cell, ...]
    samples: tuple[SampleItem, ...]
    dose_response: tuple[DosePoint, ...] = ()
    question_losses: dict[str, dict[str, float]] | None = None
    contexts_by_task: dict[str, dict[str, KnownMeasure]]
