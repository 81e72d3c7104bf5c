"""Conversion: the trained model as it is kept, and as CTranslate2 runs it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

__all__ = ["COPIED_FILES", "convert_to_ct2", "save_model"]

COPIED_FILES: tuple[str, ...] = (
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
)
"""What the ct2 engine reads beside ``model.bin``."""


def save_model(model: Any, folder: Path) -> None:
    """Write weights (bfloat16 safetensors), ``config.json`` and ``generation_config.json``."""
    import torch

    model.to(torch.bfloat16).save_pretrained(folder)
    # safetensors makes files that only their owner may read.
    (folder / "model.safetensors").chmod(0o644)


def convert_to_ct2(base: Path, folder: Path) -> None:
    """Convert the model in ``base`` to ``folder``, replacing it; weights stay bfloat16."""
    from ctranslate2.converters import TransformersConverter

    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    converter = TransformersConverter(str(base), copy_files=list(COPIED_FILES))
    converter.convert(str(folder), quantization="bfloat16")
