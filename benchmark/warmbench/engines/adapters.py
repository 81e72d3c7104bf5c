"""Adapters in PEFT's format: found in a folder or on the Hub, known by what is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.engines.base_names import same_base
from warmbench.engines.local_models import files_revision
from warmbench.errors import EngineError, UsageError, first_line
from warmbench.records.model_spec import ModelSpec
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["ADAPTER_CONFIG", "ADAPTER_WEIGHTS", "AdapterFiles", "check_base", "find_adapter"]

ADAPTER_CONFIG = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
_PICKLED = "adapter_model.bin"


@dataclass(frozen=True, slots=True)
class AdapterFiles:
    """An adapter on this machine. ``revision``: 16 hex digits over its weights and its config."""

    folder: Path
    config: Mapping[str, Any]
    revision: str


def find_adapter(spec: ModelSpec) -> AdapterFiles:
    """The adapter of ``spec``, fetched from the Hub where its name is not a folder.

    Raises ``UsageError`` where its files are not those of an adapter, ``EngineError`` where there
    is none. Pickled weights are refused: reading them would run what they say.
    """
    folder = _folder(spec)
    config = _config(spec, folder / ADAPTER_CONFIG)
    weights = folder / ADAPTER_WEIGHTS
    if not weights.is_file():
        pickled = (folder / _PICKLED).is_file()
        instead = f"only {_PICKLED}, a pickle; save it as safetensors" if pickled else "no weights"
        raise UsageError(f"{spec}: {folder} has no {ADAPTER_WEIGHTS} ({instead})")
    revision = files_revision([weights, folder / ADAPTER_CONFIG])
    return AdapterFiles(folder.resolve(), config, revision)


def check_base(spec: ModelSpec, adapter: AdapterFiles, base: Path | None) -> None:
    """Raise ``EngineError`` where the adapter's config names another base than that of ``spec``.

    ``base`` is the folder of the base model, None for one on the Hub.
    """
    trained_on = adapter.config.get("base_model_name_or_path")
    if not isinstance(trained_on, str) or not trained_on.strip():
        return
    if not same_base(trained_on.strip(), spec.name, base):
        raise EngineError(
            f"{spec}: the adapter was trained on {trained_on}, not on {spec.name}; if these are "
            "the same model, write so into base_model_name_or_path of its "
            f"{ADAPTER_CONFIG}"
        )


def _folder(spec: ModelSpec) -> Path:
    name = spec.adapter or ""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if spec.name == REFERENCE_NAME:
        return reference_path("adapters", name)
    return _downloaded(spec, name)


def _downloaded(spec: ModelSpec, name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(name, allow_patterns=[ADAPTER_CONFIG, "adapter_model.*"]))
    except (OSError, ValueError, HFValidationError) as error:
        raise EngineError(
            f"{spec}: the adapter {name!r} is not a folder and can't be fetched from the Hub "
            f"({first_line(error)})"
        ) from None


def _config(spec: ModelSpec, path: Path) -> Mapping[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise UsageError(f"{spec}: {path.parent} is not an adapter: no {path.name}") from None
    except ValueError:
        raise UsageError(f"{spec}: {path} is not JSON") from None
    if not isinstance(config, dict) or not isinstance(config.get("peft_type"), str):
        raise UsageError(f"{spec}: {path} names no peft_type")
    return config
