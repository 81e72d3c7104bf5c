"""The audit as tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape

from warmbench.records.estimate import Estimate
from warmbench.records.release import ReleaseRecord
from warmbench.report.console.table import interval_text, origin_line, pair_line, plain_table
from warmbench.report.wording import NOT_MEASURED

__all__ = ["METHODS", "print_audit"]

Json = Mapping[str, Any]

_FIGURES = ("accuracy", "kappa", "sensitivity", "specificity")

METHODS = {
    "prediction_powered": "prediction-powered",
    "rogan_gladen": "Rogan-Gladen by arm",
}
"""How ``audit.json`` calls a correction -> how a reader does."""


def print_audit(found: Json) -> None:
    """Agreement overall and by arm; then the loss by verdicts beside the corrected ones."""
    console = Console(highlight=False)
    _print_agreement(console, found["agreement"])
    models = {arm["name"]: arm["model"] for arm in found["study"]["arms"]}
    for losses in found["treated"]:
        console.print(pair_line(models, losses["arm"]))
        _print_losses(console, losses)
    console.print(
        "[dim]Intervals are of 95 % and clustered by question: Wilson's on the effective number "
        "of answers for shares, by t for kappa and losses. Labels count as a random sample of "
        "each task's answers; an answer that the judge calls a refusal, or can't score, is left "
        "out, as the loss leaves it out.[/dim]"
    )
    release = ReleaseRecord.model_validate(found["release"])
    console.print(origin_line(release, found["judge"], f"audit {found['audit_version']}"))


def _print_agreement(console: Console, agreement: Json) -> None:
    table = plain_table(
        "Judge against human labels", "figure", "arm", "value [95 % interval]", "answers", left=2
    )
    rows = {"all": agreement["overall"], **agreement["arms"]}
    for figure in _FIGURES:
        for name, row in rows.items():
            if row["labelled"]:
                found = row[figure]
                answers = f"{row['answers'][figure]:,}" if found else "0"
                table.add_row(figure, escape(name), _share_text(found), answers)
    console.print(table)
    left_out = {name: agreement["overall"][name] for name in ("refused", "unscored")}
    for name, count in left_out.items():
        if count:
            console.print(f"{count:,} labelled answers are left out: their verdict is {name}.")


def _print_losses(console: Console, losses: Json) -> None:
    table = plain_table(None, "loss", "points [95 % interval]", "labelled", "questions")
    table.add_row("by verdicts", interval_text(_loss(losses["raw"])), "", "")
    for key, name in METHODS.items():
        loss = losses[key]["loss"]
        if loss is None:
            table.add_row(name, NOT_MEASURED, "", "")
            continue
        unit = "pairs" if key == "prediction_powered" else "answers"
        labelled, questions = f"{losses[key]['labelled']:,} {unit}", f"{loss['n']:,}"
        table.add_row(name, interval_text(_loss(loss)), labelled, questions)
    console.print(table)
    for key, name in METHODS.items():
        if losses[key]["reason"]:
            console.print(f"[yellow]No {name} loss: {escape(losses[key]['reason'])}.[/yellow]")


def _loss(found: Json | None) -> Estimate | None:
    return Estimate(found["value"], found["low"], found["high"]) if found else None


def _share_text(found: Json | None) -> str:
    if found is None:
        return NOT_MEASURED
    if found["low"] is None:
        return f"{found['value']:.3f}"
    return f"{found['value']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"
