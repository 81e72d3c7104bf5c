"""The judge section: how good the verdicts are that all numbers rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.records.audit import ArmAgreement, Audit, AuditedArm
from warmbench.records.estimate import Estimate
from warmbench.records.judge_check import CheckedGroup, JudgeCheckSummary
from warmbench.records.scorecard import Scorecard
from warmbench.records.verdict import Verdict
from warmbench.reporting.answers import RunRows
from warmbench.reporting.figures.judge_check import check_figure, check_sentence
from warmbench.reporting.figures.theme import Picture
from warmbench.reporting.html.table import Row, Table
from warmbench.reporting.wording import (
    NO_VALUE,
    NOT_MEASURED,
    PACKAGED_TONE,
    count,
    interval,
    label,
    loss_text,
    share,
    share_text,
    signed,
)

__all__ = [
    "JudgeSection",
    "check_table",
    "check_text",
    "judge_section",
    "judge_table",
    "tone_sentence",
]

_SCORED = (Verdict.CORRECT.value, Verdict.INCORRECT.value)


@dataclass(frozen=True, slots=True)
class JudgeSection:
    """What the page says of the judge."""

    tone: str
    check: str
    picture: Picture | None
    audit: str
    tables: tuple[Table, ...]


def judge_section(card: Scorecard, rows: RunRows) -> JudgeSection:
    """An audit of another judge is left out."""
    audit = rows.audit if rows.audit and rows.audit.judge == card.judge else None
    tables = [judge_table(card, rows.unsure)]
    if card.judge_check:
        tables.append(check_table(card.judge_check))
    if audit:
        tables += [_agreement_table(audit), _corrected_table(audit)]
    note = _audit_note(rows, audited=audit is not None)
    check = card.judge_check
    return JudgeSection(
        tone_sentence(card),
        check_text(check),
        _picture(check) if check else None,
        note,
        tuple(tables),
    )


def _audit_note(rows: RunRows, *, audited: bool) -> str:
    if audited:
        return "People labelled some of the answers; how far the judge agrees with them is below."
    if rows.audit:
        return f"The audit beside this run is of another judge ({rows.audit.judge}): left out."
    return "Nobody held this judge against people's labels here: `warmbench audit` does."


def judge_table(card: Scorecard, unsure: Mapping[str, float]) -> Table:
    """How sure the judge was, and what it could not score, in each arm. ``unsure``: arm -> share
    of verdicts; empty where only the share over all arms is known."""
    arms = list(card.models)
    every = {name: sum(_counted(card, arm, name) for arm in arms) for name in Verdict}
    cells = {arm: _judge_cells(_counts(card, arm), unsure.get(arm)) for arm in arms}
    return Table(
        caption="Verdicts of the judge",
        columns=("Arm", "Verdicts", "Sure", "Scored right or wrong", "Refused", "Unscored"),
        rows=(
            *(Row(arm.capitalize(), its_cells) for arm, its_cells in cells.items()),
            Row("All arms", _judge_cells(every, card.unsure_share)),
        ),
        note=f"Judge: {card.judge}. A judge that is much less sure of one arm than of the other "
        "may be led by its tone.",
    )


def _counts(card: Scorecard, arm: str) -> dict[Verdict, int]:
    return {verdict: _counted(card, arm, verdict) for verdict in Verdict}


def _counted(card: Scorecard, arm: str, verdict: Verdict) -> int:
    return card.verdicts.get(arm, {}).get(verdict, 0)


def _judge_cells(counts: Mapping[Verdict, int], unsure: float | None) -> tuple[str, ...]:
    whole = sum(counts.values())
    scored = sum(counts[Verdict(name)] for name in _SCORED)
    parts = (scored, counts[Verdict.REFUSED], counts[Verdict.UNSCORED])
    return (
        count(whole),
        share(None if unsure is None else 1.0 - unsure),
        *(share(part / whole) if whole else NOT_MEASURED for part in parts),
    )


def tone_sentence(card: Scorecard) -> str:
    """The tone bias of the judge."""
    found = card.tone_bias
    if found is None:
        return (
            "Tone bias of the judge: not measured. (`warmbench judge RUN --tone-bias N` asks it "
            "about the same answers in a warm, a neutral and a cold tone.)"
        )
    bias = Estimate(found.value, found.low, found.high)
    ends = "" if bias.low is None else f" (95\N{NO-BREAK SPACE}% interval {interval(bias)})"
    return (
        "Tone bias of the judge: kind sentences around the same answer, against cold ones, change "
        f"the share that it calls correct by {signed(bias.value)} points{ends}. The tone changed "
        f"{share(found.flips)} of the verdicts on {count(found.answers)} answers"
        f"{f' ({PACKAGED_TONE})' if card.tone_bias_packaged else ''}."
    )


def check_text(check: JudgeCheckSummary | None) -> str:
    """What a person may believe of the judge's check."""
    if check is None:
        return (
            "The judge on labelled answers: not measured. (`warmbench judge RUN --judge JUDGE "
            "--check` has it read the final part of the judging set; a judge other than the "
            "default is not ranked without.)"
        )
    return (
        f"The judge read {count(check.overall.answers)} labelled answers of the judging set "
        f"{check.release.version}, written like those of original and of warm models. No person "
        "labelled them: two readings by language models agree on each."
    )


