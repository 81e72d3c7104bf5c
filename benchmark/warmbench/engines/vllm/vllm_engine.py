"""vLLM in this process: throughput on GPUs (or a CPU), LoRA adapters side by side (extra ``vllm``).

https://docs.vllm.ai/en/latest/serving/offline_inference.html

Requests stay queued in the engine's own scheduler as ``LLM.chat`` queues them, and answers are
taken as they finish: ``LLM.chat`` itself returns nothing before the last one, and a run that is
killed would have to ask them all again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from warmbench.engines.adapters import ADAPTER_CONFIG, check_base, find_adapter
from warmbench.engines.chat_template import (
    TEMPLATE_EXTRAS,
    ChatTemplate,
    date_of_template,
)
from warmbench.engines.engine import NEVER_ASKED, ArmHistory, Engine, EngineOptions, Responses
from warmbench.engines.engine_args import argument_values
from warmbench.engines.hub_commit import hub_commit
from warmbench.engines.local_models import folder_revision
from warmbench.engines.template_form import find_form
from warmbench.engines.vllm.chat import VLLMChat, find_template
from warmbench.engines.vllm.library import need_vllm
from warmbench.engines.vllm.models import LOADED_MODELS, Adapter, BaseModel, LoadedModels
from warmbench.engines.vllm.queue import VLLMQueue
from warmbench.errors import EngineError, UsageError, first_line
from warmbench.records.model_spec import ModelSpec
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["VLLMEngine"]

_AHEAD = 4096
"""Requests queued at once: four times what vLLM runs at once on its largest default, so that the
queue never empties before the end."""

_SAME_ANSWERS = frozenset(
    {
        "block_size", "cpu_offload_gb", "cudagraph_capture_sizes", "data_parallel_size",
        "disable_log_stats", "distributed_executor_backend", "download_dir",
        "enable_chunked_prefill", "enable_prefix_caching", "enforce_eager",
        "gpu_memory_utilization", "hf_token", "kv_cache_memory_bytes", "load_format",
        "max_cpu_loras", "max_lora_rank", "max_loras", "max_num_batched_tokens", "max_num_seqs",
        "pipeline_parallel_size", "swap_space", "tensor_parallel_size", "use_tqdm_on_load",
    }
)  # fmt: skip
"""Arguments that say how to compute. All others may change an answer, so they are part of the
model's identity."""


