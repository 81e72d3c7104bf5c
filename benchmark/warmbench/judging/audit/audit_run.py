"""Audits a run: agreement with labels, and the loss corrected by them, kept as ``audit.json``.

audit.json   the numbers
audit.html   the losses as a picture
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warmbench.folders import write_json
from warmbench.judging.agreement import agreement_of
from warmbench.judging.audit.corrected_loss import prediction_powered_loss, rogan_gladen_loss
from warmbench.judging.audit.label import Label, check_labels, read_labels
from warmbench.judging.audit.labelled_pairs import labelled_pairs
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.audit import Agreements, ArmAgreement, Audit, AuditedArm, CorrectedLoss
from warmbench.records.estimate import Estimate
from warmbench.records.item import Item
from warmbench.records.run import RunRecord
from warmbench.records.verdict import judges_of
from warmbench.running.folder import RunFolder
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task
from warmbench.statistics.weights import headline_weights
from warmbench.tasks.registry import headline_tasks, in_task_order

__all__ = ["AUDIT_VERSION", "audit_of", "audit_run"]

AUDIT_VERSION = "1.0.0"
"""Of the meaning of the numbers in ``audit.json``."""


_INTERVALS = {
    "agreement": "95 %, clustered by question: Wilson's on the effective number of answers; kappa "
    "by t",
    "loss": "95 %, by t, clustered by question",
}

Rows = Sequence[Mapping[str, Any]]


def audit_run(folder: RunFolder, path: Path, names: Mapping[str, str] | None = None) -> Audit:
    """The audit of a run against the labels in ``path``, written beside it.

    ``names``: our column of the labels -> the file's. Judges by reference if nobody has judged
    yet. Raises ``DataError`` for labels that can't be read, or are not of answers of this run.
    """
    labels = read_labels(path, names)
    verdicts = verdicts_of(folder)
    check_labels(labels, verdicts)
    audit = audit_of(folder.record(), folder.items(), verdicts, labels, path.name)
    with folder.locked():
        write_json(folder.audit_path, audit.model_dump(mode="json"))
    return audit


def audit_of(
    record: RunRecord, items: Sequence[Item], verdicts: Rows, labels: Sequence[Label], file: str
) -> Audit:
    """Agreement overall and by arm, and each treated arm's loss: raw and corrected. ``file``: the
    name of the file that the labels are from."""
    arms = [arm.name for arm in record.study.arms]
    by_arm = {arm: [label for label in labels if label.arm == arm] for arm in arms}
    return Audit(
        labels_file=file,
        audit_version=AUDIT_VERSION,
        warmbench_version=version("warmbench"),
        release=record.release,
        study=record.study,
        judge=judges_of(verdicts),
        intervals=_INTERVALS,
        agreement=Agreements(
            overall=_agreement(items, verdicts, labels),
            arms={arm: _agreement(items, verdicts, given) for arm, given in by_arm.items()},
        ),
        treated=tuple(_losses(items, verdicts, labels, arm.name) for arm in record.study.treated),
    )


def _agreement(items: Sequence[Item], verdicts: Rows, labels: Sequence[Label]) -> ArmAgreement:
    """Every label has its verdict."""
    verdict_of = {(v["item_id"], v["arm"], v["epoch"]): v["verdict"] for v in verdicts}
    question_of = {item.item_id: item.question_id for item in items}
    return agreement_of(
        [label.correct for label in labels],
        [verdict_of[label.key] for label in labels],
        [question_of[label.item_id] for label in labels],
    )


def _losses(items: Sequence[Item], verdicts: Rows, labels: Sequence[Label], arm: str) -> AuditedArm:
    pairs = labelled_pairs(items, verdicts, labels, arm)
    missing = {"original", arm} - {label.arm for label in labels}
    if pairs is None:
        reason = "some task has no pair of answers that both have a verdict"
        powered = by_arm = CorrectedLoss(reason=reason)
    elif missing:
        powered = by_arm = CorrectedLoss(reason=f"no answer of arm {min(missing)} is labelled")
    else:
        powered, by_arm = prediction_powered_loss(pairs), rogan_gladen_loss(pairs, arm)
    return AuditedArm(
        arm=arm,
        raw=_raw_loss(items, verdicts, arm),
        prediction_powered=powered,
        rogan_gladen=by_arm,
    )


def _raw_loss(items: Sequence[Item], verdicts: Rows, arm: str) -> Estimate | None:
    """The headline loss of the scorecard."""
    by_task = pairs_by_task(pair_verdicts(items, verdicts, arm))
    asked = in_task_order(item.task for item in items)
    tasks = [task for task in asked if task in headline_tasks()]
    return estimate({t: p.difference for t, p in by_task.items()}, headline_weights(tasks))
