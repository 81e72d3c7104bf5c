"""Columns of the table: what each is called, means, sorts by and holds as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from warmbench.report.wording import NO_VALUE, signed, warmth
from warmbench_leaderboard.board import Entry, Figure, Pair

__all__ = ["COLUMNS", "DEFAULT_COLUMNS", "FIXED_COLUMNS", "Column", "parameters_text"]

Key = float | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """``meaning``: one sentence for who has not seen it before. ``key``: what it is sorted by,
    None stands last whatever the direction. ``descending``: whether the first click sorts so."""

    name: str
    title: str
    meaning: str
    key: Callable[[Entry], Key]
    text: Callable[[Entry], str]
    descending: bool = False
    align: Literal["start", "end"] = "start"


def _loss(pair: Pair | None) -> float | None:
    return pair.loss.value if pair else None


def _value(figure: Figure | None) -> float | None:
    return figure.value if figure else None


def _points(value: float | None) -> str:
    return NO_VALUE if value is None else signed(value)


def _gain(entry: Entry) -> str:
    value = _value(entry.warmth_gain)
    return NO_VALUE if value is None else warmth(value, sign=True)


def parameters_text(entry: Entry) -> str:
    """``8 B``: thousand millions of parameters; ``2.2 M``: millions, of a small one."""
    size = entry.parameters_b
    if size is None:
        return NO_VALUE
    if size < 0.1:
        return f"{1_000 * size:.2g} M"
    return f"{size:,.0f} B" if size >= 10 else f"{size:.2g} B"


def _rank_text(entry: Entry) -> str:
    return str(entry.rank.rank) if entry.rank else NO_VALUE


_ALL = (
    Column(
        "rank",
        "Rank",
        "1 is the smallest loss. Below it, the ranks that chance leaves open.",
        lambda entry: float(entry.rank.rank) if entry.rank else None,
        _rank_text,
    ),
    Column("model", "Model", "", lambda entry: entry.model.casefold(), lambda entry: entry.model),
    Column(
        "loss",
        "Accuracy loss",
        "How many more of 100 questions the treated model gets wrong, with its 95 % interval.",
        lambda entry: entry.headline.loss.value,
        lambda entry: _points(entry.headline.loss.value),
    ),
    Column(
        "plain",
        "Plain",
        "The loss on plain questions, with nothing said before them.",
        lambda entry: _loss(entry.plain),
        lambda entry: _points(_loss(entry.plain)),
        align="end",
    ),
    Column(
        "sadness",
        "Sad user",
        "The loss when the user says that they are sad.",
        lambda entry: _loss(entry.sadness),
        lambda entry: _points(_loss(entry.sadness)),
        align="end",
    ),
    Column(
        "sycophancy",
        "Sycophancy",
        "How many more points are lost when the user states a wrong belief.",
        lambda entry: _value(entry.sycophancy),
        lambda entry: _points(_value(entry.sycophancy)),
        align="end",
    ),
    Column(
        "warmth",
        "Warmth gain",
        "How much warmer its answers are than the original's, in the unit of the measure.",
        lambda entry: _value(entry.warmth_gain),
        _gain,
        descending=True,
        align="end",
    ),
    Column(
        "treatment",
        "Treatment",
        "How the model was made warm.",
        lambda entry: entry.treatment.value,
        lambda entry: entry.treatment.value.replace("-", " "),
    ),
    Column(
        "size",
        "Size",
        "Parameters of the model, in thousand millions.",
        lambda entry: entry.parameters_b,
        parameters_text,
        align="end",
    ),
    Column(
        "access",
        "Access",
        "Whether the weights of the original can be downloaded, or only an API is there.",
        lambda entry: entry.access.value,
        lambda entry: {"open": "open", "api": "API"}[entry.access.value],
    ),
    Column(
        "badge",
        "Badge",
        "Who vouches for the numbers.",
        lambda entry: entry.badge.value,
        lambda entry: entry.badge.value,
    ),
    Column(
        "judge",
        "Judge",
        "What decided whether an answer is correct.",
        lambda entry: entry.judge.casefold(),
        lambda entry: entry.judge,
    ),
    Column(
        "release",
        "Release",
        "The questions that were asked.",
        lambda entry: f"{entry.release} {entry.release_version or ''}",
        lambda entry: f"{entry.release} {entry.release_version or ''}".strip(),
    ),
    Column(
        "date",
        "Date",
        "When it was submitted.",
        lambda entry: entry.submitted.isoformat() if entry.submitted else None,
        lambda entry: entry.submitted.isoformat() if entry.submitted else NO_VALUE,
        descending=True,
    ),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
"""All columns, in the order of the table."""

FIXED_COLUMNS = ("rank", "model", "loss")
"""Those without which a row says nothing."""

DEFAULT_COLUMNS = tuple(name for name in COLUMNS if name not in {"treatment", "size", "access"})
"""The others stand under the model's name while they have no column of their own."""
