"""The audit file: what a report reads of ``audit.json``, the judge held against people's labels."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.records.estimate import Estimate

__all__ = ["Agreement", "Audit", "AuditedArm", "Corrected", "read_audit"]


class _Part(BaseModel):
    """What a report does not show is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Agreement(_Part):
    """How far the judge agrees with people over ``labelled`` answers: shares from 0 to 1."""

    labelled: int
    accuracy: Estimate | None
    kappa: Estimate | None
    sensitivity: Estimate | None
    specificity: Estimate | None


class _Agreements(_Part):
    overall: Agreement
    arms: dict[str, Agreement]


class Corrected(_Part):
    """A loss put right by the labels, or the reason why there is none."""

    loss: Estimate | None
    reason: str | None


class AuditedArm(_Part):
    """The headline loss of one treated arm, in points: by verdicts, and put right."""

    arm: str
    raw: Estimate | None
    prediction_powered: Corrected
    rogan_gladen: Corrected


class Audit(_Part):
    """``agreement.arms``: arm -> agreement on its answers."""

    judge: str
    agreement: _Agreements
    treated: tuple[AuditedArm, ...]


def read_audit(path: Path) -> Audit | None:
    """The audit of a run; None where nobody made one. ``DataError`` where it is none."""
    if not path.is_file():
        return None
    try:
        return Audit.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(
            f"{path}: {first_problem(error)}; make it anew with `warmbench audit`"
        ) from None
