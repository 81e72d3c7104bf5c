"""The base model of a tuning: a Hub id, a folder, or the packaged reference model."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.engines.hub_commit import hub_commit
from warmbench.engines.local_models import files_revision
from warmbench.errors import UsageError
from warmbench.reference_model import REFERENCE_NAME, reference_path
from warmbench_builders.tuning.options import Device, Dtype
from warmbench_builders.tuning.recipe import BaseRecord

__all__ = [
    "REFERENCE_BASE",
    "BaseModel",
    "find_base",
    "load_model",
    "load_tokenizer",
    "resolve_device",
    "resolve_dtype",
]

REFERENCE_BASE = "warmbench/reference"
"""The packaged model's name, where a path would be that of one machine."""

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class BaseModel:
    """``source`` is what transformers loads, ``record`` what is written down."""

    source: str
    record: BaseRecord


def find_base(model: str, revision: str | None) -> BaseModel:
    """The model that ``MODEL`` names, pinned: a Hub id by its commit, a folder by its weights.

    Raises ``UsageError`` when there is no such model.
    """
    if model == REFERENCE_NAME:
        return _in_folder(reference_path("hf"), REFERENCE_BASE)
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _in_folder(folder, model)
    if not _HUB_ID.fullmatch(model) or model.startswith("."):
        raise UsageError(
            f"{model}: no such folder; give a model's folder, its id on the Hugging Face Hub "
            f"(org/name), or {REFERENCE_NAME}"
        )
    return _on_hub(model, revision)


def _in_folder(folder: Path, name: str) -> BaseModel:
    if not (folder / "config.json").is_file():
        raise UsageError(f"{folder}: no config.json here; give the folder of a transformers model")
    weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    if not weights:
        raise UsageError(f"{folder}: no weights here (*.safetensors)")
    return BaseModel(
        str(folder), BaseRecord(name=name, revision=None, weights=files_revision(weights))
    )


def _on_hub(model: str, revision: str | None) -> BaseModel:
    try:
        commit = hub_commit(model, revision)
    except (OSError, ValueError) as error:
        raise UsageError(f"{model}: transformers can't load it ({_reason(error)})") from None
    return BaseModel(model, BaseRecord(name=model, revision=commit, weights=None))


def load_tokenizer(base: BaseModel) -> Any:
    """Its tokenizer; raises ``UsageError`` when it can't be loaded or has no chat template."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base.source, revision=base.record.revision)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{base.record.name}: transformers can't load the tokenizer ({_reason(error)})"
        ) from None
    if tokenizer.chat_template is None:
        raise UsageError(f"{base.record.name}: the model has no chat template; give a chat model")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(base: BaseModel, device: str, dtype: str) -> Any:
    """Its weights; over several GPUs they are spread. Raises ``UsageError`` when that fails."""
    import torch
    from transformers import AutoModelForCausalLM

    spread = device == Device.CUDA and torch.cuda.device_count() > 1
    try:
        return AutoModelForCausalLM.from_pretrained(
            base.source,
            revision=base.record.revision,
            dtype=getattr(torch, dtype),
            device_map="auto" if spread else None,
        )
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{base.record.name}: transformers can't load it ({_reason(error)})"
        ) from None


def resolve_device(wanted: Device) -> str:
    """``cpu``, ``cuda`` or ``mps``; raises ``UsageError`` for one that is not there."""
    import torch

    there = {
        Device.CUDA: torch.cuda.is_available(),
        Device.MPS: torch.backends.mps.is_available(),
        Device.CPU: True,
    }
    if wanted is Device.AUTO:
        return next(device.value for device, usable in there.items() if usable)
    if not there[wanted]:
        usable = ", ".join(device for device, is_there in there.items() if is_there)
        raise UsageError(f"--device {wanted}: not available here; available: {usable}")
    return wanted.value


def resolve_dtype(wanted: Dtype, device: str) -> str:
    """``float32`` or ``bfloat16``."""
    import torch

    if wanted is not Dtype.AUTO:
        return wanted.value
    half = device == Device.CUDA and torch.cuda.is_bf16_supported()
    return Dtype.BFLOAT16.value if half else Dtype.FLOAT32.value


def _reason(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
