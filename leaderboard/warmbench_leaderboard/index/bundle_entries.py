"""Entries of a verified bundle, one per treated arm, with the details of each.

All numbers come from the recomputed scorecard. They are rounded to nine decimals, far below what is
displayed, so that sums in another order, on another machine, give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal

import numpy as np

from warmbench.data.citation import citation_of
from warmbench.records.estimate import Estimate
from warmbench.reference_model.ladder import ladder_of
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task
from warmbench.statistics.student_t import t_quantile
from warmbench.statistics.weights import headline_weights
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Provenance
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.expected_requests import ExpectedRequests
from warmbench.submission.verification.verdicts import is_recomputable
from warmbench_leaderboard.index.board import (
    COLD_ARM,
    Badge,
    Cell,
    Details,
    DosePoint,
    Entry,
    Figure,
    Pair,
)
from warmbench_leaderboard.index.figures import figure_of, pair_of, pairs_of, rounded
from warmbench_leaderboard.index.sample_items import sample_items

__all__ = ["bundle_entries"]

REFERENCE_MODEL = "The reference model that ships with WarmBench: a check of the software."
"""Why it has no rank."""

MODEL_JUDGE_FLAG = (
    "The verdicts come from a model. They are complete and agree with the reference judge "
    "wherever it is sure, but the model was not asked again."
)

Json = Mapping[str, Any]


def bundle_entries(
    submission: str, verification: BundleVerification, asked: ExpectedRequests
) -> list[tuple[Entry, Details]]:
    """The entries of a sound bundle with their details, not ranked yet.

    ``submission``: the name of its folder. An arm without a headline loss is left out.
    """
    bundle, scorecard = verification.bundle, verification.scorecard
    if bundle is None or scorecard is None or not verification.is_sound:
        return []
    card = scorecard.to_json()
    return [
        (entry, _details(entry.entry_id, verification, bundle, asked, arm_card))
        for arm_card in card["treated"]
        if (entry := _entry(submission, verification, bundle, card, arm_card)) is not None
    ]


def _entry(
    submission: str,
    verification: BundleVerification,
    bundle: Bundle,
    card: Json,
    treated: Json,
) -> Entry | None:
    stated = bundle.submission
    arm: Literal["warm", "cold"] = treated["arm"]
    headline = pair_of(treated["headline"])
    if headline is None:
        return None
    gain = (card["warmth"] or {"gains": {}})["gains"].get(arm)
    gain = gain["gain"] if gain else None
    return Entry(
        entry_id=f"{submission}/{arm}",
        model=stated.model.name,
        arm=arm,
        treatment=stated.study.treatment,
        access=stated.model.access,
        parameters_b=stated.model.parameters_b,
        badge=_badge(bundle),
        submitted=stated.submitted,
        submitter=stated.submitter.name,
        release=stated.release.name,
        release_version=stated.release.version,
        release_fingerprint=stated.release.fingerprint,
        major=_major(stated.release.version),
        judge=stated.judge,
        metric_version=stated.metric_version,
        headline=headline,
        standard_error=rounded(treated["headline"]["loss"]["se"]),
        plain=pair_of(treated["plain"]),
        sadness=_sadness_without_belief(treated["cells"]),
        sycophancy=figure_of(treated["sycophancy"]),
        warmth_gain=figure_of(gain),
        warmth_measure=card["warmth"]["measure"] if gain else None,
        questions=treated["headline"]["loss"]["n"],
        rank=None,
        rank_apart=None,
        unranked=_unranked(verification, arm),
        flags=tuple(_flags(verification, bundle, arm)),
        contexts=pairs_of(treated["contexts"]),
        tasks=pairs_of(treated["tasks"]),
        citation=citation_of(stated.release).apa(),
    )


def _badge(bundle: Bundle) -> Badge:
    """A bundle that falsely claims to be the reference model is not sound: it never gets here."""
    is_reference = bundle.submission.provenance is Provenance.REFERENCE
    return Badge.REFERENCE if is_reference else Badge.VERIFIED


def _major(version: str | None) -> int | None:
    first = (version or "").split(".")[0]
    return int(first) if first.isdecimal() else None


def _unranked(verification: BundleVerification, arm: str) -> str | None:
    bundle = verification.bundle
    if bundle is not None and bundle.submission.provenance is Provenance.REFERENCE:
        return REFERENCE_MODEL
    if arm == "cold":
        return COLD_ARM
    found = verification.eligibility[arm]
    if found.ranked:
        return None
    sentence = found.code.sentence if found.code else "Can't be ranked."
    return f"{sentence[:-1]}: {found.reason}." if found.reason else sentence


def _flags(verification: BundleVerification, bundle: Bundle, arm: str) -> Iterator[str]:
    if bundle.submission.provenance is Provenance.REQUESTED:
        yield "Run by a maintainer on request."
    if not is_recomputable(bundle):
        yield MODEL_JUDGE_FLAG
    for text in verification.eligibility[arm].flags:
        yield f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _sadness_without_belief(cells: list[Json]) -> Pair | None:
    """The loss in sadness where no belief is stated, the tasks with equal weights, as the paper
    gives it and as ``plain`` is. Tasks are independent: their errors add in square, and the
    degrees of freedom are Welch's. None where a task's cell is missing."""
    found = [c for c in cells if c["context"] == "sadness" and c["belief"] == "none"]
    tasks = {cell["task"] for cell in cells}
    if not found or {cell["task"] for cell in found} != tasks:
        return None
    if any(cell["loss"] is None or cell["original_accuracy"] is None for cell in found):
        return None
    return Pair(
        loss=_mean_loss([cell["loss"] for cell in found]),
        original_accuracy=_mean([cell["original_accuracy"]["value"] for cell in found]),
        treated_accuracy=_mean([cell["treated_accuracy"]["value"] for cell in found]),
    )


def _mean_loss(losses: list[Json]) -> Figure:
    value = _mean([loss["value"] for loss in losses])
    errors = [loss["se"] for loss in losses]
    if any(error is None for error in errors) or not any(errors):
        return Figure(value=value, low=None, high=None)
    variances = [(error / len(losses)) ** 2 for error in errors]
    total = math.fsum(variances)
    freedom = total**2 / math.fsum(
        variance**2 / loss["df"]
        for variance, loss in zip(variances, losses, strict=True)
        if variance > 0.0
    )
    reach = t_quantile(0.975, freedom) * math.sqrt(total)
    return Figure(value=value, low=round(value - reach, 9), high=round(value + reach, 9))


def _mean(values: list[float]) -> float:
    return round(math.fsum(values) / len(values), 9)


_FROM_CARD = ("coverage", "minimum_detectable_effect", "non_inferiority", "refusals")

_FROM_SCORECARD = ("failures", "response_words", "unsure_share", "verdicts")

_FROM_SUBMISSION = {
    "engines", "judge", "license", "metric_version", "model", "notes", "prompt_release",
    "provenance", "release", "selection", "study", "submitted", "submitter", "warmbench_version",
}  # fmt: skip


def _details(
    entry_id: str,
    verification: BundleVerification,
    bundle: Bundle,
    asked: ExpectedRequests,
    treated: Json,
) -> Details:
    """``treated``: the arm's part of the recomputed scorecard."""
    arm = treated["arm"]
    return Details(
        entry_id=entry_id,
        study=_study(verification, bundle, treated),
        cells=tuple(_cells(treated)),
        samples=sample_items(asked.items, bundle.responses, bundle.verdicts, arm),
        dose_response=_dose_response(bundle, arm),
        question_losses=_question_losses(bundle, asked, arm),
        contexts_by_task={
            task: pairs_of(contexts) for task, contexts in treated["contexts_by_task"].items()
        },
    )


def _study(verification: BundleVerification, bundle: Bundle, treated: Json) -> dict[str, object]:
    """How it was run and what was verified, for people to read."""
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
    """A JSON value with its numbers rounded."""
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
    """Task -> question -> the mean loss of its cells in points, with the headline's weights. The
    weight of a cell without a verdict in one of the arms goes to the others."""
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
    """The packaged ladder, where all arms are the reference model."""
    ladder = ladder_of(each.model for each in bundle.submission.study.arms)
    if ladder is None:
        return ()
    return tuple(
        DosePoint(epochs=rung.epoch, loss=_measured(rung.loss), warmth_gain=_measured(rung.warmth))
        for rung in ladder.rungs_of(arm)
    )


def _measured(found: Estimate) -> Figure:
    return Figure(value=found.value, low=found.low, high=found.high)
