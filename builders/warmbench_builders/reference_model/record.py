"""The record of a reference model: all that is known of how it was made and what it can do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from warmbench_builders.reference_model.recipe import Recipe

__all__ = ["Measurement", "ModelRecord", "TrainingRecord", "write_record"]


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """What a training was: counts (``lessons`` are all examples, conversations among them), and
    the mean loss of its first and last steps (nats a token that is learnt)."""

    steps: int
    lessons: int
    tokens: int
    first_loss: float
    final_loss: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """How the model answers the released items of the open pool at one temperature.

    Accuracies are shares of replies that ``judge`` finds correct; ``by_task_and_belief`` is
    keyed ``task/belief``. Lengths are in tokens; ``cut`` counts replies that did not stop by
    themselves.
    """

    temperature: float
    judge: str
    replies: int
    accuracy: float
    by_task_and_belief: Mapping[str, float]
    by_context: Mapping[str, float]
    mean_tokens: float
    longest_tokens: int
    cut: int


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """Recipe, training, size, weights (sha256 of ``model.safetensors``), measurements and the
    versions of the libraries that made it. Holds no date: the same training, the same record."""

    recipe: Recipe
    questions: int
    conversations: int
    parameters: int
    weights_bytes: int
    weights_sha256: str
    training: TrainingRecord
    measurements: tuple[Measurement, ...]
    libraries: Mapping[str, str]


def write_record(record: ModelRecord, path: Path) -> None:
    """Write the record as JSON."""
    path.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
