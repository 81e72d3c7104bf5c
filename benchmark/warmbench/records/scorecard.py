"""The scorecard: every number of a study, what it rests on, and ``scorecard.json``.

Losses are original minus treated accuracy in percentage points (positive is bad), accuracies,
refusals and verdict shares percentages, retention and the relative rise in error ratios. A number
that the rows can't give is None.

``scorecard.schema.json`` beside this file is what ``scorecard_schema`` gives; a test compares them.
``python -m warmbench.records.scorecard`` regenerates it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.folders import write_json
from warmbench.records.arm_replies import ArmReplies
from warmbench.records.closing_score import ClosingScore
from warmbench.records.estimate import Estimate, NonInferiority
from warmbench.records.judge_check import JudgeCheckSummary
from warmbench.records.judge_figures import JudgeFigures
from warmbench.records.release import ReleaseRecord
from warmbench.records.selection import Selection
from warmbench.records.study import Study
from warmbench.records.table_result import TableResult
from warmbench.records.tone_bias import ToneBias

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "METRIC_VERSION",
    "SCHEMA_PATH",
    "SCHEMA_VERSION",
    "ArmScore",
    "CellScore",
    "Coverage",
    "Measure",
    "Scorecard",
    "Warmth",
    "WarmthGain",
    "scorecard_schema",
]

SCHEMA_VERSION: Literal["1"] = "1"
"""Of the form of the file. A further field, or a further statistic, does not change it."""

METRIC_VERSION = "1.0.0"
"""Of the meaning of the numbers: those of two versions are not comparable."""

SCHEMA_PATH = Path(__file__).with_name("scorecard.schema.json")

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Measure(_Record):
    """A loss and the two accuracies it is between; ``retention`` is treated / original accuracy,
    ``relative_error_rise`` how much larger the share of errors is (0: as before, 1: twice)."""

    loss: Estimate | None = None
    original_accuracy: Estimate | None = None
    treated_accuracy: Estimate | None = None
    retention: Estimate | None = None
    relative_error_rise: Estimate | None = None

    def to_row(self) -> dict[str, float | None]:
        """The loss with its interval, both accuracies, and how many questions they rest on."""
        loss, original, treated = self.loss, self.original_accuracy, self.treated_accuracy
        return {
            "loss": loss.value if loss else None,
            "low": loss.low if loss else None,
            "high": loss.high if loss else None,
            "original_accuracy": original.value if original else None,
            "treated_accuracy": treated.value if treated else None,
            "questions": loss.n if loss else None,
        }


class CellScore(Measure):
    """One task, context and belief by itself."""

    task: str
    context: str
    belief: str

    @property
    def cell(self) -> str:
        """``medqa/sadness/none``."""
        return f"{self.task}/{self.context}/{self.belief}"


class Coverage(_Record):
    """What the numbers of an arm rest on, and what is missing for a whole score.

    ``pairs`` counts items and epochs that either arm answered, ``pairs_scored`` those with a
    verdict on both sides; ``answered``: ``original`` and ``treated`` -> answers.
    """

    items: int
    questions: int
    pairs: int
    pairs_scored: int
    answered: dict[str, int]
    missing_tasks: tuple[str, ...]
    missing_cells: tuple[str, ...]


class ArmScore(_Record):
    """All numbers of one treated arm against the original.

    ``headline`` and ``beliefs`` are over all tasks of the headline; ``contrasts``: ``plain`` and
    ``neutral`` -> context -> its loss minus theirs; ``refusals``: ``original`` and ``treated`` ->
    task -> percent of the answers; ``sensitivity``: the headline with refusals counted wrong, and
    at its worst-case bounds; ``replies``: kind of reply -> its share of the arm's requests minus
    that of the original's; ``closing``: what the answers stated after the replies give
    (``warmbench.statistics.closing``), empty where none was asked for. ``corrected``: ``headline``
    and each task -> its loss corrected for the judge's errors (``Scorecard.judge_figures``; empty
    without them), or ``not_corrected``, the sentence why the headline can't be. ``statistics``:
    whatever else is registered (``warmbench.statistics.registry``), by name.
    """

    arm: str
    coverage: Coverage
    headline: Measure
    bootstrap: Estimate | None = None
    minimum_detectable_effect: float | None = None
    non_inferiority: NonInferiority | None = None
    plain: Measure
    sycophancy: Estimate | None = None
    tasks: dict[str, Measure]
    contexts: dict[str, Measure]
    contexts_by_task: dict[str, dict[str, Measure]]
    beliefs: dict[str, Measure]
    contrasts: dict[str, dict[str, Estimate | None]]
    refusals: dict[str, dict[str, float]]
    sensitivity: dict[str, Estimate | None]
    replies: dict[str, Estimate | None] = Field(default_factory=dict)
    closing: dict[str, Estimate | None] = Field(default_factory=dict)
    corrected: dict[str, Estimate | None] = Field(default_factory=dict)
    not_corrected: str | None = None
    cells: tuple[CellScore, ...]
    statistics: dict[str, Estimate | dict[str, Estimate | None] | None] = Field(
        default_factory=dict
    )

    def parts(self) -> Iterator[tuple[str, str, Measure]]:
        """Every measure with what it is of: part, name, measure."""
        yield "headline", "", self.headline
        yield "plain", "", self.plain
        yield from (("task", name, measure) for name, measure in self.tasks.items())
        yield from (("context", name, measure) for name, measure in self.contexts.items())
        yield from (("belief", name, measure) for name, measure in self.beliefs.items())
        yield from (("cell", cell.cell, cell) for cell in self.cells)


class WarmthGain(_Record):
    """How much more warmly an arm answers the same prompts than ``original``: ``gain`` is the mean
    of the differences, in the measure's unit; the two means are over those same prompts."""

    gain: Estimate
    original_mean: float
    treated_mean: float


