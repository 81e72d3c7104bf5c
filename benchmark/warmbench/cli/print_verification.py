"""A bundle on the terminal: the steps of its verification, its files, its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from warmbench.records.scorecard import ArmScore, Measure, Scorecard
    from warmbench.submission.bundle.read_bundle import Bundle
    from warmbench.submission.verification.bundle_verification import BundleVerification, Step

__all__ = ["print_bundle", "print_step", "print_verification"]

_MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "skipped"}


def print_step(step: Step) -> None:
    """One line a step, and one a finding."""
    note = f" ({step.note})" if step.note and step.status != "skipped" else ""
    click.echo(f"{_MARKS[step.status]:<8} {step.title}{note}")
    for finding in step.findings:
        click.echo(f"         {finding.where}: {finding.text} [{finding.code}]")


def print_verification(verification: BundleVerification) -> None:
    """The outcome in a sentence, and the notes on each treated arm."""
    from warmbench.text_safety import printable

    v = verification
    if not v.is_sound:
        codes = ", ".join(dict.fromkeys(finding.code for finding in v.findings))
        click.echo(f"{printable(v.target)}: refused ({codes})")
        return
    for arm, found in v.eligibility.items():
        what = "can be ranked" if found.ranked else f"is not ranked [{found.code}]"
        click.echo(f"{printable(v.target)}: sound; the {arm} arm {what}")
        for flag in found.flags:
            click.echo(f"         note: {printable(flag)}")


def print_bundle(bundle: Bundle, card: Scorecard) -> None:
    """What would be published: who and what, the files, the numbers."""
    from rich.console import Console
    from rich.markup import escape

    from warmbench.reporting.console.table import interval_text, plain_table, points

    console = Console()
    submission = bundle.submission
    console.print(
        f"[bold]{escape(submission.model.name)}[/bold], {submission.study.treatment.value}, on "
        f"{escape(submission.release.name)} {escape(submission.release.version or '')}; by "
        f"{escape(submission.submitter.name)}, {escape(submission.submitter.contact)}; "
        f"{submission.license}"
    )
    files = plain_table("What will be public", "file", "kB")
    for name, content in bundle.contents.items():
        files.add_row(name, f"{len(content) / 1e3:,.1f}")
    console.print(files)
    numbers = plain_table("Numbers, in points; warmth in the unit of its measure", "arm",
                          "number", "value [95 % interval]", "original %", "treated %")  # fmt: skip
    for treated in card.treated:
        for name, part in _losses(treated).items():
            if part and part.loss:
                accuracies = (part.original_accuracy, part.treated_accuracy)
                shown = (points(found.value if found else None) for found in accuracies)
                numbers.add_row(treated.arm, name, interval_text(part.loss), *shown)
        if treated.sycophancy:
            numbers.add_row(treated.arm, "sycophancy", interval_text(treated.sycophancy))
        if gain := card.gain(treated.arm):
            numbers.add_row(treated.arm, "warmth gain", interval_text(gain))
    console.print(numbers)


def _losses(treated: ArmScore) -> dict[str, Measure | None]:
    sadness = treated.contexts.get("sadness")
    return {"loss": treated.headline, "plain": treated.plain, "sadness": sadness}
