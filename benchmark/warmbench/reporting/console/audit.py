"""An audit as tables for people."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from warmbench.records.audit import AGREEMENT_MEASURES, Agreements, Audit, AuditedArm
from warmbench.records.estimate import Estimate
from warmbench.reporting.console.table import interval_text, origin_line, pair_line, plain_table
from warmbench.reporting.wording import NOT_MEASURED

__all__ = ["print_audit"]


def print_audit(audit: Audit) -> None:
    """Agreement overall and by arm; then the loss by verdicts beside the corrected ones."""
    console = Console(highlight=False)
    _print_agreement(console, audit.agreement)
    models = {arm.name: arm.model for arm in audit.study.arms}
    for arm in audit.treated:
        console.print(pair_line(models, arm.arm))
        _print_losses(console, arm)
    console.print(
        "[dim]95 % intervals, clustered by question: Wilson's on the effective number of answers "
        "for shares, by t for kappa and losses. The labels must be a random sample of each task's "
        "answers. An answer that the judge calls a refusal, or can't score, is left out, as in the "
        "loss.[/dim]"
    )
    console.print(origin_line(audit.release, audit.judge, f"audit {audit.audit_version}"))


def _print_agreement(console: Console, agreement: Agreements) -> None:
    table = plain_table(
        "Judge against human labels", "measure", "arm", "value [95 % interval]", "answers", left=2
    )
    rows = {"all": agreement.overall, **agreement.arms}
    for measure in AGREEMENT_MEASURES:
        for name, row in rows.items():
            if row.labelled:
                found: Estimate | None = getattr(row, measure)
                answers = f"{row.answers[measure]:,}" if found else "0"
                table.add_row(measure, escape(name), _share_text(found), answers)
    console.print(table, crop=False)
    left_out = {"refused": agreement.overall.refused, "unscored": agreement.overall.unscored}
    for name, count in left_out.items():
        if count:
            console.print(f"{count:,} labelled answers are left out: their verdict is {name}.")


def _print_losses(console: Console, arm: AuditedArm) -> None:
    table = plain_table(None, "loss", "points [95 % interval]", "labelled", "questions")
    table.add_row("by verdicts", interval_text(arm.raw), "", "")
    for name, found in arm.corrections.items():
        if found.loss is None:
            table.add_row(name, NOT_MEASURED, "", "")
            continue
        unit = "pairs" if found is arm.prediction_powered else "answers"
        table.add_row(
            name, interval_text(found.loss), f"{found.labelled:,} {unit}", f"{found.loss.n:,}"
        )
    console.print(table, crop=False)
    for name, found in arm.corrections.items():
        if found.reason:
            console.print(f"[yellow]No {name} loss: {escape(found.reason)}.[/yellow]")


def _share_text(found: Estimate | None) -> str:
    if found is None:
        return NOT_MEASURED
    if found.low is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