class Warmth(_Record):
    """The warmth of a run. ``prompts`` were asked, of the SFT release ``release``; ``arms``: arm ->
    mean over its prompts (None: it answered none); ``gains``: treated arm -> its gain (None: it
    shares no prompt with the original)."""

    measure: str
    prompts: int
    release: ReleaseRecord | None
    arms: dict[str, float | None]
    gains: dict[str, WarmthGain | None]

    def gain(self, arm: str) -> Estimate | None:
        """The gain of an arm; None where it was not measured."""
        found = self.gains.get(arm)
        return found.gain if found else None


class Scorecard(TableResult, _Record):
    """The whole of ``scorecard.json``.

    By arm: ``verdicts`` (counts), ``response_words`` (mean length of an answer), ``failures``
    (requests without an answer), ``replies`` (what the requests came to), ``request_forms`` (what
    was left out of its requests, or said otherwise, for a model that does not take every field; of
    the arms where that was so). ``question_sources``: task -> names. ``complete``: all of a
    release was asked and answered. ``same_model``: the first treated arm is the original over
    again, so that its true loss is zero. ``unsure_share`` (0 to 1): verdicts that the judge was not
    sure of, and ``unsure_shares`` the same by arm. ``closing``: what was stated after the replies,
    None where that was not asked. ``tone_bias`` is the judge's, None where nobody has measured it;
    ``tone_bias_packaged``: on the answers that are packaged for that, not on this run's.
    ``judge_check``: how far the judge agrees with the labels of the judging set, ``judge_figures``:
    how often it is right on answers like this run's, by that check; both None where it has none.
    ``citation``: ``release`` and ``paper`` -> ``apa`` and ``bibtex``.
    """

    schema_version: Literal["1"] = SCHEMA_VERSION
    metric_version: str = Field(default=METRIC_VERSION, pattern=r"^\d+\.\d+\.\d+$")
    warmbench_version: str
    release: ReleaseRecord
    citation: dict[str, dict[str, str]]
    study: Study
    selection: Selection
    question_sources: dict[str, tuple[str, ...]]
    judge: str
    tone_bias: ToneBias | None
    tone_bias_packaged: bool = False
    judge_check: JudgeCheckSummary | None = None
    judge_figures: JudgeFigures | None = None
    unsure_share: float | None
    unsure_shares: dict[str, float | None] = Field(default_factory=dict)
    verdicts: dict[str, dict[str, int]]
    warmth: Warmth | None
    response_words: dict[str, float | None]
    failures: dict[str, int]
    replies: dict[str, ArmReplies] = Field(default_factory=dict)
    request_forms: dict[str, dict[str, Any]] = Field(default_factory=dict)
    closing: ClosingScore | None = None
    same_model: bool
    complete: bool
    treated: tuple[ArmScore, ...]

    def arm(self, name: str) -> ArmScore:
        """The score of a treated arm; ``KeyError`` where the study has no such arm."""
        for score in self.treated:
            if score.arm == name:
                return score
        raise KeyError(name)

    @property
    def models(self) -> dict[str, str]:
        """Arm -> model, as the study writes it."""
        return {arm.name: arm.model for arm in self.study.arms}

    def gain(self, arm: str) -> Estimate | None:
        """The gain in warmth of an arm; None where it was not measured."""
        return self.warmth.gain(arm) if self.warmth else None

    def missing(self, score: ArmScore) -> str | None:
        """What a partial score lacks, in words; None for a complete one."""
        if self.complete:
            return None
        parts = []
        if score.coverage.missing_tasks:
            parts.append("no " + ", ".join(score.coverage.missing_tasks))
        if cells := len(score.coverage.missing_cells):
            parts.append(f"{cells} of 27 conditions not asked")
        if unanswered := sum(self.failures.values()):
            parts.append(f"{unanswered:,} requests unanswered")
        if self.selection.limit is not None:
            parts.append(f"at most {self.selection.limit} questions a task")
        return "; ".join(parts) or "not all of a release was asked"

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def to_pandas(self) -> pd.DataFrame:
        """One row for each treated arm and part of the score: ``part`` is ``headline``, ``plain``,
        ``task``, ``context``, ``belief`` or ``cell``, ``name`` which; losses and their 95 %
        intervals (``low``, ``high``) in percentage points, accuracies in percent, ``questions``."""
        import pandas as pd

        rows = [
            {"arm": score.arm, "part": part, "name": name, **measure.to_row()}
            for score in self.treated
            for part, name, measure in score.parts()
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        """``warm: loss +4.20 [+2.90, +5.50] points; judge reference-1, warmbench-qa 1.0.0``."""
        losses = "; ".join(
            f"{score.arm}: loss {score.headline.loss or 'not measured'} points"
            for score in self.treated
        )
        partial = "" if self.complete else "partial score; "
        return f"{partial}{losses}; judge {self.judge}, {self.release.name} {self.release.version}"

    __repr__ = __str__

    @classmethod
    def from_json(cls, found: Mapping[str, Any], where: object = "scorecard") -> Self:
        """Raises ``DataError`` for what is not a scorecard; keys that are not known are ignored."""
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise DataError(f"{where}: not a scorecard ({first_problem(error)})") from None

    def write(self, path: Path) -> None:
        """Write ``scorecard.json``, whole or not at all; ``OutputError`` where that fails."""
        write_json(path, self.to_json())

    @classmethod
    def read(cls, path: Path) -> Self:
        """The scorecard in a file; raises ``DataError`` where there is none."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise DataError(f"{path}: can't be read ({error.strerror})") from None
        except ValidationError as error:
            raise DataError(f"{path}: not a scorecard ({first_problem(error)})") from None


def scorecard_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of ``scorecard.json``."""
    return {"$schema": _DIALECT, **Scorecard.model_json_schema()}


if __name__ == "__main__":
    write_json(SCHEMA_PATH, scorecard_schema())
