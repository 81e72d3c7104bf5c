"""How far judges agree with the labels of a set, in all and by what an answer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from warmbench.data.release import QA_NAME
from warmbench.judging.check.summary import summary_of
from warmbench.judging.judge import Judge, NotJudged, SilentObserver
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.rules.judge import RulesJudge
from warmbench.records.judge_check import CheckedAnswer, JudgeCheck, JudgeCheckSummary
from warmbench.records.release import ReleaseRecord
from warmbench_builders.judging_set.alias_match import AliasMatch
from warmbench_builders.judging_set.labelled_sets import LabelledSet
from warmbench_builders.judging_set.reader_alone import ReaderAlone

__all__ = ["JUDGES", "measure"]

JUDGES: Mapping[str, Callable[[], Judge]] = {
    "alias match": AliasMatch,
    "rules": RulesJudge,
    "reader alone": ReaderAlone,
    "reference-2": ReferenceJudge,
}
"""The columns of the table: what to call a judge, and what makes it. Another judge is a line."""


def measure(judge: Judge, labelled: LabelledSet) -> JudgeCheckSummary:
    """The figures of ``judge`` on a set; what it could not be asked about is left out and
    counted."""
    cases = [one.case for one in labelled.answers]
    outcomes = judge.judge_all(cases, SilentObserver()).outcomes
    answers = tuple(
        CheckedAnswer(
            id=f"{number}",
            question_id=one.question_id,
            task=one.case.task or "",
            arm=one.arm,
            style=one.style,
            words=len(one.case.response.split()),
            right=one.right,
            verdict=outcome.verdict,
            sure=outcome.sure,
        )
        for number, (one, outcome) in enumerate(zip(labelled.answers, outcomes, strict=True))
        if not isinstance(outcome, NotJudged)
    )
    check = JudgeCheck(
        judge=judge.name,
        release=ReleaseRecord(name=QA_NAME, version=None, fingerprint=""),
        part=labelled.name,
        left_out=0,
        not_judged=len(cases) - len(answers),
        answers=answers,
    )
    return summary_of(check)
