"""Compares two run folders."""

from __future__ import annotations

from warmbench.errors import DataError, UsageError
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.run import RunRecord
from warmbench.records.scorecard import METRIC_VERSION, Scorecard
from warmbench.records.verdict import judges_of
from warmbench.running.folder import RunFolder
from warmbench.scoring.compare import ComparedRun, Comparison, compare_pairs
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task

__all__ = ["compare_runs"]


def compare_runs(first: RunFolder, second: RunFolder, arm: str | None = None) -> Comparison:
    """The paired difference of two runs' losses.

    ``arm``: the treated arm of both; by default the warm one where both have it, else the first
    that both have. ``UsageError`` where the runs can't be compared: different releases or metric
    definitions, no arm or no item in common.
    """
    records = first.record(), second.record()
    _check_same_release(first, second, *records)
    name = _common_arm(first, second, *records, arm)
    sides = _read(first, name), _read(second, name)
    if sides[0].metric_version != sides[1].metric_version:
        raise UsageError(
            f"{first.path} was scored by metric definition {sides[0].metric_version} and "
            f"{second.path} by {sides[1].metric_version}: score both with one version of WarmBench"
        )
    return compare_pairs(*sides)


def _read(folder: RunFolder, arm: str) -> ComparedRun:
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
        return Scorecard.read(folder.scorecard_path).metric_version
    except DataError as error:
        raise DataError(f"{error}; run `warmbench score {folder.path}`") from None


def _check_same_release(
    first: RunFolder, second: RunFolder, one: RunRecord, other: RunRecord
) -> None:
    if one.release.fingerprint == other.release.fingerprint:
        return
    names = [
        f"{r.name} {r.version or 'own questions'} (fingerprint {r.fingerprint[:12]})"
        for r in (one.release, other.release)
    ]
    raise UsageError(
        f"{first.path} asked {names[0]} and {second.path} {names[1]}: only runs on the same "
        "release can be compared"
    )


def _common_arm(
    first: RunFolder, second: RunFolder, one: RunRecord, other: RunRecord, arm: str | None
) -> str:
    names = [[each.name for each in record.study.treated] for record in (one, other)]
    common = [name for name in names[0] if name in names[1]]
    if arm is None and common:
        return "warm" if "warm" in common else common[0]
    if arm not in common:
        wanted = f"both have a treated arm {arm!r}" if arm else "both have the same treated arm"
        raise UsageError(
            f"{first.path} has {', '.join(names[0])} and {second.path} {', '.join(names[1])}: a "
            f"comparison needs that {wanted}"
        )
    return str(arm)
