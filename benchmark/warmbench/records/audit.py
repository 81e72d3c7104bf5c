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
    "Disagreement",
    "Rater",
    "RaterAgreement",
]

AGREEMENT_MEASURES = ("accuracy", "kappa", "sensitivity", "specificity")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ArmAgreement(_Record):
    """Agreement over labelled answers, as shares from 0 to 1 with their intervals.

    ``table``: verdict -> what people say -> how many answers, both in the words of ``Verdict``.
    Accuracy, kappa, sensitivity and specificity are over the answers that both call right or wrong.
    ``refused`` and ``unscored`` count labelled answers whose verdict is that: they are left out
    there, as the loss leaves them out. (Where a refusal is the right answer, verdict and label are
    ``correct``.) ``refusals_found``: of what people call refused, the share that the judge does;
    ``refusals_true``: of what the judge calls refused, the share that people do. ``answers``:
    measure -> how many answers it is over. A measure is None where no label or one class alone
    can't give it; its ``n`` counts questions.
    """

    labelled: int
    refused: int
    unscored: int
    table: dict[str, dict[str, int]] = {}
    answers: dict[str, int]
    refusals_found: Estimate | None = None
    refusals_true: Estimate | None = None
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
    """The headline loss of one treated arm: by verdicts (``raw``), by labels alone, where every
    answer has one, and corrected."""

    arm: str
    raw: Estimate | None
    by_labels: CorrectedLoss = CorrectedLoss()
    prediction_powered: CorrectedLoss
    rogan_gladen: CorrectedLoss

    @property
    def corrections(self) -> dict[str, CorrectedLoss]:
        """The name of each method -> what it gives."""
        return {
            "by labels": self.by_labels,
            "prediction-powered": self.prediction_powered,
            "Rogan-Gladen by arm": self.rogan_gladen,
        }


class Rater(_Record):
    """One rater: their file's name, and how far the judge agrees with them."""

    name: str
    file: str
    agreement: ArmAgreement


class Disagreement(_Record):
    """An answer on which raters differ. ``labels``: rater -> label; ``settled``: what they are
    taken to say, ``unscored`` where the answer is left out. All in the words of ``Verdict``."""

    answer_id: str
    item_id: str
    arm: str
    epoch: int
    labels: dict[str, str]
    settled: str
    verdict: str


class RaterAgreement(_Record):
    """How far raters agree. ``answers`` have labels of two raters or more; ``alpha`` is
    Krippendorff's over right, wrong and refused (None: not defined; its ``n`` counts questions).
    ``settled_by``: ``majority`` or ``unanimous``; ``left_out``: disagreements not settled so."""

    answers: int
    alpha: Estimate | None
    settled_by: str
    left_out: int
    disagreements: tuple[Disagreement, ...]


class Audit(_Record):
    """The whole of ``audit.json``; ``intervals`` says how they are made. ``agreement`` is with the
    settled labels; ``between_raters`` is None where there is one rater."""

    raters: tuple[Rater, ...]
    between_raters: RaterAgreement | None = None
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
