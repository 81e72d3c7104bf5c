"""Models that could not be fitted, in words: each reason once, with the models and columns that it
is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from warmbench.records.analysis import UnfittedModel

__all__ = ["fit_failure_sentences"]


@dataclass(slots=True)
class _Affected:
    """What a sentence is about; dicts, as they keep the order."""

    without: dict[str, None] = field(default_factory=dict)
    with_length: dict[str, None] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)


def fit_failure_sentences(models: Iterable[UnfittedModel]) -> list[str]:
    """One sentence a reason: "Models 2 and 3 can't be fitted, with or without the answer's length:
    REASON 'intercept', 'task medqa'." """
    by_reason: dict[str, _Affected] = {}
    for model in models:
        about = by_reason.setdefault(model.reason, _Affected())
        names = about.with_length if model.with_length else about.without
        names[model.name] = None
        about.columns |= dict.fromkeys(model.columns)
    return [
        f"{_models(about)}: {' '.join((reason, ', '.join(map(repr, about.columns)))).strip()}."
        for reason, about in by_reason.items()
    ]


def _models(about: _Affected) -> str:
    without, with_length = list(about.without), list(about.with_length)
    if without == with_length:
        return f"{_named(without)} can't be fitted, with or without the answer's length"
    parts = (
        f"{_named(names)} {how} the answer's length"
        for names, how in ((without, "without"), (with_length, "with"))
        if names
    )
    return f"{' and '.join(parts)} can't be fitted"


def _named(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"Model {names[0]}"
    return f"Models {', '.join(names[:-1])} and {names[-1]}"
