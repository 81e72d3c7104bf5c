"""transformers: any local or Hub chat model, batched, on a CPU or GPU (extra ``hf``).

https://huggingface.co/docs/transformers/main_classes/text_generation
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warmbench.engines.engine import Engine, EngineOptions, Responses
from warmbench.engines.local_models import block_seed, files_revision, in_blocks
from warmbench.errors import EngineError, UsageError
from warmbench.optional_library import from_extra
from warmbench.records.model_spec import ModelSpec
from warmbench.records.reply import CUT, Reply, response_of
from warmbench.records.request import Request
from warmbench.records.response import Response
from warmbench.reference_model import REFERENCE_NAME, reference_path

__all__ = ["HFEngine"]


class HFEngine(Engine):
    """A causal language model with a chat template; ``+adapter`` is a PEFT adapter."""

    block_size = 16

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        if spec.base_url:
            raise UsageError(
                f"{spec}: the hf engine runs on this machine and doesn't take an address"
            )
        self._spec = spec
        self._torch, transformers = _import()
        name = str(reference_path("hf")) if spec.name == REFERENCE_NAME else spec.name
        self._device = _device(self._torch, options.device)
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(
                name, revision=revision, padding_side="left"
            )
            self._model = transformers.AutoModelForCausalLM.from_pretrained(
                name, revision=revision, dtype="auto"
            )
            if spec.adapter:
                self._model = _with_adapter(self._model, spec)
        except (OSError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise EngineError(f"{spec}: transformers can't load the model ({reason})") from None
        if self._tokenizer.chat_template is None:
            raise UsageError(f"{spec}: the model has no chat template")
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._model.to(self._device).eval()
        self._revision = revision or _revision(self._model, name)

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "hf",
            "endpoint": None,
            "model": self._spec.name,
            "revision": self._revision,
            "adapter": self._spec.adapter,
        }

    def ask(self, requests: Sequence[Request]) -> Responses:
        for block in in_blocks(requests):
            yield self._answer(block)

    def _answer(self, block: list[Request]) -> list[Response]:
        chats = [[{"role": m.role, "content": m.content} for m in r.messages] for r in block]
        inputs = self._tokenizer.apply_chat_template(
            chats,
            add_generation_prompt=True,
            padding=True,
            return_tensors="pt",
            return_dict=True,
        ).to(self._device)
        self._torch.manual_seed(block_seed(block))
        with self._torch.inference_mode():
            output = self._model.generate(
                input_ids=inputs["input_ids"],
                attention_mask=inputs["attention_mask"],
                max_new_tokens=block[0].max_tokens,
                pad_token_id=self._tokenizer.pad_token_id,
                **_sampling(block[0]),
            )
        prompt_lengths = inputs["attention_mask"].sum(dim=1).tolist()
        new = output[:, inputs["input_ids"].shape[1] :].tolist()
        stops = _stop_ids(self._model)
        return [
            self._to_answer(request, ids, length, stops)
            for request, ids, length in zip(block, new, prompt_lengths, strict=True)
        ]

    def _to_answer(
        self, request: Request, ids: list[int], prompt_tokens: int, stops: frozenset[int]
    ) -> Response:
        end = next((i for i, token in enumerate(ids) if token in stops), None)
        kept = ids if end is None else ids[:end]
        text = self._tokenizer.decode(kept, skip_special_tokens=True).strip()
        finish = CUT if end is None else "stop"
        reply = Reply(text, finish, prompt_tokens=int(prompt_tokens), completion_tokens=len(kept))
        return response_of(request.key, reply)

    def close(self) -> None:
        del self._model


def _import() -> tuple[Any, Any]:
    with from_extra("hf", "the hf engine"):
        import torch
        import transformers
    transformers.logging.disable_progress_bar()
    return torch, transformers


def _with_adapter(model: Any, spec: ModelSpec) -> Any:
    with from_extra("hf", "an adapter"):
        from peft import PeftModel
    adapter = spec.adapter or ""
    if spec.name == REFERENCE_NAME and not Path(adapter).is_dir():
        adapter = str(reference_path("adapters", spec.adapter))
    return PeftModel.from_pretrained(model, adapter)


def _device(torch: Any, wanted: str) -> str:
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _revision(model: Any, name: str) -> str | None:
    commit = getattr(model.config, "_commit_hash", None)
    if isinstance(commit, str):
        return commit
    weights = sorted(Path(name).glob("*.safetensors"))
    return files_revision(weights) if weights else None


def _stop_ids(model: Any) -> frozenset[int]:
    stop = model.generation_config.eos_token_id
    if stop is None:
        return frozenset()
    return frozenset(stop) if isinstance(stop, list) else frozenset({stop})


def _sampling(request: Request) -> dict[str, Any]:
    if request.temperature == 0:
        return {"do_sample": False}
    return {
        "do_sample": True,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": 0,
    }
