"""The audit of a run, ``audit.json``: its verdicts compared with human labels, and the losses
corrected by them."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.errors import DataError, first_problem
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

    @property
    def corrections(self) -> dict[str, CorrectedLoss]:
        """The name of each method -> what it gives."""
        return {
            "prediction-powered": self.prediction_powered,
            "Rogan-Gladen by arm": self.rogan_gladen,
        }


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

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The audit of a run; None where there is none. ``DataError`` for any other file."""
        if not path.is_file():
            return None
        try:
            return cls.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise DataError(
                f"{path}: not an audit ({first_problem(error)}); run `warmbench audit` again"
            ) from None
