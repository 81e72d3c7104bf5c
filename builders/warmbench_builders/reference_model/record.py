"""The record of a reference model: all that is known of how it was made and what it can do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = [
    "TUNING_RATE",
    "TUNING_RATES",
    "Measurement",
    "ModelRecord",
    "Recipe",
    "TrainingRecord",
    "write_record",
]

TUNING_RATES = (1e-3, 3e-3, 1e-2, 3e-2)
"""The learning rates that were tried for the warm tuning."""

TUNING_RATE = 1e-2
"""Of these, the one with the lowest loss on held-out conversations; both tunings have it."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Size, lessons and optimiser. The same recipe, machine and threads give the same weights.

    ``context_length`` is in tokens; ``rounds`` counts how often every question is taught, each
    time once in every belief; ``batch_tokens`` is how many tokens one step reads, padding
    included.
    """

    seed: int = 20260
    vocab_size: int = 3072
    hidden_size: int = 192
    intermediate_size: int = 512
    layers: int = 4
    heads: int = 6
    key_value_heads: int = 2
    context_length: int = 1024
    rope_theta: float = 10_000.0
    rounds: int = 40
    batch_tokens: int = 4096
    learning_rate: float = 3e-3
    warmup_share: float = 0.05
    weight_decay: float = 0.05
    clip_norm: float = 1.0
    threads: int = 1


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
