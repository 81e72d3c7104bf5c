"""The score of a run that has not finished: of what both arms have answered so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from warmbench.errors import DataError
from warmbench.judging.judge import JudgingObserver, SilentObserver
from warmbench.judging.judge_answers import (
    Response,
    cases_of_responses,
    judgements_of,
    verdict_rows,
)
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.records.run import RunRecord
from warmbench.records.scorecard import Scorecard
from warmbench.running.folder import RunFolder
from warmbench.running.unfinished import unfinished_failures, unfinished_responses
from warmbench.scoring.scorecard import scorecard_of
from warmbench.statistics.replies import arm_replies

__all__ = ["PartialScore", "partial_score"]


@dataclass(frozen=True, slots=True)
class PartialScore:
    """``answered`` of ``requests`` to items; ``waiting`` are treated arms without a pair yet."""

    card: Scorecard
    answered: int
    requests: int
    waiting: tuple[str, ...]


def partial_score(folder: RunFolder, observer: JudgingObserver | None = None) -> PartialScore:
    """Judge by reference what is answered, and score what is paired. Writes nothing.

    Warmth is not measured: prompts come last. Raises ``DataError`` where there is no pair yet.
    """
    record, responses = folder.record(), unfinished_responses(folder)
    pairs = _pairs(record, responses)
    if not any(pairs.values()):
        counts = ", ".join(f"{arm} {n:,}" for arm, n in _answered(record, responses).items())
        raise DataError(
            f"{folder.path}: the run has not finished, and no item is answered by two arms yet "
            f"(answers: {counts})"
        )
    kept = {"original", *(arm for arm, found in pairs.items() if found)}
    paired = set[str]().union(*pairs.values())
    ours = [r for r in responses if r["arm"] in kept and r["item_id"] in paired]
    arms = tuple(arm for arm in record.study.arms if arm.name in kept)
    items = [item for item in folder.items() if item.item_id in paired]
    judge = ReferenceJudge()
    judged = judge.judge_all(cases_of_responses(items, ours), observer or SilentObserver())
    card = scorecard_of(
        record.model_copy(update={"study": record.study.model_copy(update={"arms": arms})}),
        items,
        ours,
        verdict_rows(ours, judgements_of(judged, judge.name, folder.path)),
        request_forms={arm: f for arm, f in folder.request_forms().items() if arm in kept},
    )
    card = _with_replies(card, responses, unfinished_failures(folder))
    planned = len(record.study.arms) * record.items * record.selection.epochs
    waiting = tuple(arm for arm, found in pairs.items() if not found)
    return PartialScore(card, len(responses), planned, waiting)


def _with_replies(
    card: Scorecard, responses: Sequence[Response], failures: Sequence[Response]
) -> Scorecard:
    """With the outcomes of all requests so far, paired or not. Their difference between the arms is
    known only when both were asked the same."""
    treated = tuple(score.model_copy(update={"replies": {}}) for score in card.treated)
    replies = arm_replies(card.models, responses, failures)
    return card.model_copy(update={"replies": replies, "treated": treated})


def _pairs(record: RunRecord, responses: Sequence[Response]) -> dict[str, set[str]]:
    """Treated arm -> the items that it and the original have answered in some epoch."""
    places = defaultdict(set)
    for row in responses:
        places[row["arm"]].add((row["item_id"], row["epoch"]))
    return {
        arm.name: {item for item, _ in places["original"] & places[arm.name]}
        for arm in record.study.treated
    }


def _answered(record: RunRecord, responses: Sequence[Response]) -> dict[str, int]:
    names = [row["arm"] for row in responses]
    return {arm.name: names.count(arm.name) for arm in record.study.arms}
