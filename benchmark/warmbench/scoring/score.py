"""Scores a run folder: puts study, release and verdicts together into ``scorecard.json``."""

from __future__ import annotations

import json

from warmbench.folders import atomic_write
from warmbench.judging.stated_answers import stated_verdicts
from warmbench.judging.verdicts import judge_check_of, tone_bias_of, verdicts_of
from warmbench.records.scorecard import Scorecard
from warmbench.records.verdict import judges_of
from warmbench.running.folder import RunFolder
from warmbench.scoring.closing import closing_differences
from warmbench.scoring.scorecard import scorecard_of
from warmbench.warmth.measure import WARMTH_MEASURE, open_measure
from warmbench.warmth.warmth_of_run import warmth_of_run

__all__ = ["score_run"]


def score_run(folder: RunFolder) -> Scorecard:
    """The scorecard of a run, written beside it. Judges by reference if nobody has judged yet.

    Where answers were stated after the replies, those with another verdict are written beside it
    too: JSON lines in ASCII, in which nothing that a model wrote can act on a terminal.
    """
    verdicts = verdicts_of(folder)
    warmth = (
        warmth_of_run(folder, open_measure(WARMTH_MEASURE)) if folder.prompt_responses() else None
    )
    items, responses, stated = folder.items(), folder.responses(), folder.closing_responses()
    card = scorecard_of(
        folder.record(),
        items,
        responses,
        verdicts,
        warmth,
        tone_bias_of(folder, judges_of(verdicts)),
        folder.failures(),
        folder.request_forms(),
        stated,
        judge_check_of(folder, judges_of(verdicts)),
    )
    with folder.locked():
        if stated:
            said = stated_verdicts(items, stated)
            rows = closing_differences(items, responses, verdicts, stated, said)
            with atomic_write(folder.closing_differences_path) as file:
                file.writelines(f"{json.dumps(row)}\n".encode() for row in rows)
        card.write(folder.scorecard_path)
    return card
