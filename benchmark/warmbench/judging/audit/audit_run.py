"""Audits a run: agreement with labels, and the loss corrected by them, kept as ``audit.json``.

audit.json   the numbers
audit.html   the losses as a picture
audit/disagreements.csv   the answers on which raters differ, as a labeller sees them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warmbench.data.table import write_rows
from warmbench.folders import write_json
from warmbench.judging.agreement import agreement_of
from warmbench.judging.audit.answer_ids import AnswerIds, AnswerKey, answer_ids
from warmbench.judging.audit.corrected_loss import prediction_powered_loss, rogan_gladen_loss
from warmbench.judging.audit.draw import audited_tasks, sheet_of
from warmbench.judging.audit.label import LABEL_WORDS, Label, check_labels, read_labels
from warmbench.judging.audit.labelled_pairs import LabelledPairs, labelled_pairs
from warmbench.judging.audit.raters import Settling, Votes, alpha_of, settled_labels, votes_of
from warmbench.judging.verdicts import verdicts_of
from warmbench.records.audit import (
    Agreements,
    ArmAgreement,
    Audit,
    AuditedArm,
    CorrectedLoss,
    Disagreement,
    Rater,
    RaterAgreement,
)
from warmbench.records.estimate import Estimate
from warmbench.records.item import Item
from warmbench.records.run import RunRecord
from warmbench.records.verdict import Verdict, judges_of
from warmbench.running.folder import RunFolder
from warmbench.statistics.estimate import estimate
from warmbench.statistics.pairs import pair_verdicts, pairs_by_task
from warmbench.statistics.weights import headline_weights
from warmbench.tasks.registry import task_of

__all__ = ["AUDIT_VERSION", "audit_of", "audit_run"]

AUDIT_VERSION = "2.0.0"
"""Of the meaning of the numbers in ``audit.json``."""


_INTERVALS = {
    "agreement": "95 %, clustered by question: Wilson's on the effective number of answers; kappa "
    "by t",
    "alpha": "95 %, by t, from the jackknife over questions",
    "loss": "95 %, by t, clustered by question",
}

Rows = Sequence[Mapping[str, Any]]


def audit_run(
    folder: RunFolder,
    files: Mapping[str, Path],
    names: Mapping[str, str] | None = None,
    settling: Settling = Settling.MAJORITY,
) -> Audit:
    """The audit of a run against the labels of one rater or more, written beside it.

    ``files``: rater -> file. ``names``: our column of the labels -> the files'. Judges by
    reference if nobody has judged yet. Raises ``DataError`` for labels that can't be read, or are
    not of answers of this run.
    """
    ids = answer_ids(folder)
    labels = {rater: read_labels(path, ids, names) for rater, path in files.items()}
    verdicts = verdicts_of(folder)
    for given in labels.values():
        check_labels(given, verdicts)
    items = folder.items()
    named = {rater: path.name for rater, path in files.items()}
    audit = audit_of(folder.record(), items, verdicts, labels, named, ids, settling)
    with folder.locked():
        _write_disagreements(folder, audit, items, ids)
        write_json(folder.audit_path, audit.model_dump(mode="json"))
    return audit


def audit_of(
    record: RunRecord,
    items: Sequence[Item],
    verdicts: Rows,
    by_rater: Mapping[str, Sequence[Label]],
    files: Mapping[str, str],
    ids: AnswerIds,
    settling: Settling = Settling.MAJORITY,
) -> Audit:
    """Agreement overall, by arm and with each rater, and each treated arm's loss: raw, by labels
    and corrected. ``files``: rater -> the name of their file."""
    by_rater = {rater: _by_rule(items, labels) for rater, labels in by_rater.items()}
    votes = votes_of(by_rater)
    labels = settled_labels(votes, settling)
    arms = [arm.name for arm in record.study.arms]
    by_arm = {arm: [label for label in labels if label.arm == arm] for arm in arms}
    return Audit(
        raters=tuple(
            Rater(name=name, file=files[name], agreement=_agreement(items, verdicts, given))
            for name, given in by_rater.items()
        ),
        between_raters=_between(items, verdicts, votes, labels, ids, settling),
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


def _by_rule(items: Sequence[Item], labels: Sequence[Label]) -> list[Label]:
    """The labels as they count: a refusal is right where declining is."""
    declining = {item.item_id for item in items if task_of(item.task).refusal_is_correct}
    return [
        replace(label, verdict=Verdict.CORRECT)
        if label.verdict is Verdict.REFUSED and label.item_id in declining
        else label
        for label in labels
    ]


def _agreement(items: Sequence[Item], verdicts: Rows, labels: Sequence[Label]) -> ArmAgreement:
    """Every label has its verdict."""
    verdict_of = _verdict_of(verdicts)
    question_of = {item.item_id: item.question_id for item in items}
    return agreement_of(
        [label.verdict.value for label in labels],
        [verdict_of[label.key] for label in labels],
        [question_of[label.item_id] for label in labels],
    )


def _verdict_of(verdicts: Rows) -> dict[AnswerKey, str]:
    return {(v["item_id"], v["arm"], v["epoch"]): v["verdict"] for v in verdicts}


def _between(
    items: Sequence[Item],
    verdicts: Rows,
    votes: Votes,
    settled: Sequence[Label],
    ids: AnswerIds,
    settling: Settling,
) -> RaterAgreement | None:
    if len({rater for labels in votes.values() for rater in labels}) < 2:
        return None
    verdict_of = _verdict_of(verdicts)
    found = [
        Disagreement(
            answer_id=ids.ids[answer],
            item_id=answer[0],
            arm=answer[1],
            epoch=answer[2],
            labels={rater: label.verdict.value for rater, label in labels.items()},
            settled=together.verdict.value,
            verdict=verdict_of[answer],
        )
        for (answer, labels), together in zip(votes.items(), settled, strict=True)
        if len({label.verdict for label in labels.values()}) > 1
    ]
    return RaterAgreement(
        answers=sum(len(labels) > 1 for labels in votes.values()),
        alpha=alpha_of(votes, {item.item_id: item.question_id for item in items}),
        settled_by=settling.value,
        left_out=sum(each.settled == Verdict.UNSCORED for each in found),
        disagreements=tuple(found),
    )


def _write_disagreements(
    folder: RunFolder, audit: Audit, items: Sequence[Item], ids: AnswerIds
) -> None:
    """The answers on which raters differ, with a column a rater; no file where there are none."""
    path = folder.audit_folder / "disagreements.csv"
    found = audit.between_raters.disagreements if audit.between_raters else ()
    if not found:
        path.unlink(missing_ok=True)
        return
    drawn = [(each.item_id, each.arm, each.epoch) for each in found]
    by_id = {each.answer_id: each for each in found}
    rows = []
    for answer in sheet_of(drawn, items, folder.responses(), ids, seed=0):
        said = by_id[answer.answer_id]
        words = {name: LABEL_WORDS[Verdict(label)] for name, label in said.labels.items()}
        by_rater = {f"label of {r.name}": words.get(r.name, "") for r in audit.raters}
        rows.append({**answer.row(), **by_rater})
    write_rows(path, rows)


def _losses(items: Sequence[Item], verdicts: Rows, labels: Sequence[Label], arm: str) -> AuditedArm:
    raw = _raw_loss(items, verdicts, arm)
    pairs = labelled_pairs(items, verdicts, labels, arm)
    missing = {"original", arm} - {label.arm for label in labels}
    reason = None
    if pairs is None:
        reason = "some task has no pair of answers that both have a verdict"
    elif missing:
        reason = f"no answer of arm {min(missing)} is labelled"
    if pairs is None or reason:
        none = CorrectedLoss(reason=reason)
        return AuditedArm(
            arm=arm, raw=raw, by_labels=none, prediction_powered=none, rogan_gladen=none
        )
    if pairs.seen.all():
        none = CorrectedLoss(reason="every answer is labelled: the loss by labels needs no judge")
        by_labels = _label_loss(items, labels, pairs, arm)
        return AuditedArm(
            arm=arm, raw=raw, by_labels=by_labels, prediction_powered=none, rogan_gladen=none
        )
    return AuditedArm(
        arm=arm,
        raw=raw,
        by_labels=CorrectedLoss(
            reason=f"{int(pairs.seen.sum()):,} of the {pairs.seen.size:,} answers that the loss "
            "rests on are labelled, and it needs them all"
        ),
        prediction_powered=prediction_powered_loss(pairs),
        rogan_gladen=rogan_gladen_loss(pairs, arm),
    )


def _label_loss(
    items: Sequence[Item], labels: Sequence[Label], pairs: LabelledPairs, arm: str
) -> CorrectedLoss:
    """The headline loss with people as the judge."""
    said = [
        {"item_id": each.item_id, "arm": each.arm, "epoch": each.epoch, "verdict": each.verdict}
        for each in labels
    ]
    loss = _raw_loss(items, said, arm)
    if loss is None:
        return CorrectedLoss(reason="some task has no pair that people call right or wrong")
    return CorrectedLoss(loss=loss, labelled=int(pairs.is_labelled.all(axis=1).sum()))


def _raw_loss(items: Sequence[Item], verdicts: Rows, arm: str) -> Estimate | None:
    """The headline loss of the scorecard."""
    by_task = pairs_by_task(pair_verdicts(items, verdicts, arm))
    weights = headline_weights(audited_tasks(items))
    return estimate({t: p.difference for t, p in by_task.items()}, weights)
