"""The plainest judge there is, a baseline: an answer is right if a right reference occurs in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from warmbench.judging.judge import Case, Judged, JudgingObserver
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["AliasMatch"]

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_NO_WORD = re.compile(r"[\W_]+")


class AliasMatch:
    """Normalised as TriviaQA's own evaluation does: lower case, no punctuation, no articles; a
    reference must occur as whole words. It is always sure, and knows no refusals."""

    name = "alias-match"

    def judge_all(self, cases: Sequence[Case], observer: JudgingObserver) -> Judged:
        observer.round_started("judging", len(cases), 0, None)
        return Judged([self._judge(case) for case in cases], {"judge": self.name})

    def _judge(self, case: Case) -> Judgement:
        answer = _normalised(case.response)
        references = map(_normalised, case.question.correct_answers)
        found = next((one for one in references if one.strip() and one in answer), None)
        verdict = Verdict.INCORRECT if found is None else Verdict.CORRECT
        return Judgement(verdict, True, self.name, "no reference" if found is None else found)


def _normalised(text: str) -> str:
    """The words with one space between, before and after, so that ``in`` finds whole ones."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return f" {' '.join(_ARTICLE.sub(' ', _NO_WORD.sub(' ', plain)).split())} "
