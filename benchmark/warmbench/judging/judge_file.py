"""Judges a file of recorded answers and writes the verdicts, together with the judge's replies.

A row without an answer (``records.reply``) is not judged: it is ``unscored``, and its reason says
why there is none.

OUT                the verdicts, one row an answer
OUT.judging.json   the judge, its model and prompts, what was asked (where a model is asked)
OUT.judge.sqlite   the replies of models, one row a request
OUT.judge.sqlite.forms.json  what of a request a model does not take, and how it was put instead
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.data.answer_row import AnswerRow
from warmbench.data.table import write_rows
from warmbench.engines.engine import EngineOptions
from warmbench.folders import write_json
from warmbench.judging.judge import Case, JudgingObserver, SilentObserver
from warmbench.judging.judge_answers import cases_of_answers, judgements_of
from warmbench.judging.judge_settings import DEFAULT_SETTINGS, JudgeSettings
from warmbench.judging.registry import open_judge
from warmbench.records.response import Failure
from warmbench.records.verdict import Judgement, Verdict

__all__ = ["JudgedFile", "judge_file"]


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """One judgement a row, and how they came about, as JSON. ``no_answer``: how many rows have
    none, by the kind of failure."""

    judgements: list[Judgement]
    record: Mapping[str, Any]
    no_answer: Mapping[str, int]


def judge_file(
    rows: Sequence[AnswerRow],
    out: Path,
    judge_name: str = "reference",
    options: EngineOptions | None = None,
    *,
    leave_failures: bool = False,
    observer: JudgingObserver | None = None,
    settings: JudgeSettings = DEFAULT_SETTINGS,
) -> JudgedFile:
    """Judge recorded answers and write ``out`` (CSV, JSONL, parquet). ``settings``: how a judge's
    model is asked.

    Raises ``RunError``, and writes no verdict, when a model could not be asked about some answer or
    not one of its replies could be read, unless ``leave_failures``.
    """
    cases = cases_of_answers(rows)
    ledger = out.with_name(f"{out.name}.judge.sqlite")
    with open_judge(judge_name, ledger, options, settings) as judge:
        answers = [case for case in cases if isinstance(case, Case)]
        judged = judge.judge_all(answers, observer or SilentObserver())
        given = judgements_of(judged, judge.name, out, leave_failures=leave_failures)
        judgements = _of_all(cases, given, judge.name)
        write_rows(out, [_row(row, given) for row, given in zip(rows, judgements, strict=True)])
        if len(judged.record) > 1:  # not the name alone
            write_json(out.with_name(f"{out.name}.judging.json"), judged.record)
    missing = Counter(case.kind.value for case in cases if isinstance(case, Failure))
    return JudgedFile(judgements, judged.record, missing)


def _of_all(
    cases: Sequence[Case | Failure], given: Sequence[Judgement], judge: str
) -> list[Judgement]:
    """The judgements given, and between them those of the rows without an answer."""
    of_answers = iter(given)
    return [
        Judgement(Verdict.UNSCORED, False, judge, f"no answer: {case.kind.value}")
        if isinstance(case, Failure)
        else next(of_answers)
        for case in cases
    ]


def _row(row: AnswerRow, judgement: Judgement) -> dict[str, Any]:
    return {
        "question": row.question,
        "response": row.response,
        "verdict": judgement.verdict.value,
        "sure": judgement.sure,
        "judge": judgement.judge,
        "reason": judgement.reason,
        "correct": row.correct,
    }
