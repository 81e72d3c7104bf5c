"""Entries of a verified bundle: one a treated arm, all figures from the recomputed scorecard.

Figures are rounded to nine decimals, below anything that is shown: sums in another order, on
another machine, then give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from warmbench.data.citation import citation_of
from warmbench.statistics.student_t import t_quantile
from warmbench.submission.bundle.read_bundle import Bundle
from warmbench.submission.bundle.submission import Provenance
from warmbench.submission.verification.bundle_verification import BundleVerification
from warmbench.submission.verification.expected_requests import ExpectedRequests
from warmbench.submission.verification.verdicts import is_recomputable
from warmbench_leaderboard.index.board import Badge, Details, Entry, Figure, Pair
from warmbench_leaderboard.index.bundle_details import bundle_details
from warmbench_leaderboard.index.figures import figure_of, pair_of, pairs_of, rounded

__all__ = ["COLDER", "bundle_entries"]

COLDER = "It was made colder, not warmer: the board ranks what was warmed."
"""The sentence, for published and for submitted arms."""


REFERENCE_PAIR = (
    "The small pair that ships with the software: a reference for the software, not a finding."
)
"""Why it has no rank, whatever it loses."""

MODEL_JUDGE_FLAG = (
    "A model gave the verdicts: they are complete, and agree with the reference judge where that "
    "is sure, but were not asked for again."
)

Json = Mapping[str, Any]


def bundle_entries(
    submission: str, verification: BundleVerification, asked: ExpectedRequests
) -> list[tuple[Entry, Details]]:
    """The rows of a sound bundle, each with what its own page shows; they have no rank yet.

    ``submission``: the name of its folder. An arm whose rows give no headline is left out.
    """
    bundle, scorecard = verification.bundle, verification.scorecard
    if bundle is None or scorecard is None or not verification.is_sound:
        return []
    card = scorecard.to_json()
    return [
        (entry, bundle_details(entry.entry_id, verification, bundle, asked, arm_card))
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
    """A bundle that only says to be the reference pair is not sound, and does not come here."""
    is_reference = bundle.submission.provenance is Provenance.REFERENCE
    return Badge.REFERENCE if is_reference else Badge.VERIFIED


def _major(version: str | None) -> int | None:
    first = (version or "").split(".")[0]
    return int(first) if first.isdecimal() else None


def _unranked(verification: BundleVerification, arm: str) -> str | None:
    bundle = verification.bundle
    if bundle is not None and bundle.submission.provenance is Provenance.REFERENCE:
        return REFERENCE_PAIR
    if arm == "cold":
        return COLDER
    standing = verification.standings[arm]
    if standing.ranked:
        return None
    sentence = standing.code.sentence if standing.code else "It can't be ranked."
    return f"{sentence[:-1]}: {standing.reason}." if standing.reason else sentence


def _flags(verification: BundleVerification, bundle: Bundle, arm: str) -> Iterator[str]:
    if bundle.submission.provenance is Provenance.REQUESTED:
        yield "Run by a maintainer, for somebody who asked."
    if not is_recomputable(bundle):
        yield MODEL_JUDGE_FLAG
    for text in verification.standings[arm].flags:
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
