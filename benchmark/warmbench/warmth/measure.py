"""Measures of warmth: texts in, one number a text out. A new one is a file and a line here.

``lexical`` counts words and needs no model. The other two are SocioT Warmth (Cheng, Yu and
Jurafsky 2025), under any causal language model: ``sociot-humtdumt`` as the authors compute it,
``sociot-cond`` over the text's own tokens and without dropout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Protocol, cast

from warmbench.errors import UsageError

__all__ = [
    "MEASURES",
    "WARMTH_MEASURE",
    "MeasureOptions",
    "Tick",
    "WarmthMeasure",
    "no_tick",
    "one_pass",
    "open_measure",
]

MEASURES: dict[str, str] = {
    "lexical": "warmbench.warmth.lexical:Lexical",
    "sociot-cond": "warmbench.warmth.sociot:SociotCond",
    "sociot-humtdumt": "warmbench.warmth.sociot:SociotHumtdumt",
}
"""Measure -> ``module:class``. Its class method ``open`` takes ``MeasureOptions``."""

WARMTH_MEASURE = "lexical"
"""The measure of a scorecard: it needs no model, so that anyone can compute it again."""

Tick = Callable[[int], None]
"""Receives how many texts were scored since the last call."""


def no_tick(count: int) -> None:
    """For callers that show no progress."""


class WarmthMeasure(Protocol):
    """Scores texts; the same text gets the same score, whatever is scored beside it."""

    @property
    def name(self) -> str:
        """Measure, its version and, where there is one, the model and its revision. It goes into
        every record: scores under different names are not comparable."""

    def score(self, texts: Sequence[str], tick: Tick = no_tick) -> list[float]:
        """One score a text, in the order given; higher is warmer."""


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """``model`` is a folder or a Hub name; ``passes`` are those of ``sociot-humtdumt``."""

    model: str | None = None
    revision: str | None = None
    device: str = "auto"
    passes: int | None = None


def one_pass(name: str) -> UsageError:
    """The error for ``passes`` of a measure that reads a text once."""
    return UsageError(f"the measure {name!r} makes one pass; only 'sociot-humtdumt' takes more")


def open_measure(
    name: str,
    model: str | None = None,
    revision: str | None = None,
    device: str = "auto",
    passes: int | None = None,
) -> WarmthMeasure:
    """The measure of that name, with the ``MeasureOptions``.

    Raises ``UsageError`` for an unknown measure, for an option that the measure does not have, and
    when torch or transformers are missing; ``EngineError`` for a model that can't be loaded.
    """
    if name not in MEASURES:
        raise UsageError(f"no warmth measure {name!r}; measures are {', '.join(sorted(MEASURES))}")
    options = MeasureOptions(model, revision, device, passes)
    return cast(WarmthMeasure, resolve_name(MEASURES[name]).open(options))
