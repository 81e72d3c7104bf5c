"""torch and transformers, imported so that they share a busy machine."""

from __future__ import annotations

import os
import sys
from typing import Any

from warmbench.errors import UsageError, reason_of
from warmbench.optional_library import from_extra
from warmbench.records.model_spec import ModelSpec

__all__ = ["check_dtype", "choose_device", "import_torch", "import_transformers", "set_threads"]

_SMALL_MODEL_BYTES = 64 * 2**20
"""Below this a second thread waits more than it works."""


_DTYPES = ("auto", "bfloat16", "float16", "float32", "float64")


def import_torch(user: str = "the hf engine") -> Any:
    """``torch``, with threads that sleep while they wait.

    By default OpenMP's threads spin: with two processes on two cores the reference model wrote 70
    tokens a second in place of 809, one of 135 M parameters 3.5 in place of 16. What the user set
    in the environment holds. Raises ``UsageError`` where torch is not installed: ``user`` needs it.
    """
    if "torch" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    with from_extra("hf", user):
        import torch
    return torch


def import_transformers(user: str = "the hf engine") -> Any:
    """``transformers``, silent; raises ``UsageError`` where ``user`` needs it and it is missing."""
    with from_extra("hf", user):
        import transformers
    transformers.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    return transformers


def choose_device(torch: Any, spec: object, wanted: str) -> str:
    """``wanted``, or for ``auto`` the best there is; raises ``UsageError`` for one that torch can't
    compute on."""
    if wanted != "auto":
        try:
            torch.ones(1, device=wanted).item()
        except Exception as error:  # torch raises AssertionError too
            raise UsageError(
                f"{spec}: torch can't compute on --device {wanted} ({reason_of(error)})"
            ) from None
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def check_dtype(spec: ModelSpec, dtype: object) -> None:
    """Raise ``UsageError`` for what is no type to compute in."""
    if dtype not in _DTYPES:
        raise UsageError(f"{spec}: --engine-option dtype={dtype} is none of {', '.join(_DTYPES)}")


def set_threads(torch: Any, wanted: int | None, model: Any) -> None:
    """Compute on a CPU with ``wanted`` threads; None: one for a small model, else as many as torch
    takes for this machine."""
    if wanted is None:
        if model.get_memory_footprint() < _SMALL_MODEL_BYTES:
            torch.set_num_threads(1)
        return
    torch.set_num_threads(wanted)
