"""The verdicts on stated answers: by the judge by rules, whoever judges the replies.

A few words are what it is best at, and anyone can compute its verdicts again, so they need not be
stored. It treats them as any answer: in ``disinfo`` declining is right, and so is what a right
reference says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warmbench.judging.judge_answers import cases_of_responses, verdict_rows
from warmbench.judging.rules.judge import RulesJudge
from warmbench.records.item import Item

__all__ = ["STATED_JUDGE", "stated_verdicts"]

STATED_JUDGE = RulesJudge()


def stated_verdicts(
    items: Sequence[Item], stated: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows of ``VERDICT_SCHEMA``, one a stated answer (rows of ``RESPONSE_SCHEMA``), in order."""
    cases = cases_of_responses(items, stated)
    return verdict_rows(
        stated, [STATED_JUDGE.judge(case.question, case.response) for case in cases]
    )
