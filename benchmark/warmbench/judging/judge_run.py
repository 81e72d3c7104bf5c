"""Judges a run folder and keeps the verdicts there, and beside them how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warmbench.data.table import write_json, write_parquet
from warmbench.engines.engine import EngineOptions
from warmbench.errors import DataError
from warmbench.judging.judge_answers import cases_of_responses, judgements_of, verdict_rows
from warmbench.judging.judges import open_judge
from warmbench.judging.llm.watched import judge_watched
from warmbench.run_folder import VERDICT_SCHEMA, RunFolder

__all__ = ["JudgedRun", "judge_run", "verdicts_of"]


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """Rows of ``VERDICT_SCHEMA``, and how they came about, as JSON."""

    verdicts: list[dict[str, Any]]
    record: Mapping[str, Any]


def judge_run(
    folder: RunFolder,
    judge_name: str = "reference",
    options: EngineOptions | None = None,
    *,
    leave_failures: bool = False,
) -> JudgedRun:
    """Judge every response of a run anew and write ``verdicts.parquet``.

    What a model has replied is not asked again. Raises ``RunError``, and writes no verdict, when
    a model could not be asked about some answer, unless ``leave_failures``.
    """
    responses = folder.responses()
    cases = cases_of_responses(folder.items(), responses)
    with open_judge(judge_name, folder.judge_ledger_path, options) as judge, folder.locked():
        judged = judge_watched(judge, cases)
        judgements = judgements_of(judged, judge.name, folder.path, leave_failures=leave_failures)
        verdicts = verdict_rows(responses, judgements)
        write_parquet(folder.verdicts_path, verdicts, VERDICT_SCHEMA)
        write_json(folder.judging_path, judged.record)
    return JudgedRun(verdicts, judged.record)


def verdicts_of(folder: RunFolder) -> list[dict[str, Any]]:
    """The verdicts of a run, judged by the reference judge if nobody has yet.

    Raises ``DataError`` when the verdicts are not those of the run's responses.
    """
    if not folder.verdicts_path.is_file():
        return judge_run(folder).verdicts
    verdicts = folder.verdicts()
    judged = {(v["item_id"], v["arm"], v["epoch"]) for v in verdicts}
    answered = {(r["item_id"], r["arm"], r["epoch"]) for r in folder.responses()}
    if judged != answered:
        raise DataError(
            f"{folder.verdicts_path}: {len(answered - judged):,} responses have no verdict and "
            f"{len(judged - answered):,} verdicts no response; run `warmbench judge {folder.path}`"
        )
    return verdicts
