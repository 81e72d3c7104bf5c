"""Judges a run folder and keeps the verdicts there."""

from __future__ import annotations

from typing import Any

from warmbench.data.table import write_parquet
from warmbench.errors import DataError
from warmbench.judging.judge_answers import judge_responses
from warmbench.judging.judges import open_judge
from warmbench.progress import counted
from warmbench.run_folder import VERDICT_SCHEMA, RunFolder

__all__ = ["judge_run", "verdicts_of"]


def judge_run(folder: RunFolder, judge_name: str = "reference") -> list[dict[str, Any]]:
    """Judge every response of a run anew and write ``verdicts.parquet``; returns its rows."""
    judge = open_judge(judge_name)
    responses = folder.responses()
    with folder.locked(), counted("judging", len(responses)) as tick:
        verdicts = judge_responses(folder.items(), responses, judge, tick)
        write_parquet(folder.verdicts_path, verdicts, VERDICT_SCHEMA)
    return verdicts


def verdicts_of(folder: RunFolder) -> list[dict[str, Any]]:
    """The verdicts of a run, judged by the reference judge if nobody has yet.

    Raises ``DataError`` when the verdicts are not those of the run's responses.
    """
    if not folder.verdicts_path.is_file():
        return judge_run(folder)
    verdicts = folder.verdicts()
    judged = {(v["item_id"], v["arm"], v["epoch"]) for v in verdicts}
    answered = {(r["item_id"], r["arm"], r["epoch"]) for r in folder.responses()}
    if judged != answered:
        raise DataError(
            f"{folder.verdicts_path}: {len(answered - judged):,} responses have no verdict and "
            f"{len(judged - answered):,} verdicts no response; run `warmbench judge {folder.path}`"
        )
    return verdicts
