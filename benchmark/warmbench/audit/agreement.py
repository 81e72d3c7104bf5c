"""How far a judge agrees with human labels in a run, overall and in each arm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from warmbench.audit.label import Label
from warmbench.audit.share import Share, cohens_kappa, share
from warmbench.data.item import Item
from warmbench.judging.verdict import Verdict

__all__ = ["ArmAgreement", "agreement_of"]


@dataclass(frozen=True, slots=True)
class ArmAgreement:
    """Agreement over labelled answers, as shares from 0 to 1 with their intervals.

    ``refused`` and ``unscored`` count labelled answers without a verdict of right or wrong: they
    are left out, as the loss leaves them out. (Where a refusal is the right answer, its verdict is
    ``correct``.) A figure is None where no label or one class alone can't give it.
    """

    labelled: int
    refused: int
    unscored: int
    accuracy: Share | None
    kappa: Share | None
    sensitivity: Share | None
    specificity: Share | None


def agreement_of(
    items: Sequence[Item], verdicts: Sequence[Mapping[str, Any]], labels: Sequence[Label]
) -> ArmAgreement:
    """Agreement on the answers of ``labels``; every label has its verdict."""
    said = {(v["item_id"], v["arm"], v["epoch"]): v["verdict"] for v in verdicts}
    questions = {item.item_id: item.question_id for item in items}
    scored = [
        (label, said[label.key])
        for label in labels
        if said[label.key] in (Verdict.CORRECT, Verdict.INCORRECT)
    ]
    right = np.array([label.correct for label, _ in scored], dtype=bool)
    passed = np.array([verdict == Verdict.CORRECT for _, verdict in scored], dtype=bool)
    codes: dict[str, int] = {}
    question = np.array(
        [codes.setdefault(questions[label.item_id], len(codes)) for label, _ in scored],
        dtype=np.intp,
    )
    return ArmAgreement(
        labelled=len(labels),
        refused=sum(said[label.key] == Verdict.REFUSED for label in labels),
        unscored=sum(said[label.key] == Verdict.UNSCORED for label in labels),
        accuracy=share(right == passed, question),
        kappa=cohens_kappa(right, passed, question),
        sensitivity=share(passed[right], question[right]),
        specificity=share(~passed[~right], question[~right]),
    )
