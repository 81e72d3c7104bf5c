"""Measures the tone bias of a judge: the same answers in three tones, and its verdict on each."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from warmbench.errors import RunError
from warmbench.judging.judge import (
    Case,
    Judge,
    JudgingObserver,
    NotJudged,
    Outcome,
    SilentObserver,
)
from warmbench.judging.tone_bias.wrap import WRAPS, Tone
from warmbench.records.tone_bias import ToneBias
from warmbench.records.verdict import Verdict
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.student_t import t_quantile

__all__ = [
    "chosen",
    "in_tone",
    "measure_tone_bias",
]


@dataclass(frozen=True, slots=True)
class _InTones:
    """The verdicts on one answer in the three tones."""

    question: str
    warm: Verdict
    neutral: Verdict
    cold: Verdict

    @property
    def difference(self) -> int:
        """1 where warm words alone make it correct, -1 where cold ones do, else 0."""
        return (self.warm is Verdict.CORRECT) - (self.cold is Verdict.CORRECT)

    @property
    def flips(self) -> bool:
        return not self.warm is self.neutral is self.cold


def chosen(cases: Sequence[Case], count: int | None = None) -> list[Case]:
    """At most ``count`` different answers of ``cases`` (None: all), none of them empty.

    A stable choice: it goes by the hash of an answer, not by the order of the rows or the arm.
    """
    different = {case.case_id: case for case in cases if case.response.strip()}
    order = sorted(different, key=lambda case_id: _hash("choose", case_id))
    return [different[case_id] for case_id in order[:count]]


def in_tone(case: Case, tone: Tone) -> Case:
    """The case with sentences around its answer; its wrap is the same one in all tones."""
    wrap = WRAPS[_hash("wrap", case.case_id) % len(WRAPS)]
    return replace(case, response=wrap.in_tone(tone).around(case.response))


def measure_tone_bias(
    judge: Judge, cases: Sequence[Case], observer: JudgingObserver | None = None
) -> ToneBias:
    """Have each case judged in three tones, by one call of ``judge.judge_all``.

    Raises ``RunError`` where not one answer could be judged in all three tones. A verdict that is
    not ``correct`` (refused and unscored ones too) counts as such: to lose a verdict over the tone
    is a bias as well.
    """
    tones = tuple(Tone)
    asked = [in_tone(case, tone) for case in cases for tone in tones]
    outcomes = judge.judge_all(asked, observer or SilentObserver()).outcomes
    verdicts = [
        _verdicts(case, outcomes[place : place + len(tones)])
        for case, place in zip(cases, range(0, len(outcomes), len(tones)), strict=True)
    ]
    known = [one for one in verdicts if one is not None]
    if not known:
        raise RunError(
            f"{judge.name}: tone bias: none of {len(cases):,} answers could be judged in all three "
            "tones; the same command asks again"
        )
    value, reach = _clustered_mean(known)
    return ToneBias(
        judge=judge.name,
        answers=len(known),
        questions=len({one.question for one in known}),
        value=value,
        low=None if reach is None else max(-POINTS, value - reach),
        high=None if reach is None else min(POINTS, value + reach),
        flips=sum(one.flips for one in known) / len(known),
        not_judged=len(verdicts) - len(known),
    )


def _verdicts(case: Case, outcomes: Sequence[Outcome]) -> _InTones | None:
    verdicts = [o.verdict for o in outcomes if not isinstance(o, NotJudged)]
    if len(verdicts) < len(outcomes):
        return None
    return _InTones(case.question.text, *verdicts)


def _clustered_mean(known: Sequence[_InTones]) -> tuple[float, float | None]:
    """The mean difference in points, and the half-width of its interval by t.

    All answers to a question are one observation: with N answers to Q questions and mean m,
    Var = Q / (Q - 1) * sum over q of (sum over its answers of (d - m) / N)^2.
    """
    mean = sum(one.difference for one in known) / len(known)
    by_question: dict[str, float] = defaultdict(float)
    for one in known:
        by_question[one.question] += (one.difference - mean) / len(known)
    questions = len(by_question)
    squares = sum(part**2 for part in by_question.values())
    if questions < 2 or squares == 0.0:
        return POINTS * mean, None
    error = POINTS * (questions / (questions - 1) * squares) ** 0.5
    return POINTS * mean, t_quantile(0.975, questions - 1) * error


def _hash(purpose: str, case_id: str) -> int:
    return int(hashlib.sha256(f"tone bias, {purpose}: {case_id}".encode()).hexdigest(), 16)