class VLLMEngine(Engine):
    """A chat model in a folder or on the Hub; ``+adapter`` is a LoRA adapter in PEFT's format.

    ``vllm:reference`` is the embedded reference model, ``vllm:reference+warm`` its warm arm. Arms
    on the same base model share one copy of it. ``engine_args`` go to ``vllm.LLM`` as they are.

    Each request has its own seed, so that it draws the same whatever is asked beside it, as far as
    vLLM computes the same in batches of any size (``VLLM_BATCH_INVARIANT=1`` makes sure of it on
    GPUs that can). Temperature, top-p and the number of tokens are the study's; what else a
    model's ``generation_config.json`` recommends for sampling is left out.
    """

    extras_taken = TEMPLATE_EXTRAS

    def __init__(
        self,
        spec: ModelSpec,
        options: EngineOptions,
        revision: str | None = None,
        models: LoadedModels = LOADED_MODELS,
    ) -> None:
        if spec.base_url:
            raise UsageError(
                f"{spec}: the vllm engine runs on this machine and doesn't take an "
                f"address; write openai:MODEL@{spec.base_url} for a vLLM server"
            )
        if options.device != "auto":
            raise UsageError(
                f"{spec}: vLLM runs on the device it was built for; omit --device and choose "
                "GPUs with CUDA_VISIBLE_DEVICES"
            )
        if models is LOADED_MODELS:
            need_vllm()
        self._spec = spec
        self._models = models
        self._arguments = argument_values(options.engine_args)
        path = str(reference_path("hf")) if spec.name == REFERENCE_NAME else spec.name
        folder = Path(path).expanduser()
        self._adapter = _adapter(spec, folder) if spec.adapter else None
        if folder.is_dir():
            self._revision = revision or folder_revision(folder)
            self._base = BaseModel(str(folder.resolve()), None, self._arguments)
        else:
            self._revision = _commit(spec, revision)
            self._base = BaseModel(path, self._revision, self._arguments)
        self._form: RequestForm | None = None
        self._models.join(self._base, self._adapter)
        self._open = True

    @cached_property
    def _template(self) -> ChatTemplate | None:
        """The model's own; None where it has none, or the user gives another."""
        if "chat_template" in self._arguments:
            return None
        return find_template(self._base.path, self._base.revision)

    @classmethod
    def options_taken(cls, spec: ModelSpec) -> None:
        """Any: vLLM says which it knows."""

    def identity(self) -> Mapping[str, str | None]:
        changing = {
            name: value
            for name, value in sorted(self._arguments.items())
            if name not in _SAME_ANSWERS and name != "dtype"
        }
        date = date_of_template(self._template.source) if self._template else None
        return {
            **({"template_date": date} if date else {}),
            "engine": "vllm",
            "endpoint": None,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": self._spec.adapter,
            "adapter_revision": self._adapter.revision if self._adapter else None,
            "dtype": str(self._arguments.get("dtype", "auto")),
            "arguments": json.dumps(changing) if changing else None,
        }

    @property
    def form(self) -> RequestForm:
        return self._form or USUAL_FORM

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        if self._template is None:
            self._form = history.form
        else:
            self._form = find_form(self._template.render, requests, history)

    def ask(self, requests: Sequence[Request]) -> Responses:
        if not requests:
            return
        if self._form is None:
            self.begin(requests)
        llm, lora = self.loaded()
        # Prompts that begin alike stand together: what they share is computed once.
        waiting = deque(sorted(requests, key=lambda r: [(m.role, m.content) for m in r.messages]))
        queue = VLLMQueue(llm, self._models.library, lora, VLLMChat(self._template, self.form))
        try:
            while waiting or queue.asked:
                refused = []
                while waiting and len(queue.asked) < _AHEAD:
                    if failure := queue.add(waiting.popleft()):
                        refused.append(failure)
                if refused:
                    yield refused
                if finished := queue.step():
                    yield finished
        finally:
            queue.abort()

    def loaded(self) -> tuple[Any, Any]:
        """The ``vllm.LLM`` of this arm, loaded if need be, and its ``LoRARequest`` (or None)."""
        llm = self._models.model(self._base)
        self._need_chat_template(llm)
        lora = self._models.lora_request(self._base, self._adapter) if self._adapter else None
        return llm, lora

    def _need_chat_template(self, llm: Any) -> None:
        has_none = getattr(llm.get_tokenizer(), "chat_template", "") is None
        if has_none and "chat_template" not in self._arguments:
            raise UsageError(f"{self._spec}: the model has no chat template")

    def close(self) -> None:
        if self._open:
            self._open = False
            self._models.leave(self._base)


def _adapter(spec: ModelSpec, base: Path) -> Adapter:
    """The adapter of ``spec``; refused where it is not LoRA, or was trained on another base."""
    found = find_adapter(spec)
    rank = found.config.get("r")
    if not isinstance(rank, int):
        raise UsageError(
            f"{spec}: {found.folder} is not a LoRA adapter: {ADAPTER_CONFIG} has no rank r"
        )
    check_base(spec, found, base if base.is_dir() else None)
    return Adapter(found.folder, rank, found.revision)


def _commit(spec: ModelSpec, revision: str | None) -> str:
    """The commit of a model on the Hub, by the Hub or its cache."""
    try:
        return hub_commit(spec.name, revision)
    except (OSError, ValueError) as error:
        raise EngineError(f"{spec}: no such model ({first_line(error)})") from None
