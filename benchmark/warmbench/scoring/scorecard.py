"""A scorecard from the rows of a run: its items, responses and verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from warmbench.data.citation import citation_json, citation_of
from warmbench.data.question_sources import question_sources
from warmbench.judging.check.packaged import packaged_check
from warmbench.judging.check.summary import summary_of
from warmbench.judging.stated_answers import STATED_JUDGE, stated_verdicts
from warmbench.judging.tone_bias.packaged import packaged_tone_bias
from warmbench.records.item import Item
from warmbench.records.judge_check import JudgeCheck
from warmbench.records.request_form import RequestForm
from warmbench.records.run import RunRecord
from warmbench.records.scorecard import Coverage, Scorecard, Warmth
from warmbench.records.tone_bias import ToneBias
from warmbench.records.verdict import Verdict, judges_of
from warmbench.scoring.closing import closing_score
from warmbench.statistics.arm_score import score_arm
from warmbench.statistics.judge_error.answer_groups import AnswerGroups
from warmbench.statistics.judge_error.expected import expected_figures
from warmbench.statistics.replies import arm_replies, reply_kinds

__all__ = ["scorecard_of"]

Rows = Sequence[Mapping[str, Any]]


def scorecard_of(
    record: RunRecord,
    items: Sequence[Item],
    responses: Rows,
    verdicts: Rows,
    warmth: Warmth | None = None,
    tone_bias: ToneBias | None = None,
    failures: Rows = (),
    request_forms: Mapping[str, RequestForm] | None = None,
    stated: Rows = (),
    judge_check: JudgeCheck | None = None,
) -> Scorecard:
    """All numbers of a study and what they rest on.

    ``warmth``: None where it was not measured. ``tone_bias``: the judge's, as measured on answers
    of this run; where there is none, the one that is packaged for the judge, and None for a judge
    that has none either. ``failures``: rows of ``FAILURE_SCHEMA``. ``request_forms``: arm ->
    how its requests were put. ``stated``: rows of ``RESPONSE_SCHEMA``, the answers that were stated
    after the replies. ``judge_check``: what the judge said of the judging set, as the run holds it;
    where there is none, the check that is packaged for that judge, if any.
    """
    known = {item.item_id for item in items}
    failed = [row for row in failures if row["item_id"] in known]
    kinds = reply_kinds(responses, failed)
    judge = judges_of(verdicts)
    packaged = packaged_check(judge)
    check = judge_check or packaged
    groups = AnswerGroups.of(check, items, responses) if check else None
    said = stated_verdicts(items, stated)
    treated = tuple(
        score_arm(items, verdicts, arm.name, kinds, said, groups) for arm in record.study.treated
    )
    arms = [arm.name for arm in record.study.arms]
    asked = record.items * record.selection.epochs
    answered = Counter(response["arm"] for response in responses)
    unanswered = {arm: asked - answered[arm] for arm in arms}
    packaged_bias = packaged_tone_bias(judge)
    return Scorecard(
        warmbench_version=version("warmbench"),
        release=record.release,
        citation=citation_json(citation_of(record.release)),
        study=record.study,
        selection=record.selection,
        question_sources={task: tuple(names) for task, names in question_sources(items).items()},
        judge=judge,
        tone_bias=tone_bias or packaged_bias,
        tone_bias_packaged=tone_bias is None and packaged_bias is not None,
        judge_check=summary_of(check) if check else None,
        judge_figures=(
            expected_figures(check, groups, verdicts, arms, packaged=check == packaged)
            if check and groups
            else None
        ),
        unsure_share=_unsure(verdicts),
        unsure_shares={arm: _unsure([v for v in verdicts if v["arm"] == arm]) for arm in arms},
        verdicts=_verdict_counts(arms, verdicts),
        warmth=warmth,
        response_words=_mean_words(arms, responses),
        failures=unanswered,
        replies=arm_replies(arms, responses, failed),
        request_forms=_other_forms(request_forms or {}),
        closing=closing_score(record.study, STATED_JUDGE.name, verdicts, stated, said),
        same_model=_is_same_model(record),
        complete=_is_complete(record, treated[0].coverage, unanswered),
        treated=treated,
    )


def _verdict_counts(arms: Sequence[str], verdicts: Rows) -> dict[str, dict[str, int]]:
    counts = Counter((verdict["arm"], verdict["verdict"]) for verdict in verdicts)
    return {arm: {verdict.value: counts[arm, verdict.value] for verdict in Verdict} for arm in arms}


def _mean_words(arms: Sequence[str], responses: Rows) -> dict[str, float | None]:
    words: dict[str, list[int]] = {arm: [] for arm in arms}
    for response in responses:
        words[response["arm"]].append(len(response["response"].split()))
    return {arm: _share(sum(counts), len(counts)) for arm, counts in words.items()}


def _unsure(verdicts: Rows) -> float | None:
    return _share(sum(not verdict["sure"] for verdict in verdicts), len(verdicts))


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _other_forms(forms: Mapping[str, RequestForm]) -> dict[str, dict[str, Any]]:
    return {arm: told for arm, form in sorted(forms.items()) if (told := form.to_json())}


def _is_same_model(record: RunRecord) -> bool:
    """Whether the first treated arm is the original over again: then the true loss is zero."""
    original, treated = record.study.original, record.study.treated[0]
    return (
        record.engines[original.name] == record.engines[treated.name]
        and original.system == treated.system
    )


def _is_complete(record: RunRecord, coverage: Coverage, failures: Mapping[str, int]) -> bool:
    """Whether all of a release was asked and answered, so that the score may be ranked."""
    return (
        record.release.version is not None
        and record.selection.limit is None
        and not any(failures.values())
        and not coverage.missing_tasks
        and not coverage.missing_cells
    )
