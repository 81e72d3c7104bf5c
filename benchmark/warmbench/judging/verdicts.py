"""The verdicts of a run folder: written with the record of how they came about, and read again.

The reference judge gives them where nobody has judged the run yet: it needs no engine.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from warmbench.data.table import write_parquet
from warmbench.errors import DataError, first_problem
from warmbench.folders import write_json
from warmbench.judging.check.measure import check_judge
from warmbench.judging.check.recorded import CHECK_FIELD
from warmbench.judging.judge import Judge, JudgingObserver, SilentObserver
from warmbench.judging.judge_answers import cases_of_responses, judgements_of, verdict_rows
from warmbench.judging.reference.judge import ReferenceJudge
from warmbench.judging.tone_bias.measure import chosen, measure_tone_bias
from warmbench.records.judge_check import JudgeCheck
from warmbench.records.tables import VERDICT_SCHEMA
from warmbench.records.tone_bias import ToneBias
from warmbench.records.verdict import JudgedRun
from warmbench.running.folder import RunFolder

__all__ = ["judge_check_of", "tone_bias_of", "verdicts_of", "write_verdicts"]


def write_verdicts(
    folder: RunFolder,
    judge: Judge,
    *,
    leave_failures: bool = False,
    tone_bias: int = 0,
    check: bool = False,
    observer: JudgingObserver | None = None,
) -> JudgedRun:
    """Judge every response of a run, and write the verdicts and ``judging.json``; the arguments
    and errors are those of ``warmbench.judging.judge_run.judge_run``."""
    observer = observer or SilentObserver()
    items, responses = folder.items(), folder.responses()
    cases = cases_of_responses(items, responses)
    with folder.locked():
        judged = judge.judge_all(cases, observer)
        judgements = judgements_of(judged, judge.name, folder.path, leave_failures=leave_failures)
        verdicts = verdict_rows(responses, judgements)
        record = dict(judged.record)
        if tone_bias:  # asked of the same judge: what its model has replied is not asked again
            bias = measure_tone_bias(judge, chosen(cases, tone_bias), observer)
            record["tone_bias"] = bias.model_dump()
        if check:
            found = check_judge(judge, items, observer=observer).check
            record[CHECK_FIELD] = found.model_dump(mode="json", exclude_none=True)
        write_parquet(folder.verdicts_path, verdicts, VERDICT_SCHEMA)
        write_json(folder.judging_path, record)
    return JudgedRun(verdicts, record)


def verdicts_of(folder: RunFolder) -> list[dict[str, Any]]:
    """The verdicts of a run, judged by the reference judge if nobody has yet.

    Raises ``DataError`` when the verdicts are not those of the run's responses.
    """
    if not folder.verdicts_path.is_file():
        return write_verdicts(folder, ReferenceJudge()).verdicts
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
    bias = _recorded(folder, "tone_bias", ToneBias)
    return bias if bias and bias.judge == judge else None


def judge_check_of(folder: RunFolder, judge: str) -> JudgeCheck | None:
    """The check of ``judge`` beside the run; None where it was not checked with it.

    Raises ``DataError`` where ``judging.json`` can't be read as one.
    """
    check = _recorded(folder, CHECK_FIELD, JudgeCheck)
    return check if check and check.judge == judge else None


_Found = TypeVar("_Found", bound=BaseModel)


def _recorded(folder: RunFolder, field: str, kind: type[_Found]) -> _Found | None:
    """A field of ``judging.json``; None where there is none."""
    if not folder.judging_path.is_file():
        return None
    try:
        found = json.loads(folder.judging_path.read_bytes()).get(field)
        return kind.model_validate(found) if found else None
    except ValidationError as error:
        raise DataError(f"{folder.judging_path}: {field}: {first_problem(error)}") from None
    except (ValueError, AttributeError):
        raise DataError(f"{folder.judging_path}: not a JSON object; judge the run again") from None
