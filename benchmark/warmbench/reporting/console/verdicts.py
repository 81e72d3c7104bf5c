"""Verdicts as tables for people: their counts, and how they agree with labels."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from warmbench.data.answer_row import AnswerRow
from warmbench.judging.agreement import Agreement
from warmbench.judging.unread import unread_of
from warmbench.records.request_form import RequestForm
from warmbench.records.verdict import Judgement, Verdict
from warmbench.reporting.console.table import plain_table
from warmbench.reporting.wording import NOT_MEASURED

__all__ = ["print_agreement", "print_judging", "print_unread", "print_verdicts"]


def print_verdicts(verdicts: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Counts of the verdicts by arm."""
    table = plain_table(None, "arm", *Verdict, "unsure")
    for arm in dict.fromkeys(v["arm"] for v in verdicts):
        rows = [v for v in verdicts if v["arm"] == arm]
        counts = Counter(v["verdict"] for v in rows)
        unsure = sum(not v["sure"] for v in rows) / len(rows)
        table.add_row(arm, *(f"{counts[v.value]:,}" for v in Verdict), f"{unsure:.1%}")
    console = Console(highlight=False)
    console.print(table, crop=False)
    console.print(f"Verdicts: {escape(str(path))}")


def print_agreement(
    judged: Sequence[tuple[AnswerRow, Judgement]],
    agreement: Agreement,
    path: Path,
    no_answer: Mapping[str, int],
) -> None:
    """Counts of the verdicts, how many rows had no answer (by kind), and how the verdicts agree
    with the labels where there are any."""
    console = Console(highlight=False)
    counts = Counter(judgement.verdict for _, judgement in judged)
    unsure = sum(not judgement.sure for _, judgement in judged) / len(judged)
    table = plain_table(None, "answers", *Verdict, "unsure")
    table.add_row(
        f"{len(judged):,}", *(f"{counts[verdict]:,}" for verdict in Verdict), f"{unsure:.1%}"
    )
    console.print(table, crop=False)
    if no_answer:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(no_answer.items()))
        console.print(f"Not judged (no answer): {kinds}")
    if agreement.labelled:
        table = plain_table("Against the labels", "measure", "value")
        for name, value in (
            ("labelled answers", f"{agreement.labelled:,}"),
            ("accuracy", _share_text(agreement.accuracy)),
            ("Cohen's kappa", _share_text(agreement.kappa)),
            ("sensitivity", _share_text(agreement.sensitivity)),
            ("specificity", _share_text(agreement.specificity)),
            ("share left unsure", _share_text(agreement.unsure_share)),
            ("accuracy where sure", _share_text(agreement.sure_accuracy)),
        ):
            table.add_row(name, value)
        console.print(table, crop=False)
    console.print(f"Verdicts: {escape(str(path))}")


def _share_text(value: float | None) -> str:
    return NOT_MEASURED if value is None else f"{value:.3f}"


def print_unread(record: Mapping[str, Any]) -> None:
    """To standard error, what each model left unscored since its replies could not be read."""
    for found in unread_of(record):
        print(
            f"Warning: {found}; these are left unscored. The same command asks again.",
            file=sys.stderr,
        )


def print_judging(record: Mapping[str, Any]) -> None:
    """What each model was asked, and how far a panel agrees."""
    for member in record.get("members", ()):
        print_judging(member)
    if requests := record.get("requests"):
        print(
            f"{record['judge']}: {requests['asked']:,} requests, {requests['known']:,} answered "
            f"before, {requests['by_rule']:,} answers settled by rule, {requests['retried']:,} "
            f"asked again, {requests['unread']:,} left unscored"
        )
    if form := record.get("request_form"):
        print(f"{record['judge']}: asked {RequestForm.from_json(form)}")
    if "krippendorff_alpha" in record:
        alpha = record["krippendorff_alpha"]
        value = "not defined (all votes alike)" if alpha is None else f"{alpha:.3f}"
        print(f"Krippendorff's alpha of the panel: {value}, {record['answers']:,} answers")
