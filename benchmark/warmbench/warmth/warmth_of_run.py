"""The warmth of a run: how warmly each arm answers the same prompts, and its gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warmbench.errors import DataError
from warmbench.records.run import RunRecord
from warmbench.records.scorecard import Warmth, WarmthGain
from warmbench.running.folder import RunFolder
from warmbench.warmth.file_warmth import TextRow
from warmbench.warmth.gain import ORIGINAL, warmth_gain
from warmbench.warmth.measure import WarmthMeasure

__all__ = ["texts_of_run", "warmth_of_responses", "warmth_of_run"]

Row = Mapping[str, Any]


def warmth_of_run(folder: RunFolder, measure: WarmthMeasure) -> Warmth:
    """The warmth of every arm by ``measure``.

    A prompt is one observation, the mean over its epochs.

    Raises ``DataError`` where the run asked no prompts or none was answered.
    """
    return warmth_of_responses(folder.record(), _prompt_responses(folder), measure)


def texts_of_run(folder: RunFolder) -> list[TextRow]:
    """The answers of a run to its prompts; raises ``DataError`` as ``warmth_of_run``."""
    return [
        TextRow(str(row["response"]), row["arm"], row["item_id"], None)
        for row in _prompt_responses(folder)
    ]


def _prompt_responses(folder: RunFolder) -> list[dict[str, Any]]:
    responses = folder.prompt_responses()
    if not responses:
        raise DataError(
            f"{folder.path}: no answers to prompts, so there is no warmth to measure; the run "
            f"asked {folder.record().prompts:,} prompts (`warmbench run --warmth-prompts N`)"
        )
    return responses


def warmth_of_responses(
    record: RunRecord, responses: Sequence[Row], measure: WarmthMeasure
) -> Warmth:
    """``warmth_of_run``, from the record of a run and its prompt responses, at least one."""
    study = record.study
    scores = _scores(responses, measure)
    return Warmth(
        measure=measure.name,
        prompts=record.prompts,
        release=record.prompt_release,
        arms={arm.name: _mean(list(scores.get(arm.name, {}).values())) for arm in study.arms},
        gains={arm.name: _gain(scores, arm.name) for arm in study.treated},
    )


def _scores(responses: Sequence[Row], measure: WarmthMeasure) -> dict[str, dict[str, float]]:
    """Arm -> prompt -> score."""
    found: dict[str, dict[str, list[float]]] = {}
    values = measure.score([str(row["response"]) for row in responses])
    for row, value in zip(responses, values, strict=True):
        found.setdefault(row["arm"], {}).setdefault(row["item_id"], []).append(value)
    return {
        arm: {prompt: sum(epochs) / len(epochs) for prompt, epochs in prompts.items()}
        for arm, prompts in found.items()
    }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _gain(scores: Mapping[str, Mapping[str, float]], arm: str) -> WarmthGain | None:
    if not scores.get(ORIGINAL, {}).keys() & scores.get(arm, {}).keys():
        return None
    return warmth_gain(scores, arm)
