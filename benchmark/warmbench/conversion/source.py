"""The model that is converted: from a folder, the Hub or a GGUF file, an adapter merged into it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from warmbench.engines.hf.library import import_transformers
from warmbench.engines.hf.loading import load_model
from warmbench.engines.local_models import files_revision
from warmbench.errors import EngineError, UsageError, reason_of
from warmbench.optional_library import from_extra
from warmbench.records.model_spec import ModelSpec

__all__ = ["QUANTIZATIONS", "ConversionSource", "SourceModel", "load_source"]

QUANTIZATIONS = (
    "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16",
    "float32",
)  # fmt: skip
"""What CTranslate2 stores weights in: https://opennmt.net/CTranslate2/quantization.html"""


@dataclass(frozen=True, slots=True)
class ConversionSource:
    """What to convert: a folder, a name on the Hub (at ``revision``), or a ``.gguf`` file; with
    ``gguf`` the file of that name in the folder or repository. ``adapter`` is merged into it."""

    model: str
    adapter: str | None = None
    revision: str | None = None
    gguf: str | None = None

    def usual_name(self, engine: str, quantization: str | None) -> str:
        """The folder that a conversion goes to unless another is given.

        >>> ConversionSource("HuggingFaceTB/SmolLM2-135M").usual_name("ct2", "int8")
        'SmolLM2-135M-ct2-int8'
        """
        name = (self.gguf or self.model).rstrip("/").rpartition("/")[2]
        adapter = (self.adapter or "").rstrip("/").rpartition("/")[2]
        parts = [name.removesuffix(".gguf"), adapter, engine, quantization]
        return "-".join(part for part in parts if part)

    @property
    def spec(self) -> ModelSpec:
        return ModelSpec("hf", self.model, self.adapter)

    @property
    def is_folder(self) -> bool:
        return Path(self.model).expanduser().is_dir()

    @property
    def gguf_file(self) -> tuple[str, str] | None:
        """Folder or repository, and the name of the file in it; None where it is no GGUF."""
        if self.gguf:
            return self.model, self.gguf
        path = Path(self.model).expanduser()
        return (str(path.parent), path.name) if path.suffix.lower() == ".gguf" else None


@dataclass(frozen=True, slots=True)
class SourceModel:
    """The loaded model and tokenizer of transformers, and what pins them."""

    model: Any
    tokenizer: Any
    revision: str | None
    adapter_revision: str | None = None


def load_source(source: ConversionSource) -> SourceModel:
    """Load it on the CPU, in the type that its weights are stored in.

    Raises ``UsageError`` or ``EngineError`` for what can't be loaded or has no chat template.
    """
    with from_extra("hf", "warmbench convert"):
        import torch  # noqa: F401
    transformers = import_transformers()
    if source.gguf_file:
        return _load_gguf(transformers, source, *source.gguf_file)
    loaded = load_model(source.spec, source.revision, {"dtype": "auto"})
    return SourceModel(loaded.model, loaded.tokenizer, loaded.revision, loaded.adapter_revision)


def _load_gguf(transformers: Any, source: ConversionSource, place: str, file: str) -> SourceModel:
    """Its weights are expanded to float32; quantizing again loses a little more."""
    if source.adapter:
        raise UsageError(
            f"{source.model}: no adapter is merged into GGUF; convert the model that the adapter "
            "was trained on"
        )
    if find_spec("gguf") is None:
        raise UsageError("a GGUF file needs gguf; install it with: pip install gguf")
    path = Path(place).expanduser() / file
    if Path(place).expanduser().is_dir() and not path.is_file():
        raise UsageError(f"{path}: no such file")
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            place, gguf_file=file, revision=source.revision
        )
        model = transformers.AutoModelForCausalLM.from_pretrained(
            place, gguf_file=file, revision=source.revision
        )
    except Exception as error:  # transformers raises what its libraries raise, of any kind
        raise EngineError(
            f"{file}: transformers can't load the model ({reason_of(error)})"
        ) from None
    if tokenizer.chat_template is None:
        raise UsageError(f"{file}: the model has no chat template")
    del model.config.quantization_config  # it is not quantized any more
    return SourceModel(
        model, tokenizer, files_revision([path]) if path.is_file() else source.revision
    )
