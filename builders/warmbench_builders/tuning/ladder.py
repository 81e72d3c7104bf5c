"""The ladder: at which epochs a tuning keeps a checkpoint, and at which steps they fall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from warmbench.errors import UsageError

__all__ = [
    "PAPER_EPOCHS",
    "PAPER_LADDER",
    "PAPER_SELECT",
    "check_ladder",
    "default_ladder",
    "epoch_name",
    "ladder_steps",
    "parse_ladder",
]

PAPER_EPOCHS = 10.0
PAPER_LADDER = (0.5, 1.0, 1.5, 2.0, 4.0, 6.0, 8.0, 10.0)
PAPER_SELECT = 2.0
"""The paper's recipe: ten epochs, these checkpoints, and the one after two epochs evaluated."""

_EXAMPLE = "write rising numbers of epochs, e.g. 0.5,1,2,4"


def parse_ladder(text: str) -> tuple[float, ...]:
    """Read ``"0.5,1,2"``; raises ``UsageError`` for what is no list of numbers."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--checkpoints {text!r}: not a list of numbers; {_EXAMPLE}") from None


def check_ladder(ladder: Sequence[float], epochs: float) -> None:
    """Raises ``UsageError`` unless the rungs rise, above zero and up to ``epochs``."""
    said = ",".join(f"{epoch:g}" for epoch in ladder)
    if not ladder:
        raise UsageError(f"--checkpoints: the list is empty; {_EXAMPLE}")
    if not all(math.isfinite(epoch) and epoch > 0 for epoch in ladder):
        raise UsageError(f"--checkpoints {said}: a checkpoint stands after epoch 0; {_EXAMPLE}")
    for one, other in pairwise(ladder):
        if one >= other:
            raise UsageError(f"--checkpoints {said}: {other:g} comes after {one:g}; {_EXAMPLE}")
    if ladder[-1] > epochs:
        raise UsageError(
            f"--checkpoints {said}: {ladder[-1]:g} lies beyond --epochs {epochs:g}; "
            "raise --epochs or leave it out"
        )


def default_ladder(epochs: float) -> tuple[float, ...]:
    """The paper's rungs within ``epochs``, and the end.

    >>> default_ladder(3)
    (0.5, 1.0, 1.5, 2.0, 3.0)
    """
    return (*(epoch for epoch in PAPER_LADDER if epoch < epochs), float(epochs))


def ladder_steps(ladder: Sequence[float], steps_per_epoch: int) -> tuple[int, ...]:
    """The step of each rung: the nearest whole one, the first at the earliest.

    >>> ladder_steps((0.01, 0.5, 2), 102)
    (1, 51, 204)
    """
    return tuple(max(1, round(epoch * steps_per_epoch)) for epoch in ladder)


def epoch_name(epoch: float) -> str:
    """How a checkpoint's folder is called: ``epoch-0.5``, ``epoch-2``."""
    return f"epoch-{epoch:g}"
