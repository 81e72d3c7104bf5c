"""Simulated studies: answers whose truth is known, judged by a judge whose rates are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from warmbench.records.judge_check import CheckedAnswer, JudgeCheck
from warmbench.records.release import ReleaseRecord
from warmbench.records.verdict import Verdict
from warmbench.statistics.estimate import POINTS
from warmbench.statistics.judge_error.answer_groups import NO_GROUP, AnswerGroups
from warmbench.statistics.judge_error.error_rates import ErrorRates
from warmbench.statistics.judge_error.length_bands import LENGTH_BANDS
from warmbench.statistics.pairs import PairedVerdicts

__all__ = ["PERFECT", "Simulation", "check_of", "checked"]

WORDS = dict(zip(LENGTH_BANDS, (20, 60, 150), strict=True))
TASKS = ("triviaqa", "medqa")

PERFECT = dict.fromkeys(LENGTH_BANDS, (1.0, 1.0))


def checked(
    number: int, task: str, words: int, right: bool, verdict: Verdict, **more: object
) -> CheckedAnswer:
    return CheckedAnswer.model_validate(
        {
            "id": f"{task}-{number:05d}-{words}-{right}",
            "question_id": f"{task}-{number:03d}",
            "task": task,
            "arm": "original",
            "style": "plain",
            "words": words,
            "right": right,
            "verdict": verdict,
            "sure": True,
            **more,
        }
    )


def check_of(answers: list[CheckedAnswer], judge: str = "reference-2") -> JudgeCheck:
    release = ReleaseRecord(name="judging", version="1.0.0", fingerprint="a" * 64)
    return JudgeCheck(
        judge=judge, release=release, part="final", left_out=0, not_judged=0, answers=tuple(answers)
    )


@dataclass(frozen=True)
class Simulation:
    """``rates``: band -> sensitivity and specificity, in the run as in the check; ``right``: arm ->
    band -> how many answers are right; ``long``: arm -> how many answers are in each band. A
    question is easier or harder than others by up to ``spread``, for both arms alike, in all three
    of its contexts."""

    rates: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: dict(zip(LENGTH_BANDS, ((0.9, 0.95), (0.8, 0.9), (0.7, 0.85)),
                                         strict=True))
    )  # fmt: skip
    right: Mapping[str, tuple[float, ...]] = field(
        default_factory=lambda: {"original": (0.75, 0.7, 0.6), "warm": (0.65, 0.6, 0.5)}
    )
    long: Mapping[str, tuple[float, ...]] = field(
        default_factory=lambda: {"original": (0.5, 0.3, 0.2), "warm": (0.2, 0.3, 0.5)}
    )
    spread: float = 0.2
    questions: int = 60
    checked_questions: int = 60

    @property
    def true_loss(self) -> float:
        shares = [np.dot(self.right[arm], self.long[arm]) for arm in ("original", "warm")]
        return float(POINTS * (shares[0] - shares[1]))

    def check(self, rng: np.random.Generator) -> JudgeCheck:
        """A right and a wrong answer of each band to every question of each task."""
        return check_of(
            [
                checked(number, task, WORDS[band], right, self._said(rng, band, right))
                for task in TASKS
                for number in range(self.checked_questions)
                for band in LENGTH_BANDS
                for right in (True, False)
            ]
        )

    def _said(self, rng: np.random.Generator, band: str, right: bool) -> Verdict:
        known = rng.random() < self.rates[band][0 if right else 1]
        return Verdict.CORRECT if known == right else Verdict.INCORRECT

    def pairs(self, rng: np.random.Generator, check: JudgeCheck) -> PairedVerdicts:
        rates = ErrorRates.of(check)
        contexts = ("plain", "sadness", "anger")
        table = pd.DataFrame(
            [
                (f"{task}-{number}-{context}", 0, task, f"{task}-{number:03d}", context, "none")
                for task in TASKS
                for number in range(self.questions)
                for context in contexts
            ],
            columns=["item_id", "epoch", "task", "question_id", "context", "belief"],
        )
        ease = np.repeat(
            rng.uniform(-self.spread, self.spread, len(TASKS) * self.questions), len(contexts)
        )
        groups = []
        for arm, column in (("original", "original"), ("warm", "treated")):
            band = rng.choice(len(LENGTH_BANDS), size=len(table), p=self.long[arm])
            right = rng.random(len(table)) < np.array(self.right[arm])[band] + ease
            known = np.array([self.rates[name] for name in LENGTH_BANDS])[
                band, (~right).astype(int)
            ]
            said = np.where(rng.random(len(table)) < known, right, ~right)
            table[column] = np.where(said, Verdict.CORRECT.value, Verdict.INCORRECT.value)
            names = [LENGTH_BANDS[number] for number in band]
            places = [rates.place_of(*place) for place in zip(table["task"], names, strict=True)]
            groups.append(
                table[["item_id", "epoch", "task"]].assign(
                    arm=arm, band=names, group=[NO_GROUP if g is None else g for g in places]
                )
            )
        return PairedVerdicts(
            "warm", (), TASKS, TASKS, table, groups=AnswerGroups(rates, pd.concat(groups))
        )