def check_table(check: JudgeCheckSummary) -> Table:
    """How far the judge agrees with the labels of the judging set."""
    named = {"All answers": check.overall}
    for what in ("arm", "task", "length"):
        named |= {label(which): group for which, group in check.groups.get(what, {}).items()}
    return Table(
        caption="The judge on the judging set",
        columns=("Answers", "Number", "Accuracy", "Cohen's kappa", "Sensitivity", "Specificity",
                 "Unsure", "Accuracy where sure"),
        rows=tuple(Row(name.capitalize(), _check_cells(group)) for name, group in named.items()),
        note="95 % intervals in brackets, clustered by question.",
    )  # fmt: skip


def _check_cells(group: CheckedGroup) -> tuple[str, ...]:
    return (
        count(group.answers),
        share_text(group.accuracy),
        _kappa(group.kappa),
        share_text(group.sensitivity),
        share_text(group.specificity),
        share_text(group.unsure),
        share_text(group.sure_accuracy),
    )


def _picture(check: JudgeCheckSummary) -> Picture:
    return Picture(
        "judge-check",
        "Dot plot of the judge's accuracy by style of answer and arm",
        check_figure(check),
        check_sentence(check),
    )


def _agreement_table(audit: Audit) -> Table:
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


def _agreement_cells(found: ArmAgreement) -> tuple[str, ...]:
    return (
        count(found.labelled),
        share_text(found.accuracy),
        _kappa(found.kappa),
        share_text(found.sensitivity),
        share_text(found.specificity),
    )


def _kappa(found: Estimate | None) -> str:
    if found is None:
        return NOT_MEASURED
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"


def _corrected_table(audit: Audit) -> Table:
    """The headline loss of each treated arm: by verdicts, and corrected with the labels."""
    reasons = [
        f"{arm.arm.capitalize()}: no {name} loss: {found.reason}."
        for arm in audit.treated
        for name, found in arm.corrections.items()
        if found.reason
    ]
    return Table(
        caption="Headline loss corrected with people's labels",
        columns=("Arm", "By verdicts", "By labels", "Prediction-powered", "Rogan-Gladen by arm"),
        rows=tuple(Row(arm.arm.capitalize(), _corrected_cells(arm)) for arm in audit.treated),
        note=" ".join(("In points of accuracy, 95 % intervals in brackets.", *reasons)),
    )


def _corrected_cells(arm: AuditedArm) -> tuple[str, ...]:
    losses = (arm.raw, *(found.loss for found in arm.corrections.values()))
    return tuple(loss_text(loss) if loss else NO_VALUE for loss in losses)
