"""torch and transformers, imported so that they share a busy machine."""

from __future__ import annotations

import os
import sys
from typing import Any

from warmbench.errors import UsageError
from warmbench.optional_library import from_extra

__all__ = ["choose_device", "import_torch", "import_transformers", "set_threads"]

_SMALL_MODEL_BYTES = 64 * 2**20
"""Below this a second thread waits more than it works."""


def import_torch() -> Any:
    """``torch``, with threads that sleep while they wait.

    By default OpenMP's threads spin: with two processes on two cores the reference model wrote 70
    tokens a second in place of 809, one of 135 M parameters 3.5 in place of 16. What the user set
    in the environment holds. Raises ``UsageError`` where torch is not installed.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with from_extra("hf", "the hf engine"):
        import torch
    return torch


def import_transformers() -> Any:
    """``transformers``, silent; raises ``UsageError`` where it is not installed."""
    with from_extra("hf", "the hf engine"):
        import transformers
    transformers.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    return transformers


def choose_device(torch: Any, wanted: str) -> str:
    """``wanted``, or for ``auto`` the best there is."""
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def set_threads(torch: Any, wanted: Any, model: Any) -> None:
    """Compute on a CPU with ``wanted`` threads; None: one for a small model, else as many as torch
    takes for this machine. Raises ``UsageError`` for anything but a whole number from 1."""
    if wanted is None:
        if model.get_memory_footprint() < _SMALL_MODEL_BYTES:
            torch.set_num_threads(1)
        return
    if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 1:
        raise UsageError(f"threads={wanted}: must be a whole number, 1 or more")
    torch.set_num_threads(wanted)
