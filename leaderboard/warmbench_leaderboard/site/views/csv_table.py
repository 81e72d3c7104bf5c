"""The table as CSV: every matching entry with all its columns, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from warmbench.report.visible_text import visible_text
from warmbench_leaderboard.index.board import Entry, Figure, Pair, Rank

__all__ = ["CSV_COLUMNS", "csv_table"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What a spreadsheet runs where a cell begins with it."""

CSV_COLUMNS = (
    *("entry_id", "rank", "rank_low", "rank_high", "rank_apart", "rank_apart_low"),
    *("rank_apart_high", "unranked", "model", "arm"),
    *("treatment", "access", "parameters_b", "badge", "loss", "loss_low", "loss_high"),
    *("standard_error", "original_accuracy", "treated_accuracy", "plain_loss", "sadness_loss"),
    *("sycophancy", "warmth_gain", "warmth_measure", "judge", "release", "release_version"),
    *("release_fingerprint", "metric_version", "questions", "submitted", "submitter", "flags"),
)
"""Losses and accuracies in percentage points; what was not measured is empty."""

Value = str | float | int | None


def csv_table(entries: Iterable[Entry]) -> str:
    """A header and a row an entry, in the order given. Text that a spreadsheet would run gets an
    apostrophe in front; numbers stay numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for entry in entries:
        writer.writerow([_cell(value) for value in _values(entry)])
    return out.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return repr(value)
    text = visible_text(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _values(entry: Entry) -> tuple[Value, ...]:
    loss = entry.headline.loss
    return (
        entry.entry_id,
        *_rank(entry.rank),
        *_rank(entry.rank_apart),
        entry.unranked,
        entry.model,
        entry.arm,
        entry.treatment.value,
        entry.access.value,
        entry.parameters_b,
        entry.badge.value,
        loss.value,
        loss.low,
        loss.high,
        entry.standard_error,
        entry.headline.original_accuracy,
        entry.headline.treated_accuracy,
        _loss(entry.plain),
        _loss(entry.sadness),
        _value(entry.sycophancy),
        _value(entry.warmth_gain),
        entry.warmth_measure,
        entry.judge,
        entry.release,
        entry.release_version,
        entry.release_fingerprint,
        entry.metric_version,
        entry.questions,
        entry.submitted.isoformat() if entry.submitted else None,
        entry.submitter,
        " ".join(entry.flags),
    )


def _rank(rank: Rank | None) -> tuple[int | None, int | None, int | None]:
    return (rank.rank, rank.low, rank.high) if rank else (None, None, None)


def _loss(pair: Pair | None) -> float | None:
    return pair.loss.value if pair else None


def _value(figure: Figure | None) -> float | None:
    return figure.value if figure else None
