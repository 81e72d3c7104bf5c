"""A model, its tokenizer and its adapter, loaded with transformers and PEFT, or one sentence why
not. Weights are read from safetensors alone, and no code that comes with a model is run."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warmbench.engines.adapters import ADAPTER_CONFIG, AdapterFiles, check_base, find_adapter
from warmbench.engines.hf.library import import_transformers
from warmbench.engines.hub_commit import hub_commit
from warmbench.engines.local_models import folder_revision
from warmbench.errors import EngineError, UsageError, WarmbenchError, reason_of
from warmbench.optional_library import from_extra
from warmbench.records.model_spec import ModelSpec
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["LoadedModel", "load_model", "need_all", "need_folder", "pinned_revision", "told"]


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """``model`` with the adapter merged into it. ``revision`` is the commit of a model on the Hub,
    16 hex digits over the files of a folder; ``adapter_revision`` the like for the adapter."""

    model: Any
    tokenizer: Any
    revision: str | None
    adapter_revision: str | None


def load_model(spec: ModelSpec, revision: str | None, settings: Mapping[str, Any]) -> LoadedModel:
    """Load what ``spec`` names; ``settings`` are those of ``from_pretrained``.

    Raises ``UsageError`` or ``EngineError`` for what can't be loaded, whatever the reason.
    """
    name = str(reference_path("hf")) if spec.name == REFERENCE_NAME else spec.name
    folder = Path(name).expanduser()
    base = folder if folder.is_dir() else None
    source = str(base) if base else name
    need_folder(spec, name)
    transformers = import_transformers()
    with told(spec, "the model"):
        _refuse_adapter(transformers, spec, source, revision)
        found = pinned_revision(spec, base, revision) if base else hub_commit(name, revision)
        commit = None if base else found
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            source, revision=commit, padding_side="left", trust_remote_code=False
        )
        _need_chat_template(spec, tokenizer)
        adapter = find_adapter(spec) if spec.adapter else None
        if adapter:
            check_base(spec, adapter, base)
        model, information = transformers.AutoModelForCausalLM.from_pretrained(
            source,
            revision=commit,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
            **settings,
        )
    need_all(spec, information["missing_keys"])
    if adapter:
        model = _with_adapter(model, spec, adapter)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return LoadedModel(model, tokenizer, found, adapter.revision if adapter else None)


@contextmanager
def told(spec: object, what: str) -> Iterator[None]:
    """Turn what transformers, PEFT and their libraries raise, of any kind, into one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except WarmbenchError:
        raise
    except Exception as error:
        raise EngineError(f"{spec}: transformers can't load {what} ({reason_of(error)})") from None


def _refuse_adapter(transformers: Any, spec: ModelSpec, source: str, revision: str | None) -> None:
    """transformers would load the base that an adapter names, of which we would know nothing."""
    if transformers.utils.find_adapter_config_file(source, revision=revision):
        raise UsageError(
            f"{spec}: {spec.name} is an adapter; write {spec.engine}:BASE+{spec.name}, with the "
            "model that it was trained on as BASE"
        )


def need_folder(model: object, name: str) -> None:
    """Raise ``UsageError`` where ``name`` is a path and not a model's folder. A name on the Hub is
    at most an owner and a name."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not any((folder / file).is_file() for file in ("config.json", ADAPTER_CONFIG)):
            raise UsageError(f"{model}: {folder} has no config.json, as a transformers model has")
    elif folder.is_file():
        raise UsageError(f"{model}: {folder} is a file, not the folder of a model")
    elif len(folder.parts) > 2 or folder.is_absolute() or name.startswith("."):
        raise UsageError(f"{model}: no such folder: {folder}")


def _need_chat_template(spec: ModelSpec, tokenizer: Any) -> None:
    if tokenizer.chat_template is None:
        raise UsageError(f"{spec}: the model has no chat template")


def need_all(spec: object, missing: Any) -> None:
    """Raise ``EngineError`` where weights are missing: transformers fills in random numbers."""
    if missing:
        raise EngineError(
            f"{spec}: the weights lack {len(missing)} of the tensors that config.json describes, "
            f"{min(missing)} among them"
        )


def pinned_revision(spec: object, folder: Path, pinned: str | None) -> str | None:
    """``folder_revision``; raises ``UsageError`` where ``pinned`` is another."""
    found = folder_revision(folder)
    if pinned and pinned != found:
        raise UsageError(
            f"{spec}: the revision {pinned} is asked for, and the files in {folder} are {found}"
        )
    return found


def _with_adapter(model: Any, spec: ModelSpec, adapter: AdapterFiles) -> Any:
    """The model with the adapter merged into its weights: nothing more to compute for a token."""
    with from_extra("hf", "an adapter"):
        from peft import PeftConfig, PeftModel
    with told(spec, f"the adapter {spec.adapter}"):
        kind = PeftConfig.from_pretrained(str(adapter.folder))
        if kind.is_prompt_learning:
            raise UsageError(
                f"{spec}: the adapter {spec.adapter} is of type {kind.peft_type.value}, which "
                "can't be merged into a model; LoRA can"
            )
        try:
            adapted = PeftModel.from_pretrained(model, str(adapter.folder))
            loaded = adapted.load_adapter(str(adapter.folder), "default")
        except RuntimeError as error:
            if "size mismatch" in str(error):
                raise _misfit(spec, "its shapes are those of another model") from None
            raise
        if unplaced := [*loaded.unexpected_keys, *loaded.missing_keys]:
            raise _misfit(
                spec, f"{len(unplaced)} tensors have no match, {min(unplaced)} among them"
            )
        return adapted.merge_and_unload()


def _misfit(spec: ModelSpec, why: str) -> EngineError:
    return EngineError(f"{spec}: the adapter {spec.adapter} does not fit {spec.name} ({why})")
