"""Audits a run: agreement with labels, and the loss put right by them, kept as ``audit.json``.

audit.json   the figures
audit.html   the losses as a picture
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warmbench.folders import write_json
from warmbench.judging.audit.agreement import agreement_of
from warmbench.judging.audit.corrected_loss import CorrectedLoss, NoCorrection
from warmbench.judging.audit.label import Label, check_labels, read_labels
from warmbench.judging.audit.labelled_pairs import labelled_pairs
from warmbench.judging.audit.prediction_powered import prediction_powered_loss
from warmbench.judging.audit.rogan_gladen import rogan_gladen_loss
from warmbench.judging.judge_run import verdicts_of
from warmbench.records.estimate import Estimate
from warmbench.records.item import Item
from warmbench.records.run import RunRecord
from warmbench.records.verdict import judges_of
from warmbench.run.folder import RunFolder
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task
from warmbench.statistics.weights import headline_weights
from warmbench.tasks.registry import in_task_order

__all__ = ["AUDIT_VERSION", "audit_of", "audit_run"]

AUDIT_VERSION = "1.0.0"
"""Of the meaning of the figures in ``audit.json``."""


_INTERVALS = {
    "agreement": "95 %, clustered by question: Wilson's on the effective number of answers; kappa "
    "by t",
    "loss": "95 %, by t, clustered by question",
}

Rows = Sequence[Mapping[str, Any]]


def audit_run(
    folder: RunFolder, path: Path, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The audit of a run against the labels in ``path``, written beside it.

    ``names``: our column of the labels -> the file's. Judges by reference if nobody has judged
    yet. Raises ``DataError`` for labels that are none, or are not of answers of this run.
    """
    labels = read_labels(path, names)
    verdicts = verdicts_of(folder)
    check_labels(labels, verdicts)
    found = {
        "labels_file": path.name,
        **audit_of(folder.record(), folder.items(), verdicts, labels),
    }
    with folder.locked():
        write_json(folder.audit_path, found)
    return found


def audit_of(
    record: RunRecord, items: Sequence[Item], verdicts: Rows, labels: Sequence[Label]
) -> dict[str, Any]:
    """Agreement overall and by arm, and each treated arm's loss: raw and corrected, as JSON."""
    arms = [arm.name for arm in record.study.arms]
    by_arm = {arm: [label for label in labels if label.arm == arm] for arm in arms}
    return {
        "audit_version": AUDIT_VERSION,
        "warmbench_version": version("warmbench"),
        "release": record.release.model_dump(mode="json"),
        "study": record.study.model_dump(mode="json"),
        "judge": judges_of(verdicts),
        "intervals": _INTERVALS,
        "agreement": {
            "overall": asdict(agreement_of(items, verdicts, labels)),
            "arms": {
                arm: asdict(agreement_of(items, verdicts, given)) for arm, given in by_arm.items()
            },
        },
        "treated": [_losses(items, verdicts, labels, arm.name) for arm in record.study.treated],
    }


def _losses(
    items: Sequence[Item], verdicts: Rows, labels: Sequence[Label], arm: str
) -> dict[str, Any]:
    raw = _raw_loss(items, verdicts, arm)
    pairs = labelled_pairs(items, verdicts, labels, arm)
    missing = {"original", arm} - {label.arm for label in labels}
    powered: CorrectedLoss | NoCorrection
    corrected: CorrectedLoss | NoCorrection
    if pairs is None:
        powered = corrected = NoCorrection(
            "some task has no pair of answers that both have a verdict"
        )
    elif missing:
        powered = corrected = NoCorrection(f"no answer of arm {min(missing)} is labelled")
    else:
        powered, corrected = prediction_powered_loss(pairs), rogan_gladen_loss(pairs, arm)
    return {
        "arm": arm,
        "raw": asdict(raw) if raw else None,
        "prediction_powered": _json(powered),
        "rogan_gladen": _json(corrected),
    }


def _raw_loss(items: Sequence[Item], verdicts: Rows, arm: str) -> Estimate | None:
    """The headline loss of the scorecard."""
    by_task = pairs_by_task(pair_verdicts(items, verdicts, arm))
    tasks = in_task_order(item.task for item in items)
    return estimate({t: p.difference for t, p in by_task.items()}, headline_weights(tasks))


def _json(found: CorrectedLoss | NoCorrection) -> dict[str, Any]:
    """The loss, or null and the reason; both keys are always there."""
    if isinstance(found, NoCorrection):
        return {"loss": None, "reason": found.reason}
    return {"loss": asdict(found), "reason": None}
