"""Judge sentences: the loss corrected for the judge, and how often it is right on such answers."""

from __future__ import annotations

from collections.abc import Iterator

from warmbench.records.audit import Audit
from warmbench.records.judge_figures import HEADLINE, JudgeFigures
from warmbench.records.scorecard import ArmScore, Scorecard
from warmbench.reporting.wording import count, loss_text, share, share_text

__all__ = ["check_name", "judge_sentences", "wider_sentence"]


def judge_sentences(card: Scorecard, score: ArmScore, audit: Audit | None = None) -> list[str]:
    """At most two for one treated arm. ``audit``: people's labels of answers of this run, where
    there are any: a loss corrected by them says more than one that is corrected by a check on other
    answers, and stands in its place. One of another judge is passed over."""
    labels = _by_labels(score, audit) if audit and audit.judge == card.judge else None
    return [*([labels] if labels else _corrected(card, score)), *_rates(card, score)]


def check_name(figures: JudgeFigures) -> str:
    """``figures of the packaged check of reference-2, judging set 0.1.0``."""
    kind = "the packaged check" if figures.packaged else "this run's check"
    version = figures.release.version or figures.release.fingerprint[:12]
    return f"figures of {kind} of {figures.judge}, judging set {version}"


def _by_labels(score: ArmScore, audit: Audit | None) -> str | None:
    for arm in audit.treated if audit else ():
        if arm.arm == score.arm and arm.by_labels.loss:
            return (
                f"By people's labels of every answer: {loss_text(arm.by_labels.loss)} points of "
                "accuracy."
            )
        if arm.arm == score.arm and arm.prediction_powered.loss:
            found = arm.prediction_powered
            return (
                f"Corrected by people's labels: {loss_text(found.loss)} points of accuracy "
                f"(prediction-powered, {count(found.labelled)} pairs labelled)."
            )
    return None


def _corrected(card: Scorecard, score: ArmScore) -> Iterator[str]:
    figures, loss = card.judge_figures, score.corrected.get(HEADLINE)
    if figures is None:
        return
    if loss is not None:
        yield (
            f"Corrected for the judge: {loss_text(loss)} points of accuracy "
            f"({check_name(figures)})."
        )
    elif score.not_corrected:
        yield f"Can't be corrected for the judge ({check_name(figures)}): {score.not_corrected}."


def _rates(card: Scorecard, score: ArmScore) -> Iterator[str]:
    figures, arms = card.judge_figures, ("original", score.arm)
    unsure = [card.unsure_shares.get(arm) for arm in arms]
    parts = []
    if figures and all(arm in figures.arms for arm in arms):
        one, other = (figures.arms[arm] for arm in arms)
        parts = [
            f"sensitivity {share_text(one.sensitivity)} original, "
            f"{share_text(other.sensitivity)} {score.arm}",
            f"specificity {share_text(one.specificity)} and {share_text(other.specificity)}",
        ]
    if None not in unsure:
        parts.append(f"unsure of {share(unsure[0])} and {share(unsure[1])} of the verdicts")
    if parts:
        of = "Judge on answers of these tasks and lengths" if len(parts) > 1 else "Judge"
        yield f"{of}: {'; '.join(parts)}."


def wider_sentence(figures: JudgeFigures) -> str:
    """Which answers have too few checked ones like them; empty where none."""
    if not figures.wider:
        return ""
    told = "; ".join(f"{wide} for {narrow}" for narrow, wide in figures.wider.items())
    return (
        f"Too few answers were checked of some tasks and lengths; wider figures stand in: {told}."
    )
