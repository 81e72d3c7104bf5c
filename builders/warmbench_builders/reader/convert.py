"""Conversion: the trained network as the package keeps it and CTranslate2 runs it."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from transformers import BertModel

from warmbench_builders.reader.network import ReaderNetwork

__all__ = ["write_weights"]


def write_weights(network: ReaderNetwork, base: Path, folder: Path, quantization: str) -> None:
    """Write ``model.bin`` with its config, ``tokenizer.json`` and ``head.npz`` to ``folder``, in
    place of what it held. ``quantization`` is ``int8`` or ``float32``."""
    from ctranslate2.converters import TransformersConverter

    if folder.exists():
        shutil.rmtree(folder)
    with TemporaryDirectory() as made:
        _with_pooler(network).save_pretrained(made)
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
            shutil.copy(base / name, made)
        converter = TransformersConverter(made, copy_files=["tokenizer.json"])
        converter.convert(str(folder), quantization=quantization)
    head = {
        name.removesuffix(".weight").replace(".bias", "_bias"): value.detach().numpy()
        for name, value in network.named_parameters()
        if not name.startswith("encoder.")
    }
    np.savez(folder / "head.npz", **head)


def _with_pooler(network: ReaderNetwork) -> BertModel:
    """The encoder with an empty pooling layer, which the converter asks for and nothing uses."""
    config = network.encoder.config
    config.position_embedding_type = "absolute"
    model = BertModel(config, add_pooling_layer=True)
    model.load_state_dict(network.encoder.state_dict(), strict=False)
    torch.nn.init.zeros_(model.pooler.dense.weight)
    torch.nn.init.zeros_(model.pooler.dense.bias)
    return model
