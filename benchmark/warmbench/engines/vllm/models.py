"""Base models that the arms of a run share: one loaded copy, with all their adapters."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warmbench.engines.vllm.library import VLLMLibrary, import_vllm
from warmbench.errors import EngineError, UsageError, first_line

__all__ = ["LOADED_MODELS", "Adapter", "BaseModel", "LoadedModels"]

_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""The LoRA ranks that vLLM reserves memory for."""

_CPU_CACHE_BYTES = 4 * 2**30
_CPU_CACHE_SET_BY = ("gpu_memory_utilization", "kv_cache_memory_bytes")


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter in PEFT's format, on this machine; ``revision`` is of its weights and its
    config."""

    folder: Path
    rank: int
    revision: str


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A model without its adapters: what ``vllm.LLM`` is loaded from.

    ``path`` is a folder or a name on the Hub, ``revision`` a commit there; ``arguments`` are the
    user's own.
    """

    path: str
    revision: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Two arms whose base models have the same key share one."""
        return repr((self.path, self.revision, sorted(self.arguments.items())))


@dataclass(slots=True)
class _Shared:
    base: BaseModel
    users: int = 0
    adapters: list[Adapter] = field(default_factory=list)


class LoadedModels:
    """The base models of this process, by key, with a count of the arms that use each.

    A model is loaded on first use, when all arms are known, with room for all their adapters. One
    model is in memory at a time, for vLLM takes nearly all of it and arms run one after another;
    it is unloaded when another is used, or when its last arm closes.
    """

    def __init__(self, library: Callable[[], VLLMLibrary] = import_vllm) -> None:
        self._import = library
        self._shared: dict[str, _Shared] = {}
        self._loaded: tuple[str, int, Any] | None = None  # key, count of adapters, vllm.LLM

    @property
    def library(self) -> VLLMLibrary:
        return self._import()

    def join(self, base: BaseModel, adapter: Adapter | None) -> None:
        """An arm will use this base model, and this adapter on it."""
        shared = self._shared.setdefault(base.key, _Shared(base))
        shared.users += 1
        if adapter is not None and adapter not in shared.adapters:
            shared.adapters.append(adapter)

    def leave(self, base: BaseModel) -> None:
        """An arm has closed; the last one unloads the model."""
        shared = self._shared[base.key]
        shared.users -= 1
        if shared.users == 0:
            del self._shared[base.key]
            if self._loaded is not None and self._loaded[0] == base.key:
                self._unload()

    def model(self, base: BaseModel) -> Any:
        """The loaded ``vllm.LLM`` of a base model that was joined.

        Raises ``UsageError`` for arguments that vLLM does not know, ``EngineError`` when it can't
        load the model.
        """
        shared = self._shared[base.key]
        wanted = (base.key, len(shared.adapters))
        if self._loaded is None or self._loaded[:2] != wanted:
            self._unload()
            self._loaded = (*wanted, self._load(shared))
        return self._loaded[2]

    def lora_request(self, base: BaseModel, adapter: Adapter) -> Any:
        """What a request names an adapter by; numbers are those of this base model."""
        number = 1 + self._shared[base.key].adapters.index(adapter)
        return self.library.lora(f"adapter-{number}", number, str(adapter.folder))

    def _load(self, shared: _Shared) -> Any:
        library, base = self.library, shared.base
        arguments = {
            "enable_prefix_caching": True,
            "use_tqdm_on_load": False,
            **_for_cpu(library, base.arguments),
            **_for_adapters(shared.adapters),
            **base.arguments,
        }
        try:
            return library.load(model=base.path, revision=base.revision, **arguments)
        except TypeError as error:
            raise UsageError(f"vllm:{base.path}: vLLM has no such option ({error})") from None
        except Exception as error:  # vLLM raises what its libraries raise, of any kind
            raise EngineError(
                f"vllm:{base.path}: vLLM can't load the model ({first_line(error)})"
            ) from None

    def _unload(self) -> None:
        if self._loaded is not None:
            self._loaded[2].llm_engine.engine_core.shutdown()
            self._loaded = None
            gc.collect()


def _for_cpu(library: VLLMLibrary, given: Mapping[str, Any]) -> dict[str, Any]:
    """On a CPU: no compiling (it takes minutes, and a C++ compiler), a cache of 4 GiB instead of
    nearly all the memory there is, and no prompt computed in pieces: for a seeded request vLLM
    0.32 then rewinds a random stream, which fails on a CPU."""
    if not library.on_cpu:
        return {}
    sized = any(name in given for name in _CPU_CACHE_SET_BY)
    sized = sized or "VLLM_CPU_KVCACHE_SPACE" in os.environ
    cache = {} if sized else {"kv_cache_memory_bytes": _CPU_CACHE_BYTES}
    return {"enforce_eager": True, "enable_chunked_prefill": False, **cache}


def _for_adapters(adapters: list[Adapter]) -> dict[str, Any]:
    if not adapters:
        return {}
    highest = max(adapter.rank for adapter in adapters)
    room = next((rank for rank in _RANKS if rank >= highest), highest)
    return {"enable_lora": True, "max_loras": len(adapters), "max_lora_rank": room}


LOADED_MODELS = LoadedModels()
"""Those of this process."""
