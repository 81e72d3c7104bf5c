"""Judges a run folder: the verdicts are written there, and beside them how they came about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from warmbench.data.table import write_parquet
from warmbench.engines.engine import EngineOptions
from warmbench.errors import DataError, first_problem
from warmbench.folders import write_json
from warmbench.judging.judge import Case, Judge, JudgingObserver, SilentObserver
from warmbench.judging.judge_answers import cases_of_responses, judgements_of, verdict_rows
from warmbench.judging.registry import open_judge
from warmbench.judging.tone_bias.measure import chosen, measure_tone_bias
from warmbench.records.tables import VERDICT_SCHEMA
from warmbench.records.tone_bias import ToneBias
from warmbench.run.folder import RunFolder

__all__ = ["JudgedRun", "judge_run", "tone_bias_of", "verdicts_of"]


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
    tone_bias: int = 0,
    observer: JudgingObserver | None = None,
) -> JudgedRun:
    """Judge every response of a run, again where it was judged before, and write the verdicts.

    ``tone_bias``: on how many of the answers to measure the judge's tone bias too, each with warm,
    neutral and cold sentences around it; the result is in the record. What a model has replied is
    not asked again. Raises ``RunError``, and writes no verdict, when a model could not be asked
    about some answer, unless ``leave_failures``.
    """
    observer = observer or SilentObserver()
    responses = folder.responses()
    cases = cases_of_responses(folder.items(), responses)
    with open_judge(judge_name, folder.judge_ledger_path, options) as judge, folder.locked():
        judged = judge.judge_all(cases, observer)
        judgements = judgements_of(judged, judge.name, folder.path, leave_failures=leave_failures)
        verdicts = verdict_rows(responses, judgements)
        record = dict(judged.record)
        if tone_bias:
            record["tone_bias"] = _tone_bias(judge, chosen(cases, tone_bias), observer)
        write_parquet(folder.verdicts_path, verdicts, VERDICT_SCHEMA)
        write_json(folder.judging_path, record)
    return JudgedRun(verdicts, record)


def _tone_bias(judge: Judge, cases: Sequence[Case], observer: JudgingObserver) -> dict[str, Any]:
    """Asked through the judge's own ledger: what it has replied is not asked again."""
    return measure_tone_bias(judge, cases, observer).model_dump()


def verdicts_of(folder: RunFolder, observer: JudgingObserver | None = None) -> list[dict[str, Any]]:
    """The verdicts of a run, judged by the reference judge if nobody has yet.

    Raises ``DataError`` when the verdicts are not those of the run's responses.
    """
    if not folder.verdicts_path.is_file():
        return judge_run(folder, observer=observer).verdicts
    verdicts = folder.verdicts()
    judged = {(v["item_id"], v["arm"], v["epoch"]) for v in verdicts}
    answered = {(r["item_id"], r["arm"], r["epoch"]) for r in folder.responses()}
    if judged != answered:
        raise DataError(
            f"{folder.verdicts_path}: {len(answered - judged):,} responses have no verdict and "
            f"{len(judged - answered):,} verdicts no response; run `warmbench judge {folder.path}`"
        )
    return verdicts


def tone_bias_of(folder: RunFolder, judge: str) -> ToneBias | None:
    """The tone bias of ``judge`` as it was measured on answers of the run; None where it was not.

    Raises ``DataError`` where ``judging.json`` can't be read as one.
    """
    if not folder.judging_path.is_file():
        return None
    try:
        found = json.loads(folder.judging_path.read_bytes()).get("tone_bias")
        bias = ToneBias.model_validate(found) if found else None
    except ValidationError as error:
        raise DataError(f"{folder.judging_path}: tone_bias: {first_problem(error)}") from None
    except (ValueError, AttributeError):
        raise DataError(f"{folder.judging_path}: not a JSON object; judge the run again") from None
    return bias if bias and bias.judge == judge else None
