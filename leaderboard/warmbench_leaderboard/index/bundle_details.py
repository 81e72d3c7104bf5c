"""What an entry's own page shows of a verified bundle: cells, answers, losses by question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from warmbench.records.estimate import Estimate
from warmbench.reference_model.ladder import ladder_of
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task
from warmbench.statistics.weights import headline_weights
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.expected_requests import ExpectedRequests
from warmbench_leaderboard.index.board import Cell, Details, DosePoint, Figure
from warmbench_leaderboard.index.figures import pair_of, pairs_of, rounded
from warmbench_leaderboard.index.sample_answers import sample_answers

__all__ = ["bundle_details"]

_FROM_CARD = ("coverage", "minimum_detectable_effect", "non_inferiority", "refusals")

_FROM_SCORECARD = ("failures", "response_words", "unsure_share", "verdicts")

_FROM_SUBMISSION = {
    "engines", "judge", "license", "metric_version", "model", "notes", "prompt_release",
    "provenance", "release", "selection", "study", "submitted", "submitter", "warmbench_version",
}  # fmt: skip

Json = Mapping[str, Any]


def bundle_details(
    entry_id: str,
    verification: BundleVerification,
    bundle: Bundle,
    asked: ExpectedRequests,
    treated: Json,
) -> Details:
    """The details of one treated arm; ``treated`` is its part of the recomputed scorecard."""
    arm = treated["arm"]
    return Details(
        entry_id=entry_id,
        study=_study(verification, bundle, treated),
        cells=tuple(_cells(treated)),
        samples=sample_answers(asked.items, bundle.responses, bundle.verdicts, arm),
        dose_response=_dose_response(bundle, arm),
        question_losses=_question_losses(bundle, asked, arm),
        contexts_by_task={
            task: pairs_of(contexts) for task, contexts in treated["contexts_by_task"].items()
        },
    )


def _study(verification: BundleVerification, bundle: Bundle, treated: Json) -> dict[str, object]:
    """How it was run and what was checked, for a person to read."""
    card = verification.scorecard.to_json() if verification.scorecard else {}
    stated = bundle.submission.model_dump(mode="json", include=_FROM_SUBMISSION)
    return {
        **stated,
        "arm": treated["arm"],
        "fingerprint": bundle.fingerprint,
        "checked": [{**asdict(step), "title": step.title} for step in verification.steps],
        **{name: _plain(card[name]) for name in _FROM_SCORECARD if name in card},
        **{name: _plain(treated[name]) for name in _FROM_CARD},
    }


def _plain(value: Any) -> Any:
    """A JSON value with its figures rounded."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return rounded(value) if isinstance(value, float) else value


def _cells(treated: Json) -> list[Cell]:
    return [
        Cell(task=cell["task"], context=cell["context"], belief=cell["belief"], pair=pair)
        for cell in treated["cells"]
        if (pair := pair_of(cell)) is not None
    ]


def _question_losses(
    bundle: Bundle, asked: ExpectedRequests, arm: str
) -> dict[str, dict[str, float]]:
    """Task -> question -> the mean of its cells' losses in points, with the headline's weights;
    where a cell has no verdict in one of the arms, the others carry its weight."""
    by_task = pairs_by_task(pair_verdicts(asked.items, bundle.verdicts, arm))
    losses = {}
    for task, pairs in by_task.items():
        weight = headline_weights([task])[task]
        there = ~np.isnan(pairs.difference)
        shares = np.where(there, weight, 0.0)
        sums = np.where(there, pairs.difference * weight, 0.0).sum(axis=1)
        losses[task] = {
            question: rounded(POINTS * total / whole)
            for question, total, whole in zip(
                pairs.question_ids, sums, shares.sum(axis=1), strict=True
            )
            if whole > 0.0
        }
    return losses


def _dose_response(bundle: Bundle, arm: str) -> tuple[DosePoint, ...]:
    """The packaged ladder, where all arms are the packaged reference model."""
    ladder = ladder_of(each.model for each in bundle.submission.study.arms)
    if ladder is None:
        return ()
    return tuple(
        DosePoint(epochs=rung.epoch, loss=_measured(rung.loss), warmth_gain=_measured(rung.warmth))
        for rung in ladder.rungs_of(arm)
    )


def _measured(found: Estimate) -> Figure:
    return Figure(value=found.value, low=found.low, high=found.high)
