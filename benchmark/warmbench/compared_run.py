"""One of two runs that are compared: what it is, and its pairs of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.conditions import Task
from warmbench.errors import DataError
from warmbench.judging.judge_answers import judges_of
from warmbench.judging.judge_run import verdicts_of
from warmbench.run_folder import RunFolder, RunRecord
from warmbench.statistics.pairs import TaskPairs, pair_verdicts, pairs_by_task
from warmbench.statistics.scorecard import METRIC_VERSION

__all__ = ["ComparedRun", "read_compared_run"]


@dataclass(frozen=True)
class ComparedRun:
    """One run of the two. ``unanswered`` counts requests of the two arms that have no answer."""

    path: str
    record: RunRecord
    metric_version: str
    judge: str
    arm: str
    unanswered: int
    pairs: Mapping[Task, TaskPairs]

    @property
    def models(self) -> dict[str, str]:
        """The models of the original and the treated arm."""
        found = {arm.name: arm.model for arm in self.record.study.arms}
        return {"original": found["original"], "treated": found[self.arm]}


def read_compared_run(folder: RunFolder, arm: str) -> ComparedRun:
    """A run as ``compare_pairs`` takes it; judged by reference if nobody has judged it yet."""
    record, items, verdicts = folder.record(), folder.items(), verdicts_of(folder)
    used = ("original", arm)
    asked = record.items * record.selection.epochs * len(used)
    return ComparedRun(
        path=str(folder.path),
        record=record,
        metric_version=_metric_version(folder),
        judge=judges_of(verdicts),
        arm=arm,
        unanswered=asked - sum(verdict["arm"] in used for verdict in verdicts),
        pairs=pairs_by_task(pair_verdicts(items, verdicts, arm)),
    )


def _metric_version(folder: RunFolder) -> str:
    """The metric definition that a run was scored by; the installed one where it was not yet."""
    if not folder.scorecard_path.is_file():
        return METRIC_VERSION
    try:
        return str(json.loads(folder.scorecard_path.read_bytes())["metric_version"])
    except (ValueError, KeyError, TypeError):
        raise DataError(
            f"{folder.scorecard_path}: not a scorecard; run `warmbench score {folder.path}`"
        ) from None
