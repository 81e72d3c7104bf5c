"""Scores a run folder: puts study, release and verdicts together into ``scorecard.json``."""

from __future__ import annotations

from warmbench.judging.verdicts import tone_bias_of, verdicts_of
from warmbench.records.scorecard import Scorecard
from warmbench.records.verdict import judges_of
from warmbench.running.folder import RunFolder
from warmbench.scoring.scorecard import scorecard_of
from warmbench.warmth.measure import WARMTH_MEASURE, open_measure
from warmbench.warmth.warmth_of_run import warmth_of_run

__all__ = ["score_run"]


def score_run(folder: RunFolder) -> Scorecard:
    """The scorecard of a run, written beside it. Judges by reference if nobody has judged yet."""
    verdicts = verdicts_of(folder)
    warmth = (
        warmth_of_run(folder, open_measure(WARMTH_MEASURE)) if folder.prompt_responses() else None
    )
    card = scorecard_of(
        folder.record(),
        folder.items(),
        folder.responses(),
        verdicts,
        warmth,
        tone_bias_of(folder, judges_of(verdicts)),
        folder.failures(),
        folder.request_forms(),
    )
    with folder.locked():
        card.write(folder.scorecard_path)
    return card
