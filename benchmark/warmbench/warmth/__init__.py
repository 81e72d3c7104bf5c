"""Warmth: how warm a text is. A new measure is one file and one line here.

``lexical`` counts words and needs no model. The other two are SocioT Warmth (Cheng, Yu and
Jurafsky 2025), under any causal language model: ``sociot-humtdumt`` as the authors compute it,
``sociot-cond`` over the text's own tokens and without dropout.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from warmbench.errors import UsageError
from warmbench.warmth.gain import warmth_gain
from warmbench.warmth.measure import Tick, WarmthMeasure, no_tick

__all__ = [
    "DEFAULT_MODEL",
    "MEASURES",
    "Tick",
    "WarmthMeasure",
    "no_tick",
    "open_measure",
    "warmth_gain",
]

MEASURES: dict[str, str] = {
    "lexical": "warmbench.warmth.lexical:Lexical",
    "sociot-cond": "warmbench.warmth.sociot:SociotCond",
    "sociot-humtdumt": "warmbench.warmth.sociot:SociotHumtdumt",
}
"""Measure -> ``module:class``. ``lexical`` takes nothing; the others (model, revision, device)."""

DEFAULT_MODEL = "gpt2"
"""The model of the paper's warmth scores."""


def open_measure(
    name: str,
    model: str | None = None,
    revision: str | None = None,
    device: str = "auto",
    passes: int | None = None,
) -> WarmthMeasure:
    """The measure of that name; ``model`` is a folder or a Hub name, ``passes`` are those of
    ``sociot-humtdumt``.

    Raises ``UsageError`` for an unknown measure, for an option that the measure has no use for and
    when torch or transformers are missing; ``EngineError`` for a model that can't be loaded.
    """
    if name not in MEASURES:
        raise UsageError(f"no warmth measure {name!r}; measures are {', '.join(sorted(MEASURES))}")
    if name == "lexical" and (model or revision):
        raise UsageError("the measure 'lexical' takes no model; name one with a sociot measure")
    if name != "sociot-humtdumt" and passes is not None:
        raise UsageError(f"the measure {name!r} makes one pass; only 'sociot-humtdumt' takes more")
    module, class_name = MEASURES[name].split(":")
    measure = getattr(import_module(module), class_name)
    if name == "lexical":
        return cast(WarmthMeasure, measure())
    options = {} if passes is None else {"passes": passes}
    return cast(WarmthMeasure, measure(model or DEFAULT_MODEL, revision, device, **options))
