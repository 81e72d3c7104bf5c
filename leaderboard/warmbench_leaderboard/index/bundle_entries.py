"""Entries of a verified bundle, one per treated arm, with the details of each.

All numbers come from the recomputed scorecard. They are rounded to nine decimals, far below what is
displayed, so that sums in another order, on another machine, give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np

from warmbench.conditions import Belief, Context
from warmbench.data.citation import citation_of
from warmbench.records.estimate import Estimate
from warmbench.records.scorecard import ArmScore, Measure, Scorecard
from warmbench.reference_model.ladder import ladder_of
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.measure import measure
from warmbench.statistics.pairs import PairedVerdicts
from warmbench.statistics.weights import belief_weights, headline_weights
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
    KnownMeasure,
)
from warmbench_leaderboard.index.sample_items import sample_items

__all__ = ["bundle_entries"]

REFERENCE_MODEL = "The reference model that ships with WarmBench: a check of the software."
"""Why it has no rank."""

MODEL_JUDGE_FLAG = (
    "The verdicts come from a model. They are complete and agree with the reference judge "
    "wherever it is sure, but the model was not asked again."
)

_DECIMALS = 9


def bundle_entries(
    submission: str, verification: BundleVerification, asked: ExpectedRequests
) -> list[tuple[Entry, Details]]:
    """The entries of a sound bundle with their details, not ranked yet.

    ``submission``: the name of its folder. An arm without a headline loss is left out.
    """
    bundle, scorecard = verification.bundle, verification.scorecard
    if bundle is None or scorecard is None or not verification.is_sound:
        return []
    made = []
    for score in scorecard.treated:
        pairs = PairedVerdicts.of(asked.items, bundle.verdicts, score.arm)
        entry = _entry(submission, verification, bundle, scorecard, score, pairs)
        if entry is not None:
            made.append((entry, _details(entry.entry_id, verification, bundle, score, pairs)))
    return made


def _entry(
    submission: str,
    verification: BundleVerification,
    bundle: Bundle,
    card: Scorecard,
    score: ArmScore,
    pairs: PairedVerdicts,
) -> Entry | None:
    stated = bundle.submission
    arm: Literal["warm", "cold"] = "cold" if score.arm == "cold" else "warm"
    headline = _known(score.headline)
    if headline is None or score.headline.loss is None:
        return None
    gain = card.gain(arm)
    sadness = belief_weights(pairs.headline, [Belief.NONE], [Context.SADNESS])
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
        judge_kappa=_judge_kappa(card),
        metric_version=stated.metric_version,
        headline=headline.model_copy(update={"loss": _rounded(score.headline.loss)}),
        plain=_known(score.plain),
        sadness=_known(measure(pairs, sadness)),
        sycophancy=_interval(score.sycophancy) if score.sycophancy else None,
        warmth_gain=_interval(gain) if gain else None,
        warmth_measure=card.warmth.measure if card.warmth and gain else None,
        rank=None,
        rank_apart=None,
        unranked=_unranked(verification, arm),
        flags=tuple(_flags(verification, bundle, arm)),
        contexts=_known_of(score.contexts),
        tasks=_known_of(score.tasks),
        citation=citation_of(stated.release).apa(),
    )


def _known_of(measures: Mapping[str, Measure]) -> dict[str, KnownMeasure]:
    """Those of the measures that the rows give, by name."""
    known = {name: _known(each) for name, each in measures.items()}
    return {name: each for name, each in known.items() if each is not None}


def _known(found: Measure) -> KnownMeasure | None:
    """A measure as the board keeps it; None where the rows lack its loss or an accuracy."""
    if not (found.loss and found.original_accuracy and found.treated_accuracy):
        return None
    return KnownMeasure(
        loss=_interval(found.loss),
        original_accuracy=_interval(found.original_accuracy),
        treated_accuracy=_interval(found.treated_accuracy),
    )


def _judge_kappa(card: Scorecard) -> Estimate | None:
    kappa = card.judge_check.overall.kappa if card.judge_check else None
    return _interval(kappa) if kappa else None


def _interval(found: Estimate) -> Estimate:
    """The value and interval alone: the board stays small."""
    rounded = _rounded(found)
    return Estimate(rounded.value, rounded.low, rounded.high)


def _rounded(found: Estimate) -> Estimate:
    value, low, high = (_round(each) for each in (found.value, found.low, found.high))
    assert value is not None
    return replace(found, value=value, low=low, high=high, se=_round(found.se), df=_round(found.df))


def _round(value: float | None) -> float | None:
    """To nine decimals; None stays None."""
    return None if value is None else round(float(value), _DECIMALS) + 0.0


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


_FROM_SCORE = {
    "corrected",
    "coverage",
    "minimum_detectable_effect",
    "non_inferiority",
    "not_corrected",
    "refusals",
}

_FROM_SCORECARD = {
    "failures",
    "judge_figures",
    "replies",
    "request_forms",
    "response_words",
    "unsure_share",
    "unsure_shares",
    "verdicts",
}

_FROM_SUBMISSION = {
    "engines", "judge", "license", "metric_version", "model", "notes", "prompt_release",
    "provenance", "release", "selection", "study", "submitted", "submitter", "warmbench_version",
}  # fmt: skip


def _details(
    entry_id: str,
    verification: BundleVerification,
    bundle: Bundle,
    score: ArmScore,
    pairs: PairedVerdicts,
) -> Details:
    return Details(
        entry_id=entry_id,
        study=_study(verification, bundle, score),
        cells=tuple(_cells(score)),
        samples=sample_items(pairs.items, bundle.responses, bundle.verdicts, score.arm),
        dose_response=_dose_response(bundle, score.arm),
        question_losses=_question_losses(pairs),
        contexts_by_task={
            task: _known_of(contexts) for task, contexts in score.contexts_by_task.items()
        },
    )


def _study(verification: BundleVerification, bundle: Bundle, score: ArmScore) -> dict[str, object]:
    """How it was run and what was verified, for people to read."""
    card = verification.scorecard
    stated = bundle.submission.model_dump(mode="json", include=_FROM_SUBMISSION)
    return {
        **stated,
        "arm": score.arm,
        "fingerprint": bundle.fingerprint,
        "checked": [{**asdict(step), "title": step.title} for step in verification.steps],
        **(_plain(card.model_dump(mode="json", include=_FROM_SCORECARD)) if card else {}),
        **_plain(score.model_dump(mode="json", include=_FROM_SCORE)),
    }


def _plain(value: Any) -> Any:
    """A JSON value with its numbers rounded."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return _round(value) if isinstance(value, float) else value


def _cells(score: ArmScore) -> list[Cell]:
    return [
        Cell(task=cell.task, context=cell.context, belief=cell.belief, **dict(known))
        for cell in score.cells
        if (known := _known(cell)) is not None
    ]


def _question_losses(pairs: PairedVerdicts) -> dict[str, dict[str, float]]:
    """Task -> question -> the mean loss of its cells in points, with the headline's weights. The
    weight of a cell without a verdict in one of the arms goes to the others."""
    losses = {}
    for task, found in pairs.by_task.items():
        weight = headline_weights([task])[task]
        there = ~np.isnan(found.difference)
        shares = np.where(there, weight, 0.0)
        sums = np.where(there, found.difference * weight, 0.0).sum(axis=1)
        losses[task] = {
            question: round(float(POINTS * total / whole), _DECIMALS) + 0.0
            for question, total, whole in zip(
                found.question_ids, sums, shares.sum(axis=1), strict=True
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
        DosePoint(epochs=rung.epoch, loss=rung.loss, warmth_gain=rung.warmth)
        for rung in ladder.rungs_of(arm)
    )
