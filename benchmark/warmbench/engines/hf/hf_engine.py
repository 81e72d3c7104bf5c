"""transformers: any local or Hub chat model, batched, on a CPU or GPU (extra ``hf``).

https://huggingface.co/docs/transformers/main_classes/text_generation
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from warmbench.engines.chat_template import TEMPLATE_EXTRAS
from warmbench.engines.engine import NEVER_ASKED, ArmHistory, Engine, EngineOptions, Responses
from warmbench.engines.engine_args import argument_values, thread_count
from warmbench.engines.hf.chat_prompts import ChatPrompt, ChatPrompts
from warmbench.engines.hf.generation import (
    FIXED_SETTINGS,
    context_length,
    generation_config,
    stop_ids,
)
from warmbench.engines.hf.library import check_dtype, choose_device, import_torch, set_threads
from warmbench.engines.hf.loading import load_model
from warmbench.engines.local_models import block_seed, in_blocks, refuse_address
from warmbench.engines.template_form import find_form
from warmbench.errors import EngineError, first_line
from warmbench.records.model_spec import ModelSpec
from warmbench.records.reply import CUT, Reply, response_of
from warmbench.records.request import Request
from warmbench.records.request_form import USUAL_FORM, RequestForm
from warmbench.records.response import Failure, Response, Tokens

__all__ = ["HFEngine"]


class HFEngine(Engine):
    """A causal language model with a chat template; ``+adapter`` is a PEFT adapter.

    Temperature, top-p and the number of tokens are the study's, all other settings are
    ``FIXED_SETTINGS``: of the model's ``generation_config.json`` only the tokens that end an answer
    are taken.
    """

    block_size = 16
    extras_taken = TEMPLATE_EXTRAS

    def __init__(
        self, spec: ModelSpec, options: EngineOptions, revision: str | None = None
    ) -> None:
        refuse_address(spec)
        self._spec = spec
        self._note = options.note
        self._torch = import_torch()
        self._device = choose_device(self._torch, spec, options.device)
        self._settings = {"dtype": "auto", **argument_values(options.engine_args)}
        threads = thread_count(spec, "threads", options.engine_args)
        self._settings.pop("threads", None)
        check_dtype(spec, self._settings["dtype"])
        options.note("loading the model")
        self._loaded = load_model(spec, revision, self._settings)
        self._model, self._tokenizer = self._loaded.model, self._loaded.tokenizer
        if self._device == "cpu":
            set_threads(self._torch, threads, self._model)
        self._stops = stop_ids(self._model, self._tokenizer)
        self._prompts = ChatPrompts(self._tokenizer, str(spec))
        self._limit = context_length(self._model)
        self._form: RequestForm | None = None
        self._model.to(self._device).eval()

    @classmethod
    def options_taken(cls, spec: ModelSpec) -> Collection[str]:
        """``dtype`` and ``attn_implementation`` as transformers has them; ``threads`` of a CPU."""
        return ("attn_implementation", "dtype", "threads")

    def identity(self) -> Mapping[str, str | None]:
        return {
            "engine": "hf",
            "endpoint": None,
            "model": self._spec.name,
            "revision": self._loaded.revision,
            "adapter": self._spec.adapter,
            "adapter_revision": self._loaded.adapter_revision,
            "dtype": str(self._model.dtype).removeprefix("torch."),
            "attn_implementation": self._settings.get("attn_implementation"),
            "generation": json.dumps({**FIXED_SETTINGS, "eos_token_id": sorted(self._stops)}),
            "template_date": self._prompts.date,
        }

    @property
    def form(self) -> RequestForm:
        return self._form or USUAL_FORM

    def begin(self, requests: Iterable[Request], history: ArmHistory = NEVER_ASKED) -> None:
        """Find out whether the chat template has a system role, and whether it works at all."""
        self._form = find_form(self._prompts.text, requests, history)

    def most_tokens(self, request: Request) -> Tokens:
        prompt = self._prompts.of(request, self.form)
        if isinstance(prompt, Failure):
            return super().most_tokens(request)
        return Tokens(len(prompt.ids), request.max_tokens)

    def ask(self, requests: Sequence[Request]) -> Responses:
        if self._form is None:
            self.begin(requests)
        for block in in_blocks(requests):
            yield self._answer(block)

    def _answer(self, block: list[Request]) -> list[Response]:
        prompts = [self._prompts.of(request, self.form, self._limit) for request in block]
        refused = [prompt for prompt in prompts if isinstance(prompt, Failure)]
        sent = [prompt for prompt in prompts if isinstance(prompt, ChatPrompt)]
        if not sent:
            return [*refused]
        self._torch.manual_seed(block_seed(block))
        answers = self._generate([prompt.ids for prompt in sent], block[0])
        return [*refused, *map(self._to_answer, sent, answers)]

    def _generate(self, prompts: list[list[int]], sampled: Request) -> list[list[int]]:
        """The tokens after each prompt, with what follows an answer's end."""
        inputs = self._tokenizer.pad({"input_ids": prompts}, return_tensors="pt").to(self._device)
        start = inputs["input_ids"].shape[1]
        settings = generation_config(sampled, self._stops, self._tokenizer.pad_token_id)
        self._model.generation_config = settings
        try:
            with self._torch.inference_mode():
                output = self._model.generate(
                    input_ids=inputs["input_ids"],
                    attention_mask=inputs["attention_mask"],
                    generation_config=settings,
                    stopping_criteria=[self._counter(start, sampled)],
                )
        except (RuntimeError, ValueError, IndexError) as error:
            raise EngineError(f"{self._spec}: transformers failed ({first_line(error)})") from None
        generated: list[list[int]] = output[:, start:].tolist()
        return generated

    def _counter(self, start: int, sampled: Request) -> Callable[..., Any]:
        """Asked after each token whether to stop, it never does, and says how far the block is."""

        def count(input_ids: Any, scores: Any, **_: Any) -> Any:
            rows, length = input_ids.shape
            self._note(
                f"{rows} answers at token {length - start:,} of at most {sampled.max_tokens:,}"
            )
            return self._torch.zeros(rows, dtype=self._torch.bool, device=input_ids.device)

        return count

    def _to_answer(self, prompt: ChatPrompt, ids: list[int]) -> Response:
        end = next((i for i, token in enumerate(ids) if token in self._stops), None)
        kept = ids if end is None else ids[:end]
        written = self._prompts.decoded(kept, prompt)
        reply = Reply(
            written.text,
            CUT if end is None else "stop",
            written.reasoning,
            prompt_tokens=len(prompt.ids),
            completion_tokens=len(kept),
        )
        return response_of(prompt.request.key, reply)

    def close(self) -> None:
        del self._model
