"""The figures of a check: how far the judge agrees with the labels, in all and by what an answer
is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from warmbench.judging.agreement import cohens_kappa, share
from warmbench.records.judge_check import (
    CheckedAnswer,
    CheckedGroup,
    JudgeCheck,
    JudgeCheckSummary,
)
from warmbench.records.verdict import Verdict
from warmbench.statistics.judge_error.length_bands import LENGTH_BANDS, length_band

__all__ = ["summary_of"]


@lru_cache(maxsize=4)
def summary_of(check: JudgeCheck) -> JudgeCheckSummary:
    """Shares and Cohen's kappa, with intervals that are clustered by question."""
    groups: dict[str, dict[str, list[CheckedAnswer]]] = {}
    for answer in check.answers:
        for what, which in _groups_of(answer):
            groups.setdefault(what, {}).setdefault(which, []).append(answer)
    return JudgeCheckSummary(
        judge=check.judge,
        release=check.release,
        part=check.part,
        left_out=check.left_out,
        not_judged=check.not_judged,
        overall=_group(check.answers),
        groups={
            what: {which: _group(found) for which, found in sorted(named.items(), key=_place)}
            for what, named in groups.items()
        },
    )


def _groups_of(answer: CheckedAnswer) -> Iterator[tuple[str, str]]:
    yield "task", answer.task
    yield "arm", answer.arm
    yield "style", answer.style
    yield "length", length_band(answer.words)
    yield "style and arm", f"{answer.style}, {answer.arm}"


def _place(named: tuple[str, object]) -> tuple[int, str]:
    name = named[0]
    return (LENGTH_BANDS.index(name) if name in LENGTH_BANDS else 0), name


def _group(answers: Sequence[CheckedAnswer]) -> CheckedGroup:
    codes: dict[str, int] = {}
    question = np.array(
        [codes.setdefault(one.question_id, len(codes)) for one in answers], dtype=np.intp
    )
    sure = np.array([one.sure for one in answers], dtype=bool)
    scored = np.array([one.verdict is not Verdict.UNSCORED for one in answers], dtype=bool)
    right = np.array([one.right for one in answers], dtype=bool)[scored]
    passed = np.array([one.verdict is Verdict.CORRECT for one in answers], dtype=bool)[scored]
    of_scored = question[scored]
    return CheckedGroup(
        answers=len(answers),
        unscored=int((~scored).sum()),
        accuracy=share(right == passed, of_scored),
        kappa=cohens_kappa(right, passed, of_scored),
        sensitivity=share(passed[right], of_scored[right]),
        specificity=share(~passed[~right], of_scored[~right]),
        unsure=share(~sure, question),
        sure_accuracy=share((right == passed)[sure[scored]], of_scored[sure[scored]]),
    )
