"""An audit as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from warmbench.judging.audit.label import LABEL_WORDS
from warmbench.records.audit import (
    AGREEMENT_MEASURES,
    Agreements,
    Audit,
    AuditedArm,
    Rater,
    RaterAgreement,
)
from warmbench.records.estimate import Estimate
from warmbench.records.verdict import Verdict
from warmbench.reporting.console.table import interval_text, origin_line, pair_line, plain_table
from warmbench.reporting.wording import NOT_MEASURED

__all__ = ["print_audit"]

_SETTLED = {"majority": "majority", "unanimous": "what all of them say"}


def print_audit(audit: Audit) -> None:
    """Agreement overall, by arm and with each rater; then the loss by verdicts beside those that
    labels give."""
    console = Console(highlight=False)
    _print_agreement(console, audit.agreement)
    if audit.between_raters:
        _print_raters(console, audit.raters, audit.between_raters)
    models = {arm.name: arm.model for arm in audit.study.arms}
    for arm in audit.treated:
        console.print(pair_line(models, arm.arm))
        _print_losses(console, arm)
    console.print(
        "[dim]95 % intervals, clustered by question: Wilson's on the effective number of answers "
        "for shares, by t for kappa and losses, by the jackknife for alpha. The labels must be a "
        "random sample of each task's answers, or all of them. Accuracy, kappa, sensitivity and "
        "specificity are of answers that judge and people both call right or wrong.[/dim]"
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
    overall = agreement.overall
    for verdict in (Verdict.REFUSED, Verdict.UNSCORED):
        said = overall.table.get(verdict, {})
        if count := sum(said.values()):
            words = ", ".join(f"{LABEL_WORDS[Verdict(v)]} {n:,}" for v, n in said.items() if n)
            console.print(
                f"{count:,} labelled answers have the verdict {verdict}; people: {words}."
            )
    for name, found in (
        ("of what people call refused, the judge does", overall.refusals_found),
        ("of what the judge calls refused, people do", overall.refusals_true),
    ):
        if found:
            console.print(f"Refusals: {name} {_share_text(found)}.")


def _print_raters(console: Console, raters: Sequence[Rater], between: RaterAgreement) -> None:
    table = plain_table("Judge against each rater", "rater", "measure", "value", "answers", left=2)
    for rater in raters:
        for measure in ("accuracy", "kappa"):
            found: Estimate | None = getattr(rater.agreement, measure)
            answers = f"{rater.agreement.answers[measure]:,}" if found else "0"
            table.add_row(escape(rater.name), measure, _share_text(found), answers)
    console.print(table, crop=False)
    console.print(
        f"Krippendorff's alpha between raters: {_share_text(between.alpha)}, over "
        f"{between.answers:,} answers with two labels or more."
    )
    settled = _SETTLED[between.settled_by]
    console.print(
        f"They differ on {len(between.disagreements):,}. Settled by {settled}, "
        f"{between.left_out:,} of these are left out."
    )
    if between.disagreements:
        console.print("They are listed in audit/disagreements.csv of the run.")


def _print_losses(console: Console, arm: AuditedArm) -> None:
    table = plain_table(None, "loss", "points [95 % interval]", "labelled", "questions")
    table.add_row("by verdicts", interval_text(arm.raw), "", "")
    for name, found in arm.corrections.items():
        if found.loss is None:
            table.add_row(name, NOT_MEASURED, "", "")
            continue
        unit = "answers" if found is arm.rogan_gladen else "pairs"
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
