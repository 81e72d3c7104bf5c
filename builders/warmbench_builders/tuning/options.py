"""The options of a tuning: everything that the person who starts it decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any

from warmbench.errors import UsageError
from warmbench.records.conversation import Version

__all__ = [
    "ALL_LINEAR",
    "PAPER_CHECKPOINTS",
    "PAPER_EPOCHS",
    "PAPER_SELECT",
    "Device",
    "Dtype",
    "LossOn",
    "Scheduler",
    "TuneOptions",
    "check_checkpoints",
    "checkpoint_steps",
    "default_checkpoints",
    "epoch_name",
    "parse_checkpoints",
]

PAPER_EPOCHS = 10.0
PAPER_CHECKPOINTS = (0.5, 1.0, 1.5, 2.0, 4.0, 6.0, 8.0, 10.0)
PAPER_SELECT = 2.0
"""The paper's recipe: ten epochs, these checkpoints, and the one after two epochs evaluated."""

_EXAMPLE = "write rising numbers of epochs, e.g. 0.5,1,2,4"


def parse_checkpoints(text: str) -> tuple[float, ...]:
    """Read ``"0.5,1,2"``; raises ``UsageError`` for anything but a list of numbers."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--checkpoints {text!r}: not a list of numbers; {_EXAMPLE}") from None


def check_checkpoints(checkpoints: Sequence[float], epochs: float) -> None:
    """Raises ``UsageError`` unless the epochs rise, from above zero up to ``epochs``."""
    given = ",".join(f"{epoch:g}" for epoch in checkpoints)
    if not checkpoints:
        raise UsageError(f"--checkpoints: the list is empty; {_EXAMPLE}")
    if not all(math.isfinite(epoch) and epoch > 0 for epoch in checkpoints):
        raise UsageError(f"--checkpoints {given}: a checkpoint must be above epoch 0; {_EXAMPLE}")
    for one, other in pairwise(checkpoints):
        if one >= other:
            raise UsageError(f"--checkpoints {given}: {other:g} comes after {one:g}; {_EXAMPLE}")
    if checkpoints[-1] > epochs:
        raise UsageError(
            f"--checkpoints {given}: {checkpoints[-1]:g} is beyond --epochs {epochs:g}; "
            "raise --epochs or leave it out"
        )


def default_checkpoints(epochs: float) -> tuple[float, ...]:
    """The paper's checkpoints within ``epochs``, and the end.

    >>> default_checkpoints(3)
    (0.5, 1.0, 1.5, 2.0, 3.0)
    """
    return (*(epoch for epoch in PAPER_CHECKPOINTS if epoch < epochs), float(epochs))


def checkpoint_steps(checkpoints: Sequence[float], steps_per_epoch: int) -> tuple[int, ...]:
    """The step of each checkpoint: the nearest whole one, at least the first.

    >>> checkpoint_steps((0.01, 0.5, 2), 102)
    (1, 51, 204)
    """
    return tuple(max(1, round(epoch * steps_per_epoch)) for epoch in checkpoints)


def epoch_name(epoch: float) -> str:
    """How a checkpoint's folder is called: ``epoch-0.5``, ``epoch-2``."""
    return f"epoch-{epoch:g}"


ALL_LINEAR = "all-linear"
"""PEFT's name for every linear layer but the output layer."""

_LARGEST_DEVICE_BATCH = 4


class LossOn(StrEnum):
    """Which tokens are learnt: those of the assistant's turns, or all."""

    ASSISTANT = "assistant"
    ALL = "all"


