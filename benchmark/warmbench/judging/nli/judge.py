"""The ``nli`` judge: the rules where they are sure, an inference model for the rest.

Each sentence of the answer, behind the question, is the premise; each reference, behind the
question, the hypothesis. What the answer entails of the right and of the wrong references decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from warmbench.engines.engine import EngineOptions
from warmbench.judging.judge import Case, Judged, JudgingObserver
from warmbench.judging.nli.classifier import Classifier
from warmbench.judging.nli.inference import Inference, Pair
from warmbench.judging.nli.recorded import RecordedNLI, by_rules, named, nli_name
from warmbench.judging.nli.weighing import Weighed, weigh
from warmbench.judging.nli.windows import nearest, pair_of, windows_of
from warmbench.judging.rules.judge import RulesJudge
from warmbench.records.reasoning import part_reasoning
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["NLIJudge"]

_CASES_AT_ONCE = 64
"""How many answers are read before the progress moves."""
_QUOTED = 160
_RULES = RulesJudge()


@dataclass(frozen=True, slots=True)
class _Reading:
    """An answer's windows, and the references of each side that they are held against."""

    case: Case
    windows: list[str]
    right: list[str]
    wrong: list[str]

    def pairs(self) -> list[Pair]:
        """Window by window: the right references, then the wrong ones."""
        return [
            pair_of(self.case.question.text, window, reference)
            for window in self.windows
            for reference in (*self.right, *self.wrong)
        ]


class NLIJudge:
    """Gives a verdict by what ``inference`` finds an answer to entail."""

    asks_model: ClassVar[bool] = False

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self.name = nli_name(inference.identity)

    @classmethod
    def open(cls, model: object = None) -> NLIJudge:
        raise ValueError("an nli judge is opened by load")

    @classmethod
    def load(cls, name: str, options: EngineOptions) -> NLIJudge:
        """The judge with the model ``name``; errors are those of ``Classifier``."""
        return cls(Classifier(name, options))

    @staticmethod
    def recorded(name: str) -> RecordedNLI | None:
        return RecordedNLI.of(name)

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        different = list(dict.fromkeys(cases))
        observer.round_started(self.name, len(different), 0, None)
        judged: dict[Case, Judgement] = {}
        counts: Counter[str] = Counter(by_rules=0, read=0, open=0, pairs=0)
        for at in range(0, len(different), _CASES_AT_ONCE):
            judged.update(self._judged(different[at : at + _CASES_AT_ONCE], counts))
            observer.judged(len(different[at : at + _CASES_AT_ONCE]))
        record = {
            "judge": self.name,
            "model": dict(self._inference.identity),
            "where": dict(self._inference.where),
            "answers": dict(counts),
        }
        return Judged([judged[case] for case in cases], record)

    def _judged(self, cases: Sequence[Case], counts: Counter[str]) -> dict[Case, Judgement]:
        settled = {case: found for case in cases if (found := by_rules(case))}
        readings = [_reading(case) for case in cases if case not in settled]
        pairs = [reading.pairs() for reading in readings]
        odds = iter(self._inference.infer([pair for some in pairs for pair in some]))
        judged = {case: named(found, self.name) for case, found in settled.items()}
        for reading in readings:
            rows = [
                ([next(odds) for _ in reading.right], [next(odds) for _ in reading.wrong])
                for _ in reading.windows
            ]
            weighed = weigh([right for right, _ in rows], [wrong for _, wrong in rows])
            counts["open"] += weighed.is_open
            judged[reading.case] = self._verdict(reading, weighed)
        counts.update(by_rules=len(settled), read=len(readings), pairs=sum(map(len, pairs)))
        return judged

    def _verdict(self, reading: _Reading, weighed: Weighed) -> Judgement:
        shares = f"{weighed.right.weight:.2f} right, {weighed.wrong.weight:.2f} wrong"
        if weighed.is_open:
            found = _RULES.judge(reading.case.question, reading.case.response)
            reason = f"no sentence tells ({shares}); rules: {found.reason}"
            return Judgement(found.verdict, False, self.name, reason)
        verdict = Verdict.CORRECT if weighed.correct else Verdict.INCORRECT
        said = reading.windows[weighed.deciding.window]
        said = said if len(said) <= _QUOTED else f"{said[: _QUOTED - 1]}\u2026"
        return Judgement(verdict, weighed.sure, self.name, f'{shares}: "{said}"')


def _reading(case: Case) -> _Reading:
    said = part_reasoning(case.response).answer or ""
    question = case.question
    return _Reading(
        case,
        windows_of(said),
        nearest(question.correct_answers, said),
        nearest(question.incorrect_answers, said),
    )
