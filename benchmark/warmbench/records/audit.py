"""The audit of a run, ``audit.json``: its verdicts compared with human labels, and the losses
corrected by them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from warmbench.records.estimate import Estimate
from warmbench.records.release import ReleaseRecord
from warmbench.records.study import Study

__all__ = [
    "AGREEMENT_MEASURES",
    "Agreements",
    "ArmAgreement",
    "Audit",
    "AuditedArm",
    "CorrectedLoss",
]

AGREEMENT_MEASURES = ("accuracy", "kappa", "sensitivity", "specificity")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ArmAgreement(_Record):
    """Agreement over labelled answers, as shares from 0 to 1 with their intervals.

    ``refused`` and ``unscored`` count labelled answers without a verdict of right or wrong: they
    are left out, as the loss leaves them out. (Where a refusal is the right answer, its verdict is
    ``correct``.) ``answers``: measure -> how many answers it is over. A measure is None where no
    label or one class alone can't give it; its ``n`` counts questions.
    """

    labelled: int
    refused: int
    unscored: int
    answers: dict[str, int]
    accuracy: Estimate | None
    kappa: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None


class Agreements(_Record):
    """``arms``: arm -> agreement on its answers."""

    overall: ArmAgreement
    arms: dict[str, ArmAgreement]


class CorrectedLoss(_Record):
    """The headline loss corrected by labels, in percentage points, or the ``reason`` (a sentence)
    why they can't give one. ``loss.n`` counts questions with labels, ``labelled`` pairs
    (prediction-powered) or answers (Rogan-Gladen)."""

    loss: Estimate | None = None
    labelled: int = 0
    reason: str | None = None


class AuditedArm(_Record):
    """The headline loss of one treated arm: by verdicts (``raw``), and corrected."""

    arm: str
    raw: Estimate | None
    prediction_powered: CorrectedLoss
    rogan_gladen: CorrectedLoss


class Audit(_Record):
    """The whole of ``audit.json``; ``intervals`` says how they are made."""

    labels_file: str
    audit_version: str
    warmbench_version: str
    release: ReleaseRecord
    study: Study
    judge: str
    intervals: dict[str, str]
    agreement: Agreements
    treated: tuple[AuditedArm, ...]
