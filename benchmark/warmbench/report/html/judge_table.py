"""Judge tables: how good the verdicts are that all figures rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warmbench.records.verdict import Verdict
from warmbench.report.audit_file import Agreement, Audit, AuditedArm, Corrected, Figure
from warmbench.report.html.table import Row, Table
from warmbench.report.measure import Interval, Loss, number
from warmbench.report.wording import (
    NO_VALUE,
    NOT_MEASURED,
    count,
    interval,
    loss_text,
    share,
    share_text,
    signed,
)

__all__ = ["agreement_table", "corrected_table", "judge_table", "tone_sentence"]

Json = Mapping[str, Any]

_SCORED = (Verdict.CORRECT.value, Verdict.INCORRECT.value)


def judge_table(card: Json, unsure: Mapping[str, float]) -> Table:
    """How sure the judge was, and what it could not score, in each arm. ``unsure``: arm -> share
    of verdicts; empty where only the share over all arms is known."""
    arms = [arm["name"] for arm in card["study"]["arms"]]
    whole = number(card["unsure_share"])
    every = {name: sum(_counted(card, arm, name) for arm in arms) for name in Verdict}
    cells = {arm: _judge_cells(_counts(card, arm), unsure.get(arm)) for arm in arms}
    return Table(
        caption="Verdicts of the judge",
        columns=("Arm", "Verdicts", "Sure", "Scored right or wrong", "Refused", "Unscored"),
        rows=(
            *(Row(arm.capitalize(), its_cells) for arm, its_cells in cells.items()),
            Row("All arms", _judge_cells(every, whole)),
        ),
        note=f"Judge: {card['judge']}. A judge that is much less sure of one arm than of the other "
        "may be led by its tone.",
    )


def _counts(card: Json, arm: str) -> dict[Verdict, float]:
    return {verdict: _counted(card, arm, verdict) for verdict in Verdict}


def _counted(card: Json, arm: str, verdict: Verdict) -> float:
    return number(card["verdicts"].get(arm, {}).get(verdict)) or 0.0


def _judge_cells(counts: Mapping[Verdict, float], unsure: float | None) -> tuple[str, ...]:
    whole = sum(counts.values())
    scored = sum(counts[Verdict(name)] for name in _SCORED)
    parts = (scored, counts[Verdict.REFUSED], counts[Verdict.UNSCORED])
    return (
        count(whole),
        share(None if unsure is None else 1.0 - unsure),
        *(share(part / whole) if whole else NOT_MEASURED for part in parts),
    )


def tone_sentence(card: Json) -> str:
    """The tone bias of the judge; a scorecard of before has none."""
    found = card.get("tone_bias")
    bias = Loss.of(found)
    if not found or bias is None:
        return (
            "Tone bias of the judge: not measured. (`warmbench judge RUN --tone-bias N` asks it "
            "about the same answers in a warm, a neutral and a cold tone.)"
        )
    ends = "" if bias.low is None else f" (95\N{NO-BREAK SPACE}% interval {interval(bias)})"
    return (
        "Tone bias of the judge: kind sentences around the same answer, against cold ones, change "
        f"the share that it calls correct by {signed(bias.value)} points{ends}. The tone changed "
        f"{share(number(found['flips']))} of the verdicts on {count(number(found['answers']))} "
        "answers."
    )


def agreement_table(audit: Audit) -> Table:
    """How far the judge agrees with people, overall and in each arm."""
    rows = {"all arms": audit.agreement.overall, **audit.agreement.arms}
    return Table(
        caption="The judge against people",
        columns=("Arm", "Labelled answers", "Accuracy", "Cohen's kappa", "Sensitivity",
                 "Specificity"),
        rows=tuple(Row(name.capitalize(), _agreement_cells(row)) for name, row in rows.items()),
        note="95 % intervals in brackets, clustered by question. Sensitivity: share of answers "
        "that people call right and the judge too; specificity: the same of wrong ones.",
    )  # fmt: skip


def _agreement_cells(found: Agreement) -> tuple[str, ...]:
    return (
        count(found.labelled),
        _share(found.accuracy),
        _kappa(found.kappa),
        _share(found.sensitivity),
        _share(found.specificity),
    )


def _share(found: Figure | None) -> str:
    return NOT_MEASURED if found is None else share_text(found.value, _ends(found))


def _kappa(found: Figure | None) -> str:
    if found is None:
        return NOT_MEASURED
    ends = _ends(found)
    return f"{found.value:.3f}" + (f" ({ends.low:.3f} to {ends.high:.3f})" if ends else "")


def _ends(found: Figure) -> Interval | None:
    if found.low is None or found.high is None:
        return None
    return Interval(found.low, found.high)


def corrected_table(audit: Audit) -> Table:
    """The headline loss of each treated arm: by verdicts, and put right by the labels."""
    reasons = [
        f"{arm.arm.capitalize()}: no {name} loss: {found.reason}."
        for arm in audit.treated
        for name, found in _corrections(arm)
        if found.reason
    ]
    return Table(
        caption="Headline loss put right by people's labels",
        columns=("Arm", "By verdicts", "Prediction-powered", "Rogan-Gladen by arm"),
        rows=tuple(Row(arm.arm.capitalize(), _corrected_cells(arm)) for arm in audit.treated),
        note=" ".join(("In points of accuracy, 95 % intervals in brackets.", *reasons)),
    )


def _corrections(arm: AuditedArm) -> tuple[tuple[str, Corrected], ...]:
    return (
        ("prediction-powered", arm.prediction_powered),
        ("Rogan-Gladen", arm.rogan_gladen),
    )


def _corrected_cells(arm: AuditedArm) -> tuple[str, ...]:
    found = (arm.raw, *(corrected.loss for _, corrected in _corrections(arm)))
    return tuple(loss_text(figure.loss) if figure else NO_VALUE for figure in found)
