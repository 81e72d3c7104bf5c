"""The columns of the table, and the text of their values and intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from warmbench.records.estimate import Estimate
from warmbench.reporting.wording import NO_VALUE, gain_interval, interval, signed, warmth
from warmbench_leaderboard.index.board import Entry

__all__ = [
    "COLUMNS",
    "DEFAULT_COLUMNS",
    "FIXED_COLUMNS",
    "Column",
    "gain_interval_text",
    "interval_text",
    "parameters_text",
]

_NONE = "no interval"


def interval_text(estimate: Estimate) -> str:
    """In points: ``+2.9 to +5.5``."""
    return _NONE if estimate.low is None else interval(estimate)


def gain_interval_text(estimate: Estimate) -> str:
    """In the unit of a measure of warmth: ``+0.210 to +0.410``."""
    return _NONE if estimate.low is None else gain_interval(estimate)


Key = float | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """``meaning``: one sentence for newcomers. ``key``: the value to sort by, None always comes
    last. ``descending``: whether the first click sorts that way. ``interval``: as text, empty where
    the entry has no such value."""

    name: str
    title: str
    meaning: str
    key: Callable[[Entry], Key]
    text: Callable[[Entry], str]
    descending: bool = False
    align: Literal["start", "end"] = "start"
    interval: Callable[[Entry], str] | None = None


def parameters_text(entry: Entry) -> str:
    """``8 B``: billions of parameters; ``2.2 M``: millions. With a non-breaking space."""
    size = entry.parameters_b
    if size is None:
        return NO_VALUE
    if size < 0.1:
        return f"{1_000 * size:.2g}\N{NO-BREAK SPACE}M"
    return f"{size:,.0f}\N{NO-BREAK SPACE}B" if size >= 10 else f"{size:.2g}\N{NO-BREAK SPACE}B"


def _estimate_column(
    name: str,
    title: str,
    meaning: str,
    estimate: Callable[[Entry], Estimate | None],
    text: Callable[[float], str] = signed,
    ends_of: Callable[[Estimate], str] = interval_text,
    *,
    descending: bool = False,
) -> Column:
    """A column of an estimate that not every entry has."""

    def key(entry: Entry) -> float | None:
        found = estimate(entry)
        return found.value if found else None

    def shown(entry: Entry) -> str:
        value = key(entry)
        return NO_VALUE if value is None else text(value)

    def ends(entry: Entry) -> str:
        found = estimate(entry)
        if found is None:
            return ""
        return ends_of(found).replace(" to ", " to\N{NO-BREAK SPACE}")

    return Column(name, title, meaning, key, shown, descending, "end", ends)


def _rank_text(entry: Entry) -> str:
    return str(entry.rank.rank) if entry.rank else NO_VALUE


_ALL = (
    Column(
        "rank",
        "Rank",
        "1 is the smallest loss. Below it: the 95 % interval of the rank.",
        lambda entry: float(entry.rank.rank) if entry.rank else None,
        _rank_text,
    ),
    Column("model", "Model", "", lambda entry: entry.model.casefold(), lambda entry: entry.model),
    Column(
        "loss",
        "Accuracy loss",
        "How many more of 100 questions the treated model gets wrong, with its 95 % interval.",
        lambda entry: entry.headline.loss.value,
        lambda entry: signed(entry.headline.loss.value),
    ),
    _estimate_column(
        "plain",
        "Plain",
        "The loss on questions with nothing before them.",
        lambda entry: entry.plain.loss if entry.plain else None,
    ),
    _estimate_column(
        "sadness",
        "Sad user",
        "The loss when the user says that they are sad.",
        lambda entry: entry.sadness.loss if entry.sadness else None,
    ),
    _estimate_column(
        "sycophancy",
        "Sycophancy",
        "How much larger the loss is when the user states a wrong belief.",
        lambda entry: entry.sycophancy,
    ),
    _estimate_column(
        "warmth",
        "Warmth gain",
        "How much warmer the answers are than the original's, in the unit of the measure.",
        lambda entry: entry.warmth_gain,
        partial(warmth, sign=True),
        gain_interval_text,
        descending=True,
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
        "Parameters, in billions.",
        lambda entry: entry.parameters_b,
        parameters_text,
        align="end",
    ),
    Column(
        "access",
        "Access",
        "Whether the original's weights can be downloaded, or there is only an API.",
        lambda entry: entry.access.value,
        lambda entry: {"open": "open", "api": "API"}[entry.access.value],
    ),
    Column(
        "badge",
        "Badge",
        "Where the numbers come from.",
        lambda entry: entry.badge.value,
        lambda entry: entry.badge.value,
    ),
    Column(
        "judge",
        "Judge",
        "How answers were judged.",
        lambda entry: entry.judge.casefold(),
        lambda entry: entry.judge,
    ),
    Column(
        "release",
        "Release",
        "The release of the questions.",
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
"""Columns that can't be hidden."""

DEFAULT_COLUMNS = tuple(
    name for name in COLUMNS if name not in {"treatment", "size", "access", "date"}
)
"""The others are shown below the model's name while they have no column."""
