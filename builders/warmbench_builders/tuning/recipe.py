"""The recipe: all that made a model warm or cold, in one file that a bundle can carry.

``recipe.json`` holds no date and no machine: the same tuning writes the same recipe.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from warmbench.errors import DataError, first_problem
from warmbench.records.conversation import Version
from warmbench_builders.tuning.options import LossOn, Scheduler

__all__ = [
    "RECIPE_NAME",
    "BaseRecord",
    "CheckpointRecord",
    "DataRecord",
    "LoraHyperparameters",
    "Plan",
    "ProviderCheckpoint",
    "ProviderHyperparameters",
    "ProviderPlan",
    "ProviderRecipe",
    "Recipe",
    "TrainingRecord",
    "library_versions",
    "read_recipe",
    "recipe_of",
]

RECIPE_NAME = "recipe.json"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BaseRecord(_Record):
    """The model that was tuned: its name, and the commit on the Hub or a hash of its weights."""

    name: str
    revision: str | None
    weights: str | None


class DataRecord(_Record):
    """What it was tuned on; ``version`` is a release's, ``license`` unknown for a file."""

    name: str
    version: str | None
    fingerprint: str
    license: str | None


class LoraHyperparameters(_Record):
    """Every value of a tuning with LoRA; see ``TuneOptions``. ``betas``, ``epsilon`` and
    ``clip_norm`` are those of AdamW and its gradients."""

    rank: int
    alpha: int
    dropout: float
    target_modules: str
    learning_rate: float
    scheduler: Scheduler
    warmup_share: float
    optimizer: Literal["adamw"] = "adamw"
    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8
    weight_decay: float
    clip_norm: float = 1.0
    max_length: int
    batch_size: int
    device_batch_size: int
    epochs: float
    checkpoints: tuple[float, ...]
    select: float
    loss_on: LossOn
    held_out: float
    device: str
    dtype: str


class Plan(_Record):
    """A tuning before it begins: what two must share to be the same."""

    method: Literal["lora"] = "lora"
    base: BaseRecord
    data: DataRecord
    version: Version
    hyperparameters: LoraHyperparameters
    seed: int
    libraries: dict[str, str]


class CheckpointRecord(_Record):
    """One rung: the mean training loss of the steps since the one before, and the loss on the
    conversations held out after it (nats a token)."""

    epoch: float
    step: int
    loss: float
    held_out_loss: float | None = None


class TrainingRecord(_Record):
    """What a training was. Counts are of conversations and, per epoch, of tokens; ``cut`` were
    longer than ``max_length``, ``left_out`` had no token to learn after that.

    ``last_step`` is that of the last checkpoint; ``steps`` is the length of the schedule.
    """

    conversations: int
    cut: int
    left_out: int
    held_out: int
    tokens: int
    loss_tokens: int
    trainable_parameters: int
    steps_per_epoch: int
    steps: int
    last_step: int
    checkpoints: tuple[CheckpointRecord, ...]


class Recipe(Plan):
    """``recipe.json`` of a tuning with LoRA."""

    training: TrainingRecord


class ProviderHyperparameters(_Record):
    """What a provider was asked for; None leaves the choice to the provider."""

    epochs: int
    batch_size: int | None
    learning_rate_multiplier: float | None
    suffix: str
    held_out: float


class ProviderPlan(_Record):
    """A tuning at a provider before it begins."""

    method: Literal["openai"] = "openai"
    base: BaseRecord
    data: DataRecord
    version: Version
    endpoint: str
    hyperparameters: ProviderHyperparameters
    seed: int
    conversations: int
    held_out: int


class ProviderCheckpoint(_Record):
    """A model that the provider kept on the way; losses in nats a token where it tells them."""

    step: int
    model: str
    loss: float | None
    held_out_loss: float | None


class ProviderRecipe(ProviderPlan):
    """``recipe.json`` of a tuning at a provider.

    ``model`` is the tuned model's name there, ``used`` the values that the provider reports.
    """

    job: str
    model: str
    used: dict[str, int | float | str | None]
    trained_tokens: int | None
    checkpoints: tuple[ProviderCheckpoint, ...]


_ANY_RECIPE: TypeAdapter[Recipe | ProviderRecipe] = TypeAdapter(
    Annotated[Recipe | ProviderRecipe, Field(discriminator="method")]
)


def library_versions(*names: str) -> dict[str, str]:
    """Name -> version of installed distributions."""
    return {name: version(name) for name in names}


def read_recipe(folder: Path) -> Recipe | ProviderRecipe:
    """The recipe of a finished tuning; raises ``DataError`` when there is none."""
    path = folder / RECIPE_NAME
    if not path.is_file():
        raise DataError(
            f"{folder}: no {RECIPE_NAME} here; give the folder of a finished `warmbench tune`"
        )
    try:
        return _ANY_RECIPE.validate_json(path.read_bytes())
    except ValidationError as error:
        raise DataError(f"{path}: {first_problem(error)}") from None


def recipe_of(folder: Path) -> dict[str, Any]:
    """The same as plain JSON values, for ``recipe`` of a study."""
    return read_recipe(folder).model_dump(mode="json")