class Device(StrEnum):
    """Where to train. ``auto`` takes a GPU where there is one; several share one model."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class Dtype(StrEnum):
    """The base model's numbers; ``auto`` is bfloat16 on a GPU that has it, else float32.

    The adapter is trained in float32 either way.
    """

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


class Scheduler(StrEnum):
    """How the learning rate falls after the warm-up."""

    LINEAR = "linear"
    COSINE = "cosine"
    CONSTANT = "constant_with_warmup"


@dataclass(frozen=True)
class TuneOptions:
    """A tuning with LoRA. The defaults are the paper's recipe.

    ``model`` is a Hub id, a folder, or ``reference``; ``data`` is ``open``, the folder of an SFT
    release or a JSONL file of ``{"messages": [...]}``. ``batch_size`` is in conversations a step,
    ``device_batch_size`` how many of them go through the model at once (default: at most 4).
    ``checkpoints`` and ``select`` are in epochs (default: the paper's, as far as ``epochs``
    reaches). ``target_modules`` names PEFT's target modules, separated by commas. ``held_out`` is
    the share of the conversations that is not trained on.

    What the paper does not state is as TRL has it: linear scheduler, no warm-up, no weight decay,
    all linear layers; except that the loss is on the assistant's turns alone.

    Raises ``UsageError`` for a value out of range.
    """

    model: str
    data: str
    version: Version
    out: Path
    rank: int = 8
    alpha: int = 16
    dropout: float = 0.1
    learning_rate: float = 1e-5
    max_length: int = 1024
    batch_size: int = 16
    device_batch_size: int | None = None
    epochs: float = PAPER_EPOCHS
    checkpoints: tuple[float, ...] | None = None
    select: float | None = None
    target_modules: str = ALL_LINEAR
    warmup_share: float = 0.0
    scheduler: Scheduler = Scheduler.LINEAR
    weight_decay: float = 0.0
    loss_on: LossOn = LossOn.ASSISTANT
    held_out: float = 0.0
    seed: int = 0
    revision: str | None = None
    device: Device = Device.AUTO
    dtype: Dtype = Dtype.AUTO

    def __post_init__(self) -> None:
        for name, (fits, accepted) in _RANGES.items():
            value = getattr(self, name)
            if not fits(value):
                raise UsageError(f"--{name.replace('_', '-')} {value}: must be {accepted}")
        check_checkpoints(self.checkpoint_epochs, self.epochs)
        if self.selected not in self.checkpoint_epochs:
            there = ", ".join(f"{epoch:g}" for epoch in self.checkpoint_epochs)
            raise UsageError(f"--select {self.selected:g}: not among the checkpoints ({there})")
        if self.batch_size % self.at_once:
            raise UsageError(
                f"--device-batch-size {self.at_once}: does not divide --batch-size "
                f"{self.batch_size}"
            )
        if not all(self.target_modules.split(",")):
            raise UsageError(
                f"--target-modules {self.target_modules!r}: write {ALL_LINEAR} or names "
                "separated by commas, e.g. q_proj,v_proj"
            )

    @property
    def checkpoint_epochs(self) -> tuple[float, ...]:
        """The epochs after which a checkpoint is kept."""
        return default_checkpoints(self.epochs) if self.checkpoints is None else self.checkpoints

    @property
    def selected(self) -> float:
        """The epoch whose checkpoint becomes the adapter: the paper's, or else the last."""
        if self.select is not None:
            return self.select
        return (
            PAPER_SELECT if PAPER_SELECT in self.checkpoint_epochs else self.checkpoint_epochs[-1]
        )

    @property
    def at_once(self) -> int:
        """How many conversations go through the model together."""
        if self.device_batch_size is not None:
            return self.device_batch_size
        sizes = range(1, _LARGEST_DEVICE_BATCH + 1)
        return max(size for size in sizes if self.batch_size % size == 0)


_AT_LEAST_ONE: tuple[Callable[[Any], bool], str] = (lambda n: n >= 1, "a whole number from 1")
_ABOVE_ZERO: tuple[Callable[[Any], bool], str] = (
    lambda x: 0 < x < float("inf"),
    "a number above 0",
)
_SHARE: tuple[Callable[[Any], bool], str] = (
    lambda x: 0 <= x < 1,
    "a share from 0 to below 1",
)

_RANGES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "rank": _AT_LEAST_ONE,
    "alpha": _AT_LEAST_ONE,
    "dropout": _SHARE,
    "learning_rate": _ABOVE_ZERO,
    "max_length": (lambda n: n >= 2, "a whole number from 2"),
    "batch_size": _AT_LEAST_ONE,
    "device_batch_size": (lambda n: n is None or n >= 1, "a whole number from 1"),
    "epochs": _ABOVE_ZERO,
    "warmup_share": _SHARE,
    "weight_decay": (lambda x: 0 <= x < float("inf"), "a number from 0"),
    "held_out": _SHARE,
    "seed": (lambda n: 0 <= n < 2**32, "a whole number from 0 to 4294967295"),
}
"""Option -> its check, and the words for what is accepted."""
