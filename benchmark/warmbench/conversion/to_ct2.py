"""A chat model of transformers -> a folder that the ``ct2`` engine takes as it is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warmbench.conversion.comparison import (
    correlation,
    probe_tokens,
    scores_of_ct2,
    scores_of_original,
)
from warmbench.conversion.source import ConversionSource, SourceModel, load_source
from warmbench.engines.adapters import ADAPTER_CONFIG
from warmbench.engines.hf.library import import_transformers
from warmbench.engines.hf.loading import need_folder
from warmbench.errors import EngineError, UsageError, reason_of
from warmbench.folders import check_free, new_folder, write_json
from warmbench.reference_model import REFERENCE_NAME

__all__ = ["convert_to_ct2"]


def convert_to_ct2(
    source: ConversionSource,
    out: Path,
    quantization: str | None = None,
    note: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Convert into the new folder ``out``, which appears whole or not at all, and return what
    ``conversion.json`` there says of it.

    ``quantization``: None keeps the type of the weights. The conversion is compared with the
    original on a few hundred tokens. Raises ``UsageError`` for what can't be converted,
    ``EngineError`` where loading or converting fails, ``OutputError`` where writing does.
    """
    check_free(out, None)
    _need_loader(source)
    note(f"loading {source.spec.name}")
    loaded = load_source(source)
    ids = probe_tokens(loaded)
    scores = scores_of_original(loaded, ids)  # before CTranslate2 takes the model apart
    with new_folder(out) as folder:
        note("converting" if quantization is None else f"converting to {quantization}")
        _write_weights(loaded, folder, quantization)
        _write_tokenizer(loaded, folder)
        _write_end_tokens(loaded, folder)
        note("comparing the conversion with the original")
        record = {
            "model": source.model,
            "revision": loaded.revision,
            "adapter": source.adapter,
            "adapter_revision": loaded.adapter_revision,
            "gguf": source.gguf_file[1] if source.gguf_file else None,
            "quantization": quantization,
            "correlation": round(correlation(scores, scores_of_ct2(folder, ids)), 4),
            "versions": {name: version(name) for name in ("ctranslate2", "transformers", "torch")},
        }
        write_json(folder / "conversion.json", record)
    return record


def _need_loader(source: ConversionSource) -> None:
    """Refuse an architecture that CTranslate2 can't convert before its weights are fetched."""
    if source.gguf_file or source.spec.name == REFERENCE_NAME:
        return
    name, supported = _config_class(source), _supported()
    if supported and name not in supported:
        raise UsageError(
            f"{source.model}: CTranslate2 can't convert this architecture ({name}); use the hf or "
            "vllm engine"
        )


def _config_class(source: ConversionSource) -> str:
    transformers = import_transformers()
    _need_model(source)
    try:
        config = transformers.AutoConfig.from_pretrained(
            str(Path(source.model).expanduser()) if source.is_folder else source.model,
            revision=source.revision,
        )
    except Exception as error:  # transformers raises what its libraries raise, of any kind
        what = "its config.json can't be read" if source.is_folder else "no such model"
        raise EngineError(f"{source.model}: {what} ({reason_of(error)})") from None
    return type(config).__name__


def _need_model(source: ConversionSource) -> None:
    need_folder(source.model, source.model)
    folder = Path(source.model).expanduser()
    if (folder / ADAPTER_CONFIG).is_file() and not (folder / "config.json").is_file():
        raise UsageError(
            f"{source.model}: this is an adapter; name the model that it was trained on, and give "
            f"--adapter {source.model}"
        )


def _supported() -> frozenset[str]:
    """Configuration classes that CTranslate2 has a loader for; empty where it does not tell."""
    from ctranslate2.converters import transformers

    return frozenset(getattr(transformers, "_MODEL_LOADERS", {}))


def _write_weights(loaded: SourceModel, folder: Path, quantization: str | None) -> None:
    """CTranslate2's converter, given the model that is already in memory."""
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):  # type: ignore[misc]
        def load_model(self, *_: Any, **__: Any) -> Any:
            return loaded.model

        def load_tokenizer(self, *_: Any, **__: Any) -> Any:
            return loaded.tokenizer

    _name_rotary_base(loaded.model.config)
    _name_end_token(loaded)
    with tempfile.TemporaryDirectory() as beside:
        loaded.model.config.save_pretrained(beside)
        try:
            Converter(beside).convert(str(folder), quantization=quantization, force=True)
        except OSError:
            raise
        except Exception as error:  # a loader raises anything on what it does not expect
            raise EngineError(f"CTranslate2 can't convert the model ({reason_of(error)})") from None


def _name_rotary_base(config: Any) -> None:
    """transformers 5 keeps it among ``rope_parameters``, where some loaders of CTranslate2 don't
    look: they would take the usual one."""
    base = (getattr(config, "rope_parameters", None) or {}).get("rope_theta")
    if base is not None and not hasattr(config, "rope_theta"):
        config.rope_theta = base


def _name_end_token(loaded: SourceModel) -> None:
    """CTranslate2 needs one; a tokenizer may leave it to the generation config."""
    ends = _end_ids(loaded.model)
    if loaded.tokenizer.eos_token is None and ends:
        loaded.tokenizer.eos_token = loaded.tokenizer.convert_ids_to_tokens(ends[0])


def _end_ids(model: Any) -> list[int]:
    found = model.generation_config.eos_token_id
    if found is None:
        return []
    return list(found) if isinstance(found, list) else [found]


def _write_tokenizer(loaded: SourceModel, folder: Path) -> None:
    """``tokenizer.json``, ``tokenizer_config.json`` with the context length, and the template."""
    tokenizer = loaded.tokenizer
    context = getattr(loaded.model.config, "max_position_embeddings", None)
    if isinstance(context, int):
        tokenizer.model_max_length = min(tokenizer.model_max_length, context)
    tokenizer.save_pretrained(folder)
    if not (folder / "tokenizer.json").is_file():
        raise EngineError("the model's tokenizer can't be written as tokenizer.json")


def _write_end_tokens(loaded: SourceModel, folder: Path) -> None:
    """Of the generation config what says when an answer ends; the rest is a run's to set."""
    if ends := _end_ids(loaded.model):
        write_json(folder / "generation_config.json", {"eos_token_id": ends})
