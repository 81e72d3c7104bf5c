"""The three classes of an inference model, found by the names in its config."""

from __future__ import annotations

from collections.abc import Mapping

from warmbench.errors import UsageError

__all__ = ["CLASSES", "class_places"]

CLASSES = ("entailment", "neutral", "contradiction")
_SHOWN = 60


def class_places(model: object, names: Mapping[int, object]) -> tuple[int, int, int]:
    """Where entailment, neutral and contradiction stand in the model's output.

    ``names``: place -> name (``id2label`` of the config). Raises ``UsageError`` for a model that
    has not just these three, whatever their case.

    >>> class_places("nli:m", {0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"})
    (2, 1, 0)
    """
    found = {str(name).strip().lower(): place for place, name in names.items()}
    if len(names) != len(CLASSES) or found.keys() != set(CLASSES):
        listed = ", ".join(repr(str(name)[:_SHOWN]) for name in list(names.values())[:8]) or "none"
        raise UsageError(
            f"{model}: its classes are {listed}; an inference model's are {', '.join(CLASSES)}, "
            "named so in id2label of its config.json"
        )
    entailment, neutral, contradiction = (found[name] for name in CLASSES)
    return entailment, neutral, contradiction
